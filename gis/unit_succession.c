#include "gis/unit_succession.h"

#include <math.h>

/* Outlines of others are not always valid. */
static int make_valid(struct geom_context *geom, struct arena *arena, const struct shape *shape,
	struct shape *ret, struct error *err)
{
	struct geom_finding finding;
	int rc = geom_check(geom, shape, &finding, err);

	*ret = *shape;
	return rc || finding.fault == GEOM_VALID ? rc
						 : geom_repair(geom, arena, shape, ret, err);
}

static int share_of(struct geom_context *geom, struct arena *arena,
	const struct succession_unit *old, const struct succession_unit *made, double *ret_share,
	struct error *err)
{
	struct shape a, b, common;
	int rc;

	*ret_share = 0;
	arena_reset(arena);
	if (!boxes_meet(&old->box, &made->box))
		return 0;
	rc = make_valid(geom, arena, &old->shape, &a, err);
	if (!rc)
		rc = make_valid(geom, arena, &made->shape, &b, err);
	if (!rc)
		rc = geom_common(geom, arena, &a, &b, &common, err);
	if (!rc && shape_area(&a) > 0)
		*ret_share = shape_area(&common) / shape_area(&a);
	return rc;
}

int succession_derive(struct geom_context *geom, struct arena *arena, struct succession_unit *old,
	size_t old_count, const struct succession_unit *made, size_t made_count, double least,
	succession_visit *visit, void *context, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < old_count; i++) {
		old[i].covered = 0;
		for (size_t k = 0; !rc && k < made_count; k++) {
			double share;

			rc = share_of(geom, arena, &old[i], &made[k], &share, err);
			old[i].covered += share;
			if (!rc && share >= least)
				rc = visit(context, old[i].id, made[k].id, share, err);
		}
	}
	return rc;
}

int64_t succession_at(const struct succession_unit *units, size_t count, double east, double north)
{
	double nearest = INFINITY;
	int64_t id = 0;

	for (size_t i = 0; i < count && nearest > 0; i++) {
		const struct box *box = &units[i].box;
		double away = hypot(fmax(0, fmax(box->min_x - east, east - box->max_x)),
			fmax(0, fmax(box->min_y - north, north - box->max_y)));
		double distance = away < nearest
			? shape_distance(&units[i].shape, east, north)
			: (double)INFINITY;

		if (distance >= nearest)
			continue;
		nearest = distance;
		id = units[i].id;
	}
	return id;
}
