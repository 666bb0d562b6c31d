#include "gis/geom_geos.h"

#include <math.h>

#include "base/messages.h"

enum {
	WKB_MAX_BYTES = SHAPE_POINTS_MAX * 16 + SHAPE_RINGS_MAX * 16,
	PLAIN_POINTS_MAX = 24, /* outlines so short are checked pair by pair */
};

static void take_message(const char *message, void *data)
{
	struct geom_context *context = data;

	snprintf(context->fault, sizeof context->fault, "%s", message);
}

int geom_context_new(struct geom_context **ret_context, struct error *err)
{
	autoptr(geom_context_free) struct geom_context *context = calloc(1, sizeof *context);

	if (!context)
		return fail_no_memory(err);
	context->wkb = STRBUF(WKB_MAX_BYTES);
	context->geos = GEOS_init_r();
	if (!context->geos)
		return fail_no_memory(err);
	GEOSContext_setErrorMessageHandler_r(context->geos, take_message, context);
	context->reader = GEOSWKBReader_create_r(context->geos);
	context->writer = GEOSWKBWriter_create_r(context->geos);
	if (!context->reader || !context->writer)
		return fail_no_memory(err);
	GEOSWKBWriter_setByteOrder_r(context->geos, context->writer, GEOS_WKB_NDR);
	*ret_context = take(context);
	return 0;
}

void geom_context_free(struct geom_context *context)
{
	if (!context)
		return;
	if (context->reader)
		GEOSWKBReader_destroy_r(context->geos, context->reader);
	if (context->writer)
		GEOSWKBWriter_destroy_r(context->geos, context->writer);
	if (context->geos)
		GEOS_finish_r(context->geos);
	strbuf_clear(&context->wkb);
	free(context);
}

int geom_fail(struct error *err, const struct geom_context *context)
{
	fail_geometry_unreadable(err);
	return error_detail(err, "geos: %s", context->fault);
}

int geom_to_geos(struct geom_context *context, const struct shape *shape,
	GEOSGeometry **ret_geometry, struct error *err)
{
	int rc;

	strbuf_reset(&context->wkb);
	shape_write_wkb(shape, &context->wkb);
	rc = strbuf_check(&context->wkb, err);
	if (rc)
		return rc;
	*ret_geometry = GEOSWKBReader_read_r(context->geos, context->reader,
		(const unsigned char *)context->wkb.data, context->wkb.len);
	return *ret_geometry ? 0 : geom_fail(err, context);
}

static bool same_point(const double *a, const double *b)
{
	return a[0] == b[0] && a[1] == b[1];
}

/* Rings that GEOS would not even read: too short, or open. */
static bool check_rings(const struct shape *shape, struct geom_finding *finding)
{
	size_t least = shape->kind == GEOMETRY_AREA ? 4 : shape->kind == GEOMETRY_LINE ? 2 : 1;
	size_t first = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		size_t end = shape->ring_ends[ring];
		const double *start = shape->xy + 2 * first;

		if (shape->kind == GEOMETRY_AREA &&
			!same_point(start, shape->xy + 2 * (end - 1)))
			*finding = (struct geom_finding){GEOM_NOT_CLOSED, start[0], start[1]};
		else if (end - first < least)
			*finding = (struct geom_finding){GEOM_TOO_FEW_POINTS, start[0], start[1]};
		if (finding->fault)
			return false;
		first = end;
	}
	return true;
}

static double turn(const double *a, const double *b, const double *c)
{
	return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/* True if the segments are apart beyond the doubt of rounding (a square millimetre). */
static bool plainly_apart(const double *a, const double *b, const double *c, const double *d)
{
	static const double doubt = 1e-6;
	double abc = turn(a, b, c), abd = turn(a, b, d), cda = turn(c, d, a), cdb = turn(c, d, b);

	return (abc > doubt && abd > doubt) || (abc < -doubt && abd < -doubt) ||
		(cda > doubt && cdb > doubt) || (cda < -doubt && cdb < -doubt);
}

/*
 * True if an area is one short outline that surely does not cross itself: most parcels are, and
 * this costs a fiftieth of asking GEOS. False means only: ask.
 */
static bool is_plainly_valid(const struct shape *shape)
{
	size_t edges = shape->point_count - 1;

	if (shape->ring_count != 1 || shape->point_count > PLAIN_POINTS_MAX)
		return false;
	for (size_t i = 0; i < edges; i++) {
		const double *a = shape->xy + 2 * i;
		const double *next = shape->xy + 2 * ((i + 2) % edges);

		/* Neighbours share a point: they are apart unless they fold back. */
		if (fabs(turn(a, a + 2, next)) < 1e-6)
			return false;
		for (size_t j = i + 2; j < edges; j++)
			if (!(i == 0 && j == edges - 1) &&
				!plainly_apart(a, a + 2, shape->xy + 2 * j, shape->xy + 2 * j + 2))
				return false;
	}
	return true;
}

static enum geom_fault fault_of(const char *reason)
{
	static const struct {
		const char *reason;
		enum geom_fault fault;
	} faults[] = {
		{"Self-intersection", GEOM_SELF_CROSSING},
		{"Ring Self-intersection", GEOM_SELF_CROSSING},
		{"Hole lies outside shell", GEOM_HOLE_OUTSIDE},
		{"Holes are nested", GEOM_HOLES_NESTED},
		{"Interior is disconnected", GEOM_INTERIOR_CUT},
		{"Nested shells", GEOM_PARTS_OVERLAP},
		{"Duplicate Rings", GEOM_RINGS_EQUAL},
		{"Too few points in geometry component", GEOM_TOO_FEW_POINTS},
		{"Ring is not closed", GEOM_NOT_CLOSED},
	};

	for (size_t i = 0; reason && i < sizeof faults / sizeof faults[0]; i++)
		if (!strcmp(reason, faults[i].reason))
			return faults[i].fault;
	return GEOM_OTHER;
}

int geom_check(struct geom_context *context, const struct shape *shape,
	struct geom_finding *ret_finding, struct error *err)
{
	struct geom_finding finding = {GEOM_VALID, (double)NAN, (double)NAN};
	GEOSGeometry *geometry, *place = NULL;
	char *reason = NULL;
	char valid;
	int rc;

	if (shape->kind == GEOMETRY_POINT || !shape->point_count || !check_rings(shape, &finding) ||
		(shape->kind == GEOMETRY_AREA && is_plainly_valid(shape))) {
		*ret_finding = finding;
		return 0;
	}
	rc = geom_to_geos(context, shape, &geometry, err);
	if (rc)
		return rc;
	valid = GEOSisValidDetail_r(context->geos, geometry, 0, &reason, &place);
	if (valid == 0) {
		finding.fault = fault_of(reason);
		if (place && (GEOSGeomGetX_r(context->geos, place, &finding.x) != 1 ||
				     GEOSGeomGetY_r(context->geos, place, &finding.y) != 1))
			finding.x = finding.y = (double)NAN;
	}
	GEOSFree_r(context->geos, reason);
	GEOSGeom_destroy_r(context->geos, place);
	GEOSGeom_destroy_r(context->geos, geometry);
	if (valid == 2)
		return geom_fail(err, context);
	*ret_finding = finding;
	return 0;
}

/* The areas of a result: itself, or what is area in a collection. */
int geom_only_areas(struct geom_context *context, const GEOSGeometry *geometry,
	GEOSGeometry **ret_areas, struct error *err)
{
	int count = GEOSGetNumGeometries_r(context->geos, geometry), kept = 0;
	GEOSGeometry **parts = calloc(count > 0 ? (size_t)count : 1, sizeof(GEOSGeometry *));

	if (!parts)
		return fail_no_memory(err);
	for (int i = 0; i < count; i++) {
		const GEOSGeometry *part = GEOSGetGeometryN_r(context->geos, geometry, i);

		if (part && GEOSGeomTypeId_r(context->geos, part) == GEOS_POLYGON)
			parts[kept++] = GEOSGeom_clone_r(context->geos, part);
	}
	*ret_areas = GEOSGeom_createCollection_r(
		context->geos, GEOS_MULTIPOLYGON, parts, (unsigned)kept);
	free(parts);
	return *ret_areas ? 0 : geom_fail(err, context);
}

int geom_from_geos(struct geom_context *context, const GEOSGeometry *geometry,
	struct arena *arena, struct shape *ret_shape, struct error *err)
{
	size_t len = 0;
	unsigned char *bytes =
		GEOSWKBWriter_write_r(context->geos, context->writer, geometry, &len);
	int rc;

	if (!bytes)
		return geom_fail(err, context);
	rc = shape_read_wkb(arena, (struct wkb){bytes, len}, ret_shape, err);
	GEOSFree_r(context->geos, bytes);
	return rc;
}

/* A copy with every ring closed and the hopeless ones left out, so that GEOS can read it. */
static int close_rings(struct arena *arena, const struct shape *shape, struct shape *ret_shape,
	struct error *err)
{
	struct shape closed = {.kind = shape->kind, .z_m = shape->z_m};
	size_t ring = 0, first = 0;

	closed.xy = arena_alloc(arena, (shape->point_count + shape->ring_count) * 16);
	closed.ring_ends = arena_alloc(arena, shape->ring_count * sizeof *closed.ring_ends);
	closed.part_ends = arena_alloc(arena, shape->part_count * sizeof *closed.part_ends);
	if (!closed.xy || !closed.ring_ends || !closed.part_ends)
		return fail_no_memory(err);
	for (size_t part = 0; part < shape->part_count; part++) {
		size_t rings_before = closed.ring_count;
		bool lost = false; /* with its outline a part loses its holes */

		for (bool outline = true; ring < shape->part_ends[part]; ring++, outline = false) {
			size_t end = shape->ring_ends[ring], count = end - first;
			double *to = closed.xy + 2 * closed.point_count;

			memcpy(to, shape->xy + 2 * first, count * 16);
			if (!same_point(to, to + 2 * (count - 1)))
				memcpy(to + 2 * count++, to, 16);
			first = end;
			lost |= outline && count < 4;
			if (lost || count < 4)
				continue;
			closed.point_count += count;
			closed.ring_ends[closed.ring_count++] = (uint32_t)closed.point_count;
		}
		if (closed.ring_count > rings_before)
			closed.part_ends[closed.part_count++] = (uint32_t)closed.ring_count;
	}
	*ret_shape = closed;
	return 0;
}

int geom_repair(struct geom_context *context, struct arena *arena, const struct shape *shape,
	struct shape *ret_shape, struct error *err)
{
	GEOSMakeValidParams *how;
	GEOSGeometry *geometry, *valid = NULL, *areas = NULL;
	struct shape closed;
	int rc;

	if (shape->kind != GEOMETRY_AREA) {
		*ret_shape = *shape;
		return 0;
	}
	rc = close_rings(arena, shape, &closed, err);
	if (rc)
		return rc;
	rc = geom_to_geos(context, &closed, &geometry, err);
	if (rc)
		return rc;
	how = GEOSMakeValidParams_create_r(context->geos);
	if (how) {
		GEOSMakeValidParams_setMethod_r(context->geos, how, GEOS_MAKE_VALID_STRUCTURE);
		GEOSMakeValidParams_setKeepCollapsed_r(context->geos, how, 0);
		valid = GEOSMakeValidWithParams_r(context->geos, geometry, how);
		GEOSMakeValidParams_destroy_r(context->geos, how);
	}
	rc = valid ? geom_only_areas(context, valid, &areas, err) : geom_fail(err, context);
	if (!rc)
		rc = geom_from_geos(context, areas, arena, ret_shape, err);
	GEOSGeom_destroy_r(context->geos, areas);
	GEOSGeom_destroy_r(context->geos, valid);
	GEOSGeom_destroy_r(context->geos, geometry);
	return rc;
}

/* --- areas that are compared ---------------------------------------------------------------------- */

struct geom_area {
	struct geom_context *context;
	GEOSGeometry *geometry;
	const GEOSPreparedGeometry *prepared;
	struct box box;
};

int geom_area_new(struct geom_context *context, const struct shape *shape,
	struct geom_area **ret_area, struct error *err)
{
	autoptr(geom_area_free) struct geom_area *area = calloc(1, sizeof *area);
	int rc;

	if (!area)
		return fail_no_memory(err);
	area->context = context;
	area->box = shape_box(shape);
	rc = geom_to_geos(context, shape, &area->geometry, err);
	if (rc)
		return rc;
	area->prepared = GEOSPrepare_r(context->geos, area->geometry);
	if (!area->prepared)
		return geom_fail(err, context);
	*ret_area = take(area);
	return 0;
}

void geom_area_free(struct geom_area *area)
{
	if (!area)
		return;
	if (area->prepared)
		GEOSPreparedGeom_destroy_r(area->context->geos, area->prepared);
	if (area->geometry)
		GEOSGeom_destroy_r(area->context->geos, area->geometry);
	free(area);
}

int geom_area_meets(
	struct geom_area *area, const struct shape *shape, bool *ret_meets, struct error *err)
{
	struct geom_finding finding = {GEOM_VALID, 0, 0};
	struct box box = shape_box(shape);
	GEOSGeometry *other;
	char meets;
	int rc;

	*ret_meets = shape->point_count && boxes_meet(&area->box, &box);
	if (!*ret_meets || !check_rings(shape, &finding))
		return 0;
	rc = geom_to_geos(area->context, shape, &other, err);
	if (rc)
		return rc;
	meets = GEOSPreparedIntersects_r(area->context->geos, area->prepared, other);
	GEOSGeom_destroy_r(area->context->geos, other);
	if (meets == 0 || meets == 1)
		*ret_meets = meets;
	return 0;
}
