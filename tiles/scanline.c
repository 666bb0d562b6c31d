#include "tiles/scanline.h"

#include <string.h>

#include "base/banned.h"
#include "base/messages.h"

/* Pixels read together: a small shape has all its changes in a block or two. */
enum { BLOCK = 8 };

void scanline_clear(struct scanline *line)
{
	free(line->change);
	free(line->coverage);
	free(line->touched);
	*line = (struct scanline){0};
}

int scanline_init(struct scanline *line, int width, struct error *err)
{
	/* A side at the right border reaches two pixels behind it, and the block is filled up. */
	size_t blocks = (size_t)(width + 1) / BLOCK + 1;

	*line = (struct scanline){.width = width, .first_block = width, .last_block = -1};
	line->change = calloc(blocks * BLOCK, sizeof *line->change);
	line->coverage = malloc(blocks * BLOCK);
	line->touched = calloc(blocks, sizeof *line->touched);
	if (line->change && line->coverage && line->touched)
		return 0;
	scanline_clear(line);
	return fail_no_memory(err);
}

/* Marks the blocks with pixels first to last as to be read. */
static void touch(struct scanline *line, int first, int last)
{
	first /= BLOCK;
	last /= BLOCK;
	if (first < line->first_block)
		line->first_block = first;
	if (last > line->last_block)
		line->last_block = last;
	line->touched[first] = line->touched[last] = true;
	while (++first < last)
		line->touched[first] = true;
}

/* A side that crosses from one pixel into others. */
static void add_slanted(struct scanline *line, double left, double right, double height)
{
	double a_px = height / (right - left), before = 0, so_far = 0;
	double *change = line->change + (int)left;
	double x = (int)left;

	for (; x < right; x++, change++) {
		double until = x + 1 < right ? x + 1 : right, part = (until - left) * a_px;
		double covered = so_far + part * (x + 1 - (left + until) / 2);

		*change += covered - before;
		before = covered;
		so_far += part;
		left = until;
	}
	*change += height - before;
}

void scanline_add_side(struct scanline *line, double x0, double x1, double height)
{
	double left = x0 < x1 ? x0 : x1, right = x0 < x1 ? x1 : x0;
	int first = (int)left, last = (int)right;

	touch(line, first, last + 1);
	if (first == last) {
		double share = ((left + right) / 2 - first) * height;

		line->change[first] += height - share;
		line->change[first + 1] += share;
	} else {
		add_slanted(line, left, right, height);
	}
}

static uint8_t to_byte(double covered)
{
	int byte = (int)(covered * 255 + 0.5);

	return byte < 0 ? 0 : byte > 255 ? 255 : (uint8_t)byte;
}

/* Pixels [x, end) without a change, all covered as the one before. */
static void emit_level(
	struct scanline *line, int y, int x, int end, uint8_t level, struct span_sink sink)
{
	if (!level || x >= end)
		return;
	if (level < 255)
		memset(line->coverage + x, level, (size_t)(end - x));
	sink.cover(sink.context, x, y, end - x, level < 255 ? line->coverage + x : NULL);
}

void scanline_emit(struct scanline *line, int y, struct span_sink sink)
{
	int block = line->first_block;
	double covered = 0;

	while (block <= line->last_block) {
		int x = block * BLOCK, end;

		for (; block <= line->last_block && line->touched[block]; block++)
			line->touched[block] = false;
		for (int i = x; i < block * BLOCK; i++) {
			covered += line->change[i];
			line->change[i] = 0;
			line->coverage[i] = to_byte(covered);
		}
		end = block * BLOCK < line->width ? block * BLOCK : line->width;
		if (x < end)
			sink.cover(sink.context, x, y, end - x, line->coverage + x);
		for (x = end; block <= line->last_block && !line->touched[block];)
			block++;
		/* The right end of what is filled may lie outside, and then is not known here. */
		end = block > line->last_block ? line->width : block * BLOCK;
		emit_level(line, y, x, end, to_byte(covered), sink);
	}
	line->first_block = line->width;
	line->last_block = -1;
}
