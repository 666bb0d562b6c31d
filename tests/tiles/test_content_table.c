#include "tests/test.h"

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/content_table.h"

enum { KEYS = 20000 };

static struct content_key key_of(uint64_t number)
{
	return content_key_of(&number, sizeof number);
}

static void what_was_added_is_found_and_nothing_else(void **state)
{
	struct content_table table = {0};
	struct content_key key;
	uint64_t place = 7;

	(void)state;
	key = key_of(1);
	assert_false(content_table_find(&table, &key, &place));
	assert_int_equal(place, 7);
	for (uint64_t i = 0; i < KEYS; i++) {
		key = key_of(i);
		assert_false(content_table_find(&table, &key, &place));
		assert_true(content_table_add(&table, &key, i * 3));
	}
	assert_int_equal(table.count, KEYS);
	for (uint64_t i = 0; i < 2 * KEYS; i++) {
		key = key_of(i);
		assert_int_equal(content_table_find(&table, &key, &place), i < KEYS);
		if (i < KEYS)
			assert_int_equal(place, i * 3);
	}
	content_table_clear(&table);
	content_table_clear(&table);
	assert_int_equal(table.count, 0);
}

/* Keys that begin alike stand one behind the other. */
static void keys_that_differ_at_the_end_alone_are_told_apart(void **state)
{
	struct content_table table = {0};
	struct content_key key = {{0}};
	uint64_t place;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		key.bytes[15] = (unsigned char)i;
		assert_true(content_table_add(&table, &key, i));
	}
	for (unsigned i = 0; i < 256; i++) {
		key.bytes[15] = (unsigned char)i;
		assert_true(content_table_find(&table, &key, &place));
		assert_int_equal(place, i);
	}
	content_table_clear(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_found_and_nothing_else),
		cmocka_unit_test(keys_that_differ_at_the_end_alone_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
