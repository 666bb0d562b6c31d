#include "tiles/canvas.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"

/* A colour ready for blending. */
struct paint {
	uint32_t pixel; /* premultiplied */
	struct canvas *canvas;
};

void canvas_clear(struct canvas *canvas)
{
	free(canvas->pixels);
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

/* The channels of a pixel, each in 16 bits of its own. */
static uint64_t spread(uint32_t pixel)
{
	return (pixel & 0x00FF00FF) | (uint64_t)(pixel & 0xFF00FF00) << 24;
}

/* Channels of up to 255 * 255 + 127, each divided by 255 and rounded, as a pixel. */
static uint32_t pack(uint64_t products)
{
	const uint64_t bytes = 0x00FF00FF00FF00FF;

	products += 0x0080008000800080;
	products = (products + (products >> 8 & bytes)) >> 8 & bytes;
	return (uint32_t)(products | products >> 24);
}

static uint32_t premultiply(uint32_t colour)
{
	return pack(spread(__builtin_bswap32(colour) | 0xFF000000) * (colour & 0xFF));
}

/*
 * Porter and Duff's "over" with a part of the colour, rounded once. Alpha stays below 256 since
 * what the top leaves of the pixel below is 255 less the rounded share of the top; and no channel
 * passes alpha, since the same arithmetic makes it from numbers that are no larger.
 */
static uint32_t blend(uint64_t top, uint32_t below, uint32_t share)
{
	uint32_t hidden = (uint32_t)(top >> 48) * share + 128;

	hidden = (hidden + (hidden >> 8)) >> 8;
	return pack(top * share + spread(below) * (255 - hidden));
}

static void blend_solid(uint32_t *at, int count, uint32_t pixel)
{
	uint64_t top = spread(pixel);

	if (pixel >> 24 == 255) {
		for (int i = 0; i < count; i++)
			at[i] = pixel;
		return;
	}
	for (int i = 0; i < count; i++)
		at[i] = blend(top, at[i], 255);
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
	uint64_t top = spread(pixel);
	bool opaque = pixel >> 24 == 255;

	for (int i = 0; i < count; i++) {
		if (coverage[i] == 255 && opaque)
			at[i] = pixel;
		else if (coverage[i])
			at[i] = blend(top, at[i], coverage[i]);
		else if (i + 8 <= count && is_empty(coverage + i))
			i += 7;
	}
}

static void cover_span(void *context, int x, int y, int count, const uint8_t *coverage)
{
	const struct paint *paint = context;
	uint32_t *at = paint->canvas->pixels + (size_t)y * (size_t)paint->canvas->width + x;

	if (coverage)
		blend_covered(at, count, paint->pixel, coverage);
	else
		blend_solid(at, count, paint->pixel);
}

void canvas_wipe(struct canvas *canvas, uint32_t colour)
{
	size_t count = (size_t)canvas->width * (size_t)canvas->height;
	uint32_t pixel = premultiply(colour);

	if (!pixel) {
		memset(canvas->pixels, 0, count * sizeof pixel);
		return;
	}
	for (size_t i = 0; i < count; i++)
		canvas->pixels[i] = pixel;
}

int canvas_fill(struct canvas *canvas, const struct path *path, uint32_t colour, struct error *err)
{
	struct paint paint = {premultiply(colour), canvas};

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

void canvas_paint_areas(struct canvas *canvas, uint32_t colour)
{
	struct paint paint = {premultiply(colour), canvas};

	cover_emit(&canvas->cover, (struct span_sink){cover_span, &paint});
}

void canvas_paint_lines(struct canvas *canvas, uint32_t colour)
{
	struct paint paint = {premultiply(colour), canvas};

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
	uint32_t pixel = premultiply(colour);
	int left = x < 0 ? 0 : x, top = y < 0 ? 0 : y;
	int right = x > canvas->width - mask->width ? canvas->width : x + mask->width;
	int bottom = y > canvas->height - mask->height ? canvas->height : y + mask->height;

	for (int row = top; row < bottom && left < right; row++) {
		const uint8_t *coverage =
			mask->coverage + (size_t)(row - y) * (size_t)mask->width + (left - x);

		blend_covered(canvas->pixels + (size_t)row * (size_t)canvas->width + left,
			right - left, pixel, coverage);
	}
}
