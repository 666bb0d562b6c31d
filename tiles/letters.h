/*
 * letters: the letters of a text and their halo, drawn into a mask.
 *
 * Level text is put together of pictures of its glyphs, which are kept; turned text is drawn at once
 * from their outlines, which are kept too. What is kept is bounded; forgetting changes no picture.
 * One object a thread; lettering.h is what the rest of the program uses.
 */
#ifndef TILES_LETTERS_H
#define TILES_LETTERS_H

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "tiles/glyphs.h"
#include "tiles/lettering.h"

/* The glyphs of a text in ems (glyphs.h), and the box of their ink. */
struct letters_shape {
	float width, left, top, right, bottom;
	size_t missing, count;
	const struct glyph *glyphs;
};

/* How a text is drawn, and the length of its bytes. No padding: it is hashed as bytes. */
struct letters_key {
	uint32_t font, len;
	float size_px, halo_px;
	double angle;
};

/* A text in pixels from its anchor: its letters, and behind them its halo. */
struct letters_picture {
	struct letters_key key;
	struct text_box box;
	int left, top, width, height;
	uint8_t *coverage; /* heap: of the letters, then of the halo; NULL as long as none are drawn */
};

struct letters;

/* The glyphs are borrowed. */
int letters_new(struct glyphs *glyphs, struct letters **ret_letters, struct error *err);
void letters_free(struct letters *letters);
AUTOPTR(struct letters, letters_free);

/* Finds the box of a picture whose key is set. */
void letters_measure(const struct letters *letters, const struct letters_shape *shape,
	struct letters_picture *picture);

/* Draws a picture that was measured. ERR_TOO_LARGE over LETTERING_PIXELS_MAX; then nothing is drawn. */
int letters_draw(struct letters *letters, struct letters_picture *picture,
	const struct letters_shape *shape, struct error *err);

#define LETTERS_HASH_START UINT64_C(0xCBF29CE484222325)

/* As FNV-1a, but for eight bytes at once, folded since the low bits choose the slot. */
static inline uint64_t letters_hash(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	while (len) {
		size_t part = len < 8 ? len : 8;
		uint64_t word = 0;

		memcpy(&word, at, part);
		hash = (hash ^ word) * 0x9E3779B97F4A7C15;
		hash ^= hash >> 32;
		at += part;
		len -= part;
	}
	return hash;
}

#endif
