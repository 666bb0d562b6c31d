/*
 * path: lines and rings in pixels, x to the right and y down, collected for one call of drawing.
 *
 * Calling sequence, for each sub-path: path_move, path_line..., and path_close if it is a ring.
 * A polygon is its outer ring closed as PATH_OUTER and its holes closed as PATH_HOLE: these turn
 * the ring so that holes stay holes under the non-zero rule, however they were wound. A path is
 * used again and again (path_reset), so that drawing a tile soon stops allocating.
 *
 * Failure sticks, as in a strbuf: add freely, the drawing call reports it (path_check).
 */
#ifndef TILES_PATH_H
#define TILES_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
	/* Four times the largest record: room for its outline, and 64 MB. */
	PATH_POINTS_MAX = 1 << 22,
};

/* Coordinates are clamped to this: more than the whole world at zoom 22, twice magnified. */
#define PATH_COORDINATE_MAX 8e9

/* Points nearer than this, in x and y, are "next to" each other: they have no direction. */
#define PATH_NEAREST_PX (1.0 / 256)

struct point {
	double x, y;
};

struct subpath {
	uint32_t end; /* index of the point behind its last one */
	bool closed;  /* a ring: its last point is joined to its first, which is not repeated */
};

struct path {
	struct point *points;
	size_t point_count, point_room;
	struct subpath *subpaths;
	size_t subpath_count, subpath_room;
	int failed; /* enum error_code of the first failure; 0 none */
};

enum path_ring {
	PATH_AS_DRAWN, /* keeps its direction */
	PATH_OUTER,    /* turned to have positive area, which is clockwise on the screen */
	PATH_HOLE,     /* turned to have negative area */
};

void path_clear(struct path *path); /* frees; an all-zero path is empty and usable */
void path_reset(struct path *path); /* empties, keeps the memory, forgets the failure */

/* Starts a sub-path. A coordinate that is not finite is refused: ERR_INVALID. */
void path_move(struct path *path, double x, double y);

/* Goes on to the next point of the sub-path. */
void path_line(struct path *path, double x, double y);

/*
 * Adds a sub-path of `count` points, at least one, for the caller to write: finite, and no larger
 * than PATH_COORDINATE_MAX. NULL when that failed. A ring keeps its direction.
 */
struct point *path_add_points(struct path *path, size_t count, bool closed);

/* The same as path_line, unless the point is next to the one before. */
void path_line_distinct(struct path *path, struct point at);

/* Makes the current sub-path a ring; last points that are next to its first are dropped. */
void path_close(struct path *path, enum path_ring ring);

/* Adds a circle as a ring of positive area, or negative for a hole, good to 0.01 px. */
void path_circle(struct path *path, struct point centre, double radius, enum path_ring ring);

/* Adds all sub-paths of another path. */
void path_add(struct path *path, const struct path *other);

/* Index of the first point of a sub-path. */
static inline size_t path_start(const struct path *path, size_t subpath)
{
	return subpath ? path->subpaths[subpath - 1].end : 0;
}

/* 0, or the failure of an addition: ERR_INVALID, ERR_TOO_LARGE or ERR_NOMEM. */
int path_check(const struct path *path, struct error *err);

#endif
