#include "tiles/palette.h"

#include <math.h>

#include "base/banned.h"

enum {
	CHANNELS = 4,
	EXACT_SLOTS = 1024,
	/* Maps have 2,000 to 6,000 bins; more than this and a palette would show anyway. */
	BINS_MAX = 1 << 14,
	BIN_SLOTS = 1 << 16,
	/* A colour that fills more than one part in so many is flat. */
	FLAT_SHARE = 400,
	FLAT_MAX = 64,
};

static const uint32_t bin_mask = 0xF8F8F8F8;

/* Pixels whose channels begin with the same five bits. */
struct bin {
	uint32_t key;
	uint32_t count;
	uint32_t sums[CHANNELS]; /* of 255 * 4096 * 4096 at most */
	uint32_t colour;	 /* the one that most pixels have, if most have one */
	uint32_t votes;		 /* how many more have it than have not */
	float mean[CHANNELS];
	float weight;
	uint8_t index; /* in the palette */
};

/* Some bins, and how far apart their colours are. */
struct group {
	uint32_t start, end; /* in maker->order */
	float spread;	     /* of the widest channel */
	int channel;
	float middle; /* of that channel */
};

struct palette_maker {
	uint32_t exact_keys[EXACT_SLOTS];
	int16_t exact_indices[EXACT_SLOTS]; /* -1 free */
	struct bin bins[BINS_MAX];
	size_t bin_count;
	uint16_t slots[BIN_SLOTS]; /* index + 1 of a bin; 0 free */
	uint16_t order[BINS_MAX];  /* the bins in groups */
};

struct palette_maker *palette_maker_new(void)
{
	return calloc(1, sizeof(struct palette_maker));
}

void palette_maker_free(struct palette_maker *maker)
{
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

/* --- few colours ------------------------------------------------------------------------------ */

/* The index of a colour, which may be new; -1 when there are too many. */
static int find_exact(struct palette_maker *maker, struct palette *palette, uint32_t pixel)
{
	uint32_t slot = hash_pixel(pixel) / (UINT32_MAX / EXACT_SLOTS + 1);

	while (maker->exact_indices[slot] >= 0 && maker->exact_keys[slot] != pixel)
		slot = (slot + 1) % EXACT_SLOTS;
	if (maker->exact_indices[slot] >= 0)
		return maker->exact_indices[slot];
	if (palette->count == PALETTE_COLOURS_MAX)
		return -1;
	maker->exact_keys[slot] = pixel;
	maker->exact_indices[slot] = (int16_t)palette->count;
	palette->colours[palette->count] = pixel;
	return palette->count++;
}

static bool make_exact(struct palette_maker *maker, const uint32_t *pixels, size_t count,
	struct palette *palette, uint8_t *indices)
{
	int index = 0;

	memset(maker->exact_indices, 0xFF, sizeof maker->exact_indices);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || pixels[i] != pixels[i - 1])
			index = find_exact(maker, palette, pixels[i]);
		if (index < 0)
			return false;
		indices[i] = (uint8_t)index;
	}
	return true;
}

/* --- bins ------------------------------------------------------------------------------------- */

/* The bin of a pixel, which may be new; NULL when there are too many. */
static struct bin *find_bin(struct palette_maker *maker, uint32_t pixel)
{
	uint32_t key = pixel & bin_mask, slot = hash_pixel(key) / (UINT32_MAX / BIN_SLOTS + 1);
	struct bin *bin;

	for (; maker->slots[slot]; slot = (slot + 1) % BIN_SLOTS) {
		bin = maker->bins + maker->slots[slot] - 1;
		if (bin->key == key)
			return bin;
	}
	if (maker->bin_count == BINS_MAX)
		return NULL;
	bin = maker->bins + maker->bin_count++;
	*bin = (struct bin){.key = key};
	maker->slots[slot] = (uint16_t)maker->bin_count;
	return bin;
}

/* Adds a run of equal pixels; a majority vote (Boyer and Moore) keeps the colour of most. */
static void add_to_bin(struct bin *bin, uint32_t pixel, uint32_t run)
{
	bin->count += run;
	for (int c = 0; c < CHANNELS; c++)
		bin->sums[c] += run * (uint32_t)channel_of(pixel, c);
	if (bin->colour == pixel && bin->votes) {
		bin->votes += run;
	} else if (bin->votes >= run) {
		bin->votes -= run;
	} else {
		bin->colour = pixel;
		bin->votes = run - bin->votes;
	}
}

static bool fill_bins(struct palette_maker *maker, const uint32_t *pixels, size_t count)
{
	memset(maker->slots, 0, sizeof maker->slots);
	maker->bin_count = 0;
	for (size_t i = 0, end; i < count; i = end) {
		struct bin *bin = find_bin(maker, pixels[i]);

		if (!bin)
			return false;
		for (end = i + 1; end < count && pixels[end] == pixels[i];)
			end++;
		add_to_bin(bin, pixels[i], (uint32_t)(end - i));
	}
	for (size_t i = 0; i < maker->bin_count; i++) {
		struct bin *bin = maker->bins + i;

		for (int c = 0; c < CHANNELS; c++)
			bin->mean[c] = (float)bin->sums[c] / (float)bin->count;
		/* Rare colours count for more than their share: they are seen too. */
		bin->weight = sqrtf((float)bin->count);
	}
	return true;
}

/* Gives flat colours their entries; the other bins come into maker->order. Returns how many. */
static uint32_t take_flat(struct palette_maker *maker, size_t pixels, struct palette *palette)
{
	uint32_t others = 0;

	for (size_t i = 0; i < maker->bin_count; i++) {
		struct bin *bin = maker->bins + i;

		if (bin->votes > pixels / FLAT_SHARE && bin->votes > bin->count / 2 &&
			palette->count < FLAT_MAX) {
			bin->index = (uint8_t)palette->count;
			palette->colours[palette->count++] = bin->colour;
		} else {
			maker->order[others++] = (uint16_t)i;
		}
	}
	return others;
}

/* --- groups ----------------------------------------------------------------------------------- */

static void measure_group(const struct palette_maker *maker, struct group *group)
{
	float weight = 0, sums[CHANNELS] = {0}, squares[CHANNELS] = {0};

	for (uint32_t i = group->start; i < group->end; i++) {
		const struct bin *bin = maker->bins + maker->order[i];

		weight += bin->weight;
		for (int c = 0; c < CHANNELS; c++) {
			sums[c] += bin->weight * bin->mean[c];
			squares[c] += bin->weight * bin->mean[c] * bin->mean[c];
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
		uint16_t bin = maker->order[at];

		if (maker->bins[bin].mean[group->channel] <= group->middle) {
			at++;
		} else {
			maker->order[at] = maker->order[--end];
			maker->order[end] = bin;
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
		const struct bin *bin = maker->bins + maker->order[i];

		count += bin->count;
		for (int c = 0; c < CHANNELS; c++)
			sums[c] += bin->sums[c];
	}
	for (int c = 0; c < CHANNELS; c++)
		colour |= (uint32_t)((sums[c] + count / 2) / count) << 8 * c;
	return colour;
}

/* Cuts the bins in maker->order into groups, always the widest, and gives each an entry. */
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
			maker->bins[maker->order[k]].index = (uint8_t)palette->count;
		palette->colours[palette->count++] = mean_colour(maker, groups + i);
	}
}

/* --- the picture ------------------------------------------------------------------------------ */

/* Writes the indices and measures what is lost. */
static void map_pixels(struct palette_maker *maker, const uint32_t *pixels, size_t count,
	struct palette *palette, uint8_t *indices)
{
	uint64_t sum = 0;

	for (size_t i = 0, end; i < count; i = end) {
		uint8_t index = find_bin(maker, pixels[i])->index;
		uint32_t off = 0;

		for (end = i + 1; end < count && pixels[end] == pixels[i];)
			end++;
		memset(indices + i, index, end - i);
		for (int c = 0; c < CHANNELS; c++) {
			int difference = abs(
				channel_of(pixels[i], c) - channel_of(palette->colours[index], c));

			off += (uint32_t)difference;
			if (difference > palette->error_max)
				palette->error_max = difference;
		}
		sum += (end - i) * off;
	}
	palette->error_mean = (double)sum / CHANNELS / (double)count;
}

bool palette_make(struct palette_maker *maker, const uint32_t *pixels, size_t count,
	struct palette *ret_palette, uint8_t *ret_indices)
{
	struct palette palette = {.count = 0};

	if (!make_exact(maker, pixels, count, &palette, ret_indices)) {
		palette.count = 0;
		if (!fill_bins(maker, pixels, count))
			return false;
		make_groups(maker, take_flat(maker, count, &palette), &palette);
		map_pixels(maker, pixels, count, &palette, ret_indices);
	}
	*ret_palette = palette;
	return palette.error_max <= PALETTE_ERROR_MAX &&
	       palette.error_mean * 100 <= PALETTE_ERROR_MEAN_PERCENT;
}
