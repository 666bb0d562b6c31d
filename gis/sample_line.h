/*
 * sample_line: curved lines on the ground, from which the sample city is drawn.
 *
 * A line that finds no memory is `failed` and stays so; check once at the end.
 */
#ifndef GIS_SAMPLE_LINE_H
#define GIS_SAMPLE_LINE_H

#include <stddef.h>

#include "base/cleanup.h"
#include "gis/sample_spot.h"

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
