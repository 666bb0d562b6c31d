#include "tiles/scanline.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"

void scanline_clear(struct scanline *line)
{
	free(line->change);
	free(line->coverage);
	free(line->touched);
	*line = (struct scanline){0};
}

int scanline_init(struct scanline *line, int width, struct error *err)
{
	size_t room = (size_t)width + 2; /* a side at the right border reaches behind it */

	*line = (struct scanline){.width = width, .first = width, .last = -1};
	line->change = calloc(room, sizeof *line->change);
	line->coverage = malloc(room);
	line->touched = calloc(room / 64 + 1, sizeof *line->touched);
	if (line->change && line->coverage && line->touched)
		return 0;
	scanline_clear(line);
	return fail_no_memory(err);
}

/* Marks the pixels first to last as to be read. */
static void touch(struct scanline *line, int first, int last)
{
	int word = first / 64, last_word = last / 64;
	uint64_t from = ~UINT64_C(0) << (first & 63), to = ~UINT64_C(0) >> (63 - (last & 63));

	if (first < line->first)
		line->first = first;
	if (last > line->last)
		line->last = last;
	for (; word < last_word; from = ~UINT64_C(0))
		line->touched[word++] |= from;
	line->touched[word] |= from & to;
}

/* A side that crosses from one pixel into others, the last of which may only be touched. */
static void add_slanted(struct scanline *line, double left, double right, double height)
{
	double a_px = height / (right - left), before = 0, so_far = 0;
	double *change = line->change + (int)left;

	for (int border = (int)left + 1; left < right; border++) {
		double until = border < right ? border : right, part = (until - left) * a_px;
		double covered = so_far + part * (border - (left + until) / 2);

		*change++ += covered - before;
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
	int byte = (int)(fabs(covered) * 255 + 0.5);

	return (uint8_t)(byte < 255 ? byte : 255);
}

/* Reads pixels [x, end) and hands them on; returns the coverage at the last one. */
static double emit_changes(
	struct scanline *line, int y, int x, int end, double covered, struct span_sink sink)
{
	int most = end < line->width ? end : line->width;

	for (int i = x; i < end; i++) {
		covered += line->change[i];
		line->change[i] = 0;
		line->coverage[i] = to_byte(covered);
	}
	if (x < most)
		sink.cover(sink.context, x, y, most - x, line->coverage + x);
	return covered;
}

/* Hands on pixels [x, end) without a change, all covered as the one before. */
static void emit_level(
	struct scanline *line, int y, int x, int end, double covered, struct span_sink sink)
{
	uint8_t level = to_byte(covered);

	if (!level || x >= end)
		return;
	if (level < 255)
		memset(line->coverage + x, level, (size_t)(end - x));
	sink.cover(sink.context, x, y, end - x, level < 255 ? line->coverage + x : NULL);
}

/* The first pixel from x on whose mark differs from `touched`, or that is behind the last one. */
static int run_end(const struct scanline *line, int x, bool touched)
{
	while (x <= line->last) {
		uint64_t bits = line->touched[x / 64];

		bits = (touched ? ~bits : bits) >> (x & 63);
		if (bits)
			return x + __builtin_ctzll(bits);
		x = (x | 63) + 1;
	}
	return line->last + 1;
}

void scanline_emit(struct scanline *line, int y, struct span_sink sink)
{
	double covered = 0;
	int x = line->first, start;

	while (x <= line->last) {
		start = x;
		x = run_end(line, x, true);
		covered = emit_changes(line, y, start, x, covered, sink);
		start = x;
		x = run_end(line, x, false);
		if (x <= line->last)
			emit_level(line, y, start, x, covered, sink);
	}
	/* The right end of what is filled may lie outside, and then is not known here. */
	if (line->last >= 0)
		emit_level(line, y, x, line->width, covered, sink);
	for (int word = line->first / 64; word <= line->last / 64; word++)
		line->touched[word] = 0;
	line->first = line->width;
	line->last = -1;
}
