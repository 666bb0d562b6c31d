#include "tiles/path.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"
#include "base/number.h"

enum { FIRST_ROOM = 64 };

void path_clear(struct path *path)
{
	free(path->points);
	free(path->subpaths);
	*path = (struct path){0};
}

void path_reset(struct path *path)
{
	path->point_count = 0;
	path->subpath_count = 0;
	path->failed = 0;
}

/* Doubles an array; false, with the failure noted, when memory or the cap runs out. */
static bool grow(struct path *path, void **array, size_t *room, size_t size)
{
	size_t wish = *room ? *room * 2 : FIRST_ROOM;
	void *larger;

	if (wish > PATH_POINTS_MAX) {
		path->failed = ERR_TOO_LARGE;
		return false;
	}
	larger = realloc(*array, wish * size);
	if (!larger) {
		path->failed = ERR_NOMEM;
		return false;
	}
	*array = larger;
	*room = wish;
	return true;
}

static double clamp(double value)
{
	return value < -PATH_COORDINATE_MAX  ? -PATH_COORDINATE_MAX
	       : value > PATH_COORDINATE_MAX ? PATH_COORDINATE_MAX
					     : value;
}

static bool add_point(struct path *path, double x, double y)
{
	if (path->failed)
		return false;
	if (!(fabs(x) <= PATH_COORDINATE_MAX && fabs(y) <= PATH_COORDINATE_MAX)) {
		if (!isfinite(x) || !isfinite(y)) {
			path->failed = ERR_INVALID;
			return false;
		}
		x = clamp(x);
		y = clamp(y);
	}
	if (path->point_count == path->point_room) {
		void *points = path->points;

		if (!grow(path, &points, &path->point_room, sizeof *path->points))
			return false;
		path->points = points;
	}
	path->points[path->point_count++] = (struct point){x, y};
	return true;
}

void path_move(struct path *path, double x, double y)
{
	void *subpaths = path->subpaths;

	if (path->subpath_count == path->subpath_room && !path->failed) {
		if (!grow(path, &subpaths, &path->subpath_room, sizeof *path->subpaths))
			return;
		path->subpaths = subpaths;
	}
	if (add_point(path, x, y))
		path->subpaths[path->subpath_count++] =
			(struct subpath){(uint32_t)path->point_count, false};
}

void path_line(struct path *path, double x, double y)
{
	if (!path->subpath_count)
		path_move(path, x, y);
	else if (add_point(path, x, y))
		path->subpaths[path->subpath_count - 1].end = (uint32_t)path->point_count;
}

struct point *path_add_points(struct path *path, size_t count, bool closed)
{
	void *points = path->points, *subpaths = path->subpaths;
	struct point *first;

	while (!path->failed && path->point_room - path->point_count < count) {
		if (grow(path, &points, &path->point_room, sizeof *path->points))
			path->points = points;
	}
	if (!path->failed && path->subpath_count == path->subpath_room &&
		grow(path, &subpaths, &path->subpath_room, sizeof *path->subpaths))
		path->subpaths = subpaths;
	if (path->failed || !count)
		return NULL;
	first = path->points + path->point_count;
	path->point_count += count;
	path->subpaths[path->subpath_count++] =
		(struct subpath){(uint32_t)path->point_count, closed};
	return first;
}

static bool are_next(struct point a, struct point b)
{
	return fabs(a.x - b.x) < PATH_NEAREST_PX && fabs(a.y - b.y) < PATH_NEAREST_PX;
}

void path_line_distinct(struct path *path, struct point at)
{
	if (!path->point_count || !are_next(at, path->points[path->point_count - 1]))
		path_line(path, at.x, at.y);
}

static double signed_area(const struct point *ring, size_t count)
{
	double twice = 0;

	for (size_t i = 1; i + 1 < count; i++)
		twice += (ring[i].x - ring[0].x) * (ring[i + 1].y - ring[0].y) -
			 (ring[i + 1].x - ring[0].x) * (ring[i].y - ring[0].y);
	return twice / 2;
}

static void reverse(struct point *ring, size_t count)
{
	for (size_t i = 0, j = count; i + 1 < j; i++) {
		struct point swap = ring[i];

		ring[i] = ring[--j];
		ring[j] = swap;
	}
}

void path_close(struct path *path, enum path_ring ring)
{
	struct subpath *subpath;
	struct point *points;
	size_t start, count;

	if (path->failed || !path->subpath_count)
		return;
	subpath = path->subpaths + path->subpath_count - 1;
	start = path_start(path, path->subpath_count - 1);
	points = path->points + start;
	count = path->point_count - start;
	while (count > 1 && are_next(points[0], points[count - 1]))
		count--;
	path->point_count = start + count;
	*subpath = (struct subpath){(uint32_t)path->point_count, true};
	if (ring == PATH_AS_DRAWN)
		return;
	if ((signed_area(points, count) < 0) == (ring == PATH_OUTER))
		reverse(points, count);
}

void path_circle(struct path *path, struct point centre, double radius, enum path_ring ring)
{
	/* With half a step of h the corners stand r h²/3 outside: the areas are then the same. */
	double steps_wished = ceil(M_PI / sqrt(0.03 / fmax(radius, 0.03)));
	int steps = (int)fmin(fmax(steps_wished, 8), 4096);
	double half = M_PI / steps, outside = radius * (1 + half * half / 3);

	for (int i = 0; i < steps; i++) {
		double angle = (ring == PATH_HOLE ? -2 : 2) * half * i;
		double x = centre.x + outside * cos(angle), y = centre.y + outside * sin(angle);

		if (i)
			path_line(path, x, y);
		else
			path_move(path, x, y);
	}
	path_close(path, PATH_AS_DRAWN);
}

void path_add(struct path *path, const struct path *other)
{
	size_t at = 0;

	for (size_t i = 0; i < other->subpath_count && !path->failed; i++) {
		path_move(path, other->points[at].x, other->points[at].y);
		while (++at < other->subpaths[i].end)
			path_line(path, other->points[at].x, other->points[at].y);
		if (other->subpaths[i].closed)
			path_close(path, PATH_AS_DRAWN);
	}
	if (!path->failed)
		path->failed = other->failed;
}

int path_check(const struct path *path, struct error *err)
{
	switch (path->failed) {
	case 0:
		return 0;
	case ERR_INVALID:
		return fail_coordinate_not_finite(err);
	case ERR_TOO_LARGE:
		return fail_geometry_too_large(err, PATH_POINTS_MAX);
	default:
		return fail_no_memory(err);
	}
}
