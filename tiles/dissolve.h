/*
 * dissolve: areas that lie side by side made one: what they share goes, what is around them stays.
 *
 * Corners are taken to a grid, each by itself, so that neighbours keep theirs together; a corner that
 * lies on another's edge there splits it. Then an edge that is drawn both ways is inside, and goes.
 * What remains has, but for rounding, the area of the areas together. Areas that overlap are told
 * apart no better than their outlines are.
 */
#ifndef TILES_DISSOLVE_H
#define TILES_DISSOLVE_H

#include "tiles/clip.h"
#include "tiles/outline.h"

enum { DISSOLVE_EDGES_MAX = 4 << 20 }; /* of one block */

struct dissolve_edge {
	uint32_t from, to; /* numbers of points */
};

/* Working memory; one a thread. Zero is empty. */
struct dissolver {
	int32_t *xy; /* heap: distinct points, pairs */
	size_t point_count, point_room;
	uint32_t *slots; /* heap: points by hash */
	size_t slot_count;
	struct dissolve_edge *edges; /* heap */
	size_t edge_count, edge_room;
	struct dissolve_edge *split; /* heap: edges with the corners that lie on them */
	size_t split_count, split_room;
	struct bucket_item *buckets; /* heap: points by where they are */
	size_t bucket_room;
	uint64_t *keys; /* heap: for sorting edges */
	size_t key_room;
	bool *used; /* heap */
	size_t used_room;
	struct clip_path rings;
	struct clipper clipper;
	bool failed; /* memory ran out, or there are too many edges */
};
void dissolver_clear(struct dissolver *dissolver);

/* Begins a block. */
void dissolver_reset(struct dissolver *dissolver);

/* Adds an area whose coordinates are rounded to multiples of 2^shift. */
void dissolver_add(struct dissolver *dissolver, const struct outline *outline, int shift);

/*
 * The rings of the block, in units of the grid, each hole behind its outer ring; appended to `out`.
 * False if memory ran out on the way.
 */
bool dissolver_finish(struct dissolver *dissolver, struct clip_path *out);

#endif
