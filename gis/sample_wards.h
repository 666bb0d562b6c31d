/*
 * sample_wards: the 14 wards of Thủ Dầu Một in 2009, which the sample city is built in.
 *
 * They stand inside the program (data/sample/thu-dau-mot-wards-2009.geojson, MIT licence).
 */
#ifndef GIS_SAMPLE_WARDS_H
#define GIS_SAMPLE_WARDS_H

#include "gis/crs.h"
#include "gis/sample_city.h"

/* Reads them into the arena, in EPSG:9210. */
int sample_wards_read(struct crs_context *crs, struct arena *arena,
	struct sample_ward ret_wards[SAMPLE_WARDS_MAX], size_t *ret_count, struct error *err);

#endif
