#include "tiles/cover.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/marks.h"

void cover_clear(struct cover *cover)
{
	free(cover->change);
	free(cover->marks);
	free(cover->coverage);
	*cover = (struct cover){0};
}

static void forget_rows(struct cover *cover)
{
	cover->first_row = cover->height;
	cover->last_row = -1;
}

int cover_init(struct cover *cover, int width, int height, struct error *err)
{
	/* A side at the right border reaches two pixels behind it. */
	int blocks = marks_blocks(width + 2);

	*cover = (struct cover){.width = width,
		.height = height,
		.row_room = (size_t)blocks * MARK_PX,
		.mark_room = marks_words(width + 2)};
	cover->change = calloc((size_t)height * cover->row_room, sizeof *cover->change);
	cover->marks = calloc((size_t)height * cover->mark_room, sizeof *cover->marks);
	cover->coverage = malloc(cover->row_room);
	if (!cover->change || !cover->marks || !cover->coverage) {
		cover_clear(cover);
		return fail_no_memory(err);
	}
	forget_rows(cover);
	return 0;
}

/* --- sides ------------------------------------------------------------------------------------ */

/* A piece that crosses from one pixel into others, the last of which may only be touched. */
static void add_slanted(float *change, float left, float right, float height)
{
	float a_px = height / (right - left), before = 0, so_far = 0;

	for (int border = (int)left + 1; left < right; border++) {
		float until = (float)border < right ? (float)border : right;
		float part = (until - left) * a_px;
		float covered = so_far + part * ((float)border - (left + until) / 2);

		*change++ += covered - before;
		before = covered;
		so_far += part;
		left = until;
	}
	*change += height - before;
}

/* Adds `height` times the part of each pixel of a row that is right of the line from x0 to x1. */
static inline void add_piece(struct cover *cover, int row, float x0, float x1, float height)
{
	float *change = cover->change + (size_t)row * cover->row_room;
	float left = x0 < x1 ? x0 : x1, right = x0 < x1 ? x1 : x0;
	int first = (int)left, last = (int)right;

	marks_set(cover->marks + (size_t)row * cover->mark_room, first, last + 1);
	if (first == last) {
		float share = ((left + right) / 2 - (float)first) * height;

		change[first] += height - share;
		change[first + 1] += share;
	} else {
		add_slanted(change + first, left, right, height);
	}
}

/* A side from (x0, y0) down to (x1, y1) in several rows; `direction` is +1 or -1. */
static void add_rows(struct cover *cover, float x0, float y0, float x1, float y1, float direction)
{
	int row = (int)y0, last = (int)y1;
	float low = x0 < x1 ? x0 : x1, high = x0 < x1 ? x1 : x0;
	float slope = (x1 - x0) / (y1 - y0), x = x0, y = y0;

	if (row < cover->first_row)
		cover->first_row = row;
	if (last > cover->last_row)
		cover->last_row = last; /* may be one below the picture */
	for (; row < last; row++) {
		float bottom = (float)(row + 1), next = x0 + (bottom - y0) * slope;

		next = next < low ? low : next > high ? high : next;
		add_piece(cover, row, x, next, (bottom - y) * direction);
		x = next;
		y = bottom;
	}
	if (y < y1)
		add_piece(cover, last, x, x1, (y1 - y) * direction);
}

/* A side inside the picture. The same in both directions, but for its sign. */
static inline void add_inside(struct cover *cover, float x0, float y0, float x1, float y1)
{
	int row = (int)y0;

	if (row != (int)y1) {
		if (y0 < y1)
			add_rows(cover, x0, y0, x1, y1, 1);
		else
			add_rows(cover, x1, y1, x0, y0, -1);
		return;
	}
	if (y0 == y1)
		return;
	if (row < cover->first_row)
		cover->first_row = row;
	if (row > cover->last_row)
		cover->last_row = row;
	add_piece(cover, row, x0, x1, y1 - y0);
}

static double between(double value, double least, double most)
{
	return value < least ? least : value > most ? most : value;
}

/* Adds a part of a side that is inside from top to bottom, and not on both sides of a border. */
static void add_part(
	struct cover *cover, struct point top, struct point end, float direction)
{
	float x0 = (float)between(top.x, 0, cover->width), y0 = (float)top.y;
	float x1 = (float)between(end.x, 0, cover->width), y1 = (float)end.y;

	/* What lies right of the picture has no effect; what lies left of it has all of it. */
	if (x0 >= (float)cover->width && x1 >= (float)cover->width)
		return;
	if (direction > 0)
		add_inside(cover, x0, y0, x1, y1);
	else
		add_inside(cover, x1, y1, x0, y0);
}

/* Adds a side that is partly or wholly outside. */
static void add_clipped(
	struct cover *cover, struct point top, struct point end, float direction)
{
	const double borders[2] = {0, cover->width};
	double slope = (end.x - top.x) / (end.y - top.y);
	bool rightward = end.x > top.x;
	struct point last = top;

	if (!(end.y > 0 && top.y < cover->height && top.y < end.y))
		return;
	if (top.y < 0)
		last = (struct point){top.x - top.y * slope, 0};
	if (end.y > cover->height)
		end = (struct point){
			top.x + (cover->height - top.y) * slope, cover->height};
	for (int i = 0; i < 2; i++) {
		double border = borders[rightward ? i : 1 - i];
		struct point at = {border, 0};

		if ((last.x < border) == (end.x < border) || last.x == border || end.x == border)
			continue;
		at.y = between(top.y + (border - top.x) / slope, last.y, end.y);
		add_part(cover, last, at, direction);
		last = at;
	}
	add_part(cover, last, end, direction);
}

static bool is_inside(const struct cover *cover, struct point at)
{
	return at.x >= 0 && at.x <= cover->width && at.y >= 0 && at.y <= cover->height;
}

void cover_add_side(struct cover *cover, struct point from, struct point to)
{
	if (is_inside(cover, from) && is_inside(cover, to))
		add_inside(cover, (float)from.x, (float)from.y, (float)to.x, (float)to.y);
	else if (from.y < to.y)
		add_clipped(cover, from, to, 1);
	else
		add_clipped(cover, to, from, -1);
}

void cover_add_ring(struct cover *cover, const struct point *points, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cover_add_side(cover, points[i ? i - 1 : count - 1], points[i]);
}

/* --- the sums --------------------------------------------------------------------------------- */

static uint8_t to_byte(float covered)
{
	float share = (covered < 0 ? -covered : covered) * 255 + 0.5F;

	return (uint8_t)(share < 255 ? (int)share : 255);
}

/* Hands on pixels [x, end) without a change, all covered as the one before. */
static void emit_level(
	struct cover *cover, int row, int x, int end, float covered, struct span_sink sink)
{
	uint8_t level = to_byte(covered);

	end = end < cover->width ? end : cover->width;
	if (!level || x >= end)
		return;
	if (level < 255)
		memset(cover->coverage, level, (size_t)(end - x));
	sink.cover(sink.context, x, row, end - x, level < 255 ? cover->coverage : NULL);
}

/* Hands on pixels [x, end), and empties their sums; returns the coverage behind the last one. */
static float emit_changes(
	struct cover *cover, int row, int x, int end, float covered, struct span_sink sink)
{
	float *change = cover->change + (size_t)row * cover->row_room;
	int most = end < cover->width ? end : cover->width;

	for (int i = x; i < end; i++) {
		covered += change[i];
		cover->coverage[i - x] = to_byte(covered);
	}
	memset(change + x, 0, (size_t)(end - x) * sizeof *change);
	if (x < most)
		sink.cover(sink.context, x, row, most - x, cover->coverage);
	return covered;
}

static void emit_row(struct cover *cover, int row, struct span_sink sink)
{
	uint64_t *marks = cover->marks + (size_t)row * cover->mark_room;
	int blocks = marks_blocks(cover->width + 2), block = 0;
	float covered = 0;

	while (block < blocks) {
		int start = block;

		block = marks_run_end(marks, block, blocks, false);
		emit_level(cover, row, start * MARK_PX, block * MARK_PX, covered, sink);
		start = block;
		block = marks_run_end(marks, block, blocks, true);
		covered = emit_changes(cover, row, start * MARK_PX, block * MARK_PX, covered, sink);
	}
	memset(marks, 0, cover->mark_room * sizeof *marks);
}

void cover_emit(struct cover *cover, struct span_sink sink)
{
	for (int row = cover->first_row; row <= cover->last_row && row < cover->height; row++)
		emit_row(cover, row, sink);
	forget_rows(cover);
}
