/*
 * tile_layers: the snapshots that one tile is made from, for one asker.
 *
 * Those of the live map where the asker sees all of the layer, as of today, and nothing near the
 * tile has changed; else made for this tile from the register.
 */
#ifndef SERVER_TILE_LAYERS_H
#define SERVER_TILE_LAYERS_H

#include "server/tile_wish.h"
#include "tiles/snapshot.h"

struct tile_layers {
	struct live_map *map;
	const struct snapshot *snapshots[APP_LAYERS_MAX];
	bool made[APP_LAYERS_MAX]; /* for this tile; else lent by the map */
	size_t count;
};

/* Needs a worker. Close it in any case; zero is closed. */
int tile_layers_open(struct request *request, const struct tile_wish *wish,
	struct tile_layers *ret_layers, struct error *err);
void tile_layers_close(struct tile_layers *layers);

/* The same without a worker, if the live map has all of them. */
bool tile_layers_at_hand(const struct request *request, const struct tile_wish *wish,
	struct tile_layers *ret_layers);

#endif
