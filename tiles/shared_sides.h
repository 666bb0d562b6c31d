/*
 * shared_sides: of the sides of many rings those that count, where most lie between two areas.
 *
 * Parcels lie beside one another and name the same side, once in each direction. Filled together
 * such a side has no effect, and outlined it need be drawn once. It is found again among the sides
 * that were added last: if it is not, both count, which looks the same.
 *
 * Calling sequence: to fill, rings and then shared_sides_end; to outline, sides and then
 * shared_sides_forget. What comes out depends on the rings and their order alone. One thread at a time.
 */
#ifndef TILES_SHARED_SIDES_H
#define TILES_SHARED_SIDES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A side from one place to another, each the bytes of a pair of coordinates. */
struct ring_side {
	uint64_t from, to; /* equal: none */
};

enum {
	SHARED_SIDES_BITS = 10,
	SHARED_SIDES_SLOTS = 1 << SHARED_SIDES_BITS, /* as many as the nearest cache holds */
	SHARED_SIDES_OUT = 256,			     /* handed on together */
};

/* All zero when it is empty. */
struct shared_sides {
	struct ring_side slots[SHARED_SIDES_SLOTS];
	struct ring_side out[SHARED_SIDES_OUT]; /* what is to be handed on */
	size_t out_count;
};

/* Takes sides that count. */
struct side_sink {
	void (*take)(void *context, const struct ring_side *sides, size_t count);
	void *context;
};

/* Adds the sides of a ring of `count` pairs; those that go both ways are left out if they are found. */
void shared_sides_add_ring(struct shared_sides *shared, const int32_t *xy, size_t count,
	struct side_sink sink);

/* Hands on what is left, and is empty. */
void shared_sides_end(struct shared_sides *shared, struct side_sink sink);

/* Whether a side, in either direction, was not asked for before, as far as is remembered. */
bool shared_sides_is_new(struct shared_sides *shared, const int32_t *from, const int32_t *to);
void shared_sides_forget(struct shared_sides *shared);

#endif
