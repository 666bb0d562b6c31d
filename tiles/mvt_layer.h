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
	const char *ending; /* of its name, behind the layer's id */
	enum geometry_kind geometry;
	struct snap_grid grid;
	struct tile_box clip_box;
	/* Fields in the tile: numbers of the snapshot's columns. */
	size_t columns[SNAPSHOT_COLUMNS_MAX], column_count;
	size_t words; /* of the outlines found */
};

/* Begins a layer without columns; false without memory. */
bool mvt_begin_layer(struct mvt_scratch *scratch, const struct snapshot *snapshot, struct tile tile,
	struct layer_tile *ret_layer);

/*
 * Puts the numbers of the records in the tile into scratch->sorted, by their ids; of more than `most`
 * the largest. False without memory.
 */
bool mvt_find_records(
	struct layer_tile *layer, size_t most, size_t *ret_count, size_t *ret_dropped);

/* Fills scratch->geometry with what the tile shows of a record. False without memory. */
bool mvt_put_geometry(struct layer_tile *layer, size_t item);

/* Fills it with a point or with lines, rounded and within the tile. */
bool mvt_put_point(struct layer_tile *layer, int32_t x, int32_t y);
bool mvt_put_lines(struct layer_tile *layer, const struct clip_path *lines);

/* Appends a feature with the id and the fields of a record, and the geometry in scratch. */
bool mvt_put_feature(struct layer_tile *layer, size_t item);

/* The number in the tile of a value of the snapshot: in the order in which they are asked for. */
bool mvt_number_value(struct mvt_scratch *scratch, uint32_t value, uint32_t *ret_number);

/* Appends the layer around the features in scratch. */
bool mvt_put_layer(const struct layer_tile *layer, struct strbuf *out);

#endif
