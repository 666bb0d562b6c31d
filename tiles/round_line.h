/*
 * round_line: lines drawn with a round pen, each pixel by its distance from the line.
 *
 * The share of a pixel is that of a pen which passes it level or upright at this distance: exact
 * for such lines, off by at most a tenth for others, and as much ink in all. Where segments meet,
 * lie on one another or cross, the larger share counts, so what the pen passes twice is no darker.
 * This costs a few operations a pixel; stroke.h outlines every other pen exactly.
 *
 * Calling sequence: add segments and rings, then emit once, which empties it. One thread at a time.
 */
#ifndef TILES_ROUND_LINE_H
#define TILES_ROUND_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "tiles/path.h"
#include "tiles/scanline.h"

enum { ROUND_LINE_SLANTS = 16, ROUND_LINE_PLACES = 32 };

struct round_line {
	int width, height;
	uint8_t *coverage; /* of each pixel of 255; all 0 between calls */
	size_t row_room;   /* of a row in it, with the margins, which do not count */
	uint64_t *marks;   /* where something may be covered (marks.h), of some rows together */
	size_t mark_room;  /* of those rows */
	int first_row, last_row;

	/* What the last thin line of each slant covers across it, by its place in a pixel. */
	uint8_t weights[ROUND_LINE_SLANTS + 1][ROUND_LINE_PLACES][4];
	float half_px_along[ROUND_LINE_SLANTS + 1]; /* along such a line */
	double weight_widths_px[ROUND_LINE_SLANTS + 1]; /* of those lines */
};

/* For pixels [0, width) x [0, height). An all-zero struct may be cleared. */
int round_line_init(struct round_line *line, int width, int height, struct error *err);
void round_line_clear(struct round_line *line);

/* Adds the segment between two points; equal points make a dot. Width in px, above 0. */
void round_line_add(struct round_line *line, struct point from, struct point to, double width_px);

/*
 * Adds a line through points, at least one. Those that lie within a sixteenth of a pixel of the
 * line without them are left out.
 */
void round_line_add_line(
	struct round_line *line, const struct point *points, size_t count, double width_px);

/* Adds a circle drawn with the pen. */
void round_line_add_ring(
	struct round_line *line, struct point centre, double radius_px, double width_px);

/* Hands the coverage to the sink and empties it. */
void round_line_emit(struct round_line *line, struct span_sink sink);

#endif
