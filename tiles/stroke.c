#include "tiles/stroke.h"

#include <math.h>

#include "base/banned.h"
#include "tiles/dash.h"

/* How far arcs may be off, and corners that are drawn simpler than asked. */
static const double tolerance_px = 0.01;

struct vector {
	double x, y;
};

/* A segment of a line: its direction, of length 1, and its length. */
struct segment {
	struct vector way;
	double length_px;
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

void stroker_clear(struct stroker *stroker)
{
	path_clear(&stroker->line);
	path_clear(&stroker->pieces);
	path_clear(&stroker->outline);
}

static struct segment segment_between(struct point from, struct point to)
{
	double x = to.x - from.x, y = to.y - from.y, length = sqrt(x * x + y * y);

	return (struct segment){{x / length, y / length}, length};
}

/* A right angle counter-clockwise on the screen: the left-hand side of a line. */
static struct vector left_of(struct vector way)
{
	return (struct vector){way.y, -way.x};
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

/* The corner of the left-hand sides of two segments. */
static void emit_corner(
	struct tracer *tracer, struct point at, struct vector in, struct vector out, double dot)
{
	emit(tracer, at, left_of((struct vector){in.x + out.x, in.y + out.y}),
		tracer->half_px / (1 + dot));
}

/* Points between `from` and the direction `angle` radians clockwise of it. */
static void emit_arc(struct tracer *tracer, struct point at, struct vector from, double angle)
{
	int steps = (int)ceil(angle / tracer->arc_step);
	double step = angle / fmax(steps, 1), cosine = cos(step), sine = sin(step);

	for (int i = 1; i < steps; i++) {
		from = (struct vector){
			from.x * cosine - from.y * sine, from.y * cosine + from.x * sine};
		emit(tracer, at, from, tracer->half_px);
	}
}

/*
 * The left-hand side of a bend. Where the line turns right that is the wedge of the join. Where
 * it turns left the rectangles of the segments overlap, in a kite that is the same corner as
 * outside. If the kite ends within the nearer half of both, no two kites of a line meet and the
 * outline may cut it off; else it goes through the point itself, which keeps both rectangles
 * whole.
 */
static void emit_bend(struct tracer *tracer, struct point at, const struct segment *before,
	const struct segment *after)
{
	struct vector in = before->way, out = after->way;
	double dot = in.x * out.x + in.y * out.y, cross = in.x * out.y - in.y * out.x;
	double limit = tracer->miter_limit;
	bool corner;

	if (cross < 0) {
		/* How far the kite goes along: to the side's corner or to the other's end. */
		double reach = (dot < 0 ? (dot - 1) / cross : -cross) * tracer->half_px;

		corner = 2 * reach <= before->length_px && 2 * reach <= after->length_px;
	} else {
		bool slight = dot > 0 && cross * cross * tracer->half_px < 8 * tolerance_px;

		corner = slight || (tracer->join == JOIN_MITER && 2 <= limit * limit * (1 + dot));
	}
	if (corner) {
		emit_corner(tracer, at, in, out, dot);
		return;
	}
	emit(tracer, at, left_of(in), tracer->half_px);
	if (cross < 0)
		emit(tracer, at, in, 0);
	else if (tracer->join == JOIN_ROUND)
		emit_arc(tracer, at, left_of(in), fabs(atan2(cross, dot)));
	emit(tracer, at, left_of(out), tracer->half_px);
}

/* The end of an open line, from its left-hand side round to its right. */
static void emit_cap(struct tracer *tracer, struct point at, struct vector way)
{
	struct vector left = left_of(way), right = {-left.x, -left.y};

	if (tracer->cap == CAP_SQUARE) {
		at.x += way.x * tracer->half_px;
		at.y += way.y * tracer->half_px;
	}
	emit(tracer, at, left, tracer->half_px);
	if (tracer->cap == CAP_ROUND)
		emit_arc(tracer, at, left, M_PI);
	emit(tracer, at, right, tracer->half_px);
}

/* A point of the line as it is met forward or backward; rings go round. */
static struct point nth(const struct tracer *tracer, size_t i, bool forward)
{
	if (i >= tracer->count)
		i -= tracer->count;
	return tracer->points[forward ? i : tracer->count - 1 - i];
}

/* The left-hand side, and the cap at the end of a line. */
static void trace_side(struct tracer *tracer, bool forward)
{
	size_t first = tracer->closed ? 0 : 1, end = tracer->count - first;
	struct point at = nth(tracer, first, forward);
	struct segment before =
		segment_between(nth(tracer, first + tracer->count - 1, forward), at);

	for (size_t i = first; i < end; i++) {
		struct point next = nth(tracer, i + 1, forward);
		struct segment after = segment_between(at, next);

		emit_bend(tracer, at, &before, &after);
		before = after;
		at = next;
	}
	if (!tracer->closed)
		emit_cap(tracer, at, before.way);
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

/* Outlines points [start, end) of a path. */
static void trace(
	struct tracer *tracer, const struct path *path, size_t start, size_t end, bool closed)
{
	tracer->points = path->points + start;
	tracer->count = end - start;
	tracer->closed = closed;
	tracer->fresh = true;
	if (tracer->count == 1) {
		trace_dot(tracer);
		return;
	}
	trace_side(tracer, true);
	tracer->fresh = closed; /* a ring has two outlines, a line one round it */
	trace_side(tracer, false);
}

/* Copies a sub-path without the points that repeat others. */
static void read_line(struct path *line, const struct path *path, size_t subpath)
{
	const struct point *points = path->points;
	size_t start = path_start(path, subpath), end = path->subpaths[subpath].end;

	path_reset(line);
	path_move(line, points[start].x, points[start].y);
	for (size_t i = start + 1; i < end; i++)
		path_line_distinct(line, points[i]);
	if (path->subpaths[subpath].closed)
		path_close(line, PATH_AS_DRAWN);
}

const struct path *stroker_outline(struct stroker *stroker, const struct path *path,
	const struct pen *pen, int width, int height)
{
	struct path *line = &stroker->line, *pieces = &stroker->pieces,
		    *outline = &stroker->outline;
	double half_px = fmin(pen->width_px, PEN_WIDTH_MAX_PX) / 2;
	struct tracer tracer = {.cap = pen->cap,
		.join = pen->join,
		.half_px = half_px,
		.miter_limit = fmin(pen->miter_limit, PEN_MITER_LIMIT_MAX),
		.arc_step = sqrt(8 * tolerance_px / half_px),
		.out = outline};
	double margin = half_px * fmax(tracer.miter_limit, 2) + 1;
	struct window window = {-margin, -margin, width + margin, height + margin};
	struct dasher dasher = dasher_start(pen, &window, pieces);

	path_reset(outline);
	if (!isfinite(pen->width_px))
		outline->failed = ERR_INVALID;
	for (size_t i = 0; i < path->subpath_count && half_px > 0 && !outline->failed; i++) {
		bool closed = path->subpaths[i].closed;

		read_line(line, path, i);
		if (!line->failed && !dasher_cut(&dasher, line, closed)) {
			trace(&tracer, line, 0, line->point_count, closed);
			continue;
		}
		outline->failed = line->failed ? line->failed : pieces->failed;
		for (size_t k = 0; k < pieces->subpath_count && !outline->failed; k++)
			trace(&tracer, pieces, path_start(pieces, k), pieces->subpaths[k].end,
				false);
	}
	return outline;
}
