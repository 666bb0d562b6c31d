/*
 * tile_order: the one number of a tile, counted along Hilbert curves from zoom 0 on.
 *
 * It is the TileID of PMTiles (PMTiles Version 3 Specification, 4.1): all tiles of a zoom stand
 * behind all of the zooms below it, and those that lie together in a tile of a lower zoom have
 * numbers without a gap.
 */
#ifndef TILES_TILE_ORDER_H
#define TILES_TILE_ORDER_H

#include <stdint.h>

#include "tiles/grid.h"

/* The number of the first tile of a zoom: of all tiles below it. */
static inline uint64_t tile_order_first(unsigned z)
{
	return ((UINT64_C(1) << (2 * z)) - 1) / 3;
}

/* The tile must exist (tile_exists). */
uint64_t tile_order_number(struct tile tile);

/* The tile of a number below tile_order_first(GRID_ZOOM_MAX + 1). */
struct tile tile_order_tile(uint64_t number);

#endif
