/*
 * street_line: the middle of a street, prepared for measuring along it (lý trình).
 *
 * Coordinates are east, north in m. Chainage is counted in m from the beginning in the direction of
 * the numbering. A line of several pieces is one where their ends meet; pieces that do not meet are
 * taken one after the other, and the way between them does not count.
 */
#ifndef GIS_STREET_LINE_H
#define GIS_STREET_LINE_H

#include "gis/shape.h"

enum { STREET_POINTS_MAX = 200000, STREET_PIECES_MAX = 1000 };

/* Ends that are nearer meet, m. */
#define STREET_JOIN_M 0.5

struct street_line {
	size_t point_count;
	double *xy;	  /* in the direction of the numbering */
	double *chainage_m; /* of each point */
	double *inverse;   /* of the square of the length of each segment */
	bool *is_gap;	  /* from this point to the next there is no street */
	double length_m;
	bool is_closed;	  /* a ring */
	struct box *boxes; /* of each run of segments */
	size_t box_count;
};

/*
 * Reads a line; `backward`: it is numbered against the way it is drawn. Memory is the arena's.
 * ERR_INVALID (fail_street_line) for one without length, ERR_TOO_LARGE over the caps.
 */
int street_line_make(struct arena *arena, const struct shape *shape, bool backward,
	struct street_line *ret, struct error *err);

/* Where a place lies beside a street. */
struct street_foot {
	double chainage_m;
	double east, north; /* the foot on the middle of the street */
	double distance_m;
	double ahead_m; /* how far before the beginning (negative) or behind the end it lies, else 0 */
	double aside_m; /* left of the street, looking along it; negative right */
	size_t segment;
};

/* The nearest point of the street; of several the one with the least chainage. */
void street_line_foot(const struct street_line *line, double east, double north,
	struct street_foot *ret);

/* The segments of a street that may be the nearest to places in a box, for who asks for many of them. */
enum { STREET_PART_MAX = 256 };
struct street_part {
	const struct street_line *line;
	uint32_t segments[STREET_PART_MAX];
	size_t count;
	bool is_whole; /* there are more: all are looked at */
};
void street_line_part(
	const struct street_line *line, const struct box *box, struct street_part *ret);
/* Adds a segment to a part that is made one by one. */
void street_part_add(struct street_part *part, size_t segment);
/* The box of a segment; empty where there is no street. */
struct box street_segment_box(const struct street_line *line, size_t segment);
void street_part_foot(
	const struct street_part *part, double east, double north, struct street_foot *ret);

/* The nearest between two chainages (of a ring they may pass its beginning: below 0, over its length). */
void street_line_foot_between(const struct street_line *line, double east, double north,
	double from_m, double to_m, struct street_foot *ret);

/* The place at a chainage, and the direction there (unit vector). */
void street_line_at(const struct street_line *line, double chainage_m, double ret_place[2],
	double ret_way[2]);

/* The box of the street between two chainages. */
struct box street_line_box(const struct street_line *line, double from_m, double to_m);

/* Degrees clockwise from north of the chord from the first point to the last; NaN of a ring. */
double street_line_azimuth(const struct street_line *line);

/* How many other places of the street cross or touch the segments: 0 of a simple line. */
bool street_line_crosses_itself(const struct street_line *line);

#endif
