#include "gis/geom_overlay.h"

#include <math.h>

#include "base/messages.h"
#include "gis/geom_geos.h"

static void destroy(struct geom_context *context, GEOSGeometry *geometry)
{
	GEOSGeom_destroy_r(context->geos, geometry);
}

/* The areas of a result of GEOS, which is destroyed; NULL: it has failed. */
static int take_areas(struct geom_context *context, GEOSGeometry *result, struct arena *arena,
	struct shape *ret, struct error *err)
{
	GEOSGeometry *areas = NULL;
	int rc = result ? geom_only_areas(context, result, &areas, err) : geom_fail(err, context);

	if (!rc)
		rc = geom_from_geos(context, areas, arena, ret, err);
	destroy(context, areas);
	destroy(context, result);
	ret->kind = GEOMETRY_AREA;
	return rc;
}

typedef GEOSGeometry *overlay(
	GEOSContextHandle_t geos, const GEOSGeometry *a, const GEOSGeometry *b);

static int lay_over(struct geom_context *context, struct arena *arena, overlay *how,
	const struct shape *a, const struct shape *b, struct shape *ret, struct error *err)
{
	GEOSGeometry *left = NULL, *right = NULL;
	int rc = geom_to_geos(context, a, &left, err);

	if (!rc)
		rc = geom_to_geos(context, b, &right, err);
	if (!rc)
		rc = take_areas(context, how(context->geos, left, right), arena, ret, err);
	destroy(context, left);
	destroy(context, right);
	return rc;
}

int geom_common(struct geom_context *context, struct arena *arena, const struct shape *a,
	const struct shape *b, struct shape *ret, struct error *err)
{
	return lay_over(context, arena, GEOSIntersection_r, a, b, ret, err);
}

int geom_beyond(struct geom_context *context, struct arena *arena, const struct shape *a,
	const struct shape *b, struct shape *ret, struct error *err)
{
	return lay_over(context, arena, GEOSDifference_r, a, b, ret, err);
}

int geom_collect(struct arena *arena, const struct shape *areas, size_t count, struct shape *ret,
	struct error *err)
{
	struct shape all = {.kind = GEOMETRY_AREA, .z_m = (double)NAN};
	size_t points = 0, rings = 0, parts = 0;

	for (size_t i = 0; i < count; i++) {
		points += areas[i].point_count;
		rings += areas[i].ring_count;
		parts += areas[i].part_count;
	}
	all.xy = arena_alloc(arena, (points + 1) * 2 * sizeof *all.xy);
	all.ring_ends = arena_alloc(arena, (rings + 1) * sizeof *all.ring_ends);
	all.part_ends = arena_alloc(arena, (parts + 1) * sizeof *all.part_ends);
	if (!all.xy || !all.ring_ends || !all.part_ends)
		return fail_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct shape *area = &areas[i];

		memcpy(all.xy + 2 * all.point_count, area->xy,
			area->point_count * 2 * sizeof *all.xy);
		for (size_t ring = 0; ring < area->ring_count; ring++)
			all.ring_ends[all.ring_count + ring] =
				(uint32_t)all.point_count + area->ring_ends[ring];
		for (size_t part = 0; part < area->part_count; part++)
			all.part_ends[all.part_count + part] =
				(uint32_t)all.ring_count + area->part_ends[part];
		all.point_count += area->point_count;
		all.ring_count += area->ring_count;
		all.part_count += area->part_count;
	}
	*ret = all;
	return 0;
}

int geom_join(struct geom_context *context, struct arena *arena, const struct shape *areas,
	size_t count, struct shape *ret, struct error *err)
{
	GEOSGeometry *geometry = NULL;
	struct shape all;
	int rc = geom_collect(arena, areas, count, &all, err);

	if (!rc)
		rc = geom_to_geos(context, &all, &geometry, err);
	if (!rc)
		rc = take_areas(context, GEOSUnaryUnion_r(context->geos, geometry), arena, ret, err);
	destroy(context, geometry);
	return rc;
}

int geom_around(struct geom_context *context, struct arena *arena, const struct shape *shape,
	double distance_m, struct shape *ret, struct error *err)
{
	enum { SIDES_A_QUARTER = 32 };
	GEOSGeometry *geometry = NULL;
	int rc = geom_to_geos(context, shape, &geometry, err);

	if (!rc)
		rc = take_areas(context,
			GEOSBuffer_r(context->geos, geometry, distance_m, SIDES_A_QUARTER), arena,
			ret, err);
	destroy(context, geometry);
	return rc;
}

/* --- cutting ------------------------------------------------------------------------------------ */

/* An area being cut. */
struct cut {
	struct geom_context *context;
	struct arena *arena;
	const struct shape *area;
	struct shape line; /* its ends taken across the border */
	struct shape faces[GEOM_FACES_MAX]; /* pieces that lie within the area */
	size_t face_count;
	double ends[4]; /* that lie inside */
	size_t end_count;
};

/* How far a place inside an area is from its border, by its outlines. */
static double to_border(const struct shape *area, double x, double y)
{
	struct shape outlines = *area;

	outlines.kind = GEOMETRY_LINE;
	return shape_distance(&outlines, x, y);
}

/* An end inside the area is taken across the border when that is near; else it is noted. */
static void stretch(struct cut *cut, double *end, const double *next, double reach_m)
{
	double dx = end[0] - next[0], dy = end[1] - next[1], length = hypot(dx, dy);
	double distance;

	if (!shape_covers(cut->area, end[0], end[1]))
		return;
	distance = to_border(cut->area, end[0], end[1]);
	if (distance > reach_m) {
		cut->ends[2 * cut->end_count] = end[0];
		cut->ends[2 * cut->end_count++ + 1] = end[1];
	} else if (length > 0) {
		end[0] += dx / length * 2 * reach_m;
		end[1] += dy / length * 2 * reach_m;
	}
}

static int stretch_ends(
	struct cut *cut, const struct shape *line, double reach_m, struct error *err)
{
	size_t count = line->point_count;

	cut->line = *line;
	cut->line.xy = arena_alloc(cut->arena, count * 2 * sizeof *line->xy);
	if (!cut->line.xy)
		return fail_no_memory(err);
	memcpy(cut->line.xy, line->xy, count * 2 * sizeof *line->xy);
	stretch(cut, cut->line.xy, line->xy + 2, reach_m);
	stretch(cut, cut->line.xy + 2 * (count - 1), line->xy + 2 * (count - 2), reach_m);
	return 0;
}

/* The border and the line, with a corner wherever they cross, as the areas between them. */
static GEOSGeometry *find_faces(
	struct geom_context *context, const GEOSGeometry *area, const GEOSGeometry *line)
{
	GEOSContextHandle_t geos = context->geos;
	GEOSGeometry *border = GEOSBoundary_r(geos, area);
	GEOSGeometry *both = border ? GEOSUnion_r(geos, border, line) : NULL;
	GEOSGeometry *faces =
		both ? GEOSPolygonize_r(geos, (const GEOSGeometry *const *)&both, 1) : NULL;

	destroy(context, border);
	destroy(context, both);
	return faces;
}

/* Keeps the faces that lie within the area: others fill its holes. */
static int keep_faces(struct cut *cut, const GEOSGeometry *faces, struct error *err)
{
	struct geom_context *context = cut->context;
	int count = GEOSGetNumGeometries_r(context->geos, faces), rc = 0;

	for (int i = 0; !rc && i < count && cut->face_count < GEOM_FACES_MAX; i++) {
		const GEOSGeometry *face = GEOSGetGeometryN_r(context->geos, faces, i);
		GEOSGeometry *inside = face ? GEOSPointOnSurface_r(context->geos, face) : NULL;
		double x = 0, y = 0;

		if (!inside || GEOSGeomGetX_r(context->geos, inside, &x) != 1 ||
			GEOSGeomGetY_r(context->geos, inside, &y) != 1)
			rc = geom_fail(err, context);
		destroy(context, inside);
		if (!rc && shape_covers(cut->area, x, y))
			rc = geom_from_geos(context, face, cut->arena,
				&cut->faces[cut->face_count++], err);
	}
	return rc;
}

static int cut_faces(struct cut *cut, struct error *err)
{
	struct geom_context *context = cut->context;
	GEOSGeometry *area = NULL, *line = NULL, *faces = NULL;
	int rc = geom_to_geos(context, cut->area, &area, err);

	if (!rc)
		rc = geom_to_geos(context, &cut->line, &line, err);
	if (!rc) {
		faces = find_faces(context, area, line);
		rc = faces ? keep_faces(cut, faces, err) : geom_fail(err, context);
	}
	destroy(context, faces);
	destroy(context, line);
	destroy(context, area);
	return rc;
}

/* Points as a shape. */
static int points_of(
	struct arena *arena, const double *xy, size_t count, struct shape *ret, struct error *err)
{
	struct shape points = {.kind = GEOMETRY_POINT, .point_count = count, .ring_count = count,
		.part_count = count, .z_m = (double)NAN};

	points.xy = arena_alloc(arena, (count + 1) * 2 * sizeof *xy);
	points.ring_ends = arena_alloc(arena, (count + 1) * sizeof *points.ring_ends);
	if (!points.xy || !points.ring_ends)
		return fail_no_memory(err);
	memcpy(points.xy, xy, count * 2 * sizeof *xy);
	for (size_t i = 0; i < count; i++)
		points.ring_ends[i] = (uint32_t)i + 1;
	points.part_ends = points.ring_ends;
	*ret = points;
	return 0;
}

/* Corners of the pieces that lie on the line and are no corners of the area: where it crosses. */
static int find_crossings(struct cut *cut, struct shape *ret, struct error *err)
{
	double xy[2 * GEOM_FACES_MAX];
	size_t count = 0;

	for (size_t face = 0; face < cut->face_count; face++)
		for (size_t i = 0; i < cut->faces[face].point_count; i++) {
			const double *at = cut->faces[face].xy + 2 * i;
			bool known = shape_distance(&cut->line, at[0], at[1]) > 1e-6 ||
				to_border(cut->area, at[0], at[1]) > 1e-6;

			for (size_t k = 0; !known && k < count; k++)
				known = xy[2 * k] == at[0] && xy[2 * k + 1] == at[1];
			if (known || count == GEOM_FACES_MAX)
				continue;
			memcpy(xy + 2 * count++, at, 2 * sizeof *at);
		}
	return points_of(cut->arena, xy, count, ret, err);
}

/* Whether a face has a side of the line: others were not cut. */
static bool touches_line(const struct cut *cut, const struct shape *face)
{
	size_t on_line = 0;

	for (size_t i = 0; i + 1 < face->point_count; i++)
		on_line += shape_distance(&cut->line, face->xy[2 * i], face->xy[2 * i + 1]) < 1e-6;
	return on_line > 1;
}

static bool lies_before(const struct shape *a, const struct shape *b)
{
	struct box left = shape_box(a), right = shape_box(b);
	double north = left.max_y + left.min_y - right.max_y - right.min_y;

	return north != 0 ? north > 0 : left.min_x < right.min_x;
}

/* Two pieces were cut; what the line did not touch goes with the larger one. */
static int put_together(struct cut *cut, size_t cut_faces[2], struct geom_split *ret, struct error *err)
{
	struct shape both[2] = {cut->faces[cut_faces[0]], cut->faces[cut_faces[1]]}, rest[GEOM_FACES_MAX];
	size_t large = shape_area(&both[0]) < shape_area(&both[1]), count = 0;
	int rc = 0;

	rest[count++] = both[large];
	for (size_t i = 0; i < cut->face_count; i++)
		if (i != cut_faces[0] && i != cut_faces[1])
			rest[count++] = cut->faces[i];
	if (count > 1)
		rc = geom_collect(cut->arena, rest, count, &both[large], err);
	if (!rc) {
		bool turn = lies_before(&both[1], &both[0]);

		ret->parts[0] = both[turn];
		ret->parts[1] = both[!turn];
	}
	return rc;
}

static int judge(struct cut *cut, struct geom_split *ret, struct error *err)
{
	size_t touched[2], count = 0;

	for (size_t i = 0; i < cut->face_count; i++)
		if (touches_line(cut, &cut->faces[i])) {
			if (count < 2)
				touched[count] = i;
			count++;
		}
	ret->piece_count = count;
	ret->fault = GEOM_SPLIT_DONE;
	if (cut->end_count) {
		ret->fault = GEOM_SPLIT_ENDS_INSIDE;
		return points_of(cut->arena, cut->ends, cut->end_count, &ret->where, err);
	}
	if (count > 2 || cut->face_count == GEOM_FACES_MAX) {
		ret->fault = GEOM_SPLIT_MANY;
		return find_crossings(cut, &ret->where, err);
	}
	if (count < 2 || cut->face_count != cut->area->part_count + 1) {
		ret->fault = GEOM_SPLIT_MISSES;
		return points_of(cut->arena, cut->ends, 0, &ret->where, err);
	}
	return put_together(cut, touched, ret, err);
}

int geom_split(struct geom_context *context, struct arena *arena, const struct shape *area,
	const struct shape *line, double reach_m, struct geom_split *ret, struct error *err)
{
	struct cut *cut = arena_zero(arena, 1, sizeof *cut);
	int rc;

	*ret = (struct geom_split){.fault = GEOM_SPLIT_MISSES};
	if (!cut)
		return fail_no_memory(err);
	cut->context = context;
	cut->arena = arena;
	cut->area = area;
	if (line->point_count < 2)
		return points_of(arena, cut->ends, 0, &ret->where, err);
	rc = stretch_ends(cut, line, reach_m, err);
	if (!rc)
		rc = cut_faces(cut, err);
	return rc ? rc : judge(cut, ret, err);
}
