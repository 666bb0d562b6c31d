/*
 * geojson: writes a shape as a GeoJSON geometry (RFC 7946 §3.1).
 *
 * A multi-geometry with one part is still written as multi, so that all records of a layer have
 * one type. Rings keep the order in which the register holds them.
 */
#ifndef GIS_GEOJSON_H
#define GIS_GEOJSON_H

#include "base/json_write.h"
#include "gis/shape.h"

enum {
	GEOJSON_DEGREE_DECIMALS = 9, /* 0.1 mm */
	GEOJSON_METRE_DECIMALS = 4,
};

/* Writes the geometry as a value, or null when the shape is NULL or empty. */
void geojson_write(struct json_writer *json, const struct shape *shape, int decimals);

#endif
