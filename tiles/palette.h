/*
 * palette: a picture of up to 256 colours, chosen from the picture itself.
 *
 * A picture with no more colours than that keeps them exactly. Else colours that differ only in
 * the lowest three bits of their channels are taken together; those that fill much of the picture
 * (the flat colours of a map) keep an entry of their own, exact, and the rest (the steps of smooth
 * edges) are cut into as many groups of near colours as there are entries left. If the result
 * would be seen to differ, there is no palette.
 *
 * Pixels are premultiplied (canvas.h): what is almost transparent counts for little.
 */
#ifndef TILES_PALETTE_H
#define TILES_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

enum {
	PALETTE_COLOURS_MAX = 256,
	/*
	 * What would not show, of 255: how far a channel of one pixel may be off, and in hundredths
	 * how far all may be off on average. Drawn maps stay below 10 and 0.8, a heap of random
	 * translucent shapes below 55 and 1.0; photographs pass both.
	 */
	PALETTE_ERROR_MAX = 64,
	PALETTE_ERROR_MEAN_PERCENT = 150,
};

struct palette {
	uint32_t colours[PALETTE_COLOURS_MAX]; /* premultiplied pixels */
	int count;
	int error_max;	   /* of a channel of any pixel; 0 exact */
	double error_mean; /* of all channels */
};

/* What the work needs of memory, kept between pictures. One thread at a time. */
struct palette_maker;

struct palette_maker *palette_maker_new(void); /* NULL without memory */
void palette_maker_free(struct palette_maker *maker);
AUTOPTR(struct palette_maker, palette_maker_free);

/*
 * Finds the palette of the pixels and writes for each the index of its colour. False if there is
 * none that would not show; the indices are then undefined.
 */
bool palette_make(struct palette_maker *maker, const uint32_t *pixels, size_t count,
	struct palette *ret_palette, uint8_t *ret_indices);

#endif
