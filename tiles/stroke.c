#include "tiles/stroke.h"

#include <math.h>

#include "base/banned.h"

/* Nearer points are one: cairo's grid too. Shorter segments have no direction worth drawing. */
static const double nearest_px = 1.0 / 256;

/* How far arcs and skipped joins may be off. */
static const double tolerance_px = 0.01;

/* Dashes whose round is shorter are drawn as a whole line: they could not be told apart. */
static const double dash_round_min_px = 0.25;

struct vector {
	double x, y;
};

/* A line or ring of distinct points, and how to outline it. */
struct tracer {
	const struct point *points;
	size_t count;
	bool closed;
	enum pen_cap cap;
	enum pen_join join;
	double half_px; /* of the width */
	double miter_limit;
	double arc_step; /* radians that keep an arc within the tolerance */
	struct path *out;
	bool fresh; /* the next point begins a contour */
};

/* Where lines can be seen at all. */
struct window {
	double left, top, right, bottom;
};

void stroker_clear(struct stroker *stroker)
{
	path_clear(&stroker->line);
	path_clear(&stroker->pieces);
	path_clear(&stroker->outline);
}

/* --- outlines --------------------------------------------------------------------------------- */

static struct vector direction(struct point from, struct point to)
{
	double x = to.x - from.x, y = to.y - from.y, length = sqrt(x * x + y * y);

	return (struct vector){x / length, y / length};
}

/* A right angle clockwise on the screen: the right-hand side of a line. */
static struct vector right_of(struct vector d)
{
	return (struct vector){-d.y, d.x};
}

static void emit(struct tracer *tracer, struct point at, struct vector way, double distance)
{
	double x = at.x + way.x * distance, y = at.y + way.y * distance;

	if (tracer->fresh)
		path_move(tracer->out, x, y);
	else
		path_line(tracer->out, x, y);
	tracer->fresh = false;
}

/* The corner of two sides that bend at a point. */
static void emit_corner(struct tracer *tracer, struct point at, struct vector right,
	struct vector next_right, double dot)
{
	emit(tracer, at, (struct vector){right.x + next_right.x, right.y + next_right.y},
		tracer->half_px / (1 + dot));
}

/* Points between `from` and the direction `angle` radians counter-clockwise of it. */
static void emit_arc(struct tracer *tracer, struct point at, struct vector from, double angle)
{
	int steps = (int)ceil(angle / tracer->arc_step);
	double cosine = cos(angle / fmax(steps, 1)), sine = sin(angle / fmax(steps, 1));

	for (int i = 1; i < steps; i++) {
		from = (struct vector){
			from.x * cosine + from.y * sine, from.y * cosine - from.x * sine};
		emit(tracer, at, from, tracer->half_px);
	}
}

/* The right-hand side at a point where the line turns left: the wedge of the join. */
static void emit_outer(
	struct tracer *tracer, struct point at, struct vector in, struct vector out)
{
	struct vector right = right_of(in), next_right = right_of(out);
	double dot = in.x * out.x + in.y * out.y, cross = in.x * out.y - in.y * out.x;
	double limit = tracer->miter_limit;
	bool slight = dot > 0 && cross * cross * tracer->half_px < 8 * tolerance_px;

	if (slight || (tracer->join == JOIN_MITER && 2 <= limit * limit * (1 + dot))) {
		emit_corner(tracer, at, right, next_right, dot);
		return;
	}
	emit(tracer, at, right, tracer->half_px);
	if (tracer->join == JOIN_ROUND)
		emit_arc(tracer, at, right, fabs(atan2(cross, dot)));
	emit(tracer, at, next_right, tracer->half_px);
}

/*
 * The right-hand side where the line turns right. The rectangles of the two segments overlap
 * there, in a kite that is the same corner as outside. Where the kite ends within the nearer half
 * of both, no two kites of a line meet and the outline may cut it off; else it goes through the
 * point itself, which keeps both rectangles whole.
 */
static void emit_inner(struct tracer *tracer, struct point at, struct vector in,
	struct vector out, double shorter_px)
{
	struct vector right = right_of(in), next_right = right_of(out);
	double dot = in.x * out.x + in.y * out.y, cross = in.x * out.y - in.y * out.x;
	/* How far the kite goes along the segments: to the side's corner or to the other's end. */
	double reach = dot < 0 ? (1 - dot) / cross : cross;

	if (reach * tracer->half_px <= shorter_px / 2) {
		emit_corner(tracer, at, right, next_right, dot);
		return;
	}
	emit(tracer, at, right, tracer->half_px);
	emit(tracer, at, right, 0);
	emit(tracer, at, next_right, tracer->half_px);
}

static double distance(struct point a, struct point b)
{
	return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

static void emit_join(
	struct tracer *tracer, struct point before, struct point at, struct point after)
{
	struct vector in = direction(before, at), out = direction(at, after);

	if (in.x * out.y - in.y * out.x > 0)
		emit_inner(tracer, at, in, out, fmin(distance(before, at), distance(at, after)));
	else
		emit_outer(tracer, at, in, out);
}

/* The end of an open line, from its right-hand side round to its left. */
static void emit_cap(struct tracer *tracer, struct point at, struct vector way)
{
	struct vector right = right_of(way), left = {-right.x, -right.y};

	if (tracer->cap == CAP_SQUARE) {
		at.x += way.x * tracer->half_px;
		at.y += way.y * tracer->half_px;
	}
	emit(tracer, at, right, tracer->half_px);
	if (tracer->cap == CAP_ROUND)
		emit_arc(tracer, at, right, M_PI);
	emit(tracer, at, left, tracer->half_px);
}

/* A point of the line as it is met forward or backward; rings go round. */
static struct point nth(const struct tracer *tracer, size_t i, bool forward)
{
	if (i >= tracer->count)
		i -= tracer->count;
	return tracer->points[forward ? i : tracer->count - 1 - i];
}

/* The right-hand side and the cap at the end. */
static void trace_side(struct tracer *tracer, bool forward)
{
	size_t count = tracer->count, first = tracer->closed ? 0 : 1;

	for (size_t i = first; i < count - first; i++)
		emit_join(tracer, nth(tracer, i + count - 1, forward), nth(tracer, i, forward),
			nth(tracer, i + 1, forward));
	if (!tracer->closed) {
		struct point last = nth(tracer, count - 1, forward);

		emit_cap(tracer, last, direction(nth(tracer, count - 2, forward), last));
	}
}

/* A line without length is its caps: a dot, a square, or nothing. */
static void trace_dot(struct tracer *tracer)
{
	struct vector east = {1, 0}, west = {-1, 0};

	if (tracer->cap == CAP_BUTT)
		return;
	emit_cap(tracer, tracer->points[0], east);
	emit_cap(tracer, tracer->points[0], west);
}

static void trace(struct tracer *tracer)
{
	tracer->fresh = true;
	if (tracer->count == 1) {
		trace_dot(tracer);
		return;
	}
	trace_side(tracer, true);
	tracer->fresh = tracer->closed; /* a ring has two outlines, a line one round it */
	trace_side(tracer, false);
}

/* --- dashes and clipping ---------------------------------------------------------------------- */

/* The part [*ret_from, *ret_to] of a segment, in shares of it, inside the window. */
static bool clip_segment(const struct window *window, struct point a, struct point b,
	double *ret_from, double *ret_to)
{
	double dx = b.x - a.x, dy = b.y - a.y, from = 0, to = 1;
	const double way[] = {-dx, dx, -dy, dy};
	const double room[] = {
		a.x - window->left, window->right - a.x, a.y - window->top, window->bottom - a.y};

	for (int side = 0; side < 4; side++) {
		double share = room[side] / way[side];

		if (way[side] == 0) {
			if (room[side] < 0)
				return false;
		} else if (way[side] < 0) {
			from = fmax(from, share);
		} else {
			to = fmin(to, share);
		}
	}
	*ret_from = from;
	*ret_to = to;
	return from < to;
}

/* Adds a point to the last sub-path unless it is where that ends already. */
static void add_distinct(struct path *path, struct point at)
{
	struct point last = path->points[path->point_count - 1];

	if (fabs(at.x - last.x) >= nearest_px || fabs(at.y - last.y) >= nearest_px)
		path_line(path, at.x, at.y);
}

/* Where the pen is in its dashes as it goes along a line. */
struct dasher {
	const struct pen *pen;
	double round_px; /* after which they repeat; 0: a whole line */
	size_t dash;
	double left_px; /* of the dash */
	bool on;
	bool down; /* the last sub-path of `out` is still being drawn */
	const struct window *window;
	struct path *out;
};

/* A dash without length is a dot, but needs a little to know where it points. */
static double dash_px(const struct pen *pen, size_t dash)
{
	return fmax(pen->dashes_px[dash], 2 * nearest_px);
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
	if (!dasher->round_px)
		return;
	length_px = fmod(length_px, dasher->round_px);
	while (length_px >= dasher->left_px) {
		length_px -= dasher->left_px;
		next_dash(dasher);
	}
	dasher->left_px -= length_px;
}

/* Puts the pen where it is on the segment: the start of a dash, or further along one. */
static void draw_to(struct dasher *dasher, struct point at)
{
	if (dasher->down && !dasher->out->failed)
		add_distinct(dasher->out, at);
	else
		path_move(dasher->out, at.x, at.y);
	dasher->down = true;
}

static struct point along(struct point a, struct point b, double share)
{
	return (struct point){a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

static void dash_segment(struct dasher *dasher, struct point a, struct point b)
{
	double length = distance(a, b), from, to, at_px, end_px;

	if (!clip_segment(dasher->window, a, b, &from, &to)) {
		skip(dasher, length);
		return;
	}
	if (from > 0)
		skip(dasher, from * length);
	at_px = from * length;
	end_px = to * length;
	if (dasher->on)
		draw_to(dasher, along(a, b, from));
	while (dasher->round_px && dasher->left_px <= end_px - at_px && !dasher->out->failed) {
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
		side_px = distance(ring[i], ring[i + 1 < count ? i + 1 : 0]);
	}
	*ret_before = i;
	return along(ring[i], ring[i + 1 < count ? i + 1 : 0], fmin(way_px / side_px, 1));
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
	dash_segment(dasher, split, ring[before + 1 < count ? before + 1 : 0]);
	for (size_t i = before + 1; i < count; i++)
		dash_segment(dasher, ring[i], ring[i + 1 < count ? i + 1 : 0]);
	if (start.on) {
		bool joined = dasher->on && dasher->down;

		*dasher = start;
		dasher->down = joined;
		for (size_t i = 0; i < before; i++)
			dash_segment(dasher, ring[i], ring[i + 1]);
		dash_segment(dasher, ring[before], split);
	}
}

static bool in_window(const struct window *window, struct point at)
{
	return at.x >= window->left && at.x <= window->right && at.y >= window->top &&
	       at.y <= window->bottom;
}

/* A ring without dashes, of which some point lies outside: it is taken up there. */
static void clip_ring(struct dasher *dasher, const struct point *ring, size_t count)
{
	size_t first = 0;

	while (first + 1 < count && in_window(dasher->window, ring[first]))
		first++;
	for (size_t i = first; i < first + count; i++)
		dash_segment(dasher, ring[i % count], ring[(i + 1) % count]);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The dashes as they stand where a line begins. */
static struct dasher start_dashes(const struct pen *pen)
{
	struct dasher dasher = {.pen = pen, .on = true};
	double start_px;

	for (size_t i = 0; pen->dashes_px && i < pen->dash_count; i++)
		dasher.round_px += dash_px(pen, i);
	if (pen->dash_count % 2)
		dasher.round_px *= 2;
	if (dasher.round_px < dash_round_min_px) {
		dasher.round_px = 0;
		return dasher;
	}
	dasher.left_px = dash_px(pen, 0);
	start_px = fmod(pen->dash_start_px, dasher.round_px);
	skip(&dasher, start_px < 0 ? start_px + dasher.round_px : start_px);
	return dasher;
}

/* Copies a sub-path without the points that repeat others. */
static void read_line(struct path *line, const struct path *path, size_t subpath)
{
	const struct point *points = path->points;
	size_t start = path_start(path, subpath), end = path->subpaths[subpath].end;

	path_reset(line);
	path_move(line, points[start].x, points[start].y);
	for (size_t i = start + 1; i < end && !line->failed; i++)
		add_distinct(line, points[i]);
	if (!path->subpaths[subpath].closed)
		return;
	while (line->point_count > 1 &&
		distance(points[start], line->points[line->point_count - 1]) < nearest_px)
		line->point_count--;
}

static double line_length(const struct path *line, bool closed)
{
	const struct point *points = line->points;
	double length = closed ? distance(points[0], points[line->point_count - 1]) : 0;

	for (size_t i = 0; i + 1 < line->point_count; i++)
		length += distance(points[i], points[i + 1]);
	return length;
}

/* Clips and dashes a line or ring of at least two points. */
static void cut_line(struct dasher *dasher, const struct path *line, bool closed)
{
	const struct point *points = line->points;
	size_t count = line->point_count;

	path_reset(dasher->out);
	if (closed && dasher->round_px) {
		dash_ring(dasher, points, count);
	} else if (closed) {
		clip_ring(dasher, points, count);
	} else {
		for (size_t i = 0; i + 1 < count; i++)
			dash_segment(dasher, points[i], points[i + 1]);
	}
}

/* Outlines the sub-path in stroker->line; `dasher` stands at its start. */
static void trace_line(
	struct stroker *stroker, struct tracer *tracer, struct dasher dasher, bool closed)
{
	const struct path *line = &stroker->line, *pieces = &stroker->pieces;
	bool seen = true;

	for (size_t i = 0; i < line->point_count && seen; i++)
		seen = in_window(dasher.window, line->points[i]);
	if (dasher.round_px && dasher.on && dasher.left_px >= line_length(line, closed))
		dasher.round_px = 0; /* one dash is longer than the line */
	tracer->points = line->points;
	tracer->count = line->point_count;
	tracer->closed = closed;
	if (line->point_count == 1 || (seen && !dasher.round_px)) {
		if (seen)
			trace(tracer);
		return;
	}
	cut_line(&dasher, line, closed);
	tracer->closed = false;
	for (size_t i = 0; i < pieces->subpath_count && !pieces->failed; i++) {
		size_t start = path_start(pieces, i);

		tracer->points = pieces->points + start;
		tracer->count = pieces->subpaths[i].end - start;
		trace(tracer);
	}
	if (pieces->failed)
		stroker->outline.failed = pieces->failed;
}

const struct path *stroker_outline(struct stroker *stroker, const struct path *path,
	const struct pen *pen, int width, int height)
{
	double half_px = fmin(pen->width_px, PEN_WIDTH_MAX_PX) / 2;
	struct tracer tracer = {.cap = pen->cap, .join = pen->join, .half_px = half_px,
		.miter_limit = fmin(pen->miter_limit, PEN_MITER_LIMIT_MAX),
		.arc_step = sqrt(8 * tolerance_px / half_px), .out = &stroker->outline};
	double margin = half_px * fmax(tracer.miter_limit, 2) + 1;
	struct window window = {-margin, -margin, width + margin, height + margin};
	struct dasher dasher = start_dashes(pen);

	dasher.window = &window;
	dasher.out = &stroker->pieces;
	path_reset(&stroker->outline);
	if (!isfinite(pen->width_px) || !isfinite(pen->dash_start_px))
		stroker->outline.failed = ERR_INVALID;
	if (half_px <= 0)
		return &stroker->outline;
	for (size_t i = 0; i < path->subpath_count && !stroker->outline.failed; i++) {
		read_line(&stroker->line, path, i);
		if (stroker->line.failed)
			stroker->outline.failed = stroker->line.failed;
		else
			trace_line(stroker, &tracer, dasher, path->subpaths[i].closed);
	}
	return &stroker->outline;
}
