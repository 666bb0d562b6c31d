/* marks: a bit for each block of 8 pixels in a row of a picture, to find again what was drawn on. */
#ifndef TILES_MARKS_H
#define TILES_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MARK_SHIFT = 3, MARK_PX = 1 << MARK_SHIFT, MARK_WORD_BITS = 64 };

/* Blocks, and words of bits, for so many pixels. */
static inline int marks_blocks(int pixels)
{
	return (pixels + MARK_PX - 1) >> MARK_SHIFT;
}

static inline size_t marks_words(int pixels)
{
	return ((size_t)marks_blocks(pixels) + MARK_WORD_BITS - 1) / MARK_WORD_BITS;
}

/* Marks the blocks with the pixels first to last. */
static inline void marks_set(uint64_t *row, int first, int last)
{
	unsigned from = (unsigned)first >> MARK_SHIFT, to = (unsigned)last >> MARK_SHIFT;
	uint64_t bits = ~UINT64_C(0) << (from % MARK_WORD_BITS);

	row += from / MARK_WORD_BITS;
	if (from / MARK_WORD_BITS == to / MARK_WORD_BITS) {
		*row |= (UINT64_C(2) << to % MARK_WORD_BITS) - (UINT64_C(1) << from % MARK_WORD_BITS);
		return;
	}
	for (unsigned words = to / MARK_WORD_BITS - from / MARK_WORD_BITS; words; words--) {
		*row++ |= bits;
		bits = ~UINT64_C(0);
	}
	*row |= bits & ~UINT64_C(0) >> (MARK_WORD_BITS - 1 - to % MARK_WORD_BITS);
}

/* The first block from `block` on whose mark differs from `marked`; `blocks` if there is none. */
static inline int marks_run_end(const uint64_t *row, int block, int blocks, bool marked)
{
	while (block < blocks) {
		uint64_t bits = row[block / MARK_WORD_BITS];

		bits = (marked ? ~bits : bits) >> (block % MARK_WORD_BITS);
		if (bits) {
			block += __builtin_ctzll(bits);
			return block < blocks ? block : blocks;
		}
		block = (block | (MARK_WORD_BITS - 1)) + 1;
	}
	return blocks;
}

#endif
