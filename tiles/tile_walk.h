/*
 * tile_walk: the tiles in which something of some snapshots can be seen, one after the other.
 *
 *	struct tile_walk walk;
 *	tile_walk_begin(&walk, snapshots, count, 10, 16, 0);
 *	while (tile_walk_next(&walk, &tile))
 *		...
 *
 * Zoom by zoom, in the order of tile_order. It goes down the quadtree and leaves out what no box of
 * a record reaches, so that it takes as long as there are tiles, however large the world is. A tile
 * may still turn out empty: a box says more than its record. Snapshots are borrowed.
 */
#ifndef TILES_TILE_WALK_H
#define TILES_TILE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/snapshot.h"

/* Of a way down the quadtree, three siblings wait at each zoom. */
enum { TILE_WALK_WAITING_MAX = 3 * GRID_ZOOM_MAX + 1 };

struct tile_walk {
	const struct snapshot *const *snapshots;
	size_t count;
	unsigned zoom, last_zoom;
	uint64_t from; /* number of the first tile that is wanted */
	struct tile_walk_branch {
		unsigned depth; /* its zoom */
		uint64_t place; /* its number among those of its zoom */
	} waiting[TILE_WALK_WAITING_MAX];
	size_t waiting_count;
};

/* Zooms are at most GRID_ZOOM_MAX. Tiles with a number below `from` are left out. */
void tile_walk_begin(struct tile_walk *walk, const struct snapshot *const *snapshots, size_t count,
	unsigned first_zoom, unsigned last_zoom, uint64_t from);

/* The next tile; false at the end. */
bool tile_walk_next(struct tile_walk *walk, struct tile *ret_tile);

#endif
