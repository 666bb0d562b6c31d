#include "tests/test.h"

#include "base/banned.h"
#include "tests/random.h"
#include "tests/tiles/made_snapshot.h"
#include "tiles/dissolve.h"

enum { SHIFT = 4, UNIT = 1 << SHIFT };

/* Dissolves paths, each an area of one ring with corners in units of the grid. */
static struct clip_path dissolve(const struct clip_path *areas)
{
	autofree(dissolver_clear) struct dissolver dissolver = {.failed = false};
	autofree(outline_clear) struct outline outline = {0};
	struct clip_path out = {0};

	dissolver_reset(&dissolver);
	for (size_t i = 0; i < areas->ring_count; i++) {
		autofree(clip_path_clear) struct clip_path one = {0};
		size_t start = clip_path_start(areas, i), count = areas->ends[i] - start;
		int32_t xy[64];

		assert_true(count <= 32);
		for (size_t k = 0; k < 2 * count; k++)
			xy[k] = areas->xy[2 * start + k] * UNIT + (int32_t)(k % 5) - 2;
		clip_path_add(&one, xy, count);
		made_outline(&outline, &one, GEOMETRY_AREA);
		dissolver_add(&dissolver, &outline, SHIFT);
	}
	assert_true(dissolver_finish(&dissolver, &out));
	return out;
}

static int64_t area2_of(const struct clip_path *path)
{
	int64_t sum = 0;

	for (size_t i = 0; i < path->ring_count; i++) {
		size_t start = clip_path_start(path, i);

		sum += clip_ring_area2(path->xy + 2 * start, path->ends[i] - start);
	}
	return sum;
}

static void add_box(struct clip_path *path, int32_t x0, int32_t y0, int32_t x1, int32_t y1)
{
	clip_path_add(path, (int32_t[]){x0, y0, x1, y0, x1, y1, x0, y1}, 4);
}

static void neighbours_become_one(void **state)
{
	autofree(clip_path_clear) struct clip_path path = {0}, out = {0};

	(void)state;
	add_box(&path, 0, 0, 10, 10);
	add_box(&path, 10, 0, 30, 10);
	add_box(&path, 0, 10, 10, 20);
	out = dissolve(&path);
	assert_int_equal(out.ring_count, 1);
	assert_int_equal(out.point_count, 6); /* an L: what lay on the way is gone */
	assert_int_equal(area2_of(&out), 2 * (100 + 200 + 100));
}

/* A corner on the other's edge, exactly and beside it by rounding. */
static void corners_on_edges_leave_no_slivers(void **state)
{
	autofree(clip_path_clear) struct clip_path path = {0}, out = {0};

	(void)state;
	add_box(&path, 0, 0, 100, 10);
	add_box(&path, 0, 10, 37, 20);
	clip_path_add(&path, (int32_t[]){37, 10, 100, 10, 100, 20, 37, 20}, 4);
	clip_path_add(&path, (int32_t[]){100, 20, 200, 57, 100, 57}, 3);
	clip_path_add(&path, (int32_t[]){100, 20, 131, 20, 131, 31}, 3);  /* (131, 31.47) is on the edge */
	clip_path_add(&path, (int32_t[]){131, 31, 131, 20, 200, 20, 200, 57}, 4);
	out = dissolve(&path);
	/* Three boxes, and what is above and below the slope: they meet in a point. */
	assert_int_equal(out.ring_count, 2);
}

static void what_is_left_free_stays_free(void **state)
{
	autofree(clip_path_clear) struct clip_path path = {0}, out = {0};

	(void)state;
	for (int32_t y = 0; y < 3; y++)
		for (int32_t x = 0; x < 3; x++)
			if (x != 1 || y != 1)
				add_box(&path, x * 10, y * 10, x * 10 + 10, y * 10 + 10);
	add_box(&path, 13, 13, 17, 17);
	add_box(&path, 100, 0, 110, 10);
	out = dissolve(&path);
	assert_int_equal(out.ring_count, 4);
	assert_int_equal(area2_of(&out), 2 * (800 + 16 + 100));
}

/* Areas that meet in a point only are apart, or one ring through it: their area is what counts. */
static void a_point_in_common_is_no_edge(void **state)
{
	autofree(clip_path_clear) struct clip_path path = {0}, out = {0};

	(void)state;
	add_box(&path, 0, 0, 10, 10);
	add_box(&path, 10, 10, 20, 20);
	out = dissolve(&path);
	assert_int_equal(out.ring_count, 2);
	assert_int_equal(area2_of(&out), 400);
}

/* A lattice of quarters with corners moved about, some of them missing: nothing is lost or gained. */
static void the_area_is_that_of_all(void **state)
{
	enum { SIDE = 20, PITCH = 12 };
	struct random random = random_start(17);

	(void)state;
	for (int round = 0; round < 60; round++) {
		autofree(clip_path_clear) struct clip_path path = {0}, out = {0};
		int32_t at[SIDE + 1][SIDE + 1][2];
		int missing = round % 3 ? (int)random_below(&random, 90) : 0;

		for (int y = 0; y <= SIDE; y++)
			for (int x = 0; x <= SIDE; x++) {
				at[y][x][0] = x * PITCH + (int32_t)random_below(&random, 7) - 3;
				at[y][x][1] = y * PITCH + (int32_t)random_below(&random, 7) - 3;
			}
		for (int y = 0; y < SIDE; y++)
			for (int x = 0; x < SIDE; x++)
				if ((int)random_below(&random, 100) >= missing)
					clip_path_add(&path,
						(int32_t[]){at[y][x][0], at[y][x][1], at[y][x + 1][0], at[y][x + 1][1],
							at[y + 1][x + 1][0], at[y + 1][x + 1][1], at[y + 1][x][0],
							at[y + 1][x][1]},
						4);
		out = dissolve(&path);
		assert_int_equal(area2_of(&out), area2_of(&path));
		if (!missing)
			assert_int_equal(out.ring_count, 1);
	}
}

static void nothing_and_what_has_no_area(void **state)
{
	autofree(clip_path_clear) struct clip_path path = {0}, out = {0};

	(void)state;
	clip_path_add(&path, (int32_t[]){5, 5, 5, 5, 5, 5}, 3);
	clip_path_add(&path, (int32_t[]){0, 0, 9, 0, 4, 0}, 3);
	out = dissolve(&path);
	assert_int_equal(out.ring_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_become_one),
		cmocka_unit_test(corners_on_edges_leave_no_slivers),
		cmocka_unit_test(what_is_left_free_stays_free),
		cmocka_unit_test(a_point_in_common_is_no_edge),
		cmocka_unit_test(the_area_is_that_of_all),
		cmocka_unit_test(nothing_and_what_has_no_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
