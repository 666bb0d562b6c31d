#include "tests/test.h"

#include <math.h>

#include "base/text.h"
#include "data/layer.h"
#include "gis/csv_cell.h"
#include "gis/export_measure.h"
#include "gis/short_names.h"
#include "gis/wkt.h"
#include "tests/random.h"

enum { TEXT_MAX = 4000 };

static void assert_guard(const char *text, const char *cell)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(TEXT_MAX);
	autofree(strbuf_clear) struct strbuf back = STRBUF(TEXT_MAX);

	csv_cell_guard(&out, text, strlen(text));
	assert_string_equal(out.data, cell);
	if (csv_cell_unguard(&back, out.data, out.len))
		assert_string_equal(back.data, text);
	else
		assert_string_equal(out.data, text);
}

static void cells_are_guarded_where_excel_would_change_them(void **state)
{
	char longer[300], guarded[301];

	(void)state;
	assert_guard("0012", "=\"0012\"");
	assert_guard("1/2", "=\"1/2\"");
	assert_guard("=1+1", "=\"=1+1\"");
	assert_guard("@x", "=\"@x\"");
	assert_guard("true", "=\"true\"");
	assert_guard("", "=\"\"");
	assert_guard("a \"b\" 1", "=\"a \"\"b\"\" 1\"");
	assert_guard("Nguyễn Huệ", "Nguyễn Huệ");
	assert_guard("'tis", "=\"'tis\"");
	assert_guard("\t=1", "'\t=1");
	assert_guard("a\n1", "a\n1");
	memset(longer, '=', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	snprintf(guarded, sizeof guarded, "'%s", longer);
	assert_guard(longer, guarded);
}

/* Any text comes back, and none is a formula but one that is its own text. */
static void any_text_comes_back(void **state)
{
	static const char letters[] = "=\"'+-@\t\n 019.,;a\xC3\xA1%#";
	struct random random = random_start(42);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX);
		autofree(strbuf_clear) struct strbuf cell = STRBUF(TEXT_MAX);
		autofree(strbuf_clear) struct strbuf back = STRBUF(TEXT_MAX);
		size_t len = random_below(&random, i % 20 ? 6 : 400);

		for (size_t j = 0; j < len; j++)
			strbuf_add_char(&text, letters[random_below(&random, sizeof letters - 1)]);
		csv_cell_guard(&cell, text.data, text.len);
		if (!csv_cell_unguard(&back, cell.data, cell.len))
			strbuf_add(&back, cell.data, cell.len);
		assert_string_equal(back.data, text.data);
		assert_true(!strchr("+-@\t\n", cell.data[0]) || !cell.data[0] ||
			    cell.data[0] == '\n');
		if (cell.data[0] == '=')
			assert_true(cell.data[1] == '"' && cell.data[cell.len - 1] == '"');
	}
}

static void what_has_no_guard_stays(void **state)
{
	static const char *const plain[] = {
		"", "=", "=\"", "=\"a", "=\"a\"b\"", "='a'", "'", "'a", "'=1", "1", "=1+1"};
	autofree(strbuf_clear) struct strbuf out = STRBUF(TEXT_MAX);

	(void)state;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		assert_false(csv_cell_unguard(&out, plain[i], strlen(plain[i])));
	assert_int_equal(out.len, 0);
}

static void short_names_are_short_and_all_different(void **state)
{
	static const char *const names[] = {"source_attributes", "source_att", "source_attic",
		"SOURCE_ATTempt", "id", "\xC4\x91\xC6\xB0\xE1\xBB\x9Dng ph\xE1\xBB\x91 d\xC3\xA0i"};
	enum { COUNT = sizeof names / sizeof *names };
	struct short_name made[COUNT];

	(void)state;
	short_names_make(names, COUNT, made);
	assert_string_equal(made[1].text, "source_att");
	assert_string_equal(made[0].text, "source_a_1");
	assert_string_equal(made[2].text, "source_a_2");
	assert_string_equal(made[3].text, "SOURCE_A_3");
	assert_true(text_is_utf8(made[5].text, strlen(made[5].text)));
}

/* The name of each field of each layer leads back to it. */
static void each_field_is_found_by_its_short_name(void **state)
{
	const struct layer_table *table = city_layers();
	const struct crs_info crs = {.epsg = 9210};

	(void)state;
	for (size_t i = 0; i < table->count; i++) {
		const struct layer *layer = &table->layers[i];
		const struct export_choice choice = {
			.layer = layer, .format = EXPORT_SHAPEFILE, .crs = &crs};
		struct export_columns columns;

		assert_int_equal(export_columns_choose(&choice, &columns, NULL), 0);
		for (size_t j = 0; j < columns.count; j++) {
			assert_true(strlen(columns.ogr[j].name) <= SHORT_NAME_MAX);
			if (columns.columns[j].source == EXPORT_FIELD)
				assert_ptr_equal(export_field_of_short(layer, columns.ogr[j].name),
					&layer->fields[columns.columns[j].field]);
		}
	}
}

static void numbers_have_room(void **state)
{
	static const double numbers[] = {0.1, 1e-7, 123456789.125, 1.0 / 3, 5, -2.5, 1e15};
	const struct crs_info crs = {.epsg = 9210};
	const struct layer *layer = layer_find(city_layers(), "parcel", 6);
	const struct export_choice choice = {
		.layer = layer, .format = EXPORT_SHAPEFILE, .names = "area_legal_m2", .crs = &crs};
	const struct feature feature = {.z_m = (double)NAN};
	struct export_columns columns;
	struct export_measure measure = {0};
	int64_t table, shapes;

	(void)state;
	assert_int_equal(export_columns_choose(&choice, &columns, NULL), 0);
	assert_int_equal(columns.count, 2);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const struct value values[2] = {{.kind = VALUE_INT, .integer = 7},
			{.kind = VALUE_REAL, .real = numbers[i]}};
		char text[80];

		measure = (struct export_measure){0};
		export_measure_add(&measure, &columns, &feature, values, 9210);
		export_measure_apply(&measure, &columns, &table, &shapes);
		assert_false(export_value_overflows(&values[1]));
		/* As a table of dBASE prints it, the number comes back. */
		snprintf(text, sizeof text, "%*.*f", columns.ogr[1].width, columns.ogr[1].decimals,
			numbers[i]);
		assert_int_equal(strlen(text), columns.ogr[1].width);
		assert_true(strtod(text, NULL) == numbers[i]);
	}
	assert_true(export_value_overflows(&(struct value){.kind = VALUE_REAL, .real = 1e-300}));
	assert_true(export_value_overflows(
		&(struct value){.kind = VALUE_INT, .integer = INT64_MAX}));
	assert_true(export_value_overflows(
		&(struct value){.kind = VALUE_TEXT, .len = 2, .text = "a "}));
}

static void shapes_are_well_known(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(TEXT_MAX);
	double xy[] = {0.1, 2, 3, 4, 5.5, 6, 0.1, 2};
	uint32_t ring_ends[] = {4}, part_ends[] = {1};
	struct shape shape = {.kind = GEOMETRY_AREA, .point_count = 4, .xy = xy, .ring_count = 1,
		.ring_ends = ring_ends, .part_count = 1, .part_ends = part_ends, .z_m = (double)NAN};

	(void)state;
	wkt_write(&shape, WKT_EXACT, &out);
	assert_string_equal(out.data, "MULTIPOLYGON (((0.1 2,3 4,5.5 6,0.1 2)))");
	strbuf_reset(&out);
	shape = (struct shape){.kind = GEOMETRY_POINT, .point_count = 1, .xy = xy, .z_m = 1.5};
	wkt_write(&shape, 0, &out);
	assert_string_equal(out.data, "POINT Z (0 2 1.5)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_are_guarded_where_excel_would_change_them),
		cmocka_unit_test(any_text_comes_back),
		cmocka_unit_test(what_has_no_guard_stays),
		cmocka_unit_test(short_names_are_short_and_all_different),
		cmocka_unit_test(each_field_is_found_by_its_short_name),
		cmocka_unit_test(numbers_have_room),
		cmocka_unit_test(shapes_are_well_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
