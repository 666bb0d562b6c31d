/*
 * crs_check: does this machine's PROJ compute what it must.
 *
 * Known points of VN-2000 under EPSG:6960 and of plain projections; a PROJ with other data or
 * faults answers otherwise, and then every coordinate would be wrong.
 */
#ifndef GIS_CRS_CHECK_H
#define GIS_CRS_CHECK_H

#include "gis/crs.h"

/* 0, or an error that names the first system whose answer is off by more than a millimetre. */
int crs_check(struct crs_context *context, struct error *err);

#endif
