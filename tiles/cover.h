/*
 * cover: many areas that lie beside one another, summed up into one coverage of a picture.
 *
 * A side adds what begins (or, going up, ends) to the right of it to the pixels that it crosses; one
 * running sum a row then tells how much of each pixel is covered: exactly, if no areas overlap. A
 * side shared by two areas cancels out, so there is no seam. Coverage beyond 1 counts as 1, below 0
 * its amount counts. A side costs the pixels that it crosses, wherever it comes from.
 *
 * Calling sequence: add rings, or all of their sides, in any order, then emit once, which empties it. One thread at a time.
 */
#ifndef TILES_COVER_H
#define TILES_COVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "tiles/path.h"
#include "tiles/scanline.h"

struct cover {
	int width, height;
	float *change;	   /* of coverage at each pixel, against the one before; 0 between calls */
	uint64_t *marks;   /* where there are changes (marks.h) */
	uint8_t *coverage; /* of the pixels of one row, while it is handed on */
	size_t row_room, mark_room; /* of a row in `change` and `marks` */
	int first_row, last_row;
};

/* For pixels [0, width) x [0, height). An all-zero struct may be cleared. */
int cover_init(struct cover *cover, int width, int height, struct error *err);
void cover_clear(struct cover *cover);

/* Adds a ring; coordinates as a path has them. */
void cover_add_ring(struct cover *cover, const struct point *points, size_t count);

/* Adds a side of a ring; the others may follow in any order. */
void cover_add_side(struct cover *cover, struct point from, struct point to);

/* Hands the coverage to the sink and empties it. */
void cover_emit(struct cover *cover, struct span_sink sink);

#endif
