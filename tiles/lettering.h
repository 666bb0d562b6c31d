/*
 * lettering: text on a canvas, with a halo, at any angle.
 *
 * A text stands centred on its anchor, which is a whole pixel: across by its width, and down by
 * half the height of its capitals, so that names and numbers in a row look level. The anchor being
 * whole, a text looks the same wherever it stands, and is drawn once and then stamped from a
 * cache; so are its glyphs, while it is level. Level text has its small letters stretched to a
 * whole number of pixels in height, which keeps them crisp.
 *
 * One object a worker thread. What it remembers is bounded; forgetting changes no picture.
 */
#ifndef TILES_LETTERING_H
#define TILES_LETTERING_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "tiles/canvas.h"
#include "tiles/fonts.h"

enum { LETTERING_SIZE_MAX_PX = 96, LETTERING_HALO_MAX_PX = 8 };

struct text_look {
	enum font font;
	float size_px;	       /* of an em: 1 to LETTERING_SIZE_MAX_PX */
	float halo_px;	       /* how far it goes beyond the letters: 0 to LETTERING_HALO_MAX_PX */
	uint32_t colour, halo; /* 0xRRGGBBAA */
};

/* UTF-8, composed or not. What is longer than TEXT_BYTES_MAX is cut and ends in an ellipsis. */
struct text {
	const char *bytes;
	size_t len;
	struct text_look look;
};

/* The ink of a text with its halo, in pixels from the anchor, before it is turned. */
struct text_box {
	float left, top, right, bottom;
	size_t missing; /* characters that the typeface has not, drawn as a sign for that */
};

struct lettering;

/* With the typefaces that Dothi brings along. */
int lettering_new(struct lettering **ret_lettering, struct error *err);
void lettering_free(struct lettering *lettering);
AUTOPTR(struct lettering, lettering_free);

/* ERR_INVALID for sizes out of range. A text without ink has an empty box. */
int lettering_measure(struct lettering *lettering, const struct text *text,
	struct text_box *ret_box, struct error *err);

/*
 * About the width of a text without halo, px, at once: off by what kerning does, and smaller for
 * characters that are rare in Vietnam.
 */
double lettering_guess_width(const struct lettering *lettering, const struct text *text);

/*
 * Draws the text with its anchor on the corner between pixels (x - 1, y - 1) and (x, y), turned
 * clockwise by `angle` radians. Errors as of lettering_measure; ERR_TOO_LARGE for a text that
 * takes more than LETTERING_PIXELS_MAX.
 */
enum { LETTERING_PIXELS_MAX = 1 << 22 };
int lettering_draw(struct lettering *lettering, struct canvas *canvas, const struct text *text,
	int x, int y, double angle, struct error *err);

#endif
