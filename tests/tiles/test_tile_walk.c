#include "tests/test.h"

#include "base/banned.h"
#include "tests/tiles/made_snapshot.h"
#include "tests/tiles/random_area.h"
#include "tiles/mvt.h"
#include "tiles/tile_order.h"
#include "tiles/tile_walk.h"

enum { SNAPSHOTS = 2, LAST_ZOOM = 9 };

static const struct look_class classes[] = {{.title = {"", ""}}};
static const struct layer layers[SNAPSHOTS] = {
	{.id = "wide", .geometry = GEOMETRY_AREA,
		.look = {.min_zoom = 0, .max_zoom = 7, .classes = classes, .class_count = 1}},
	{.id = "narrow", .geometry = GEOMETRY_AREA,
		.look = {.min_zoom = 5, .max_zoom = 22, .classes = classes, .class_count = 1}},
};

/* Areas strewn over the world, small and large. */
static struct snapshot *strewn(const struct layer *layer, struct random *random, size_t count)
{
	struct made_snapshot made = made_snapshot_begin(layer);
	struct clip_path area = {0};

	for (size_t i = 0; i < count; i++) {
		double reach = random_below(random, 4) ? 1e6 : 3e8;

		random_area(&area, random, random_between(random, -1.7e9, 1.7e9),
			random_between(random, -1.7e9, 1.7e9), random_between(random, 10, reach));
		made_snapshot_add(&made, &area);
	}
	clip_path_clear(&area);
	return made_snapshot_finish(&made);
}

static bool found(void *context, size_t item)
{
	(void)context;
	(void)item;
	return false;
}

/* What a walk must find: each tile of the zoom that a box of a record reaches. */
static bool is_wanted(struct snapshot *const *snapshots, struct tile tile)
{
	const struct item_visitor visitor = {found, NULL};
	int64_t buffer = (int64_t)MVT_BUFFER << (GRID_WORLD_BITS - tile.z - MVT_EXTENT_BITS);
	struct tile_box box = snapshot_tile_box(snapshots[0]->origin, tile, buffer);

	for (size_t i = 0; i < SNAPSHOTS; i++) {
		const struct look *look = &snapshots[i]->layer->look;

		if (tile.z >= look->min_zoom && tile.z <= look->max_zoom &&
			!hilbert_tree_visit(&snapshots[i]->tree, &box, visitor))
			return true;
	}
	return false;
}

static void check_walk(
	struct snapshot *const *snapshots, unsigned first_zoom, unsigned last_zoom, uint64_t from)
{
	uint64_t number = tile_order_first(first_zoom), end = tile_order_first(last_zoom + 1);
	struct tile_walk walk;
	struct tile tile;

	tile_walk_begin(&walk, (const struct snapshot *const *)snapshots, SNAPSHOTS, first_zoom,
		last_zoom, from);
	for (number = number < from ? from : number; number < end; number++) {
		struct tile wanted = tile_order_tile(number);

		if (!is_wanted(snapshots, wanted))
			continue;
		assert_true(tile_walk_next(&walk, &tile));
		assert_int_equal(tile_order_number(tile), number);
	}
	assert_false(tile_walk_next(&walk, &tile));
	assert_false(tile_walk_next(&walk, &tile));
}

static void all_tiles_that_can_hold_something_come_in_their_order(void **state)
{
	struct random random = random_start(42);

	(void)state;
	for (size_t round = 0; round < 6; round++) {
		struct snapshot *snapshots[SNAPSHOTS] = {
			strewn(&layers[0], &random, round * round),
			strewn(&layers[1], &random, round * 7)};

		check_walk(snapshots, 0, LAST_ZOOM, 0);
		check_walk(snapshots, 4, 6, 0);
		check_walk(snapshots, 7, 7, 0);
		for (int i = 0; i < 5; i++)
			check_walk(snapshots, 3, LAST_ZOOM,
				random_below(&random, tile_order_first(LAST_ZOOM + 1)));
		for (size_t i = 0; i < SNAPSHOTS; i++)
			snapshot_free(snapshots[i]);
	}
}

static void the_deepest_zoom_is_reached_without_looking_at_the_world(void **state)
{
	struct made_snapshot made = made_snapshot_begin(&layers[1]);
	const int32_t xy[] = {0, 0, 9000, 0, 9000, 9000, 0, 9000};
	struct clip_path area = {0};
	struct snapshot *snapshot;
	const struct snapshot *all[1];
	struct tile_walk walk;
	struct tile tile;
	size_t count = 0;

	(void)state;
	clip_path_add(&area, xy, 4);
	made_snapshot_add(&made, &area);
	all[0] = snapshot = made_snapshot_finish(&made);
	tile_walk_begin(&walk, all, 1, GRID_ZOOM_MAX, GRID_ZOOM_MAX, 0);
	while (tile_walk_next(&walk, &tile)) {
		assert_int_equal(tile.z, GRID_ZOOM_MAX);
		assert_true(tile_exists(tile));
		count++;
	}
	/* A tile has 8,192 units: two in each direction, and the one that sees it in its buffer. */
	assert_int_equal(count, 9);
	clip_path_clear(&area);
	snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_tiles_that_can_hold_something_come_in_their_order),
		cmocka_unit_test(the_deepest_zoom_is_reached_without_looking_at_the_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
