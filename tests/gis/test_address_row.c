#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "gis/address_row.h"
#include "tests/random.h"

enum { ARENA_BYTES = 64 << 20 };

static const struct address_row full = {.key = "25747_0000012_00007_a",
	.uid = "01939f3e-0000-7000-8000-000000000001",
	.number = "15/3/7A",
	.unit = "0506",
	.street = "Đường \"30 Tháng 4\"; nối dài",
	.ward_code = "00747",
	.ward = "Phường Phú Lợi",
	.city = "Thủ Dầu Một",
	.lon = 106.65,
	.lat = 10.980000001,
	.east = 600123.4567,
	.north = 1214000.5,
	.parcels = "12 345",
	.status = "current",
	.day = "2026-11-23"};

static void expect_same(const struct address_row *a, const struct address_row *b)
{
	assert_string_equal(a->uid, b->uid);
	assert_string_equal(a->number, b->number);
	assert_string_equal(a->unit, b->unit);
	assert_string_equal(a->street, b->street);
	assert_string_equal(a->ward_code, b->ward_code);
	assert_string_equal(a->ward, b->ward);
	assert_string_equal(a->city, b->city);
	assert_string_equal(a->parcels, b->parcels);
	assert_string_equal(a->status, b->status);
	assert_string_equal(a->day, b->day);
	assert_true(fabs(a->lon - b->lon) < 1e-9 && fabs(a->lat - b->lat) < 1e-9);
}

static void tables_are_read_back(void **state)
{
	(void)state;
	for (int plain = 0; plain < 2; plain++) {
		struct arena arena = ARENA(ARENA_BYTES);
		struct strbuf text = STRBUF(1 << 16);
		struct address_table table;
		struct address_row row;

		address_rows_begin(ADDRESS_BAL, &text);
		address_row_write(ADDRESS_BAL, plain, &full, &text);
		assert_non_null(strstr(text.data, plain ? ";00747;" : ";\"=\"\"00747\"\"\";"));
		assert_non_null(strstr(text.data, ";7;A;"));
		assert_int_equal(address_table_begin(&table, text.data, text.len, NULL), 0);
		assert_int_equal(address_table_next(&table, &arena, &row, NULL), 1);
		expect_same(&row, &full);
		assert_string_equal(row.key, full.key);
		assert_true(
			fabs(row.east - full.east) < 1e-4 && fabs(row.north - full.north) < 1e-4);
		assert_int_equal(address_table_next(&table, &arena, &row, NULL), 0);
		strbuf_clear(&text);
		arena_clear(&arena);
	}
}

static void lines_are_read_back(void **state)
{
	struct arena arena = ARENA(ARENA_BYTES);
	struct strbuf text = STRBUF(1 << 16);
	struct address_row row;

	(void)state;
	address_rows_begin(ADDRESS_OPENADDRESSES, &text);
	assert_int_equal(text.len, 0);
	address_row_write(ADDRESS_OPENADDRESSES, false, &full, &text);
	assert_int_equal(text.data[text.len - 1], '\n');
	assert_int_equal(address_line_read(text.data, text.len, &arena, &row, NULL), 0);
	expect_same(&row, &full);
	strbuf_clear(&text);
	arena_clear(&arena);
}

/* Of what other people write. */
static void other_tables_are_read(void **state)
{
	static const struct {
		const char *text, *number, *street;
	} tables[] = {
		{"cle_interop;numero;suffixe;voie_nom\r\n1_2_3;12;bis;Rue A\r\n", "12bis", "Rue A"},
		{"Số nhà,Đường,Ghi chú\n25/4,Yersin,\"a\nb\"\n", "25/4", "Yersin"},
		{"number\tstreet\n47-57\tPhú Lợi\n", "47-57", "Phú Lợi"},
		{"so_nha;ghi_chu\n1;2\n", NULL, NULL},
		{"ten_duong;so_nha\n\n\"Yersin\";\"=\"\"1/2\"\"\"", "1/2", "Yersin"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		struct arena arena = ARENA(ARENA_BYTES);
		struct address_table table;
		struct address_row row;
		struct error err = {0};
		int rc = address_table_begin(&table, tables[i].text, strlen(tables[i].text), &err);

		if (!tables[i].number) {
			assert_int_equal(rc, ERR_INVALID);
			assert_string_equal(error_message_code(&err), "ADDR-FILE-01");
			continue;
		}
		assert_int_equal(rc, 0);
		assert_int_equal(address_table_next(&table, &arena, &row, &err), 1);
		assert_string_equal(row.number, tables[i].number);
		assert_string_equal(row.street, tables[i].street);
		assert_true(isnan(row.lon) && isnan(row.east));
		assert_int_equal(address_table_next(&table, &arena, &row, &err), 0);
		arena_clear(&arena);
	}
}

static void broken_rows_are_told(void **state)
{
	static const char *const broken[] = {"so_nha;duong;x\n1;\"a", "so_nha;duong;x\n1;\"a\"b;2",
		"so_nha;duong;x\n1;a;nan", "so_nha;duong;x\n1;a;1e99"};

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		struct arena arena = ARENA(ARENA_BYTES);
		struct address_table table;
		struct address_row row;
		struct error err = {0};

		assert_int_equal(
			address_table_begin(&table, broken[i], strlen(broken[i]), &err), 0);
		assert_int_equal(address_table_next(&table, &arena, &row, &err), ERR_INVALID);
		assert_string_equal(error_message_code(&err), "ADDR-FILE-02");
		arena_clear(&arena);
	}
}

static void broken_lines_are_told(void **state)
{
	static const char *const broken[] = {"", "{}", "[]", "7",
		"{\"properties\":{\"number\":\"1\"}}",
		"{\"properties\":{\"number\":\"1\",\"street\":\"a\"},\"geometry\":{}}",
		"{\"properties\":{\"number\":\"1\",\"street\":\"a\"},\"geometry\":{\"type\":"
		"\"Point\","
		"\"coordinates\":[1]}}",
		"{\"properties\":{\"number\":\"1\",\"street\":\"a\"},\"geometry\":{\"type\":"
		"\"Point\","
		"\"coordinates\":[1,91]}}"};
	static const char fine[] = "{\"properties\":{\"number\":12,\"street\":\"a\"}}";
	struct arena arena = ARENA(ARENA_BYTES);
	struct address_row row;

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		assert_int_equal(
			address_line_read(broken[i], strlen(broken[i]), &arena, &row, NULL),
			ERR_INVALID);
	assert_int_equal(address_line_read(fine, strlen(fine), &arena, &row, NULL), 0);
	assert_string_equal(row.number, "12");
	arena_clear(&arena);
}

/* Whatever it is: it ends, in bounds. */
static void garbage_ends(void **state)
{
	static const char alphabet[] = "so_nha;duong,\t\"\"\n\r=x1A/é\0{}[]:";
	struct random random = random_start(23);

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct arena arena = ARENA(ARENA_BYTES);
		char text[300] = "so_nha;duong;x\n";
		size_t len = strlen(text) + random_below(&random, 250);
		struct address_table table;
		struct address_row row;

		for (size_t i = round % 2 ? strlen(text) : 0; i < len; i++)
			text[i] = alphabet[random_below(&random, sizeof alphabet)];
		if (!address_table_begin(&table, text, len, NULL))
			while (address_table_next(&table, &arena, &row, NULL) > 0)
				assert_non_null(row.number);
		(void)address_line_read(text, len, &arena, &row, NULL);
		arena_clear(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_read_back),
		cmocka_unit_test(lines_are_read_back),
		cmocka_unit_test(other_tables_are_read),
		cmocka_unit_test(broken_rows_are_told),
		cmocka_unit_test(broken_lines_are_told),
		cmocka_unit_test(garbage_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
