#include "tiles/canvas.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/pixel.h"

/* A colour ready for blending. */
struct paint {
	uint32_t pixel; /* premultiplied */
	struct canvas *canvas;
	struct ink_ramp *ramp; /* if the canvas is drawn in indices */
};

void canvas_clear(struct canvas *canvas)
{
	free(canvas->pixels);
	free(canvas->indices);
	free(canvas->inks);
	free(canvas->veil);
	raster_clear(&canvas->raster);
	stroker_clear(&canvas->stroker);
	round_line_clear(&canvas->round);
	cover_clear(&canvas->cover);
	*canvas = (struct canvas){0};
}

int canvas_init(struct canvas *canvas, int width, int height, struct error *err)
{
	int rc;

	*canvas = (struct canvas){0};
	rc = raster_init(&canvas->raster, width, height, err);
	if (!rc)
		rc = round_line_init(&canvas->round, width, height, err);
	if (!rc)
		rc = cover_init(&canvas->cover, width, height, err);
	if (!rc) {
		canvas->pixels = calloc((size_t)width * (size_t)height, sizeof *canvas->pixels);
		rc = canvas->pixels ? 0 : fail_no_memory(err);
	}
	if (rc) {
		canvas_clear(canvas);
		return rc;
	}
	canvas->width = width;
	canvas->height = height;
	return 0;
}

static void blend_solid(uint32_t *at, int count, uint32_t pixel)
{
	uint64_t top = pixel_spread(pixel);

	if (pixel >> 24 == 255) {
		for (int i = 0; i < count; i++)
			at[i] = pixel;
		return;
	}
	for (int i = 0; i < count; i++)
		at[i] = pixel_blend(top, at[i], 255);
}

/* True if the next 8 shares are all 0. */
static bool is_empty(const uint8_t *coverage)
{
	uint64_t shares;

	memcpy(&shares, coverage, sizeof shares);
	return !shares;
}

static void blend_covered(uint32_t *at, int count, uint32_t pixel, const uint8_t *coverage)
{
	uint64_t top = pixel_spread(pixel);
	bool opaque = pixel >> 24 == 255;

	for (int i = 0; i < count; i++) {
		if (coverage[i] == 255 && opaque)
			at[i] = pixel;
		else if (coverage[i])
			at[i] = pixel_blend(top, at[i], coverage[i]);
		else if (i + 8 <= count && is_empty(coverage + i))
			i += 7;
	}
}

static void index_solid(const struct canvas *canvas, uint8_t *at, int count, struct ink_ramp *ramp)
{
	if (pixel_alpha(ramp->pixel) == 255) {
		memset(at, ramp->over[INK_STEPS][0], (size_t)count);
		return;
	}
	for (int i = 0; i < count; i++)
		at[i] = ink_over(canvas->inks, ramp, INK_STEPS, at[i]);
}

/* Nothing leaves an index as it is, so no share need be looked at but for whole stretches. */
static void index_covered(const struct canvas *canvas, uint8_t *at, int count,
	struct ink_ramp *ramp, const uint8_t *coverage)
{
	uint64_t shares;
	bool opaque = pixel_alpha(ramp->pixel) == 255;
	int i = 0;

	for (; i + 8 <= count; i += 8) {
		memcpy(&shares, coverage + i, sizeof shares);
		if (!shares)
			continue;
		if (shares == UINT64_MAX && opaque) {
			memset(at + i, ramp->over[INK_STEPS][0], 8);
			continue;
		}
		for (int k = i; k < i + 8; k++)
			at[k] = ink_over(canvas->inks, ramp, ink_step(coverage[k]), at[k]);
	}
	for (; i < count; i++)
		at[i] = ink_over(canvas->inks, ramp, ink_step(coverage[i]), at[i]);
}

static void cover_span(void *context, int x, int y, int count, const uint8_t *coverage)
{
	const struct paint *paint = context;
	struct canvas *canvas = paint->canvas;
	size_t at = (size_t)y * (size_t)canvas->width + (size_t)x;

	if (paint->ramp && coverage)
		index_covered(canvas, canvas->indices + at, count, paint->ramp, coverage);
	else if (paint->ramp)
		index_solid(canvas, canvas->indices + at, count, paint->ramp);
	else if (coverage)
		blend_covered(canvas->pixels + at, count, paint->pixel, coverage);
	else
		blend_solid(canvas->pixels + at, count, paint->pixel);
}

static struct paint make_paint(struct canvas *canvas, uint32_t colour)
{
	uint32_t pixel = pixel_premultiply(colour);

	if (canvas->is_indexed)
		inks_sweep(canvas->inks, canvas->indices,
			(size_t)canvas->width * (size_t)canvas->height);

	return (struct paint){
		pixel, canvas, canvas->is_indexed ? inks_ramp(canvas->inks, pixel) : NULL};
}

void canvas_wipe(struct canvas *canvas, uint32_t colour)
{
	size_t count = (size_t)canvas->width * (size_t)canvas->height;
	uint32_t pixel = pixel_premultiply(colour);

	canvas->is_indexed = false;
	if (!pixel) {
		memset(canvas->pixels, 0, count * sizeof pixel);
		return;
	}
	for (size_t i = 0; i < count; i++)
		canvas->pixels[i] = pixel;
}

int canvas_wipe_indexed(struct canvas *canvas, struct error *err)
{
	size_t count = (size_t)canvas->width * (size_t)canvas->height;

	if (!canvas->indices)
		canvas->indices = malloc(count);
	if (!canvas->inks)
		canvas->inks = malloc(sizeof *canvas->inks);
	if (!canvas->veil)
		canvas->veil = malloc(count);
	if (!canvas->indices || !canvas->inks || !canvas->veil)
		return fail_no_memory(err);
	memset(canvas->indices, 0, count);
	inks_reset(canvas->inks);
	canvas->is_indexed = true;
	return 0;
}

bool canvas_is_good(const struct canvas *canvas)
{
	return !canvas->is_indexed || inks_are_good(canvas->inks);
}

void canvas_foresee(struct canvas *canvas, uint32_t below, uint32_t colour)
{
	if (canvas->is_indexed)
		inks_foresee(canvas->inks, pixel_premultiply(below), pixel_premultiply(colour));
}

int canvas_fill(struct canvas *canvas, const struct path *path, uint32_t colour, struct error *err)
{
	struct paint paint = make_paint(canvas, colour);

	if (!(colour & 0xFF))
		return path_check(path, err);
	return raster_fill(&canvas->raster, path, (struct span_sink){cover_span, &paint}, err);
}

int canvas_gather_areas(struct canvas *canvas, const struct path *path, struct error *err)
{
	int rc = path_check(path, err);

	for (size_t i = 0; !rc && i < path->subpath_count; i++) {
		size_t start = path_start(path, i);

		cover_add_ring(&canvas->cover, path->points + start, path->subpaths[i].end - start);
	}
	return rc;
}

int canvas_gather_lines(
	struct canvas *canvas, const struct path *path, double width_px, struct error *err)
{
	int rc = path_check(path, err);

	if (rc || !(width_px > 0))
		return rc;
	width_px = fmin(width_px, PEN_WIDTH_MAX_PX);
	for (size_t i = 0; i < path->subpath_count; i++) {
		size_t start = path_start(path, i), end = path->subpaths[i].end;

		round_line_add_line(&canvas->round, path->points + start, end - start, width_px);
		if (path->subpaths[i].closed)
			round_line_add(&canvas->round, path->points[end - 1], path->points[start],
				width_px);
	}
	return 0;
}

void canvas_gather_side(struct canvas *canvas, struct point from, struct point to)
{
	cover_add_side(&canvas->cover, from, to);
}

void canvas_gather_line(
	struct canvas *canvas, const struct point *points, size_t count, double width_px)
{
	if (width_px > 0)
		round_line_add_line(
			&canvas->round, points, count, fmin(width_px, PEN_WIDTH_MAX_PX));
}

/* A translucent colour in work: its coverage, and how many pixels it covers all of. */
struct veil {
	struct canvas *canvas;
	size_t full_count;
};

static void note_span(void *context, int x, int y, int count, const uint8_t *coverage)
{
	struct veil *veil = context;
	struct canvas *canvas = veil->canvas;
	uint8_t *at = canvas->veil + (size_t)y * (size_t)canvas->width + x;

	for (int i = 0; i < count; i++) {
		at[i] = coverage ? coverage[i] : 255;
		veil->full_count += at[i] == 255;
	}
}

/*
 * A ward that is tinted covers most of its tiles wholly. That changes the palette and no index;
 * pixel by pixel there would have to be twice the colours for a while.
 */
static void paint_veil(struct canvas *canvas, uint32_t colour)
{
	struct veil veil = {.canvas = canvas};
	size_t count = (size_t)canvas->width * (size_t)canvas->height;
	struct paint paint;

	memset(canvas->veil, 0, count);
	cover_emit(&canvas->cover, (struct span_sink){note_span, &veil});
	if (veil.full_count == count) {
		inks_tint(canvas->inks, pixel_premultiply(colour));
		return;
	}
	paint = make_paint(canvas, colour);
	for (int y = 0; y < canvas->height; y++)
		cover_span(&paint, 0, y, canvas->width,
			canvas->veil + (size_t)y * (size_t)canvas->width);
}

void canvas_paint_areas(struct canvas *canvas, uint32_t colour)
{
	struct paint paint;

	if (canvas->is_indexed && (colour & 0xFF) < 255) {
		paint_veil(canvas, colour);
		return;
	}
	paint = make_paint(canvas, colour);
	cover_emit(&canvas->cover, (struct span_sink){cover_span, &paint});
}

void canvas_paint_lines(struct canvas *canvas, uint32_t colour)
{
	struct paint paint = make_paint(canvas, colour);

	round_line_emit(&canvas->round, (struct span_sink){cover_span, &paint});
}

int canvas_stroke(struct canvas *canvas, const struct path *path, const struct pen *pen,
	uint32_t colour, struct error *err)
{
	int rc = path_check(path, err);

	if (rc || !(colour & 0xFF))
		return rc;
	return canvas_fill(canvas,
		stroker_outline(&canvas->stroker, path, pen, canvas->width, canvas->height), colour,
		err);
}

void canvas_disc(struct canvas *canvas, struct point centre, double radius_px, uint32_t fill,
	uint32_t stroke, double stroke_px)
{
	if (radius_px > 0 && (fill & 0xFF)) {
		round_line_add(&canvas->round, centre, centre, 2 * radius_px);
		canvas_paint_lines(canvas, fill);
	}
	if (radius_px > 0 && stroke_px > 0 && (stroke & 0xFF)) {
		round_line_add_ring(&canvas->round, centre, radius_px, stroke_px);
		canvas_paint_lines(canvas, stroke);
	}
}

void canvas_stamp(struct canvas *canvas, const struct mask *mask, int x, int y, uint32_t colour)
{
	struct paint paint = make_paint(canvas, colour);
	int left = x < 0 ? 0 : x, top = y < 0 ? 0 : y;
	int right = x > canvas->width - mask->width ? canvas->width : x + mask->width;
	int bottom = y > canvas->height - mask->height ? canvas->height : y + mask->height;

	for (int row = top; row < bottom && left < right; row++) {
		const uint8_t *coverage =
			mask->coverage + (size_t)(row - y) * (size_t)mask->width + (left - x);

		cover_span(&paint, left, row, right - left, coverage);
	}
}
