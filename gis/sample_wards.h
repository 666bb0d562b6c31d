/*
 * sample_wards: the 14 wards of Thủ Dầu Một until 30 June 2025, which the sample city is built in, and
 * the five since.
 *
 * They stand inside the program (data/sample/, MIT licence): outlines of the old ones as of 2009.
 */
#ifndef GIS_SAMPLE_WARDS_H
#define GIS_SAMPLE_WARDS_H

#include "gis/crs.h"
#include "gis/sample_city.h"

/* Reads them into the arena, in EPSG:9210. */
int sample_wards_read(struct crs_context *crs, struct arena *arena,
	struct sample_ward ret_wards[SAMPLE_WARDS_MAX], size_t *ret_count, struct error *err);

/* The five of the reform (SAMPLE_REFORM_DAY), of a survey of their own. */
#define SAMPLE_REFORM_DAY "2025-07-01"
int sample_reform_read(struct crs_context *crs, struct arena *arena,
	struct sample_ward ret_wards[SAMPLE_WARDS_MAX], size_t *ret_count, struct error *err);

#endif
