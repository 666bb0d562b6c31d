/*
 * clip: cuts lines and areas by a box, in the integer coordinates of tiles.
 *
 * An area is cut side by side: along each side of the box the pieces of its rings inside are
 * joined by the side itself, each with the next one along it, so that an area that leaves and
 * returns becomes several parts and no edge is doubled. Cut points depend on the edge alone, not
 * on the direction in which it is drawn: neighbours get the same ones.
 */
#ifndef TILES_CLIP_H
#define TILES_CLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/hilbert_tree.h"

/* Rings or lines with their points; growing, for reuse. Rings are without closing point. */
struct clip_path {
	int32_t *xy;  /* heap: pairs */
	size_t point_count, point_room;
	uint32_t *ends; /* heap: index of the point behind each ring */
	size_t ring_count, ring_room;
	bool failed; /* memory ran out; sticks until clip_path_reset */
};
void clip_path_clear(struct clip_path *path);
void clip_path_reset(struct clip_path *path);
void clip_path_add(struct clip_path *path, const int32_t *xy, size_t count); /* one ring */
void clip_path_extend(struct clip_path *path, const int32_t *xy, size_t count); /* the last one */

/* The index of the first point of a ring. */
static inline size_t clip_path_start(const struct clip_path *path, size_t ring)
{
	return ring ? path->ends[ring - 1] : 0;
}

/* Working memory of the clipper; one a thread. Zero is empty. */
struct clipper {
	struct clip_path halves[2], pieces;
	struct clip_chain *chains; /* heap */
	size_t chain_count, chain_room;
	struct radix_item *crossings; /* heap: where chains leave and enter, and room to sort */
	size_t crossing_room;
	struct clip_hole *holes; /* heap */
	size_t hole_room;
};
void clipper_clear(struct clipper *clipper);

/* Appends the parts of the lines inside the box; a line that only touches it has none. */
void clip_lines(const struct clip_path *lines, const struct tile_box *box, struct clip_path *out);

/*
 * Appends the rings of one polygon inside the box. Its outer ring has positive area
 * (clip_ring_area2) and its holes negative; what comes out has too, each hole behind its outer
 * ring. A hole that meets a side becomes part of the outline. An area that only touches the box
 * has none. What is no valid polygon covers about the same place.
 */
void clip_area(struct clipper *clipper, const struct clip_path *area, const struct tile_box *box,
	struct clip_path *out);

/*
 * Appends the rings in order, each hole (negative area) behind the outer ring around it; rings
 * without area, and holes that lie in none, are left out. `rings` is not `out`.
 */
void clip_arrange(
	struct clipper *clipper, const struct clip_path *rings, struct clip_path *out);

/*
 * Twice the area of a ring, positive if it turns from x to y. Exact up to 2^63, a square of 2,500
 * km in world units.
 */
int64_t clip_ring_area2(const int32_t *xy, size_t count);

#endif
