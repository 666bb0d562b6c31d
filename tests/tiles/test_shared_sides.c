#include "tests/test.h"

#include "tests/random.h"
#include "tiles/shared_sides.h"

enum { SIDES_MAX = 1 << 16 };

struct bench {
	struct shared_sides shared;
	struct ring_side taken[SIDES_MAX];
	size_t count;
};

static int set_up(void **state)
{
	return (*state = calloc(1, sizeof(struct bench))) ? 0 : -1;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static void take(void *context, const struct ring_side *sides, size_t count)
{
	struct bench *bench = context;

	assert_in_range(bench->count + count, 1, SIDES_MAX);
	memcpy(bench->taken + bench->count, sides, count * sizeof *sides);
	bench->count += count;
}

/* What a set of sides adds to the right of a place: the same, whichever cancelled out. */
static double winding(const struct bench *bench, double x, double y)
{
	double sum = 0;

	for (size_t i = 0; i < bench->count; i++) {
		int32_t xy[4];
		double at;

		memcpy(xy, &bench->taken[i], sizeof xy);
		if ((xy[1] > y) == (xy[3] > y))
			continue;
		at = xy[0] + (y - xy[1]) / ((double)xy[3] - xy[1]) * ((double)xy[2] - xy[0]);
		if (at > x)
			sum += xy[3] > xy[1] ? 1 : -1;
	}
	return sum;
}

static void neighbours_keep_their_outer_sides(void **state)
{
	struct bench *bench = *state;
	const int32_t left[] = {0, 0, 10, 0, 10, 10, 0, 10}, right[] = {10, 0, 20, 0, 20, 10, 10, 10};
	struct side_sink sink = {take, bench};

	for (int round = 0; round < 2; round++) {
		bench->count = 0;
		shared_sides_add_ring(&bench->shared, left, 4, sink);
		shared_sides_add_ring(&bench->shared, right, 4, sink);
		shared_sides_end(&bench->shared, sink);
		assert_int_equal(bench->count, 6);
	}
}

/* A field of squares of any order: what is left of their sides covers the same. */
static void what_is_left_covers_the_same(void **state)
{
	struct bench *bench = *state;
	struct random random = random_start(20261122);
	struct side_sink sink = {take, bench};
	enum { ACROSS = 64 };
	static bool is_there[ACROSS][ACROSS];
	size_t sides = 0;

	for (int y = 0; y < ACROSS; y++) {
		for (int x = 0; x < ACROSS; x++) {
			const int32_t a = -100 * x, b = 100 * y;
			const int32_t square[] = {a, b, a + 100, b, a + 100, b + 100, a, b + 100};

			is_there[y][x] = random_below(&random, 4) > 0;
			if (is_there[y][x])
				shared_sides_add_ring(&bench->shared, square, 4, sink);
			sides += 4 * (size_t)is_there[y][x];
		}
	}
	shared_sides_end(&bench->shared, sink);
	assert_true(bench->count < sides * 7 / 10);
	for (int i = 0; i < 500; i++) {
		int x = (int)random_below(&random, ACROSS), y = (int)random_below(&random, ACROSS);

		assert_true(winding(bench, -100 * x + 50, 100 * y + 50) == is_there[y][x]);
	}
}

static void sides_are_new_once(void **state)
{
	struct bench *bench = *state;
	const int32_t a[] = {INT32_MIN, 7}, b[] = {INT32_MAX, -3}, c[] = {0, 0};

	assert_true(shared_sides_is_new(&bench->shared, a, b));
	assert_false(shared_sides_is_new(&bench->shared, a, b));
	assert_false(shared_sides_is_new(&bench->shared, b, a));
	assert_true(shared_sides_is_new(&bench->shared, b, c));
	shared_sides_forget(&bench->shared);
	assert_true(shared_sides_is_new(&bench->shared, b, a));
}

/* A ring of one place, or that goes there and back, covers nothing. */
static void rings_without_area_leave_nothing(void **state)
{
	struct bench *bench = *state;
	const int32_t dot[] = {5, 5}, line[] = {5, 5, 9, 7};
	struct side_sink sink = {take, bench};

	shared_sides_add_ring(&bench->shared, dot, 1, sink);
	shared_sides_add_ring(&bench->shared, line, 2, sink);
	shared_sides_end(&bench->shared, sink);
	assert_int_equal(bench->count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(neighbours_keep_their_outer_sides),
		TEST(what_is_left_covers_the_same),
		TEST(sides_are_new_once),
		TEST(rings_without_area_leave_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
