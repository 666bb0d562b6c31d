/*
 * stretch_grid: the straight stretches of many lines by place: what lies near a place, and which of
 * them may meet, without comparing each with each.
 *
 * A stretch stands in every cell that its box meets. Lines that would fill too many cells make the
 * cells larger; work on a crowd in few cells is bounded by who counts it (street_network).
 */
#ifndef GIS_STRETCH_GRID_H
#define GIS_STRETCH_GRID_H

#include "gis/line_chain.h"

struct stretch {
	uint32_t line; /* index in the lines */
	uint32_t at;   /* from this point of the line to the next */
};

struct stretch_grid {
	double west, south, cell_m;
	size_t columns, rows;
	uint32_t *ends; /* in items[], behind those of each cell */
	struct stretch *items;
};

/* Cells are no smaller than least_m. The grid lives in the arena. ERR_TOO_LARGE over 2^26 stretches. */
int stretch_grid_make(struct arena *arena, const struct line_chain *lines, size_t count,
	double least_m, struct stretch_grid *ret, struct error *err);

/* The stretches of a cell; *ret_count is how many. Borrowed. */
const struct stretch *stretch_grid_cell(
	const struct stretch_grid *grid, size_t column, size_t row, size_t *ret_count);

/*
 * The cells of all that may lie within reach_m of a place, one after the other; NULL: no more. A stretch
 * that stands in several of them comes several times.
 *
 *	struct stretch_near near = stretch_near(grid, xy, reach_m);
 *	while ((list = stretch_near_next(&near, &count)))
 */
struct stretch_near {
	const struct stretch_grid *grid;
	size_t left, right, top;
	size_t column, row; /* the next one */
};
struct stretch_near stretch_near(
	const struct stretch_grid *grid, const double xy[2], double reach_m);
const struct stretch *stretch_near_next(struct stretch_near *near, size_t *ret_count);

/* The column or row of a coordinate, within the grid. */
size_t stretch_grid_column(const struct stretch_grid *grid, double east);
size_t stretch_grid_row(const struct stretch_grid *grid, double north);

#endif
