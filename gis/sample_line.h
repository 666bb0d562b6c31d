/*
 * sample_line: points and curved lines on the ground, from which the sample city is drawn.
 *
 * Positions are metres east and north of the working CRS. What ends up in a record is rounded to
 * the millimetre (spot_snap), as surveyed corners are. A line that finds no memory is `failed`
 * and stays so; check once at the end.
 */
#ifndef GIS_SAMPLE_LINE_H
#define GIS_SAMPLE_LINE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct sample_spot {
	double e, n;
};

static inline struct sample_spot spot_plus(struct sample_spot a, struct sample_spot b)
{
	return (struct sample_spot){a.e + b.e, a.n + b.n};
}

static inline struct sample_spot spot_minus(struct sample_spot a, struct sample_spot b)
{
	return (struct sample_spot){a.e - b.e, a.n - b.n};
}

static inline struct sample_spot spot_times(struct sample_spot a, double factor)
{
	return (struct sample_spot){a.e * factor, a.n * factor};
}

/* The spot `distance` from a in a direction of length 1. */
static inline struct sample_spot spot_along(
	struct sample_spot a, struct sample_spot direction, double distance)
{
	return (struct sample_spot){a.e + direction.e * distance, a.n + direction.n * distance};
}

static inline struct sample_spot spot_between(
	struct sample_spot a, struct sample_spot b, double part)
{
	return (struct sample_spot){a.e + (b.e - a.e) * part, a.n + (b.n - a.n) * part};
}

static inline double spot_cross(struct sample_spot a, struct sample_spot b)
{
	return a.e * b.n - a.n * b.e;
}

static inline double spot_dot(struct sample_spot a, struct sample_spot b)
{
	return a.e * b.e + a.n * b.n;
}

static inline double spot_distance(struct sample_spot a, struct sample_spot b)
{
	return sqrt((a.e - b.e) * (a.e - b.e) + (a.n - b.n) * (a.n - b.n));
}

/* The direction from a to b, of length 1; east if they are one. */
static inline struct sample_spot spot_direction(struct sample_spot a, struct sample_spot b)
{
	double distance = spot_distance(a, b);

	if (!(distance > 0))
		return (struct sample_spot){1, 0};
	return (struct sample_spot){(b.e - a.e) / distance, (b.n - a.n) / distance};
}

/* Turned a quarter to the left. */
static inline struct sample_spot spot_left(struct sample_spot a)
{
	return (struct sample_spot){-a.n, a.e};
}

static inline struct sample_spot spot_turned(struct sample_spot a, double radians)
{
	double c = cos(radians), s = sin(radians);

	return (struct sample_spot){a.e * c - a.n * s, a.e * s + a.n * c};
}

static inline bool spot_equals(struct sample_spot a, struct sample_spot b)
{
	return a.e == b.e && a.n == b.n;
}

/* To the millimetre, as coordinates are kept. */
static inline struct sample_spot spot_snap(struct sample_spot a)
{
	return (struct sample_spot){floor(a.e * 1000 + 0.5) / 1000, floor(a.n * 1000 + 0.5) / 1000};
}

/* The point of the segment from..to nearest to `at`; *ret_part is 0 at from, 1 at to. */
struct sample_spot sample_segment_foot(
	struct sample_spot from, struct sample_spot to, struct sample_spot at, double *ret_part);

/* True if the segments cross; *ret_part is where, along a..b. */
bool sample_segment_cross(struct sample_spot a, struct sample_spot b, struct sample_spot c,
	struct sample_spot d, double *ret_part);

struct sample_line {
	struct sample_spot *at;
	size_t count, room;
	bool failed; /* out of memory: the line is incomplete */
};

#define SAMPLE_LINE ((struct sample_line){0})

void sample_line_clear(struct sample_line *line);
void sample_line_reset(struct sample_line *line); /* empties, keeps the memory */
void sample_line_add(struct sample_line *line, struct sample_spot at);
void sample_line_insert(struct sample_line *line, size_t before, struct sample_spot at);
void sample_line_reverse(struct sample_line *line);
double sample_line_length(const struct sample_line *line);

/* Adds a smooth curve (Catmull-Rom) through the given points, with a vertex every step_m or so. */
void sample_line_curve(
	struct sample_line *line, const struct sample_spot *through, size_t count, double step_m);

/*
 * Adds a bend from a to b that leaves along a_way and arrives along b_way (directions of length
 * 1); stiff 0 is a straight line.
 */
void sample_line_bend(struct sample_line *line, struct sample_spot a, struct sample_spot a_way,
	struct sample_spot b, struct sample_spot b_way, double stiff, double step_m);

/* Adds the line beside `middle`, aside_m to its left (negative: right). */
void sample_line_beside(struct sample_line *line, const struct sample_line *middle, double aside_m);

/* Where a line is nearest to a spot. */
struct sample_foot {
	struct sample_spot at;
	size_t segment;	   /* between vertex segment and segment + 1 */
	double part;	   /* 0 to 1 along it */
	double distance_m; /* from the spot */
	double chainage_m; /* from the line's start */
};
struct sample_foot sample_line_foot(const struct sample_line *line, struct sample_spot at);

/* The spot and direction at a distance from the start (clamped to the line). */
struct sample_spot sample_line_at(
	const struct sample_line *line, double chainage_m, struct sample_spot *ret_way);

#endif
