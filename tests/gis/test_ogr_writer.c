#include "tests/test.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "gis/ogr_writer.h"
#include "tests/gis/reader_help.h"

enum { PATIENCE_MS = 60000, MANY_ROWS = 200000 };

static const struct ogr_column columns[] = {
	{.name = "id", .type = COLUMN_INT},
	{.name = "tên", .type = COLUMN_TEXT},
	{.name = "ngày", .type = COLUMN_DATE},
	{.name = "số", .type = COLUMN_REAL},
};
enum { COLUMN_COUNT = sizeof columns / sizeof *columns };

static const struct ogr_layer layer = {.name = "tree",
	.geometry = LAYER_POINTS,
	.count = -1,
	.crs_source = CRS_SOURCE_STATED,
	.epsg = 9210,
	.crs_name = "VN-2000",
	.crs_wkt = "",
	.encoding = "UTF-8",
	.columns = columns,
	.column_count = COLUMN_COUNT};

static bool is_stopped(void *context)
{
	return *(const bool *)context;
}

static struct ogr_writer_plan plan_of(void **state, const char *format)
{
	static char work[MADE_PATH_MAX];

	snprintf(work, sizeof work, "%s", test_path(folder_of(state), "work"));
	mkdir(work, 0700);
	return (struct ogr_writer_plan){.program = DOTHI_OGR,
		.work_folder = work,
		.format = format,
		.packed = !strcmp(format, "shp"),
		.title = "Cây",
		.day = "2026-11-21",
		.name = "cây.x",
		.bytes_max = (int64_t)1 << 30,
		.wait_ms_max = PATIENCE_MS};
}

/* A program of that text; its path until the next call. */
static const char *script(void **state, const char *text)
{
	static char path[MADE_PATH_MAX];

	snprintf(path, sizeof path, "%s", write_text(folder_of(state), "script", text));
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static int add_row(struct ogr_writer *writer, bool placed, int64_t id, struct error *err)
{
	static const unsigned char header[] = {1, 1, 0, 0, 0};
	double xy[2] = {600000 + (double)id, 1214000.125};
	unsigned char wkb[sizeof header + sizeof xy];
	struct value values[COLUMN_COUNT] = {
		{.kind = VALUE_INT, .integer = id},
		{.kind = VALUE_TEXT, .len = 8, .text = "Sao đen"},
		{.kind = VALUE_TEXT, .len = 10, .text = "1899-12-31"},
		{.kind = VALUE_REAL, .real = 0.1},
	};
	const struct stream_row row = {.wkb = {wkb, placed ? sizeof wkb : 0}, .values = values};

	memcpy(wkb, header, sizeof header);
	memcpy(wkb + sizeof header, xy, sizeof xy);
	return ogr_writer_add(writer, &row, err);
}

/* Writes so many rows; the code of what stopped it, or 0. */
static int write_rows(const struct ogr_writer_plan *plan, int64_t count, const char *target,
	struct error *err)
{
	struct ogr_writer *writer = NULL;
	int rc = ogr_writer_open(plan, &layer, &writer, err);

	for (int64_t id = 1; !rc && id <= count; id++)
		rc = add_row(writer, strcmp(plan->format, "csv") != 0, id, err);
	if (!rc)
		rc = ogr_writer_finish(writer, err);
	if (!rc)
		rc = ogr_writer_take(writer, target, err);
	ogr_writer_close(writer);
	return rc;
}

static void assert_fails(
	void **state, const struct ogr_writer_plan *plan, int64_t count, const char *code)
{
	char target[MADE_PATH_MAX];
	struct error err = {0};

	snprintf(target, sizeof target, "%s", test_path(folder_of(state), "out"));
	assert_true(write_rows(plan, count, target, &err) < 0);
	assert_message(&err, code);
	assert_false(file_exists(target));
}

static void each_format_is_written_and_is_ours(void **state)
{
	static const char *const formats[] = {"gpkg", "shp", "geojson", "fgb", "csv"};

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		const struct ogr_writer_plan plan = plan_of(state, formats[i]);
		char target[MADE_PATH_MAX];
		struct error err = {0};
		struct stat info;

		snprintf(target, sizeof target, "%s", test_path(folder_of(state), "out"));
		if (write_rows(&plan, 3, target, &err))
			fail_msg("%s: %s", formats[i], err.detail);
		assert_int_equal(stat(target, &info), 0);
		assert_true(info.st_size > 100);
		assert_int_equal(info.st_uid, geteuid());
		assert_int_equal(unlink(target), 0);
	}
}

/* What another program put in the folder is not taken. */
static void a_file_that_is_no_plain_one_is_refused(void **state)
{
	struct ogr_writer_plan plan = plan_of(state, "csv");

	/* It reads all, says that it is done, and leaves a link to what is not its own. */
	plan.program = script(state, "#!/bin/sh\ncd /proc/self/fd/3 && ln -s /etc/passwd a.csv\n/bin/cat >/dev/null &\n"
		"printf '\\010\\000\\000\\000\\003\\001\\000\\000\\000\\000\\000\\000\\000'\n");
	assert_fails(state, &plan, 1, "FILE-WRITE-01");
}

static void a_full_disk_and_a_large_file_are_told(void **state)
{
	struct ogr_writer_plan plan = plan_of(state, "csv");

	plan.bytes_max = 2 << 20;
	assert_fails(state, &plan, MANY_ROWS, "EXPORT-BIG-01");
	plan = plan_of(state, "gpkg");
	plan.bytes_max = 2 << 20;
	assert_fails(state, &plan, MANY_ROWS, "EXPORT-BIG-01");
	plan = plan_of(state, "csv");
	plan.reserve_bytes = INT64_MAX / 2;
	assert_fails(state, &plan, 2 * MANY_ROWS, "DISK-FULL-01");
}

static void a_program_that_ends_early_is_told(void **state)
{
	static const char *const scripts[] = {"#!/bin/sh\nexit 0\n", "#!/bin/sh\nkill -9 $$\n",
		"#!/bin/sh\necho nonsense that is no frame at all\n",
		"#!/bin/sh\nexec head -c 100000 >/dev/null\n"};

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct ogr_writer_plan plan = plan_of(state, "csv");

		plan.program = script(state, scripts[i]);
		assert_fails(state, &plan, MANY_ROWS, "EXPORT-STOP-01");
	}
}

static void who_stops_it_is_heard_while_nothing_moves(void **state)
{
	struct ogr_writer_plan plan = plan_of(state, "csv");
	bool stopped = true;

	plan.program = script(state, "#!/bin/sh\nexec sleep 100\n");
	plan.cancelled = is_stopped;
	plan.context = &stopped;
	assert_fails(state, &plan, MANY_ROWS, "TILE-EXPORT-01");
	plan = plan_of(state, "csv");
	plan.program = script(state, "#!/bin/sh\nexec sleep 100\n");
	plan.wait_ms_max = 300;
	assert_fails(state, &plan, MANY_ROWS, "EXPORT-TIME-01");
}

/* What is given up in the middle leaves nothing, whatever has been written by then. */
static void closed_in_the_middle(void **state)
{
	for (int64_t count = 0; count < 100000; count = count * 10 + 1) {
		const struct ogr_writer_plan plan = plan_of(state, "gpkg");
		struct ogr_writer *writer = NULL;

		assert_int_equal(ogr_writer_open(&plan, &layer, &writer, NULL), 0);
		for (int64_t id = 1; id <= count; id++)
			assert_int_equal(add_row(writer, true, id, NULL), 0);
		ogr_writer_close(writer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reader_test(each_format_is_written_and_is_ours),
		reader_test(a_file_that_is_no_plain_one_is_refused),
		reader_test(a_full_disk_and_a_large_file_are_told),
		reader_test(a_program_that_ends_early_is_told),
		reader_test(who_stops_it_is_heard_while_nothing_moves),
		reader_test(closed_in_the_middle),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
