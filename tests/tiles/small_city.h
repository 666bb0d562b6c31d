/*
 * small_city: a register made in the test, with layers of its own, for what needs records.
 *
 *	small_city_open(&city);
 *	small_city_begin(&city, &small_layers.layers[SMALL_LOT]);
 *	small_city_draw(&city, "0 0, 20 0, 20 30", "Nhà 1|house|3");
 *	small_city_end(&city);
 *	snapshot = small_city_snapshot(&city, SMALL_LOT);
 *	...
 *	small_city_close(&city);
 *
 * Whatever fails here fails the test.
 */
#ifndef TESTS_TILES_SMALL_CITY_H
#define TESTS_TILES_SMALL_CITY_H

#include "data/feature_write.h"
#include "data/register.h"
#include "gis/shape.h"
#include "tiles/snapshot.h"

enum small_layer { SMALL_LOT, SMALL_WAY, SMALL_POST, SMALL_LAYERS };

/*
 * lot: areas; name 12, use 10 (class: house, shed from zoom 16, others), storeys 14 (integer),
 * price 10 (real), taken 16 (boolean), since 16 (date), secret (never); the zoom is where the
 * attribute starts to stand in tiles.
 * way: lines; name 11 (labels from zoom 16), kind 11 (class: road, path from zoom 15), width_m 13 (real).
 * post: points; code 12.
 * All are drawn from zoom 10 to 22.
 */
extern const struct layer_table small_layers;

struct small_city {
	struct strbuf folder;
	struct register_folder opened;
	struct crs_context *crs;
	struct geom_context *geom;
	struct snapshot_source source;
	struct arena arena;
	/* Between begin and end. */
	struct transaction transaction;
	struct change_set changes;
	struct feature_writer writer;
};

/* Where texts of shapes count from, in EPSG:9210. */
extern const double small_city_east, small_city_north;

void small_city_open(struct small_city *city);
void small_city_close(struct small_city *city);

void small_city_begin(struct small_city *city, enum small_layer layer);
void small_city_end(struct small_city *city);

/*
 * Adds a record: its shape, NULL for none, and the values of the first fields, separated by '|',
 * an empty one null. Its id is the number of the record, from 1.
 */
void small_city_add(struct small_city *city, const struct shape *shape, const char *values);

/*
 * The same with the shape as text: "0 0, 20 0, 20 30; 5 5, 5 9, 9 9 + 40 0, 50 0, 50 9" are the
 * rings (or lines, or points) of two parts in metres; rings of areas close themselves.
 */
void small_city_draw(struct small_city *city, const char *shape, const char *values);
struct shape small_city_shape(struct small_city *city, enum geometry_kind kind, const char *text);

struct snapshot *small_city_snapshot(struct small_city *city, enum small_layer layer);

/* A place of the working CRS in metres of Web Mercator. */
void small_city_mercator(struct small_city *city, const double *xy, double *ret_xy);

/* The tile that a place in metres from the origin of texts falls in. */
struct tile small_city_tile(struct small_city *city, double x, double y, unsigned z);

#endif
