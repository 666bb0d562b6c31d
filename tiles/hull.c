#include "tiles/hull.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

/* The line of an edge whose inner side is to the right of it, y being to the south. */
static struct hull_line line_of(const double *from, const double *to)
{
	double ux = to[0] - from[0], uy = to[1] - from[1], length = sqrt(ux * ux + uy * uy);

	return (struct hull_line){-uy / length, ux / length, (uy * from[0] - ux * from[1]) / length};
}

static double turn_at(const double *a, const double *b, const double *c)
{
	return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
}

/* The corners from the west to the east. */
static void sort_corners(const double *xy, size_t count, const double **ret_sorted)
{
	for (size_t i = 0; i < count; i++) {
		const double *corner = xy + 2 * i;
		size_t at = i;

		for (; at && (ret_sorted[at - 1][0] > corner[0] ||
				     (ret_sorted[at - 1][0] == corner[0] &&
					     ret_sorted[at - 1][1] > corner[1]));
			at--)
			ret_sorted[at] = ret_sorted[at - 1];
		ret_sorted[at] = corner;
	}
}

/* There and back along the sorted corners (A. M. Andrew). */
bool hull_read(struct hull *ret_hull, const double *xy, size_t corners)
{
	const double *sorted[HULL_CORNERS_MAX], *hull[2 * HULL_CORNERS_MAX];
	size_t count = 0, least = 2;

	if (corners < 3 || corners > HULL_CORNERS_MAX)
		return false;
	sort_corners(xy, corners, sorted);
	for (size_t step = 0; step < 2 * corners - 1; step++) {
		const double *corner = sorted[step < corners ? step : 2 * corners - 2 - step];

		if (step == corners)
			least = count + 1;
		while (count >= least && turn_at(hull[count - 2], hull[count - 1], corner) <= 0)
			count--;
		hull[count++] = corner;
	}
	ret_hull->count = 0;
	for (size_t i = 0; count > 3 && i + 1 < count; i++)
		ret_hull->lines[ret_hull->count++] = line_of(hull[i], hull[i + 1]);
	return ret_hull->count > 0;
}

double hull_distance(const struct hull *hull, double x, double y)
{
	double least = INFINITY;

	for (size_t i = 0; i < hull->count; i++) {
		const struct hull_line *line = &hull->lines[i];
		double distance = line->nx * x + line->ny * y + line->far;

		least = distance < least ? distance : least;
	}
	return least;
}

/* The place as far from all three lines; infinitely far if there is none. */
static struct hull_circle meet(const struct hull_line *a, const struct hull_line *b, const struct hull_line *c)
{
	double ax = a->nx - b->nx, ay = a->ny - b->ny, af = b->far - a->far;
	double bx = b->nx - c->nx, by = b->ny - c->ny, bf = c->far - b->far;
	double det = ax * by - ay * bx;
	struct hull_circle circle = {.radius = INFINITY};

	if (fabs(det) < 1e-12)
		return circle;
	circle.x = (af * by - ay * bf) / det;
	circle.y = (ax * bf - af * bx) / det;
	circle.radius = b->nx * circle.x + b->ny * circle.y + b->far;
	return circle;
}

/*
 * Whether the circle is inside, and the lines that it touches leave it nowhere to go: seen from its
 * middle none of the gaps between them is wider than half a turn.
 */
static bool is_largest(const struct hull *hull, const struct hull_circle *circle)
{
	double slack = 1e-9 * (1 + circle->radius);
	const struct hull_line *first = NULL, *last = NULL;

	for (size_t i = 0; i < hull->count; i++) {
		const struct hull_line *line = &hull->lines[i];
		double beyond = line->nx * circle->x + line->ny * circle->y + line->far -
			circle->radius;

		if (beyond < -slack)
			return false;
		if (beyond > slack)
			continue;
		if (last && last->nx * line->ny - last->ny * line->nx < -1e-9)
			return false;
		first = first ? first : line;
		last = line;
	}
	return first != last && last->nx * first->ny - last->ny * first->nx >= -1e-9;
}

/* Moves the edges inwards until three are left: where they meet. */
bool hull_largest_circle(const struct hull *hull, struct hull_circle *ret_circle)
{
	unsigned char alive[HULL_CORNERS_MAX];	   /* numbers of the lines that are left, in order */
	struct hull_circle ends[HULL_CORNERS_MAX]; /* where each of them vanishes */
	size_t count = hull->count;
	const struct hull_line *lines = hull->lines;

	for (size_t i = 0; i < count; i++) {
		alive[i] = (unsigned char)i;
		ends[i] = meet(&lines[i ? i - 1 : count - 1], &lines[i],
			&lines[i + 1 < count ? i + 1 : 0]);
	}
	while (count > 3) {
		size_t first = 0, before, behind;

		for (size_t i = 1; i < count; i++)
			if (ends[i].radius < ends[first].radius)
				first = i;
		count--;
		memmove(alive + first, alive + first + 1, count - first);
		memmove(ends + first, ends + first + 1, (count - first) * sizeof *ends);
		behind = first < count ? first : 0;
		before = behind ? behind - 1 : count - 1;
		ends[before] = meet(&lines[alive[before ? before - 1 : count - 1]],
			&lines[alive[before]], &lines[alive[behind]]);
		ends[behind] = meet(&lines[alive[before]], &lines[alive[behind]],
			&lines[alive[behind + 1 < count ? behind + 1 : 0]]);
	}
	*ret_circle = meet(&lines[alive[0]], &lines[alive[1]], &lines[alive[2]]);
	return isfinite(ret_circle->radius) && is_largest(hull, ret_circle);
}

