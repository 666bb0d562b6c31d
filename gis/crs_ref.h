/*
 * crs_ref: a coordinate system as clients name it, and the order of its axes: the one place where
 * latitude may come first.
 */
#ifndef GIS_CRS_REF_H
#define GIS_CRS_REF_H

#include "gis/crs.h"

/* A system as a client names it: the code, and whether its coordinates come north first. */
struct crs_ref {
	int epsg;
	bool north_first;
	bool crs84; /* named as CRS84 (lon, lat), not as EPSG:4326 */
};

/*
 * Reads "http://www.opengis.net/def/crs/EPSG/0/9210", "urn:ogc:def:crs:EPSG::9210", "EPSG:9210",
 * each also in square brackets, and the forms of OGC CRS84. False if it is none of these; whether
 * the code exists, crs_describe tells.
 */
bool crs_ref_parse(struct crs_context *context, const char *text, struct crs_ref *ret_ref);

/* Appends the URI of OGC API Features ("http://www.opengis.net/def/crs/..."). */
void crs_ref_print(struct strbuf *out, const struct crs_ref *ref);

/* Swaps the numbers of each pair if the system is written north first. */
void crs_ref_order(const struct crs_ref *ref, double *xy, size_t count);

extern const struct crs_ref crs84;

#endif
