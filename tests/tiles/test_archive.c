#include "tests/test.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "base/banned.h"
#include "base/file.h"
#include "base/messages.h"
#include "tests/random.h"
#include "tests/tiles/made_tiles.h"
#include "tiles/mbtiles.h"
#include "tiles/tile_order.h"

/* Each test is run for both forms, in a folder of its own. */
struct place {
	struct strbuf folder, path, partial, other;
};

static void open_place(struct place *place, const char *ending)
{
	*place = (struct place){STRBUF(1000), STRBUF(1000), STRBUF(1000), STRBUF(1000)};
	assert_int_equal(file_make_temporary_folder(".", &place->folder, NULL), 0);
	strbuf_add_format(&place->path, "%s/city%s", place->folder.data, ending);
	strbuf_add_format(&place->partial, "%s.partial", place->path.data);
	strbuf_add_format(&place->other, "%s/other%s", place->folder.data, ending);
}

static void close_place(struct place *place)
{
	assert_int_equal(file_remove(place->folder.data, NULL), 0);
	strbuf_clear(&place->folder);
	strbuf_clear(&place->path);
	strbuf_clear(&place->partial);
	strbuf_clear(&place->other);
}

static void in_both_forms(void (*test)(struct place *place, bool is_mbtiles))
{
	struct place place;

	open_place(&place, ".pmtiles");
	test(&place, false);
	close_place(&place);
	open_place(&place, ".mbtiles");
	test(&place, true);
	close_place(&place);
}

static void finish(struct archive *archive)
{
	assert_int_equal(archive_finish(archive, NULL), 0);
	archive_free(archive);
}

/* Nothing stands in the folder but, if it is whole, the file. */
static void assert_alone(const struct place *place, bool has_file)
{
	assert_int_equal(file_exists(place->path.data), has_file);
	if (has_file)
		assert_int_equal(file_remove(place->path.data, NULL), 0);
	file_remove_empty_folder(place->folder.data);
	assert_false(file_exists(place->folder.data));
	assert_int_equal(file_make_folder(place->folder.data, NULL), 0);
}

/* The rows of a query as text. */
static void print_rows(const char *path, const char *sql, struct strbuf *out)
{
	sqlite3 *db;
	sqlite3_stmt *rows;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), SQLITE_OK);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(rows); i++) {
			strbuf_add(out, sqlite3_column_blob(rows, i),
				(size_t)sqlite3_column_bytes(rows, i));
			strbuf_add_char(out, '|');
		}
		strbuf_add_char(out, '\n');
	}
	sqlite3_finalize(rows);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* All that a file says; of PMTiles each byte. (SQLite counts its commits in the file.) */
static void print_file(const char *path, bool is_mbtiles, struct strbuf *out)
{
	if (!is_mbtiles) {
		assert_int_equal(file_read(path, out, NULL), 0);
		return;
	}
	print_rows(path, "SELECT * FROM metadata ORDER BY name", out);
	print_rows(path, "SELECT * FROM map ORDER BY rowid", out);
	print_rows(path, "SELECT * FROM images ORDER BY tile_id", out);
	print_rows(path, "PRAGMA integrity_check", out);
}

static void assert_same_file(const struct place *place, const char *path, bool is_mbtiles)
{
	autofree(strbuf_clear) struct strbuf one = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf other = STRBUF(SIZE_MAX);

	print_file(path, is_mbtiles, &one);
	print_file(place->path.data, is_mbtiles, &other);
	assert_int_equal(one.len, other.len);
	assert_memory_equal(one.data, other.data, one.len);
}

/* As it would be without an interruption, beside the one in hand. */
static void make_other(const struct place *place, size_t count)
{
	finish(made_archive(place->other.data, count, false));
}

static void stop_and_go_on(struct place *place, bool is_mbtiles)
{
	static const size_t stops[] = {1, 2, 3, 70, 99, 100};

	make_other(place, 100);
	for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
		struct archive *archive = made_archive(place->path.data, stops[i], false);

		assert_int_equal(archive_keep(archive, NULL), 0);
		archive_free(archive);
		assert_true(file_exists(place->partial.data));
		archive = made_archive(place->path.data, 0, true);
		assert_int_equal(archive_counts(archive)->tiles, stops[i]);
		archive_free(archive);
		finish(made_archive(place->path.data, 100, true));
		assert_same_file(place, place->other.data, is_mbtiles);
		assert_int_equal(file_remove(place->path.data, NULL), 0);
	}
	assert_int_equal(file_remove(place->other.data, NULL), 0);
	assert_alone(place, false);
}

static void what_was_kept_is_gone_on_with(void **state)
{
	(void)state;
	in_both_forms(stop_and_go_on);
}

/* A process that is killed does not keep: what was made durable on the way is there. */
static void be_killed_and_go_on(struct place *place, bool is_mbtiles)
{
	const size_t count = 10000, killed_at = 9500;
	struct archive *archive = made_archive(place->path.data, killed_at, false);

	make_other(place, count);
	archive_free(archive);
	archive = made_archive(place->path.data, 0, true);
	assert_in_range(archive_counts(archive)->tiles, killed_at / 2, killed_at);
	archive_free(archive);
	finish(made_archive(place->path.data, count, true));
	assert_same_file(place, place->other.data, is_mbtiles);
}

static void a_kill_costs_the_last_tiles_alone(void **state)
{
	(void)state;
	in_both_forms(be_killed_and_go_on);
}

static void resume_another(struct place *place, bool is_mbtiles)
{
	struct archive_about about = made_about;
	struct archive *archive = made_archive(place->path.data, 20, false);
	struct error err = {0};

	(void)is_mbtiles;
	assert_int_equal(archive_keep(archive, NULL), 0);
	archive_free(archive);
	about.source.bytes[31] = 1;
	archive = NULL;
	assert_int_equal(archive_begin(place->path.data, &about, true, &archive, &err), ERR_CONFLICT);
	assert_null(archive);
	assert_string_equal(error_message_code(&err), "TILE-ARCHIVE-04");
	/* It is still there for its own; and begins anew for who does not ask for it. */
	archive = made_archive(place->path.data, 0, true);
	assert_int_equal(archive_counts(archive)->tiles, 20);
	archive_free(archive);
	archive = made_archive(place->path.data, 3, false);
	assert_int_equal(archive_counts(archive)->tiles, 3);
	finish(archive);
	assert_alone(place, true);
}

static void of_another_source_nothing_is_gone_on_with(void **state)
{
	(void)state;
	in_both_forms(resume_another);
}

static void make_nothing(struct place *place, bool is_mbtiles)
{
	struct archive *archive = made_archive(place->path.data, 0, true);

	(void)is_mbtiles;
	assert_int_equal(archive_finish(archive, NULL), ERR_NOT_FOUND);
	archive_free(archive);
	assert_alone(place, false);
}

static void an_archive_without_tiles_is_none(void **state)
{
	(void)state;
	in_both_forms(make_nothing);
}

static void replace_old(struct place *place, bool is_mbtiles)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
	struct archive *archive;

	(void)is_mbtiles;
	assert_int_equal(file_replace(place->path.data, "old", 3, NULL), 0);
	archive = made_archive(place->path.data, 5000, false);
	assert_int_equal(file_read(place->path.data, &bytes, NULL), 0);
	assert_string_equal(bytes.data, "old");
	finish(archive);
	make_other(place, 5000);
	assert_same_file(place, place->other.data, is_mbtiles);
	assert_int_equal(file_remove(place->other.data, NULL), 0);
	assert_alone(place, true);
}

static void the_old_file_stays_until_the_new_one_is_whole(void **state)
{
	(void)state;
	in_both_forms(replace_old);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/*
 * Puts tiles until it fails; the error is that of a full disk. (SQLite forgets why a commit failed,
 * unless the disk itself is full.)
 */
static void fill_disk(struct archive *archive, size_t count, bool is_mbtiles)
{
	struct error err = {0};
	int rc = 0;

	for (size_t n = 0; n < count && !rc; n++)
		rc = made_tile_put(archive, n, &err);
	if (!rc)
		rc = archive_finish(archive, &err);
	assert_int_equal(rc, ERR_IO);
	if (strcmp(error_message_code(&err), "DISK-FULL-01") != 0 &&
		(!is_mbtiles || strcmp(error_message_code(&err), "FILE-WRITE-01") != 0))
		fail_msg("%s: %s", error_message_code(&err), err.detail);
}

static void fill_and_go_on(struct place *place, bool is_mbtiles)
{
	static const rlim_t limits[] = {1000, 20000, 100000, 400000};
	const size_t count = 20000;

	make_other(place, count);
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct archive *archive = NULL;
		int rc;

		limit_files(limits[i]);
		rc = archive_begin(place->path.data, &made_about, false, &archive, NULL);
		if (rc)
			assert_int_equal(rc, ERR_IO);
		else
			fill_disk(archive, count, is_mbtiles);
		archive_free(archive);
		limit_files(RLIM_INFINITY);
		assert_false(file_exists(place->path.data));
		finish(made_archive(place->path.data, count, true));
		assert_same_file(place, place->other.data, is_mbtiles);
		assert_int_equal(file_remove(place->path.data, NULL), 0);
	}
	assert_int_equal(file_remove(place->other.data, NULL), 0);
	assert_alone(place, false);
}

static void a_full_disk_leaves_nothing_under_the_name_and_can_be_gone_on_with(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	in_both_forms(fill_and_go_on);
}

/* Cuts a file, or writes nonsense into it. */
static void spoil(const char *path, struct random *random)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(SIZE_MAX);
	size_t at;

	assert_int_equal(file_read(path, &bytes, NULL), 0);
	at = random_below(random, bytes.len);
	if (random_below(random, 2))
		bytes.len = at;
	else
		for (size_t i = at; i < bytes.len && i < at + 40; i++)
			bytes.data[i] = (char)random_below(random, 256);
	assert_int_equal(file_replace(path, bytes.data, bytes.len, NULL), 0);
}

/* What was damaged is refused or gone on with; it never crashes, and is never finished by itself. */
static void go_on_with_damage(struct place *place, bool is_mbtiles)
{
	struct random random = random_start(45);
	autofree(strbuf_clear) struct strbuf list = STRBUF(1000);

	strbuf_add_format(&list, "%s.list", place->partial.data);
	for (int i = 0; i < 60; i++) {
		struct archive *archive = made_archive(place->path.data, 300, false);
		struct error err = {0};
		int rc;

		assert_int_equal(archive_keep(archive, NULL), 0);
		archive_free(archive);
		spoil(is_mbtiles || i % 2 ? place->partial.data : list.data, &random);
		archive = NULL;
		rc = archive_begin(place->path.data, &made_about, true, &archive, &err);
		if (rc)
			assert_true(rc == ERR_IO || rc == ERR_CONFLICT);
		else
			assert_true(archive_counts(archive)->tiles <= 300);
		archive_free(archive);
		assert_false(file_exists(place->path.data));
	}
}

static void damage_is_noticed(void **state)
{
	(void)state;
	in_both_forms(go_on_with_damage);
}

/* MBTiles 1.3: what its tables say. */
static void an_mbtiles_file_is_as_its_specification_says(void **state)
{
	autofree(strbuf_clear) struct strbuf rows = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf wanted = STRBUF(SIZE_MAX);
	struct place place;

	(void)state;
	open_place(&place, ".mbtiles");
	finish(made_archive(place.path.data, 60, false));
	print_rows(place.path.data, "SELECT name, value FROM metadata ORDER BY name", &rows);
	assert_string_equal(rows.data,
		"attribution||\n"
		"bounds|106.5,10.25,106.75,11|\n"
		"center|106.625,10.625,3|\n"
		"format|pbf|\n"
		"json|{\"vector_layers\":[{\"id\":\"lot\",\"fields\":{}}]}|\n"
		"maxzoom|4|\n"
		"minzoom|3|\n"
		"name|Thành phố \"thử\"|\n"
		"type|overlay|\n");
	for (size_t n = 0; n < 60; n++) {
		struct tile tile = tile_order_tile(made_tile_number(n));

		strbuf_add_format(&wanted, "%u|%u|%u|", tile.z, tile.x, (1U << tile.z) - 1 - tile.y);
		made_tile_content(n, &wanted);
		strbuf_add_text(&wanted, "|\n");
	}
	strbuf_reset(&rows);
	print_rows(place.path.data,
		"SELECT tiles.* FROM tiles JOIN map USING (zoom_level, tile_column, tile_row)"
		" ORDER BY map.rowid",
		&rows);
	assert_int_equal(rows.len, wanted.len);
	assert_memory_equal(rows.data, wanted.data, wanted.len);
	strbuf_reset(&rows);
	print_rows(place.path.data, "PRAGMA application_id", &rows);
	strbuf_reset(&wanted);
	strbuf_add_format(&wanted, "%d|\n", MBTILES_APPLICATION_ID);
	assert_string_equal(rows.data, wanted.data);
	close_place(&place);
}

static void keep_folder(struct place *place, bool is_mbtiles)
{
	const char *const names[] = {place->path.data, place->partial.data};

	(void)is_mbtiles;
	for (size_t i = 0; i < 2; i++)
		for (int resume = 0; resume < 2; resume++) {
			struct archive *archive = NULL;

			assert_int_equal(file_make_folder(names[i], NULL), 0);
			assert_int_equal(archive_begin(place->path.data, &made_about, resume,
						 &archive, NULL),
				ERR_CANNOT_CREATE);
			assert_true(file_is_folder(names[i]));
			assert_int_equal(file_remove(names[i], NULL), 0);
		}
	assert_alone(place, false);
}

static void a_folder_of_that_name_is_left_alone(void **state)
{
	(void)state;
	in_both_forms(keep_folder);
}

static void the_ending_says_the_form(void **state)
{
	struct archive *archive = NULL;
	struct error err = {0};

	(void)state;
	assert_true(archive_has_form("a.pmtiles") && archive_has_form("/b/c.mbtiles"));
	assert_false(archive_has_form("a.zip") || archive_has_form(".pmtiles") ||
		archive_has_form("a.pmtiles.partial"));
	assert_int_equal(archive_begin("a.zip", &made_about, false, &archive, &err), ERR_USAGE);
	assert_int_equal(archive_begin("no/such/folder/a.pmtiles", &made_about, false, &archive, &err),
		ERR_IO);
	assert_int_equal(archive_begin("no/such/folder/a.mbtiles", &made_about, false, &archive, &err),
		ERR_CANNOT_CREATE);
	assert_null(archive);
	archive_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_is_gone_on_with),
		cmocka_unit_test(a_kill_costs_the_last_tiles_alone),
		cmocka_unit_test(of_another_source_nothing_is_gone_on_with),
		cmocka_unit_test(an_archive_without_tiles_is_none),
		cmocka_unit_test(the_old_file_stays_until_the_new_one_is_whole),
		cmocka_unit_test(
			a_full_disk_leaves_nothing_under_the_name_and_can_be_gone_on_with),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(an_mbtiles_file_is_as_its_specification_says),
		cmocka_unit_test(a_folder_of_that_name_is_left_alone),
		cmocka_unit_test(the_ending_says_the_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
