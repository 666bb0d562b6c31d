#include "gis/land_check.h"

#include <math.h>

#include "base/json_read.h"
#include "base/messages.h"
#include "gis/fit_corners.h"

int land_limits_read(const char *payload, struct land_limits *ret, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	const struct {
		const char *name;
		double *value;
	} members[] = {
		{"area_computed_share", &ret->area_computed_share},
		{"area_legal_share", &ret->area_legal_share},
		{"fit_m", &ret->fit_m},
		{"cover_m2", &ret->cover_m2},
		{"least_area_m2", &ret->least_area_m2},
		{"least_width_m", &ret->least_width_m},
	};
	int rc = json_document_parse(payload, strlen(payload), &document, err);

	for (size_t i = 0; !rc && i < sizeof members / sizeof members[0]; i++)
		if (!json_node_number(json_node_get(document, members[i].name), members[i].value) ||
			*members[i].value < 0)
			rc = fail_internal(err);
	return rc;
}

void land_change_find(
	struct land_change *change, const struct error *what, const struct shape *where)
{
	struct land_finding *finding = &change->findings[change->finding_count];

	if (change->finding_count == LAND_FINDINGS_MAX)
		return;
	change->finding_count++;
	*finding = (struct land_finding){.where = where ? *where : (struct shape){.point_count = 0}};
	error_copy(&finding->what, what);
}

static struct shape *shape_of(struct land_parcel *parcels, size_t index)
{
	return &parcels[index].shape;
}

static bool lie_near(const struct shape *a, const struct shape *b, double tolerance_m)
{
	struct box left = shape_box(a), right = shape_box(b);

	left = (struct box){left.min_x - tolerance_m, left.min_y - tolerance_m,
		left.max_x + tolerance_m, left.max_y + tolerance_m};
	return boxes_meet(&left, &right);
}

/* Each to all before it, and those to it: then both have the corners of both. */
static int fit_mutually(struct land_change *change, struct land_parcel *parcels, size_t count,
	const struct shape *fixed, double tolerance_m, struct error *err)
{
	struct fit fit = {.fixed = fixed, .tolerance_m = tolerance_m};
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++)
		for (size_t k = 0; !rc && k < i; k++) {
			if (!lie_near(shape_of(parcels, i), shape_of(parcels, k), tolerance_m))
				continue;
			fit.to = shape_of(parcels, k);
			rc = fit_corners(change->arena, shape_of(parcels, i), &fit, err);
			fit.to = shape_of(parcels, i);
			if (!rc)
				rc = fit_corners(
					change->arena, shape_of(parcels, k), &fit, err);
		}
	return rc;
}

static int join(struct land_change *change, const struct land_parcel *parcels, size_t count,
	struct shape *ret, struct error *err)
{
	struct shape shapes[LAND_PARCELS_MAX];

	for (size_t i = 0; i < count; i++)
		shapes[i] = parcels[i].shape;
	return geom_join(change->geom, change->arena, shapes, count, ret, err);
}

/* The corners of the old parcels, which stay where they are. */
static int collect_before(struct land_change *change, struct shape *ret, struct error *err)
{
	struct shape shapes[LAND_PARCELS_MAX];

	for (size_t i = 0; i < change->before_count; i++)
		shapes[i] = change->before[i].shape;
	return geom_collect(change->arena, shapes, change->before_count, ret, err);
}

/* A new parcel to the old ones' corners, then to the border around them all. */
static int fit_new(struct land_change *change, size_t index, const struct shape *fixed,
	const struct shape *land, struct error *err)
{
	struct fit fit = {.fixed = fixed, .tolerance_m = change->limits->fit_m};
	int rc = 0;

	for (size_t k = 0; !rc && k < change->before_count; k++) {
		fit.to = shape_of(change->before, k);
		rc = fit_corners(change->arena, shape_of(change->after, index), &fit, err);
	}
	fit.to = land;
	fit.how = FIT_ONTO_SIDES;
	return rc ? rc : fit_corners(change->arena, shape_of(change->after, index), &fit, err);
}

int land_change_fit(struct land_change *change, struct error *err)
{
	struct shape land, fixed;
	int rc = fit_mutually(
		change, change->before, change->before_count, NULL, LAND_ROUNDING_M, err);

	if (!rc)
		rc = join(change, change->before, change->before_count, &land, err);
	if (!rc)
		rc = collect_before(change, &fixed, err);
	for (size_t i = 0; !rc && i < change->after_count; i++)
		rc = fit_new(change, i, &fixed, &land, err);
	return rc ? rc
		  : fit_mutually(change, change->after, change->after_count, &fixed,
			    change->limits->fit_m, err);
}

/* --- making ------------------------------------------------------------------------------------- */

/* Whether a hole is only a gap between outlines that were meant to be one. */
static bool has_crack(const struct shape *shape, double width_m)
{
	size_t ring = 0;

	for (size_t part = 0; part < shape->part_count; ring = shape->part_ends[part++])
		for (size_t hole = ring + 1; hole < shape->part_ends[part]; hole++) {
			uint32_t ends[2] = {shape->ring_ends[hole] - shape->ring_ends[hole - 1], 1};
			const struct shape alone = {GEOMETRY_AREA, ends[0],
				shape->xy + 2 * (size_t)shape->ring_ends[hole - 1], 1, &ends[0], 1,
				&ends[1], (double)NAN};

			if (fabs(shape_area(&alone)) * 2 < width_m * shape_length(&alone))
				return true;
		}
	return false;
}

/* The land of all of them, and whether it holds together: parcels in several parts may stay so. */
static int join_before(struct land_change *change, double tolerance_m, bool *ret_whole, struct error *err)
{
	struct shape *made = &change->after[0].shape;
	size_t parts_before = 0;
	int rc = fit_mutually(
		change, change->before, change->before_count, NULL, tolerance_m, err);

	if (!rc)
		rc = join(change, change->before, change->before_count, made, err);
	for (size_t i = 0; i < change->before_count; i++)
		parts_before += change->before[i].shape.part_count - 1;
	*ret_whole = !rc && made->part_count <= parts_before + 1 &&
		!has_crack(made, change->limits->fit_m);
	return rc;
}

int land_change_join(struct land_change *change, struct error *err)
{
	struct error apart = {0};
	bool whole;
	int rc = join_before(change, LAND_ROUNDING_M, &whole, err);

	change->after_count = 1;
	if (!rc && !whole)
		rc = join_before(change, change->limits->fit_m, &whole, err);
	if (rc || whole)
		return rc;
	fail_parcels_apart(&apart);
	land_change_find(change, &apart, &change->after[0].shape);
	return 0;
}

int land_change_split(struct land_change *change, const struct shape *line, struct error *err)
{
	struct error what = {0};
	struct geom_split split;
	int rc = geom_split(change->geom, change->arena, &change->before[0].shape, line,
		change->limits->fit_m * 10, &split, err);

	change->after_count = 0;
	if (rc)
		return rc;
	switch (split.fault) {
	case GEOM_SPLIT_DONE:
		change->after_count = 2;
		for (size_t i = 0; i < 2; i++)
			change->after[i].shape = split.parts[i];
		return 0;
	case GEOM_SPLIT_MISSES:
		fail_line_misses(&what);
		break;
	case GEOM_SPLIT_ENDS_INSIDE:
		fail_line_ends_inside(&what);
		break;
	default:
		fail_line_cuts_many(&what, (int64_t)split.piece_count);
		break;
	}
	land_change_find(change, &what, &split.where);
	return 0;
}

void land_change_share_legal(struct land_change *change)
{
	double legal = 0, area = 0, rest, given = 0;
	size_t last = LAND_PARCELS_MAX;

	for (size_t i = 0; i < change->before_count; i++)
		legal += change->before[i].legal_m2;
	for (size_t i = 0; i < change->after_count; i++) {
		if (isfinite(change->after[i].legal_m2))
			given += change->after[i].legal_m2;
		else
			area += shape_area(&change->after[i].shape);
	}
	rest = legal - given;
	if (!(rest > 0) || !(area > 0))
		return; /* unknown before, or nothing is left */
	for (size_t i = 0; i < change->after_count; i++) {
		double *share = &change->after[i].legal_m2;

		if (isfinite(*share))
			continue;
		/* Papers say areas to 0.1 m². */
		*share = round(rest * shape_area(&change->after[i].shape) / area * 10) / 10;
		given += *share;
		last = i;
	}
	if (last < LAND_PARCELS_MAX)
		change->after[last].legal_m2 =
			round((change->after[last].legal_m2 + legal - given) * 10) / 10;
}

/* --- checking ----------------------------------------------------------------------------------- */

static void point_of(struct land_change *change, double x, double y, struct shape *ret)
{
	double *xy = isfinite(x) ? arena_alloc(change->arena, 2 * sizeof *xy) : NULL;
	uint32_t *end = xy ? arena_alloc(change->arena, sizeof *end) : NULL;

	*ret = (struct shape){.kind = GEOMETRY_POINT, .z_m = (double)NAN};
	if (!end)
		return;
	xy[0] = x;
	xy[1] = y;
	*end = 1;
	*ret = (struct shape){GEOMETRY_POINT, 1, xy, 1, end, 1, end, (double)NAN};
}

static int check_valid(struct land_change *change, bool *ret_valid, struct error *err)
{
	int rc = 0;

	*ret_valid = true;
	for (size_t i = 0; !rc && i < change->after_count; i++) {
		struct geom_finding finding;
		struct error what = {0};
		struct shape where;

		rc = geom_check(change->geom, &change->after[i].shape, &finding, err);
		if (rc || (finding.fault == GEOM_VALID && change->after[i].shape.point_count))
			continue;
		*ret_valid = false;
		fail_part_invalid(&what, (int64_t)i + 1);
		point_of(change, finding.x, finding.y, &where);
		land_change_find(change, &what, &where);
	}
	return rc;
}

static int check_overlaps(struct land_change *change, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < change->after_count; i++)
		for (size_t k = 0; !rc && k < i; k++) {
			struct box a = shape_box(&change->after[i].shape);
			struct box b = shape_box(&change->after[k].shape);
			struct error what = {0};
			struct shape common;

			if (!boxes_meet(&a, &b))
				continue;
			rc = geom_common(change->geom, change->arena, &change->after[k].shape,
				&change->after[i].shape, &common, err);
			if (rc || shape_area(&common) <= change->limits->cover_m2)
				continue;
			fail_parts_overlap(
				&what, (int64_t)k + 1, (int64_t)i + 1, shape_area(&common));
			land_change_find(change, &what, &common);
		}
	return rc;
}

/* The land before and after, each as one area. */
struct covers {
	struct shape before, after;
};

static int check_cover(
	struct land_change *change, const struct covers *covers, struct error *err)
{
	struct error what = {0};
	struct shape gap, beyond;
	int rc = geom_beyond(
		change->geom, change->arena, &covers->before, &covers->after, &gap, err);

	if (!rc)
		rc = geom_beyond(
			change->geom, change->arena, &covers->after, &covers->before, &beyond, err);
	if (rc)
		return rc;
	if (shape_area(&gap) > change->limits->cover_m2) {
		fail_parts_leave_gap(&what, shape_area(&gap));
		land_change_find(change, &what, &gap);
	}
	if (shape_area(&beyond) > change->limits->cover_m2) {
		fail_parts_reach_out(&what, shape_area(&beyond));
		land_change_find(change, &what, &beyond);
	}
	return 0;
}

static bool is_corner(const struct land_change *change, const double *at)
{
	for (size_t i = 0; i < change->after_count; i++) {
		const struct shape *shape = &change->after[i].shape;

		for (size_t k = 0; k < shape->point_count; k++)
			if (shape->xy[2 * k] == at[0] && shape->xy[2 * k + 1] == at[1])
				return true;
	}
	return false;
}

/* The outer corners of the land before that no new parcel has. */
static int check_corners(
	struct land_change *change, const struct covers *covers, struct error *err)
{
	const struct shape *before = &covers->before;
	struct shape lost = {.kind = GEOMETRY_POINT, .z_m = (double)NAN};
	struct error what = {0};
	size_t start = 0, limit = before->point_count + 1;

	lost.xy = arena_alloc(change->arena, limit * 2 * sizeof *lost.xy);
	lost.ring_ends = arena_alloc(change->arena, limit * sizeof *lost.ring_ends);
	if (!lost.xy || !lost.ring_ends)
		return fail_no_memory(err);
	for (size_t ring = 0; ring < before->ring_count; start = before->ring_ends[ring++])
		for (size_t i = start; i + 1 < before->ring_ends[ring]; i++) {
			if (is_corner(change, before->xy + 2 * i))
				continue;
			memcpy(lost.xy + 2 * lost.point_count, before->xy + 2 * i, 16);
			lost.ring_ends[lost.point_count] = (uint32_t)lost.point_count + 1;
			lost.point_count++;
		}
	if (!lost.point_count)
		return 0;
	lost.part_ends = lost.ring_ends;
	lost.ring_count = lost.part_count = lost.point_count;
	fail_corners_lost(&what, (int64_t)lost.point_count);
	land_change_find(change, &what, &lost);
	return 0;
}

static double sum_of(const struct land_parcel *parcels, size_t count, bool legal)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += legal ? parcels[i].legal_m2 : shape_area(&parcels[i].shape);
	return sum;
}

static void check_areas(struct land_change *change)
{
	const struct land_limits *limits = change->limits;
	double before = sum_of(change->before, change->before_count, false);
	double after = sum_of(change->after, change->after_count, false);
	double legal_before = sum_of(change->before, change->before_count, true);
	double legal_after = sum_of(change->after, change->after_count, true);
	struct error what = {0};

	if (fabs(after - before) > limits->area_computed_share * before) {
		fail_area_not_kept(&what, before, after, limits->area_computed_share * 100);
		land_change_find(change, &what, NULL);
	}
	/* Unknown areas (NaN) say nothing. */
	if (fabs(legal_after - legal_before) > limits->area_legal_share * legal_before) {
		fail_legal_area_not_kept(
			&what, legal_before, legal_after, limits->area_legal_share * 100);
		land_change_find(change, &what, NULL);
	}
	for (size_t i = 0; i < change->after_count; i++) {
		const struct land_parcel *parcel = &change->after[i];
		double area = shape_area(&parcel->shape);

		if (!(fabs(area - parcel->legal_m2) > limits->area_legal_share * parcel->legal_m2))
			continue;
		/* Papers say 0.1 m²: of small parcels that is more than the share. */
		if (fabs(area - parcel->legal_m2) <= 0.05)
			continue;
		fail_legal_area_off(&what, (int64_t)i + 1, parcel->legal_m2, area,
			limits->area_legal_share * 100);
		land_change_find(change, &what, &parcel->shape);
	}
}

/* About how wide an area is: of a long strip twice its area by its outline. */
static double width_of(const struct shape *shape)
{
	double outline = shape_length(shape);

	return outline > 0 ? 2 * shape_area(shape) / outline : 0;
}

static void check_slivers(struct land_change *change)
{
	for (size_t i = 0; i < change->after_count; i++) {
		const struct shape *shape = &change->after[i].shape;
		double area = shape_area(shape), width = width_of(shape);
		struct error what = {0};

		if (area >= change->limits->least_area_m2 && width >= change->limits->least_width_m)
			continue;
		fail_part_sliver(&what, (int64_t)i + 1, area, width);
		land_change_find(change, &what, shape);
	}
}

int land_change_check(struct land_change *change, struct error *err)
{
	struct covers covers;
	bool valid;
	int rc = check_valid(change, &valid, err);

	if (rc || !valid || !change->after_count)
		return rc;
	rc = join(change, change->before, change->before_count, &covers.before, err);
	if (!rc)
		rc = join(change, change->after, change->after_count, &covers.after, err);
	if (!rc)
		rc = check_overlaps(change, err);
	if (!rc)
		rc = check_cover(change, &covers, err);
	if (!rc)
		rc = check_corners(change, &covers, err);
	if (rc)
		return rc;
	check_areas(change);
	check_slivers(change);
	return 0;
}

double land_area_error(const struct shape *shape, double sigma_m, const double *sigmas_m)
{
	double sum = 0;
	size_t start = 0;

	for (size_t ring = 0; ring < shape->ring_count; start = shape->ring_ends[ring++]) {
		size_t count = shape->ring_ends[ring] - start - 1;

		for (size_t i = 0; i < count; i++) {
			const double *next = shape->xy + 2 * (start + (i + 1) % count);
			const double *last = shape->xy + 2 * (start + (i + count - 1) % count);

			double sigma = sigmas_m ? sigmas_m[start + i] : sigma_m;

			sum += sigma * sigma *
				((next[0] - last[0]) * (next[0] - last[0]) +
					(next[1] - last[1]) * (next[1] - last[1]));
		}
	}
	return sqrt(sum) / 2;
}
