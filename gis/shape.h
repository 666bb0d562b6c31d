/*
 * shape: a geometry as flat arrays of coordinates, and what can be asked of it without a library.
 *
 * Points, lines and areas are always "multi": an area has parts (polygons), a part has rings (the
 * outer one first), a ring has points and is closed (first = last). A line has rings too: each is
 * one line. No ring and no part is empty; that a ring has four points is not asked here.
 * Coordinates are pairs, east then north (or lon then lat), 2D; the height of a point stands beside
 * them. A shape borrows its memory from the arena that it was read into.
 */
#ifndef GIS_SHAPE_H
#define GIS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "data/feature.h"
#include "data/layer.h"

enum {
	SHAPE_POINTS_MAX = 1 << 20, /* of one record: a province's outline has 100,000 */
	SHAPE_RINGS_MAX = 1 << 17,
};

struct shape {
	enum geometry_kind kind;
	size_t point_count;
	double *xy;	      /* 2 * point_count */
	size_t ring_count;    /* rings, or lines, or points */
	uint32_t *ring_ends;  /* index of the point behind each ring */
	size_t part_count;    /* polygons; of lines and points as ring_count */
	uint32_t *part_ends;  /* index of the ring behind each part */
	double z_m;	      /* height of a single point, else NaN */
};

/*
 * Reads ISO or EWKB-style WKB of any byte order: Point, LineString, Polygon and their multi
 * forms, with Z or M (dropped, but for the height of a single point). Errors: ERR_INVALID for
 * bytes that are none, another type, a coordinate that is not finite, a ring that is not closed;
 * ERR_TOO_LARGE over the caps. An empty geometry gives point_count 0.
 */
int shape_read_wkb(
	struct arena *arena, struct wkb wkb, struct shape *ret_shape, struct error *err);

/* Appends little-endian ISO WKB: Point, MultiLineString or MultiPolygon; MultiPoint if several. */
void shape_write_wkb(const struct shape *shape, struct strbuf *out);

/* A copy whose coordinates are its own, in the arena; all else is shared. */
int shape_copy(
	struct arena *arena, const struct shape *from, struct shape *ret_copy, struct error *err);

/* The box of all points; empty (min > max) without any. */
struct box shape_box(const struct shape *shape);

/* Square units of the coordinates: outer rings less their holes. Zero for points and lines. */
double shape_area(const struct shape *shape);

/* Units of the coordinates: the length of all lines (of areas: their outlines). */
double shape_length(const struct shape *shape);

/* True if the shape and the closed box have a point in common (exact on the given doubles). */
bool shape_meets_box(const struct shape *shape, const struct box *box);

/* True if the point is inside an area or on its edge (even-odd). */
bool shape_covers(const struct shape *shape, double x, double y);

/* The distance to the nearest point of the shape: 0 inside an area, INFINITY from an empty one. */
double shape_distance(const struct shape *shape, double x, double y);

bool box_is_empty(const struct box *box);
bool boxes_meet(const struct box *a, const struct box *b);
void box_add(struct box *box, const struct box *other);
extern const struct box box_empty;

#endif
