#include "tiles/pole.h"

#include <assert.h>
#include <math.h>

#include "base/array.h"
#include "base/banned.h"
#include "tiles/hull.h"

/* A box that may hold a better place. */
struct pole_cell {
	double x, y, half_width, half_height;
	double most; /* no place in it is farther from the edges */
};

/* The rings, their corners counted from the middle of their box: small numbers are exact. */
struct shape {
	const struct clip_path *area;
	const double *xy;
	double middle_x, middle_y, half_width, half_height;
};

void pole_finder_clear(struct pole_finder *finder)
{
	free(finder->xy);
	free(finder->crossings);
	free(finder->cells);
	*finder = (struct pole_finder){0};
}

static bool read_shape(
	struct pole_finder *finder, const struct clip_path *area, struct shape *ret_shape)
{
	int32_t left = area->xy[0], right = left, top = area->xy[1], bottom = top;
	void *xy = finder->xy;

	if (!array_reserve(&xy, &finder->point_room, area->point_count, 2 * sizeof *finder->xy))
		return false;
	finder->xy = xy;
	for (size_t i = 0; i < area->point_count; i++) {
		int32_t x = area->xy[2 * i], y = area->xy[2 * i + 1];

		left = x < left ? x : left;
		right = x > right ? x : right;
		top = y < top ? y : top;
		bottom = y > bottom ? y : bottom;
	}
	*ret_shape = (struct shape){area, finder->xy, ((double)left + right) / 2,
		((double)top + bottom) / 2, ((double)right - left) / 2,
		((double)bottom - top) / 2};
	for (size_t i = 0; i < area->point_count; i++) {
		finder->xy[2 * i] = area->xy[2 * i] - ret_shape->middle_x;
		finder->xy[2 * i + 1] = area->xy[2 * i + 1] - ret_shape->middle_y;
	}
	return true;
}

/* --- any area ----------------------------------------------------------------------------------- */

/* The square of the distance of a place to the edge from a to b. */
static double edge_distance2(const double *a, const double *b, double x, double y)
{
	double ux = b[0] - a[0], uy = b[1] - a[1], dx = x - a[0], dy = y - a[1];
	double along = dx * ux + dy * uy, length2 = ux * ux + uy * uy;

	if (along >= length2) {
		dx = x - b[0];
		dy = y - b[1];
	} else if (along > 0) {
		dx -= along / length2 * ux;
		dy -= along / length2 * uy;
	}
	return dx * dx + dy * dy;
}

struct edge {
	const double *from, *to;
};

/* How far a place is from the edges, and from which: more than 0 inside, less outside. */
static double distance_at(const struct shape *shape, double x, double y, struct edge *ret_nearest)
{
	double least = INFINITY;
	bool inside = false;

	for (size_t ring = 0; ring < shape->area->ring_count; ring++) {
		const double *at = shape->xy + 2 * clip_path_start(shape->area, ring);
		const double *end = shape->xy + 2 * (size_t)shape->area->ends[ring];
		const double *from = end - 2;

		for (; at < end; from = at, at += 2) {
			double distance2 = edge_distance2(from, at, x, y);

			if (distance2 < least) {
				least = distance2;
				*ret_nearest = (struct edge){from, at};
			}
			if ((from[1] > y) != (at[1] > y) &&
				x < from[0] + (y - from[1]) / (at[1] - from[1]) * (at[0] - from[0]))
				inside = !inside;
		}
	}
	return inside ? sqrt(least) : -sqrt(least);
}

/* The centroid, and the area; holes turn the other way and count less than nothing. */
static double centroid_of(const struct shape *shape, double *ret_x, double *ret_y)
{
	double area2 = 0, x = 0, y = 0;

	for (size_t ring = 0; ring < shape->area->ring_count; ring++) {
		const double *at = shape->xy + 2 * clip_path_start(shape->area, ring);
		const double *end = shape->xy + 2 * (size_t)shape->area->ends[ring];
		const double *from = end - 2;

		for (; at < end; from = at, at += 2) {
			double cross = from[0] * at[1] - at[0] * from[1];

			area2 += cross;
			x += cross * (from[0] + at[0]);
			y += cross * (from[1] + at[1]);
		}
	}
	*ret_x = area2 != 0 ? x / (3 * area2) : 0;
	*ret_y = area2 != 0 ? y / (3 * area2) : 0;
	return fabs(area2) / 2;
}

static int compare(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

static size_t cross_level(const struct shape *shape, double y, double *crossings)
{
	size_t count = 0;

	for (size_t ring = 0; ring < shape->area->ring_count; ring++) {
		const double *at = shape->xy + 2 * clip_path_start(shape->area, ring);
		const double *end = shape->xy + 2 * (size_t)shape->area->ends[ring];
		const double *from = end - 2;

		for (; at < end; from = at, at += 2)
			if ((from[1] > y) != (at[1] > y))
				crossings[count++] = from[0] +
					(y - from[1]) / (at[1] - from[1]) * (at[0] - from[0]);
	}
	return count;
}

/*
 * The level through the middle of the largest ring, which is an outer one. Half-way between whole
 * numbers there is no corner, so that it enters and leaves the area in turn.
 */
static double middle_level(const struct shape *shape)
{
	uint64_t largest = 0;
	double level = 0;

	for (size_t ring = 0; ring < shape->area->ring_count; ring++) {
		size_t start = clip_path_start(shape->area, ring);
		const int32_t *xy = shape->area->xy + 2 * start;
		size_t count = shape->area->ends[ring] - start;
		int64_t area2 = clip_ring_area2(xy, count);
		uint64_t size = area2 < 0 ? 0 - (uint64_t)area2 : (uint64_t)area2;
		double low = INFINITY, high = -INFINITY;

		if (size <= largest)
			continue;
		largest = size;
		for (size_t i = 0; i < count; i++) {
			low = fmin(low, xy[2 * i + 1]);
			high = fmax(high, xy[2 * i + 1]);
		}
		level = floor((low + high) / 2) + 0.5;
	}
	return level - shape->middle_y;
}

/* A place that is surely inside: in the middle of the widest stretch of that level. */
static bool find_inside(struct pole_finder *finder, const struct shape *shape, struct pole *ret_pole)
{
	double y = middle_level(shape), widest = 0;
	void *crossings = finder->crossings;
	struct edge nearest;
	size_t count;

	if (!array_reserve(&crossings, &finder->crossing_room, shape->area->point_count,
		    sizeof *finder->crossings))
		return false;
	finder->crossings = crossings;
	count = cross_level(shape, y, finder->crossings);
	qsort(finder->crossings, count, sizeof *finder->crossings, compare);
	for (size_t i = 0; i + 1 < count; i += 2) {
		double from = finder->crossings[i], to = finder->crossings[i + 1];

		if (to - from <= widest)
			continue;
		widest = to - from;
		ret_pole->x = (from + to) / 2;
		ret_pole->y = y;
	}
	if (widest > 0)
		ret_pole->distance = fmax(0, distance_at(shape, ret_pole->x, y, &nearest));
	return true;
}

/* --- what a box can hold ------------------------------------------------------------------------ */

/* How far beyond its middle a box reaches in a direction. */
static double reach_of(const struct pole_cell *cell, double nx, double ny)
{
	return fabs(nx) * cell->half_width + fabs(ny) * cell->half_height;
}

/*
 * The line of an edge, counted from the middle of the box, if from all places in the box the nearest
 * of the edge is between its ends: then its distance is that of the line.
 */
static bool faces(struct edge edge, const struct pole_cell *cell, struct hull_line *ret_line)
{
	double ux = edge.to[0] - edge.from[0], uy = edge.to[1] - edge.from[1];
	double dx = cell->x - edge.from[0], dy = cell->y - edge.from[1];
	double along = dx * ux + dy * uy, length2 = ux * ux + uy * uy, length;
	double far = dy * ux - dx * uy, reach = reach_of(cell, ux, uy);

	if (along < reach || along + reach > length2 || length2 == 0)
		return false;
	length = far < 0 ? -sqrt(length2) : sqrt(length2);
	*ret_line = (struct hull_line){-uy / length, ux / length, far / length};
	return true;
}

/* No place in the box is farther than this from both lines. */
static double most_between(
	const struct hull_line *one, const struct hull_line *other, const struct pole_cell *cell)
{
	double half_way = (one->far + other->far) / 2 +
		reach_of(cell, one->nx + other->nx, one->ny + other->ny) / 2;
	/* Beyond a line distances grow again. */
	double beyond = fmax(reach_of(cell, one->nx, one->ny) - one->far,
		reach_of(cell, other->nx, other->ny) - other->far);

	return fmax(half_way, beyond);
}

/*
 * How far from the edges a place in the box can be at most. Half the width of the street between two
 * edges bounds it much better than the size of the box where an area is long.
 */
static double most_in(const struct shape *shape, struct edge nearest, const struct pole_cell *cell)
{
	double most = cell->most;
	struct hull_line one, other;

	if (!faces(nearest, cell, &one))
		return most;
	for (size_t ring = 0; ring < shape->area->ring_count; ring++) {
		const double *at = shape->xy + 2 * clip_path_start(shape->area, ring);
		const double *end = shape->xy + 2 * (size_t)shape->area->ends[ring];
		const double *from = end - 2;

		for (; at < end; from = at, at += 2)
			if (faces((struct edge){from, at}, cell, &other))
				most = fmin(most, most_between(&one, &other, cell));
	}
	return most;
}

/* --- the most promising box first: a heap ------------------------------------------------------- */

static bool add_cell(struct pole_finder *finder, struct pole_cell cell)
{
	void *cells = finder->cells;
	size_t at = finder->cell_count;

	if (!array_reserve(&cells, &finder->cell_room, at + 1, sizeof *finder->cells))
		return false;
	finder->cells = cells;
	finder->cell_count++;
	for (; at && finder->cells[(at - 1) / 2].most < cell.most; at = (at - 1) / 2)
		finder->cells[at] = finder->cells[(at - 1) / 2];
	finder->cells[at] = cell;
	return true;
}

static struct pole_cell take_cell(struct pole_finder *finder)
{
	struct pole_cell first = finder->cells[0], last = finder->cells[--finder->cell_count];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < finder->cell_count &&
			finder->cells[child + 1].most > finder->cells[child].most)
			child++;
		if (child >= finder->cell_count || finder->cells[child].most <= last.most)
			break;
		finder->cells[at] = finder->cells[child];
		at = child;
	}
	finder->cells[at] = last;
	return first;
}

/* Looks at the middle of a box, and keeps the box if a better place may be in it. */
static bool look_into(struct pole_finder *finder, const struct shape *shape, struct pole_cell cell,
	double precision, struct pole *best)
{
	struct edge nearest = {0};
	double distance = distance_at(shape, cell.x, cell.y, &nearest);

	if (distance > best->distance)
		*best = (struct pole){cell.x, cell.y, distance, false};
	cell.most = distance + sqrt(cell.half_width * cell.half_width +
				       cell.half_height * cell.half_height);
	if (cell.most > best->distance + precision && distance > 0)
		cell.most = most_in(shape, nearest, &cell);
	return cell.most <= best->distance + precision || add_cell(finder, cell);
}

/* The two halves of a box, along its longer side. */
static bool halve(struct pole_finder *finder, const struct shape *shape, struct pole_cell cell,
	double precision, struct pole *best)
{
	bool is_wide = cell.half_width > cell.half_height;
	double dx = is_wide ? cell.half_width / 2 : 0, dy = is_wide ? 0 : cell.half_height / 2;
	struct pole_cell one = {cell.x - dx, cell.y - dy, cell.half_width - dx,
		cell.half_height - dy, 0};
	struct pole_cell other = one;

	other.x = cell.x + dx;
	other.y = cell.y + dy;
	return look_into(finder, shape, one, precision, best) &&
		look_into(finder, shape, other, precision, best);
}

static bool search(struct pole_finder *finder, const struct shape *shape, double precision,
	double bound, struct pole *best)
{
	const struct pole_cell whole = {0, 0, shape->half_width, shape->half_height, 0};
	size_t looks = POLE_WORK_MAX / shape->area->point_count;

	if (looks < POLE_LOOKS_MIN)
		looks = POLE_LOOKS_MIN;
	finder->cell_count = 0;
	if (!look_into(finder, shape, whole, precision, best))
		return false;
	for (; looks && finder->cell_count && best->distance < bound - precision; looks--) {
		struct pole_cell cell = take_cell(finder);

		if (cell.most <= best->distance + precision) {
			finder->cell_count = 0;
			break;
		}
		if (!halve(finder, shape, cell, precision, best))
			return false;
	}
	best->is_sure = !finder->cell_count || best->distance >= bound - precision;
	return true;
}

static bool find_by_search(struct pole_finder *finder, const struct shape *shape, double precision,
	double bound, struct pole *ret_pole)
{
	struct pole best = {0}, centroid = {0};
	struct edge nearest;
	double area = centroid_of(shape, &centroid.x, &centroid.y);

	/* No circle inside is wider than the box, or larger than the area. */
	bound = fmin(bound, fmin(fmin(shape->half_width, shape->half_height), sqrt(area / M_PI)));
	centroid.distance = distance_at(shape, centroid.x, centroid.y, &nearest);
	if (centroid.distance > 0)
		best = centroid;
	else if (!find_inside(finder, shape, &best))
		return false;
	/* One half for the search, the other for the centroid. */
	if (!search(finder, shape, precision / 2, bound, &best))
		return false;
	if (centroid.distance > 0 && centroid.distance >= best.distance - precision / 2) {
		centroid.is_sure = best.is_sure;
		best = centroid;
	}
	*ret_pole = best;
	return true;
}

/* --- by the hull -------------------------------------------------------------------------------- */

/* Takes a place if it is inside, and no circle in the hull is larger by more than the precision. */
static bool try_place(const struct shape *shape, double x, double y, double least,
	struct pole *ret_pole)
{
	struct edge nearest;
	double distance = distance_at(shape, x, y, &nearest);

	*ret_pole = (struct pole){x, y, distance, true};
	return distance > 0 && distance >= least;
}

/*
 * Finds the pole of a ring that is convex, or nearly so, by the largest circle in its hull; false if
 * that is not good enough. The circle bounds a search.
 */
static bool find_by_hull(
	const struct shape *shape, double precision, struct pole *ret_pole, double *ret_bound)
{
	struct hull_circle circle;
	struct hull hull;
	double least, drop, share, x, y;

	*ret_bound = INFINITY;
	if (shape->area->ring_count != 1 ||
		!hull_read(&hull, shape->xy, shape->area->point_count) ||
		!hull_largest_circle(&hull, &circle))
		return false;
	*ret_bound = circle.radius;
	least = circle.radius - precision * (1 + 1e-6);
	centroid_of(shape, &x, &y);
	if (try_place(shape, x, y, least, ret_pole))
		return true;
	/*
	 * As far towards the centroid as costs half of the precision: within a hull it goes evenly
	 * downhill, or less. The other half is for where the ring is not its hull.
	 */
	drop = circle.radius - hull_distance(&hull, x, y);
	share = drop > precision / 2 ? precision / 2 / drop : 1;
	return try_place(shape, circle.x + (x - circle.x) * share,
		circle.y + (y - circle.y) * share, least, ret_pole);
}

bool pole_find(struct pole_finder *finder, const struct clip_path *area, double precision,
	struct pole *ret_pole)
{
	struct shape shape;
	double bound;

	assert(precision > 0);
	*ret_pole = (struct pole){.is_sure = true};
	if (!area->point_count)
		return true;
	if (!read_shape(finder, area, &shape))
		return false;
	if (!find_by_hull(&shape, precision, ret_pole, &bound) &&
		!find_by_search(finder, &shape, precision, bound, ret_pole))
		return false;
	ret_pole->x += shape.middle_x;
	ret_pole->y += shape.middle_y;
	return true;
}
