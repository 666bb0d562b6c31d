#include "tests/test.h"

#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "gis/import.h"
#include "tests/data/small_register.h"
#include "tests/fault/fault.h"
#include "tests/fault/faulty_sqlite.h"
#include "tests/gis/make_files.h"

/*
 * Imports of small files into a register that has such rows already, with every call failing in
 * turn. The rows come from a recording of dothi-ogr, so that a run takes milliseconds; all else is
 * real. Of the calls for memory, some 2000 in an import, each fails in the first scenario; in the
 * others each of the first DENSE, where they differ, and then samples.
 */
enum {
	NEXT_EACH = 25, /* after every so many faults it is seen that the next import works */
	DENSE = 150,
	REGISTER_BYTES_MAX = 1 << 24,
};

struct place {
	struct small_register small;
	struct strbuf old, work, file, program; /* paths; `old` is the register before */
	struct strbuf old_bytes, bytes; /* of the register before, and now */
	struct city city;
	struct crs_context *crs;
	struct geom_context *geom;
	int layer;
	struct content_hash before, after;
	bool changed;	   /* the register is not `old`, byte for byte */
	bool dying;	   /* the disk stays broken: then the last COMMIT may stand or not */
	bool faulty_close; /* closing the register is part of the run */
	int faults;
};

static const char shapes[] =
	"{\"type\":\"FeatureCollection\",\"features\":["
	"{\"type\":\"Feature\",\"properties\":{\"code\":\"A1\",\"ghi_chu\":\"Nhà \\\"góc\\\"\"},"
	"\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[106.65,10.975],[106.651,10.975],"
	"[106.651,10.976],[106.65,10.976],[106.65,10.975]]]}},"
	"{\"type\":\"Feature\",\"properties\":{\"code\":\"A2\"},\"geometry\":null},"
	"{\"type\":\"Feature\",\"properties\":{\"code\":3,\"ghi_chu\":null},"
	"\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[106.65,10.975],[106.651,10.976],"
	"[106.651,10.975],[106.65,10.976],[106.65,10.975]]]}},"
	"{\"type\":\"Feature\",\"properties\":{\"code\":\"A4\"},"
	"\"geometry\":{\"type\":\"Point\",\"coordinates\":[106.65,10.975]}},"
	"{\"type\":\"Feature\",\"properties\":{\"code\":\"A5\"},"
	"\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[106.66,10.975],[106.661,10."
	"975],"
	"[106.661,10.976],[106.66,10.975]]],[[[106.67,10.975],[106.671,10.975],[106.671,10.976],"
	"[106.67,10.975]]]]}}]}";

static void join_in(struct strbuf *path, const struct small_register *small, const char *name)
{
	char folder[4096];

	assert_non_null(realpath(small->folder.data, folder));
	strbuf_reset(path);
	file_join(path, folder, name);
}

static void write_program(struct place *place, const char *format, ...)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(10000);
	va_list list;

	strbuf_add_text(&text, "#!/bin/sh\n");
	va_start(list, format);
	strbuf_add_format_list(&text, format, list);
	va_end(list);
	assert_int_equal(file_replace(place->program.data, text.data, text.len, NULL), 0);
	assert_int_equal(chmod(place->program.data, 0755), 0);
}

static void take_finding(void *context, const struct import_finding *finding)
{
	(void)context;
	(void)finding;
}

static bool go_on(void *context, int64_t done, int64_t total)
{
	(void)context;
	(void)done;
	(void)total;
	return true;
}

static bool agree(void *context, const struct import_report *report)
{
	(void)context;
	return report->stored > 0;
}

static int import_file(struct place *place, struct error *err)
{
	const struct import_tools tools = {.store = place->small.opened.store,
		.layers = &small_layers,
		.city = &place->city,
		.crs = place->crs,
		.geom = place->geom};
	struct import_plan plan = {
		.path = place->file.data,
		.layer = &small_layers.layers[place->layer],
		.repair = true,
		.author = {"test", "import", SMALL_NOW_US},
		.randomness = &small_randomness,
		.finding = take_finding,
		.progress = go_on,
		.confirm = agree,
		.options = {.program = place->program.data,
			.work_folder = place->work.data,
			.bytes_max = 1 << 20,
			.open_ms_max = 60000,
			.wait_ms_max = 60000},
	};
	struct import_report report;

	if (!strstr(place->file.data, ".geojson"))
		plan.epsg = SMALL_EPSG;
	return import_run(&tools, &plan, &report, err);
}

/* The register as it was before, and open. */
static void reset(struct place *place)
{
	if (place->changed)
		assert_int_equal(file_copy(place->old.data, place->small.database.data,
					 REGISTER_BYTES_MAX, NULL),
			0);
	place->changed = false;
	assert_int_equal(small_register_open(&place->small, STORE_WRITE, NULL), 0);
}

/* What saves most runs a digest: no log is left, and the bytes are the old ones. */
static bool is_untouched(struct place *place)
{
	autofree(strbuf_clear) struct strbuf log = STRBUF(4096);

	strbuf_add_format(&log, "%s-wal", place->small.database.data);
	assert_false(log.failed);
	if (file_exists(log.data))
		return false;
	strbuf_reset(&place->bytes);
	assert_int_equal(file_read(place->small.database.data, &place->bytes, NULL), 0);
	return place->bytes.len == place->old_bytes.len &&
	       !memcmp(place->bytes.data, place->old_bytes.data, place->bytes.len);
}

static struct content_hash found_digest(struct place *place)
{
	if (is_untouched(place))
		return place->before;
	place->changed = true;
	return small_digest(&place->small);
}

static int run_import(void *context)
{
	struct place *place = context;
	struct error err = {0};
	int rc;

	fault_rest(true);
	reset(place);
	fault_rest(false);
	rc = import_file(place, &err);
	fault_rest(!place->faulty_close);
	register_close(&place->small.opened);
	if (rc && (rc != err.code || !*error_message_code(&err)))
		return 1;
	return rc;
}

/* Imports without a fault. */
static void import_well(struct place *place)
{
	assert_int_equal(import_file(place, NULL), 0);
	register_close(&place->small.opened);
	place->changed = true;
}

/* As before, or imported: nothing between, and nothing left over. */
static void check_import(void *context, int rc)
{
	struct place *place = context;
	struct content_hash found = found_digest(place);
	bool is_after = !strcmp(found.text, place->after.text);

	assert_int_equal(count_entries(place->work.data), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no program is left */
	if (rc == 0 && !is_after)
		fail_msg("imported, but the register has not what it should");
	if (rc && strcmp(found.text, place->before.text) != 0 && !(place->dying && is_after))
		fail_msg("not imported, but the register is not as before");
	if (rc == 0 || is_after || place->faults++ % NEXT_EACH)
		return;
	assert_int_equal(small_register_open(&place->small, STORE_WRITE, NULL), 0);
	import_well(place);
	assert_string_equal(small_digest(&place->small).text, place->after.text);
}

/* A file, the recording of its rows, a register that has them once, and what it is with more. */
static void prepare(struct place *place, const char *name, const struct strbuf *bytes)
{
	autofree(strbuf_clear) struct strbuf recording = STRBUF(4096);

	join_in(&place->file, &place->small, name);
	join_in(&recording, &place->small, "recording");
	assert_int_equal(file_replace(place->file.data, bytes->data, bytes->len, NULL), 0);
	write_program(place, "%s \"$@\" | /usr/bin/tee %s", DOTHI_OGR, recording.data);
	reset(place);
	import_well(place);
	place->before = small_digest(&place->small);
	assert_int_equal(
		file_copy(place->small.database.data, place->old.data, REGISTER_BYTES_MAX, NULL), 0);
	strbuf_reset(&place->old_bytes);
	assert_int_equal(file_read(place->old.data, &place->old_bytes, NULL), 0);
	write_program(place, "exec /bin/cat %s", recording.data);
	reset(place);
	import_well(place);
	place->after = small_digest(&place->small);
	assert_string_not_equal(place->before.text, place->after.text);
}

static int make_place(void **state)
{
	struct place *place = test_calloc(1, sizeof *place);
	struct small_register *small = NULL;
	struct register_plan plan;

	*state = place;
	if (small_folder_make((void **)&small))
		return -1;
	place->small = *small;
	test_free(small);
	place->old = place->work = place->file = place->program = STRBUF(4096);
	place->old_bytes = place->bytes = STRBUF(REGISTER_BYTES_MAX);
	place->changed = true;
	join_in(&place->old, &place->small, "old.sqlite");
	join_in(&place->work, &place->small, "import");
	join_in(&place->program, &place->small, "dothi-ogr");
	plan = small_register_plan(&place->small);
	place->city = *plan.city;
	assert_int_equal(crs_context_new(&place->crs, NULL), 0);
	assert_int_equal(crs_choose_operation(place->crs, SMALL_EPSG, place->city.operation,
				 place->city.pipeline, NULL),
		0);
	assert_int_equal(crs_pin(place->crs, &place->city, NULL), 0);
	assert_int_equal(geom_context_new(&place->geom, NULL), 0);
	plan.city = &place->city;
	assert_int_equal(register_create(&plan, NULL), 0);
	assert_int_equal(rename(place->small.database.data, place->old.data), 0);
	return file_make_folder(place->work.data, NULL);
}

static int drop_place(void **state)
{
	struct place *place = *state;
	int rc = file_remove(place->small.folder.data, NULL);

	crs_context_free(place->crs);
	geom_context_free(place->geom);
	strbuf_clear(&place->old);
	strbuf_clear(&place->old_bytes);
	strbuf_clear(&place->bytes);
	strbuf_clear(&place->work);
	strbuf_clear(&place->file);
	strbuf_clear(&place->program);
	strbuf_clear(&place->small.folder);
	strbuf_clear(&place->small.database);
	test_free(place);
	return rc;
}

static void prepare_geojson(struct place *place)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(10000);

	strbuf_add_text(&bytes, shapes);
	place->layer = SMALL_PLOT;
	prepare(place, "plots.geojson", &bytes);
}

static void prepare_zip(struct place *place)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(100000);
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;

	make_shapefile(&made, 12);
	zip_shapefile(&bytes, "thua/o", &made);
	place->layer = SMALL_PLOT;
	prepare(place, "plots.zip", &bytes);
}

/* The three parts side by side, as they lie in a folder of the user. */
static void prepare_parts(struct place *place)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(strbuf_clear) struct strbuf path = STRBUF(4096);

	make_shapefile(&made, 3);
	join_in(&path, &place->small, "plots.shx");
	assert_int_equal(file_replace(path.data, made.shx.data, made.shx.len, NULL), 0);
	join_in(&path, &place->small, "plots.dbf");
	assert_int_equal(file_replace(path.data, made.dbf.data, made.dbf.len, NULL), 0);
	place->layer = SMALL_PLOT;
	prepare(place, "plots.shp", &made.shp);
}

static void drive(struct place *place, const char *name, const struct fault *fault, int code,
	size_t dense)
{
	/* What a call was for may not matter; what the register has then always does. */
	const struct fault_scenario scenario = {
		name, run_import, check_import, code, .tolerant = true, .dense = dense};

	place->dying = fault->stays;
	fault_drive(fault, &scenario, place);
}

static void no_memory(void **state)
{
	static const struct fault once = {FAULT_MEMORY, ENOMEM, false};
	static const struct fault for_good = {FAULT_MEMORY, ENOMEM, true};

	prepare_geojson(*state);
	drive(*state, "GeoJSON, no memory", &once, ERR_NOMEM, 0);
	drive(*state, "GeoJSON, no memory any more", &for_good, ERR_NOMEM, DENSE);
	prepare_zip(*state);
	drive(*state, "zip, no memory", &once, ERR_NOMEM, DENSE);
	prepare_parts(*state);
	drive(*state, "shapefile, no memory", &once, ERR_NOMEM, DENSE);
}

static void a_broken_disk(void **state)
{
	static const struct fault once = {FAULT_DISK, EIO, false};
	static const struct fault for_good = {FAULT_DISK, EIO, true};
	struct place *place = *state;

	place->faulty_close = true;
	prepare_geojson(place);
	drive(place, "GeoJSON, the disk fails", &once, 0, 0);
	drive(place, "GeoJSON, the disk dies", &for_good, 0, 0);
	prepare_zip(place);
	drive(place, "zip, the disk fails", &once, 0, 0);
	faulty_sqlite_short_writes(true);
	drive(place, "zip, the disk dies in a write", &for_good, 0, 0);
	faulty_sqlite_short_writes(false);
}

/* Only what fills a disk: the error must say that it is full. */
static void a_full_disk(void **state)
{
	static const struct fault once = {FAULT_WRITE, ENOSPC, false};
	static const struct fault for_good = {FAULT_WRITE, ENOSPC, true};
	struct place *place = *state;

	prepare_zip(place);
	drive(place, "zip, the disk is full once", &once, ERR_IO, 0);
	drive(place, "zip, the disk is full", &for_good, ERR_IO, 0);
	faulty_sqlite_short_writes(true);
	drive(place, "zip, the disk is full in a write", &once, ERR_IO, 0);
	faulty_sqlite_short_writes(false);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_place(no_memory),
		in_place(a_broken_disk),
		in_place(a_full_disk),
	};

	faulty_sqlite_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
