/* Clip against GEOS and against itself, on random areas and lines. */
#include "tests/test.h"

#include "tests/tiles/geos_area.h"

#include "base/banned.h"
#include "tests/tiles/random_area.h"

/* A field of places, and boxes in it; on the coarse one much lies on the sides of the box. */
struct field {
	double reach;
	bool coarse;
};

static const struct field fields[] = {{1e6, false}, {3e4, false}, {2e9, false}, {30, true}};

enum { FIELDS = sizeof fields / sizeof fields[0], ROUNDS = 4000 };

struct tools {
	GEOSContextHandle_t geos;
	struct random random;
	struct clipper clipper;
	struct clip_path in, out, other;
	size_t checked_valid; /* how many results GEOS was asked about */
};

static int set_up(void **state)
{
	static struct tools tools;

	tools = (struct tools){.geos = GEOS_init_r(), .random = random_start(7)};
	*state = &tools;
	return tools.geos ? 0 : -1;
}

static int tear_down(void **state)
{
	struct tools *tools = *state;

	clipper_clear(&tools->clipper);
	clip_path_clear(&tools->in);
	clip_path_clear(&tools->out);
	clip_path_clear(&tools->other);
	GEOS_finish_r(tools->geos);
	return 0;
}

static struct tile_box random_box(struct random *random, const struct field *field)
{
	double x = random_between(random, -field->reach, field->reach * 0.7);
	double y = random_between(random, -field->reach, field->reach * 0.7);
	double size = field->reach * random_between(random, 0.05, 1);

	return (struct tile_box){(int32_t)x, (int32_t)y, (int32_t)fmin(x + size, INT32_MAX),
		(int32_t)fmin(y + size * random_between(random, 0.5, 2), INT32_MAX)};
}

static void make_area(struct tools *tools, const struct field *field)
{
	random_area(&tools->in, &tools->random, field->reach * random_between(&tools->random, -0.5, 0.5),
		field->reach * random_between(&tools->random, -0.5, 0.5),
		field->reach * random_between(&tools->random, 0.1, 0.5));
}

static size_t ring_count_of(const struct clip_path *path, size_t ring)
{
	return path->ends[ring] - clip_path_start(path, ring);
}

static int64_t area2_of(const struct clip_path *path, size_t ring)
{
	return clip_ring_area2(
		path->xy + 2 * clip_path_start(path, ring), ring_count_of(path, ring));
}

static int64_t area2_of_all(const struct clip_path *path)
{
	int64_t sum = 0;

	for (size_t ring = 0; ring < path->ring_count; ring++)
		sum += area2_of(path, ring);
	return sum;
}

/* What holds whatever went in. */
static void check_form(const struct clip_path *out, const struct tile_box *box)
{
	assert_false(out->failed);
	for (size_t i = 0; i < out->point_count; i++)
		assert_true(out->xy[2 * i] >= box->min_x && out->xy[2 * i] <= box->max_x &&
			out->xy[2 * i + 1] >= box->min_y && out->xy[2 * i + 1] <= box->max_y);
	for (size_t ring = 0; ring < out->ring_count; ring++) {
		assert_true(ring_count_of(out, ring) >= 3);
		assert_true(area2_of(out, ring) != 0);
		assert_true(ring || area2_of(out, ring) > 0);
	}
}

/* No point twice in a row, and no edge twice, in whichever direction. */
static void check_edges(const struct clip_path *out)
{
	int32_t *edges = calloc(out->point_count + 1, 4 * sizeof *edges);
	size_t count = 0;

	assert_non_null(edges);
	for (size_t ring = 0, i = 0; ring < out->ring_count; ring++)
		for (size_t start = i; i < out->ends[ring]; i++) {
			const int32_t *a = out->xy + 2 * i;
			const int32_t *b = out->xy + 2 * (i + 1 < out->ends[ring] ? i + 1 : start);
			bool swap = a[0] > b[0] || (a[0] == b[0] && a[1] > b[1]);

			assert_true(a[0] != b[0] || a[1] != b[1]);
			memcpy(edges + 4 * count, swap ? b : a, 8);
			memcpy(edges + 4 * count + 2, swap ? a : b, 8);
			for (size_t k = 0; k < count; k++)
				assert_memory_not_equal(edges + 4 * k, edges + 4 * count, 16);
			count++;
		}
	free(edges);
}

static double area_of(struct tools *tools, const GEOSGeometry *geometry)
{
	double area = -1;

	assert_int_equal(GEOSArea_r(tools->geos, geometry, &area), 1);
	return area;
}

static bool are_near(int32_t a, int32_t b)
{
	return llabs((long long)a - b) < 3;
}

/*
 * True if rounding a cut by a unit may change what touches what: where two points, cuts among
 * them, or a point and a side are so near. GEOS says it of the exact cut.
 */
static bool is_delicate(struct tools *tools, const GEOSGeometry *exact, const struct tile_box *box)
{
	double clearance = 0;

	for (size_t i = 0; i < tools->in.point_count; i++) {
		const int32_t *xy = tools->in.xy + 2 * i;

		if (are_near(xy[0], box->min_x) || are_near(xy[0], box->max_x) ||
			are_near(xy[1], box->min_y) || are_near(xy[1], box->max_y))
			return true;
	}
	if (GEOSisEmpty_r(tools->geos, exact))
		return false;
	assert_int_equal(GEOSMinimumClearance_r(tools->geos, exact, &clearance), 0);
	return clearance < 4;
}

static void check_against_geos(
	struct tools *tools, const struct field *field, const struct tile_box *box)
{
	GEOSGeometry *in = geos_area(tools->geos, &tools->in), *square = geos_box(tools->geos, box);
	GEOSGeometry *out = geos_area(tools->geos, &tools->out);
	GEOSGeometry *exact = GEOSIntersection_r(tools->geos, in, square);
	double outline = 0, doubt;

	assert_true(in && out && exact && square);
	assert_int_equal(GEOSisValid_r(tools->geos, in), 1);
	assert_int_equal(GEOSLength_r(tools->geos, exact, &outline), 1);
	/* An edge that is cut once a side moves by half a unit each time. */
	doubt = 2 * outline + 10 + area_of(tools, exact) * 1e-12;
	assert_true(fabs((double)area2_of_all(&tools->out) / 2 - area_of(tools, exact)) <= doubt);
	if (!field->coarse && !is_delicate(tools, exact, box)) {
		GEOSGeometry *rest;

		assert_int_equal(GEOSisValid_r(tools->geos, out), 1);
		rest = GEOSSymDifference_r(tools->geos, exact, out);
		assert_non_null(rest);
		assert_true(area_of(tools, rest) <= doubt);
		GEOSGeom_destroy_r(tools->geos, rest);
		tools->checked_valid++;
	}
	GEOSGeom_destroy_r(tools->geos, in);
	GEOSGeom_destroy_r(tools->geos, square);
	GEOSGeom_destroy_r(tools->geos, out);
	GEOSGeom_destroy_r(tools->geos, exact);
}

static void areas_are_cut_as_geos_cuts_them(void **state)
{
	struct tools *tools = *state;

	for (int round = 0; round < ROUNDS; round++) {
		const struct field *field = &fields[round % FIELDS];
		struct tile_box box = random_box(&tools->random, field);

		make_area(tools, field);
		if (field->coarse) {
			GEOSGeometry *made = geos_area(tools->geos, &tools->in);
			bool valid = GEOSisValid_r(tools->geos, made) == 1;

			GEOSGeom_destroy_r(tools->geos, made);
			if (!valid)
				continue; /* rounding to whole numbers spoilt it */
		}
		clip_path_reset(&tools->out);
		clip_area(&tools->clipper, &tools->in, &box, &tools->out);
		check_form(&tools->out, &box);
		if (!field->coarse)
			check_edges(&tools->out);
		check_against_geos(tools, field, &box);
	}
	assert_true(tools->checked_valid > ROUNDS / 2);
}

/* A side that goes through a corner, and a box of which one corner is a corner of the area. */
static void boxes_through_corners(void **state)
{
	struct tools *tools = *state;

	for (int round = 0; round < ROUNDS; round++) {
		const struct field *field = &fields[round % 2];
		struct tile_box box = random_box(&tools->random, field);
		const int32_t *corner;

		make_area(tools, field);
		corner = tools->in.xy + 2 * random_below(&tools->random, tools->in.point_count);
		if (round % 3)
			box.min_x = corner[0];
		if (round % 3 != 1)
			box.max_y = corner[1];
		if (box.min_x >= box.max_x || box.min_y >= box.max_y)
			continue;
		clip_path_reset(&tools->out);
		clip_area(&tools->clipper, &tools->in, &box, &tools->out);
		check_form(&tools->out, &box);
		check_edges(&tools->out);
		check_against_geos(tools, field, &box);
	}
}

/* The corner of a lattice whose cells fill the field, and on its rim reach beyond it. */
static void lattice_corner(
	const int32_t *jitter, int side, int32_t pitch, int column, int row, int32_t *ret)
{
	const int32_t *by = jitter + 2 * (row * (side + 1) + column);

	ret[0] = (column - side / 2) * pitch + by[0];
	ret[1] = (row - side / 2) * pitch + by[1];
}

/*
 * The cells of a plan that covers the box: neighbours get the same cut points, so their areas add
 * up to that of the box to the last unit.
 */
static void neighbours_share_their_cut_points(void **state)
{
	enum { SIDE = 12, CORNERS = (SIDE + 1) * (SIDE + 1) };
	struct tools *tools = *state;

	for (int round = 0; round < 300; round++) {
		int32_t pitch = round % 2 ? 20 : 90001, jitter[2 * CORNERS];
		const struct field field = {pitch * 2.0, round % 2};
		struct tile_box box = random_box(&tools->random, &field);
		int64_t sum = 0;

		for (size_t i = 0; i < 2 * CORNERS; i++)
			jitter[i] = (int32_t)(random_between(&tools->random, -0.45, 0.45) * pitch);
		for (int cell = 0; cell < SIDE * SIDE; cell++) {
			int32_t xy[8];

			for (int i = 0; i < 4; i++)
				lattice_corner(jitter, SIDE, pitch, cell % SIDE + (i == 1 || i == 2),
					cell / SIDE + i / 2, xy + 2 * i);
			clip_path_reset(&tools->in);
			clip_path_reset(&tools->out);
			clip_path_add(&tools->in, xy, 4);
			clip_area(&tools->clipper, &tools->in, &box, &tools->out);
			check_form(&tools->out, &box);
			sum += area2_of_all(&tools->out);
		}
		assert_true(sum == 2 * ((int64_t)box.max_x - box.min_x) *
				((int64_t)box.max_y - box.min_y));
	}
}

static void make_line(struct tools *tools, const struct field *field)
{
	int32_t xy[40];
	size_t count = 2 + random_below(&tools->random, 19);

	for (size_t i = 0; i < 2 * count; i++)
		xy[i] = (int32_t)random_between(&tools->random, -field->reach, field->reach);
	clip_path_reset(&tools->in);
	clip_path_add(&tools->in, xy, count);
}

static GEOSGeometry *geos_lines(GEOSContextHandle_t geos, const struct clip_path *lines)
{
	GEOSGeometry *made[40], *all;
	unsigned count = 0;

	for (size_t line = 0; line < lines->ring_count; line++) {
		size_t start = clip_path_start(lines, line), points = ring_count_of(lines, line);
		GEOSCoordSequence *xy = GEOSCoordSeq_create_r(geos, (unsigned)points, 2);

		for (size_t i = 0; i < points; i++)
			GEOSCoordSeq_setXY_r(geos, xy, (unsigned)i, lines->xy[2 * (start + i)],
				lines->xy[2 * (start + i) + 1]);
		assert_true(count < 40);
		made[count++] = GEOSGeom_createLineString_r(geos, xy);
	}
	all = GEOSGeom_createCollection_r(geos, GEOS_MULTILINESTRING, made, count);
	assert_non_null(all);
	return all;
}

/* True if all of a, less what is nearer than two units to the sides, lies within two units of b. */
static bool lies_along(struct tools *tools, const GEOSGeometry *a, const GEOSGeometry *b,
	const struct tile_box *box)
{
	GEOSGeometry *inner = GEOSClipByRect_r(tools->geos, a, box->min_x + 2.0, box->min_y + 2.0,
		box->max_x - 2.0, box->max_y - 2.0);
	GEOSGeometry *wide = GEOSBuffer_r(tools->geos, b, 2, 2);
	GEOSGeometry *rest = GEOSDifference_r(tools->geos, inner, wide);
	double length = -1;

	assert_true(rest && GEOSLength_r(tools->geos, rest, &length) == 1);
	GEOSGeom_destroy_r(tools->geos, inner);
	GEOSGeom_destroy_r(tools->geos, wide);
	GEOSGeom_destroy_r(tools->geos, rest);
	return length < 1;
}

static void lines_are_cut_as_geos_cuts_them(void **state)
{
	struct tools *tools = *state;

	for (int round = 0; round < ROUNDS / 2; round++) {
		const struct field *field = &fields[round % 2];
		struct tile_box box = random_box(&tools->random, field);
		GEOSGeometry *in, *out;

		make_line(tools, field);
		clip_path_reset(&tools->out);
		clip_lines(&tools->in, &box, &tools->out);
		assert_false(tools->out.failed);
		for (size_t i = 0; i < tools->out.point_count; i++)
			assert_true(tools->out.xy[2 * i] >= box.min_x &&
				tools->out.xy[2 * i] <= box.max_x &&
				tools->out.xy[2 * i + 1] >= box.min_y &&
				tools->out.xy[2 * i + 1] <= box.max_y);
		in = geos_lines(tools->geos, &tools->in);
		out = geos_lines(tools->geos, &tools->out);
		assert_true(lies_along(tools, in, out, &box) && lies_along(tools, out, in, &box));
		GEOSGeom_destroy_r(tools->geos, in);
		GEOSGeom_destroy_r(tools->geos, out);
	}
}

/* The other way round, a line has the same parts the other way round. */
static void a_line_is_cut_alike_from_both_ends(void **state)
{
	struct tools *tools = *state;

	for (int round = 0; round < ROUNDS; round++) {
		const struct field *field = &fields[round % FIELDS];
		struct tile_box box = random_box(&tools->random, field);
		int32_t turned[40];
		size_t count;

		make_line(tools, field);
		count = tools->in.point_count;
		for (size_t i = 0; i < count; i++)
			memcpy(turned + 2 * i, tools->in.xy + 2 * (count - 1 - i), 8);
		clip_path_reset(&tools->out);
		clip_path_reset(&tools->other);
		clip_lines(&tools->in, &box, &tools->out);
		clip_path_reset(&tools->in);
		clip_path_add(&tools->in, turned, count);
		clip_lines(&tools->in, &box, &tools->other);
		assert_int_equal(tools->out.ring_count, tools->other.ring_count);
		assert_int_equal(tools->out.point_count, tools->other.point_count);
		for (size_t i = 0; i < tools->out.point_count; i++)
			assert_memory_equal(tools->out.xy + 2 * i,
				tools->other.xy + 2 * (tools->out.point_count - 1 - i), 8);
	}
}

/* Rings of any points at all: it ends, and what comes out lies in the box. */
static void any_points_do_no_harm(void **state)
{
	struct tools *tools = *state;

	for (int round = 0; round < ROUNDS; round++) {
		const struct field *field = &fields[round % FIELDS];
		struct tile_box box = random_box(&tools->random, field);
		size_t rings = 1 + random_below(&tools->random, 4);

		clip_path_reset(&tools->other);
		for (size_t ring = 0; ring < rings; ring++) {
			make_line(tools, field);
			clip_path_add(&tools->other, tools->in.xy, tools->in.point_count);
		}
		clip_path_reset(&tools->out);
		clip_area(&tools->clipper, &tools->other, &box, &tools->out);
		check_form(&tools->out, &box);
	}
}

/* Two corners that changed places: a small bow tie, beside which all is as it was. */
static void a_fault_stays_where_it_is(void **state)
{
	struct tools *tools = *state;

	for (int round = 0; round < ROUNDS; round++) {
		const struct field *field = &fields[round % 3];
		struct tile_box box = random_box(&tools->random, field);
		struct star star = {0, 0, field->reach * 0.2, field->reach * 0.5, 8};
		int32_t *xy, kept[2];
		double reach = 0, before;

		clip_path_reset(&tools->in);
		clip_path_reset(&tools->out);
		clip_path_reset(&tools->other);
		add_star(&tools->in, &tools->random, &star, false);
		clip_area(&tools->clipper, &tools->in, &box, &tools->out);
		before = (double)area2_of_all(&tools->out) / 2;
		xy = tools->in.xy + 2 * (1 + random_below(&tools->random, 5));
		for (int i = 0; i < 4; i++)
			for (int k = 0; k < i; k++)
				reach = fmax(reach, hypot((double)xy[2 * i - 2] - xy[2 * k - 2],
							    (double)xy[2 * i - 1] - xy[2 * k - 1]));
		memcpy(kept, xy, 8);
		memcpy(xy, xy + 2, 8);
		memcpy(xy + 2, kept, 8);
		clip_area(&tools->clipper, &tools->in, &box, &tools->other);
		check_form(&tools->other, &box);
		assert_true(fabs((double)area2_of_all(&tools->other) / 2 - before) <=
			reach * reach + 10 * field->reach);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_are_cut_as_geos_cuts_them),
		cmocka_unit_test(boxes_through_corners),
		cmocka_unit_test(neighbours_share_their_cut_points),
		cmocka_unit_test(lines_are_cut_as_geos_cuts_them),
		cmocka_unit_test(a_line_is_cut_alike_from_both_ends),
		cmocka_unit_test(any_points_do_no_harm),
		cmocka_unit_test(a_fault_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
