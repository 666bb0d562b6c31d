#include "tiles/inks.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"
#include "tiles/pixel.h"

enum {
	LANES = 16,
	/* The palette is looked through when so many entries are in use, so many of them new. */
	SWEEP_AT = 176,
	SWEEP_EVERY = 32,
};

/* Entries that are looked at together. */
typedef uint8_t lanes __attribute__((vector_size(LANES)));

static const uint32_t cell_mask = 0xF8F8F8F8; /* colours of a cell begin with the same bits */

/*
 * How far off a colour may be, as the sum of its channels, while there are fewer entries. A step
 * between two colours that fill is seen along whole lines; one over another step is a pixel where
 * lines meet.
 */
static const struct tolerance {
	int count, at_flat, at_step;
} tolerances[] = {{80, 4, 16}, {112, 6, 24}, {144, 10, 32}, {176, 16, 40}, {208, 24, 48}, {232, 36, 64},
	{248, 56, 80}};

/*
 * How a colour looks on white, half of its alpha, and its tint: maps lie on a light ground, where
 * the alpha of a light colour hardly shows, but grey that has turned green does.
 */
static void look_at(uint32_t pixel, uint8_t channels[INK_CHANNELS])
{
	int ground = 255 - (int)pixel_alpha(pixel), green = pixel_channel(pixel, 1);

	for (int c = 0; c < 3; c++)
		channels[c] = (uint8_t)(pixel_channel(pixel, c) + ground);
	channels[3] = (uint8_t)(pixel_alpha(pixel) / 2);
	channels[4] = (uint8_t)((pixel_channel(pixel, 0) - green + 255) / 2);
	channels[5] = (uint8_t)((pixel_channel(pixel, 2) - green + 255) / 2);
}

static void put_colour(struct inks *inks, int index, uint32_t pixel)
{
	uint8_t channels[INK_CHANNELS];

	look_at(pixel, channels);
	inks->colours[index] = pixel;
	for (int c = 0; c < INK_CHANNELS; c++)
		inks->channels[c][index] = channels[c];
}

static void end_ramps(struct inks *inks)
{
	memset(inks->cells, 0, sizeof inks->cells);
	inks->ramp_count = inks->ramp_next = 0;
}

void inks_reset(struct inks *inks)
{
	memset(inks->colours, 0, sizeof inks->colours);
	for (int i = 0; i <= INK_COLOURS_MAX; i++)
		put_colour(inks, i, 0);
	memset(inks->is_flat, 0, sizeof inks->is_flat);
	inks->is_flat[0] = true;
	memset(inks->is_free, 0, sizeof inks->is_free);
	inks->count = inks->live_count = inks->swept_count = 1;
	inks->error_max = 0;
	end_ramps(inks);
}

bool inks_are_good(const struct inks *inks)
{
	return inks->error_max <= INK_ERROR_MAX;
}

/* --- the palette ------------------------------------------------------------------------------ */

/* How far LANES entries are from a colour: the sums of their channels, or 255 if that is more. */
static inline lanes measure_entries(
	const struct inks *inks, int first, const lanes wanted[INK_CHANNELS])
{
	lanes sums = {0};

	for (int c = 0; c < INK_CHANNELS; c++) {
		lanes entries, off;

		memcpy(&entries, inks->channels[c] + first, sizeof entries);
		off = (lanes)(entries > wanted[c]);
		off = ((entries - wanted[c]) & off) | ((wanted[c] - entries) & ~off);
		sums += off;
		sums |= (lanes)(sums < off);
	}
	return sums;
}

/* The nearest entry, the first of several. Those that are not used look like the first of all. */
static uint8_t find_nearest(const struct inks *inks, uint32_t pixel, int *ret_sum)
{
	uint8_t channels[INK_CHANNELS], sums[LANES], starts[LANES];
	lanes wanted[INK_CHANNELS], least = ~(lanes){0}, where = {0};
	int order = INT32_MAX;

	look_at(pixel, channels);
	for (int c = 0; c < INK_CHANNELS; c++)
		wanted[c] = (lanes){0} + channels[c];
	/* The nearest of those that stand in the same lane, and then of all lanes. */
	for (int first = 0; first < inks->count; first += LANES) {
		lanes measured = measure_entries(inks, first, wanted);
		lanes is_nearer = (lanes)(measured < least);

		least = (measured & is_nearer) | (least & ~is_nearer);
		where = (((lanes){0} + (uint8_t)first) & is_nearer) | (where & ~is_nearer);
	}
	memcpy(sums, &least, sizeof sums);
	memcpy(starts, &where, sizeof starts);
	for (int i = 0; i < LANES; i++) {
		int own = sums[i] << 8 | (starts[i] + i);

		order = own < order ? own : order;
	}
	*ret_sum = order >> 8;
	return (uint8_t)(order & 255);
}

static void note_error(struct inks *inks, uint32_t pixel, uint8_t index)
{
	uint8_t channels[INK_CHANNELS];

	look_at(pixel, channels);
	for (int c = 0; c < INK_CHANNELS; c++) {
		int off = abs(channels[c] - inks->channels[c][index]);

		if (off > inks->error_max)
			inks->error_max = off;
	}
}

/* How far off the nearest entry may be for now. */
static int tolerance_of(const struct inks *inks, bool at_flat)
{
	for (size_t i = 0; i < sizeof tolerances / sizeof tolerances[0]; i++) {
		if (inks->live_count < tolerances[i].count)
			return at_flat ? tolerances[i].at_flat : tolerances[i].at_step;
	}
	return INT32_MAX;
}

/* An index that nothing has. */
static uint8_t take_index(struct inks *inks)
{
	int index = inks->count;

	if (inks->live_count++ < inks->count) {
		index = 1;
		while (!inks->is_free[index])
			index++;
		inks->is_free[index] = false;
	} else {
		inks->count++;
	}
	return (uint8_t)index;
}

/* The index of a colour, which may be new if none is as near as that. */
static uint8_t find_index(struct inks *inks, uint32_t pixel, int tolerance)
{
	int off;
	uint8_t index = find_nearest(inks, pixel, &off);

	/* With no tolerance it must be the very same. */
	if ((off > tolerance || (!tolerance && inks->colours[index] != pixel)) &&
		inks->live_count < INK_COLOURS_MAX) {
		index = take_index(inks);
		put_colour(inks, index, pixel);
	}
	note_error(inks, pixel, index);
	return index;
}

/* The index of a colour that fills areas. */
static uint8_t find_flat(struct inks *inks, uint32_t pixel)
{
	uint8_t index = find_index(inks, pixel, 0);

	inks->is_flat[index] = true;
	return index;
}

/* The index of a step over another step, from what was taken for one like it. */
static uint8_t find_rare(struct inks *inks, uint32_t pixel)
{
	uint32_t key = pixel & cell_mask;
	uint64_t *cell = inks->cells + key * 0x9E3779B1U / (UINT32_MAX / INK_CELLS + 1);
	uint8_t index;

	/* Beside the key stands the index, which is never 0 but for the key 0. */
	if (*cell >> 8 == key && *cell) {
		index = (uint8_t)*cell;
		note_error(inks, pixel, index);
		return index;
	}
	index = find_index(inks, pixel, tolerance_of(inks, false));
	*cell = (uint64_t)key << 8 | index;
	return index;
}

void inks_sweep(struct inks *inks, const uint8_t *indices, size_t count)
{
	bool is_used[INK_COLOURS_MAX + 1] = {true};

	if (inks->live_count < SWEEP_AT || inks->live_count - inks->swept_count < SWEEP_EVERY)
		return;
	for (size_t i = 0; i < count; i++)
		is_used[indices[i]] = true;
	for (int i = 1; i < inks->count; i++) {
		if (is_used[i] || inks->is_free[i])
			continue;
		inks->is_free[i] = true;
		inks->is_flat[i] = false;
		inks->live_count--;
		put_colour(inks, i, inks->colours[0]);
	}
	inks->swept_count = inks->live_count;
	end_ramps(inks);
}

void inks_tint(struct inks *inks, uint32_t pixel)
{
	/* Those that are not used must go on to look like the first. */
	for (int i = 0; i <= INK_COLOURS_MAX; i++)
		put_colour(inks, i, pixel_blend(pixel_spread(pixel), inks->colours[i], 255));
	end_ramps(inks);
}

/* --- ramps ------------------------------------------------------------------------------------ */

static void begin_ramp(struct inks *inks, struct ink_ramp *ramp, uint32_t pixel)
{
	ramp->pixel = pixel;
	for (int i = 0; i <= INK_COLOURS_MAX; i++)
		ramp->over[0][i] = (uint8_t)i;
	memset(ramp->over[1], INK_UNKNOWN, sizeof ramp->over - sizeof ramp->over[0]);
	if (pixel_alpha(pixel) == 255)
		memset(ramp->over[INK_STEPS], find_flat(inks, pixel),
			sizeof ramp->over[INK_STEPS]);
}

struct ink_ramp *inks_ramp(struct inks *inks, uint32_t pixel)
{
	struct ink_ramp *ramp;

	for (int i = 0; i < inks->ramp_count; i++) {
		if (inks->ramps[i].pixel == pixel)
			return &inks->ramps[i];
	}
	ramp = &inks->ramps[inks->ramp_next];
	inks->ramp_next = (inks->ramp_next + 1) % INK_RAMPS;
	if (inks->ramp_count < INK_RAMPS)
		inks->ramp_count++;
	begin_ramp(inks, ramp, pixel);
	return ramp;
}

uint8_t inks_mix(struct inks *inks, struct ink_ramp *ramp, int step, uint8_t below)
{
	uint32_t share = (uint32_t)(step * 255 + INK_STEPS / 2) / INK_STEPS;
	uint32_t mixed = pixel_blend(pixel_spread(ramp->pixel), inks->colours[below], share);
	uint8_t index;

	if (!inks->is_flat[below])
		index = find_rare(inks, mixed);
	else if (step < INK_STEPS)
		index = find_index(inks, mixed, tolerance_of(inks, true));
	else
		index = find_flat(inks, mixed);
	return ramp->over[step][below] = index;
}

void inks_foresee(struct inks *inks, uint32_t below, uint32_t pixel)
{
	uint8_t index = inks_ramp(inks, below)->over[INK_STEPS][0];
	struct ink_ramp *ramp = inks_ramp(inks, pixel);

	for (int step = 1; index != INK_UNKNOWN && step < INK_STEPS; step++)
		ink_over(inks, ramp, step, index);
}
