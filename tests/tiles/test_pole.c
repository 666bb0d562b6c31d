#include "tests/test.h"

#include "base/banned.h"
#include "tests/tiles/paths.h"
#include "tests/tiles/random_area.h"
#include "tiles/pole.h"

static double segment_distance(const int32_t *a, const int32_t *b, double x, double y)
{
	double ux = (double)b[0] - a[0], uy = (double)b[1] - a[1];
	double length2 = ux * ux + uy * uy;
	double share = length2 > 0 ? ((x - a[0]) * ux + (y - a[1]) * uy) / length2 : 0;

	share = fmax(0, fmin(1, share));
	return hypot(x - a[0] - share * ux, y - a[1] - share * uy);
}

/* More than 0 inside; the plain way. */
static double true_distance(const struct clip_path *area, double x, double y)
{
	double least = INFINITY;
	bool inside = false;

	for (size_t ring = 0; ring < area->ring_count; ring++) {
		size_t start = clip_path_start(area, ring), end = area->ends[ring];

		for (size_t i = start, j = end - 1; i < end; j = i++) {
			const int32_t *a = area->xy + 2 * j, *b = area->xy + 2 * i;

			least = fmin(least, segment_distance(a, b, x, y));
			if ((a[1] > y) != (b[1] > y) &&
				x < a[0] + (y - a[1]) / ((double)b[1] - a[1]) * ((double)b[0] - a[0]))
				inside = !inside;
		}
	}
	return inside ? least : -least;
}

/* The best of places on a grid around a box of so many units. */
static double brute_force(const struct clip_path *area, double reach, double step)
{
	double best = 0;

	for (double y = -reach; y <= reach; y += step)
		for (double x = -reach; x <= reach; x += step)
			best = fmax(best, true_distance(area, x, y));
	return best;
}

/* What always holds of a pole; how far it is from the edges. */
static double check_pole(const struct clip_path *area, double precision, struct pole *ret_pole)
{
	struct pole_finder finder = {0};
	struct pole again;
	double distance;

	assert_true(pole_find(&finder, area, precision, ret_pole));
	assert_true(pole_find(&finder, area, precision, &again));
	assert_memory_equal(&again.x, &ret_pole->x, sizeof again.x);
	assert_memory_equal(&again.y, &ret_pole->y, sizeof again.y);
	pole_finder_clear(&finder);
	pole_finder_clear(&finder);
	distance = true_distance(area, ret_pole->x, ret_pole->y);
	if (!(distance > 0) || fabs(distance - ret_pole->distance) > 1e-6 * (1 + distance))
		fail_msg("at %.9g %.9g it says %.9g, and is %.9g", ret_pole->x, ret_pole->y,
			ret_pole->distance, distance);
	return distance;
}

static void it_is_as_good_as_the_best_of_all_places(void **state)
{
	static const double precisions[] = {0.01, 0.5, 3};
	struct random random = random_start(47);
	struct clip_path area = {0};

	(void)state;
	for (int round = 0; round < 150; round++) {
		double size = random_between(&random, 5, 50), best;

		random_area(&area, &random, 0, 0, size);
		best = brute_force(&area, size + 1, size / 60);
		for (size_t i = 0; i < 3; i++) {
			struct pole pole;
			double distance;

			if (best <= 0)
				continue;
			distance = check_pole(&area, precisions[i], &pole);
			assert_true(pole.is_sure);
			if (distance < best - precisions[i] - 1e-9)
				fail_msg("round %d: %g, but there is a place with %g", round,
					distance, best);
		}
	}
	clip_path_clear(&area);
}

/* Corners of a circle that was stretched and turned, in order. */
static void random_convex(struct clip_path *area, struct random *random, double size)
{
	double turn = random_between(random, 0, 7), flat = random_between(random, 0.05, 1);
	size_t count = 3 + random_below(random, 20);
	double angle = 0;
	int32_t xy[2 * 24];

	clip_path_reset(area);
	for (size_t i = 0; i < count; i++) {
		double x, y;

		angle += random_between(random, 0.1, 1.9) * 2 * acos(-1) / (double)count;
		if (angle > 6.2)
			count = i + 1;
		x = size * cos(angle);
		y = size * flat * sin(angle);
		xy[2 * i] = (int32_t)lrint(x * cos(turn) - y * sin(turn));
		xy[2 * i + 1] = (int32_t)lrint(x * sin(turn) + y * cos(turn));
	}
	clip_path_add(area, xy, count);
}

static void of_convex_rings_too(void **state)
{
	struct random random = random_start(48);
	struct clip_path area = {0};

	(void)state;
	for (int round = 0; round < 1500; round++) {
		double size = random_between(&random, 3, 1000);
		double best, distance, precision = random_between(&random, 0.001, 0.2) * size;
		struct pole pole;

		random_convex(&area, &random, size);
		best = brute_force(&area, size + 1, size / 25);
		if (best <= 0)
			continue;
		distance = check_pole(&area, precision, &pole);
		assert_true(pole.is_sure);
		if (distance < best - precision - 1e-9)
			fail_msg("round %d: %g, but there is a place with %g", round, distance, best);
	}
	clip_path_clear(&area);
}

/* NaN: it may be anywhere along. */
static void check_place(const char *text, double precision, double x, double y, double distance)
{
	struct clip_path area = {0};
	struct pole pole;

	path_read(&area, text);
	check_pole(&area, precision, &pole);
	if (fabs(pole.x - x) > 8 * precision || fabs(pole.y - y) > 8 * precision ||
		fabs(pole.distance - distance) > precision)
		fail_msg("%s: %g %g, %g", text, pole.x, pole.y, pole.distance);
	clip_path_clear(&area);
}

static void lots_have_it_in_their_middle(void **state)
{
	(void)state;
	check_place("0 0, 10 0, 10 10, 0 10", 1e-6, 5, 5, 5);
	check_place("0 0, 0 10, 10 10, 10 0", 1e-6, 5, 5, 5);
	check_place("0 0, 40 0, 40 10, 0 10", 1e-6, 20, 5, 5);
	check_place("0 0, 20 0, 40 0, 40 10, 30 10, 0 10", 1e-6, 20, 5, 5);
	check_place("0 0, 300 400, 260 430, -40 30", 1e-6, 130, 215, 25);
	check_place("0 0, 8 0, 0 6", 1e-6, 2, 2, 2);
	check_place("0 0, 1 0, 1 1, 0 1", 1e-6, 0.5, 0.5, 0.5);
}

static void of_concave_areas_it_is_inside(void **state)
{
	(void)state;
	/* An L; a U, a frame and a comb, whose middle is outside. */
	check_place("0 0, 100 0, 100 30, 30 30, 30 100, 0 100", 0.01, 17.574, 17.574, 17.574);
	check_place("0 0, 100 0, 100 100, 90 100, 90 60, 10 60, 10 100, 0 100", 1, NAN, 30, 30);
	check_place("0 0, 100 0, 100 100, 0 100; hole 10 10, 10 90, 60 90, 60 10", 1, 80, NAN, 20);
	check_place("0 0, 60 0, 60 10, 10 10, 10 20, 60 20, 60 30, 10 30, 10 40, 60 40, 60 80, 0 80",
		1, NAN, 60, 20);
	/* Of two polygons that of the wider; nothing lies between them. */
	check_place("0 0, 50 0, 50 50, 0 50; 1000 1000, 1060 1000, 1060 1060, 1000 1060", 0.01, 1030,
		1030, 30);
	check_place("0 0, 9 0, 9 9, 0 9; hole 3 3, 3 6, 6 6, 6 3; 90 90, 99 90, 99 99, 90 99", 0.01,
		94.5, 94.5, 4.5);
}

/* A sliver of one unit, and the whole reach of coordinates. */
static void extremes_are_inside_too(void **state)
{
	static const char *const texts[] = {
		"0 0, 1000000 0, 1000000 1, 0 1",
		"0 0, 1000000 500001, 1000001 500002",
		"0 0, 100000 1, 0 2",
		"-2147483648 -2147483648, 2147483647 -2147483648, 2147483647 2147483647,"
		" -2147483648 2147483647",
		"-2147483648 -2147483648, 2147483647 -2147483648, 0 0, 2147483647 2147483647,"
		" -2147483648 2147483647",
		"2147483600 0, 2147483647 0, 2147483647 40, 2147483640 40, 2147483640 4, 2147483600 3",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (double precision = 1e-3; precision < 1e6; precision *= 1000) {
			struct clip_path area = {0};
			struct pole pole;

			path_read(&area, texts[i]);
			check_pole(&area, precision, &pole);
			clip_path_clear(&area);
		}
}

static void what_has_no_inside_says_so(void **state)
{
	static const char *const texts[] = {"", "5 5", "5 5, 5 5, 5 5", "0 0, 10 0", "0 0, 10 0, 20 0",
		"0 0, 10 10, 20 20", "0 0, 5 9, 10 18, 5 9"};
	struct pole_finder finder = {0};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct clip_path area = {0};
		struct pole pole;

		if (*texts[i])
			path_read(&area, texts[i]);
		assert_true(pole_find(&finder, &area, 0.1, &pole));
		if (pole.distance != 0)
			fail_msg("%s: %g", texts[i], pole.distance);
		clip_path_clear(&area);
	}
	pole_finder_clear(&finder);
}

/* A saw of so many corners that not all can be looked at: it ends, and is inside. */
static void a_coast_costs_no_more_than_is_allowed(void **state)
{
	enum { TEETH = 200000 };
	struct clip_path area = {0};
	int32_t *xy = malloc((2 * TEETH + 2) * 2 * sizeof *xy);
	size_t count = 0;
	struct pole pole;

	(void)state;
	assert_non_null(xy);
	for (int32_t i = 0; i < 2 * TEETH; i++, count++) {
		xy[2 * count] = i;
		xy[2 * count + 1] = i % 2 ? 3000 + i % 977 : 100;
	}
	for (int32_t i = 0; i < 2; i++, count++) {
		xy[2 * count] = i ? 0 : 2 * TEETH;
		xy[2 * count + 1] = -50 - 10 * i;
	}
	clip_path_add(&area, xy, count);
	check_pole(&area, 0.01, &pole);
	assert_false(pole.is_sure);
	free(xy);
	clip_path_clear(&area);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_as_good_as_the_best_of_all_places),
		cmocka_unit_test(of_convex_rings_too),
		cmocka_unit_test(lots_have_it_in_their_middle),
		cmocka_unit_test(of_concave_areas_it_is_inside),
		cmocka_unit_test(extremes_are_inside_too),
		cmocka_unit_test(what_has_no_inside_says_so),
		cmocka_unit_test(a_coast_costs_no_more_than_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
