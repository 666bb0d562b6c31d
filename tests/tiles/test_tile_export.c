#include "tests/test.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/file.h"
#include "tests/tiles/made_snapshot.h"
#include "tests/tiles/pmtiles_reader.h"
#include "tests/tiles/random_area.h"
#include "tiles/mvt.h"
#include "tiles/tile_export.h"
#include "tiles/tile_order.h"
#include "tiles/tile_walk.h"

enum { FIRST_ZOOM = 8, LAST_ZOOM = 15 };

static const struct look_class classes[] = {{.title = {"", ""}}};
static const struct layer layer = {.id = "lot", .geometry = GEOMETRY_AREA,
	.look = {.min_zoom = 9, .max_zoom = 22, .classes = classes, .class_count = 1}};
static const struct archive_about about = {
	.name = "test", .vector_layers = "[]", .bounds = {106, 10, 107, 11}};

/* A town: some hundred lots, and one that all of it lies in. */
static struct snapshot *make_town(void)
{
	struct random random = random_start(46);
	struct made_snapshot made = made_snapshot_begin(&layer);
	struct clip_path area = {0};

	for (size_t i = 0; i < 300; i++) {
		random_area(&area, &random, random_between(&random, -6e6, 6e6),
			random_between(&random, -6e6, 6e6), 2e5);
		made_snapshot_add(&made, &area);
	}
	random_area(&area, &random, 3e7, 3e7, 2e7);
	made_snapshot_add(&made, &area);
	clip_path_clear(&area);
	return made_snapshot_finish(&made);
}

/* Who looks on, and stops it at so many tiles. */
struct onlooker {
	uint64_t stop_at, last_done, total;
};

static bool look_on(void *context, const struct tile_export_progress *progress)
{
	struct onlooker *onlooker = context;

	if (!progress->total)
		return true;
	assert_true(progress->done > onlooker->last_done && progress->done <= progress->total);
	onlooker->last_done = progress->done;
	onlooker->total = progress->total;
	return progress->done < onlooker->stop_at;
}

static int export(const struct snapshot *town, const char *path, unsigned threads,
	struct onlooker *onlooker, bool resume)
{
	const struct tile_export plan = {.snapshots = &town,
		.count = 1,
		.first_zoom = FIRST_ZOOM,
		.last_zoom = LAST_ZOOM,
		.thread_count = threads,
		.progress = look_on,
		.context = onlooker};
	autoptr(archive_free) struct archive *archive = NULL;
	struct tile_export_report report;
	int rc;

	assert_int_equal(archive_begin(path, &about, resume, &archive, NULL), 0);
	rc = tile_export_run(&plan, archive, &report, NULL);
	if (rc)
		assert_int_equal(archive_keep(archive, NULL), 0);
	else
		assert_int_equal(report.full_tiles, 0);
	return rc ? rc : archive_finish(archive, NULL);
}

static void assert_same_bytes(const char *one, const char *other)
{
	autofree(strbuf_clear) struct strbuf a = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf b = STRBUF(SIZE_MAX);

	assert_int_equal(file_read(one, &a, NULL), 0);
	assert_int_equal(file_read(other, &b, NULL), 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
}

static void each_tile_is_what_it_is_alone(void **state)
{
	struct snapshot *town = make_town();
	const struct snapshot *all[] = {town};
	struct onlooker onlooker = {UINT64_MAX, 0, 0};
	struct mvt_scratch scratch;
	struct pmtiles_file file;
	struct tile_walk walk;
	struct tile tile;
	size_t tiles = 0;

	(void)state;
	assert_int_equal(export(town, "test_tile_export.pmtiles", 2, &onlooker, false), 0);
	pmtiles_file_open(&file, "test_tile_export.pmtiles");
	mvt_scratch_init(&scratch);
	tile_walk_begin(&walk, all, 1, FIRST_ZOOM, LAST_ZOOM, 0);
	while (tile_walk_next(&walk, &tile)) {
		autofree(strbuf_clear) struct strbuf alone = STRBUF(SIZE_MAX);
		autofree(strbuf_clear) struct strbuf found = STRBUF(SIZE_MAX);
		struct mvt_report report;
		size_t len;
		const char *packed = pmtiles_file_tile(&file, tile.z, tile.x, tile.y, &len);

		assert_int_equal(mvt_write(&scratch, all, 1, tile, &alone, &report, NULL), 0);
		assert_int_equal(packed != NULL, alone.len > 0);
		if (!packed)
			continue;
		read_gzip(packed, len, &found);
		assert_int_equal(found.len, alone.len);
		assert_memory_equal(found.data, alone.data, alone.len);
		tiles++;
	}
	assert_int_equal(file.tile_count, tiles);
	assert_int_equal(file.min_zoom, 9);
	/* Tiles in the midst of the large lot are alike. */
	assert_true(file.content_count < tiles && file.entry_count < tiles);
	assert_int_equal(onlooker.last_done, onlooker.total);
	mvt_scratch_clear(&scratch);
	pmtiles_file_close(&file);
	snapshot_free(town);
	assert_int_equal(file_remove("test_tile_export.pmtiles", NULL), 0);
}

static void the_bytes_depend_neither_on_threads_nor_on_interruptions(void **state)
{
	struct snapshot *town = make_town();
	struct onlooker onlooker = {UINT64_MAX, 0, 0};
	const char *one = "test_tile_export_1.pmtiles", *other = "test_tile_export_2.pmtiles";

	(void)state;
	assert_int_equal(export(town, one, 1, &onlooker, false), 0);
	for (unsigned threads = 2; threads <= TILE_EXPORT_THREADS_MAX; threads += 7) {
		onlooker = (struct onlooker){UINT64_MAX, 0, 0};
		assert_int_equal(export(town, other, threads, &onlooker, false), 0);
		assert_same_bytes(one, other);
	}
	for (uint64_t step = 1; step < 1000; step = step * 3 + 5) {
		uint64_t stop_at = step;

		do {
			onlooker = (struct onlooker){stop_at, 0, 0};
			stop_at += 400;
		} while (export(town, other, 2, &onlooker, true) == ERR_CANCELLED);
		assert_same_bytes(one, other);
	}
	assert_int_equal(file_remove(one, NULL), 0);
	assert_int_equal(file_remove(other, NULL), 0);
	snapshot_free(town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tile_is_what_it_is_alone),
		cmocka_unit_test(the_bytes_depend_neither_on_threads_nor_on_interruptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
