/*
 * canvas: a picture in memory, and filling, stroking and dotting on it with anti-aliasing.
 *
 * Pixels are premultiplied: no channel is more than alpha. Colours handed in are 0xRRGGBBAA, not
 * premultiplied; with alpha 0 nothing is drawn. Coverage is exact (raster.h) where nothing else is
 * said; what is drawn later lies on top. Coordinates are pixels from the upper left corner, and may
 * lie anywhere: what is outside is clipped first. A drawing for a magnified screen is the caller's
 * business: it scales coordinates and widths.
 *
 * Calling sequence: canvas_init once for a worker, canvas_wipe before each picture, and path_reset
 * between the shapes. One thread at a time.
 */
#ifndef TILES_CANVAS_H
#define TILES_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "tiles/cover.h"
#include "tiles/inks.h"
#include "tiles/path.h"
#include "tiles/raster.h"
#include "tiles/round_line.h"
#include "tiles/stroke.h"

enum { CANVAS_SIDE_MAX = RASTER_SIDE_MAX };

struct canvas {
	int width, height;
	uint32_t *pixels; /* rows from the top; red in the lowest byte, then green, blue, alpha */
	bool is_indexed;  /* then it is `indices` that are drawn on, and not `pixels` */
	uint8_t *indices; /* of the colours in `inks`; heap, once they were asked for */
	struct inks *inks;
	uint8_t *veil; /* coverage of a translucent colour in work; heap, as they are */
	struct raster raster;
	struct cover cover;
	struct round_line round;
	struct stroker stroker;
};

/* A transparent canvas of 1 to CANVAS_SIDE_MAX pixels a side. */
int canvas_init(struct canvas *canvas, int width, int height, struct error *err);
void canvas_clear(struct canvas *canvas); /* frees */

/* Makes all pixels this colour. */
void canvas_wipe(struct canvas *canvas, uint32_t colour);

/*
 * Makes the picture transparent and has it drawn in palette indices (inks.h), which is quicker.
 * When it is finished canvas_is_good says whether the palette did; if not, draw it once more after
 * canvas_wipe. What canvas_fill and canvas_stroke draw takes its colour through a palette too.
 */
int canvas_wipe_indexed(struct canvas *canvas, struct error *err);
bool canvas_is_good(const struct canvas *canvas);

/* Says that much of one colour will be drawn on another; of use before anything is drawn. */
void canvas_foresee(struct canvas *canvas, uint32_t below, uint32_t colour);

/*
 * Fills under the non-zero rule; polygons whose rings were closed as PATH_OUTER and PATH_HOLE,
 * whatever faults they have. Open sub-paths are closed. Errors as path_check.
 */
int canvas_fill(struct canvas *canvas, const struct path *path, uint32_t colour, struct error *err);

/* Draws the lines and the outlines of rings, all at once: where they overlap too. */
int canvas_stroke(struct canvas *canvas, const struct path *path, const struct pen *pen,
	uint32_t colour, struct error *err);

/*
 * The quick way for very many shapes: gathers the areas, or the lines, of as many paths as there
 * are, then paints all of them at once in one colour, and forgets them.
 *
 * Areas lie beside one another, as parcels do (cover.h): sharing sides leaves no seam. Where they
 * overlap against this rule the colour is solid, and edges there may be a little too dark. Rings
 * count as they turn: a hole turns against its outer ring, and all outer rings one way.
 * Lines are drawn with a round pen (round_line.h), and what is drawn twice is no darker.
 */
int canvas_gather_areas(struct canvas *canvas, const struct path *path, struct error *err);
int canvas_gather_lines(
	struct canvas *canvas, const struct path *path, double width_px, struct error *err);
void canvas_gather_side(struct canvas *canvas, struct point from, struct point to); /* of a ring */
void canvas_gather_line(
	struct canvas *canvas, const struct point *points, size_t count, double width_px);
void canvas_paint_areas(struct canvas *canvas, uint32_t colour);
void canvas_paint_lines(struct canvas *canvas, uint32_t colour);

/* A point symbol, drawn as quickly: a disc with an outline of stroke_px drawn over its edge. */
void canvas_disc(struct canvas *canvas, struct point centre, double radius_px, uint32_t fill,
	uint32_t stroke, double stroke_px);

/* Draws the colour through a mask of coverage, whose upper left pixel comes to (x, y). */
struct mask {
	int width, height;
	const uint8_t *coverage; /* width * height */
};
void canvas_stamp(struct canvas *canvas, const struct mask *mask, int x, int y, uint32_t colour);

#endif
