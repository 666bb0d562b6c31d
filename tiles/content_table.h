/*
 * content_table: what was written already, by what it holds: so that the same tile stands once.
 *
 * Two contents with the same key are taken to be the same: a key is half a SHA-256, of which nobody
 * has ever found a pair.
 */
#ifndef TILES_CONTENT_TABLE_H
#define TILES_CONTENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct content_key {
	unsigned char bytes[16];
};

struct content_key content_key_of(const void *bytes, size_t len);

/* Zero is empty. */
struct content_table {
	struct content_slot *slots; /* heap: a power of two */
	size_t room, count;
};
void content_table_clear(struct content_table *table);

/* Where it was said to be, if it is there. */
bool content_table_find(
	const struct content_table *table, const struct content_key *key, uint64_t *ret_place);

/* Adds a key that is not there, with its place (below UINT64_MAX). False without memory. */
bool content_table_add(
	struct content_table *table, const struct content_key *key, uint64_t place);

#endif
