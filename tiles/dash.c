#include "tiles/dash.h"

#include <math.h>

#include "base/banned.h"

/* Dashes whose round is shorter are drawn as a whole line: they could not be told apart. */
static const double round_min_px = 0.25;

/* A dash without length is a dot, but needs a little to know where it points. */
static const double dash_min_px = 2 * PATH_NEAREST_PX;

static double distance(struct point a, struct point b)
{
	return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

static struct point along(struct point a, struct point b, double share)
{
	return (struct point){a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

static bool in_window(const struct window *window, struct point at)
{
	return at.x >= window->left && at.x <= window->right && at.y >= window->top &&
	       at.y <= window->bottom;
}

/* The part [*ret_from, *ret_to] of a segment, in shares of it, inside the window. */
static bool clip_segment(const struct window *window, struct point a, struct point b,
	double *ret_from, double *ret_to)
{
	double dx = b.x - a.x, dy = b.y - a.y, from = 0, to = 1;
	const double way[] = {-dx, dx, -dy, dy};
	const double room[] = {
		a.x - window->left, window->right - a.x, a.y - window->top, window->bottom - a.y};

	for (int side = 0; side < 4; side++) {
		if (way[side] == 0) {
			if (room[side] < 0)
				return false;
		} else if (way[side] < 0) {
			from = fmax(from, room[side] / way[side]);
		} else {
			to = fmin(to, room[side] / way[side]);
		}
	}
	*ret_from = from;
	*ret_to = to;
	return from < to;
}

static double dash_px(const struct pen *pen, size_t dash)
{
	return fmax(pen->dashes_px[dash], dash_min_px);
}

static void next_dash(struct dasher *dasher)
{
	dasher->dash = (dasher->dash + 1) % dasher->pen->dash_count;
	dasher->left_px = dash_px(dasher->pen, dasher->dash);
	dasher->on = !dasher->on;
}

/* Goes on without drawing. */
static void skip(struct dasher *dasher, double length_px)
{
	dasher->down = false;
	if (dasher->round_px == 0)
		return;
	length_px = fmod(length_px, dasher->round_px);
	while (length_px >= dasher->left_px) {
		length_px -= dasher->left_px;
		next_dash(dasher);
	}
	dasher->left_px -= length_px;
}

struct dasher dasher_start(const struct pen *pen, const struct window *window, struct path *out)
{
	struct dasher dasher = {.pen = pen, .window = *window, .out = out, .on = true};
	double start_px;

	for (size_t i = 0; pen->dashes_px && i < pen->dash_count; i++)
		dasher.round_px += dash_px(pen, i);
	if (dasher.round_px < round_min_px || !isfinite(pen->dash_start_px)) {
		dasher.round_px = 0;
		return dasher;
	}
	if (pen->dash_count % 2)
		dasher.round_px *= 2;
	dasher.left_px = dash_px(pen, 0);
	start_px = fmod(pen->dash_start_px, dasher.round_px);
	skip(&dasher, start_px < 0 ? start_px + dasher.round_px : start_px);
	return dasher;
}

/* Begins a piece here, or goes on with it. */
static void draw_to(struct dasher *dasher, struct point at)
{
	if (dasher->down)
		path_line_distinct(dasher->out, at);
	else
		path_move(dasher->out, at.x, at.y);
	dasher->down = true;
}

static void dash_segment(struct dasher *dasher, struct point a, struct point b)
{
	double length = distance(a, b), from, to, at_px, end_px;

	if (!clip_segment(&dasher->window, a, b, &from, &to)) {
		skip(dasher, length);
		return;
	}
	if (from > 0)
		skip(dasher, from * length);
	at_px = from * length;
	end_px = to * length;
	if (dasher->on)
		draw_to(dasher, along(a, b, from));
	while (dasher->round_px > 0 && dasher->left_px <= end_px - at_px && !dasher->out->failed) {
		at_px += dasher->left_px;
		if (dasher->on)
			draw_to(dasher, along(a, b, at_px / length));
		next_dash(dasher);
		dasher->down = false;
		if (dasher->on)
			draw_to(dasher, along(a, b, at_px / length));
	}
	dasher->left_px -= end_px - at_px;
	if (dasher->on)
		draw_to(dasher, along(a, b, to));
	if (to < 1)
		skip(dasher, (1 - to) * length);
}

/* The point a way along a ring, and the index of the ring's point before it. */
static struct point ring_point(
	const struct point *ring, size_t count, double way_px, size_t *ret_before)
{
	size_t i = 0;
	double side_px = distance(ring[0], ring[1]);

	while (i + 1 < count && way_px > side_px) {
		way_px -= side_px;
		i++;
		side_px = distance(ring[i], ring[(i + 1) % count]);
	}
	*ret_before = i;
	return along(ring[i], ring[(i + 1) % count], fmin(way_px / side_px, 1));
}

/*
 * A dash that begins at the first point of a ring is drawn last, so that it is joined to the one
 * that ends there.
 */
static void dash_ring(struct dasher *dasher, const struct point *ring, size_t count)
{
	const struct dasher start = *dasher;
	struct point split = ring[0];
	size_t before = 0;

	if (start.on) {
		split = ring_point(ring, count, start.left_px, &before);
		skip(dasher, start.left_px);
	}
	dash_segment(dasher, split, ring[(before + 1) % count]);
	for (size_t i = before + 1; i < count; i++)
		dash_segment(dasher, ring[i], ring[(i + 1) % count]);
	if (start.on) {
		bool joined = dasher->on && dasher->down;

		*dasher = start;
		dasher->down = joined;
		for (size_t i = 0; i < before; i++)
			dash_segment(dasher, ring[i], ring[i + 1]);
		dash_segment(dasher, ring[before], split);
	}
}

/* A ring without dashes, of which some point lies outside: it is taken up there. */
static void clip_ring(struct dasher *dasher, const struct point *ring, size_t count)
{
	size_t first = 0;

	while (first + 1 < count && in_window(&dasher->window, ring[first]))
		first++;
	for (size_t i = first; i < first + count; i++)
		dash_segment(dasher, ring[i % count], ring[(i + 1) % count]);
}

static double line_length(const struct path *line, bool closed)
{
	const struct point *points = line->points;
	double length = closed ? distance(points[0], points[line->point_count - 1]) : 0;

	for (size_t i = 0; i + 1 < line->point_count; i++)
		length += distance(points[i], points[i + 1]);
	return length;
}

bool dasher_cut(const struct dasher *start, const struct path *line, bool closed)
{
	struct dasher dasher = *start;
	const struct point *points = line->points;
	size_t count = line->point_count;
	bool seen = true;

	for (size_t i = 0; i < count && seen; i++)
		seen = in_window(&dasher.window, points[i]);
	if (dasher.round_px > 0 && dasher.on && dasher.left_px >= line_length(line, closed))
		dasher.round_px = 0;
	if (seen && dasher.round_px == 0)
		return false;
	path_reset(dasher.out);
	if (count == 1) {
		if (seen)
			path_move(dasher.out, points[0].x, points[0].y);
	} else if (closed && dasher.round_px > 0) {
		dash_ring(&dasher, points, count);
	} else if (closed) {
		clip_ring(&dasher, points, count);
	} else {
		for (size_t i = 0; i + 1 < count; i++)
			dash_segment(&dasher, points[i], points[i + 1]);
	}
	return true;
}
