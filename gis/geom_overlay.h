/*
 * geom_overlay: areas against areas, and an area cut by a line (GEOS).
 *
 * All shapes are in one plane, in m, and valid; what is returned lives in the arena. Corners keep
 * their very coordinates; new ones stand only where outlines or the line cross.
 */
#ifndef GIS_GEOM_OVERLAY_H
#define GIS_GEOM_OVERLAY_H

#include "gis/geom.h"

enum {
	GEOM_LINE_POINTS_MAX = 1000, /* of a line that cuts */
	GEOM_FACES_MAX = 1000,	     /* pieces that are looked at */
};

/* Why a line does not cut an area in two. */
enum geom_split_fault {
	GEOM_SPLIT_DONE,
	GEOM_SPLIT_MISSES,	/* it does not go through */
	GEOM_SPLIT_ENDS_INSIDE, /* an end of it lies within */
	GEOM_SPLIT_MANY,	/* it cuts more than two pieces */
};

struct geom_split {
	enum geom_split_fault fault;
	size_t piece_count;
	struct shape parts[2]; /* DONE: the northern one first */
	struct shape where;    /* else, points: ends inside; crossings of MANY; none of MISSES */
};

/*
 * Cuts an area in two. An end that stops within reach_m before the border is taken across it.
 * Pieces of an area in several parts that the line does not touch stay with the larger part.
 * The line is one line.
 */
int geom_split(struct geom_context *context, struct arena *arena, const struct shape *area,
	const struct shape *line, double reach_m, struct geom_split *ret, struct error *err);

/* What is covered by any of them. */
int geom_join(struct geom_context *context, struct arena *arena, const struct shape *areas,
	size_t count, struct shape *ret, struct error *err);

/* What both cover; point_count 0: nothing, or edges alone. */
int geom_common(struct geom_context *context, struct arena *arena, const struct shape *a,
	const struct shape *b, struct shape *ret, struct error *err);

/* What the first covers and the second does not. */
int geom_beyond(struct geom_context *context, struct arena *arena, const struct shape *a,
	const struct shape *b, struct shape *ret, struct error *err);

/* All that lies within a distance of a shape, in m; corners are rounded by 32 sides a quarter. */
int geom_around(struct geom_context *context, struct arena *arena, const struct shape *shape,
	double distance_m, struct shape *ret, struct error *err);

/* Several areas as one shape, which need not be valid: their parts side by side. */
int geom_collect(struct arena *arena, const struct shape *areas, size_t count, struct shape *ret,
	struct error *err);

#endif
