#include "tiles/fonts.h"

#include <stdint.h>

/* In font_bytes.S. */
extern const unsigned char font_regular[], font_bold[];
extern const uint64_t font_regular_size, font_bold_size;

struct font_file font_file(enum font font)
{
	if (font == FONT_BOLD)
		return (struct font_file){font_bold, (size_t)font_bold_size};
	return (struct font_file){font_regular, (size_t)font_regular_size};
}
