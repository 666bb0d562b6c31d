/*
 * anchor: where the label of a record stands.
 *
 * A place depends on the whole record and the zoom alone, never on the tile, so that all tiles
 * that see a label see it at the same place. Positions are in pixels of the whole world.
 */
#ifndef TILES_ANCHOR_H
#define TILES_ANCHOR_H

#include <stdbool.h>

#include "tiles/outline.h"

/* Pixels of the world at some zoom and scale: from the coordinates of a snapshot. */
struct pixel_grid {
	double origin_x, origin_y; /* of the snapshot, px */
	double px_a_unit;
};

struct anchor {
	double x, y;
	double angle;	 /* radians clockwise, upright (-90° to 90°) */
	double width_px; /* room for the text, of an area */
};

enum { ANCHORS_A_LINE_MAX = 64 }; /* a street as long as the city at the highest zoom has more */

/* A point inside the largest part of an area, in the middle of its widest level stretch there. */
bool anchor_of_area(const struct outline *outline, const struct pixel_grid *grid,
	struct anchor *ret_anchor);

/*
 * Whether a text between `least_px` and `most_px` wide may have a place along a line in the window of
 * anchors_of_line; quickly, before the text is measured.
 */
bool anchor_may_stand(const struct outline *outline, const struct pixel_grid *grid,
	double least_px, double most_px, const double window[4]);

/*
 * Places along a line for a text of that width and height, evenly spaced, where the line is
 * straight enough. Returns how many; only those in [left, right] x [top, bottom] are written.
 */
size_t anchors_of_line(const struct outline *outline, const struct pixel_grid *grid, double width_px, double height_px,
	const double window[4], struct anchor ret_anchors[ANCHORS_A_LINE_MAX]);

#endif
