/*
 * geom_geos: what the files geom*.c share: shapes go into GEOS and come back. For them alone.
 */
#ifndef GIS_GEOM_GEOS_H
#define GIS_GEOM_GEOS_H

#include <geos_c.h>

#include "gis/geom.h"

struct geom_context {
	GEOSContextHandle_t geos;
	GEOSWKBReader *reader;
	GEOSWKBWriter *writer;
	struct strbuf wkb;
	char fault[160]; /* what GEOS said last, for the log */
};

/* GEOS has failed: ERR_INVALID, and why for the log. */
int geom_fail(struct error *err, const struct geom_context *context);

/* The caller destroys what is returned. */
int geom_to_geos(struct geom_context *context, const struct shape *shape,
	GEOSGeometry **ret_geometry, struct error *err);
int geom_from_geos(struct geom_context *context, const GEOSGeometry *geometry,
	struct arena *arena, struct shape *ret_shape, struct error *err);

/* The areas of a result as one MultiPolygon: itself, or what is area in a collection. */
int geom_only_areas(struct geom_context *context, const GEOSGeometry *geometry,
	GEOSGeometry **ret_areas, struct error *err);

#endif
