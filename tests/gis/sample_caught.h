/*
 * A sample city caught by a sink and kept for looking at: what the tests of gis/sample_* ask of.
 */
#ifndef TESTS_GIS_SAMPLE_CAUGHT_H
#define TESTS_GIS_SAMPLE_CAUGHT_H

#include "gis/sample_city.h"

enum { CAUGHT_WARDS = 14 };

/* The wards of data/sample in EPSG:9210, as the caller of sample_city_make hands them in. */
struct caught_wards {
	struct arena arena;
	struct sample_ward all[CAUGHT_WARDS];
	struct shape shapes[CAUGHT_WARDS];
};
void caught_wards_read(struct caught_wards *wards);

struct caught_record {
	struct shape shape;
	struct box box;
	const struct value *values; /* by field of the layer */
};

struct caught_layer {
	const struct layer *layer;
	struct caught_record *records;
	size_t count, room;
};

enum { CAUGHT_LAYERS_MAX = 24 };

struct caught {
	struct arena arena;
	struct caught_layer layers[CAUGHT_LAYERS_MAX];
	size_t layer_count;
	uint64_t hash; /* of all that was handed out, in its order */
};

/* Makes a city and keeps it; the test fails if that fails. */
void caught_make(
	struct caught *caught, const struct caught_wards *wards, size_t parcels, uint64_t seed);
void caught_clear(struct caught *caught);

/* The sink alone; its context is the struct caught. */
int caught_feature(
	void *context, const struct layer *layer, const struct feature *feature, struct error *err);

/* The layer of that id; an empty one if no record of it came. */
const struct caught_layer *caught_layer(const struct caught *caught, const char *id);

/* A field of a record. */
const struct value *caught_value(
	const struct caught_layer *layer, const struct caught_record *record, const char *field);
int64_t caught_int(
	const struct caught_layer *layer, const struct caught_record *record, const char *field);
const char *caught_text(
	const struct caught_layer *layer, const struct caught_record *record, const char *field);

/* Records by place: all whose box covers a spot, through a grid. */
struct caught_grid {
	const struct caught_layer *layer;
	uint32_t *heads, *next; /* index + 1; 0 ends a list */
	uint32_t *items;
	size_t item_count;
	struct box box;
	int columns, rows;
};
void caught_grid_make(struct caught_grid *grid, const struct caught_layer *layer);
void caught_grid_clear(struct caught_grid *grid);

/* How many areas of the layer cover the spot, with 1 mm to spare; the last one in *ret_index. */
int caught_grid_count(const struct caught_grid *grid, double east, double north, size_t *ret_index);

#endif
