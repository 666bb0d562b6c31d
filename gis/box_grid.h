/*
 * box_grid: many boxes by place: which of them meet another one.
 *
 * A box stands in every cell that it meets; boxes that would fill too many cells make the cells larger.
 * Each is found once.
 */
#ifndef GIS_BOX_GRID_H
#define GIS_BOX_GRID_H

#include "gis/shape.h"

enum {
	BOX_GRID_SIDE_MAX = 512,	 /* cells across */
	BOX_GRID_ENTRIES_MAX = 1 << 26, /* boxes in cells */
};

struct box_grid {
	const struct box *boxes; /* borrowed */
	struct box all;
	size_t columns, rows;
	double per_x, per_y; /* cells in a unit */
	uint32_t *starts, *items; /* of cell c: items[starts[c]..starts[c + 1]) */
};

/* Empty boxes are not there. The grid lives in the arena. ERR_NOMEM, ERR_TOO_LARGE. */
int box_grid_make(struct arena *arena, const struct box *boxes, size_t count, double cell_m,
	struct box_grid *ret, struct error *err);

/*
 * Those that may meet a box: their cells do. Each once, in no order.
 *
 *	struct box_walk walk = box_grid_walk(&grid, &box);
 *	while (box_grid_next(&walk, &index))
 */
struct box_walk {
	const struct box_grid *grid;
	size_t first[2], last[2], column, row;
	uint32_t at, end;
};
struct box_walk box_grid_walk(const struct box_grid *grid, const struct box *box);
bool box_grid_next(struct box_walk *walk, size_t *ret_index);

#endif
