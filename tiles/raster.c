#include "tiles/raster.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"

enum {
	/*
	 * Ends of edges that may cut a row or a band. Beyond, it is sampled 16 times a row, which
	 * errs by at most 1/32 of a pixel at an edge, and less often when thousands of edges meet.
	 */
	CUTS_MAX = 48,
	SAMPLES_A_ROW = 16,
	SAMPLED_EDGES_MAX = 1 << 16,
	/* Crossings that may cut one row; the place of any further one is lost within a band. */
	SPLITS_MAX = 32,
};

/* Positions in y are multiples of this, so that equal ends are equal and no edge is too flat. */
static const double y_grid = 1.0 / 4096;

/* Edges that cross by less are taken as touching. */
static const double x_tolerance = 1.0 / 1024;

static const uint32_t no_edge = UINT32_MAX;

/*
 * An edge, turned to go down. Edges that follow each other down a path are a chain, which has one
 * place in the order from left to right; the active edge of a chain is the one at the current y.
 */
struct edge {
	double x, y;		 /* the upper end; y is on the grid */
	double x_end, y_end;	 /* the lower end */
	double slope;		 /* of x a unit of y */
	double chain_end;	 /* y where the chain ends; true of its first and its active edge */
	double x_above, x_below; /* of the chain at the top and the bottom of the current band */
	double drawn_x, drawn_y; /* what lies above in this row is in the sums already */
	int direction;		 /* +1 down, -1 up: what it adds to the winding number */
	int side;		 /* +1 what is filled begins here, -1 it ends, 0 neither */
	uint32_t next;		 /* another chain that starts in this row, or no_edge */
	uint32_t follower;	 /* the next edge of the chain, or no_edge */
};

/* --- memory ----------------------------------------------------------------------------------- */

void raster_clear(struct raster *raster)
{
	free(raster->edges);
	free(raster->row_chains);
	free(raster->active);
	free(raster->starts);
	free(raster->sample);
	scanline_clear(&raster->line);
	*raster = (struct raster){0};
}

int raster_init(struct raster *raster, int width, int height, struct error *err)
{
	*raster = (struct raster){.width = width, .height = height};
	if (width < 1 || height < 1 || width > RASTER_SIDE_MAX || height > RASTER_SIDE_MAX)
		return fail_image_size(err, RASTER_SIDE_MAX);
	raster->row_chains = malloc((size_t)height * sizeof *raster->row_chains);
	if (!raster->row_chains || scanline_init(&raster->line, width, NULL)) {
		raster_clear(raster);
		return fail_no_memory(err);
	}
	for (int row = 0; row < height; row++)
		raster->row_chains[row] = no_edge;
	return 0;
}

static bool grow_list(struct edge ***list, size_t room)
{
	struct edge **larger = realloc(*list, room * sizeof **list);

	if (larger)
		*list = larger;
	return larger;
}

/* Doubles the room for edges; false without memory. Nothing points to them while they are added. */
static bool grow(struct raster *raster)
{
	size_t room = raster->edge_room ? raster->edge_room * 2 : 256;
	struct edge *edges = realloc(raster->edges, room * sizeof *edges);

	if (!edges)
		return false;
	raster->edges = edges;
	if (!grow_list(&raster->active, room) || !grow_list(&raster->starts, room) ||
		!grow_list(&raster->sample, room))
		return false;
	raster->edge_room = room;
	return true;
}

/* --- edges ------------------------------------------------------------------------------------ */

static double to_grid(double y)
{
	return rint(y / y_grid) * y_grid;
}

/* The first edge of a chain that goes on down below `last` and its chain's end. */
static void begin_chain(struct raster *raster, uint32_t index)
{
	struct edge *edge = raster->edges + index;
	int row = (int)edge->y;

	edge->next = raster->row_chains[row];
	raster->row_chains[row] = index;
	if (row < raster->first_row)
		raster->first_row = row;
}

/* Makes an edge part of the chain of the one pushed before it, or the first of a new one. */
static void link_edge(struct raster *raster, uint32_t index)
{
	struct edge *edge = raster->edges + index, *last = edge - 1;

	if (index && edge->direction > 0 && last->direction > 0 && last->x_end == edge->x &&
		last->y_end == edge->y) {
		last->follower = index;
		raster->edges[raster->chain].chain_end = edge->y_end;
		return;
	}
	if (index && edge->direction < 0 && last->direction < 0 && edge->x_end == last->x &&
		edge->y_end == last->y) {
		raster->row_chains[(int)last->y] = last->next;
		edge->follower = index - 1;
		edge->chain_end = last->chain_end;
	}
	raster->chain = index;
	begin_chain(raster, index);
}

/* From (x0, y0) down to (x1, y1), inside the canvas. */
static void push_edge(
	struct raster *raster, double x0, double y0, double x1, double y1, int direction)
{
	uint32_t index = (uint32_t)raster->edge_count;
	struct edge *edge;

	if (y0 >= y1)
		return;
	if (raster->edge_count == raster->edge_room && !grow(raster)) {
		raster->no_memory = true;
		return;
	}
	edge = raster->edges + raster->edge_count++;
	edge->x = x0;
	edge->y = y0;
	edge->x_end = x1;
	edge->y_end = edge->chain_end = y1;
	edge->slope = (x1 - x0) / (y1 - y0);
	edge->direction = direction;
	edge->follower = no_edge;
	link_edge(raster, index);
	if (y1 > raster->last_row + 1)
		raster->last_row = (int)y1 - (y1 == (int)y1);
}

/* What lies left of the canvas moves to its left side; what lies right of it has no effect. */
static void clip_across(
	struct raster *raster, double x0, double y0, double x1, double y1, int direction)
{
	double right = raster->width, slope;
	bool rightward = x1 > x0;

	if (x0 >= right && x1 >= right)
		return;
	if (x0 <= 0 && x1 <= 0) {
		push_edge(raster, 0, y0, 0, y1, direction);
		return;
	}
	slope = (y1 - y0) / (x1 - x0);
	if (x0 < 0 || x1 < 0) {
		double y_left = to_grid(fmin(fmax(y0 - x0 * slope, y0), y1));

		push_edge(
			raster, 0, rightward ? y0 : y_left, 0, rightward ? y_left : y1, direction);
		*(rightward ? &x0 : &x1) = 0;
		*(rightward ? &y0 : &y1) = y_left;
	}
	if (x0 > right || x1 > right) {
		double x_from = rightward ? x0 : x1, y_from = rightward ? y0 : y1;
		double y_right = to_grid(fmin(fmax(y_from + (right - x_from) * slope, y0), y1));

		*(rightward ? &x1 : &x0) = right;
		*(rightward ? &y1 : &y0) = y_right;
	}
	push_edge(raster, x0, y0, x1, y1, direction);
}

/* From one point to the next, both on the grid. */
static void add_edge(struct raster *raster, struct point from, struct point to)
{
	bool down = from.y < to.y;
	struct point top = down ? from : to, end = down ? to : from;
	double bottom = raster->height, right = raster->width;
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
		push_edge(raster, top.x, top.y, end.x, end.y, direction);
	else
		clip_across(raster, top.x, top.y, end.x, end.y, direction);
}

static void add_path(struct raster *raster, const struct path *path)
{
	size_t at = 0;

	raster->edge_count = 0;
	raster->no_memory = false;
	raster->first_row = raster->height;
	raster->last_row = -1;
	for (size_t i = 0; i < path->subpath_count; i++) {
		size_t end = path->subpaths[i].end;
		struct point last = path->points[end - 1];

		last.y = to_grid(last.y);
		for (; at < end; at++) {
			struct point point = {path->points[at].x, to_grid(path->points[at].y)};

			add_edge(raster, last, point);
			last = point;
		}
	}
}

/* --- one band --------------------------------------------------------------------------------- */

static double edge_x(const struct edge *edge, double y)
{
	return y >= edge->y_end ? edge->x_end : edge->x + (y - edge->y) * edge->slope;
}

/* Adds the edge down to a height where it is at x. */
static void draw_edge(struct raster *raster, struct edge *edge, double x, double y)
{
	if (edge->side && y > edge->drawn_y)
		scanline_add_side(
			&raster->line, edge->drawn_x, x, (y - edge->drawn_y) * edge->side);
	edge->drawn_x = x;
	edge->drawn_y = y;
}

/* Takes up the chains that start at y, each where it belongs from left to right. */
static size_t start_chains(struct raster *raster, size_t at, double y)
{
	for (; at < raster->start_count && raster->starts[at]->y <= y; at++) {
		struct edge *edge = raster->starts[at];
		size_t k = raster->active_count++;

		edge->x_above = edge->drawn_x = edge->x;
		edge->drawn_y = y;
		edge->side = 0;
		for (; k; k--) {
			const struct edge *left = raster->active[k - 1];

			if (left->x_above < edge->x ||
				(left->x_above == edge->x && left->slope <= edge->slope))
				break;
			raster->active[k] = raster->active[k - 1];
		}
		raster->active[k] = edge;
		raster->changed = true;
		if (edge->chain_end < raster->next_end)
			raster->next_end = edge->chain_end;
	}
	return at;
}

/* Where a chain is at the bottom of a band in which it does not end. */
static double chain_x(const struct raster *raster, const struct edge *edge, double bottom)
{
	while (edge->y_end < bottom)
		edge = raster->edges + edge->follower;
	return edge_x(edge, bottom);
}

/* True if the left chain stays left of the right one at all corners in the band. */
static bool keep_order(const struct raster *raster, const struct edge *left,
	const struct edge *right, double bottom)
{
	while (left->y_end < bottom || right->y_end < bottom) {
		double y = left->y_end < right->y_end ? left->y_end : right->y_end;

		if (edge_x(right, y) < edge_x(left, y) - x_tolerance)
			return false;
		if (left->y_end == y)
			left = raster->edges + left->follower;
		if (right->y_end == y)
			right = raster->edges + right->follower;
	}
	return true;
}

/*
 * Finds where the chains are at the bottom of a band in which none starts or ends. False if some
 * do not keep their order from left to right on the way.
 */
static bool place_band(struct raster *raster, double bottom)
{
	const struct edge *left = NULL;

	for (size_t i = 0; i < raster->active_count; i++) {
		struct edge *edge = raster->active[i];

		edge->x_below =
			edge->y_end < bottom ? chain_x(raster, edge, bottom) : edge_x(edge, bottom);
		if (left && (edge->x_below < left->x_below - x_tolerance ||
				    !keep_order(raster, left, edge, bottom)))
			return false;
		left = edge;
	}
	return true;
}

/*
 * Sorts by the middle of the band: insertion sort for the few edges of a usual row, which are
 * nearly sorted, and as a shell sort never quadratic for many.
 */
static void sort_edges(struct edge **edges, size_t count)
{
	size_t gap = 1;

	while (gap < count / 16)
		gap = gap * 3 + 1;
	for (; gap; gap /= 3) {
		for (size_t i = gap; i < count; i++) {
			struct edge *edge = edges[i];
			double middle = edge->x_above + edge->x_below;
			size_t k = i;

			for (; k >= gap &&
				edges[k - gap]->x_above + edges[k - gap]->x_below > middle;
				k -= gap)
				edges[k] = edges[k - gap];
			edges[k] = edge;
		}
	}
}

/* The first y in (top, bottom) where straight neighbours cross; `bottom` if none do. */
static double find_crossing(const struct raster *raster, double top, double bottom)
{
	double first = bottom;

	for (size_t i = 1; i < raster->active_count; i++) {
		const struct edge *left = raster->active[i - 1], *right = raster->active[i];
		double above = right->x_above - left->x_above;
		double below = right->x_below - left->x_below, y;

		if (above >= -x_tolerance && below >= -x_tolerance)
			continue;
		y = to_grid(top + (bottom - top) * above / (above - below));
		if (y > top && y < first)
			first = y;
	}
	return first;
}

/* Shortens a band until its edges are straight and do not cross; returns its new bottom. */
static double shorten_band(struct raster *raster, double top, double bottom, int *splits)
{
	for (size_t i = 0; i < raster->active_count; i++) {
		if (raster->active[i]->y_end < bottom)
			bottom = raster->active[i]->y_end;
	}
	raster->changed = true;
	for (;; --*splits) {
		double crossing;

		for (size_t i = 0; i < raster->active_count; i++)
			raster->active[i]->x_below = edge_x(raster->active[i], bottom);
		sort_edges(raster->active, raster->active_count);
		crossing = find_crossing(raster, top, bottom);
		if (crossing == bottom || !*splits)
			return bottom;
		bottom = crossing;
	}
}

/* Finds which chains bound what is filled from the top of the band on. */
static void find_sides(struct raster *raster, double top)
{
	int winding = 0;

	raster->changed = false;
	for (size_t i = 0; i < raster->active_count; i++) {
		struct edge *edge = raster->active[i];
		int before = winding, side;

		winding += edge->direction;
		side = !before - !winding;
		if (side != edge->side) {
			draw_edge(raster, edge, edge->x_above, top);
			edge->side = side;
		}
	}
}

/* The next edge of the chain takes over at the corner. */
static struct edge *pass_corner(struct raster *raster, struct edge *edge)
{
	struct edge *follower = raster->edges + edge->follower;

	draw_edge(raster, edge, edge->x_end, edge->y_end);
	follower->drawn_x = follower->x;
	follower->drawn_y = follower->y;
	follower->chain_end = edge->chain_end;
	follower->x_below = edge->x_below;
	follower->side = edge->side;
	return follower;
}

/* Goes to the bottom of a band, past corners and ends of chains; draws all at the row's end. */
static void pass_band(struct raster *raster, double bottom, double row_end)
{
	size_t kept = 0;

	raster->next_end = INFINITY;
	for (size_t i = 0; i < raster->active_count; i++) {
		struct edge *edge = raster->active[i];

		while (edge->y_end <= bottom && edge->follower != no_edge)
			edge = pass_corner(raster, edge);
		edge->x_above = edge->x_below;
		if (bottom == row_end || edge->y_end <= bottom)
			draw_edge(raster, edge, edge->x_below, bottom);
		if (edge->y_end <= bottom) {
			raster->changed = true;
			continue;
		}
		if (edge->chain_end < raster->next_end)
			raster->next_end = edge->chain_end;
		raster->active[kept++] = edge;
	}
	raster->active_count = kept;
}

/* --- many edges in little room ---------------------------------------------------------------- */

/* Draws one sample of a crowded band: the edges at its middle stand for all of it. */
static void draw_sample(struct raster *raster, double top, double bottom)
{
	double middle = (top + bottom) / 2;
	struct edge **band = raster->sample;
	size_t count = 0;
	int winding = 0;

	for (size_t i = 0; i < raster->active_count; i++) {
		struct edge *edge = raster->active[i];

		if (edge->y > middle || edge->y_end <= middle)
			continue;
		edge->x_above = edge->y > top ? edge->x : edge_x(edge, top);
		edge->x_below = edge_x(edge, bottom);
		band[count++] = edge;
	}
	sort_edges(band, count);
	for (size_t i = 0; i < count; i++) {
		int before = winding, side;

		winding += band[i]->direction;
		side = !before - !winding;
		if (side)
			scanline_add_side(&raster->line, band[i]->x_above, band[i]->x_below,
				(bottom - top) * side);
	}
}

/* Leaves active the edges of all chains at a height, from left to right. */
static void settle(struct raster *raster, double y)
{
	size_t kept = 0;

	raster->next_end = INFINITY;
	for (size_t i = 0; i < raster->active_count; i++) {
		struct edge *edge = raster->active[i];

		if (edge->y > y || edge->y_end <= y)
			continue;
		edge->x_above = edge->x_below = edge->drawn_x = edge_x(edge, y);
		edge->drawn_y = y;
		edge->side = 0;
		raster->next_end = fmin(raster->next_end, edge->chain_end);
		raster->active[kept++] = edge;
	}
	raster->active_count = kept;
	sort_edges(raster->active, kept);
	raster->changed = true;
}

/* Draws the chains in raster->active down to `bottom` by sampling. */
static void sample_band(struct raster *raster, double top, double bottom)
{
	size_t chains = raster->active_count;
	int count = (int)ceil((bottom - top) * SAMPLES_A_ROW);

	for (size_t i = 0; i < chains; i++) {
		struct edge *edge = raster->active[i];

		draw_edge(raster, edge, edge->x_above, top);
		while (edge->y_end <= bottom && edge->follower != no_edge) {
			raster->edges[edge->follower].chain_end = edge->chain_end;
			edge = raster->edges + edge->follower;
			raster->active[raster->active_count++] = edge;
		}
	}
	if ((size_t)count * raster->active_count > SAMPLED_EDGES_MAX)
		count = (int)(SAMPLED_EDGES_MAX / raster->active_count) + 1;
	for (int i = 0; i < count; i++)
		draw_sample(raster, top + (bottom - top) * i / count,
			top + (bottom - top) * (i + 1) / count);
	settle(raster, bottom);
}

/* True if the chains have more corners in the band than it may be cut at. */
static bool is_crowded(const struct raster *raster, double bottom)
{
	size_t corners = 0;

	for (size_t i = 0; i < raster->active_count && corners <= CUTS_MAX; i++) {
		const struct edge *edge = raster->active[i];

		for (; edge->y_end < bottom && corners <= CUTS_MAX; corners++)
			edge = raster->edges + edge->follower;
	}
	return corners > CUTS_MAX;
}

/* --- the rows --------------------------------------------------------------------------------- */

/* Takes the chains that start in a row into raster->starts, from the top. */
static void take_starts(struct raster *raster, int row)
{
	raster->start_count = 0;
	for (uint32_t i = raster->row_chains[row]; i != no_edge; i = raster->edges[i].next)
		raster->starts[raster->start_count++] = raster->edges + i;
	raster->row_chains[row] = no_edge;
	if (raster->start_count > CUTS_MAX)
		return; /* sampling needs no order */
	for (size_t i = 1; i < raster->start_count; i++) {
		struct edge *edge = raster->starts[i];
		size_t k = i;

		for (; k && raster->starts[k - 1]->y > edge->y; k--)
			raster->starts[k] = raster->starts[k - 1];
		raster->starts[k] = edge;
	}
}

/* True if more chains start and end in a row than it may be cut at. */
static bool has_many_ends(const struct raster *raster, int row)
{
	size_t ends = raster->start_count;

	if (raster->next_end >= row + 1)
		return ends > CUTS_MAX;
	for (size_t i = 0; i < raster->active_count && ends <= CUTS_MAX; i++)
		ends += raster->active[i]->chain_end < row + 1;
	return ends > CUTS_MAX;
}

static void sweep_row(struct raster *raster, int row)
{
	double top = row, end = row + 1;
	int splits = SPLITS_MAX;
	size_t started = 0;

	while (top < end) {
		double bottom = end;

		started = start_chains(raster, started, top);
		if (started < raster->start_count)
			bottom = raster->starts[started]->y;
		if (raster->next_end < bottom)
			bottom = raster->next_end;
		if (!place_band(raster, bottom)) {
			if (is_crowded(raster, bottom)) {
				sample_band(raster, top, bottom);
				top = bottom;
				continue;
			}
			bottom = shorten_band(raster, top, bottom, &splits);
		}
		if (raster->changed)
			find_sides(raster, top);
		pass_band(raster, bottom, end);
		top = bottom;
	}
}

/* A row in which very many chains start or end. */
static void sample_row(struct raster *raster, int row)
{
	for (size_t i = 0; i < raster->start_count; i++) {
		struct edge *edge = raster->starts[i];

		edge->x_above = edge->drawn_x = edge->x;
		edge->drawn_y = edge->y;
		edge->side = 0;
		raster->active[raster->active_count++] = edge;
	}
	sample_band(raster, row, row + 1);
}

int raster_fill(
	struct raster *raster, const struct path *path, struct span_sink sink, struct error *err)
{
	int rc = path_check(path, err);

	if (rc)
		return rc;
	add_path(raster, path);
	if (raster->no_memory)
		rc = fail_no_memory(err);
	raster->active_count = 0;
	raster->next_end = INFINITY;
	raster->changed = false;
	for (int row = raster->first_row; row <= raster->last_row; row++) {
		if (rc) {
			raster->row_chains[row] = no_edge;
			continue;
		}
		take_starts(raster, row);
		if (has_many_ends(raster, row))
			sample_row(raster, row);
		else
			sweep_row(raster, row);
		scanline_emit(&raster->line, row, sink);
	}
	return rc;
}
