/*
 * unit_succession: which administrative units come after which (sáp nhập, chia tách đơn vị hành chính).
 *
 * A decision says so; where none was entered, the share of the old unit's area that lies in each new
 * one tells. Such shares are derived: outlines of two surveys differ along their borders, so small ones
 * are no succession (docs/REGISTER.md).
 */
#ifndef GIS_UNIT_SUCCESSION_H
#define GIS_UNIT_SUCCESSION_H

#include "gis/geom_overlay.h"

enum { SUCCESSION_UNITS_MAX = 4000 }; /* of one reform: a country had 3,321 new ones */

/* An old or a new unit, in the working CRS. */
struct succession_unit {
	int64_t id;
	struct shape shape;
	struct box box;
	double covered; /* of an old one: the share of it that new ones cover, small shares too */
};

/* Told of each pair whose share of the old one's area is at least `least`. */
typedef int succession_visit(
	void *context, int64_t from_id, int64_t to_id, double share, struct error *err);

/*
 * Visits the pairs in the order of the old units, then of the new ones, and fills `covered` of the
 * old ones. What is not valid is repaired for it. The arena is reset between.
 */
int succession_derive(struct geom_context *geom, struct arena *arena, struct succession_unit *old,
	size_t old_count, const struct succession_unit *made, size_t made_count, double least,
	succession_visit *visit, void *context, struct error *err);

/* The unit that holds a point, else the nearest; 0 of none. */
int64_t succession_at(
	const struct succession_unit *units, size_t count, double east, double north);

#endif
