#include "tests/test.h"

#include <math.h>

#include "base/banned.h"
#include "gis/side.h"
#include "tests/random.h"

__extension__ typedef __int128 wide;

/* A point in units so small that a double can just tell them apart at 1,000 km. */
struct point {
	int64_t x, y;
};

static const double unit_m = 0x1p-33;

static void in_metres(struct point point, double ret[2])
{
	ret[0] = (double)point.x * unit_m;
	ret[1] = (double)point.y * unit_m;
}

/* The truth, in integers of 128 bits. */
static int true_side(struct point from, struct point to, struct point at)
{
	wide turn =
		(wide)(to.x - from.x) * (at.y - from.y) - (wide)(to.y - from.y) * (at.x - from.x);

	return (turn > 0) - (turn < 0);
}

static void check(struct point from, struct point to, struct point at)
{
	double a[2], b[2], c[2];
	int wanted = true_side(from, to, at);

	in_metres(from, a);
	in_metres(to, b);
	in_metres(at, c);
	assert_int_equal(side_of(a, b, c[0], c[1]), wanted);
	assert_int_equal(side_of(b, a, c[0], c[1]), -wanted);
	assert_int_equal(side_of(b, c, a[0], a[1]), wanted);
}

static int64_t along(int64_t from, int64_t to, double share)
{
	return from + (int64_t)round((double)(to - from) * share);
}

/* Points as near to the line as doubles allow, where rounding decides unless one is careful. */
static void the_side_is_exact_beside_the_line(void **state)
{
	struct random random = random_start(1);

	(void)state;
	for (int i = 0; i < 100000; i++) {
		int64_t size = INT64_C(1) << (10 + i % 43);
		struct point from = {(int64_t)random_below(&random, (size_t)size),
			(int64_t)random_below(&random, (size_t)size)};
		struct point to = {(int64_t)random_below(&random, (size_t)size),
			(int64_t)random_below(&random, (size_t)size)};
		double share = random_between(&random, -0.2, 1.2);
		struct point at = {
			along(from.x, to.x, share) + (int64_t)random_below(&random, 3) - 1,
			along(from.y, to.y, share) + (int64_t)random_below(&random, 3) - 1};

		check(from, to, at);
		check(from, to, from);
		check(from, to, to);
	}
}

/* Far from the origin, as coordinates of a city are: the differences lose nothing either. */
static void the_side_is_exact_far_out(void **state)
{
	static const struct point origin = {INT64_C(600000) << 33, INT64_C(1040000) << 33};
	struct random random = random_start(2);

	(void)state;
	for (int i = 0; i < 100000; i++) {
		int64_t size = INT64_C(1) << (3 + i % 40);
		struct point points[3];

		for (int k = 0; k < 3; k++) {
			points[k].x = origin.x + (int64_t)random_below(&random, (size_t)size);
			points[k].y = origin.y + (int64_t)random_below(&random, (size_t)size);
		}
		check(points[0], points[1], points[2]);
	}
}

/* Differences that are no doubles themselves: a tenth is none, and its thirds neither. */
static void inexact_differences_are_told(void **state)
{
	static const double from[] = {0, 0}, far[] = {0x1p60, 0x1p60};

	(void)state;
	assert_int_equal(side_of(from, far, 0x1p-60, 0x1p-60), 0);
	assert_int_equal(side_of(far, from, 0x1p-60, 0x1p-60), 0);
	assert_int_equal(side_of(from, far, 0x1p-60, 0x1.0000000000001p-60), 1);
	assert_int_equal(side_of(far, from, 0x1p-60, 0x1.0000000000001p-60), -1);
	assert_int_equal(side_of(from, far, 0x1.0000000000001p-60, 0x1p-60), -1);
}

static void absurd_coordinates_do_no_harm(void **state)
{
	static const double odd[] = {0, -0.0, 1e308, -1e308, 5e-324, -5e-324, 1};

	(void)state;
	for (size_t i = 0; i < 7 * 7 * 7 * 7; i++) {
		double from[] = {odd[i % 7], odd[i / 7 % 7]},
		       to[] = {odd[i / 49 % 7], odd[i / 343]};

		for (size_t k = 0; k < 7; k++) {
			int side = side_of(from, to, odd[k], odd[6 - k]);

			assert_true(side >= -1 && side <= 1);
		}
	}
	assert_int_equal(side_of((double[]){1, 1}, (double[]){1, 1}, 5, 7), 0); /* no line at all */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_side_is_exact_beside_the_line),
		cmocka_unit_test(the_side_is_exact_far_out),
		cmocka_unit_test(inexact_differences_are_told),
		cmocka_unit_test(absurd_coordinates_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
