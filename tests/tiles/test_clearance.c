#include "tests/test.h"

#include "tests/tiles/geos_area.h"
#include "tests/tiles/made_snapshot.h"

#include "base/banned.h"
#include "tests/tiles/random_area.h"
#include "tiles/clearance.h"
#include "tiles/mvt.h"

static const struct layer areas = {.id = "areas", .geometry = GEOMETRY_AREA};
static const struct layer lines = {.id = "lines", .geometry = GEOMETRY_LINE};

/* The first safe zoom of a path. */
static unsigned safe_zoom_of(const struct clip_path *path, const struct layer *layer)
{
	autofree(outline_clear) struct outline outline = {0};

	made_outline(&outline, path, layer->geometry);
	return clearance_safe_zoom(&outline, layer->geometry);
}

static unsigned safe_zoom_of_ring(const int32_t *xy, size_t count, const struct layer *layer)
{
	autofree(clip_path_clear) struct clip_path path = {0};

	clip_path_add(&path, xy, count);
	return safe_zoom_of(&path, layer);
}

/* Units of a tile of zoom z are 2^(23 - z) of the world's; its root of two must be kept apart. */
static void the_nearest_points_decide(void **state)
{
	static const int32_t square[] = {0, 0, 1000, 0, 1000, 1000, 0, 1000};
	static const int32_t thin[] = {0, 0, 1000, 0, 1000, 6, 0, 6};
	static const int32_t notch[] = {0, 0, 1000, 0, 1000, 1000, 500, 12, 0, 1000};
	static const int32_t twice[] = {0, 0, 1000, 0, 1000, 0, 1000, 1000};

	(void)state;
	assert_int_equal(safe_zoom_of_ring(square, 4, &areas), 14); /* 512 * 1.42 < 1000 */
	assert_int_equal(safe_zoom_of_ring(thin, 4, &areas), 21);   /* 4 * 1.42 < 6 */
	assert_int_equal(safe_zoom_of_ring(notch, 5, &areas), 20);  /* 8 * 1.42 < 12 */
	assert_int_equal(safe_zoom_of_ring(twice, 4, &areas), 23);
	/* Of lines only what falls together matters. */
	assert_int_equal(safe_zoom_of_ring(square, 4, &lines), 14);
	assert_int_equal(safe_zoom_of_ring(notch, 5, &lines), 14);
	assert_int_equal(safe_zoom_of_ring(thin, 3, &lines), 21);
	assert_int_equal(safe_zoom_of_ring(twice, 4, &lines), 23);
}

static void the_ends_of_the_numbers_do_not_overflow(void **state)
{
	static const int32_t world[] = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX,
		INT32_MAX, INT32_MIN, INT32_MAX};

	(void)state;
	assert_true(safe_zoom_of_ring(world, 4, &areas) <= 1);
}

/* GEOS knows the same distance as the minimum clearance. */
static void it_is_the_clearance_that_geos_finds(void **state)
{
	GEOSContextHandle_t geos = GEOS_init_r();
	struct random random = random_start(10);
	autofree(clip_path_clear) struct clip_path path = {0};
	int some = 0;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		GEOSGeometry *area;
		double clearance = 0;
		unsigned zoom = GRID_ZOOM_MAX + 1;

		random_area(&path, &random, 0, 0, random_between(&random, 30, 30000));
		area = geos_area(geos, &path);
		assert_int_equal(GEOSMinimumClearance_r(geos, area, &clearance), 0);
		GEOSGeom_destroy_r(geos, area);
		while (zoom && snap_safe_distance2(23 - (int)zoom + 1) < clearance * clearance)
			zoom--;
		if (path.point_count <= 40) {
			assert_int_equal(safe_zoom_of(&path, &areas), zoom);
			some++;
		} else {
			assert_int_equal(safe_zoom_of(&path, &areas), GRID_ZOOM_MAX + 1);
		}
	}
	assert_true(some > 1000);
	GEOS_finish_r(geos);
}

/* What is safe comes through rounding as it is: no point is lost, no ring is split. */
static void what_is_safe_needs_no_mending(void **state)
{
	struct random random = random_start(11);
	autofree(clip_path_clear) struct clip_path path = {0}, out = {0};
	autofree(clipper_clear) struct clipper clipper = {0};
	autofree(snapper_clear) struct snapper snapper = {0};

	(void)state;
	for (int round = 0; round < 2000; round++) {
		int32_t at = (int32_t)random_below(&random, 1 << 20);
		unsigned zoom;

		random_area(&path, &random, at, at, random_between(&random, 300, 300000));
		for (zoom = safe_zoom_of(&path, &areas); zoom <= GRID_ZOOM_MAX; zoom += 3) {
			struct snap_grid grid = {0, 0, GRID_WORLD_BITS - MVT_EXTENT_BITS - (int)zoom};

			clip_path_reset(&out);
			snap_area(&snapper, &clipper, &grid, &path, &out);
			assert_int_equal(out.ring_count, path.ring_count);
			assert_int_equal(out.point_count, path.point_count);
			for (size_t i = 0; i < path.point_count; i++)
				assert_true(out.xy[2 * i] == snap_x(&grid, path.xy[2 * i]) &&
					out.xy[2 * i + 1] == snap_y(&grid, path.xy[2 * i + 1]));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_points_decide),
		cmocka_unit_test(the_ends_of_the_numbers_do_not_overflow),
		cmocka_unit_test(it_is_the_clearance_that_geos_finds),
		cmocka_unit_test(what_is_safe_needs_no_mending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
