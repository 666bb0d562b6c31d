#include "tiles/clip.h"

#include <math.h>

#include "base/banned.h"

void clip_path_clear(struct clip_path *path)
{
	free(path->xy);
	free(path->ends);
	*path = (struct clip_path){0};
}

void clip_path_reset(struct clip_path *path)
{
	path->point_count = 0;
	path->ring_count = 0;
	path->failed = false;
}

static bool reserve(void **array, size_t *room, size_t need, size_t size)
{
	size_t larger = need + need / 2 + 64;
	void *moved;

	if (need <= *room)
		return true;
	moved = realloc(*array, larger * size);
	if (!moved)
		return false;
	*array = moved;
	*room = larger;
	return true;
}

static void add_points(struct clip_path *path, const int32_t *xy, size_t count)
{
	void *points = path->xy;

	if (path->failed ||
		!reserve(&points, &path->point_room, path->point_count + count, 2 * sizeof *xy)) {
		path->failed = true;
		return;
	}
	path->xy = points;
	memcpy(path->xy + 2 * path->point_count, xy, count * 2 * sizeof *xy);
	path->point_count += count;
}

/* Ends the ring whose points were added; drops it if it has fewer than `least`. */
static void end_ring(struct clip_path *path, size_t least)
{
	size_t first = path->ring_count ? path->ends[path->ring_count - 1] : 0;
	void *ends = path->ends;

	if (path->failed)
		return;
	if (path->point_count - first < least) {
		path->point_count = first;
		return;
	}
	if (!reserve(&ends, &path->ring_room, path->ring_count + 1, sizeof *path->ends)) {
		path->failed = true;
		return;
	}
	path->ends = ends;
	path->ends[path->ring_count++] = (uint32_t)path->point_count;
}

void clip_path_add(struct clip_path *path, const int32_t *xy, size_t count)
{
	add_points(path, xy, count);
	end_ring(path, 1);
}

/* A side of the box: the half-plane that is kept. */
struct side {
	int axis;	/* 0: x is bounded, 1: y */
	bool upper;	/* kept where the coordinate is at most `bound`; else at least */
	int32_t bound;
};

static bool is_inside(const struct side *side, const int32_t *xy)
{
	return side->upper ? xy[side->axis] <= side->bound : xy[side->axis] >= side->bound;
}

/* Where the edge a-b meets the side; the same for b-a. */
static void cut(const struct side *side, const int32_t *a, const int32_t *b, int32_t *ret)
{
	int axis = side->axis;
	bool swap = a[axis] > b[axis];
	const int32_t *low = swap ? b : a, *high = swap ? a : b;
	double along = ((double)side->bound - low[axis]) / ((double)high[axis] - low[axis]);

	ret[axis] = side->bound;
	ret[!axis] = (int32_t)lrint(low[!axis] + along * ((double)high[!axis] - low[!axis]));
}

/* A piece of a ring inside the half-plane, from where it enters to where it leaves. */
struct clip_chain {
	uint32_t first, end; /* its points in the path that gathers pieces */
	int32_t enter, leave; /* along the side */
	bool used;
};

void clipper_clear(struct clipper *clipper)
{
	clip_path_clear(&clipper->halves[0]);
	clip_path_clear(&clipper->halves[1]);
	clip_path_clear(&clipper->pieces);
	free(clipper->chains);
	*clipper = (struct clipper){0};
}

/* What clip_half works on: pieces are gathered in `out` and put together in place. */
struct half {
	struct clipper *clipper;
	const struct side *side;
	struct clip_path *out, *pieces;
};

static bool add_chain(struct half *half, size_t first)
{
	struct clipper *clipper = half->clipper;
	void *chains = clipper->chains;
	const int32_t *xy = half->pieces->xy;
	int along = !half->side->axis;

	if (half->pieces->failed || !reserve(&chains, &clipper->chain_room, clipper->chain_count + 1,
					   sizeof *clipper->chains)) {
		half->out->failed = true;
		return false;
	}
	clipper->chains = chains;
	clipper->chains[clipper->chain_count++] = (struct clip_chain){
		.first = (uint32_t)first,
		.end = (uint32_t)half->pieces->point_count,
		.enter = xy[2 * first + (size_t)along],
		.leave = xy[2 * (half->pieces->point_count - 1) + (size_t)along],
	};
	return true;
}

/* Cuts one ring: copied if all is inside, else its pieces become chains. */
static void cut_ring(struct half *half, const int32_t *xy, size_t count)
{
	const struct side *side = half->side;
	size_t start = count, first = 0;
	int32_t point[2];

	for (size_t i = 0; i < count && start == count; i++)
		if (!is_inside(side, xy + 2 * i))
			start = i;
	if (start == count) {
		add_points(half->out, xy, count);
		end_ring(half->out, 3);
		return;
	}
	/* Walk once around from a point outside. */
	for (size_t step = 1; step <= count; step++) {
		const int32_t *from = xy + 2 * ((start + step - 1) % count);
		const int32_t *to = xy + 2 * ((start + step) % count);
		bool was_inside = is_inside(side, from), now_inside = is_inside(side, to);

		if (!was_inside && now_inside) {
			first = half->pieces->point_count;
			cut(side, from, to, point);
			add_points(half->pieces, point, 1);
		}
		if (now_inside)
			add_points(half->pieces, to, 1);
		if (was_inside && !now_inside) {
			cut(side, from, to, point);
			add_points(half->pieces, point, 1);
			if (!add_chain(half, first))
				return;
		}
	}
}

/*
 * The chain that comes next along the side behind a leaving point. The interior lies to the left
 * of the rings (x to the right, y upwards), so along an upper bound of x one goes on to larger y;
 * the other sides follow by turning the page. NULL if there is none.
 */
static struct clip_chain *next_chain(const struct half *half, int32_t leave)
{
	const struct clipper *clipper = half->clipper;
	bool upwards = half->side->upper == (half->side->axis == 0);
	struct clip_chain *best = NULL;

	for (size_t i = 0; i < clipper->chain_count; i++) {
		struct clip_chain *chain = &clipper->chains[i];

		if (upwards ? chain->enter < leave : chain->enter > leave)
			continue;
		if (!best || (upwards ? chain->enter < best->enter : chain->enter > best->enter))
			best = chain;
	}
	return best;
}

/* Joins the chains to rings. False if they do not pair up, as those of an invalid area may not. */
static bool join_chains(struct half *half)
{
	struct clipper *clipper = half->clipper;

	for (size_t i = 0; i < clipper->chain_count; i++) {
		struct clip_chain *chain = &clipper->chains[i];

		if (chain->used)
			continue;
		do {
			chain->used = true;
			add_points(half->out, half->pieces->xy + 2 * (size_t)chain->first,
				chain->end - chain->first);
			chain = next_chain(half, chain->leave);
		} while (chain && !chain->used);
		if (chain != &clipper->chains[i])
			return false;
		end_ring(half->out, 3);
	}
	return true;
}

/* Each chain as a ring of its own or with its neighbours, come what may: covers the same place. */
static void join_in_order(struct half *half)
{
	for (size_t i = 0; i < half->clipper->chain_count; i++) {
		const struct clip_chain *chain = &half->clipper->chains[i];

		add_points(half->out, half->pieces->xy + 2 * (size_t)chain->first,
			chain->end - chain->first);
	}
	end_ring(half->out, 3);
}

static void clip_half(struct clipper *clipper, const struct side *side,
	const struct clip_path *area, struct clip_path *out)
{
	struct half half = {clipper, side, out, &clipper->pieces};
	size_t first = 0, points_before, rings_before;

	clipper->chain_count = 0;
	clip_path_reset(half.pieces);
	for (size_t ring = 0; ring < area->ring_count; ring++) {
		size_t end = area->ends[ring];

		cut_ring(&half, area->xy + 2 * first, end - first);
		first = end;
	}
	if (half.pieces->failed)
		out->failed = true;
	points_before = out->point_count;
	rings_before = out->ring_count;
	if (!out->failed && !join_chains(&half)) {
		out->point_count = points_before;
		out->ring_count = rings_before;
		join_in_order(&half);
	}
}

int64_t clip_ring_area2(const int32_t *xy, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 1; i + 1 < count; i++) {
		int64_t ax = (int64_t)xy[2 * i] - xy[0], ay = (int64_t)xy[2 * i + 1] - xy[1];
		int64_t bx = (int64_t)xy[2 * i + 2] - xy[0], by = (int64_t)xy[2 * i + 3] - xy[1];

		sum += ax * by - bx * ay;
	}
	return sum;
}

/* True if the point is inside the ring (even-odd). */
static bool ring_covers(const int32_t *xy, size_t count, const int32_t *point)
{
	bool inside = false;

	for (size_t i = 0, j = count - 1; i < count; j = i++) {
		const int32_t *a = xy + 2 * i, *b = xy + 2 * j;

		if ((a[1] > point[1]) != (b[1] > point[1]) &&
			point[0] < a[0] + ((double)b[0] - a[0]) * ((double)point[1] - a[1]) /
						((double)b[1] - a[1]))
			inside = !inside;
	}
	return inside;
}

static size_t ring_start(const struct clip_path *path, size_t ring)
{
	return ring ? path->ends[ring - 1] : 0;
}

static void copy_ring(const struct clip_path *from, size_t ring, struct clip_path *out)
{
	size_t first = ring_start(from, ring);

	add_points(out, from->xy + 2 * first, from->ends[ring] - first);
	end_ring(out, 3);
}

static int64_t area2_of(const struct clip_path *path, size_t ring)
{
	size_t first = ring_start(path, ring);

	return clip_ring_area2(path->xy + 2 * first, path->ends[ring] - first);
}

/* Copies the rings with each hole behind the outer ring around it. */
static void arrange(const struct clip_path *from, struct clip_path *out)
{
	for (size_t outer = 0; outer < from->ring_count; outer++) {
		size_t first = ring_start(from, outer);

		if (area2_of(from, outer) <= 0)
			continue;
		copy_ring(from, outer, out);
		for (size_t hole = 0; hole < from->ring_count; hole++)
			if (area2_of(from, hole) < 0 &&
				ring_covers(from->xy + 2 * first, from->ends[outer] - first,
					from->xy + 2 * ring_start(from, hole)))
				copy_ring(from, hole, out);
	}
}

void clip_area(struct clipper *clipper, const struct clip_path *area, const struct tile_box *box,
	struct clip_path *out)
{
	const struct side sides[] = {
		{0, false, box->min_x}, {0, true, box->max_x}, {1, false, box->min_y},
		{1, true, box->max_y}};
	const struct clip_path *from = area;

	for (int i = 0; i < 4; i++) {
		struct clip_path *to = &clipper->halves[i % 2];

		clip_path_reset(to);
		clip_half(clipper, &sides[i], from, to);
		if (to->failed)
			out->failed = true;
		from = to;
	}
	if (from->ring_count == 1)
		copy_ring(from, 0, out);
	else
		arrange(from, out);
}

/* The part of segment a-b inside the box; false if there is none (Liang and Barsky). */
static bool clip_segment(const struct tile_box *box, const int32_t *a, const int32_t *b,
	int32_t *ret_a, int32_t *ret_b)
{
	double dx = (double)b[0] - a[0], dy = (double)b[1] - a[1];
	double toward[4] = {-dx, dx, -dy, dy};
	double distance[4] = {(double)a[0] - box->min_x, (double)box->max_x - a[0],
		(double)a[1] - box->min_y, (double)box->max_y - a[1]};
	double from = 0, to = 1;

	for (int i = 0; i < 4; i++) {
		double at;

		if (toward[i] == 0 && distance[i] < 0)
			return false;
		if (toward[i] == 0)
			continue;
		at = distance[i] / toward[i];
		if (toward[i] < 0)
			from = fmax(from, at);
		else
			to = fmin(to, at);
	}
	if (from > to)
		return false;
	ret_a[0] = (int32_t)lrint(a[0] + from * dx);
	ret_a[1] = (int32_t)lrint(a[1] + from * dy);
	ret_b[0] = (int32_t)lrint(a[0] + to * dx);
	ret_b[1] = (int32_t)lrint(a[1] + to * dy);
	return true;
}

static void clip_line(
	const int32_t *xy, size_t count, const struct tile_box *box, struct clip_path *out)
{
	bool open = false;

	for (size_t i = 0; i + 1 < count; i++) {
		const int32_t *next = xy + 2 * i + 2;
		int32_t ends[4];
		bool whole_end;

		if (!clip_segment(box, xy + 2 * i, next, ends, ends + 2)) {
			if (open)
				end_ring(out, 2);
			open = false;
			continue;
		}
		if (!open)
			add_points(out, ends, 1);
		add_points(out, ends + 2, 1);
		whole_end = ends[2] == next[0] && ends[3] == next[1];
		if (!whole_end)
			end_ring(out, 2);
		open = whole_end;
	}
	if (open)
		end_ring(out, 2);
}

void clip_lines(const struct clip_path *lines, const struct tile_box *box, struct clip_path *out)
{
	size_t first = 0;

	for (size_t ring = 0; ring < lines->ring_count; ring++) {
		clip_line(lines->xy + 2 * first, lines->ends[ring] - first, box, out);
		first = lines->ends[ring];
	}
}
