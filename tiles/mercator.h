/*
 * mercator: places of the register in metres of Web Mercator.
 *
 * The projection is most of what building a snapshot costs, and a corner of a parcel is a corner
 * of its neighbours, whose records follow soon: places are remembered for a while.
 */
#ifndef TILES_MERCATOR_H
#define TILES_MERCATOR_H

#include <stddef.h>

#include "base/error.h"
#include "gis/crs.h"

struct mercator {
	const struct crs_path *path;
	struct mercator_place *places; /* heap: by hash */
};

/* The caller clears it; nothing to clear after a failure. */
int mercator_init(
	struct mercator *mercator, struct crs_context *crs, int epsg, struct error *err);
void mercator_clear(struct mercator *mercator);

/* Moves `count` places of that system in place; fails as crs_path_apply does. */
int mercator_move(const struct mercator *mercator, double *xy, size_t count, struct error *err);

#endif
