#include "gis/box_grid.h"

#include <math.h>

#include "base/messages.h"

/* The first and the last column and row of a box. */
struct span {
	size_t first[2], last[2];
};

static size_t place_in(double cells, size_t count)
{
	if (!(cells > 0))
		return 0;
	return cells < (double)count ? (size_t)cells : count - 1;
}

static void first_cell(const struct box_grid *grid, const struct box *box, size_t ret[2])
{
	ret[0] = place_in((box->min_x - grid->all.min_x) * grid->per_x, grid->columns);
	ret[1] = place_in((box->min_y - grid->all.min_y) * grid->per_y, grid->rows);
}

static struct span span_of(const struct box_grid *grid, const struct box *box)
{
	struct span span;

	first_cell(grid, box, span.first);
	span.last[0] = place_in((box->max_x - grid->all.min_x) * grid->per_x, grid->columns);
	span.last[1] = place_in((box->max_y - grid->all.min_y) * grid->per_y, grid->rows);
	return span;
}

static size_t cells_across(double length, double cell_m)
{
	return (size_t)fmin(fmax(ceil(length / cell_m), 1), BOX_GRID_SIDE_MAX);
}

static void lay_out(struct box_grid *grid, double cell_m)
{
	double width = grid->all.max_x - grid->all.min_x;
	double height = grid->all.max_y - grid->all.min_y;

	grid->columns = cells_across(width, cell_m);
	grid->rows = cells_across(height, cell_m);
	grid->per_x = width > 0 ? (double)grid->columns / width : 0;
	grid->per_y = height > 0 ? (double)grid->rows / height : 0;
}

static size_t count_entries(const struct box_grid *grid, size_t count)
{
	size_t entries = 0;

	for (size_t i = 0; i < count && entries <= BOX_GRID_ENTRIES_MAX; i++) {
		struct span span = span_of(grid, &grid->boxes[i]);

		if (!box_is_empty(&grid->boxes[i]))
			entries += (span.last[0] - span.first[0] + 1) *
				(span.last[1] - span.first[1] + 1);
	}
	return entries;
}

/* First how many stand in each cell, then who: from the end of each cell backwards. */
static void put(struct box_grid *grid, size_t count, bool fill)
{
	for (size_t i = 0; i < count; i++) {
		struct span span = span_of(grid, &grid->boxes[i]);

		if (box_is_empty(&grid->boxes[i]))
			continue;
		for (size_t y = span.first[1]; y <= span.last[1]; y++)
			for (size_t x = span.first[0]; x <= span.last[0]; x++) {
				uint32_t *start = &grid->starts[y * grid->columns + x];

				if (fill)
					grid->items[--*start] = (uint32_t)i;
				else
					++*start;
			}
	}
}

int box_grid_make(struct arena *arena, const struct box *boxes, size_t count, double cell_m,
	struct box_grid *ret, struct error *err)
{
	struct box_grid grid = {.boxes = boxes, .all = box_empty};
	size_t cells, entries;

	if (count > BOX_GRID_ENTRIES_MAX)
		return fail_quarter_too_large(err, BOX_GRID_ENTRIES_MAX);
	for (size_t i = 0; i < count; i++)
		if (!box_is_empty(&boxes[i]))
			box_add(&grid.all, &boxes[i]);
	if (box_is_empty(&grid.all))
		grid.all = (struct box){0, 0, 1, 1};
	lay_out(&grid, cell_m);
	while ((entries = count_entries(&grid, count)) > 8 * count + BOX_GRID_SIDE_MAX &&
		grid.columns * grid.rows > 1) {
		cell_m *= 2;
		lay_out(&grid, cell_m);
	}
	cells = grid.columns * grid.rows;
	grid.starts = arena_zero(arena, cells + 1, sizeof *grid.starts);
	grid.items = arena_zero(arena, entries + 1, sizeof *grid.items);
	if (!grid.starts || !grid.items)
		return fail_no_memory(err);
	put(&grid, count, false);
	for (size_t i = 1; i <= cells; i++)
		grid.starts[i] += grid.starts[i - 1];
	put(&grid, count, true);
	*ret = grid;
	return 0;
}

static void enter_cell(struct box_walk *walk)
{
	size_t cell = walk->row * walk->grid->columns + walk->column;

	walk->at = walk->grid->starts[cell];
	walk->end = walk->grid->starts[cell + 1];
}

struct box_walk box_grid_walk(const struct box_grid *grid, const struct box *box)
{
	struct span span = span_of(grid, box);
	struct box_walk walk = {.grid = grid, .first = {span.first[0], span.first[1]},
		.last = {span.last[0], span.last[1]}, .column = span.first[0],
		.row = span.first[1]};

	enter_cell(&walk);
	return walk;
}

/* Of the cells that a box and the walk have in common it is told in the first. */
static bool is_first(const struct box_walk *walk, uint32_t item)
{
	size_t first[2];

	first_cell(walk->grid, &walk->grid->boxes[item], first);
	return walk->column == (first[0] > walk->first[0] ? first[0] : walk->first[0]) &&
		walk->row == (first[1] > walk->first[1] ? first[1] : walk->first[1]);
}

bool box_grid_next(struct box_walk *walk, size_t *ret_index)
{
	for (;;) {
		while (walk->at < walk->end) {
			uint32_t item = walk->grid->items[walk->at++];

			if (is_first(walk, item)) {
				*ret_index = item;
				return true;
			}
		}
		if (walk->column < walk->last[0]) {
			walk->column++;
		} else if (walk->row < walk->last[1]) {
			walk->column = walk->first[0];
			walk->row++;
		} else {
			return false;
		}
		enter_cell(walk);
	}
}
