#include "gis/placing.h"

#include <math.h>

#include "base/messages.h"
#include "gis/keep_corners.h"

enum { FAR_DEGREES = 2 }; /* outside the area of use of the working CRS by more is elsewhere */

int placing_open(struct placing *ret_placing, struct crs_context *crs, struct geom_context *geom,
	const struct city *city, int epsg, struct error *err)
{
	struct placing placing = {.geom = geom};
	int rc = crs_describe(crs, epsg, &placing.from, err);

	if (!rc)
		rc = crs_describe(crs, city->epsg, &placing.working, err);
	if (!rc)
		rc = crs_path_find(crs, epsg, city->epsg, &placing.to_working, err);
	if (!rc)
		rc = crs_path_find(crs, city->epsg, CRS_WGS84, &placing.to_wgs84, err);
	*ret_placing = placing;
	return rc;
}

int placing_check_kind(const struct layer *layer, const struct shape *shape, struct error *err)
{
	if (shape->kind != layer->geometry) {
		if (layer->geometry == GEOMETRY_AREA)
			return fail_shape_not_area(err);
		if (layer->geometry == GEOMETRY_LINE)
			return fail_shape_not_line(err);
		return fail_shape_not_point(err);
	}
	if (shape->kind == GEOMETRY_POINT && shape->point_count > 1)
		return fail_shape_several_points(err, (int64_t)shape->point_count);
	return 0;
}

/* The reason of an invalid shape, as a message. */
static int fail_fault(enum geom_fault fault, struct error *err)
{
	switch (fault) {
	case GEOM_SELF_CROSSING:
		return fail_shape_crosses_itself(err);
	case GEOM_HOLE_OUTSIDE:
		return fail_shape_hole_outside(err);
	case GEOM_HOLES_NESTED:
		return fail_shape_holes_nested(err);
	case GEOM_INTERIOR_CUT:
		return fail_shape_interior_cut(err);
	case GEOM_PARTS_OVERLAP:
		return fail_shape_parts_overlap(err);
	case GEOM_RINGS_EQUAL:
		return fail_shape_rings_equal(err);
	case GEOM_TOO_FEW_POINTS:
		return fail_shape_too_few_points(err);
	case GEOM_NOT_CLOSED:
		return fail_shape_not_closed(err);
	default:
		return fail_shape_invalid(err);
	}
}

int placing_check_shape(const struct placing *placing, const struct shape *shape,
	double ret_place[2], struct error *err)
{
	struct geom_finding finding;
	int rc = geom_check(placing->geom, shape, &finding, err);

	if (rc || finding.fault == GEOM_VALID)
		return rc;
	ret_place[0] = finding.x;
	ret_place[1] = finding.y;
	if (!isfinite(finding.x) || crs_path_apply(placing->to_working, ret_place, 1, NULL))
		ret_place[0] = ret_place[1] = (double)NAN;
	return fail_fault(finding.fault, err);
}

int placing_move(const struct placing *placing, struct shape *shape, struct error *err)
{
	return crs_path_apply(placing->to_working, shape->xy, shape->point_count, err);
}

double placing_far_km(const struct placing *placing, const struct box *box)
{
	const struct crs_info *crs = &placing->working;
	double xy[2] = {(box->min_x + box->max_x) / 2, (box->min_y + box->max_y) / 2};
	double off_x, off_y;

	if (crs->west > crs->east || crs_path_apply(placing->to_wgs84, xy, 1, NULL))
		return 0;
	off_x = fmax(0, fmax(crs->west - xy[0], xy[0] - crs->east));
	off_y = fmax(0, fmax(crs->south - xy[1], xy[1] - crs->north));
	if (off_x < FAR_DEGREES && off_y < FAR_DEGREES)
		return 0;
	return round(hypot(off_x * cos(xy[1] * M_PI / 180), off_y) * 111.2);
}

struct measure placing_measure(
	const struct placing *placing, const struct shape *native, const struct shape *working)
{
	bool own_zone = !placing->from.geographic;
	double unit_m = own_zone ? placing->from.unit_m : 1;
	const struct shape *shape = own_zone ? native : working;

	return (struct measure){shape_area(shape) * unit_m * unit_m,
		shape->kind == GEOMETRY_LINE ? shape_length(shape) * unit_m : 0};
}

void measure_put(const struct measure *measure, const struct layer *layer, struct value *values)
{
	for (size_t i = 0; i < layer->field_count; i++) {
		if (layer->fields[i].source == FIELD_AREA_M2)
			values[i] = (struct value){.kind = VALUE_REAL, .real = measure->area_m2};
		else if (layer->fields[i].source == FIELD_LENGTH_M)
			values[i] = (struct value){.kind = VALUE_REAL, .real = measure->length_m};
	}
}

static int write_wkb(
	struct arena *arena, const struct shape *shape, struct wkb *ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf bytes =
		STRBUF(SHAPE_POINTS_MAX * 16 + SHAPE_RINGS_MAX * 16);
	unsigned char *copy;

	shape_write_wkb(shape, &bytes);
	copy = bytes.failed ? NULL : arena_alloc(arena, bytes.len);
	if (!copy)
		return fail_no_memory(err);
	memcpy(copy, bytes.data, bytes.len);
	*ret = (struct wkb){copy, bytes.len};
	return 0;
}

int placing_place(const struct placing *placing, struct arena *arena, const struct shape *native,
	const struct shape *before, double tolerance_m, struct placed *ret, struct error *err)
{
	struct shape shape;
	double far_km;
	int rc = shape_copy(arena, native, &shape, err);

	*ret = (struct placed){.z_m = native->z_m};
	if (!rc)
		rc = placing_move(placing, &shape, err);
	if (rc)
		return rc;
	if (before)
		keep_corners(&shape, before, tolerance_m);
	ret->box = shape_box(&shape);
	far_km = placing_far_km(placing, &ret->box);
	if (far_km > 0)
		return fail_row_elsewhere(err, far_km);
	ret->measure = placing_measure(placing, native, &shape);
	rc = write_wkb(arena, &shape, &ret->wkb, err);
	/* What was surveyed in another zone keeps its digits; what came from a map has none to keep. */
	if (!rc && !placing->from.geographic && placing->from.epsg != placing->working.epsg) {
		ret->native_epsg = placing->from.epsg;
		rc = write_wkb(arena, native, &ret->native_wkb, err);
	}
	return rc;
}
