/*
 * parcels: rows of outlined lots as a cadastral map has them, to measure drawing on.
 */
#ifndef TESTS_BENCH_PARCELS_H
#define TESTS_BENCH_PARCELS_H

#include <stddef.h>

#include "tiles/path.h"

/*
 * Calls draw() with `count` polygons of 5 to 12 corners that share their edges and fill a picture
 * of side x side pixels; `use` (0 to 4) is the land use, which chooses the colour.
 */
void parcels_each(size_t count, int side,
	void (*draw)(void *context, const struct path *parcel, int use), void *context);

#endif
