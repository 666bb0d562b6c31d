#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "gis/crs.h"
#include "gis/crs_patch.h"
#include "gis/geojson.h"
#include "tests/random.h"

enum { ROUNDS = 20000 };

static int open_context(void **state)
{
	struct crs_context *context = NULL;
	int rc = crs_context_new(&context, NULL);

	*state = context;
	return rc;
}

static int close_context(void **state)
{
	crs_context_free(*state);
	return 0;
}

static bool prints_alike(const double *a, const double *b, int decimals)
{
	char texts[4][NUMBER_CHARS] = {""};

	for (int i = 0; i < 2; i++) {
		number_write_fixed(texts[i], a[i], decimals);
		number_write_fixed(texts[2 + i], b[i], decimals);
	}
	return !memcmp(texts[0], texts[2], 2 * sizeof texts[0]);
}

/* A way and the land that it is for: a province, or a state. */
struct way {
	int from, to;
	double west, south, east, north;
};

static void check_way(struct crs_context *context, const struct way *way, struct random *random)
{
	bool degrees = way->to == CRS_WGS84 || way->to == CRS_VN2000;
	double tolerance = degrees ? 2e-12 : 2e-7, worst = 0;
	const struct crs_path *path = NULL;
	int different = 0;

	assert_int_equal(crs_path_find(context, way->from, way->to, &path, NULL), 0);
	for (int i = 0; i < ROUNDS; i++) {
		double quick[2] = {random_between(random, way->west, way->east),
			random_between(random, way->south, way->north)}, exact[2];

		/* Each third beside the line where PROJ left alone changes its operation. */
		if (way->from == 9210 && i % 3 == 0)
			quick[1] = 1221185 + random_between(random, -1, 1);
		memcpy(exact, quick, sizeof exact);
		assert_int_equal(crs_path_apply(path, exact, 1, NULL), 0);
		assert_int_equal(crs_path_move(path, quick, 1, NULL), 0);
		worst = fmax(worst, fmax(fabs(quick[0] - exact[0]), fabs(quick[1] - exact[1])));
		different += !prints_alike(quick, exact,
			degrees ? GEOJSON_DEGREE_DECIMALS : GEOJSON_METRE_DECIMALS);
	}
	print_message("EPSG:%d to %d: at most %.2g apart, %d of %d printed otherwise\n", way->from,
		way->to, worst, different, ROUNDS);
	assert_true(worst <= tolerance);
	assert_true(different <= ROUNDS / 1000);
}

static void quick_places_are_those_of_proj(void **state)
{
	static const struct way ways[] = {
		{9210, 4326, 530000, 1150000, 660000, 1290000},
		{9210, 3857, 530000, 1150000, 660000, 1290000},
		{9210, 4756, 530000, 1150000, 660000, 1290000},
		{9210, 9209, 530000, 1150000, 660000, 1290000},
		{5899, 4326, 330000, 2280000, 520000, 2420000},
		{26986, 4326, 33000, 777000, 330000, 960000},
		{2249, 4326, 110000, 2550000, 1080000, 3150000},
		{4326, 9210, 106, 10.4, 107.2, 11.7},
		{4326, 3857, 106, 10.4, 107.2, 11.7},
		{4756, 5899, 105.3, 20.6, 107.2, 21.9},
	};
	struct random random = random_start(41);

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		check_way(*state, &ways[i], &random);
}

/* A place is the same whatever was asked before it, and by whom. */
static void places_do_not_depend_on_what_came_before(void **state)
{
	struct crs_context *other = NULL;
	const struct crs_path *path = NULL, *other_path = NULL;
	struct random random = random_start(42);

	assert_int_equal(crs_context_new(&other, NULL), 0);
	assert_int_equal(crs_path_find(*state, 9210, CRS_WGS84, &path, NULL), 0);
	assert_int_equal(crs_path_find(other, 9210, CRS_WGS84, &other_path, NULL), 0);
	for (int i = 0; i < ROUNDS; i++) {
		/* The edges of cells too; far enough for the table to forget. */
		double a[4] = {round(random_between(&random, 0, 60)) * 16384,
			round(random_between(&random, 70, 130)) * 16384, 600000, 1215000}, b[4];
		double elsewhere[2] = {random_between(&random, 1e5, 9e5),
			random_between(&random, 1e6, 2e6)};

		memcpy(b, a, sizeof b);
		crs_path_move(other_path, elsewhere, 1, NULL);
		assert_int_equal(crs_path_move(path, a, 1, NULL), 0);
		assert_int_equal(crs_path_move(path, a + 2, 1, NULL), 0);
		assert_int_equal(crs_path_move(other_path, b, 1, NULL), 0);
		assert_int_equal(crs_path_move(other_path, b + 2, 1, NULL), 0);
		assert_memory_equal(a, b, sizeof a);
	}
	crs_context_free(other);
}

static void points_without_place_are_refused(void **state)
{
	static const double wrong[] = {1e30, -1e12, NAN, INFINITY};
	const struct crs_path *path = NULL;

	assert_int_equal(crs_path_find(*state, 9210, CRS_WGS84, &path, NULL), 0);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct error err = {0};
		double xy[6] = {600000, 1215000, wrong[i], wrong[i], 600000, 1215000};

		assert_int_equal(crs_path_move(path, xy, 3, &err), ERR_INVALID);
		assert_string_equal(err.where, "2");
	}
	assert_int_equal(crs_path_move(path, NULL, 0, NULL), 0);
}

/* What spans more than the table holds is moved exactly, at once. */
static void wide_shapes_are_moved_exactly(void **state)
{
	const struct crs_path *path = NULL;
	double quick[6] = {600000, 1215000, 601000, 1600000, 602000, 1216000}, exact[6];

	memcpy(exact, quick, sizeof exact);
	assert_int_equal(crs_path_find(*state, 9210, CRS_WGS84, &path, NULL), 0);
	assert_int_equal(crs_path_apply(path, exact, 3, NULL), 0);
	assert_int_equal(crs_path_move(path, quick, 3, NULL), 0);
	assert_memory_equal(quick, exact, sizeof exact);
}

/* A map with a fold at x = 20000, and without image beyond 100000; counts its calls. */
static bool fold(const void *context, double *xy, size_t count)
{
	int *points = (int *)(uintptr_t)context;

	for (size_t i = 0; i < count; i++, xy += 2) {
		++*points;
		if (xy[0] > 100000)
			return false;
		xy[1] = fabs(xy[0] - 20000);
	}
	return true;
}

static void what_is_not_smooth_is_moved_exactly(void **state)
{
	int points = 0, before;
	autoptr(crs_patches_free) struct crs_patches *patches =
		crs_patches_new(fold, &points, 16384, 1e-9);
	double here[2] = {17000, 5}, smooth[2] = {50000, 5}, nowhere[4] = {99000, 5, 100001, 5};

	(void)state;
	assert_non_null(patches);
	assert_int_equal(crs_patches_move(patches, here, 1), 1);
	assert_true(here[0] == 17000 && here[1] == 3000);
	assert_int_equal(crs_patches_move(patches, smooth, 1), 1);
	assert_true(smooth[0] == 50000 && fabs(smooth[1] - 30000) <= 1e-9);
	before = points;
	smooth[0] = 51000;
	smooth[1] = 6;
	assert_int_equal(crs_patches_move(patches, smooth, 1), 1);
	assert_int_equal(points, before); /* of the same cell: no more questions */
	here[0] = 23000;
	assert_int_equal(crs_patches_move(patches, here, 1), 1);
	assert_true(here[1] == 3000);
	assert_int_equal(crs_patches_move(patches, nowhere, 2), 1);
	assert_true(nowhere[1] == 79000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_places_are_those_of_proj),
		cmocka_unit_test(places_do_not_depend_on_what_came_before),
		cmocka_unit_test(points_without_place_are_refused),
		cmocka_unit_test(wide_shapes_are_moved_exactly),
		cmocka_unit_test(what_is_not_smooth_is_moved_exactly),
	};

	return cmocka_run_group_tests(tests, open_context, close_context);
}
