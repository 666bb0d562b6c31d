#include "tiles/palette.h"

#include <math.h>

#include "base/banned.h"

enum {
	CHANNELS = 4,
	/* Maps have up to 20,000 colours, in 2,000 to 6,000 bins; more and a palette would show. */
	COLOURS_MAX = UINT16_MAX, /* half the slots, less one: an index + 1 fits */
	/* Most have fewer than the slots at first are for, and those are quicker to look up. */
	COLOUR_SLOTS = 1 << 17,
	COLOUR_SLOTS_FIRST = 1 << 14,
	BINS_MAX = 1 << 14,
	BIN_SLOTS = 1 << 15,
	/* A colour that fills more than one part in so many is flat. */
	FLAT_SHARE = 400,
	FLAT_MAX = 64,
};

static const uint32_t bin_mask = 0xF8F8F8F8;

/* A colour of the picture. */
struct colour {
	uint32_t pixel;
	uint32_t count;
	uint16_t bin;
	uint8_t index; /* in the palette */
};

/* Colours whose channels begin with the same five bits. */
struct bin {
	uint32_t key;
	uint32_t count;
	uint32_t sums[CHANNELS]; /* of 255 * 4096 * 4096 at most */
	uint32_t colour;	 /* the most frequent one */
	uint32_t colour_count;
	uint8_t index; /* in the palette */
};

/* A bin that has no entry of its own, while the groups are made. */
struct shade {
	float mean[CHANNELS];
	float weight;
	uint32_t bin;
};

/* Some bins, and how far apart their colours are. */
struct group {
	uint32_t start, end; /* in maker->shades */
	float spread;	     /* of the widest channel */
	int channel;
	float middle; /* of that channel */
};

struct palette_maker {
	struct colour colours[COLOURS_MAX];
	size_t colour_count;
	uint32_t colour_slot_count;
	struct bin bins[BINS_MAX];
	size_t bin_count;
	struct shade shades[BINS_MAX];	     /* in groups */
	uint16_t colour_slots[COLOUR_SLOTS]; /* index + 1 of a colour; 0 free */
	uint16_t bin_slots[BIN_SLOTS];	     /* index + 1 of a bin; 0 free */
	uint16_t *numbers;		     /* of the pixels: which colour */
	size_t number_room;
};

struct palette_maker *palette_maker_new(void)
{
	return calloc(1, sizeof(struct palette_maker));
}

void palette_maker_free(struct palette_maker *maker)
{
	if (maker)
		free(maker->numbers);
	free(maker);
}

static int channel_of(uint32_t pixel, int channel)
{
	return (int)(pixel >> 8 * channel & 255);
}

static uint32_t hash_pixel(uint32_t pixel)
{
	return pixel * 0x9E3779B1U;
}

/* --- colours ---------------------------------------------------------------------------------- */

/* The place of a colour, or the free place for it. */
static inline uint32_t colour_slot(const struct palette_maker *maker, uint32_t pixel)
{
	uint32_t mask = maker->colour_slot_count - 1, slot = hash_pixel(pixel) >> 15 & mask;

	while (maker->colour_slots[slot] &&
		maker->colours[maker->colour_slots[slot] - 1].pixel != pixel)
		slot = (slot + 1) & mask;
	return slot;
}

static bool reserve_numbers(struct palette_maker *maker, size_t count)
{
	if (count <= maker->number_room)
		return true;
	free(maker->numbers);
	maker->numbers = malloc(count * sizeof *maker->numbers);
	maker->number_room = maker->numbers ? count : 0;
	return maker->numbers;
}

/* Finds all colours and how often they are there; false when there are too many for the slots. */
static bool count_colours(
	struct palette_maker *maker, const uint32_t *pixels, size_t count, uint32_t slots)
{
	struct colour *colour = NULL;

	memset(maker->colour_slots, 0, slots * sizeof *maker->colour_slots);
	maker->colour_slot_count = slots;
	maker->colour_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!colour || pixels[i] != colour->pixel) {
			uint32_t slot = colour_slot(maker, pixels[i]);

			if (maker->colour_slots[slot]) {
				colour = maker->colours + maker->colour_slots[slot] - 1;
			} else {
				if (maker->colour_count == slots / 2 - 1)
					return false;
				colour = maker->colours + maker->colour_count++;
				*colour = (struct colour){.pixel = pixels[i]};
				maker->colour_slots[slot] = (uint16_t)maker->colour_count;
			}
		}
		colour->count++;
		maker->numbers[i] = (uint16_t)(colour - maker->colours);
	}
	return true;
}

/* --- bins ------------------------------------------------------------------------------------- */

/* The bin of a colour, which may be new; NULL when there are too many. */
static struct bin *find_bin(struct palette_maker *maker, uint32_t pixel)
{
	uint32_t key = pixel & bin_mask, slot = hash_pixel(key) / (UINT32_MAX / BIN_SLOTS + 1);
	struct bin *bin;

	for (; maker->bin_slots[slot]; slot = (slot + 1) % BIN_SLOTS) {
		bin = maker->bins + maker->bin_slots[slot] - 1;
		if (bin->key == key)
			return bin;
	}
	if (maker->bin_count == BINS_MAX)
		return NULL;
	bin = maker->bins + maker->bin_count++;
	*bin = (struct bin){.key = key};
	maker->bin_slots[slot] = (uint16_t)maker->bin_count;
	return bin;
}

static bool fill_bins(struct palette_maker *maker)
{
	memset(maker->bin_slots, 0, sizeof maker->bin_slots);
	maker->bin_count = 0;
	for (size_t i = 0; i < maker->colour_count; i++) {
		struct colour *colour = maker->colours + i;
		struct bin *bin = find_bin(maker, colour->pixel);

		if (!bin)
			return false;
		colour->bin = (uint16_t)(bin - maker->bins);
		bin->count += colour->count;
		for (int c = 0; c < CHANNELS; c++)
			bin->sums[c] += colour->count * (uint32_t)channel_of(colour->pixel, c);
		if (colour->count > bin->colour_count) {
			bin->colour = colour->pixel;
			bin->colour_count = colour->count;
		}
	}
	return true;
}

/* Gives flat colours their entries; the other bins come into maker->shades. Returns how many. */
static uint32_t take_flat(struct palette_maker *maker, size_t pixels, struct palette *palette)
{
	uint32_t others = 0;

	for (size_t i = 0; i < maker->bin_count; i++) {
		struct bin *bin = maker->bins + i;
		struct shade *shade = maker->shades + others;

		if (bin->colour_count > pixels / FLAT_SHARE &&
			bin->colour_count > bin->count / 4 * 3 && palette->count < FLAT_MAX) {
			bin->index = (uint8_t)palette->count;
			palette->colours[palette->count++] = bin->colour;
			continue;
		}
		for (int c = 0; c < CHANNELS; c++)
			shade->mean[c] = (float)bin->sums[c] / (float)bin->count;
		/* Rare colours count for more than their share: they are seen too. */
		shade->weight = sqrtf((float)bin->count);
		shade->bin = (uint32_t)i;
		others++;
	}
	return others;
}

/* --- groups ----------------------------------------------------------------------------------- */

static void measure_group(const struct palette_maker *maker, struct group *group)
{
	float weight = 0, sums[CHANNELS] = {0}, squares[CHANNELS] = {0};

	for (uint32_t i = group->start; i < group->end; i++) {
		const struct shade *shade = maker->shades + i;

		weight += shade->weight;
		for (int c = 0; c < CHANNELS; c++) {
			float part = shade->weight * shade->mean[c];

			sums[c] += part;
			squares[c] += part * shade->mean[c];
		}
	}
	group->spread = -1;
	for (int c = 0; c < CHANNELS; c++) {
		float middle = sums[c] / weight, spread = squares[c] - sums[c] * middle;

		if (spread > group->spread) {
			group->spread = spread;
			group->channel = c;
			group->middle = middle;
		}
	}
	if (group->end - group->start == 1)
		group->spread = 0;
}

/* Cuts a group at its middle; false if that leaves all on one side. */
static bool cut_group(struct palette_maker *maker, struct group *group, struct group *ret_other)
{
	uint32_t at = group->start, end = group->end;

	while (at < end) {
		struct shade shade = maker->shades[at];

		if (shade.mean[group->channel] <= group->middle) {
			at++;
		} else {
			maker->shades[at] = maker->shades[--end];
			maker->shades[end] = shade;
		}
	}
	if (at == group->start || at == group->end) {
		group->spread = 0;
		return false;
	}
	*ret_other = (struct group){.start = at, .end = group->end};
	group->end = at;
	measure_group(maker, group);
	measure_group(maker, ret_other);
	return true;
}

static uint32_t mean_colour(const struct palette_maker *maker, const struct group *group)
{
	uint64_t count = 0, sums[CHANNELS] = {0};
	uint32_t colour = 0;

	for (uint32_t i = group->start; i < group->end; i++) {
		const struct bin *bin = maker->bins + maker->shades[i].bin;

		count += bin->count;
		for (int c = 0; c < CHANNELS; c++)
			sums[c] += bin->sums[c];
	}
	for (int c = 0; c < CHANNELS; c++)
		colour |= (uint32_t)((sums[c] + count / 2) / count) << 8 * c;
	return colour;
}

/* Cuts maker->shades into groups, always the widest, and gives each an entry. */
static void make_groups(struct palette_maker *maker, uint32_t count, struct palette *palette)
{
	struct group groups[PALETTE_COLOURS_MAX];
	int group_count = 1, most = PALETTE_COLOURS_MAX - palette->count;

	if (!count)
		return;
	groups[0] = (struct group){.start = 0, .end = count};
	measure_group(maker, groups);
	while (group_count < most) {
		int widest = 0;

		for (int i = 1; i < group_count; i++) {
			if (groups[i].spread > groups[widest].spread)
				widest = i;
		}
		if (groups[widest].spread <= 0)
			break;
		if (cut_group(maker, groups + widest, groups + group_count))
			group_count++;
	}
	for (int i = 0; i < group_count; i++) {
		for (uint32_t k = groups[i].start; k < groups[i].end; k++)
			maker->bins[maker->shades[k].bin].index = (uint8_t)palette->count;
		palette->colours[palette->count++] = mean_colour(maker, groups + i);
	}
}

/* --- the picture ------------------------------------------------------------------------------ */

/* Gives each colour its entry and measures what is lost. */
static void map_colours(struct palette_maker *maker, size_t pixels, struct palette *palette)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < maker->colour_count; i++) {
		struct colour *colour = maker->colours + i;
		uint32_t entry, off = 0;

		colour->index = maker->bins[colour->bin].index;
		entry = palette->colours[colour->index];
		for (int c = 0; c < CHANNELS; c++) {
			int difference =
				abs(channel_of(colour->pixel, c) - channel_of(entry, c));

			off += (uint32_t)difference;
			if (difference > palette->error_max)
				palette->error_max = difference;
		}
		sum += (uint64_t)colour->count * off;
	}
	palette->error_mean = (double)sum / CHANNELS / (double)pixels;
}

bool palette_make(struct palette_maker *maker, const uint32_t *pixels, size_t count,
	struct palette *ret_palette, uint8_t *ret_indices)
{
	struct palette palette = {.count = 0};

	if (!reserve_numbers(maker, count) ||
		(!count_colours(maker, pixels, count, COLOUR_SLOTS_FIRST) &&
			!count_colours(maker, pixels, count, COLOUR_SLOTS)))
		return false;
	if (maker->colour_count <= PALETTE_COLOURS_MAX) {
		for (; (size_t)palette.count < maker->colour_count; palette.count++) {
			maker->colours[palette.count].index = (uint8_t)palette.count;
			palette.colours[palette.count] = maker->colours[palette.count].pixel;
		}
	} else {
		if (!fill_bins(maker))
			return false;
		make_groups(maker, take_flat(maker, count, &palette), &palette);
		map_colours(maker, count, &palette);
	}
	for (size_t i = 0; i < count; i++)
		ret_indices[i] = maker->colours[maker->numbers[i]].index;
	*ret_palette = palette;
	return palette.error_max <= PALETTE_ERROR_MAX &&
	       palette.error_mean * 100 <= PALETTE_ERROR_MEAN_PERCENT;
}
