/*
 * keep_corners: a shape that comes back from a client, with the digits that it lost on the way.
 *
 * A client is shown coordinates rounded to 0.1 mm, and sends back what it did not touch in that
 * form. Corners that lie where a corner of the record was get its very coordinates again, so that
 * neighbours keep their common border, and a change of one corner changes no other.
 */
#ifndef GIS_KEEP_CORNERS_H
#define GIS_KEEP_CORNERS_H

#include "gis/shape.h"

/* Both in the working CRS. A corner within tolerance_m of some of `before` becomes the nearest. */
void keep_corners(struct shape *shape, const struct shape *before, double tolerance_m);

#endif
