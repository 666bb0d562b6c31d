/*
 * scanline: how much of each pixel of one row is covered, summed up from the sides of trapezoids.
 *
 * A side says what begins (or with a negative height ends) to the right of it. The sums are kept
 * as differences between neighbouring pixels, so a side costs the pixels that it crosses, and
 * only pixels that some side crosses are read. Coverage beyond 1 counts as 1; below 0 its amount
 * counts (a ring that runs the other way).
 */
#ifndef TILES_SCANLINE_H
#define TILES_SCANLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Takes `count` pixels from (x, y) on: coverage has a share of 255 for each, or is NULL when all
 * of them are covered fully. Called in rows from the top, in a row from the left.
 */
struct span_sink {
	void (*cover)(void *context, int x, int y, int count, const uint8_t *coverage);
	void *context;
};

struct scanline {
	int width;
	double *change;	   /* of coverage at each pixel, against the one before */
	uint8_t *coverage; /* of each pixel of 255, while it is handed on */
	uint64_t *touched; /* a bit for each pixel that has a change */
	int first, last;   /* pixels with changes; none when first > last */
};

/* An all-zero scanline may be cleared. */
int scanline_init(struct scanline *line, int width, struct error *err);
void scanline_clear(struct scanline *line);

/*
 * Adds `height` times the part of each pixel that is right of the line from x0 at its top to x1
 * at its bottom; both within [0, width].
 */
void scanline_add_side(struct scanline *line, double x0, double x1, double height);

/* Hands the covered pixels to the sink as row y, and empties the sums. */
void scanline_emit(struct scanline *line, int y, struct span_sink sink);

#endif
