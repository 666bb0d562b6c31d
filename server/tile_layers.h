/*
 * tile_layers: the snapshots that one tile is made from, for one asker.
 *
 * That of the live map where the asker sees all of the layer, as of today, and nothing near the tile
 * has changed since it was made; else one picked for this tile from the map's, with what the register
 * alone knows; or one made from the register.
 */
#ifndef SERVER_TILE_LAYERS_H
#define SERVER_TILE_LAYERS_H

#include "server/tile_wish.h"
#include "tiles/snapshot.h"

struct tile_layers {
	struct live_map *map;
	const struct snapshot *snapshots[APP_LAYERS_MAX];
	size_t count;
	bool is_passing; /* the tile will be another when the map is ready */
	/* Of each: what of the map it is from, and what was made for this tile. */
	struct tile_layer {
		struct live_part part;
		bool is_blocks;
		struct snapshot *late, *cells, *made;
	} layers[APP_LAYERS_MAX];
};

/* Needs a worker. Close it in any case; zero is closed. */
int tile_layers_open(struct request *request, const struct tile_wish *wish,
	struct tile_layers *ret_layers, struct error *err);
void tile_layers_close(struct tile_layers *layers);

/* The same without a worker, if the live map has all of them. */
bool tile_layers_at_hand(const struct request *request, const struct tile_wish *wish,
	struct tile_layers *ret_layers);

#endif
