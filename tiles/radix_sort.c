#include "tiles/radix_sort.h"

#include "base/banned.h"

enum { PASS_BITS = 11, PASS_SIZE = 1 << PASS_BITS, SMALL = 32 };

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

/* One stable pass by the bits from `shift` on. */
static void pass(const struct radix_item *from, struct radix_item *to, size_t count, int shift)
{
	uint32_t starts[PASS_SIZE] = {0};
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i].key >> shift & (PASS_SIZE - 1)]++;
	for (size_t i = 0; i < PASS_SIZE; i++) {
		uint32_t here = starts[i];

		starts[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].key >> shift & (PASS_SIZE - 1)]++] = from[i];
}

void radix_sort(struct radix_item *items, struct radix_item *spare, size_t count)
{
	uint32_t largest = 0;
	struct radix_item *from = items, *to = spare;

	if (count <= SMALL) {
		insertion_sort(items, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		largest = items[i].key > largest ? items[i].key : largest;
	for (int shift = 0; shift < 32 && largest >> shift; shift += PASS_BITS) {
		struct radix_item *swap = from;

		pass(from, to, count, shift);
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof *items);
}
