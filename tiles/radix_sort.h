/*
 * radix_sort: sorts numbered items by 32-bit keys, equal keys in their order.
 */
#ifndef TILES_RADIX_SORT_H
#define TILES_RADIX_SORT_H

#include <stddef.h>
#include <stdint.h>

struct radix_item {
	uint32_t key, item;
};

/* Sorts items[count] with the help of as much spare room. */
void radix_sort(struct radix_item *items, struct radix_item *spare, size_t count);

#endif
