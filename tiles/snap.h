/*
 * snap: places of a snapshot rounded to the units of one tile, and areas that stay whole by it.
 *
 * Rounding moves a point by less than a unit, so a ring that is thin there can touch itself, fold
 * back or turn over. What comes out has no repeated points and no spikes, is split where it meets
 * itself in a point, and has an area of the right sign.
 */
#ifndef TILES_SNAP_H
#define TILES_SNAP_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/clip.h"

/* The units of a tile in the coordinates of a snapshot. */
struct snap_grid {
	int64_t left, top; /* of the tile */
	int shift;	   /* a unit is 2^shift of the snapshot's; at least 1 */
};

/* Rounds to the nearest unit, the same for all tiles that see the place. */
static inline int32_t snap_x(const struct snap_grid *grid, int32_t x)
{
	return (int32_t)((x - grid->left + (INT64_C(1) << (grid->shift - 1))) >> grid->shift);
}

static inline int32_t snap_y(const struct snap_grid *grid, int32_t y)
{
	return (int32_t)((y - grid->top + (INT64_C(1) << (grid->shift - 1))) >> grid->shift);
}

/*
 * Rounding moves two points towards each other by at most the square root of two units: a shape
 * whose points and edges keep more than that apart needs no mending. The square of that distance.
 */
static inline double snap_safe_distance2(int shift)
{
	double unit = (double)(INT64_C(1) << shift);

	return 2 * unit * unit;
}

/* Working memory; one a thread. Zero is empty. */
struct snapper {
	int32_t *stack;	 /* heap: pairs */
	uint32_t *slots; /* heap: places in the stack by hash */
	size_t slot_room;
	struct clip_path loops;
};
void snapper_clear(struct snapper *snapper);

/* Appends the lines, less repeated points; one that shrinks to a point is left out. */
void snap_lines(struct snapper *snapper, const struct snap_grid *grid,
	const struct clip_path *lines, struct clip_path *out);

/*
 * Appends one polygon, its outer rings (as clip_area makes them) each before their holes. What
 * has no area any more is left out, an outer ring with its holes.
 */
void snap_area(struct snapper *snapper, struct clipper *clipper, const struct snap_grid *grid,
	const struct clip_path *area, struct clip_path *out);

#endif
