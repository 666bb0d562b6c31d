#include "tiles/clip.h"

#include <math.h>

#include "base/array.h"
#include "base/banned.h"
#include "tiles/radix_sort.h"

enum {
	/* Edges looked at to find the rings around the holes of one polygon, some 20 ms; beyond,
	 * boxes alone decide. */
	EDGES_MAX = 1 << 23,
	/* Pairs of an outer ring and a hole in one polygon, as long again; beyond, it is drawn
	 * without holes. */
	PAIRS_MAX = 1 << 24,
};

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

static bool reserve_points(struct clip_path *path, size_t more)
{
	void *points = path->xy;

	if (path->failed ||
		!array_reserve(&points, &path->point_room, path->point_count + more, 2 * sizeof *path->xy)) {
		path->failed = true;
		return false;
	}
	path->xy = points;
	return true;
}

/* Adds a point for which there is room. */
static void put_point(struct clip_path *path, const int32_t *xy)
{
	path->xy[2 * path->point_count] = xy[0];
	path->xy[2 * path->point_count + 1] = xy[1];
	path->point_count++;
}

static void add_points(struct clip_path *path, const int32_t *xy, size_t count)
{
	if (!reserve_points(path, count))
		return;
	memcpy(path->xy + 2 * path->point_count, xy, count * 2 * sizeof *xy);
	path->point_count += count;
}

/* Ends the ring whose points were added; drops it if it has fewer than `least`. */
static void end_ring(struct clip_path *path, size_t least)
{
	size_t first = clip_path_start(path, path->ring_count);
	void *ends = path->ends;

	if (path->failed)
		return;
	if (path->point_count - first < least) {
		path->point_count = first;
		return;
	}
	if (!array_reserve(&ends, &path->ring_room, path->ring_count + 1, sizeof *path->ends)) {
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

void clip_path_extend(struct clip_path *path, const int32_t *xy, size_t count)
{
	add_points(path, xy, count);
	if (!path->failed && path->ring_count)
		path->ends[path->ring_count - 1] = (uint32_t)path->point_count;
}

static bool same_point(const int32_t *a, const int32_t *b)
{
	return a[0] == b[0] && a[1] == b[1];
}

/* A side of the box: the half-plane that is kept. */
struct side {
	int axis;   /* 0: x is bounded, 1: y */
	bool upper; /* kept where the coordinate is at most `bound`; else at least */
	int32_t bound;
};

/* Positive inside, 0 on the side itself. */
static int64_t depth_of(const struct side *side, const int32_t *xy)
{
	int64_t above = (int64_t)xy[side->axis] - side->bound;

	return side->upper ? -above : above;
}

/* Where the edge a-b meets the side; the same for b-a. */
static void cut(const struct side *side, const int32_t *a, const int32_t *b, int32_t *ret)
{
	int axis = side->axis;
	bool swap = a[axis] > b[axis];
	const int32_t *low = swap ? b : a, *high = swap ? a : b;
	double along = ((double)side->bound - low[axis]) / ((double)high[axis] - low[axis]);
	int32_t across = (int32_t)lrint(low[!axis] + along * ((double)high[!axis] - low[!axis]));

	ret[axis] = side->bound;
	ret[!axis] = across;
}

/* A piece of a ring inside the half-plane, from where it enters to where it leaves. */
struct clip_chain {
	uint32_t first, end;  /* its points in the path that gathers pieces */
	uint32_t next;	      /* the chain that follows along the side */
	bool used;
};

struct clip_hole {
	size_t ring;
	struct tile_box box;
	bool used;
};

void clipper_clear(struct clipper *clipper)
{
	clip_path_clear(&clipper->halves[0]);
	clip_path_clear(&clipper->halves[1]);
	clip_path_clear(&clipper->pieces);
	free(clipper->chains);
	free(clipper->crossings);
	free(clipper->holes);
	*clipper = (struct clipper){0};
}

static void add_chain(struct clipper *clipper, size_t first)
{
	void *chains = clipper->chains;

	if (!array_reserve(&chains, &clipper->chain_room, clipper->chain_count + 1,
		    sizeof *clipper->chains)) {
		clipper->pieces.failed = true;
		return;
	}
	clipper->chains = chains;
	clipper->chains[clipper->chain_count++] = (struct clip_chain){
		.first = (uint32_t)first, .end = (uint32_t)clipper->pieces.point_count};
}

/*
 * Gathers the chains of a ring. Points on the side count as outside here: an edge along it is
 * made anew when the chains are joined. `start` is a point that is not inside.
 */
static void cut_ring(struct clipper *clipper, const struct side *side, const int32_t *xy,
	size_t count, size_t start)
{
	struct clip_path *pieces = &clipper->pieces;
	const int32_t *from = xy + 2 * start;
	bool was_inside = false;
	size_t first = 0;

	/* Each point once, and two cuts for each run of points inside. */
	if (!reserve_points(pieces, 2 * count))
		return;
	for (size_t step = 0, i = start; step < count; step++) {
		const int32_t *to;
		bool now_inside;

		i = i + 1 < count ? i + 1 : 0;
		to = xy + 2 * i;
		now_inside = depth_of(side, to) > 0;
		if (was_inside != now_inside) {
			if (now_inside)
				first = pieces->point_count;
			cut(side, from, to, pieces->xy + 2 * pieces->point_count);
			pieces->point_count++;
			if (was_inside)
				add_chain(clipper, first);
		}
		if (now_inside)
			put_point(pieces, to);
		was_inside = now_inside;
		from = to;
	}
}

/*
 * Says for each chain which one comes next along the side. The interior lies to the left of the
 * rings (x to the right, y upwards), so along an upper bound of x one goes on to larger y; the
 * other sides follow by turning the page. Walking so, one meets a leaving and an entering point in
 * turn: the first leaving belongs to the first entering one, the second to the second. Rounding
 * keeps that order, and whatever is not valid finds partners too.
 */
static bool link_chains(struct clipper *clipper, const struct side *side)
{
	size_t count = clipper->chain_count;
	uint32_t turn = side->upper == (side->axis == 0) ? 0x80000000 : 0x7FFFFFFF;
	const int32_t *along;
	struct radix_item *leaves, *enters;
	void *crossings = clipper->crossings;

	if (!count)
		return true;
	if (!array_reserve(&crossings, &clipper->crossing_room, 3 * count, sizeof *leaves))
		return false;
	clipper->crossings = crossings;
	along = clipper->pieces.xy + !side->axis;
	leaves = crossings;
	enters = leaves + count;
	for (size_t i = 0; i < count; i++) {
		const struct clip_chain *chain = &clipper->chains[i];

		enters[i] = (struct radix_item){
			(uint32_t)along[2 * (size_t)chain->first] ^ turn, (uint32_t)i};
		leaves[i] = (struct radix_item){
			(uint32_t)along[2 * (size_t)chain->end - 2] ^ turn, (uint32_t)i};
	}
	radix_sort(leaves, enters + count, count);
	radix_sort(enters, enters + count, count);
	for (size_t i = 0; i < count; i++)
		clipper->chains[leaves[i].item].next = enters[i].item;
	return true;
}

/* Joins the chains to rings. */
static void join_chains(struct clipper *clipper, struct clip_path *out)
{
	const int32_t *xy = clipper->pieces.xy;

	if (!reserve_points(out, clipper->pieces.point_count))
		return;
	for (size_t i = 0; i < clipper->chain_count; i++) {
		struct clip_chain *chain = &clipper->chains[i];
		size_t ring = out->point_count;

		while (!chain->used) {
			size_t first = chain->first;

			/* One chain may enter just where the other left. */
			if (out->point_count > ring &&
				same_point(xy + 2 * first, out->xy + 2 * out->point_count - 2))
				first++;
			memcpy(out->xy + 2 * out->point_count, xy + 2 * first,
				(chain->end - first) * 2 * sizeof *xy);
			out->point_count += chain->end - first;
			chain->used = true;
			chain = &clipper->chains[chain->next];
		}
		if (out->point_count > ring + 1 &&
			same_point(out->xy + 2 * ring, out->xy + 2 * out->point_count - 2))
			out->point_count--;
		end_ring(out, 3);
	}
}

/* How a ring lies to a side. */
struct lie {
	bool inside, outside; /* has points there */
	bool along;	      /* has an edge on the side itself */
	size_t start;	      /* a point that is not inside */
};

static struct lie lie_of(const struct side *side, const int32_t *xy, size_t count)
{
	struct lie lie = {0};
	bool was_on = count && !depth_of(side, xy + 2 * (count - 1));

	for (size_t i = 0; i < count; i++) {
		int64_t depth = depth_of(side, xy + 2 * i);

		lie.inside |= depth > 0;
		lie.outside |= depth < 0;
		lie.along |= was_on && !depth;
		was_on = !depth;
		lie.start = depth > 0 ? lie.start : i;
	}
	return lie;
}

/*
 * A ring that keeps to the inside is copied; but if it has an edge on the side it may be a hole,
 * which opens to the outline there.
 */
static void clip_half(struct clipper *clipper, const struct side *side,
	const struct clip_path *area, struct clip_path *out)
{
	clipper->chain_count = 0;
	clip_path_reset(&clipper->pieces);
	for (size_t ring = 0; ring < area->ring_count; ring++) {
		const int32_t *xy = area->xy + 2 * clip_path_start(area, ring);
		size_t count = area->ends[ring] - clip_path_start(area, ring);
		struct lie lie = lie_of(side, xy, count);

		if (lie.inside && (lie.outside || lie.along)) {
			cut_ring(clipper, side, xy, count, lie.start);
		} else if (lie.inside) {
			add_points(out, xy, count);
			end_ring(out, 3);
		}
	}
	if (clipper->pieces.failed || !link_chains(clipper, side))
		out->failed = true;
	else
		join_chains(clipper, out);
}

int64_t clip_ring_area2(const int32_t *xy, size_t count)
{
	/* The sum may overflow on its way and come back. */
	uint64_t sum = 0;

	for (size_t i = 1; i + 1 < count; i++) {
		int64_t ax = (int64_t)xy[2 * i] - xy[0], ay = (int64_t)xy[2 * i + 1] - xy[1];
		int64_t bx = (int64_t)xy[2 * i + 2] - xy[0], by = (int64_t)xy[2 * i + 3] - xy[1];

		sum += (uint64_t)ax * (uint64_t)by - (uint64_t)bx * (uint64_t)ay;
	}
	return (int64_t)sum;
}

/*
 * 1 if the point is inside the ring (even-odd), 0 on its outline, -1 outside. Exact for edges of
 * up to 2^26 units, 80 km.
 */
static int ring_side(const int32_t *xy, size_t count, const int32_t *point)
{
	double x = point[0], y = point[1];
	int side = -1;

	for (size_t i = 0, j = count - 1; i < count; j = i++) {
		double ax = xy[2 * j] - x, ay = xy[2 * j + 1] - y;
		double bx = xy[2 * i] - x, by = xy[2 * i + 1] - y;
		double turn = ax * by - bx * ay;

		if (turn == 0 && ax * bx <= 0 && ay * by <= 0)
			return 0;
		if ((ay > 0) != (by > 0) && (turn > 0) == (by > ay))
			side = -side;
	}
	return side;
}

/* True if the hole lies in the ring: the first of its points that is not on the outline tells. */
static bool ring_holds(const int32_t *ring, size_t count, const int32_t *hole, size_t hole_count,
	int64_t *edges_left)
{
	for (size_t i = 0; i < hole_count && *edges_left > 0; i++) {
		int side = ring_side(ring, count, hole + 2 * i);

		*edges_left -= (int64_t)count;
		if (side)
			return side > 0;
	}
	return true;
}

static struct tile_box box_of(const int32_t *xy, size_t count)
{
	struct tile_box box = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};

	for (size_t i = 0; i < count; i++) {
		box.min_x = xy[2 * i] < box.min_x ? xy[2 * i] : box.min_x;
		box.max_x = xy[2 * i] > box.max_x ? xy[2 * i] : box.max_x;
		box.min_y = xy[2 * i + 1] < box.min_y ? xy[2 * i + 1] : box.min_y;
		box.max_y = xy[2 * i + 1] > box.max_y ? xy[2 * i + 1] : box.max_y;
	}
	return box;
}

static bool box_holds(const struct tile_box *outer, const struct tile_box *inner)
{
	return inner->min_x >= outer->min_x && inner->max_x <= outer->max_x &&
		inner->min_y >= outer->min_y && inner->max_y <= outer->max_y;
}

static size_t ring_size(const struct clip_path *path, size_t ring)
{
	return path->ends[ring] - clip_path_start(path, ring);
}

static const int32_t *ring_xy(const struct clip_path *path, size_t ring)
{
	return path->xy + 2 * clip_path_start(path, ring);
}

static int64_t area2_of(const struct clip_path *path, size_t ring)
{
	return clip_ring_area2(ring_xy(path, ring), ring_size(path, ring));
}

static void copy_ring(const struct clip_path *from, size_t ring, struct clip_path *out)
{
	add_points(out, ring_xy(from, ring), ring_size(from, ring));
	end_ring(out, 3);
}

/* Fills clipper->holes; false without memory. */
static bool find_holes(struct clipper *clipper, const struct clip_path *rings, size_t *ret_count)
{
	void *holes = clipper->holes;

	*ret_count = 0;
	if (!array_reserve(&holes, &clipper->hole_room, rings->ring_count, sizeof *clipper->holes))
		return false;
	clipper->holes = holes;
	for (size_t i = 0; i < rings->ring_count; i++)
		if (area2_of(rings, i) < 0)
			clipper->holes[(*ret_count)++] = (struct clip_hole){
				.ring = i, .box = box_of(ring_xy(rings, i), ring_size(rings, i))};
	return true;
}

void clip_arrange(struct clipper *clipper, const struct clip_path *rings, struct clip_path *out)
{
	int64_t edges_left = EDGES_MAX;
	size_t hole_count;

	if (rings->failed || !find_holes(clipper, rings, &hole_count)) {
		out->failed = true;
		return;
	}
	if (hole_count * rings->ring_count > PAIRS_MAX)
		hole_count = 0;
	for (size_t outer = 0; outer < rings->ring_count; outer++) {
		const int32_t *xy = ring_xy(rings, outer);
		size_t count = ring_size(rings, outer);
		struct tile_box box;

		if (area2_of(rings, outer) <= 0)
			continue;
		copy_ring(rings, outer, out);
		box = box_of(xy, hole_count ? count : 0);
		for (size_t i = 0; i < hole_count; i++) {
			struct clip_hole *hole = &clipper->holes[i];

			if (hole->used || !box_holds(&box, &hole->box) ||
				!ring_holds(xy, count, ring_xy(rings, hole->ring),
					ring_size(rings, hole->ring), &edges_left))
				continue;
			copy_ring(rings, hole->ring, out);
			hole->used = true;
		}
	}
}

/* True if the rings are an outer one and its holes, in order, as most polygons are. */
static bool is_in_order(const struct clip_path *rings)
{
	for (size_t i = 0; i < rings->ring_count; i++) {
		int64_t area2 = area2_of(rings, i);

		if (i ? area2 >= 0 : area2 <= 0)
			return false;
	}
	return true;
}

void clip_area(struct clipper *clipper, const struct clip_path *area, const struct tile_box *box,
	struct clip_path *out)
{
	const struct side sides[] = {{0, false, box->min_x}, {0, true, box->max_x},
		{1, false, box->min_y}, {1, true, box->max_y}};
	struct tile_box all = box_of(area->xy, area->point_count);
	const bool is_crossed[] = {all.min_x < box->min_x, all.max_x > box->max_x,
		all.min_y < box->min_y, all.max_y > box->max_y};
	const struct clip_path *from = area;

	for (int i = 0; i < 4; i++) {
		struct clip_path *to = &clipper->halves[from == &clipper->halves[0]];

		if (!is_crossed[i])
			continue;
		clip_path_reset(to);
		clip_half(clipper, &sides[i], from, to);
		to->failed |= from->failed;
		from = to;
	}
	if (!is_in_order(from)) {
		clip_arrange(clipper, from, out);
		return;
	}
	for (size_t i = 0; i < from->ring_count; i++)
		copy_ring(from, i, out);
	out->failed |= from->failed;
}

/* Cuts an edge to what is inside the box; false if that is nothing. */
static bool cut_edge(const struct side *sides, int32_t *a, int32_t *b)
{
	for (int i = 0; i < 4; i++) {
		int64_t depth_a = depth_of(&sides[i], a), depth_b = depth_of(&sides[i], b);

		if (depth_a < 0 && depth_b < 0)
			return false;
		if (depth_a < 0)
			cut(&sides[i], a, b, a);
		else if (depth_b < 0)
			cut(&sides[i], a, b, b);
	}
	return true;
}

static void clip_line(
	const int32_t *xy, size_t count, const struct side *sides, struct clip_path *out)
{
	bool open = false;

	for (size_t i = 0; i + 1 < count; i++) {
		const int32_t *from = xy + 2 * i, *to = from + 2;
		int32_t a[2] = {from[0], from[1]}, b[2] = {to[0], to[1]};
		bool is_met = cut_edge(sides, a, b);

		if (!open && is_met)
			add_points(out, a, 1);
		if (is_met && !out->failed && !same_point(out->xy + 2 * out->point_count - 2, b))
			add_points(out, b, 1);
		open = is_met && same_point(b, to);
		if (!open)
			end_ring(out, 2);
	}
	end_ring(out, 2);
}

void clip_lines(const struct clip_path *lines, const struct tile_box *box, struct clip_path *out)
{
	const struct side sides[] = {{0, false, box->min_x}, {0, true, box->max_x},
		{1, false, box->min_y}, {1, true, box->max_y}};

	for (size_t ring = 0; ring < lines->ring_count; ring++)
		clip_line(ring_xy(lines, ring), ring_size(lines, ring), sides, out);
}
