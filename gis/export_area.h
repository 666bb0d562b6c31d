/*
 * export_area: where records shall lie to be exported: a box or a drawn area, in degrees.
 *
 * A record belongs to it that has a point in common with it, and is exported whole. Edges are straight
 * in degrees (RFC 7946 §3.1.1).
 */
#ifndef GIS_EXPORT_AREA_H
#define GIS_EXPORT_AREA_H

#include "base/json_read.h"
#include "gis/crs.h"
#include "gis/geom.h"
#include "gis/shape.h"

struct export_area {
	struct box box; /* of all of it: west, south, east, north */
	struct geom_area *area; /* NULL: the box itself */
	const struct crs_path *to_wgs84; /* from the working CRS */
	struct box index_box; /* working CRS: around it, a little larger */
};

/* "106.6,10.9,106.7,11" as west, south, east, north. False if it is none. */
bool export_area_read_box(const char *text, struct box *ret_box);

/*
 * The area of a box; or of a GeoJSON geometry, or a feature, or a collection with one feature, that
 * is a polygon. The arena is for its corners, the contexts are borrowed.
 */
struct export_area_tools {
	struct crs_context *crs;
	struct geom_context *geom;
	int epsg; /* the working CRS */
};
int export_area_of_box(const struct export_area_tools *tools, const struct box *box,
	struct export_area *ret_area, struct error *err);
int export_area_of_json(const struct export_area_tools *tools, const struct json_node *json,
	struct arena *arena, struct export_area *ret_area, struct error *err);
void export_area_clear(struct export_area *area);

/* Whether a shape in degrees meets it. */
int export_area_meets(const struct export_area *area, const struct shape *lonlat, bool *ret_meets,
	struct error *err);

#endif
