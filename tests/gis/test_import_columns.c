#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "gis/import_columns.h"

#define TEXT(words)                                                           \
	{                                                                     \
		.kind = VALUE_TEXT, .text = (words), .len = sizeof(words) - 1 \
	}
#define INT(number)                                    \
	{                                              \
		.kind = VALUE_INT, .integer = (number) \
	}
#define REAL(number)                                 \
	{                                            \
		.kind = VALUE_REAL, .real = (number) \
	}

static const struct layer_field fields[] = {
	{.id = "parcel_no", .type = FIELD_TEXT, .aliases = "so_thua thua"},
	{.id = "storeys", .type = FIELD_INT, .aliases = "so_tang"},
	{.id = "height_m", .type = FIELD_REAL},
	{.id = "lit", .type = FIELD_BOOL},
	{.id = "built", .type = FIELD_DATE, .aliases = "ngay_xay"},
	{.id = "area_m2", .type = FIELD_REAL, .source = FIELD_AREA_M2, .aliases = "dien_tich"},
};
static const struct layer layer = {.id = "x", .fields = fields, .field_count = 6};
enum { PARCEL_NO, STOREYS, HEIGHT, LIT, BUILT, AREA };

static int choose(const char *const *names, const struct import_mapping *mappings, size_t count,
	struct import_columns *ret, struct error *err)
{
	static struct ogr_column columns[IMPORT_COLUMNS_MAX + 1];
	static struct ogr_layer file;
	size_t i;

	for (i = 0; names[i]; i++)
		columns[i] = (struct ogr_column){.name = names[i]};
	file = (struct ogr_layer){.columns = columns, .column_count = i};
	return import_columns_choose(&layer, &file, mappings, count, ret, err);
}

static void columns_are_known_by_their_names(void **state)
{
	static const char *const names[] = {
		"Số thửa", "PARCEL_NO", "So_Tang", "area_m2", "ghi_chu", NULL};
	struct import_columns columns;

	(void)state;
	assert_int_equal(choose(names, NULL, 0, &columns, NULL), 0);
	assert_int_equal(columns.of_field[PARCEL_NO], 1); /* its own name before an alias */
	assert_int_equal(columns.of_field[STOREYS], 2);
	assert_int_equal(columns.of_field[HEIGHT], -1);
	assert_int_equal(columns.of_field[AREA], -1); /* the register computes it */
	assert_int_equal(columns.unused, 3);
}

static void what_the_user_says_goes_first(void **state)
{
	static const char *const names[] = {"so_thua", "ma", "cao", NULL};
	static const struct import_mapping mappings[] = {{"parcel_no", "MA"}, {"height_m", "cao"}};
	struct import_columns columns;

	(void)state;
	assert_int_equal(choose(names, mappings, 2, &columns, NULL), 0);
	assert_int_equal(columns.of_field[PARCEL_NO], 1);
	assert_int_equal(columns.of_field[HEIGHT], 2);
	assert_int_equal(columns.unused, 1);
	assert_false(columns.is_used[0]);
}

static void a_wrong_mapping_says_what_is_wrong(void **state)
{
	static const char *const names[] = {"a", "b", NULL};
	static const struct {
		struct import_mapping mappings[2];
		const char *code;
	} wrong[] = {
		{{{"a", "a"}, {"storey", "a"}}, "MAP-FIELD-01"},
		{{{"lit", "a"}, {"storey", "b"}}, "MAP-FIELD-01"},
		{{{"lit", "a"}, {"area_m2", "b"}}, "MAP-FIELD-02"},
		{{{"lit", "a"}, {"lit", "b"}}, "MAP-FIELD-03"},
		{{{"lit", "a"}, {"built", "c"}}, "MAP-COLUMN-01"},
		{{{"lit", "a"}, {"built", "a"}}, "MAP-COLUMN-02"},
	};
	struct import_columns columns = {.unused = 77};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error err = {0};

		assert_int_equal(choose(names, wrong[i].mappings, 2, &columns, &err), ERR_INVALID);
		assert_string_equal(error_message_code(&err), wrong[i].code);
		assert_int_equal(columns.unused, 77);
	}
}

static void there_may_be_so_many_columns(void **state)
{
	const char *names[IMPORT_COLUMNS_MAX + 2];
	struct import_columns columns;

	(void)state;
	for (size_t i = 0; i <= IMPORT_COLUMNS_MAX; i++)
		names[i] = "c";
	names[IMPORT_COLUMNS_MAX] = NULL;
	assert_int_equal(choose(names, NULL, 0, &columns, NULL), 0);
	names[IMPORT_COLUMNS_MAX] = "c";
	names[IMPORT_COLUMNS_MAX + 1] = NULL;
	assert_int_equal(choose(names, NULL, 0, &columns, NULL), ERR_TOO_LARGE);
}

/* The value of a field from one column, and whether it fitted. */
static struct value convert(int field, struct value from, struct arena *arena, bool *ret_fits)
{
	static const struct ogr_column column = {.name = "c"};
	const struct ogr_layer file = {.columns = &column, .column_count = 1};
	const struct import_mapping mapping = {fields[field].id, "c"};
	bool misfits[IMPORT_COLUMNS_MAX];
	struct import_columns columns;
	struct value values[6];
	const char *others = NULL;

	assert_int_equal(import_columns_choose(&layer, &file, &mapping, 1, &columns, NULL), 0);
	assert_int_equal(
		import_columns_convert(&columns, &from, arena, values, &others, misfits, NULL), 0);
	*ret_fits = !misfits[0];
	assert_int_equal(others == NULL, *ret_fits);
	for (int i = 0; i < 6; i++)
		if (i != field)
			assert_int_equal(values[i].kind, VALUE_NULL);
	return values[field];
}

static bool same(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_TEXT:
		return a->len == b->len && !strcmp(a->text, b->text);
	case VALUE_INT:
		return a->integer == b->integer;
	case VALUE_REAL:
		return memcmp(&a->real, &b->real, sizeof a->real) == 0;
	default:
		return true;
	}
}

static void values_become_what_the_field_is(void **state)
{
	static const struct {
		int field;
		struct value from, to;
	} cases[] = {
		{PARCEL_NO, TEXT("12a"), TEXT("12a")},
		{PARCEL_NO, INT(12), TEXT("12")},
		{PARCEL_NO, REAL(12.5), TEXT("12.5")},
		{PARCEL_NO, TEXT(""), {.kind = VALUE_NULL}},
		{STOREYS, TEXT("-3"), INT(-3)},
		{STOREYS, REAL(4), INT(4)},
		{STOREYS, TEXT(""), {.kind = VALUE_NULL}},
		{HEIGHT, INT(7), REAL(7)},
		{HEIGHT, TEXT("1.5e1"), REAL(15)},
		{LIT, INT(1), INT(1)},
		{LIT, TEXT("0"), INT(0)},
		{BUILT, TEXT("2026-11-21"), TEXT("2026-11-21")},
		{BUILT, TEXT("2026-11-21T08:00:00Z"), TEXT("2026-11-21")},
		{BUILT, {.kind = VALUE_NULL}, {.kind = VALUE_NULL}},
	};
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool fits = false;
		struct value found = convert(cases[i].field, cases[i].from, &arena, &fits);

		if (!fits || !same(&found, &cases[i].to))
			fail_msg("case %zu", i);
	}
}

static void what_does_not_fit_is_null(void **state)
{
	static const struct {
		int field;
		struct value from;
	} cases[] = {
		{STOREYS, REAL(2.5)},
		{STOREYS, REAL(1e18)},
		{STOREYS, REAL((double)NAN)},
		{STOREYS, TEXT("3 tầng")},
		{STOREYS, TEXT("99999999999999999999")},
		{HEIGHT, TEXT("12,5")},
		{HEIGHT, REAL((double)INFINITY)},
		{LIT, INT(2)},
		{LIT, TEXT("x")},
		{BUILT, TEXT("21/11/2026")},
		{BUILT, TEXT("2026-02-30")},
		{BUILT, TEXT("2026-11-21x")},
		{BUILT, INT(20261121)},
	};
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool fits = true;

		if (convert(cases[i].field, cases[i].from, &arena, &fits).kind != VALUE_NULL ||
			fits)
			fail_msg("case %zu", i);
	}
}

/* Nothing of a row is lost: neither columns without a field nor values that do not fit. */
static void the_others_are_kept(void **state)
{
	static const struct ogr_column names[] = {{.name = "so_tang"}, {.name = "ghi_chu"},
		{.name = "lit"}, {.name = "parcel_no"}, {.name = "co", .type = COLUMN_BOOL},
		{.name = "trống"}};
	static const struct ogr_layer file = {.columns = names, .column_count = 6};
	static const struct value row[] = {
		TEXT("hai"), TEXT("Nhà \"góc\""), INT(7), TEXT("15"), INT(1), {.kind = VALUE_NULL}};
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	bool misfits[IMPORT_COLUMNS_MAX];
	struct import_columns columns;
	struct value values[6];
	const char *others = NULL;

	(void)state;
	assert_int_equal(import_columns_choose(&layer, &file, NULL, 0, &columns, NULL), 0);
	assert_int_equal(
		import_columns_convert(&columns, row, &arena, values, &others, misfits, NULL), 0);
	assert_string_equal(others,
		"{\"so_tang\":\"hai\",\"ghi_chu\":\"Nhà \\\"góc\\\"\",\"lit\":7,"
		"\"co\":true,\"trống\":null}");
	assert_true(misfits[0] && !misfits[1] && misfits[2] && !misfits[3]);
	assert_string_equal(values[PARCEL_NO].text, "15");
	assert_int_equal(values[STOREYS].kind, VALUE_NULL);
	assert_int_equal(values[LIT].kind, VALUE_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_known_by_their_names),
		cmocka_unit_test(what_the_user_says_goes_first),
		cmocka_unit_test(a_wrong_mapping_says_what_is_wrong),
		cmocka_unit_test(there_may_be_so_many_columns),
		cmocka_unit_test(values_become_what_the_field_is),
		cmocka_unit_test(what_does_not_fit_is_null),
		cmocka_unit_test(the_others_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
