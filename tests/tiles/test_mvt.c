/* What stands in vector tiles; test_mvt_places has where it stands. */
#include "tests/test.h"

#include "base/banned.h"
#include "tests/tiles/made_snapshot.h"
#include "tests/tiles/mvt_reader.h"
#include "tests/tiles/paths.h"
#include "tests/tiles/small_city.h"
#include "tiles/mvt.h"

enum { TILE_MAX_BYTES = 64 << 20 };

/* A tile, its bytes and what was read of them. */
struct written {
	struct arena arena;
	struct strbuf bytes;
	struct mvt_scratch scratch;
	struct mvt_report report;
	struct read_tile tile;
};

static struct written start(void)
{
	struct written written = {.arena = ARENA(1 << 28), .bytes = STRBUF(TILE_MAX_BYTES)};

	mvt_scratch_init(&written.scratch);
	return written;
}

static void written_clear(struct written *written)
{
	arena_clear(&written->arena);
	strbuf_clear(&written->bytes);
	mvt_scratch_clear(&written->scratch);
}

static void write_tile(struct written *written, const struct snapshot *const *snapshots,
	size_t count, struct tile tile)
{
	struct error err = {0};
	const char *fault;

	arena_reset(&written->arena);
	strbuf_reset(&written->bytes);
	assert_int_equal(mvt_write(&written->scratch, snapshots, count, tile, &written->bytes,
				 &written->report, &err),
		0);
	fault = mvt_read(
		&written->arena, written->bytes.data, written->bytes.len, &written->tile);
	if (fault)
		fail_msg("%u/%u/%u: %s", tile.z, tile.x, tile.y, fault);
}

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

static const struct read_value *value_of(
	const struct written *written, const char *layer, uint64_t id, const char *key)
{
	const struct read_layer *found = read_layer_find(&written->tile, layer);
	const struct read_feature *feature = read_feature_find(found, id);

	assert_non_null(feature);
	return read_value_find(found, feature, key);
}

static void values_have_their_types(void **state)
{
	struct small_city *city = *state;
	autofree(written_clear) struct written written = start();
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	const char *layer = "lot";

	small_city_begin(city, SMALL_LOT);
	small_city_draw(city, "0 0, 20 0, 20 20", "Lê Lợi|house|3|12.5|1|2020-01-02|kín");
	small_city_draw(city, "30 0, 50 0, 50 20", "|||-0.25|0||");
	small_city_draw(city, "60 0, 80 0, 80 20", "3||-3|3|||");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_LOT);
	write_tile(&written, (const struct snapshot *const[]){snapshot}, 1,
		small_city_tile(city, 10, 5, 16));
	assert_int_equal(written.tile.layer_count, 1);
	assert_int_equal(written.tile.layers[0].feature_count, 3);
	assert_int_equal(written.report.features, 3);
	assert_int_equal(written.tile.layers[0].extent, 4096);
	assert_string_equal(value_of(&written, layer, 1, "name")->text, "Lê Lợi");
	assert_string_equal(value_of(&written, layer, 1, "use")->text, "house");
	assert_int_equal(value_of(&written, layer, 1, "storeys")->kind, READ_UINT);
	assert_int_equal(value_of(&written, layer, 1, "storeys")->number, 3);
	assert_true(value_of(&written, layer, 1, "price")->real == 12.5);
	assert_int_equal(value_of(&written, layer, 1, "taken")->kind, READ_BOOL);
	assert_int_equal(value_of(&written, layer, 1, "taken")->number, 1);
	assert_string_equal(value_of(&written, layer, 1, "since")->text, "2020-01-02");
	assert_null(value_of(&written, layer, 1, "secret"));
	assert_null(value_of(&written, layer, 2, "name")); /* null is no tag */
	assert_null(value_of(&written, layer, 2, "storeys"));
	assert_true(value_of(&written, layer, 2, "price")->real == -0.25);
	assert_int_equal(value_of(&written, layer, 2, "taken")->number, 0);
	assert_string_equal(value_of(&written, layer, 3, "name")->text, "3");
	assert_int_equal(value_of(&written, layer, 3, "storeys")->kind, READ_SINT);
	assert_int_equal(value_of(&written, layer, 3, "storeys")->sint, -3);
	assert_int_equal(value_of(&written, layer, 3, "price")->kind, READ_REAL);
	assert_int_equal(read_layer_find(&written.tile, layer)->key_count, 6);
}

/* The zoom from which on an attribute is there, and the class too. */
static void attributes_and_classes_come_with_the_zoom(void **state)
{
	static const struct {
		const char *key;
		unsigned zoom;
	} keys[] = {{"name", 12}, {"use", 10}, {"storeys", 14}, {"price", 10}, {"taken", 16},
		{"since", 16}};
	struct small_city *city = *state;
	autofree(written_clear) struct written written = start();
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;

	small_city_begin(city, SMALL_LOT);
	small_city_draw(city, "0 0, 2000 0, 2000 2000", "A|house|3|1|1|2020-01-02|");
	small_city_draw(city, "0 0, 2000 0, 2000 2000", "B|shed|3|1|1|2020-01-02|");
	small_city_draw(city, "0 0, 2000 0, 2000 2000", "C|barn|3|1|1|2020-01-02|");
	small_city_end(city);
	snapshot = small_city_snapshot(city, SMALL_LOT);
	for (unsigned z = 0; z <= GRID_ZOOM_MAX; z++) {
		write_tile(&written, (const struct snapshot *const[]){snapshot}, 1,
			small_city_tile(city, 1500, 500, z));
		if (z < 10) {
			assert_int_equal(written.bytes.len, 0);
			continue;
		}
		assert_int_equal(written.tile.layers[0].feature_count, z < 16 ? 2 : 3);
		assert_int_equal(!read_feature_find(written.tile.layers, 2), z < 16);
		for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
			assert_int_equal(!value_of(&written, "lot", 3, keys[i].key),
				z < keys[i].zoom);
	}
}

static void layers_come_in_order_and_empty_ones_not_at_all(void **state)
{
	struct small_city *city = *state;
	autofree(written_clear) struct written written = start();
	struct snapshot *snapshots[SMALL_LAYERS];

	small_city_begin(city, SMALL_POST);
	small_city_draw(city, "5 5", "P");
	small_city_draw(city, "5000 5", "far away");
	small_city_end(city);
	small_city_begin(city, SMALL_LOT);
	small_city_draw(city, "0 0, 20 0, 20 20", "");
	small_city_end(city);
	for (enum small_layer i = 0; i < SMALL_LAYERS; i++)
		snapshots[i] = small_city_snapshot(city, i);
	write_tile(&written, (const struct snapshot *const *)snapshots, SMALL_LAYERS,
		small_city_tile(city, 5, 5, 18));
	assert_int_equal(written.tile.layer_count, 2);
	assert_string_equal(written.tile.layers[0].name, "lot");
	assert_string_equal(written.tile.layers[1].name, "post");
	assert_int_equal(written.tile.layers[1].feature_count, 1);
	/* A value that only a far record has does not stand in the tile. */
	assert_int_equal(written.tile.layers[1].value_count, 1);
	write_tile(&written, (const struct snapshot *const *)snapshots, SMALL_LAYERS,
		small_city_tile(city, -3000, 5, 18));
	assert_int_equal(written.bytes.len, 0);
	assert_int_equal(written.report.features, 0);
	for (enum small_layer i = 0; i < SMALL_LAYERS; i++)
		snapshot_free(snapshots[i]);
}

/* The bytes depend on the records: not on what was written before, nor on who built it. */
static void the_same_records_give_the_same_bytes(void **state)
{
	struct small_city *city = *state;
	autofree(written_clear) struct written used = start();
	autoptr(snapshot_free) struct snapshot *first = NULL;
	autoptr(snapshot_free) struct snapshot *second = NULL;

	small_city_begin(city, SMALL_LOT);
	for (int i = 0; i < 300; i++) {
		char shape[100], values[50];
		int x = i * 7919 % 300 * 5, y = i * 104729 % 300 * 5;

		snprintf(shape, sizeof shape, "%d %d, %d %d, %d %d", x, y, x + 20, y, x, y + 20);
		snprintf(values, sizeof values, "%d|%s|%d", i % 50, i % 3 ? "house" : "", i % 9);
		small_city_draw(city, shape, values);
	}
	small_city_end(city);
	first = small_city_snapshot(city, SMALL_LOT);
	second = small_city_snapshot(city, SMALL_LOT);
	for (unsigned z = 12; z <= 20; z++) {
		autofree(written_clear) struct written fresh = start();
		struct tile tile = small_city_tile(city, 700, 700, z);

		write_tile(&used, (const struct snapshot *const[]){first}, 1, tile);
		write_tile(&fresh, (const struct snapshot *const[]){second}, 1, tile);
		assert_true(used.bytes.len > 0 || z > 18);
		assert_int_equal(used.bytes.len, fresh.bytes.len);
		assert_memory_equal(used.bytes.data, fresh.bytes.data, fresh.bytes.len);
	}
}

static const struct look_class plain_class = {.title = {"", ""}};

static struct layer plain_layer(enum geometry_kind kind)
{
	return (struct layer){.id = "made", .geometry = kind,
		.look = {.max_zoom = 22, .classes = &plain_class, .class_count = 1}};
}

/* Squares of growing sizes; what is too many is left out, the smallest first. */
static void too_many_features_lose_the_smallest(void **state)
{
	enum { MORE = 100, COUNT = MVT_FEATURES_MAX + MORE };
	struct layer layer = plain_layer(GEOMETRY_AREA);
	autofree(written_clear) struct written written = start();
	autofree(clip_path_clear) struct clip_path path = {0};
	struct made_snapshot made = made_snapshot_begin(&layer);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	const struct read_layer *read;
	size_t large = 0;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		/* Fifty small ones among equals, of which the last have to go too. */
		int32_t x = i % 250 * 512, y = i / 250 * 512, size = i % 1200 == 7 ? 300 : 400;

		clip_path_reset(&path);
		clip_path_add(&path, (int32_t[]){x, y, x + size, y, x + size, y + size}, 3);
		made_snapshot_add(&made, &path);
	}
	snapshot = made_snapshot_finish(&made);
	write_tile(&written, (const struct snapshot *const[]){snapshot}, 1,
		made_tile(17, 0, 0));
	read = read_layer_find(&written.tile, "made");
	assert_int_equal(written.report.dropped, MORE);
	assert_int_equal(written.report.features, MVT_FEATURES_MAX);
	assert_int_equal(read->feature_count, MVT_FEATURES_MAX);
	for (uint64_t id = 1; id <= COUNT && large < MVT_FEATURES_MAX; id++)
		if (id % 1200 != 8)
			assert_int_equal(read->features[large++].id, id);
	assert_int_equal(large, MVT_FEATURES_MAX);
}

/* Points are all as small as can be, and yet not all left out. */
static void too_many_points_leave_the_first(void **state)
{
	enum { COUNT = MVT_FEATURES_MAX + 5 };
	struct layer layer = plain_layer(GEOMETRY_POINT);
	autofree(written_clear) struct written written = start();
	autofree(clip_path_clear) struct clip_path path = {0};
	struct made_snapshot made = made_snapshot_begin(&layer);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	const struct read_layer *read;

	(void)state;
	for (int32_t i = 0; i < COUNT; i++) {
		clip_path_reset(&path);
		clip_path_add(&path, (int32_t[]){i % 300, i / 300}, 1);
		made_snapshot_add(&made, &path);
	}
	snapshot = made_snapshot_finish(&made);
	write_tile(&written, (const struct snapshot *const[]){snapshot}, 1,
		made_tile(20, 0, 0));
	assert_int_equal(written.report.dropped, 5);
	read = read_layer_find(&written.tile, "made");
	assert_int_equal(read->feature_count, MVT_FEATURES_MAX);
	for (size_t i = 0; i < read->feature_count; i++)
		assert_int_equal(read->features[i].id, i + 1);
}

/* Lines of two thousand corners each: the longest are kept as far as there is room. */
static void too_many_bytes_lose_the_smallest(void **state)
{
	enum { COUNT = 3000, CORNERS = 2000 };
	struct layer layer = plain_layer(GEOMETRY_LINE);
	autofree(written_clear) struct written written = start();
	autofree(clip_path_clear) struct clip_path path = {0};
	struct made_snapshot made = made_snapshot_begin(&layer);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	static int32_t xy[2 * CORNERS];

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		/* The first ones are the smallest. */
		for (int k = 0; k < CORNERS; k++) {
			xy[2 * k] = k * 64;
			xy[2 * k + 1] = k % 2 ? 100000 + i * 10 : 0;
		}
		clip_path_reset(&path);
		clip_path_add(&path, xy, CORNERS);
		made_snapshot_add(&made, &path);
	}
	snapshot = made_snapshot_finish(&made);
	written.bytes.max = 64 << 20;
	write_tile(&written, (const struct snapshot *const[]){snapshot}, 1, made_tile(17, 0, 0));
	assert_true(written.bytes.len < MVT_BYTES_MAX + 1000);
	assert_true(written.bytes.len > MVT_BYTES_MAX - 20000);
	assert_true(written.report.dropped > 100);
	assert_int_equal(written.report.features + written.report.dropped, COUNT);
	assert_int_equal(written.tile.layers[0].features[0].id, written.report.dropped + 1);
}

/* Work is short by its corners, and those in the buffer around the tile are work too. */
static void short_is_what_has_few_corners(void **state)
{
	struct layer layer = plain_layer(GEOMETRY_POINT);
	autofree(clip_path_clear) struct clip_path path = {0};
	struct made_snapshot made = made_snapshot_begin(&layer);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	const struct snapshot *two[2];
	/* At zoom 22 a tile is 8192 of the world's units wide and its buffer 128. */
	struct tile middle = made_tile(22, 0, 0), beside = made_tile(22, -1, 0);
	struct tile far = made_tile(22, -2, 0);

	(void)state;
	for (int i = 0; i < MVT_SHORT_POINTS; i++) {
		clip_path_reset(&path);
		clip_path_add(&path, (int32_t[]){100, 100}, 1);
		made_snapshot_add(&made, &path);
	}
	snapshot = made_snapshot_finish(&made);
	two[0] = two[1] = snapshot;
	assert_true(mvt_is_short(two, 0, middle));
	assert_true(mvt_is_short(two, 1, middle));
	assert_false(mvt_is_short(two, 2, middle));
	assert_false(mvt_is_short(two, 2, beside));
	assert_true(mvt_is_short(two, 2, far));
}

static void of_many_points_a_tile_has_its_own(void **state)
{
	struct layer layer = plain_layer(GEOMETRY_POINT);
	autofree(written_clear) struct written written = start();
	autofree(clip_path_clear) struct clip_path path = {0};
	struct made_snapshot made = made_snapshot_begin(&layer);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	/* At zoom 22 a tile is 8192 of the world's units wide and its buffer 128. */
	static const int32_t places[] = {-129, 10, -128, 10, 0, 0, 8191, 8191, 8320, 8320, 8321, 10};
	static const int32_t wanted[] = {-64, 5, 0, 0, 4096, 4096, 4160, 4160};

	(void)state;
	for (size_t i = 0; i < 6; i++)
		clip_path_add(&path, places + 2 * i, 1);
	made_snapshot_add(&made, &path);
	snapshot = made_snapshot_finish(&made);
	write_tile(&written, (const struct snapshot *const[]){snapshot}, 1,
		made_tile(22, 0, 0));
	assert_int_equal(written.tile.layers[0].features[0].point_count, 4);
	assert_memory_equal(written.tile.layers[0].features[0].xy, wanted, sizeof wanted);
}

/* Whole records far from the snapshot's origin, at zooms where units are large or tiles far. */
static void the_ends_of_the_numbers_have_tiles(void **state)
{
	struct layer layer = plain_layer(GEOMETRY_AREA);
	autofree(written_clear) struct written written = start();
	autofree(clip_path_clear) struct clip_path path = {0};
	struct made_snapshot made = made_snapshot_begin(&layer);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	static const int32_t near = 1 << 24;

	(void)state;
	clip_path_add(&path,
		(int32_t[]){INT32_MIN + 1, INT32_MIN + 1, INT32_MIN + near, INT32_MIN + 1,
			INT32_MIN + near, INT32_MIN + near},
		3);
	made_snapshot_add(&made, &path);
	clip_path_reset(&path);
	clip_path_add(&path,
		(int32_t[]){INT32_MAX - near, INT32_MAX - near, INT32_MAX - 1, INT32_MAX - near,
			INT32_MAX - 1, INT32_MAX - 1},
		3);
	made_snapshot_add(&made, &path);
	snapshot = made_snapshot_finish(&made);
	for (unsigned z = 0; z <= GRID_ZOOM_MAX; z++) {
		uint32_t last = (1U << z) - 1;
		int shift = GRID_WORLD_BITS - (int)z;
		const uint32_t right[] = {(uint32_t)((made_origin.x + INT32_MIN + 1) >> shift),
			(uint32_t)((made_origin.x + INT32_MAX - 1) >> shift), last / 2, 0, last};
		const uint32_t down[] = {(uint32_t)((made_origin.y + INT32_MIN + 1) >> shift),
			(uint32_t)((made_origin.y + INT32_MAX - 1) >> shift), last / 2, 0, last};

		for (size_t i = 0; i < 25; i++) {
			struct tile tile = {z, right[i % 5], down[i / 5]};

			write_tile(&written, (const struct snapshot *const[]){snapshot}, 1, tile);
			/* The corner of each is in its tile, and large enough to be seen. */
			assert_true(z < 3 || (i != 0 && i != 6) || written.report.features > 0);
		}
	}
}

static void rings_become_polygons(void **state)
{
	struct layer layer = plain_layer(GEOMETRY_AREA);
	autofree(written_clear) struct written written = start();
	autofree(clip_path_clear) struct clip_path path = {0};
	autofree(strbuf_clear) struct strbuf said = STRBUF(10000);
	struct made_snapshot made = made_snapshot_begin(&layer);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;

	(void)state;
	/* Two parts, one with a hole, of which the tile (22, units of two) cuts the second. */
	path_read(&path, "0 0, 4000 0, 4000 4000, 0 4000; 1000 1000, 1000 2000, 2000 2000;"
			 " 8000 0, 9000 0, 9000 1000, 8000 1000");
	made_snapshot_add(&made, &path);
	/* One that rounding makes a line, and a hole that it swallows. */
	clip_path_reset(&path);
	path_read(&path, "0 0, 4000 0, 0 0");
	made_snapshot_add(&made, &path);
	clip_path_reset(&path);
	path_read(&path, "0 5000, 4000 5000, 4000 6000; 2001 5101, 2001 5102, 2002 5102");
	made_snapshot_add(&made, &path);
	snapshot = made_snapshot_finish(&made);
	write_tile(&written, (const struct snapshot *const[]){snapshot}, 1,
		made_tile(22, 0, 0));
	read_tile_print(&said, &written.tile);
	assert_string_equal(said.data,
		"made extent 4096, 2 features, 0 keys, 0 values\n"
		"  polygon 1\n"
		"     0,0 2000,0 2000,2000 0,2000\n"
		"    hole 500,500 500,1000 1000,1000\n"
		"     4160,500 4000,500 4000,0 4160,0\n"
		"  polygon 3\n"
		"     0,2500 2000,2500 2000,3000\n");
	assert_int_equal(written.report.features, 2);
}

#define in_city(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_city(values_have_their_types),
		in_city(attributes_and_classes_come_with_the_zoom),
		in_city(layers_come_in_order_and_empty_ones_not_at_all),
		in_city(the_same_records_give_the_same_bytes),
		cmocka_unit_test(too_many_features_lose_the_smallest),
		cmocka_unit_test(too_many_points_leave_the_first),
		cmocka_unit_test(too_many_bytes_lose_the_smallest),
		cmocka_unit_test(short_is_what_has_few_corners),
		cmocka_unit_test(of_many_points_a_tile_has_its_own),
		cmocka_unit_test(the_ends_of_the_numbers_have_tiles),
		cmocka_unit_test(rings_become_polygons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
