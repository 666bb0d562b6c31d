/*
 * mvt_layer: a layer of a vector tile while it is written. Inside of mvt.
 */
#ifndef TILES_MVT_LAYER_H
#define TILES_MVT_LAYER_H

#include "tiles/mvt.h"

/* What follows one another is copied in steps of so many bytes: buffers have that much room behind. */
enum { MVT_SHORT_COPY = 64 };

struct layer_tile {
	struct mvt_scratch *scratch;
	const struct snapshot *snapshot;
	struct tile tile;
	struct snap_grid grid;
	struct tile_box clip_box;
	/* Fields of this zoom: numbers of the snapshot's columns. */
	size_t columns[SNAPSHOT_COLUMNS_MAX], column_count;
	size_t words; /* of the outlines found */
};

/* Fills scratch->geometry with what the tile shows of a record. False without memory. */
bool mvt_put_geometry(struct layer_tile *layer, size_t item);

#endif
