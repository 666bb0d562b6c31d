#include "tests/test.h"

#include <math.h>

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/hull.h"

/* Corners strewn about, some of them in a row or at one place. */
static size_t strew(struct random *random, double xy[2 * HULL_CORNERS_MAX])
{
	size_t count = 3 + random_below(random, HULL_CORNERS_MAX - 2);
	size_t side = 2 + random_below(random, 1000);

	for (size_t i = 0; i < 2 * count; i++)
		xy[i] = (double)random_below(random, side) - (double)side / 2;
	return count;
}

static void all_corners_are_inside_and_two_on_each_line(void **state)
{
	struct random random = random_start(49);

	(void)state;
	for (int round = 0; round < 20000; round++) {
		double xy[2 * HULL_CORNERS_MAX];
		size_t count = strew(&random, xy);
		struct hull hull;

		if (!hull_read(&hull, xy, count))
			continue;
		assert_in_range(hull.count, 3, count);
		for (size_t line = 0; line < hull.count; line++) {
			const struct hull_line *at = &hull.lines[line];
			size_t on = 0;

			assert_true(fabs(hypot(at->nx, at->ny) - 1) < 1e-12);
			for (size_t i = 0; i < count; i++) {
				double far = at->nx * xy[2 * i] + at->ny * xy[2 * i + 1] + at->far;

				assert_true(far > -1e-9);
				on += far < 1e-9;
			}
			assert_true(on >= 2);
		}
	}
}

static void no_circle_inside_is_larger(void **state)
{
	struct random random = random_start(50);

	(void)state;
	for (int round = 0; round < 3000; round++) {
		double xy[2 * HULL_CORNERS_MAX], best = 0;
		size_t count = strew(&random, xy);
		struct hull_circle circle;
		struct hull hull;

		if (!hull_read(&hull, xy, count))
			continue;
		assert_true(hull_largest_circle(&hull, &circle));
		assert_true(fabs(hull_distance(&hull, circle.x, circle.y) - circle.radius) <
			1e-9 * (1 + circle.radius));
		for (int i = 0; i < 400; i++)
			best = fmax(best, hull_distance(&hull, random_between(&random, -500, 500),
						  random_between(&random, -500, 500)));
		/* And a step in any direction leads to no better place. */
		for (int i = 0; i < 64; i++)
			best = fmax(best, hull_distance(&hull, circle.x + 0.01 * cos(i * 0.1),
						  circle.y + 0.01 * sin(i * 0.1)));
		assert_true(best <= circle.radius * (1 + 1e-9) + 1e-9);
	}
}

static void what_has_no_area_has_no_hull(void **state)
{
	static const double row[] = {0, 0, 5, 5, 10, 10, 2, 2}, many[2 * (HULL_CORNERS_MAX + 1)] = {0};
	struct hull hull;

	(void)state;
	assert_false(hull_read(&hull, row, 4));
	assert_false(hull_read(&hull, row, 2));
	assert_false(hull_read(&hull, many, 5));
	assert_false(hull_read(&hull, many, HULL_CORNERS_MAX + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_corners_are_inside_and_two_on_each_line),
		cmocka_unit_test(no_circle_inside_is_larger),
		cmocka_unit_test(what_has_no_area_has_no_hull),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
