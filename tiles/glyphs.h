/*
 * glyphs: text to the glyphs of a typeface, and glyphs to outlines (HarfBuzz).
 *
 * Everything is measured in ems here, the size of the letters: x to the right, y down, from the
 * start of the text on its baseline. Composed and decomposed Vietnamese give the same glyphs.
 * One object a thread.
 */
#ifndef TILES_GLYPHS_H
#define TILES_GLYPHS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "tiles/fonts.h"
#include "tiles/path.h"

enum {
	/* Of one text: three lines of a label. A longer one is cut and ends in an ellipsis. */
	TEXT_BYTES_MAX = 256,
	/* Decomposed text has no more glyphs than bytes, the ellipsis none more than its three. */
	TEXT_GLYPHS_MAX = TEXT_BYTES_MAX + 3,
};

struct glyphs;

/* A glyph and where it stands. */
struct glyph {
	uint32_t id; /* 0 is the sign for what the typeface has not */
	float x, y;
};

/* A text in glyphs, and the box of their ink; an empty one has a box of no size. */
struct shaped_text {
	struct glyph glyphs[TEXT_GLYPHS_MAX];
	size_t count;
	size_t missing; /* characters that the typeface has not */
	float width;	/* from the start to where the next word would begin */
	float left, top, right, bottom;
};

/* From one file for each typeface; the bytes must outlive the object. ERR_INVALID: no font. */
int glyphs_new(
	const struct font_file files[FONT_COUNT], struct glyphs **ret_glyphs, struct error *err);
void glyphs_free(struct glyphs *glyphs);
AUTOPTR(struct glyphs, glyphs_free);

/* Height of capitals and of small letters without ascender, in ems. */
float glyphs_cap_height(const struct glyphs *glyphs, enum font font);
float glyphs_x_height(const struct glyphs *glyphs, enum font font);

/*
 * The sum of the widths of its characters, ems: the width of the text but for kerning. What is
 * not Latin counts for nothing.
 */
float glyphs_guess_width(
	const struct glyphs *glyphs, enum font font, const char *text, size_t len);

/* UTF-8; what is none shows as the sign U+FFFD. Only memory can fail. */
int glyphs_shape(struct glyphs *glyphs, enum font font, const char *text, size_t len,
	struct shaped_text *ret_text, struct error *err);

/* From ems to pixels: x * xx + y * xy + dx, and x * yx + y * yy + dy. */
struct transform {
	double xx, xy, yx, yy, dx, dy;
};

/*
 * Adds the outline of a glyph as rings that are filled under the non-zero rule, outer ones
 * clockwise on the screen (if the transform does not mirror).
 */
void glyphs_add_outline(const struct glyphs *glyphs, enum font font, uint32_t glyph,
	const struct transform *transform, struct path *path);

#endif
