/*
 * geom: what needs a geometry library: is a shape valid, where not, and making it so; does it meet an
 * area (GEOS).
 *
 * Validity is that of OGC 06-103r4 (simple features): rings closed and not crossing themselves,
 * holes inside, parts apart. A context belongs to one thread.
 */
#ifndef GIS_GEOM_H
#define GIS_GEOM_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "gis/shape.h"

struct geom_context;

int geom_context_new(struct geom_context **ret_context, struct error *err);
void geom_context_free(struct geom_context *context);
AUTOPTR(struct geom_context, geom_context_free);

/* What is wrong with a shape. */
enum geom_fault {
	GEOM_VALID,
	GEOM_SELF_CROSSING,	 /* an outline crosses or touches itself */
	GEOM_HOLE_OUTSIDE,	 /* a hole lies outside its outline */
	GEOM_HOLES_NESTED,	 /* a hole in a hole */
	GEOM_INTERIOR_CUT,	 /* holes cut the interior in two */
	GEOM_PARTS_OVERLAP,	 /* a part within another */
	GEOM_RINGS_EQUAL,	 /* the same outline twice */
	GEOM_TOO_FEW_POINTS,	 /* fewer corners than a line or an outline needs */
	GEOM_NOT_CLOSED,	 /* an outline without end */
	GEOM_OTHER,
};

/* The first fault of a shape and its place (in its coordinates; NaN unknown). */
struct geom_finding {
	enum geom_fault fault;
	double x, y;
};
int geom_check(struct geom_context *context, const struct shape *shape,
	struct geom_finding *ret_finding, struct error *err);

/*
 * A valid shape that covers the same place, in the arena: for areas the "structure" method of
 * GEOSMakeValid, of which only the areas are kept. point_count 0 when nothing is left.
 */
int geom_repair(struct geom_context *context, struct arena *arena, const struct shape *shape,
	struct shape *ret_shape, struct error *err);

/*
 * An area that many shapes are compared with, in their coordinates. A shape meets it that has a point
 * in common with it; one that is too damaged to tell does so with its box.
 */
struct geom_area;
int geom_area_new(struct geom_context *context, const struct shape *shape,
	struct geom_area **ret_area, struct error *err);
void geom_area_free(struct geom_area *area);
AUTOPTR(struct geom_area, geom_area_free);
int geom_area_meets(
	struct geom_area *area, const struct shape *shape, bool *ret_meets, struct error *err);

#endif
