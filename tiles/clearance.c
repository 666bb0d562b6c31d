#include "tiles/clearance.h"

#include <math.h>

#include "base/banned.h"
#include "tiles/mvt.h"
#include "tiles/snap.h"

enum { POINTS_MAX = 40 }; /* every point meets every edge: some 5 µs */

static double distance2(const int32_t *a, const int32_t *b)
{
	double x = (double)a[0] - b[0], y = (double)a[1] - b[1];

	return x * x + y * y;
}

/* From a point to the edge a-b, which it is no end of. */
static double edge_distance2(const int32_t *point, const int32_t *a, const int32_t *b)
{
	double ex = (double)b[0] - a[0], ey = (double)b[1] - a[1];
	double px = (double)point[0] - a[0], py = (double)point[1] - a[1];
	double along = ex * px + ey * py, length2 = ex * ex + ey * ey;
	double across = ex * py - ey * px;

	if (along <= 0)
		return px * px + py * py;
	return along >= length2 ? distance2(point, b) : across * across / length2;
}

/* The least distance of an edge of an area to another point of it, and of its own ends. */
static double room_at_edge(const int32_t *xy, size_t count, size_t from, size_t to)
{
	double least2 = distance2(xy + 2 * from, xy + 2 * to);

	for (size_t i = 0; i < count; i++)
		if (i != from && i != to)
			least2 = fmin(least2,
				edge_distance2(xy + 2 * i, xy + 2 * from, xy + 2 * to));
	return least2;
}

/* The square of the least distance, in units of the snapshot. */
static double clearance2(const struct outline *outline, bool is_area)
{
	const struct snapshot_ring *rings = outline->rings;
	const int32_t *xy = outline->xy;
	size_t count = outline->point_count, first = 0;
	double least2 = INFINITY;

	if (is_area && count > POINTS_MAX)
		return 0;
	for (uint32_t ring = 0; ring < outline->ring_count; ring++) {
		size_t end = first + rings[ring].point_count;

		for (size_t i = first; i + 1 < end; i++)
			least2 = fmin(least2, is_area ? room_at_edge(xy, count, i, i + 1)
						      : distance2(xy + 2 * i, xy + 2 * i + 2));
		if (is_area)
			least2 = fmin(least2, room_at_edge(xy, count, end - 1, first));
		first = end;
	}
	return least2;
}

uint8_t clearance_safe_zoom(const struct outline *outline, enum geometry_kind kind)
{
	double room2 = clearance2(outline, kind == GEOMETRY_AREA);
	unsigned zoom = GRID_ZOOM_MAX + 1;

	while (zoom && snap_safe_distance2(GRID_WORLD_BITS - MVT_EXTENT_BITS - (int)zoom + 1) < room2)
		zoom--;
	return (uint8_t)zoom;
}
