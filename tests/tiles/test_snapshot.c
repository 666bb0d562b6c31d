#include "tests/test.h"

#include <math.h>

#include "base/banned.h"
#include "tests/tiles/small_city.h"
#include "tiles/clip.h"
#include "tiles/outline.h"

static int set_up(void **state)
{
	struct small_city *city = calloc(1, sizeof *city);

	assert_non_null(city);
	small_city_open(city);
	*state = city;
	return 0;
}

static int tear_down(void **state)
{
	small_city_close(*state);
	free(*state);
	return 0;
}

static size_t item_of(const struct snapshot *snapshot, int64_t id)
{
	for (size_t i = 0; i < snapshot->record_count; i++)
		if (snapshot->records[i].id == id)
			return i;
	fail_msg("there is no record %d", (int)id);
	return 0;
}

static const struct snapshot_record *record_of(const struct snapshot *snapshot, int64_t id)
{
	return &snapshot->records[item_of(snapshot, id)];
}

static struct outline outline_of(const struct snapshot *snapshot, size_t item)
{
	struct outline outline = {0};

	assert_true(outline_read(snapshot, item, &outline));
	return outline;
}

static struct snapshot_ring ring_of(const struct snapshot *snapshot, size_t item, uint32_t ring)
{
	autofree(outline_clear) struct outline outline = outline_of(snapshot, item);

	assert_true(ring < outline.ring_count);
	return outline.rings[ring];
}

static uint32_t rings_of(const struct snapshot *snapshot, size_t item)
{
	autofree(outline_clear) struct outline outline = outline_of(snapshot, item);

	return outline.ring_count;
}

/* The area of a ring on the ground; Web Mercator is of a sphere, hence the hundredth. */
static void assert_area(
	const struct snapshot *snapshot, size_t item, uint32_t ring, double wanted_m2)
{
	autofree(outline_clear) struct outline outline = outline_of(snapshot, item);
	double unit_m = 2 * GRID_HALF_WORLD_M / (double)(INT64_C(1) << GRID_WORLD_BITS);
	double on_ground_m = unit_m * cos(11.03 * acos(-1) / 180);
	double area2;

	assert_true(ring < outline.ring_count);
	area2 = (double)clip_ring_area2(
		outline_points(&outline, ring), outline.rings[ring].point_count);
	assert_true(fabs(area2 / 2 * on_ground_m * on_ground_m - wanted_m2) <
		fabs(wanted_m2) / 100);
}

static void records_are_counted_and_ranked(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	bool seen[200] = {false};
	char text[100];

	small_city_begin(city, SMALL_LOT);
	for (int i = 0; i < 200; i++) {
		int x = i * 7919 % 200 * 13, y = i * 104729 % 200 * 17;

		snprintf(text, sizeof text, "%d %d, %d %d, %d %d", x, y, x + 9, y, x, y + 9);
		small_city_draw(city, text, "Lô|house");
	}
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_LOT);
	assert_int_equal(snapshot->record_count, 200);
	assert_int_equal(snapshot->undrawn, 0);
	assert_int_equal(snapshot->point_count, 600);
	for (size_t i = 0; i < 200; i++) {
		const struct snapshot_record *record = &snapshot->records[i];

		/* Ids start at 1, ranks at 0; outlines lie in the order of the records. */
		assert_int_equal(record->id, record->rank + 1);
		assert_false(seen[record->rank]);
		seen[record->rank] = true;
		assert_int_equal(record->shape_at, 4 * i);
	}
}

/* Boxes in the tree are those of the points, and near ones stand near. */
static void the_tree_fits_the_records(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	struct item_list found = {0};
	char text[100];

	small_city_begin(city, SMALL_POST);
	for (int i = 0; i < 400; i++) {
		snprintf(text, sizeof text, "%d %d", i * 37 % 400, i / 20 * 20);
		small_city_draw(city, text, "");
	}
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_POST);
	assert_int_equal(snapshot->record_count, 400);
	for (size_t i = 0; i < 400; i++) {
		const struct tile_box *box = &snapshot->tree.boxes[i];
		autofree(outline_clear) struct outline outline = outline_of(snapshot, i);
		const int32_t *xy = outline.xy;

		assert_true(box->min_x == xy[0] && box->max_x == xy[0]);
		assert_true(box->min_y == xy[1] && box->max_y == xy[1]);
	}
	assert_true(hilbert_tree_search(&snapshot->tree,
		&(struct tile_box){INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX}, &found));
	assert_int_equal(found.count, 400);
	item_list_clear(&found);
}

/* However they were drawn: outlines with positive area in tile coordinates, holes with negative. */
static void rings_turn_as_they_should(void **state)
{
	static const char *const lots[] = {
		"0 0, 40 0, 40 30, 0 30; 10 10, 10 20, 20 20, 20 10",
		"0 0, 0 30, 40 30, 40 0; 10 10, 10 20, 20 20, 20 10",
		"0 0, 0 30, 40 30, 40 0; 10 10, 20 10, 20 20, 10 20",
	};
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;

	small_city_begin(city, SMALL_LOT);
	for (size_t i = 0; i < sizeof lots / sizeof lots[0]; i++)
		small_city_draw(city, lots[i], "");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_LOT);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(rings_of(snapshot, i), 2);
		assert_false(ring_of(snapshot, i, 0).hole);
		assert_true(ring_of(snapshot, i, 1).hole);
		assert_int_equal(ring_of(snapshot, i, 0).point_count, 4);
		assert_area(snapshot, i, 0, 1200);
		assert_area(snapshot, i, 1, -100);
	}
}

static void parts_keep_their_holes(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	static const bool holes[] = {false, true, true, false, true, false};

	small_city_begin(city, SMALL_LOT);
	small_city_draw(city,
		"0 0, 40 0, 40 30, 0 30; 1 1, 1 9, 9 9; 20 20, 20 25, 25 25"
		"+ 100 0, 140 0, 140 30; 130 5, 130 9, 133 9 + 200 0, 210 0, 210 10",
		"");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_LOT);
	assert_int_equal(rings_of(snapshot, 0), 6);
	for (uint32_t i = 0; i < 6; i++)
		assert_int_equal(ring_of(snapshot, 0, i).hole, holes[i]);
}

static void what_is_invalid_is_drawn_repaired(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	struct shape open;

	small_city_begin(city, SMALL_LOT);
	small_city_draw(city, "0 0, 20 20, 20 0, 0 20", "bow tie");
	small_city_draw(city, "0 0, 20 0", "no area");
	open = small_city_shape(city, GEOMETRY_AREA, "0 0, 30 0, 30 10, 0 10");
	open.xy[2 * open.point_count - 1] += 4; /* its last corner is beside the first */
	small_city_add(city, &open, "not closed");
	small_city_draw(city, "0 0, 20 0, 20 10, 0 10; 50 50, 50 60, 60 60", "a hole elsewhere");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_LOT);
	assert_int_equal(rings_of(snapshot, item_of(snapshot, 1)), 2);
	assert_area(snapshot, item_of(snapshot, 1), 0, 100);
	assert_area(snapshot, item_of(snapshot, 1), 1, 100);
	assert_area(snapshot, item_of(snapshot, 4), 0, 200);
	assert_int_equal(snapshot->record_count + snapshot->undrawn, 4);
	assert_true(snapshot->undrawn <= 2);
}

static void what_has_no_place_is_not_drawn(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;

	small_city_begin(city, SMALL_POST);
	small_city_add(city, NULL, "nowhere");
	small_city_draw(city, "5 5", "here");
	small_city_add(city, NULL, "nowhere");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_POST);
	assert_int_equal(snapshot->record_count, 1);
	assert_int_equal(snapshot->undrawn, 2);
	assert_int_equal(snapshot->records[0].id, 2);
	assert_int_equal(snapshot->records[0].rank, 0);
}

static void an_empty_layer_has_an_empty_snapshot(void **state)
{
	autoptr(snapshot_free) struct snapshot *snapshot = small_city_snapshot(*state, SMALL_WAY);
	struct item_list found = {0};

	assert_int_equal(snapshot->record_count, 0);
	assert_true(hilbert_tree_search(&snapshot->tree, &(struct tile_box){0, 0, 1, 1}, &found));
	assert_int_equal(found.count, 0);
}

/* Records far away, first, last and in number, do not push the others out of 32 bits. */
static void a_stray_record_pushes_nobody_out(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	/* What a surveyor gets who takes 0, 0 for unknown: the Gulf of Guinea in longitude and
	 * latitude, which in this zone lies beyond all reason; and the false origin of the zone. */
	struct shape island = small_city_shape(city, GEOMETRY_POINT, "0 0"), origin = island;
	double null_island[2] = {-11500000, 0}, false_origin[2] = {0, 0};

	island.xy = null_island;
	origin.xy = false_origin;
	small_city_begin(city, SMALL_POST);
	small_city_add(city, &island, "stray");
	for (int i = 0; i < 20; i++)
		small_city_draw(city, "7 9", "here");
	small_city_add(city, &origin, "stray");
	small_city_add(city, &island, "stray");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_POST);
	assert_true(snapshot->record_count >= 20);
	assert_int_equal(snapshot->record_count + snapshot->undrawn, 23);
	for (int64_t id = 2; id <= 21; id++)
		record_of(snapshot, id);
}

static void places_are_rounded_down_to_units(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	double place[2] = {small_city_east + 123.4567, small_city_north - 76.54321}, mercator[2];
	const struct tile_box *at;
	double x, y;

	small_city_begin(city, SMALL_POST);
	small_city_draw(city, "123.4567 -76.54321", "");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_POST);
	small_city_mercator(city, place, mercator);
	at = snapshot->tree.boxes;
	x = (mercator[0] + GRID_HALF_WORLD_M) / (2 * GRID_HALF_WORLD_M) * 0x1p35;
	y = (GRID_HALF_WORLD_M - mercator[1]) / (2 * GRID_HALF_WORLD_M) * 0x1p35;
	assert_true(snapshot->origin.x + at->min_x == (int64_t)floor(x));
	assert_true(snapshot->origin.y + at->min_y == (int64_t)floor(y));
}

static void values_follow_their_records(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	size_t name, secret, len = 0;

	small_city_begin(city, SMALL_LOT);
	for (int i = 0; i < 100; i++) {
		char shape[80], values[80];
		int x = i * 61 % 100 * 10;

		snprintf(shape, sizeof shape, "%d 0, %d 0, %d 9", x, x + 9, x);
		snprintf(values, sizeof values, "Lô %d|%s|%d||1||kín %d", i,
			i % 3 ? "house" : "shed", i % 7, i % 2);
		small_city_draw(city, shape, values);
	}
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_LOT);
	name = snapshot_column(snapshot, "name");
	secret = snapshot_column(snapshot, "secret"); /* of labels, though no tile has it */
	assert_true(name < snapshot->column_count && secret < snapshot->column_count);
	assert_int_equal(snapshot_column(snapshot, "none"), snapshot->column_count);
	assert_int_equal(snapshot_column(snapshot, NULL), snapshot->column_count);
	for (size_t i = 0; i < 100; i++) {
		int number = (int)snapshot->records[i].id - 1;
		char wanted[80];

		snprintf(wanted, sizeof wanted, "Lô %d", number);
		assert_memory_equal(
			snapshot_text(snapshot, name, i, &len), wanted, strlen(wanted));
		assert_int_equal(len, strlen(wanted));
		assert_memory_equal(snapshot_text(snapshot, secret, i, &len),
			number % 2 ? "kín 1" : "kín 0", strlen("kín 1"));
		assert_int_equal(snapshot->records[i].look, number % 3 ? 0 : 1);
	}
	snapshot_text(snapshot, snapshot_column(snapshot, "price"), 0, &len);
	assert_int_equal(len, 0);
	/* 100 names, 2 uses, 7 storeys, true, 2 secrets. */
	assert_int_equal(snapshot->pool.count, 112);
}

static void lines_have_width_and_class(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;

	small_city_begin(city, SMALL_WAY);
	small_city_draw(city, "0 0, 100 0; 100 50, 0 50", "Lê Lợi|road|7.5");
	small_city_draw(city, "0 0, 100 0", "|path|-1");
	small_city_draw(city, "0 0, 100 0", "|nonsense|");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_WAY);
	assert_int_equal(rings_of(snapshot, item_of(snapshot, 1)), 2);
	assert_int_equal(ring_of(snapshot, item_of(snapshot, 1), 0).point_count, 2);
	assert_true(record_of(snapshot, 1)->width_m == 7.5F);
	assert_true(record_of(snapshot, 2)->width_m == 0 && record_of(snapshot, 3)->width_m == 0);
	for (int64_t id = 1; id <= 3; id++)
		assert_int_equal(record_of(snapshot, id)->look, id - 1);
}

static void boxes_of_tiles_are_clamped(void **state)
{
	struct small_city *city = *state;
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	struct tile_box box;
	struct tile tile;

	small_city_begin(city, SMALL_POST);
	small_city_draw(city, "0 0", "");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_POST);
	tile = small_city_tile(city, 0, 0, 16);
	box = snapshot_tile_box(snapshot->origin, tile, 5);
	assert_true(box.max_x - box.min_x == (1 << 19) + 10 && box.max_y - box.min_y == (1 << 19) + 10);
	assert_true(box.min_x + 5 <= snapshot->tree.boxes[0].min_x && snapshot->tree.boxes[0].max_x <= box.max_x - 5);
	box = snapshot_tile_box(snapshot->origin, (struct tile){0, 0, 0}, 0);
	assert_true(box.min_x == INT32_MIN && box.max_y == INT32_MAX);
	box = snapshot_tile_box(snapshot->origin, (struct tile){16, 0, 0}, 0);
	assert_true(box.min_x == INT32_MIN && box.max_x == INT32_MIN);
}

#define in_city(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_city(records_are_counted_and_ranked),
		in_city(the_tree_fits_the_records),
		in_city(rings_turn_as_they_should),
		in_city(parts_keep_their_holes),
		in_city(what_is_invalid_is_drawn_repaired),
		in_city(what_has_no_place_is_not_drawn),
		in_city(an_empty_layer_has_an_empty_snapshot),
		in_city(a_stray_record_pushes_nobody_out),
		in_city(places_are_rounded_down_to_units),
		in_city(values_follow_their_records),
		in_city(lines_have_width_and_class),
		in_city(boxes_of_tiles_are_clamped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
