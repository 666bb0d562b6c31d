/*
 * edges: the sides of a path inside a canvas, turned to go down, and put into chains.
 *
 * Edges that follow each other down a path are a chain: while the path is filled, a chain has one
 * place in the order from left to right. What lies above or below the canvas is cut off; what
 * lies left of it moves to its left side, where it covers the same; what lies right of it is
 * dropped.
 */
#ifndef TILES_EDGES_H
#define TILES_EDGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "tiles/path.h"

/* Positions in y are multiples of this, so that equal ends are equal and no edge is too flat. */
#define EDGE_GRID_PX (1.0 / 4096)

#define NO_EDGE UINT32_MAX

struct edge {
	double x, y;	     /* the upper end; y is on the grid */
	double x_end, y_end; /* the lower end */
	double slope;	     /* of x a unit of y */
	double chain_end;    /* y where the chain ends; true of its first edge */
	int direction;	     /* +1 down, -1 up: what it adds to the winding number */
	uint32_t next;	     /* another chain that starts in this row, or NO_EDGE */
	uint32_t follower;   /* the next edge of the chain, or NO_EDGE */

	/* Of the active edge of a chain, while the path is filled (raster.c). */
	double x_above, x_below; /* at the top and the bottom of the current band */
	double drawn_x, drawn_y; /* what lies above in this row is in the sums already */
	int side;		 /* +1 what is filled begins here, -1 it ends, 0 neither */
};

struct edges {
	int width, height;
	struct edge *list;
	size_t count, room;
	uint32_t *row_chains;	 /* of each row the last chain that starts there, or NO_EDGE */
	int first_row, last_row; /* that edges meet; none when first_row > last_row */
	uint32_t chain;		 /* the first edge of the chain that is being added */
	bool no_memory;
};

/* For the pixels [0, width) x [0, height). An all-zero struct may be cleared. */
int edges_init(struct edges *edges, int width, int height, struct error *err);
void edges_clear(struct edges *edges);

/* Replaces all edges by those of a path. */
int edges_read(struct edges *edges, const struct path *path, struct error *err);

/* Where an edge is at a height inside its range or, below that, where it ends. */
static inline double edge_x(const struct edge *edge, double y)
{
	return y >= edge->y_end ? edge->x_end : edge->x + (y - edge->y) * edge->slope;
}

/* The nearest height on the grid. */
double edge_grid_y(double y);

#endif
