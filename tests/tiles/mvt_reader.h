/*
 * mvt_reader: decodes a vector tile and holds it against every MUST of the specification (MVT 2.1)
 * and against what Dothi promises beyond it: version first, explicit extent, ids below 2^53,
 * values of one field, nothing that is not used or not known.
 */
#ifndef TESTS_TILES_MVT_READER_H
#define TESTS_TILES_MVT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "gis/shape.h"

enum read_type { READ_POINT = 1, READ_LINE = 2, READ_POLYGON = 3 };

/* The number is that of the field in the Value message. */
enum read_kind { READ_TEXT = 1, READ_REAL = 3, READ_UINT = 5, READ_SINT = 6, READ_BOOL = 7 };

struct read_value {
	enum read_kind kind;
	const char *text; /* '\0' ended */
	double real;
	uint64_t number; /* of READ_UINT and READ_BOOL */
	int64_t sint;
	const uint8_t *bytes; /* the message, to compare */
	size_t len;
};

struct read_feature {
	uint64_t id;
	enum read_type type;
	uint32_t *tags; /* pairs */
	size_t tag_count; /* pairs */
	int32_t *xy;
	size_t point_count;
	uint32_t *ends;	   /* index of the point behind each ring, line or (all) points */
	bool *holes;	   /* by ring */
	size_t ring_count;
};

struct read_layer {
	const char *name;
	uint32_t extent;
	const char **keys;
	size_t key_count;
	struct read_value *values;
	size_t value_count;
	struct read_feature *features;
	size_t feature_count;
};

struct read_tile {
	struct read_layer *layers;
	size_t layer_count;
};

/* NULL and the tile, or what is wrong with the bytes. */
const char *mvt_read(
	struct arena *arena, const void *bytes, size_t len, struct read_tile *ret_tile);

/* The layer or feature of that name or id; NULL if the tile has none. */
const struct read_layer *read_layer_find(const struct read_tile *tile, const char *name);
const struct read_feature *read_feature_find(const struct read_layer *layer, uint64_t id);

/* The value of a feature under a key; NULL if it has none. */
const struct read_value *read_value_find(
	const struct read_layer *layer, const struct read_feature *feature, const char *key);

/* The feature as a shape of tile coordinates, y to the north so that GEOS sees it as on a map. */
struct shape read_feature_shape(struct arena *arena, const struct read_feature *feature);

/* The whole tile as text, one line a thing: for files to compare with. */
void read_tile_print(struct strbuf *out, const struct read_tile *tile);

#endif
