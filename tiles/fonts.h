/*
 * fonts: the typefaces that Dothi brings along (tiles/fonts/), as bytes in the program.
 */
#ifndef TILES_FONTS_H
#define TILES_FONTS_H

#include <stddef.h>

enum font { FONT_REGULAR, FONT_BOLD, FONT_COUNT };

/* A TrueType or OpenType file. */
struct font_file {
	const unsigned char *bytes;
	size_t len;
};

/* The file of a typeface. Static. */
struct font_file font_file(enum font font);

#endif
