/*
 * png: a canvas as a PNG file (W3C PNG, third edition; compress.h).
 *
 * With a palette of 1, 2, 4 or 8 bits where that would not show (palette.h), else as RGB or RGBA.
 * Filter type 0: on flat colours the others make files larger. The same pixels and level give the
 * same bytes. One encoder a thread.
 */
#ifndef TILES_PNG_H
#define TILES_PNG_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "tiles/canvas.h"

struct png_encoder;

int png_encoder_new(struct png_encoder **ret_encoder, struct error *err);
void png_encoder_free(struct png_encoder *encoder);
AUTOPTR(struct png_encoder, png_encoder_free);

/* Appends the file, compressed at a level (compress.h). ERR_NOMEM, or ERR_TOO_LARGE if `out` is full. */
int png_encode(struct png_encoder *encoder, const struct canvas *canvas, int level,
	struct strbuf *out, struct error *err);

#endif
