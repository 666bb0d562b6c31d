/*
 * Vector tiles of a small city, decoded to text and compared with the files in golden/mvt.
 *
 *	golden_mvt		compares
 *	golden_mvt --write DIR	writes the files anew, to be looked at before they are committed
 */
#include "tests/test.h"

#include "base/banned.h"
#include "base/file.h"
#include "tests/tiles/mvt_reader.h"
#include "tests/tiles/small_city.h"
#include "tiles/mvt.h"

enum { TEXT_MAX_BYTES = 1 << 20 };

struct drawing {
	const char *shape, *values; /* a NULL shape: none */
};

static const struct drawing lots[] = {
	{"0 0, 20 0, 20 30, 0 30", "Nhà số 1|house|3|12.5|1|2020-01-02|a"},
	{"20 0, 45 0, 45 30, 20 30", "Nhà số 3|house|2|9|0|2021-12-31|b"},
	{"45 0, 70 0, 70 12, 58 12, 58 30, 45 30", "Nhà số 5|house|-1|9|1||c"},
	/* A yard, drawn the other way round. */
	{"0 40, 0 90, 60 90, 60 40; 20 55, 20 75, 40 75, 40 55", "Chợ|barn|1||||"},
	/* Two parts, of which one has two holes. */
	{"100 0, 160 0, 160 60, 100 60; 110 10, 110 20, 120 20, 120 10; 130 30, 130 50, 150 50"
	 "+ 170 0, 200 0, 200 25",
		"Trường học|school|2|100.25|1|1999-09-05|"},
	{"61 40, 61.2 40, 61.2 90, 61 90", "Khe hẹp|shed||||||"},
	/* Crosses itself: drawn as its repair. */
	{"80 40, 95 90, 95 40, 80 90", "Ranh sai|house|||||"},
	{NULL, "Không có ranh|house|||||"},
	/* Larger than a tile of zoom 18, with a hole as large. */
	{"-400 -400, 600 -400, 600 500, -400 500; -300 -300, -300 -100, 500 -100, 500 -300",
		"Khu đất|barn|||||"},
	/* Rooms with a door of a few centimetres, which small zooms do not see. */
	{"210 0, 230 0, 230 10.02, 250 10.02, 250 30, 230 30, 230 10, 210 10", "Hai buồng|||||||"},
};

static const struct drawing ways[] = {
	{"-2000 -20, -100 -20, 90 -22.5, 250 -15, 2200 60", "Đường Lê Lợi|road|7.5"},
	{"75 -22, 75 35, 98 35, 98 120", "Hẻm 5|path|2.25"},
	{"0 200, 40 200; 60 200, 100 210; 100 100000, 120 100000", "Đường đứt đoạn||"},
	{"10 10, 10.01 10.01", "Ngắn quá|road|1"},
};

static const struct drawing posts[] = {
	{"3 -17", "T1"},
	{"33 -17", "T2"},
	{"63 -17", "T1"},
	{NULL, "T4"},
	{"-1500 -1500", ""},
};

static const struct {
	const char *name;
	double x, y;
	unsigned z;
} tiles[] = {{"10-city", 50, 50, 10}, {"14-city", 50, 50, 14}, {"16-city", 50, 50, 16},
	{"18-lots", 30, 15, 18}, {"18-school", 190, 10, 18}, {"20-corner", 45, 30, 20},
	{"22-corner", 45, 30, 22}};

static const char *write_folder; /* NULL: compare */

static void draw(struct small_city *city, enum small_layer layer, const struct drawing *drawings,
	size_t count)
{
	small_city_begin(city, layer);
	for (size_t i = 0; i < count; i++) {
		if (drawings[i].shape)
			small_city_draw(city, drawings[i].shape, drawings[i].values);
		else
			small_city_add(city, NULL, drawings[i].values);
	}
	small_city_end(city);
}

static int set_up(void **state)
{
	struct small_city *city = calloc(1, sizeof *city);

	assert_non_null(city);
	small_city_open(city);
	draw(city, SMALL_LOT, lots, sizeof lots / sizeof lots[0]);
	draw(city, SMALL_WAY, ways, sizeof ways / sizeof ways[0]);
	draw(city, SMALL_POST, posts, sizeof posts / sizeof posts[0]);
	*state = city;
	return 0;
}

static int tear_down(void **state)
{
	small_city_close(*state);
	free(*state);
	return 0;
}

static void print_tile(const struct snapshot *const *snapshots, struct tile tile, struct strbuf *out)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 24);
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(TEXT_MAX_BYTES);
	struct mvt_scratch scratch;
	struct mvt_report report;
	struct read_tile read;
	struct error err = {0};

	mvt_scratch_init(&scratch);
	assert_int_equal(
		mvt_write(&scratch, snapshots, SMALL_LAYERS, tile, &bytes, &report, &err), 0);
	mvt_scratch_clear(&scratch);
	assert_null(mvt_read(&arena, bytes.data, bytes.len, &read));
	strbuf_add_format(out, "tile %u/%u/%u, %zu bytes\n", tile.z, tile.x, tile.y, bytes.len);
	read_tile_print(out, &read);
	assert_false(out->failed);
}

/* The first line that differs tells more than two long texts. */
static void compare(const char *name, const char *wanted, const char *said)
{
	int line = 1;

	for (; *wanted && *wanted == *said; wanted++, said++)
		line += *wanted == '\n';
	if (*wanted || *said)
		fail_msg("%s, line %d: not \"%.60s\" but \"%.60s\"", name, line, wanted, said);
}

static void check_tile(const char *name, const struct strbuf *said)
{
	const char *source = getenv("srcdir");
	autofree(strbuf_clear) struct strbuf path = STRBUF(2000);
	autofree(strbuf_clear) struct strbuf wanted = STRBUF(TEXT_MAX_BYTES);
	struct error err = {0};

	if (write_folder) {
		strbuf_add_format(&path, "%s/%s.txt", write_folder, name);
		assert_int_equal(file_replace(path.data, said->data, said->len, &err), 0);
		return;
	}
	strbuf_add_format(&path, "%s/tests/golden/mvt/%s.txt", source ? source : ".", name);
	if (file_read(path.data, &wanted, &err))
		fail_msg("%s cannot be read", path.data);
	compare(name, wanted.data, said->data);
}

static void tiles_are_as_they_were(void **state)
{
	struct small_city *city = *state;
	struct snapshot *snapshots[SMALL_LAYERS];

	for (enum small_layer layer = 0; layer < SMALL_LAYERS; layer++)
		snapshots[layer] = small_city_snapshot(city, layer);
	for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++) {
		autofree(strbuf_clear) struct strbuf said = STRBUF(TEXT_MAX_BYTES);

		print_tile((const struct snapshot *const *)snapshots,
			small_city_tile(city, tiles[i].x, tiles[i].y, tiles[i].z), &said);
		check_tile(tiles[i].name, &said);
	}
	for (enum small_layer layer = 0; layer < SMALL_LAYERS; layer++)
		snapshot_free(snapshots[layer]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tiles_are_as_they_were, set_up, tear_down),
	};

	if (argc == 3 && !strcmp(argv[1], "--write"))
		write_folder = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
