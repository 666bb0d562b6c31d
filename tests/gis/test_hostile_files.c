/*
 * Files that are cut, damaged or made to harm, and a program in place of dothi-ogr that does not
 * keep to its protocol: always a clear answer, and nothing left behind.
 */
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "gis/ogr_stream.h"
#include "tests/gis/reader_help.h"

static void write_squares(void **state, const char *name, int squares)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(strbuf_clear) struct strbuf zip = STRBUF(MADE_BYTES_MAX);

	make_shapefile(&made, squares);
	zip_shapefile(&zip, "a", &made);
	write_made(folder_of(state), name, &zip);
}

static void files_that_reach_elsewhere_are_refused(void **state)
{
	static const struct {
		const char *name, *text, *code;
	} known[] = {
		{"vrt.geojson",
			"<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd"
			"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
			"GJ-XML-01"},
		{"link.geojson",
			"{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"link\",\"properties\":"
			"{"
			"\"href\":\"http://127.0.0.1:9/\"}},\"features\":[]}",
			"GJ-CRS-01"},
		{"deep.geojson",
			"{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]"
			"]]]]]]"
			"]]]]]]]]}",
			"JSON-DEEP-01"},
		{"cut.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{", "GJ-CUT-01"},
		{"other.geojson", "{\"a\":1}", "FILE-READ-03"},
		{"topo.geojson", "{\"type\":\"Topology\",\"objects\":{}}", "FILE-READ-03"},
		{"wms.tif", "<GDAL_WMS></GDAL_WMS>", "FILE-KIND-01"},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		write_text(folder_of(state), known[i].name, known[i].text);
		assert_not_opened(state, known[i].name, NULL, known[i].code);
	}
}

/* A GeoPackage with a page of nonsense: rows may come, but never a good end. */
static void a_damaged_database_has_no_end(void **state)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(MADE_BYTES_MAX);
	struct ogr_options options = reader_options(state);
	struct ogr_reader *reader = NULL;
	const struct ogr_row *row;
	struct error err = {0};
	int got = 1;

	write_squares(state, "b.zip", 5000);
	run_command(state, "rm -f b.gpkg && ogr2ogr -f GPKG b.gpkg /vsizip/b.zip -lco "
			   "SPATIAL_INDEX=NO");
	assert_int_equal(file_read(test_path(folder_of(state), "b.gpkg"), &bytes, &err), 0);
	memset(bytes.data + bytes.len / 2, 0xA5, bytes.len / 4);
	write_made(folder_of(state), "b.gpkg", &bytes);
	if (ogr_reader_open(test_path(folder_of(state), "b.gpkg"), &options, &reader, &err)) {
		assert_message(&err, "FILE-READ-03");
		return;
	}
	while (got > 0)
		got = ogr_reader_next(reader, &row, &err);
	ogr_reader_close(reader);
	assert_int_equal(got, ERR_INVALID);
	assert_message(&err, "FILE-READ-02");
}

/* A script in place of dothi-ogr. */
static struct ogr_options with_program(void **state, const char *script)
{
	static char path[MADE_PATH_MAX];
	struct ogr_options options = reader_options(state);

	snprintf(path, sizeof path, "%s", write_text(folder_of(state), "program", script));
	assert_int_equal(chmod(path, 0700), 0);
	options.program = path;
	return options;
}

static void a_program_that_fails_is_told_apart(void **state)
{
	struct ogr_options options;

	write_squares(state, "c.zip", 3);
	options = with_program(state, "#!/bin/sh\nexit 1\n");
	assert_not_opened(state, "c.zip", &options, "READ-STOP-01");
	options = with_program(state, "#!/bin/sh\nkill -SEGV $$\n");
	assert_not_opened(state, "c.zip", &options, "READ-STOP-01");
	options = with_program(state, "#!/bin/sh\nkill -XCPU $$\n");
	assert_not_opened(state, "c.zip", &options, "READ-TIME-01");
	options = with_program(state, "#!/bin/sh\necho nonsense that is no stream at all\n");
	assert_not_opened(state, "c.zip", &options, "READ-STOP-01");
	options.program = "/nonexistent/dothi-ogr";
	assert_not_opened(state, "c.zip", &options, "READ-PROG-01");
	options = with_program(state, "#!/bin/sh\nexec sleep 100\n");
	options.open_ms_max = 300;
	assert_not_opened(state, "c.zip", &options, "READ-TIME-01");
	/* It gets nothing of the environment, and no descriptor but the four. */
	options =
		with_program(state, "#!/bin/sh\n[ -z \"$HOME$USER\" ] && [ ! -e /proc/$$/fd/4 ] &&"
				    " kill -XCPU $$\n");
	assert_not_opened(state, "c.zip", &options, "READ-TIME-01");
}

/* A stream of so many rows, numbered from `first`, that says it had `said` of them. */
static void make_stream(struct strbuf *out, int rows, int first, int said)
{
	static const struct ogr_column column = {"a", COLUMN_INT, false, 0, 0};
	static const struct ogr_layer layer = {.name = "",
		.count = -1,
		.crs_name = "",
		.crs_wkt = "",
		.encoding = "UTF-8",
		.columns = &column,
		.column_count = 1};

	ogr_stream_put_layer(out, &layer);
	for (int i = 0; i < rows; i++) {
		struct value value = {.kind = VALUE_INT, .integer = i};
		struct stream_row row = {.number = first + i, .values = &value};

		ogr_stream_put_row(out, &row, &layer);
	}
	if (said >= 0)
		ogr_stream_put_end(out, said);
}

static void assert_stream(void **state, const struct strbuf *stream, const char *code)
{
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
	autofree(strbuf_clear) struct strbuf script = STRBUF(MADE_PATH_MAX + 100);
	struct ogr_options options;

	strbuf_add_format(&script, "#!/bin/sh\nexec cat '%s'\n",
		write_made(folder_of(state), "stream", stream));
	options = with_program(state, script.data);
	reader = open_reader(state, "d.zip", &options);
	if (code)
		assert_stops(reader, code);
	else
		assert_int_equal(next_row(reader)->number, 1);
}

static void the_stream_must_be_whole(void **state)
{
	static const struct {
		int rows, first, said;
		const char *code;
	} known[] = {
		{3, 1, 3, NULL},
		{3, 1, 2, "FILE-READ-02"},
		{3, 1, -1, "READ-STOP-01"},
		{3, 0, 3, "READ-STOP-01"},
		{3, -5, 3, "READ-STOP-01"},
	};
	autofree(strbuf_clear) struct strbuf whole = STRBUF(MADE_BYTES_MAX);
	size_t first_row;

	write_squares(state, "d.zip", 3);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		autofree(strbuf_clear) struct strbuf stream = STRBUF(MADE_BYTES_MAX);

		make_stream(&stream, known[i].rows, known[i].first, known[i].said);
		assert_stream(state, &stream, known[i].code);
	}
	make_stream(&whole, 0, 1, -1);
	first_row = whole.len;
	make_stream(&whole, 2, 1, 2);
	/* A second layer in place of a row. */
	assert_stream(state, &whole, "READ-STOP-01");
	whole.len = first_row + 3;
	assert_stream(state, &whole, "READ-STOP-01");
}

/* Every fault that the program can name has a message of its own. */
static void each_fault_has_its_message(void **state)
{
	static const struct {
		enum ogr_fault fault;
		const char *code;
	} known[] = {
		{FAULT_SANDBOX, "READ-SAFE-01"},
		{FAULT_FORMAT, "FILE-READ-03"},
		{FAULT_DAMAGED, "FILE-READ-02"},
		{FAULT_NO_LAYERS, "LAYER-NONE-01"},
		{FAULT_LAYER_UNKNOWN, "LAYER-NAME-01"},
		{FAULT_LAYERS_SEVERAL, "LAYER-MANY-01"},
		{FAULT_ENCODING, "SHP-ENC-02"},
		{FAULT_COLUMNS, "COL-MANY-01"},
		{FAULT_CSV_NO_COORDINATES, "CSV-XY-01"},
		{FAULT_CSV_NO_COLUMN, "CSV-COL-01"},
		{FAULT_CSV_ORDER, "CSV-XY-02"},
		{FAULT_NOT_WRITTEN, "SYS-INTERNAL-01"},
		{FAULT_NO_MEMORY, "READ-STOP-01"},
		{FAULT_USAGE, "SYS-INTERNAL-01"},
	};

	assert_int_equal(sizeof known / sizeof *known, FAULTS);
	write_squares(state, "d.zip", 3);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		autofree(strbuf_clear) struct strbuf stream = STRBUF(MADE_BYTES_MAX);
		autofree(strbuf_clear) struct strbuf script = STRBUF(MADE_PATH_MAX + 100);
		const struct stream_fault fault = {known[i].fault, 5, "a, b", "words"};
		struct ogr_options options;

		ogr_stream_put_fault(&stream, &fault);
		strbuf_add_format(&script, "#!/bin/sh\nexec cat '%s'\n",
			write_made(folder_of(state), "stream", &stream));
		options = with_program(state, script.data);
		options.layer = "a";
		assert_not_opened(state, "d.zip", &options, known[i].code);
	}
}

static void closes_in_the_middle(void **state)
{
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;

	write_squares(state, "e.zip", 20000);
	reader = open_reader(state, "e.zip", NULL);
	ogr_reader_close(take(reader));
	reader = open_reader(state, "e.zip", NULL);
	assert_int_equal(next_row(reader)->number, 1);
}

static bool count_down(void *context)
{
	int *left = context;

	return --*left < 0;
}

static void stops_when_asked(void **state)
{
	struct ogr_options options = reader_options(state);
	int left = 0;

	options.cancelled = count_down;
	options.context = &left;
	write_squares(state, "f.zip", 20000);
	assert_not_opened(state, "f.zip", &options, "SYS-CANCEL-01");
	left = 3;
	assert_not_opened(state, "f.zip", &options, "SYS-CANCEL-01");
	/* Enough for the start, then no more. */
	left = 1000;
	{
		autoptr(ogr_reader_close) struct ogr_reader *reader =
			open_reader(state, "f.zip", &options);

		left = 0;
		assert_stops(reader, "SYS-CANCEL-01");
	}
}

/* Reads whatever it is to the end; true if it was taken. */
static bool read_any(void **state, const char *name)
{
	struct ogr_options options = reader_options(state);
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
	const struct ogr_row *row;
	struct error err = {0};
	int got = 1;

	if (ogr_reader_open(test_path(folder_of(state), name), &options, &reader, &err)) {
		assert_true(err.code < 0);
		return false;
	}
	while (got > 0)
		got = ogr_reader_next(reader, &row, &err);
	return got == 0;
}

/* Few turns, as each starts the program; the parts have their own tests with thousands. */
static void survives_mutations(void **state)
{
	static const char geojson[] =
		"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
		"\"properties\":{\"a\":\"b\",\"c\":1.5},\"geometry\":{\"type\":\"Polygon\","
		"\"coordinates\":[[[106,11],[107,11],[107,12],[106,11]]]}}]}";
	struct random random = random_start(271828);
	int taken = 0;

	for (int turn = 0; turn < 60; turn++) {
		autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
		autofree(strbuf_clear) struct strbuf text = STRBUF(MADE_BYTES_MAX);

		make_shapefile(&made, 3);
		strbuf_add_text(&text, geojson);
		mutate(turn % 3 == 0 ? &text : turn % 3 == 1 ? &made.dbf : &made.shp, &random);
		write_made(folder_of(state), "g.geojson", &text);
		write_shapefile(folder_of(state), "g", &made);
		taken += read_any(state, turn % 3 ? "g.shp" : "g.geojson");
	}
	print_message("%d of 60 were taken\n", taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reader_test(files_that_reach_elsewhere_are_refused),
		reader_test(a_damaged_database_has_no_end),
		reader_test(a_program_that_fails_is_told_apart),
		reader_test(the_stream_must_be_whole),
		reader_test(each_fault_has_its_message),
		reader_test(closes_in_the_middle),
		reader_test(stops_when_asked),
		reader_test(survives_mutations),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
