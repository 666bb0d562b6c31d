#include "tiles/edges.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"

enum { FIRST_ROOM = 256 };

void edges_clear(struct edges *edges)
{
	free(edges->list);
	free(edges->row_chains);
	*edges = (struct edges){0};
}

static void forget(struct edges *edges)
{
	for (int row = edges->first_row; row <= edges->last_row; row++)
		edges->row_chains[row] = NO_EDGE;
	edges->count = 0;
	edges->first_row = edges->height;
	edges->last_row = -1;
}

int edges_init(struct edges *edges, int width, int height, struct error *err)
{
	*edges = (struct edges){.width = width, .height = height, .last_row = height - 1};
	edges->row_chains = malloc((size_t)height * sizeof *edges->row_chains);
	if (!edges->row_chains)
		return fail_no_memory(err);
	forget(edges);
	return 0;
}

static bool grow(struct edges *edges)
{
	size_t room = edges->room ? edges->room * 2 : FIRST_ROOM;
	struct edge *larger = realloc(edges->list, room * sizeof *larger);

	if (!larger)
		return false;
	edges->list = larger;
	edges->room = room;
	return true;
}

double edge_grid_y(double y)
{
	return rint(y / EDGE_GRID_PX) * EDGE_GRID_PX;
}

/* Makes an edge the first of its chain, to be found by the row that it starts in. */
static void begin_chain(struct edges *edges, uint32_t index)
{
	struct edge *edge = edges->list + index;
	int row = (int)edge->y;

	edge->next = edges->row_chains[row];
	edges->row_chains[row] = index;
	if (row < edges->first_row)
		edges->first_row = row;
}

/* Makes an edge part of the chain of the one pushed before it, or the first of a new one. */
static void link_edge(struct edges *edges, uint32_t index)
{
	struct edge *edge = edges->list + index, *last = edge - (index > 0);

	if (index && edge->direction > 0 && last->direction > 0 && last->x_end == edge->x &&
		last->y_end == edge->y) {
		last->follower = index;
		edges->list[edges->chain].chain_end = edge->y_end;
		return;
	}
	if (index && edge->direction < 0 && last->direction < 0 && edge->x_end == last->x &&
		edge->y_end == last->y) {
		edges->row_chains[(int)last->y] = last->next;
		edge->follower = index - 1;
		edge->chain_end = last->chain_end;
	}
	edges->chain = index;
	begin_chain(edges, index);
}

/* From (x0, y0) down to (x1, y1), inside the canvas. */
static void push_edge(
	struct edges *edges, double x0, double y0, double x1, double y1, int direction)
{
	uint32_t index = (uint32_t)edges->count;
	struct edge *edge;

	if (y0 >= y1)
		return;
	if (edges->count == edges->room && !grow(edges)) {
		edges->no_memory = true;
		return;
	}
	edge = edges->list + edges->count++;
	edge->x = x0;
	edge->y = y0;
	edge->x_end = x1;
	edge->y_end = edge->chain_end = y1;
	edge->slope = (x1 - x0) / (y1 - y0);
	edge->direction = direction;
	edge->follower = NO_EDGE;
	link_edge(edges, index);
	if (y1 > edges->last_row + 1)
		edges->last_row = (int)y1 - (y1 == (int)y1);
}

/* What lies left of the canvas moves to its left side; what lies right of it has no effect. */
static void clip_across(
	struct edges *edges, double x0, double y0, double x1, double y1, int direction)
{
	double right = edges->width, slope;
	bool rightward = x1 > x0;

	if (x0 >= right && x1 >= right)
		return;
	if (x0 <= 0 && x1 <= 0) {
		push_edge(edges, 0, y0, 0, y1, direction);
		return;
	}
	slope = (y1 - y0) / (x1 - x0);
	if (x0 < 0 || x1 < 0) {
		double y_left = edge_grid_y(fmin(fmax(y0 - x0 * slope, y0), y1));

		push_edge(edges, 0, rightward ? y0 : y_left, 0, rightward ? y_left : y1, direction);
		*(rightward ? &x0 : &x1) = 0;
		*(rightward ? &y0 : &y1) = y_left;
	}
	if (x0 > right || x1 > right) {
		double x_from = rightward ? x0 : x1, y_from = rightward ? y0 : y1;
		double y_right = edge_grid_y(fmin(fmax(y_from + (right - x_from) * slope, y0), y1));

		*(rightward ? &x1 : &x0) = right;
		*(rightward ? &y1 : &y0) = y_right;
	}
	push_edge(edges, x0, y0, x1, y1, direction);
}

/* From one point to the next, both on the grid. */
static void add_edge(struct edges *edges, struct point from, struct point to)
{
	bool down = from.y < to.y;
	struct point top = down ? from : to, end = down ? to : from;
	double bottom = edges->height, right = edges->width;
	int direction = down ? 1 : -1;

	if (top.y == end.y || end.y <= 0 || top.y >= bottom)
		return;
	if (top.y < 0 || end.y > bottom) {
		double slope = (end.x - top.x) / (end.y - top.y), x_top = top.x - top.y * slope;

		if (end.y > bottom)
			end = (struct point){top.x + (bottom - top.y) * slope, bottom};
		if (top.y < 0)
			top = (struct point){x_top, 0};
	}
	if (top.x >= 0 && end.x >= 0 && top.x <= right && end.x <= right)
		push_edge(edges, top.x, top.y, end.x, end.y, direction);
	else
		clip_across(edges, top.x, top.y, end.x, end.y, direction);
}

int edges_read(struct edges *edges, const struct path *path, struct error *err)
{
	size_t at = 0;

	forget(edges);
	edges->no_memory = false;
	for (size_t i = 0; i < path->subpath_count; i++) {
		size_t end = path->subpaths[i].end;
		struct point last = path->points[end - 1];

		last.y = edge_grid_y(last.y);
		for (; at < end; at++) {
			struct point point = {path->points[at].x, edge_grid_y(path->points[at].y)};

			add_edge(edges, last, point);
			last = point;
		}
	}
	return edges->no_memory ? fail_no_memory(err) : 0;
}
