#include "tiles/radix_sort.h"

#include "base/banned.h"

enum {
	SMALL = 32,	  /* items so few are put in their place one by one */
	NARROW_BITS = 8,  /* of a pass over few items, so that counting does not cost more */
	NARROW_MOST = 2000,
	WIDE_BITS = 11,
};

static void insertion_sort(struct radix_item *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct radix_item item = items[i];
		size_t at = i;

		for (; at && items[at - 1].key > item.key; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* One stable pass by `bits` bits from `shift` on. */
static void pass(
	const struct radix_item *from, struct radix_item *to, size_t count, int shift, int bits)
{
	uint32_t starts[1 << WIDE_BITS], mask = (1U << bits) - 1, sum = 0;

	memset(starts, 0, (mask + 1) * sizeof *starts);
	for (size_t i = 0; i < count; i++)
		starts[from[i].key >> shift & mask]++;
	for (size_t i = 0; i <= mask; i++) {
		uint32_t here = starts[i];

		starts[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].key >> shift & mask]++] = from[i];
}

void radix_sort(struct radix_item *items, struct radix_item *spare, size_t count)
{
	uint32_t largest = 0;
	struct radix_item *from = items, *to = spare;
	int bits = count <= NARROW_MOST ? NARROW_BITS : WIDE_BITS;

	if (count <= SMALL) {
		insertion_sort(items, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		largest = items[i].key > largest ? items[i].key : largest;
	for (int shift = 0; shift < 32 && largest >> shift; shift += bits) {
		struct radix_item *swap = from;

		pass(from, to, count, shift, bits);
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof *items);
}
