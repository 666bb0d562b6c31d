#include "tests/test.h"

#include <math.h>

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/grid.h"

/*
 * The definition of WebMercatorQuad as it is registered at OGC
 * (http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad): the point of origin, and by
 * zoom the size of a cell in metres and the tiles in a row. A tile has 256 cells a side.
 */
static const double origin_m = 20037508.3427892;
static const struct {
	double cell_m;
	uint32_t width;
} matrices[] = {{156543.033928041, 1}, {78271.5169640204, 2}, {39135.7584820102, 4},
	{19567.8792410051, 8}, {9783.93962050256, 16}, {4891.96981025128, 32},
	{2445.98490512564, 64}, {1222.99245256282, 128}, {611.49622628141, 256},
	{305.748113140704, 512}, {152.874056570352, 1024}, {76.4370282851762, 2048},
	{38.2185141425881, 4096}, {19.109257071294, 8192}, {9.55462853564703, 16384},
	{4.77731426782351, 32768}, {2.38865713391175, 65536}, {1.19432856695587, 131072},
	{0.597164283477939, 262144}, {0.29858214173897, 524288}, {0.149291070869485, 1048576},
	{0.0746455354347424, 2097152}, {0.0373227677173712, 4194304}};

/* The middle of a unit is as far from its edges. */
static const double half_unit_m = 20037508.342789244 / (double)(INT64_C(1) << GRID_WORLD_BITS);

static int64_t tile_side(unsigned z)
{
	return INT64_C(1) << (GRID_WORLD_BITS - z);
}

static void the_matrices_are_the_registered_ones(void **state)
{
	struct random random = random_start(1);

	(void)state;
	assert_int_equal(sizeof matrices / sizeof matrices[0], GRID_ZOOM_MAX + 1);
	for (unsigned z = 0; z <= GRID_ZOOM_MAX; z++) {
		uint32_t width = matrices[z].width;

		assert_true(tile_exists((struct tile){z, width - 1, width - 1}));
		assert_false(tile_exists((struct tile){z, width, 0}));
		assert_false(tile_exists((struct tile){z, 0, width}));
		for (int i = 0; i < 200; i++) {
			uint32_t tile = (uint32_t)random_below(&random, width + 1);
			double along_m = tile * 256.0 * matrices[z].cell_m;
			int64_t unit = tile * tile_side(z);

			assert_true(grid_unit_x(along_m - origin_m + half_unit_m) == unit);
			assert_true(grid_unit_y(origin_m - along_m - half_unit_m) == unit);
			assert_true(fabs(grid_mercator_x_m((double)unit) - (along_m - origin_m)) <
				    1e-6);
			assert_true(fabs(grid_mercator_y_m((double)unit) - (origin_m - along_m)) <
				    1e-6);
		}
	}
}

static void only_tiles_of_the_pyramid_exist(void **state)
{
	(void)state;
	assert_true(tile_exists((struct tile){0, 0, 0}));
	assert_false(tile_exists((struct tile){0, 1, 0}));
	assert_false(tile_exists((struct tile){GRID_ZOOM_MAX + 1, 0, 0}));
	assert_false(tile_exists((struct tile){32, 0, 0}));
	assert_false(tile_exists((struct tile){UINT32_MAX, 0, 0}));
	assert_false(tile_exists((struct tile){22, UINT32_MAX, UINT32_MAX}));
}

static void edges_of_tiles_are_exact(void **state)
{
	struct random random = random_start(2);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		unsigned z = (unsigned)random_below(&random, GRID_ZOOM_MAX + 1);
		int64_t edge = (int64_t)random_below(&random, ((size_t)1 << z) + 1) * tile_side(z);
		int64_t unit = (int64_t)random_below(&random, ((size_t)1 << GRID_WORLD_BITS) + 1);

		assert_true(grid_unit_x(grid_mercator_x_m((double)edge) + half_unit_m) == edge);
		assert_true(grid_unit_y(grid_mercator_y_m((double)edge) - half_unit_m) == edge);
		assert_true(grid_unit_x(grid_mercator_x_m((double)unit + 0.001)) == unit);
		assert_true(grid_unit_y(grid_mercator_y_m((double)unit + 0.001)) == unit);
		assert_true(grid_unit_x(grid_mercator_x_m((double)unit + 0.999)) == unit);
		assert_true(grid_unit_y(grid_mercator_y_m((double)unit + 0.999)) == unit);
	}
	assert_true(grid_mercator_x_m(0) == -GRID_HALF_WORLD_M);
	assert_true(grid_mercator_y_m(0) == GRID_HALF_WORLD_M);
	assert_true(grid_mercator_x_m((double)tile_side(1)) == 0);
}

static void what_lies_outside_is_clamped(void **state)
{
	static const double far[] = {20037508.35, 3e7, 1e300, INFINITY};

	(void)state;
	for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
		assert_true(grid_unit_x(far[i]) == tile_side(0) && grid_unit_x(-far[i]) == 0);
		assert_true(grid_unit_y(-far[i]) == tile_side(0) && grid_unit_y(far[i]) == 0);
	}
	assert_true(grid_unit_x(NAN) == 0 && grid_unit_y(NAN) == 0);
}

/* Neighbours meet without gap or overlap, and the middle of a tile falls into it. */
static void boxes_of_tiles_cover_the_world(void **state)
{
	struct random random = random_start(3);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		unsigned z = (unsigned)random_below(&random, GRID_ZOOM_MAX + 1);
		struct tile tile = {z, (uint32_t)random_below(&random, (size_t)1 << z),
			(uint32_t)random_below(&random, (size_t)1 << z)};
		struct lonlat_box box = tile_lonlat_box(tile), next;
		struct tile back =
			tile_at((box.west + box.east) / 2, (box.south + box.north) / 2, z);

		assert_true(box.west < box.east && box.south < box.north);
		assert_int_equal(back.z, z);
		/* Latitude is not linear: the middle in degrees is the tile's own from zoom 2 on.
		 */
		assert_true(back.x == tile.x && (z < 2 || back.y == tile.y));
		next = tile_lonlat_box((struct tile){z, tile.x + 1, tile.y + 1});
		assert_true(next.west == box.east && next.north == box.south);
	}
}

static void the_world_ends_where_mercator_does(void **state)
{
	struct lonlat_box world = tile_lonlat_box((struct tile){0, 0, 0});

	(void)state;
	assert_true(world.west == -180 && world.east == 180);
	assert_true(fabs(world.north - 85.0511287798066) < 1e-12);
	assert_true(fabs(world.south + 85.0511287798066) < 1e-12);
}

/* By the other formula of the projection, logarithm and tangent of the half. */
static void places_fall_into_their_tile(void **state)
{
	struct random random = random_start(4);
	struct tile centre = tile_at(106.6519, 10.9804, 14);

	(void)state;
	assert_true(centre.x == 13045 && centre.y == 7689);
	for (int i = 0; i < 20000; i++) {
		unsigned z = (unsigned)random_below(&random, GRID_ZOOM_MAX + 1);
		double lon = random_between(&random, -180, 180),
		       lat = random_between(&random, -85, 85);
		double across = matrices[z].width, phi = lat * acos(-1) / 180;
		double x = (lon / 360 + 0.5) * across;
		double y = (0.5 - log(tan(acos(-1) / 4 + phi / 2)) / (2 * acos(-1))) * across;
		struct tile tile = tile_at(lon, lat, z);

		/* Within rounding of an edge either side is right. */
		if (fabs(x - round(x)) > 1e-7)
			assert_int_equal(tile.x, (uint32_t)x);
		if (fabs(y - round(y)) > 1e-7)
			assert_int_equal(tile.y, (uint32_t)y);
	}
}

static void extremes_of_lon_and_lat_have_a_tile(void **state)
{
	static const double odd[] = {0, 180, -180, 180.1, 360, 1e9, -1e9, 1e308, -1e308, INFINITY,
		-INFINITY, NAN, 90, -90, 89.99, 90.1, -90.1, 91, -91, 179, 270, 85.06, -85.06};

	(void)state;
	for (unsigned z = 0; z <= GRID_ZOOM_MAX; z++) {
		uint32_t last = matrices[z].width - 1;

		for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
			for (size_t k = 0; k < sizeof odd / sizeof odd[0]; k++)
				assert_true(tile_exists(tile_at(odd[i], odd[k], z)));
		assert_true(tile_at(180, 0, z).x == last && tile_at(1e9, 0, z).x == last);
		assert_true(tile_at(-180, 0, z).x == 0 && tile_at(-1e9, 0, z).x == 0);
		assert_true(tile_at(0, 90, z).y == 0 && tile_at(0, 91, z).y == 0);
		assert_true(tile_at(0, INFINITY, z).y == 0 && tile_at(0, 1e308, z).y == 0);
		assert_true(tile_at(0, -90, z).y == last && tile_at(0, -91, z).y == last);
		assert_true(tile_at(0, -INFINITY, z).y == last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_matrices_are_the_registered_ones),
		cmocka_unit_test(only_tiles_of_the_pyramid_exist),
		cmocka_unit_test(edges_of_tiles_are_exact),
		cmocka_unit_test(what_lies_outside_is_clamped),
		cmocka_unit_test(boxes_of_tiles_cover_the_world),
		cmocka_unit_test(the_world_ends_where_mercator_does),
		cmocka_unit_test(places_fall_into_their_tile),
		cmocka_unit_test(extremes_of_lon_and_lat_have_a_tile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
