#include "tests/test.h"

#include "data/partition.h"
#include "data/register.h"
#include "tests/data/small_register.h"

static void so_many_as_the_records_need(void **state)
{
	struct partitions parts;

	(void)state;
	assert_true(partitions_plan(106000000, PARTITION_ROWS, &parts));
	assert_int_equal(parts.count, 26);
	assert_true(partitions_plan(PARTITION_ROWS, PARTITION_ROWS, &parts));
	assert_int_equal(parts.count, 1);
	assert_true(partitions_plan(PARTITION_ROWS + 1, PARTITION_ROWS, &parts));
	assert_int_equal(parts.count, 2);
	assert_true(partitions_plan(PARTITION_RECORDS_MAX, PARTITION_RECORDS_MAX / 1000, &parts));
	assert_int_equal(parts.count, PARTITION_COUNT_MAX);
	assert_false(partitions_plan(PARTITION_RECORDS_MAX, PARTITION_RECORDS_MAX / 1001, &parts));
	assert_false(partitions_plan(0, PARTITION_ROWS, &parts));
	assert_false(partitions_plan(INT64_MAX, PARTITION_ROWS, &parts));
	assert_false(partitions_plan(1000, PARTITION_ROWS_MIN - 1, &parts));
}

static void a_single_table_says_nothing(void **state)
{
	const struct partitions one = {1000, 1}, two = {1000, 2};
	autofree(strbuf_clear) struct strbuf sql = STRBUF(1000);

	(void)state;
	partitions_clause(&one, "id", &sql);
	assert_int_equal(sql.len, 0);
	partitions_clause(&two, "id", &sql);
	assert_string_equal(sql.data, " PARTITION BY RANGE (id)");
}

/* A table of its own, of ids or of keys, in four parts of ten ids. */
static void make_parted(struct store *store, const char *table, int bits)
{
	const struct partitions parts = {10, 4};
	autofree(strbuf_clear) struct strbuf sql = STRBUF(1000);

	strbuf_add_format(&sql, "CREATE TABLE \"%s\" (n BIGINT PRIMARY KEY)", table);
	partitions_clause(&parts, "n", &sql);
	assert_int_equal(store_run(store, sql.data, NULL), 0);
	assert_int_equal(partitions_create(&parts, store, table, bits, NULL), 0);
}

static void every_number_has_its_place(void **state)
{
	struct store *store = ((struct small_register *)*state)->opened.store;

	if (!on_postgres())
		return; /* a file has none */
	make_parted(store, "wide", 0);
	store_must_run(store, "INSERT INTO wide SELECT * FROM generate_series(-5, 105)");
	assert_int_equal(number_in(store, "SELECT max(n) FROM wide_part_000"), 10);
	assert_int_equal(number_in(store, "SELECT min(n) FROM wide_part_001"), 11);
	assert_int_equal(number_in(store, "SELECT max(n) FROM wide_part_002"), 30);
	assert_int_equal(number_in(store, "SELECT count(*) FROM wide_part_003"), 75);
	make_parted(store, "deep", 20);
	/* All versions of a record are in one part. */
	store_must_run(store, "INSERT INTO deep VALUES ((10::bigint << 20) + 1),"
			      " ((10::bigint << 20) + 1048575), ((11::bigint << 20) + 1)");
	assert_int_equal(number_in(store, "SELECT count(*) FROM deep_part_000"), 2);
	assert_int_equal(number_in(store, "SELECT count(*) FROM deep_part_001"), 1);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_as_the_records_need),
		cmocka_unit_test(a_single_table_says_nothing),
		in_register(every_number_has_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
