#include "gis/sample_loop.h"

#include <stdlib.h>

#include "base/banned.h"

enum {
	/* A line through more edges than this is no line to cut along. */
	CHORD_HITS_MAX = 64,
	/* Directions tried for a frame; of a longer ring every second or third edge will do. */
	FRAME_EDGES_MAX = 40,
};

static const double graze_m = 0.03;  /* a ray this near to a corner hits neither of its edges */
static const double sharpest = 0.96; /* cosine of the least angle between a cut and an edge */
static const double touch_m = 0.25;  /* a corner this near to a cut would all but touch it */

void sample_loop_clear(struct sample_loop *loop)
{
	free(loop->corners);
	*loop = SAMPLE_LOOP;
}

static bool add_corner(struct sample_loop *loop, struct sample_corner corner)
{
	if (loop->count == loop->room) {
		size_t room = loop->room ? loop->room * 2 : 64;
		struct sample_corner *larger = realloc(loop->corners, room * sizeof *larger);

		if (!larger)
			return false;
		loop->corners = larger;
		loop->room = room;
	}
	loop->corners[loop->count++] = corner;
	return true;
}

bool sample_loop_read(struct sample_loop *loop, struct sample_mesh *mesh, int32_t face)
{
	int32_t first = mesh->faces[face].half, half = first;
	struct sample_spot origin = sample_mesh_spot(mesh, first);
	double twice = 0;

	loop->count = 0;
	loop->face = face;
	do {
		struct sample_spot at = sample_mesh_spot(mesh, half);

		if (!add_corner(loop, (struct sample_corner){at, half})) {
			mesh->failed = true;
			return false;
		}
		half = mesh->halves[half].next;
		twice += spot_cross(
			spot_minus(at, origin), spot_minus(sample_mesh_spot(mesh, half), origin));
	} while (half != first);
	loop->area_m2 = twice / 2;
	return true;
}

static struct sample_frame frame_along(const struct sample_loop *loop, struct sample_spot way)
{
	struct sample_frame frame = {way, INFINITY, -INFINITY, INFINITY, -INFINITY};

	for (size_t i = 0; i < loop->count; i++) {
		double u = spot_dot(loop->corners[i].at, way);
		double v = spot_cross(way, loop->corners[i].at);

		frame.low_u = u < frame.low_u ? u : frame.low_u;
		frame.high_u = u > frame.high_u ? u : frame.high_u;
		frame.low_v = v < frame.low_v ? v : frame.low_v;
		frame.high_v = v > frame.high_v ? v : frame.high_v;
	}
	return frame;
}

struct sample_frame sample_loop_frame(const struct sample_loop *loop)
{
	struct sample_frame best = {{1, 0}, 0, 0, 0, 0};
	double least = INFINITY;
	size_t stride = loop->count / FRAME_EDGES_MAX + 1;

	for (size_t i = 0; i < loop->count; i += stride) {
		struct sample_frame frame = frame_along(loop, sample_loop_way(loop, i));
		double area = (frame.high_u - frame.low_u) * (frame.high_v - frame.low_v);

		if (area < least) {
			least = area;
			best = frame;
		}
	}
	if (best.high_u - best.low_u < best.high_v - best.low_v)
		best = frame_along(loop, spot_left(best.way));
	return best;
}

struct sample_spot sample_frame_spot(const struct sample_frame *frame, double u, double v)
{
	return spot_along(spot_times(frame->way, u), spot_left(frame->way), v);
}

bool sample_loop_covers(const struct sample_loop *loop, struct sample_spot at)
{
	bool inside = false;

	for (size_t i = 0; i < loop->count; i++) {
		struct sample_spot a = loop->corners[i].at, b = sample_loop_end(loop, i);

		if ((a.n <= at.n) != (b.n <= at.n) &&
			(spot_cross(spot_minus(b, a), spot_minus(at, a)) > 0) == (b.n > a.n))
			inside = !inside;
	}
	return inside;
}

/* True if the segment a..b comes within reach_m of a spot. */
static bool comes_near(
	struct sample_spot a, struct sample_spot b, struct sample_spot at, double reach_m)
{
	struct sample_spot foot;
	double part;

	/* Most segments are far away, and need no root to tell. */
	if ((a.e > at.e + reach_m && b.e > at.e + reach_m) ||
		(a.e < at.e - reach_m && b.e < at.e - reach_m) ||
		(a.n > at.n + reach_m && b.n > at.n + reach_m) ||
		(a.n < at.n - reach_m && b.n < at.n - reach_m))
		return false;
	foot = spot_foot(a, b, at, &part);
	return spot_distance(foot, at) < reach_m;
}

static bool is_near_ring(const struct sample_loop *loop, struct sample_spot at, double reach_m)
{
	for (size_t i = 0; i < loop->count; i++)
		if (comes_near(loop->corners[i].at, sample_loop_end(loop, i), at, reach_m))
			return true;
	return false;
}

struct sample_spot sample_loop_inside(const struct sample_loop *loop)
{
	struct sample_frame frame = sample_loop_frame(loop);
	double mid_v = (frame.low_v + frame.high_v) / 2;
	struct sample_chord chord, best = {.length_m = 0};

	for (int i = 1; i < 8; i++) {
		double u = frame.low_u + (frame.high_u - frame.low_u) * i / 8;

		if (sample_loop_chord(loop, sample_frame_spot(&frame, u, mid_v),
			    spot_left(frame.way), &chord) &&
			chord.length_m > best.length_m * (i == 4 ? 0.5 : 1))
			best = chord;
	}
	if (!(best.length_m > 0))
		return loop->corners[0].at;
	return spot_between(best.from.at, best.to.at, 0.5);
}

bool sample_loop_ray(const struct sample_loop *loop, ptrdiff_t skip, struct sample_spot from,
	struct sample_spot way, struct sample_hit *ret_hit)
{
	struct sample_hit best = {.distance_m = INFINITY};
	double grazed = INFINITY;

	for (size_t i = 0; i < loop->count; i++) {
		struct sample_spot a = spot_minus(loop->corners[i].at, from);
		struct sample_spot b = spot_minus(sample_loop_end(loop, i), from);
		double side_a = spot_cross(way, a), side_b = spot_cross(way, b), distance;

		if (fabs(side_a) < graze_m && spot_dot(way, a) > graze_m)
			grazed = fmin(grazed, spot_dot(way, a));
		if ((ptrdiff_t)i == skip || (side_a > 0) == (side_b > 0))
			continue;
		distance = spot_dot(way, spot_between(a, b, side_a / (side_a - side_b)));
		if (distance > graze_m && distance < best.distance_m)
			best = (struct sample_hit){.edge = i, .distance_m = distance};
	}
	if (isinf(best.distance_m) || grazed < best.distance_m - 0.5)
		return false;
	best.at = spot_along(from, way, best.distance_m);
	best.slant = fabs(spot_cross(way, sample_loop_way(loop, best.edge)));
	*ret_hit = best;
	return true;
}

static int by_distance(const void *left, const void *right)
{
	const struct sample_hit *a = left, *b = right;

	return (a->distance_m > b->distance_m) - (a->distance_m < b->distance_m);
}

bool sample_loop_chord(const struct sample_loop *loop, struct sample_spot at,
	struct sample_spot way, struct sample_chord *ret_chord)
{
	struct sample_hit hits[CHORD_HITS_MAX];
	struct sample_chord best = {.length_m = 0};
	size_t count = 0;

	for (size_t i = 0; i < loop->count; i++) {
		struct sample_spot a = spot_minus(loop->corners[i].at, at);
		struct sample_spot b = spot_minus(sample_loop_end(loop, i), at);
		double side_a = spot_cross(way, a), side_b = spot_cross(way, b);

		if ((side_a > 0) == (side_b > 0))
			continue;
		if (count == CHORD_HITS_MAX)
			return false;
		hits[count++] = (struct sample_hit){.edge = i,
			.distance_m = spot_dot(way, spot_between(a, b, side_a / (side_a - side_b))),
			.slant = fabs(spot_cross(way, sample_loop_way(loop, i)))};
	}
	qsort(hits, count, sizeof hits[0], by_distance);
	for (size_t i = 0; i + 1 < count; i += 2) {
		double length = hits[i + 1].distance_m - hits[i].distance_m;

		if (length > best.length_m)
			best = (struct sample_chord){hits[i], hits[i + 1], length};
	}
	best.from.at = spot_along(at, way, best.from.distance_m);
	best.to.at = spot_along(at, way, best.to.distance_m);
	*ret_chord = best;
	return best.length_m > 0;
}

double sample_loop_right_m2(
	const struct sample_loop *loop, const struct sample_hit *from, const struct sample_hit *to)
{
	struct sample_spot before = spot_minus(sample_loop_end(loop, from->edge), from->at);
	double twice = 0;
	size_t i = from->edge;

	while (i != to->edge) {
		struct sample_spot now;

		i = i + 1 < loop->count ? i + 1 : 0;
		now = spot_minus(i == to->edge ? to->at : sample_loop_end(loop, i), from->at);
		twice += spot_cross(before, now);
		before = now;
	}
	return twice / 2;
}

/*
 * True if no corner of the ring all but touches the path; those that its ends will be taken to
 * do not count.
 */
static bool misses_corners(
	const struct sample_loop *loop, const struct sample_spot *at, size_t count)
{
	for (size_t i = 0; i < loop->count; i++) {
		struct sample_spot corner = loop->corners[i].at;

		if (spot_distance(corner, at[0]) < SAMPLE_CORNER_REACH_M ||
			spot_distance(corner, at[count - 1]) < SAMPLE_CORNER_REACH_M)
			continue;
		for (size_t k = 0; k + 1 < count; k++)
			if (comes_near(at[k], at[k + 1], corner, touch_m))
				return false;
	}
	return true;
}

bool sample_loop_clear_path(
	const struct sample_loop *loop, const struct sample_spot *at, size_t count, double clear_m)
{
	double part;

	if (!misses_corners(loop, at, count))
		return false;
	for (size_t i = 1; i + 1 < count; i++)
		if (!sample_loop_covers(loop, at[i]) || is_near_ring(loop, at[i], clear_m))
			return false;
	for (size_t i = 0; i < loop->count; i++) {
		struct sample_spot a = loop->corners[i].at, b = sample_loop_end(loop, i);

		/* The first and last piece touch the ring: a little of them is left out. */
		for (size_t k = 0; k + 1 < count; k++) {
			struct sample_spot from = at[k], to = at[k + 1];
			struct sample_spot way = spot_direction(from, to);

			if (k == 0)
				from = spot_along(from, way, 2 * graze_m);
			if (k + 2 == count)
				to = spot_along(to, way, -2 * graze_m);
			if (spot_cross_segments(from, to, a, b, &part))
				return false;
		}
	}
	return true;
}

/* Where an end of a cut will be: the corner next to it, if one is in reach. */
static struct sample_spot settle(const struct sample_loop *loop, const struct sample_hit *end)
{
	struct sample_spot before = loop->corners[end->edge].at;
	struct sample_spot behind = sample_loop_end(loop, end->edge);

	if (spot_distance(before, end->at) < SAMPLE_CORNER_REACH_M)
		return before;
	if (spot_distance(behind, end->at) < SAMPLE_CORNER_REACH_M)
		return behind;
	return end->at;
}

bool sample_loop_meets_well(
	const struct sample_loop *loop, const struct sample_hit *end, struct sample_spot toward)
{
	size_t before = end->edge, behind = end->edge + 1 < loop->count ? end->edge + 1 : 0;
	struct sample_spot at = settle(loop, end), way = spot_direction(at, toward);

	/* The edges beside the end; at a corner those that meet there. */
	if (spot_equals(at, loop->corners[before].at))
		before = before ? before - 1 : loop->count - 1;
	else if (spot_equals(at, loop->corners[behind].at))
		behind = behind + 1 < loop->count ? behind + 1 : 0;
	return spot_dot(way, spot_direction(at, loop->corners[before].at)) < sharpest &&
	       spot_dot(way, spot_direction(at, loop->corners[behind].at)) < sharpest;
}

/* As misses_corners, for a cut that is about to be made. */
static bool misses_corners_between(const struct sample_loop *loop, const struct sample_hit *from,
	const struct sample_hit *to, const struct sample_path *path)
{
	struct sample_spot piece[2] = {settle(loop, from)};

	for (size_t i = 0; i <= path->count; i++) {
		piece[1] = i < path->count ? path->at[i] : settle(loop, to);
		if (!misses_corners(loop, piece, 2))
			return false;
		piece[0] = piece[1];
	}
	return true;
}

int32_t sample_loop_cut(struct sample_loop *loop, struct sample_mesh *mesh,
	const struct sample_hit *from, const struct sample_hit *to, const struct sample_line *over,
	int32_t left_street, int32_t right_street)
{
	struct sample_path path = {.at = over ? over->at : NULL,
		.count = over ? over->count : 0,
		.left_street = left_street,
		.right_street = right_street};

	if (from->edge == to->edge || !misses_corners_between(loop, from, to, &path) ||
		!sample_loop_meets_well(loop, from, path.count ? path.at[0] : settle(loop, to)) ||
		!sample_loop_meets_well(
			loop, to, path.count ? path.at[path.count - 1] : settle(loop, from)))
		return SAMPLE_NO_FACE;
	path.from = sample_mesh_corner(mesh, loop->corners[from->edge].half, from->at);
	path.to = sample_mesh_corner(mesh, loop->corners[to->edge].half, to->at);
	if (mesh->failed || path.from == path.to)
		return SAMPLE_NO_FACE;
	/* Ends that were taken to neighbouring corners: the cut would run along an edge. */
	if (!path.count && (mesh->halves[path.from].next == path.to ||
				   mesh->halves[path.to].next == path.from))
		return SAMPLE_NO_FACE;
	return sample_mesh_divide(mesh, &path);
}
