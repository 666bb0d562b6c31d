#include "tests/test.h"

#include <geos_c.h>
#include <math.h>

#include "base/banned.h"
#include "gis/shape.h"
#include "tests/random.h"

enum { PARTS = 4, RINGS = 12, POINTS = 200 };

/* A shape in arrays of its own, so that it can be made without reading bytes. */
struct made {
	struct shape shape;
	double xy[2 * POINTS];
	uint32_t ring_ends[RINGS], part_ends[PARTS];
};

static void start(struct made *made, enum geometry_kind kind)
{
	made->shape = (struct shape){.kind = kind,
		.xy = made->xy,
		.ring_ends = made->ring_ends,
		.part_ends = made->part_ends,
		.z_m = NAN};
}

static void add_point(struct made *made, double x, double y)
{
	made->xy[2 * made->shape.point_count] = x;
	made->xy[2 * made->shape.point_count + 1] = y;
	made->shape.point_count++;
}

static void end_ring(struct made *made)
{
	made->ring_ends[made->shape.ring_count++] = (uint32_t)made->shape.point_count;
}

static void end_part(struct made *made)
{
	made->part_ends[made->shape.part_count++] = (uint32_t)made->shape.ring_count;
}

static void add_ring(struct made *made, const double *xy, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_point(made, xy[2 * i], xy[2 * i + 1]);
	end_ring(made);
}

/* Where random coordinates lie: a small grid, where all touches all, or a city to the tenth mm. */
struct field {
	double east, north, size, step;
};

static const struct field fields[] = {
	{0, 0, 8, 1}, {600000, 1220000, 500, 1e-4}, {-3, 5, 1, 0x1p-40}};

static double snap(double value, double step)
{
	return round(value / step) * step;
}

static void random_xy(struct random *random, const struct field *field, double *ret)
{
	ret[0] = field->east + snap(random_between(random, 0, field->size), field->step);
	ret[1] = field->north + snap(random_between(random, 0, field->size), field->step);
}

/* A ring around a middle whose corners stand at growing angles, so that it does not cross itself.
 */
static void add_star(struct made *made, struct random *random, const struct field *field,
	const double *middle, double least, double most)
{
	size_t corners = 3 + random_below(random, 12), first = made->shape.point_count;

	for (size_t i = 0; i < corners; i++) {
		double angle = ((double)i + random_between(random, 0, 0.9)) * 2 * acos(-1) /
			       (double)corners;
		double reach = random_between(random, least, most);

		add_point(made, middle[0] + snap(reach * cos(angle), field->step),
			middle[1] + snap(reach * sin(angle), field->step));
	}
	add_point(made, made->xy[2 * first], made->xy[2 * first + 1]);
	end_ring(made);
}

static void make_random(struct made *made, struct random *random, enum geometry_kind kind,
	const struct field *field)
{
	size_t parts = 1 + random_below(random, 2);

	start(made, kind);
	for (size_t part = 0; part < parts; part++) {
		double middle[2];
		size_t more = random_below(random, 8);

		random_xy(random, field, middle);
		if (kind == GEOMETRY_AREA) {
			add_star(made, random, field, middle, field->size / 4, field->size / 2);
			if (random_below(random, 2))
				add_star(made, random, field, middle, field->size / 16,
					field->size / 8);
			end_part(made);
			continue;
		}
		add_point(made, middle[0], middle[1]);
		for (size_t i = 0; kind == GEOMETRY_LINE && i <= more; i++) {
			random_xy(random, field, middle);
			add_point(made, middle[0], middle[1]);
		}
		end_ring(made);
		end_part(made);
	}
}

/* The same geometry at GEOS; NULL if GEOS does not take it. */
static GEOSGeometry *at_geos(GEOSContextHandle_t geos, const struct shape *shape)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(100000);
	GEOSWKBReader *reader = GEOSWKBReader_create_r(geos);
	GEOSGeometry *geometry;

	shape_write_wkb(shape, &bytes);
	geometry = GEOSWKBReader_read_r(geos, reader, (const unsigned char *)bytes.data, bytes.len);
	GEOSWKBReader_destroy_r(geos, reader);
	return geometry;
}

static GEOSGeometry *box_at_geos(GEOSContextHandle_t geos, const struct box *box)
{
	const double xy[] = {box->min_x, box->min_y, box->max_x, box->min_y, box->max_x, box->max_y,
		box->min_x, box->max_y, box->min_x, box->min_y};
	struct made made;

	if (box->min_x < box->max_x && box->min_y < box->max_y) {
		start(&made, GEOMETRY_AREA);
		add_ring(&made, xy, 5);
	} else if (box->min_x < box->max_x || box->min_y < box->max_y) {
		start(&made, GEOMETRY_LINE);
		add_ring(&made, (const double[]){xy[0], xy[1], xy[4], xy[5]}, 2);
	} else {
		start(&made, GEOMETRY_POINT);
		add_ring(&made, xy, 1);
	}
	end_part(&made);
	return at_geos(geos, &made.shape);
}

static void compare_measures(GEOSContextHandle_t geos, const struct shape *shape,
	const GEOSGeometry *geometry, double size)
{
	double area = 77, length = 77;

	assert_true(GEOSArea_r(geos, geometry, &area) && GEOSLength_r(geos, geometry, &length));
	assert_true(fabs(shape_area(shape) - area) <= 1e-9 * size * size);
	assert_true(fabs(shape_length(shape) - length) <= 1e-9 * (length + 1));
}

static void compare_at(GEOSContextHandle_t geos, const struct shape *shape,
	const GEOSGeometry *geometry, const double *xy)
{
	GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos, xy[0], xy[1]);
	bool covers = shape->kind == GEOMETRY_AREA && GEOSIntersects_r(geos, geometry, point) == 1;
	double apart = 77;

	if (shape_covers(shape, xy[0], xy[1]) != covers)
		fail_msg("GEOS says covers=%d at %.17g %.17g", covers, xy[0], xy[1]);
	assert_true(GEOSDistance_r(geos, geometry, point, &apart) == 1);
	assert_true(fabs(shape_distance(shape, xy[0], xy[1]) - apart) <= 1e-9 * (apart + 1));
	GEOSGeom_destroy_r(geos, point);
}

static void compare_box(GEOSContextHandle_t geos, const struct shape *shape,
	const GEOSGeometry *geometry, const double *a, const double *b)
{
	struct box box = {fmin(a[0], b[0]), fmin(a[1], b[1]), fmax(a[0], b[0]), fmax(a[1], b[1])};
	GEOSGeometry *other = box_at_geos(geos, &box);
	bool meets = GEOSIntersects_r(geos, geometry, other) == 1;

	if (shape_meets_box(shape, &box) != meets)
		fail_msg("GEOS says meets=%d for %.17g %.17g %.17g %.17g", meets, box.min_x,
			box.min_y, box.max_x, box.max_y);
	GEOSGeom_destroy_r(geos, other);
}

/* A point to ask about: anywhere, a corner, or as near to an edge as doubles allow. */
static void telling_xy(
	struct random *random, const struct field *field, const struct shape *shape, double *ret)
{
	size_t at = random_below(random, shape->point_count);
	size_t next = at + 1 < shape->point_count ? at + 1 : at;
	double share = random_between(random, 0, 1);

	random_xy(random, field, ret);
	switch (random_below(random, 3)) {
	case 0:
		memcpy(ret, shape->xy + 2 * at, 2 * sizeof *ret);
		break;
	case 1:
		for (int i = 0; i < 2; i++)
			ret[i] = shape->xy[2 * at + (size_t)i] +
				 share * (shape->xy[2 * next + (size_t)i] -
						 shape->xy[2 * at + (size_t)i]);
		break;
	default:
		break;
	}
}

static void compare_random(GEOSContextHandle_t geos, struct random *random,
	const struct field *field, enum geometry_kind kind, size_t *compared)
{
	struct made made;
	GEOSGeometry *geometry;

	make_random(&made, random, kind, field);
	geometry = at_geos(geos, &made.shape);
	if (geometry && GEOSisValid_r(geos, geometry) == 1) {
		(*compared)++;
		compare_measures(geos, &made.shape, geometry, field->size);
		for (int i = 0; i < 10; i++) {
			double a[2], b[2];

			telling_xy(random, field, &made.shape, a);
			telling_xy(random, field, &made.shape, b);
			compare_at(geos, &made.shape, geometry, a);
			compare_box(geos, &made.shape, geometry, a, b);
			compare_box(geos, &made.shape, geometry, a, a);
			b[i % 2] = a[i % 2];
			compare_box(geos, &made.shape, geometry, a, b);
		}
	}
	GEOSGeom_destroy_r(geos, geometry);
}

static void all_answers_are_those_of_geos(void **state)
{
	GEOSContextHandle_t geos = GEOS_init_r();
	struct random random = random_start(1);
	size_t compared = 0;

	(void)state;
	for (int i = 0; i < 300; i++)
		for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++)
			for (int kind = GEOMETRY_POINT; kind <= GEOMETRY_AREA; kind++)
				compare_random(geos, &random, &fields[f], (enum geometry_kind)kind,
					&compared);
	GEOS_finish_r(geos);
	print_message("%zu shapes compared\n", compared);
	assert_true(compared > 1500);
}

/* What a pupil would do on squared paper, in integers: shapes that cross themselves included. */
struct by_hand {
	int64_t area2; /* twice the area of one ring, signed */
	bool inside, on_edge;
	double apart;
};

static void look_at_edge(
	struct by_hand *hand, const double *from, const double *to, const double *at)
{
	int64_t ax = (int64_t)from[0], ay = (int64_t)from[1], bx = (int64_t)to[0],
		by = (int64_t)to[1];
	int64_t x = (int64_t)at[0], y = (int64_t)at[1];
	int64_t turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax);

	hand->area2 += ax * by - bx * ay;
	if (turn == 0 && (x - ax) * (x - bx) <= 0 && (y - ay) * (y - by) <= 0)
		hand->on_edge = true;
	if ((ay > y) != (by > y) && (by > ay ? turn > 0 : turn < 0))
		hand->inside = !hand->inside;
	for (int i = 0; i <= 1000; i++)
		hand->apart =
			fmin(hand->apart, hypot(from[0] + (to[0] - from[0]) * i / 1000 - at[0],
						  from[1] + (to[1] - from[1]) * i / 1000 - at[1]));
}

static void answers_are_those_by_hand(void **state)
{
	struct random random = random_start(3);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		double at[2], *xy;
		struct by_hand hand = {.apart = HUGE_VAL};
		struct made made;
		size_t count = 3 + random_below(&random, 8);

		start(&made, GEOMETRY_AREA);
		for (size_t k = 0; k < count; k++) {
			random_xy(&random, &fields[0], at);
			add_point(&made, at[0], at[1]);
		}
		add_point(&made, made.xy[0], made.xy[1]);
		end_ring(&made);
		end_part(&made);
		random_xy(&random, &fields[0], at);
		for (xy = made.xy; xy < made.xy + 2 * count; xy += 2)
			look_at_edge(&hand, xy, xy + 2, at);
		assert_true(shape_area(&made.shape) == fabs((double)hand.area2) / 2);
		assert_int_equal(
			shape_covers(&made.shape, at[0], at[1]), hand.on_edge || hand.inside);
		if (hand.on_edge || hand.inside)
			hand.apart = 0;
		/* A thousand steps along an edge come as near as half a step. */
		assert_true(shape_distance(&made.shape, at[0], at[1]) <= hand.apart + 1e-12);
		assert_true(shape_distance(&made.shape, at[0], at[1]) >= hand.apart - 0.006);
	}
}

/* Two areas that share a border leave no point out, however near to it and from either side. */
static void neighbours_leave_no_gap(void **state)
{
	struct random random = random_start(2);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		double share = random_between(&random, 0, 1), at[2], corners[4][2];
		struct made one, other;

		random_xy(&random, &fields[1], corners[0]);
		random_xy(&random, &fields[1], corners[1]);
		/* Triangles on both sides of the edge 0-1. */
		for (int k = 0; k < 2; k++) {
			double half = (corners[0][k] + corners[1][k]) / 2;
			double across = (corners[1][1 - k] - corners[0][1 - k]) * (k ? 1 : -1);

			corners[2][k] = half + across;
			corners[3][k] = half - across;
		}
		start(&one, GEOMETRY_AREA);
		add_ring(&one,
			(double[]){corners[0][0], corners[0][1], corners[1][0], corners[1][1],
				corners[2][0], corners[2][1], corners[0][0], corners[0][1]},
			4);
		end_part(&one);
		start(&other, GEOMETRY_AREA);
		add_ring(&other,
			(double[]){corners[1][0], corners[1][1], corners[0][0], corners[0][1],
				corners[3][0], corners[3][1], corners[1][0], corners[1][1]},
			4);
		end_part(&other);
		for (int k = 0; k < 2; k++)
			at[k] = corners[0][k] + share * (corners[1][k] - corners[0][k]);
		assert_true(shape_covers(&one.shape, at[0], at[1]) ||
			    shape_covers(&other.shape, at[0], at[1]));
	}
}

static void areas_do_not_depend_on_where_they_are(void **state)
{
	static const double square[] = {0, 0, 3, 0, 3, 5, 0, 5, 0, 0},
			    hole[] = {1, 1, 2, 1, 2, 2, 1, 2, 1, 1};

	(void)state;
	for (double far = 0; far < 1e9; far = far * 10 + 1) {
		struct made made;

		start(&made, GEOMETRY_AREA);
		for (size_t i = 0; i < 5; i++)
			add_point(&made, square[2 * i] + far, square[2 * i + 1] - far);
		end_ring(&made);
		for (size_t i = 0; i < 5; i++)
			add_point(&made, hole[8 - 2 * i] + far, hole[9 - 2 * i] - far);
		end_ring(&made);
		end_part(&made);
		assert_true(shape_area(&made.shape) == 14);
		assert_true(shape_length(&made.shape) == 20);
		assert_true(shape_covers(&made.shape, far + 1, 0.5 - far));
		assert_true(shape_covers(&made.shape, far + 1, 1.5 - far)); /* the hole's edge */
		assert_false(shape_covers(&made.shape, far + 1.5, 1.5 - far));
		assert_true(shape_distance(&made.shape, far + 1.5, 1.5 - far) == 0.5);
		assert_false(shape_meets_box(&made.shape,
			&(struct box){far + 1.25, 1.25 - far, far + 1.75, 1.75 - far}));
	}
}

static void only_areas_cover_and_have_an_area(void **state)
{
	struct made made;

	(void)state;
	start(&made, GEOMETRY_LINE);
	add_ring(&made, (const double[]){0, 0, 4, 0, 4, 3, 0, 0}, 4);
	end_part(&made);
	assert_true(shape_area(&made.shape) == 0);
	assert_true(shape_length(&made.shape) == 12);
	assert_false(shape_covers(&made.shape, 2, 0));
	assert_true(shape_distance(&made.shape, 3, 1) > 0);
	assert_false(shape_meets_box(&made.shape, &(struct box){3, 1, 3.1, 1.1}));
}

/* Shapes that are not worth the name have answers too: a line of one point, an area of none. */
static void degenerate_shapes_answer(void **state)
{
	const struct box world = {-1e6, -1e6, 1e6, 1e6};
	struct box none;
	struct made made;

	(void)state;
	for (int kind = GEOMETRY_POINT; kind <= GEOMETRY_AREA; kind++) {
		start(&made, (enum geometry_kind)kind);
		none = shape_box(&made.shape);
		assert_true(box_is_empty(&none));
		assert_true(isinf(shape_distance(&made.shape, 1, 1)));
		assert_false(shape_meets_box(&made.shape, &world));
		assert_true(shape_area(&made.shape) == 0 && shape_length(&made.shape) == 0);
		assert_false(shape_covers(&made.shape, 0, 0));
		add_ring(&made, (const double[]){3, 4}, 1);
		end_part(&made);
		assert_true(shape_distance(&made.shape, 0, 0) == 5);
		assert_true(shape_meets_box(&made.shape, &(struct box){3, 4, 3, 4}));
		assert_false(shape_meets_box(&made.shape, &(struct box){3.5, 4, 4, 4}));
		assert_true(shape_area(&made.shape) == 0 && shape_length(&made.shape) == 0);
		assert_int_equal(shape_covers(&made.shape, 3, 4), kind == GEOMETRY_AREA);
		assert_false(shape_covers(&made.shape, 2, 4));
	}
}

static void boxes_are_closed_and_may_be_empty(void **state)
{
	struct box box = box_empty, part = {1, 2, 3, 4};
	struct made made;

	(void)state;
	assert_true(box_is_empty(&box));
	assert_false(boxes_meet(&box, &part) || boxes_meet(&part, &box) || boxes_meet(&box, &box));
	box_add(&box, &box_empty);
	assert_true(box_is_empty(&box));
	box_add(&box, &part);
	assert_memory_equal(&box, &part, sizeof box);
	box_add(&box, &box_empty);
	assert_memory_equal(&box, &part, sizeof box);
	box_add(&box, &(struct box){-1, 5, 0, 6});
	assert_true(box.min_x == -1 && box.min_y == 2 && box.max_x == 3 && box.max_y == 6);
	assert_true(boxes_meet(&part, &(struct box){3, 4, 5, 6}));
	assert_false(boxes_meet(&part, &(struct box){3.0000001, 4, 5, 6}));
	assert_true(box_is_empty(&(struct box){NAN, 0, 1, 1}));
	assert_false(boxes_meet(&part, &(struct box){NAN, 0, NAN, 9}));
	start(&made, GEOMETRY_LINE);
	add_ring(&made, (const double[]){3, 9, -2, 4, 7, -1}, 3);
	end_part(&made);
	box = shape_box(&made.shape);
	assert_true(box.min_x == -2 && box.min_y == -1 && box.max_x == 7 && box.max_y == 9);
	assert_false(shape_meets_box(&made.shape, &box_empty));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_answers_are_those_of_geos),
		cmocka_unit_test(answers_are_those_by_hand),
		cmocka_unit_test(neighbours_leave_no_gap),
		cmocka_unit_test(areas_do_not_depend_on_where_they_are),
		cmocka_unit_test(only_areas_cover_and_have_an_area),
		cmocka_unit_test(degenerate_shapes_answer),
		cmocka_unit_test(boxes_are_closed_and_may_be_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
