/*
 * inks: the colours of a picture that is drawn in palette indices from the start.
 *
 * A map has few colours and many steps between them, at smooth edges. What comes of laying a share
 * of a colour over an index is found once and then looked up: a byte a pixel instead of the
 * arithmetic of four channels, and no colours to be counted when the picture is written. Shares
 * are rounded to a sixteenth. A step that is near a colour in the palette takes that one, and the
 * fuller the palette, the further that may be; colours that fill areas are exact.
 *
 * The palette follows from what is drawn in which order, and from nothing before: inks_reset. One
 * thread at a time.
 */
#ifndef TILES_INKS_H
#define TILES_INKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INK_COLOURS_MAX = 255, /* one index less than a byte has */
	INK_UNKNOWN = 255,
	INK_STEPS = 16, /* of coverage */
	INK_RAMPS = 32, /* colours that are remembered with all that they were laid over */
	INK_CELLS = 4096,
	INK_CHANNELS = 6,
	/* Of 255: a channel that is further off would show (palette.h). */
	INK_ERROR_MAX = 64,
};

/* A colour, and what becomes of each index when a share of it is laid over that. */
struct ink_ramp {
	uint32_t pixel; /* premultiplied */
	uint8_t over[INK_STEPS + 1][INK_COLOURS_MAX + 1];
};

struct inks {
	uint32_t colours[INK_COLOURS_MAX + 1]; /* premultiplied; the first is transparent */
	uint8_t channels[INK_CHANNELS][INK_COLOURS_MAX + 1]; /* how they look (inks.c) */
	bool is_flat[INK_COLOURS_MAX + 1]; /* transparent, or a colour that fills areas */
	int count;		 /* of indices that were ever given out */
	int live_count;		 /* less those that were found to be drawn over */
	int swept_count;	 /* what live_count was then */
	bool is_free[INK_COLOURS_MAX + 1];
	int error_max; /* of a channel of any colour, against the one that was taken for it */
	struct ink_ramp ramps[INK_RAMPS];
	int ramp_count, ramp_next;
	uint64_t cells[INK_CELLS]; /* what was taken for colours that are nearly the same */
};

/* Begins a picture: all transparent, index 0. */
void inks_reset(struct inks *inks);

/* The ramp of a premultiplied pixel; valid until INK_RAMPS others were asked for, or ramps end. */
struct ink_ramp *inks_ramp(struct inks *inks, uint32_t pixel);

/* Finds entries for the steps between two colours before rarer ones take what is near. */
void inks_foresee(struct inks *inks, uint32_t below, uint32_t pixel);

/* False if some colour is so far off that it would show. */
bool inks_are_good(const struct inks *inks);

/*
 * To be called now and then: when the palette is getting full, finds the indices that none of the
 * pixels has any more, and gives them out again. Ramps end with it.
 */
void inks_sweep(struct inks *inks, const uint8_t *indices, size_t count);

/* Lays a translucent colour over the whole picture, by changing the palette. Ramps end with it. */
void inks_tint(struct inks *inks, uint32_t pixel);

/* Mixes what is not yet in the ramp, and notes it there. */
uint8_t inks_mix(struct inks *inks, struct ink_ramp *ramp, int step, uint8_t below);

/* The step of a share of 255; 0 and INK_STEPS for nothing and all alone. */
static inline int ink_step(uint8_t share)
{
	return (share + INK_STEPS / 2) / INK_STEPS;
}

/* What becomes of an index under so many steps of the colour. */
static inline uint8_t ink_over(struct inks *inks, struct ink_ramp *ramp, int step, uint8_t below)
{
	uint8_t index = ramp->over[step][below];

	return index == INK_UNKNOWN ? inks_mix(inks, ramp, step, below) : index;
}

#endif
