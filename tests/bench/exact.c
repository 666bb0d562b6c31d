#include "tests/bench/exact.h"

#include <math.h>

enum { PIECES_MAX = 2000, POINTS_MAX = 64 };

/* A line or ring, or a dash of it. */
struct piece {
	struct point points[POINTS_MAX];
	int count;
	bool closed;
};

static struct point minus(struct point a, struct point b)
{
	return (struct point){a.x - b.x, a.y - b.y};
}

static double dot(struct point a, struct point b)
{
	return a.x * b.x + a.y * b.y;
}

static double cross(struct point a, struct point b)
{
	return a.x * b.y - a.y * b.x;
}

static double length(struct point a)
{
	return hypot(a.x, a.y);
}

static struct point unit(struct point a)
{
	return (struct point){a.x / length(a), a.y / length(a)};
}

static bool same(struct point a, struct point b)
{
	return length(minus(a, b)) < 1e-9;
}

static bool in_fill(const struct path *path, struct point at)
{
	int winding = 0;

	for (size_t i = 0, start = 0; i < path->subpath_count; start = path->subpaths[i++].end) {
		size_t end = path->subpaths[i].end;

		for (size_t k = start; k < end; k++) {
			struct point a = path->points[k];
			struct point b = path->points[k + 1 < end ? k + 1 : start];
			double side = cross(minus(b, a), minus(at, a));

			if (a.y <= at.y && b.y > at.y && side > 0)
				winding++;
			else if (b.y <= at.y && a.y > at.y && side < 0)
				winding--;
		}
	}
	return winding != 0;
}

/* --- strokes ---------------------------------------------------------------------------------- */

static bool in_rectangle(struct point a, struct point b, double half, struct point at)
{
	struct point way = unit(minus(b, a));
	double along = dot(minus(at, a), way), aside = cross(way, minus(at, a));

	return along >= 0 && along <= length(minus(b, a)) && fabs(aside) <= half;
}

static bool in_cap(
	const struct pen *pen, struct point end, struct point way, double half, struct point at)
{
	struct point from = minus(at, end);
	double along = dot(from, way), aside = fabs(cross(way, from));

	switch (pen->cap) {
	case CAP_ROUND:
		return along >= 0 && length(from) <= half;
	case CAP_SQUARE:
		return along >= 0 && along <= half && aside <= half;
	default:
		return false;
	}
}

/* The wedge outside a bend between the ends of the two rectangles. */
static bool in_join(const struct pen *pen, struct point corner, struct point in, struct point out,
	double half, struct point at)
{
	struct point from = minus(at, corner);
	double turn = cross(in, out), cosine = dot(in, out);
	double side = turn > 0 ? -1 : 1; /* of the bend's outside: +1 right of the way */
	struct point n1 = {-in.y * side, in.x * side}, n2 = {-out.y * side, out.x * side};
	/* Within the wedge: ahead of the first rectangle's end, behind the second's start. */
	bool between = dot(from, in) >= 0 && dot(from, out) <= 0;
	double limit = fmin(pen->miter_limit, PEN_MITER_LIMIT_MAX);
	double straight = half * sqrt((1 + cosine) / 2);
	struct point middle = {n1.x + n2.x, n1.y + n2.y};

	if (pen->join == JOIN_ROUND)
		return between && length(from) <= half;
	if (!between || cosine < -1 + 1e-12)
		return false;
	if (pen->join == JOIN_MITER && 2 <= limit * limit * (1 + cosine))
		return dot(from, n1) <= half && dot(from, n2) <= half && dot(from, middle) >= 0;
	return dot(from, unit(middle)) >= 0 && dot(from, unit(middle)) <= straight;
}

static bool in_piece(const struct piece *piece, const struct pen *pen, struct point at)
{
	double half = pen->width_px / 2;
	int count = piece->count, last = count - 1;
	const struct point *p = piece->points;

	if (count == 1) {
		struct point east = {1, 0}, west = {-1, 0};

		return in_cap(pen, p[0], east, half, at) || in_cap(pen, p[0], west, half, at);
	}
	for (int i = 0; i < count - !piece->closed; i++) {
		if (in_rectangle(p[i], p[(i + 1) % count], half, at))
			return true;
	}
	for (int i = piece->closed ? 0 : 1; i < count - !piece->closed; i++) {
		struct point before = p[(i + count - 1) % count], after = p[(i + 1) % count];

		if (in_join(pen, p[i], unit(minus(p[i], before)), unit(minus(after, p[i])), half,
			    at))
			return true;
	}
	return !piece->closed &&
	       (in_cap(pen, p[0], unit(minus(p[0], p[1])), half, at) ||
		       in_cap(pen, p[last], unit(minus(p[last], p[last - 1])), half, at));
}

/* --- dashes ----------------------------------------------------------------------------------- */

static struct point along_line(const struct piece *line, const double *ways, double way)
{
	int side = 0, sides = line->count - !line->closed;
	struct point a, b;
	double share;

	while (side + 1 < sides && ways[side + 1] < way)
		side++;
	a = line->points[side];
	b = line->points[(side + 1) % line->count];
	share = (way - ways[side]) / (ways[side + 1] - ways[side]);
	return (struct point){a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

/* The piece of a line between two ways along it; a ring goes on after its last way. */
static struct piece cut(const struct piece *line, const double *ways, double from, double to)
{
	int sides = line->count - !line->closed;
	double whole = ways[sides];
	struct piece piece = {.count = 0};

	piece.points[piece.count++] = along_line(line, ways, from);
	for (int i = 0; i <= 2 * sides && piece.count + 1 < POINTS_MAX; i++) {
		double way = i <= sides ? ways[i] : whole + ways[i - sides];

		if (way > from + 1e-9 && way < to - 1e-9)
			piece.points[piece.count++] = line->points[i % sides % line->count];
	}
	piece.points[piece.count++] = along_line(line, ways, to > whole ? to - whole : to);
	return piece;
}

/* Whether the piece can reach the pixel at all. */
static bool is_near(const struct piece *piece, const struct pen *pen, int x, int y)
{
	double reach = pen->width_px / 2 * fmax(pen->miter_limit, 2) + 2;
	struct point least = piece->points[0], most = least;

	for (int i = 1; i < piece->count; i++) {
		least.x = fmin(least.x, piece->points[i].x);
		least.y = fmin(least.y, piece->points[i].y);
		most.x = fmax(most.x, piece->points[i].x);
		most.y = fmax(most.y, piece->points[i].y);
	}
	return least.x - reach < x && most.x + reach > x && least.y - reach < y &&
	       most.y + reach > y;
}

struct pieces {
	struct piece list[PIECES_MAX];
	int count;
};

static void add_piece(
	struct pieces *pieces, const struct piece *piece, const struct pen *pen, int x, int y)
{
	if (pieces->count < PIECES_MAX && is_near(piece, pen, x, y))
		pieces->list[pieces->count++] = *piece;
}

static void dash(
	struct pieces *pieces, const struct piece *line, const struct pen *pen, int x, int y)
{
	int sides = line->count - !line->closed;
	double ways[POINTS_MAX + 1] = {0}, way, first_end = 0;
	size_t dash = 0;

	for (int i = 0; i < sides; i++)
		ways[i + 1] = ways[i] +
			      length(minus(line->points[(i + 1) % line->count], line->points[i]));
	/* The dash in which the line begins: it began at `way`, before the line. */
	for (way = -pen->dash_start_px; way + pen->dashes_px[dash % pen->dash_count] <= 0; dash++)
		way += pen->dashes_px[dash % pen->dash_count];
	if (line->closed && dash % 2 == 0)
		first_end = way + pen->dashes_px[dash % pen->dash_count];
	if (first_end >= ways[sides]) {
		add_piece(pieces, line, pen, x, y);
		return;
	}
	for (; way < ways[sides]; dash++) {
		double end = way + pen->dashes_px[dash % pen->dash_count];
		struct piece piece;

		if (dash % 2 == 0 && (way > 0 || !first_end)) {
			/* On a ring the first dash goes on from the last. */
			double to = end >= ways[sides] ? ways[sides] + first_end : end;

			piece = cut(line, ways, fmax(way, 0), to);
			add_piece(pieces, &piece, pen, x, y);
		}
		if (first_end && end >= ways[sides] && dash % 2 == 1) {
			piece = cut(line, ways, 0, first_end);
			add_piece(pieces, &piece, pen, x, y);
		}
		way = end;
	}
}

static struct piece whole_line(const struct path *path, size_t subpath)
{
	size_t start = path_start(path, subpath), end = path->subpaths[subpath].end;
	struct piece line = {.closed = path->subpaths[subpath].closed};

	for (size_t i = start; i < end && line.count < POINTS_MAX; i++) {
		if (!line.count || !same(path->points[i], line.points[line.count - 1]))
			line.points[line.count++] = path->points[i];
	}
	while (line.closed && line.count > 1 && same(line.points[0], line.points[line.count - 1]))
		line.count--;
	return line;
}

static void find_pieces(
	struct pieces *pieces, const struct path *path, const struct pen *pen, int x, int y)
{
	pieces->count = 0;
	for (size_t i = 0; i < path->subpath_count; i++) {
		struct piece line = whole_line(path, i);

		if (pen->dashes_px && line.count > 1)
			dash(pieces, &line, pen, x, y);
		else
			add_piece(pieces, &line, pen, x, y);
	}
}

double exact_share(const struct path *path, const struct pen *pen, int x, int y)
{
	static struct pieces pieces;
	int covered = 0;

	if (pen)
		find_pieces(&pieces, path, pen, x, y);
	for (int i = 0; i < EXACT_SAMPLES * EXACT_SAMPLES; i++) {
		struct point at = {x + (i % EXACT_SAMPLES + 0.5) / EXACT_SAMPLES,
			y + (i / EXACT_SAMPLES + 0.5) / EXACT_SAMPLES};
		bool in = !pen && in_fill(path, at);

		for (int k = 0; pen && !in && k < pieces.count; k++)
			in = in_piece(pieces.list + k, pen, at);
		covered += in;
	}
	return covered / (double)(EXACT_SAMPLES * EXACT_SAMPLES);
}
