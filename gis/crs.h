/*
 * crs: coordinate systems by their EPSG code, and the ways between them (PROJ).
 *
 * Two rules hold everywhere:
 *  - Inside, coordinates are always (east, north) or (lon, lat). The order that an authority
 *    defines (EPSG:4326 is lat, lon) is the business of crs_ref alone, at the edge.
 *  - The way from a datum to WGS 84 is pinned, never chosen by position. For VN-2000 it is
 *    EPSG:6960 (QĐ 05/2007/QĐ-BTNMT) as a coordinate frame rotation; left alone, PROJ takes
 *    EPSG:5194 south of 11.04° N and west of 107.11° E, which tears the city by 0.8 m. Between
 *    zones of one datum there is no shift at all.
 *
 * A context and its paths belong to one thread.
 */
#ifndef GIS_CRS_H
#define GIS_CRS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "data/city.h"

enum {
	CRS_WGS84 = 4326,
	CRS_WEB_MERCATOR = 3857,
	CRS_VN2000 = 4756, /* geographic: the datum of all VN-2000 zones */
	CRS_EPSG_MAX = 99999,
	CRS_NAME_MAX = 128,
};

struct crs_context;
struct crs_path;

int crs_context_new(struct crs_context **ret_context, struct error *err);
void crs_context_free(struct crs_context *context);
AUTOPTR(struct crs_context, crs_context_free);

/* What is known of a coordinate system. */
struct crs_info {
	int epsg;
	char name[CRS_NAME_MAX];
	bool geographic;	/* degrees; else projected */
	bool north_first;	/* the authority writes north or latitude first */
	int base_epsg;		/* its geographic system: the datum */
	double unit_m;		/* metres a unit of a projected system; 0 of a geographic one */
	double west, south, east, north; /* area of use in degrees; west > east if unknown */
};
int crs_describe(
	struct crs_context *context, int epsg, struct crs_info *ret_info, struct error *err);

/*
 * How the datum of a coordinate system becomes WGS 84: the name of the operation and its PROJ
 * pipeline (lon, lat in degrees to lon, lat in degrees). Chosen once, at init; VN-2000 is EPSG:6960.
 */
int crs_choose_operation(struct crs_context *context, int epsg, char name[CITY_NAME_MAX],
	char pipeline[CITY_PIPELINE_MAX], struct error *err);

/* Uses the operation of this city for the datum of its working CRS from here on. */
int crs_pin(struct crs_context *context, const struct city *city, struct error *err);

/* The way from one system to another. Borrowed: it lives as long as the context. */
int crs_path_find(struct crs_context *context, int from_epsg, int to_epsg,
	const struct crs_path **ret_path, struct error *err);

/* True if the path shifts from one datum to another. */
bool crs_path_crosses_datum(const struct crs_path *path);

/*
 * Moves `count` points in place. Fails with ERR_INVALID, where = number of the point from 1, when
 * one has no place in the target.
 */
int crs_path_apply(const struct crs_path *path, double *xy, size_t count, struct error *err);

/*
 * The same to within 0.1 µm, and a hundred times as fast: for the coordinates of records. Fails as
 * crs_path_apply does.
 */
int crs_path_move(const struct crs_path *path, double *xy, size_t count, struct error *err);

/* PROJ.4 string for web clients and WKT 1, as texts that the caller clears. */
int crs_print_proj4(struct crs_context *context, int epsg, struct strbuf *out, struct error *err);
int crs_print_wkt(struct crs_context *context, int epsg, struct strbuf *out, struct error *err);

/* The WKT 1 with TOWGS84 where the way to WGS 84 is seven numbers that are pinned (VN-2000). */
int crs_print_pinned_wkt(
	struct crs_context *context, int epsg, struct strbuf *out, struct error *err);

#endif
