/* pixel: the arithmetic of premultiplied pixels, which is the same wherever something is drawn. */
#ifndef TILES_PIXEL_H
#define TILES_PIXEL_H

#include <stdint.h>

/* Red in the lowest byte, then green, blue, alpha; no channel is more than alpha. */

static inline int pixel_channel(uint32_t pixel, int channel)
{
	return (int)(pixel >> 8 * channel & 255);
}

static inline uint32_t pixel_alpha(uint32_t pixel)
{
	return pixel >> 24;
}

/* The channels of a pixel, each in 16 bits of its own. */
static inline uint64_t pixel_spread(uint32_t pixel)
{
	return (pixel & 0x00FF00FF) | (uint64_t)(pixel & 0xFF00FF00) << 24;
}

/* Channels of up to 255 * 255 + 127, each divided by 255 and rounded, as a pixel. */
static inline uint32_t pixel_pack(uint64_t products)
{
	const uint64_t bytes = 0x00FF00FF00FF00FF;

	products += 0x0080008000800080;
	products = (products + (products >> 8 & bytes)) >> 8 & bytes;
	return (uint32_t)(products | products >> 24);
}

/* From a colour 0xRRGGBBAA that is not premultiplied. */
static inline uint32_t pixel_premultiply(uint32_t colour)
{
	return pixel_pack(
		pixel_spread(__builtin_bswap32(colour) | 0xFF000000) * (colour & 0xFF));
}

/*
 * Porter and Duff's "over" with a part of the colour, rounded once; `top` is spread. Alpha stays
 * below 256 since what the top leaves of the pixel below is 255 less the rounded share of the top;
 * and no channel passes alpha, since the same arithmetic makes it from numbers that are no larger.
 */
static inline uint32_t pixel_blend(uint64_t top, uint32_t below, uint32_t share)
{
	uint32_t hidden = (uint32_t)(top >> 48) * share + 128;

	hidden = (hidden + (hidden >> 8)) >> 8;
	return pixel_pack(top * share + pixel_spread(below) * (255 - hidden));
}

#endif
