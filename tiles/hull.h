/*
 * hull: the convex hull of a ring of few corners, as lines, and the largest circle in it.
 *
 * Coordinates are doubles, best counted from the middle of the ring: then small ones are exact.
 */
#ifndef TILES_HULL_H
#define TILES_HULL_H

#include <stdbool.h>
#include <stddef.h>

enum { HULL_CORNERS_MAX = 32 };

/* A line by its distances: nx x + ny y + far, more than 0 on its inner side. */
struct hull_line {
	double nx, ny, far;
};

struct hull {
	size_t count;
	struct hull_line lines[HULL_CORNERS_MAX]; /* in their order around */
};

/* Reads the hull of a ring (pairs); false if it has too many corners, or no area. */
bool hull_read(struct hull *ret_hull, const double *xy, size_t corners);

/* How far a place is from the hull; less than 0 outside. */
double hull_distance(const struct hull *hull, double x, double y);

/*
 * The largest circle inside, or one of them. It proves itself by the lines that it touches; false if
 * the hull is so thin that numbers do not tell.
 */
struct hull_circle {
	double x, y, radius;
};
bool hull_largest_circle(const struct hull *hull, struct hull_circle *ret_circle);

#endif
