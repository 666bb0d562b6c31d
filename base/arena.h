/*
 * arena: memory of a request or a batch, given back all at once, with a limit.
 *
 * Nothing in it is freed one by one. What is handed out is aligned for any type and is not
 * cleared (arena_alloc) or is zero (arena_zero). Under AddressSanitizer the unused part is
 * poisoned. One thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/cleanup.h"

struct arena_block;

struct arena {
	struct arena_block *first; /* the block in use, then the others */
	size_t used;		   /* bytes of all blocks */
	size_t limit;		   /* the most that `used` may become */
};

#define ARENA(limit_bytes) ((struct arena){NULL, 0, (limit_bytes)})

void arena_clear(struct arena *arena); /* frees all */
void arena_reset(struct arena *arena); /* empties, keeps one block for the next round */

/* NULL when memory or the limit runs out. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_zero(struct arena *arena, size_t count, size_t size);
char *arena_text(struct arena *arena, const char *text, size_t len); /* a copy, '\0' ended */

#endif
