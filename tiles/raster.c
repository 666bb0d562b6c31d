#include "tiles/raster.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"

enum {
	/*
	 * Ends of edges, and crossings, that may cut a row. What is left of it is then sampled at
	 * 16 heights a row, which errs by at most 1/32 of a pixel at an edge; and at fewer when
	 * thousands of edges meet.
	 */
	CUTS_MAX = 48,
	SPLITS_MAX = 48,
	SAMPLES_A_ROW = 16,
	SAMPLED_EDGES_MAX = 1 << 16,
};

/* Edges that cross by less are taken as touching. */
static const double x_tolerance = 1.0 / 1024;

/* --- memory ----------------------------------------------------------------------------------- */

void raster_clear(struct raster *raster)
{
	edges_clear(&raster->edges);
	scanline_clear(&raster->line);
	free(raster->active);
	free(raster->starts);
	free(raster->sample);
	*raster = (struct raster){0};
}

int raster_init(struct raster *raster, int width, int height, struct error *err)
{
	int rc;

	*raster = (struct raster){0};
	if (width < 1 || height < 1 || width > RASTER_SIDE_MAX || height > RASTER_SIDE_MAX)
		return fail_image_size(err, RASTER_SIDE_MAX);
	rc = edges_init(&raster->edges, width, height, err);
	if (!rc)
		rc = scanline_init(&raster->line, width, err);
	if (rc)
		raster_clear(raster);
	return rc;
}

static bool grow_list(struct edge ***list, size_t room)
{
	struct edge **larger = realloc(*list, room * sizeof **list);

	if (larger)
		*list = larger;
	return larger;
}

/* Room in the lists for all edges. */
static bool reserve_lists(struct raster *raster)
{
	size_t room = raster->edges.room;

	if (room == raster->room)
		return true;
	if (!grow_list(&raster->active, room) || !grow_list(&raster->starts, room) ||
		!grow_list(&raster->sample, room))
		return false;
	raster->room = room;
	return true;
}

/* --- one band --------------------------------------------------------------------------------- */

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
		edge = raster->edges.list + edge->follower;
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
			left = raster->edges.list + left->follower;
		if (right->y_end == y)
			right = raster->edges.list + right->follower;
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
		y = edge_grid_y(top + (bottom - top) * above / (above - below));
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
	struct edge *follower = raster->edges.list + edge->follower;

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

		while (edge->y_end <= bottom && edge->follower != NO_EDGE)
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
		while (edge->y_end <= bottom && edge->follower != NO_EDGE) {
			raster->edges.list[edge->follower].chain_end = edge->chain_end;
			edge = raster->edges.list + edge->follower;
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
			edge = raster->edges.list + edge->follower;
	}
	return corners > CUTS_MAX;
}

/* --- the rows --------------------------------------------------------------------------------- */

/* Takes the chains that start in a row into raster->starts, from the top. */
static void take_starts(struct raster *raster, int row)
{
	raster->start_count = 0;
	for (uint32_t i = raster->edges.row_chains[row]; i != NO_EDGE;
		i = raster->edges.list[i].next)
		raster->starts[raster->start_count++] = raster->edges.list + i;
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
			if (!splits || is_crowded(raster, bottom)) {
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

int raster_fill(struct raster *raster, const struct path *path, struct span_sink sink,
	struct error *err)
{
	struct edges *edges = &raster->edges;
	int rc = path_check(path, err);

	if (!rc)
		rc = edges_read(edges, path, err);
	if (!rc && !reserve_lists(raster))
		rc = fail_no_memory(err);
	if (rc)
		return rc;
	raster->active_count = 0;
	raster->next_end = INFINITY;
	raster->changed = false;
	for (int row = edges->first_row; row <= edges->last_row; row++) {
		take_starts(raster, row);
		if (has_many_ends(raster, row))
			sample_row(raster, row);
		else
			sweep_row(raster, row);
		scanline_emit(&raster->line, row, sink);
	}
	return 0;
}
