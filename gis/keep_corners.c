#include "gis/keep_corners.h"

#include <math.h>
#include <string.h>

enum { COMPARISONS_MAX = 1 << 26 }; /* two outlines of 8,000 corners; of larger ones the first part */

/* A search through the corners of the shape before. */
struct search {
	const struct shape *before;
	double tolerance_m;
	size_t last; /* that was found */
	size_t comparisons;
};

static double distance_of(const double *a, const double *b)
{
	return fmax(fabs(a[0] - b[0]), fabs(a[1] - b[1]));
}

/*
 * Corners mostly come in their old order: the one behind the last is looked at first, and is it if
 * the one behind that is not nearer.
 */
static const double *find_next(struct search *search, const double *xy)
{
	size_t count = search->before->point_count, at = (search->last + 1) % count;
	const double *old = search->before->xy + 2 * at;
	double distance = distance_of(old, xy);

	if (distance > search->tolerance_m ||
		distance_of(search->before->xy + 2 * search->last, xy) < distance ||
		distance_of(search->before->xy + 2 * ((at + 1) % count), xy) < distance)
		return NULL;
	search->last = at;
	return old;
}

/* The nearest: of two that are nearer to one another than the tolerance, each stays itself. */
static const double *find_nearest(struct search *search, const double *xy)
{
	const struct shape *before = search->before;
	const double *nearest = NULL;
	double least = INFINITY;

	for (size_t i = 0; i < before->point_count && search->comparisons < COMPARISONS_MAX; i++) {
		const double *old = before->xy + 2 * i;
		double distance = distance_of(old, xy);

		search->comparisons++;
		if (distance > search->tolerance_m || distance >= least)
			continue;
		least = distance;
		nearest = old;
		search->last = i;
	}
	return nearest;
}

static void keep(struct search *search, double *xy)
{
	const double *old = find_next(search, xy);

	if (!old)
		old = find_nearest(search, xy);
	if (old)
		memcpy(xy, old, 2 * sizeof *old);
}

void keep_corners(struct shape *shape, const struct shape *before, double tolerance_m)
{
	struct search search = {.before = before, .tolerance_m = tolerance_m};
	bool is_area = shape->kind == GEOMETRY_AREA;
	size_t first = 0;

	for (size_t ring = 0; before->point_count && ring < shape->ring_count; ring++) {
		size_t end = shape->ring_ends[ring];

		for (size_t i = first; i < end - is_area; i++)
			keep(&search, shape->xy + 2 * i);
		/* An outline ends where it begins. */
		if (is_area)
			memcpy(shape->xy + 2 * (end - 1), shape->xy + 2 * first, 2 * sizeof(double));
		first = end;
	}
}
