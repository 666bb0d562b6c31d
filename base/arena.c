#include "base/arena.h"

#include <stdint.h>

#include "base/banned.h"
#include "base/number.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum {
	BLOCK_SIZE = 32 * 1024, /* of an ordinary block; larger wishes get a block of their own */
	ALIGNMENT = _Alignof(max_align_t),
};

struct arena_block {
	struct arena_block *next;
	size_t size; /* bytes behind this header */
	size_t used;
	_Alignas(max_align_t) char bytes[];
};

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
		free(block);
		block = next;
	}
}

void arena_clear(struct arena *arena)
{
	free_blocks(arena->first);
	arena->first = NULL;
	arena->used = 0;
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = arena->first;

	if (!keep)
		return;
	if (keep->size > BLOCK_SIZE) {
		arena_clear(arena);
		return;
	}
	free_blocks(keep->next);
	keep->next = NULL;
	keep->used = 0;
	arena->used = keep->size;
	ASAN_POISON_MEMORY_REGION(keep->bytes, keep->size);
}

/* A block with room for `size`. A large one goes behind the block in use, which stays so. */
static struct arena_block *add_block(struct arena *arena, size_t size)
{
	size_t left = arena->limit - arena->used;
	size_t room = size < BLOCK_SIZE ? BLOCK_SIZE : size;
	struct arena_block *block, **at = &arena->first;

	if (room > left)
		room = left;
	if (room < size || room > SIZE_MAX - sizeof *block)
		return NULL;
	block = malloc(sizeof *block + room);
	if (!block)
		return NULL;
	if (size > BLOCK_SIZE && *at)
		at = &(*at)->next;
	*block = (struct arena_block){.next = *at, .size = room};
	*at = block;
	ASAN_POISON_MEMORY_REGION(block->bytes, block->size);
	arena->used += room;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->first;
	size_t rounded;
	void *at;

	if (!checked_add(size, ALIGNMENT - 1, &rounded))
		return NULL;
	rounded -= rounded % ALIGNMENT;
	if (!block || rounded > block->size - block->used) {
		block = add_block(arena, rounded);
		if (!block)
			return NULL;
	}
	at = block->bytes + block->used;
	block->used += rounded;
	ASAN_UNPOISON_MEMORY_REGION(at, size);
	return at;
}

void *arena_zero(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	void *at;

	if (!checked_mul(count, size, &bytes))
		return NULL;
	at = arena_alloc(arena, bytes);
	if (at)
		memset(at, 0, bytes);
	return at;
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
	char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}
