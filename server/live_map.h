/*
 * live_map: the snapshots that tiles are made from, and what has changed since.
 *
 * Each layer has a snapshot of all its records, a file DIR/tiles/LAYER.snapshot that is mapped, and
 * beside it a small one of the records that changed since it was made (both together an edition). A
 * commit notes its records with the places that they left and came to: whoever makes a tile there
 * reads those that are in neither from the register. So no tile is ever stale, whatever the thread
 * behind has not done yet: it makes the small snapshot anew when enough has changed, and the file
 * when that has grown. It begins with the files that are there, if they are sound and of this
 * register; what happened since, the feed tells.
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

/* What the tile is made from. Give it back; zero is none. */
struct live_part {
	struct edition *edition;	/* NULL: the register alone knows */
	const struct snapshot *all;	/* of the whole layer */
	const struct snapshot *changed; /* of records that changed since; NULL none */
	struct id_list changed_ids;	/* near the tile: not as in `all` */
	struct id_list late_ids;	/* of them: not as in `changed` either */
	struct id_list cells;		/* of blocks that the changes near the tile are in */
};

/*
 * Begins with an empty part. With `as_blocks` cells are named, and the ids are of all that changed in
 * these cells; too many cells, or too large ones, and the part stays empty.
 */
void live_map_take(struct live_map *map, size_t layer, struct tile tile, double margin,
	bool as_blocks, struct live_part *ret_part);
void live_map_give_back(struct live_map *map, struct live_part *part);

/* Where a box (working CRS) lies in the world; false if that cannot be said. */
bool live_map_units(struct live_map *map, const struct box *box, struct unit_box *ret_units);

/* Notes a change of the feed: of a record at a place, or (NULL) of what is not known. */
void live_map_touch(struct live_map *map, size_t layer, int64_t id, int64_t seq,
	const struct unit_box *units);

/* The register has lost its end, and goes on from that change: what was noted of it means nothing. */
void live_map_begin_again(struct live_map *map, int64_t seq);

/* The tile and `margin` of its side around it, in the working CRS; false if it has no place there. */
bool live_map_area(const struct crs_path *from_mercator, struct tile tile, double margin,
	struct box *ret_area);

#endif
