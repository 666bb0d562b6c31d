#include "tests/test.h"

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/tile_order.h"

/* PMTiles Version 3 Specification, 4.1. */
static void the_numbers_are_those_of_the_specification(void **state)
{
	static const struct {
		struct tile tile;
		uint64_t number;
	} rows[] = {{{0, 0, 0}, 0}, {{1, 0, 0}, 1}, {{1, 0, 1}, 2}, {{1, 1, 1}, 3}, {{1, 1, 0}, 4},
		{{2, 0, 0}, 5}, {{12, 3423, 1763}, 19078479}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct tile tile = tile_order_tile(rows[i].number);

		assert_int_equal(tile_order_number(rows[i].tile), rows[i].number);
		assert_int_equal(tile.z, rows[i].tile.z);
		assert_int_equal(tile.x, rows[i].tile.x);
		assert_int_equal(tile.y, rows[i].tile.y);
	}
}

static void a_number_gives_its_tile_again(void **state)
{
	struct random random = random_start(41);

	(void)state;
	for (int i = 0; i < 200000; i++) {
		unsigned z = (unsigned)random_below(&random, GRID_ZOOM_MAX + 1);
		size_t side = (size_t)1 << z;
		struct tile tile = {z, (uint32_t)random_below(&random, side),
			(uint32_t)random_below(&random, side)};
		struct tile again = tile_order_tile(tile_order_number(tile));

		assert_int_equal(again.z, z);
		assert_int_equal(again.x, tile.x);
		assert_int_equal(again.y, tile.y);
	}
}

static uint32_t apart(uint32_t a, uint32_t b)
{
	return a < b ? b - a : a - b;
}

static void the_curve_goes_from_neighbour_to_neighbour_and_stays_in_the_parent(void **state)
{
	(void)state;
	for (unsigned z = 1; z <= 7; z++) {
		uint64_t first = tile_order_first(z), end = tile_order_first(z + 1);

		for (uint64_t number = first; number < end; number++) {
			struct tile tile = tile_order_tile(number);
			struct tile parent = tile_order_tile(
				tile_order_first(z - 1) + ((number - first) >> 2));
			struct tile before = tile_order_tile(number - (number > first));

			assert_int_equal(tile.z, z);
			assert_int_equal(tile.x >> 1, parent.x);
			assert_int_equal(tile.y >> 1, parent.y);
			assert_int_equal(apart(tile.x, before.x) + apart(tile.y, before.y),
				number > first);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_numbers_are_those_of_the_specification),
		cmocka_unit_test(a_number_gives_its_tile_again),
		cmocka_unit_test(
			the_curve_goes_from_neighbour_to_neighbour_and_stays_in_the_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
