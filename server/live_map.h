/*
 * live_map: the snapshots that tiles are made from, and where they are out of date.
 *
 * One snapshot a layer is made at the start, on a thread of its own. A commit marks the boxes that
 * it changed (old and new together): tiles that touch one are made from the register until the
 * thread has made the layer's snapshot anew. So no tile is ever stale, and all others keep their
 * bytes and their ETag.
 */
#ifndef SERVER_LIVE_MAP_H
#define SERVER_LIVE_MAP_H

#include <stdbool.h>

#include "data/register.h"
#include "gis/crs.h"
#include "tiles/snapshot.h"

struct live_map;

/* Begins to make the map; what is borrowed must outlive it. */
int live_map_start(const struct layer_table *layers, const char *folder, const struct city *city,
	struct live_map **ret_map, struct error *err);

/* Ends the thread and frees the snapshots; nobody may hold one any more. */
void live_map_stop(struct live_map *map);

/* True once all layers have a snapshot; else *ret_failed tells whether they never will. */
bool live_map_ready(struct live_map *map, bool *ret_failed);

/*
 * The snapshot of a layer, if the tile can be made from it, to be given back. NULL before the map is
 * ready, and when something within the tile, or within `margin` of its side around it, has changed.
 */
const struct snapshot *live_map_take(
	struct live_map *map, size_t layer, struct tile tile, double margin);
void live_map_give_back(struct live_map *map, const struct snapshot *snapshot);

/* Where a box (working CRS) lies in the world; false if that cannot be said. */
bool live_map_units(struct live_map *map, const struct box *box, struct unit_box *ret_units);

/* Marks a place of a layer as changed; NULL: the whole layer. */
void live_map_touch(struct live_map *map, size_t layer, const struct unit_box *units);

/* The tile and `margin` of its side around it, in the working CRS; false if it has no place there. */
bool live_map_area(const struct crs_path *from_mercator, struct tile tile, double margin,
	struct box *ret_area);

#endif
