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

/* Working memory of the clipper; one a thread. */
struct clipper {
	struct clip_path halves[2], pieces;
	struct clip_chain *chains; /* heap */
	size_t chain_count, chain_room;
};
void clipper_clear(struct clipper *clipper);

/* Appends the parts of the lines inside the box. */
void clip_lines(const struct clip_path *lines, const struct tile_box *box, struct clip_path *out);

/*
 * Appends the rings of one polygon inside the box. Its outer ring has positive area
 * (clip_ring_area2) and its holes negative; what comes out has too, each hole behind its outer
 * ring. A hole that meets a side becomes part of the outline.
 */
void clip_area(struct clipper *clipper, const struct clip_path *area, const struct tile_box *box,
	struct clip_path *out);

/* Twice the area of a ring, positive if it turns from x to y. Exact. */
int64_t clip_ring_area2(const int32_t *xy, size_t count);

#endif
