/*
 * crs_patch: a smooth map of the plane by polynomials, each fitted to the exact one over a cell.
 *
 * PROJ takes a microsecond for a point, a page of parcels has ten thousand. Over some kilometres
 * a map projection, also with a shift of datum, is a polynomial of degree 4 to the last digits of
 * a double; so each cell that is met gets one, and is remembered in a bounded table. It is compared
 * with the exact map at points between those that made it; where they differ by more than the
 * tolerance, the cell's points are moved exactly, and so are points too far from each other for
 * the table. The image of a point does not depend on what was moved before. One thread at a time.
 */
#ifndef GIS_CRS_PATCH_H
#define GIS_CRS_PATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* The exact map, of `count` points in place; false if one of them has no image. */
typedef bool crs_patch_exact(const void *context, double *xy, size_t count);

struct crs_patches;

/*
 * A cell is `side` units of the source wide, a power of two and some kilometres; the tolerance is in
 * units of the target. NULL: no memory.
 */
struct crs_patches *crs_patches_new(
	crs_patch_exact *exact, const void *context, double side, double tolerance);
void crs_patches_free(struct crs_patches *patches);
AUTOPTR(struct crs_patches, crs_patches_free);

/* Moves points in place; the number of those moved before one that has no image. */
size_t crs_patches_move(struct crs_patches *patches, double *xy, size_t count);

#endif
