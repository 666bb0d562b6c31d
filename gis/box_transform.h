/*
 * box_transform: the box of a box in another CRS.
 */
#ifndef GIS_BOX_TRANSFORM_H
#define GIS_BOX_TRANSFORM_H

#include "gis/crs.h"
#include "gis/shape.h"

/* Its edges are followed. False if it has no place there. */
bool box_transform(const struct crs_path *path, const struct box *box, struct box *ret_box);

#endif
