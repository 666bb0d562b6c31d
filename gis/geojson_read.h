/*
 * geojson_read: a GeoJSON geometry (RFC 7946 §3.1) as a shape.
 */
#ifndef GIS_GEOJSON_READ_H
#define GIS_GEOJSON_READ_H

#include "base/json_read.h"
#include "gis/shape.h"

/*
 * Reads Point, LineString, Polygon and their multi forms; the shape lives in the arena. Numbers
 * are taken as they stand, the first as x. A third number is the height of a single point, and is
 * dropped elsewhere. Errors, with the pointer to the place behind `where`: ERR_INVALID for another
 * type, a position that is none, a ring that is not closed; ERR_TOO_LARGE over the caps of shape.h.
 */
int geojson_read(struct arena *arena, const struct json_node *geometry, const char *where,
	struct shape *ret_shape, struct error *err);

#endif
