#include "tests/test.h"

#include <math.h>

#include "gis/ogr_stream.h"
#include "tests/gis/make_files.h"

static const struct ogr_column columns[] = {
	{"tên", COLUMN_TEXT, false, 0, 0},
	{"so", COLUMN_INT, false, 0, 0},
	{"dien_tich", COLUMN_REAL, false, 0, 0},
	{"con", COLUMN_BOOL, false, 0, 0},
	{"ngay", COLUMN_DATE, false, 0, 0},
	{"luc", COLUMN_DATETIME, false, 0, 0},
	{"anh", COLUMN_OTHER, true, 0, 0},
};
enum { COLUMN_COUNT = sizeof columns / sizeof *columns };

static const struct ogr_layer layer = {.name = "thửa đất",
	.geometry = LAYER_AREAS,
	.has_z = true,
	.count = 2,
	.crs_source = CRS_SOURCE_MATCHED,
	.epsg = 9210,
	.crs_name = "VN-2000",
	.crs_wkt = "PROJCRS[]",
	.encoding = "UTF-8",
	.encoding_source = ENCODING_ASSUMED,
	.columns = columns,
	.column_count = COLUMN_COUNT};

static struct value text_value(const char *text)
{
	return (struct value){.kind = VALUE_TEXT, .len = strlen(text), .text = text};
}

static void fill_values(struct value values[COLUMN_COUNT])
{
	values[0] = text_value("Thửa 12");
	values[1] = (struct value){.kind = VALUE_INT, .integer = INT64_MIN};
	values[2] = (struct value){.kind = VALUE_REAL, .real = 253.75};
	values[3] = (struct value){.kind = VALUE_INT, .integer = 1};
	values[4] = text_value("2026-11-21");
	values[5] = text_value("2026-11-21T08:00:00.5+07:00");
	values[6] = (struct value){.kind = VALUE_NULL};
}

static struct frame only_frame(const struct strbuf *bytes)
{
	struct frame frame = {0};

	assert_int_equal(ogr_stream_frame(bytes->data, bytes->len, &frame), 1);
	assert_int_equal(frame.total, bytes->len);
	return frame;
}

static bool row_passes(const struct stream_row *row)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(OGR_FRAME_MAX);
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct stream_row back;
	struct frame frame;

	ogr_stream_put_row(&out, row, &layer);
	frame = only_frame(&out);
	return !ogr_stream_get_row(&frame, &arena, &layer, &back);
}

static void a_layer_goes_through(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(OGR_FRAME_MAX);
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct ogr_layer back;
	struct frame frame;

	(void)state;
	ogr_stream_put_layer(&out, &layer);
	frame = only_frame(&out);
	assert_int_equal(ogr_stream_get_layer(&frame, &arena, &back), 0);
	assert_string_equal(back.name, "thửa đất");
	assert_int_equal(back.geometry, LAYER_AREAS);
	assert_true(back.has_z);
	assert_int_equal(back.count, 2);
	assert_int_equal(back.epsg, 9210);
	assert_string_equal(back.crs_wkt, "PROJCRS[]");
	assert_int_equal(back.column_count, COLUMN_COUNT);
	assert_string_equal(back.columns[0].name, "tên");
	assert_int_equal(back.columns[5].type, COLUMN_DATETIME);
	assert_true(back.columns[6].name_unreadable);
}

static void a_row_goes_through(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(OGR_FRAME_MAX);
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct value values[COLUMN_COUNT];
	struct stream_row row = {.number = 7,
		.value_problem = ROW_TEXT_TOO_LONG,
		.problem_column = 6,
		.detail = "words",
		.values = values,
		.wkb = {(const unsigned char *)"wkb", 3}};
	struct stream_row back;
	struct frame frame;

	(void)state;
	fill_values(values);
	ogr_stream_put_row(&out, &row, &layer);
	frame = only_frame(&out);
	assert_int_equal(ogr_stream_get_row(&frame, &arena, &layer, &back), 0);
	assert_int_equal(back.number, 7);
	assert_int_equal(back.value_problem, ROW_TEXT_TOO_LONG);
	assert_int_equal(back.problem_column, 6);
	assert_string_equal(back.detail, "words");
	assert_memory_equal(back.wkb.bytes, "wkb", 3);
	assert_string_equal(back.values[0].text, "Thửa 12");
	assert_int_equal(back.values[0].len, strlen("Thửa 12"));
	assert_true(back.values[1].integer == INT64_MIN);
	assert_true(back.values[2].real == 253.75);
	assert_int_equal(back.values[6].kind, VALUE_NULL);
}

static void an_end_and_a_fault_go_through(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(OGR_FRAME_MAX);
	struct stream_fault fault = {FAULT_LAYERS_SEVERAL, 3, "a, b", "words"}, back;
	struct frame frame;
	int64_t rows;

	(void)state;
	ogr_stream_put_end(&out, 12);
	frame = only_frame(&out);
	assert_true(ogr_stream_get_end(&frame, &rows));
	assert_int_equal(rows, 12);
	assert_false(ogr_stream_get_fault(&frame, &back));
	strbuf_reset(&out);
	ogr_stream_put_fault(&out, &fault);
	frame = only_frame(&out);
	assert_true(ogr_stream_get_fault(&frame, &back));
	assert_int_equal(back.fault, FAULT_LAYERS_SEVERAL);
	assert_int_equal(back.number, 3);
	assert_string_equal(back.text, "a, b");
}

/* Each value alone is wrong for its column. */
static void values_that_do_not_fit_are_refused(void **state)
{
	const struct {
		size_t column;
		struct value value;
	} wrong[] = {
		{0, {.kind = VALUE_INT, .integer = 1}},
		{0, text_value("\xFF")},
		{1, text_value("1")},
		{1, {.kind = VALUE_REAL, .real = 1}},
		{2, {.kind = VALUE_REAL, .real = INFINITY}},
		{2, {.kind = VALUE_REAL, .real = NAN}},
		{3, {.kind = VALUE_INT, .integer = 2}},
		{4, text_value("2026-02-30")},
		{4, text_value("2026-02-03T00:00:00")},
		{5, text_value("2026-02-03")},
		{5, text_value("2026-02-03T00:00:0x")},
		{6, text_value("")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct value values[COLUMN_COUNT];
		struct stream_row row = {.number = 1, .values = values};

		fill_values(values);
		assert_true(row_passes(&row));
		values[wrong[i].column] = wrong[i].value;
		if (row_passes(&row))
			fail_msg("value %zu passes", i);
	}
}

static void rows_out_of_range_are_refused(void **state)
{
	struct value values[COLUMN_COUNT];
	struct stream_row row = {.number = 0, .values = values};

	(void)state;
	fill_values(values);
	assert_false(row_passes(&row));
	row.number = 1;
	row.value_problem = ROW_DAMAGED;
	row.problem_column = COLUMN_COUNT;
	assert_false(row_passes(&row));
	row.problem_column = 0;
	assert_true(row_passes(&row));
}

static void lengths_are_capped(void **state)
{
	static const unsigned char too_long[] = {0xFF, 0xFF, 0xFF, 0x7F, FRAME_ROW};
	static const unsigned char unknown[] = {0, 0, 0, 0, FRAME_KINDS};
	struct frame frame;

	(void)state;
	assert_int_equal(ogr_stream_frame((const char *)too_long, 4, &frame), 0);
	assert_int_equal(ogr_stream_frame((const char *)too_long, 5, &frame), -1);
	assert_int_equal(ogr_stream_frame((const char *)unknown, 5, &frame), -1);
}

/* Reads all frames of a stream that may be anything. */
static void read_stream(const struct strbuf *bytes)
{
	autofree(arena_clear) struct arena arena = ARENA(4 << 20);
	struct ogr_layer known = layer;
	struct stream_fault fault;
	struct stream_row row;
	struct frame frame;
	size_t at = 0;
	int64_t rows;

	while (ogr_stream_frame(bytes->data + at, bytes->len - at, &frame) == 1) {
		if (ogr_stream_get_layer(&frame, &arena, &known))
			known = layer;
		ogr_stream_get_row(&frame, &arena, &known, &row);
		ogr_stream_get_end(&frame, &rows);
		ogr_stream_get_fault(&frame, &fault);
		at += frame.total;
	}
}

static void survives_mutations(void **state)
{
	autofree(strbuf_clear) struct strbuf whole = STRBUF(OGR_FRAME_MAX);
	struct value values[COLUMN_COUNT];
	struct stream_row row = {
		.number = 1, .values = values, .wkb = {(const unsigned char *)"x", 1}};
	struct stream_fault fault = {FAULT_FORMAT, 3, "a, b", "words"};
	struct random random = random_start(31415);

	(void)state;
	fill_values(values);
	ogr_stream_put_layer(&whole, &layer);
	ogr_stream_put_row(&whole, &row, &layer);
	ogr_stream_put_end(&whole, 1);
	ogr_stream_put_fault(&whole, &fault);
	for (int turn = 0; turn < 20000; turn++) {
		autofree(strbuf_clear) struct strbuf bytes = STRBUF(OGR_FRAME_MAX);

		strbuf_add(&bytes, whole.data, whole.len);
		mutate(&bytes, &random);
		read_stream(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_layer_goes_through),
		cmocka_unit_test(a_row_goes_through),
		cmocka_unit_test(an_end_and_a_fault_go_through),
		cmocka_unit_test(values_that_do_not_fit_are_refused),
		cmocka_unit_test(rows_out_of_range_are_refused),
		cmocka_unit_test(lengths_are_capped),
		cmocka_unit_test(survives_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
