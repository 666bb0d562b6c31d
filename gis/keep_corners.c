#include "gis/keep_corners.h"

#include <math.h>
#include <string.h>

enum { COMPARISONS_MAX = 1 << 26 }; /* two outlines of 8,000 corners; of larger ones the first part */

/* Corners mostly come in their old order: the search goes on behind the last one found. */
static const double *find(const struct shape *before, const double *xy, double tolerance_m,
	size_t *last, size_t *comparisons)
{
	for (size_t i = 0; i < before->point_count && *comparisons < COMPARISONS_MAX; i++) {
		size_t at = (*last + 1 + i) % before->point_count;
		const double *old = before->xy + 2 * at;

		++*comparisons;
		if (fabs(old[0] - xy[0]) > tolerance_m || fabs(old[1] - xy[1]) > tolerance_m)
			continue;
		*last = at;
		return old;
	}
	return NULL;
}

void keep_corners(struct shape *shape, const struct shape *before, double tolerance_m)
{
	size_t last = 0, comparisons = 0;

	for (size_t i = 0; i < shape->point_count; i++) {
		const double *old =
			find(before, shape->xy + 2 * i, tolerance_m, &last, &comparisons);

		if (old)
			memcpy(shape->xy + 2 * i, old, 2 * sizeof *old);
	}
}
