#include "gis/stretch_grid.h"

#include <math.h>

#include "base/messages.h"

enum {
	SIDE_MAX = 4096,	/* cells along a side */
	CELLS_PER_STRETCH = 16, /* on the average; a street of a city has 2 or 3 */
	STRETCHES_MAX = 1 << 26,
};

/* All stretches, one after the other. */
struct walk {
	const struct line_chain *lines;
	size_t count;
	size_t stretches;
	double length_m;
	struct box box;
};

static void walk_all(struct walk *walk)
{
	walk->box = box_empty;
	for (size_t i = 0; i < walk->count; i++) {
		const struct line_chain *line = &walk->lines[i];

		walk->stretches += line->count ? line->count - 1 : 0;
		walk->length_m += line_chain_length(line);
		for (size_t k = 0; k < line->count; k++) {
			const double *xy = line->xy + 2 * k;

			box_add(&walk->box, &(struct box){xy[0], xy[1], xy[0], xy[1]});
		}
	}
}

static size_t place_in(double offset, double cell_m, size_t count)
{
	double place = floor(offset / cell_m);

	return place > 0 ? (size_t)fmin(place, (double)(count - 1)) : 0;
}

size_t stretch_grid_column(const struct stretch_grid *grid, double east)
{
	return place_in(east - grid->west, grid->cell_m, grid->columns);
}

size_t stretch_grid_row(const struct stretch_grid *grid, double north)
{
	return place_in(north - grid->south, grid->cell_m, grid->rows);
}

static void lay_out(struct stretch_grid *grid, const struct box *box, double cell_m)
{
	grid->west = box->min_x;
	grid->south = box->min_y;
	grid->cell_m = cell_m;
	grid->columns = 1 + (size_t)((box->max_x - box->min_x) / cell_m);
	grid->rows = 1 + (size_t)((box->max_y - box->min_y) / cell_m);
}

struct span {
	size_t left, right, bottom, top; /* columns and rows, all of them in */
};

static struct span span_of(const struct stretch_grid *grid, const double *from, const double *to)
{
	return (struct span){
		stretch_grid_column(grid, fmin(from[0], to[0])),
		stretch_grid_column(grid, fmax(from[0], to[0])),
		stretch_grid_row(grid, fmin(from[1], to[1])),
		stretch_grid_row(grid, fmax(from[1], to[1])),
	};
}

static size_t count_items(const struct stretch_grid *grid, const struct walk *walk, size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < walk->count; i++)
		for (size_t k = 0; k + 1 < walk->lines[i].count && count <= most; k++) {
			const double *from = walk->lines[i].xy + 2 * k;
			struct span span = span_of(grid, from, from + 2);

			count += (span.right - span.left + 1) * (span.top - span.bottom + 1);
		}
	return count;
}

/* Goes through all cells of all stretches: counts them by cell, or puts them there. */
static void fill(struct stretch_grid *grid, const struct walk *walk, bool put)
{
	for (size_t i = 0; i < walk->count; i++)
		for (size_t k = 0; k + 1 < walk->lines[i].count; k++) {
			const double *from = walk->lines[i].xy + 2 * k;
			struct span span = span_of(grid, from, from + 2);

			for (size_t row = span.bottom; row <= span.top; row++)
				for (size_t column = span.left; column <= span.right; column++) {
					uint32_t *end = &grid->ends[row * grid->columns + column];

					if (put)
						grid->items[*end] =
							(struct stretch){(uint32_t)i, (uint32_t)k};
					(*end)++;
				}
		}
}

static int sort_in(struct stretch_grid *grid, const struct walk *walk, size_t items,
	struct arena *arena, struct error *err)
{
	size_t cells = grid->columns * grid->rows;
	uint32_t before = 0;

	grid->ends = arena_zero(arena, cells, sizeof *grid->ends);
	grid->items = arena_alloc(arena, (items + 1) * sizeof *grid->items);
	if (!grid->ends || !grid->items)
		return fail_no_memory(err);
	fill(grid, walk, false);
	for (size_t i = 0; i < cells; i++) {
		uint32_t count = grid->ends[i];

		grid->ends[i] = before;
		before += count;
	}
	fill(grid, walk, true);
	return 0;
}

int stretch_grid_make(struct arena *arena, const struct line_chain *lines, size_t count,
	double least_m, struct stretch_grid *ret, struct error *err)
{
	struct walk walk = {.lines = lines, .count = count};
	struct stretch_grid grid = {0};
	double width, height, cell_m = least_m;
	size_t most, items = 0;

	walk_all(&walk);
	if (walk.stretches > STRETCHES_MAX)
		return fail_network_too_dense(err);
	if (!walk.stretches)
		walk.box = (struct box){0, 0, 0, 0};
	width = walk.box.max_x - walk.box.min_x;
	height = walk.box.max_y - walk.box.min_y;
	cell_m = fmax(cell_m, fmax(width, height) / SIDE_MAX);
	cell_m = fmax(cell_m, sqrt(width * height / (double)(walk.stretches + 1)));
	if (walk.stretches)
		cell_m = fmax(cell_m, walk.length_m / (double)walk.stretches);
	most = CELLS_PER_STRETCH * walk.stretches;
	/* In one cell each stretch stands once. */
	do {
		lay_out(&grid, &walk.box, cell_m);
		items = count_items(&grid, &walk, most);
		cell_m *= 2;
	} while (items > most);
	*ret = grid;
	return sort_in(ret, &walk, items, arena, err);
}

const struct stretch *stretch_grid_cell(
	const struct stretch_grid *grid, size_t column, size_t row, size_t *ret_count)
{
	size_t cell = row * grid->columns + column;
	uint32_t first = cell ? grid->ends[cell - 1] : 0;

	*ret_count = grid->ends[cell] - first;
	return grid->items + first;
}

struct stretch_near stretch_near(
	const struct stretch_grid *grid, const double xy[2], double reach_m)
{
	struct stretch_near near = {.grid = grid,
		.left = stretch_grid_column(grid, xy[0] - reach_m),
		.right = stretch_grid_column(grid, xy[0] + reach_m),
		.top = stretch_grid_row(grid, xy[1] + reach_m),
		.row = stretch_grid_row(grid, xy[1] - reach_m)};

	near.column = near.left;
	return near;
}

const struct stretch *stretch_near_next(struct stretch_near *near, size_t *ret_count)
{
	const struct stretch *list;

	if (near->row > near->top)
		return NULL;
	list = stretch_grid_cell(near->grid, near->column, near->row, ret_count);
	if (near->column++ == near->right) {
		near->column = near->left;
		near->row++;
	}
	return list;
}
