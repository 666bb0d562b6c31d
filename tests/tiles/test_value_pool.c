#include "tests/test.h"

#include "base/banned.h"
#include "base/text.h"
#include "tests/random.h"
#include "tiles/value_pool.h"

static struct value text(const char *bytes)
{
	return (struct value){.kind = VALUE_TEXT, .len = strlen(bytes), .text = bytes};
}

static struct value integer(int64_t number)
{
	return (struct value){.kind = VALUE_INT, .integer = number};
}

static struct value real(double number)
{
	return (struct value){.kind = VALUE_REAL, .real = number};
}

static uint32_t number_of(struct value_pool *pool, struct value value, enum field_type type)
{
	uint32_t number = 0;

	assert_true(value_pool_number(pool, &value, type, &number));
	return number;
}

/* The Value message (MVT 2.1, 4.1: string 1, double 3, uint 5, sint 6, bool 7) and its text. */
static void check(struct value value, enum field_type type, const char *bytes, size_t len,
	const char *shown)
{
	struct value_pool pool;
	uint32_t number;

	value_pool_init(&pool, NULL);
	number_of(&pool, text("something before"), FIELD_TEXT);
	number = number_of(&pool, value, type);
	assert_int_equal(number, 1);
	assert_int_equal(pool.values[1].bytes_len, len);
	assert_memory_equal(pool.bytes.data + pool.values[1].bytes_at, bytes, len);
	assert_int_equal(pool.values[1].text_len, strlen(shown));
	assert_memory_equal(pool.bytes.data + pool.values[1].text_at, shown, strlen(shown));
	value_pool_clear(&pool);
}

static void each_kind_has_its_message(void **state)
{
	(void)state;
	check(text("Lê Lợi"), FIELD_TEXT, "\x0A\x09Lê Lợi", 11, "Lê Lợi");
	check(text(""), FIELD_TEXT, "\x0A\x00", 2, "");
	check(integer(0), FIELD_INT, "\x28\x00", 2, "0");
	check(integer(300), FIELD_INT, "\x28\xAC\x02", 3, "300");
	check(integer(INT64_MAX), FIELD_INT, "\x28\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 10,
		"9223372036854775807");
	check(integer(-1), FIELD_INT, "\x30\x01", 2, "-1");
	check(integer(INT64_MIN), FIELD_INT, "\x30\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11,
		"-9223372036854775808");
	check(integer(1), FIELD_BOOL, "\x38\x01", 2, "1");
	check(integer(0), FIELD_BOOL, "\x38\x00", 2, "0");
	check(real(12.5), FIELD_REAL, "\x19\0\0\0\0\0\0\x29\x40", 9, "12.5");
}

static void null_has_no_number(void **state)
{
	struct value_pool pool;

	(void)state;
	value_pool_init(&pool, NULL);
	assert_int_equal(
		number_of(&pool, (struct value){.kind = VALUE_NULL}, FIELD_TEXT), SNAPSHOT_NO_VALUE);
	assert_int_equal(pool.count, 0);
	value_pool_clear(&pool);
}

static void equal_values_have_one_number(void **state)
{
	struct value_pool pool;

	(void)state;
	value_pool_init(&pool, NULL);
	assert_int_equal(number_of(&pool, text("1"), FIELD_TEXT), 0);
	assert_int_equal(number_of(&pool, integer(1), FIELD_INT), 1);
	assert_int_equal(number_of(&pool, integer(1), FIELD_BOOL), 2);
	assert_int_equal(number_of(&pool, real(1), FIELD_REAL), 3);
	assert_int_equal(number_of(&pool, text("1"), FIELD_TEXT), 0);
	assert_int_equal(number_of(&pool, integer(1), FIELD_INT), 1);
	assert_int_equal(number_of(&pool, integer(1), FIELD_BOOL), 2);
	assert_int_equal(number_of(&pool, real(1), FIELD_REAL), 3);
	value_pool_clear(&pool);
}

/* Against a plain array: the first who said a value gave it its number. */
static void many_values_are_told_apart(void **state)
{
	enum { DISTINCT = 20000, ROUNDS = 100000 };
	struct random random = random_start(5);
	uint32_t *numbers = calloc(DISTINCT, sizeof *numbers), next = 0;
	struct value_pool pool;

	(void)state;
	assert_non_null(numbers);
	value_pool_init(&pool, NULL);
	for (int round = 0; round < ROUNDS; round++) {
		size_t which = random_below(&random, DISTINCT);
		char name[32];
		uint32_t number;

		snprintf(name, sizeof name, "thửa %zu", which);
		number = number_of(&pool, text(name), FIELD_TEXT);
		if (!numbers[which])
			numbers[which] = ++next;
		assert_int_equal(number + 1, numbers[which]);
	}
	assert_int_equal(pool.count, next);
	value_pool_clear(&pool);
	assert_int_equal(pool.count, 0);
	assert_int_equal(number_of(&pool, text("again"), FIELD_TEXT), 0);
	value_pool_clear(&pool);
	free(numbers);
}

/* What is longer than a tile wants is cut between two characters: the rest stays UTF-8. */
static void a_long_text_is_cut_at_a_character(void **state)
{
	enum { LETTERS = 60000 };
	struct value_pool pool;

	(void)state;
	for (size_t before = 0; before < 3; before++) {
		autofree(strbuf_clear) struct strbuf long_text = STRBUF(SIZE_MAX);
		const struct snapshot_value *value;

		for (size_t i = 0; i < before; i++)
			strbuf_add_char(&long_text, 'x');
		for (size_t i = 0; i < LETTERS; i++)
			strbuf_add_text(&long_text, "ộ");
		value_pool_init(&pool, NULL);
		number_of(&pool, text(long_text.data), FIELD_TEXT);
		value = &pool.values[0];
		assert_in_range(value->text_len, 65534, 65536);
		assert_true(text_is_utf8(pool.bytes.data + value->text_at, value->text_len));
		assert_int_equal(value->bytes_len, value->text_len + 4);
		value_pool_clear(&pool);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_message),
		cmocka_unit_test(null_has_no_number),
		cmocka_unit_test(equal_values_have_one_number),
		cmocka_unit_test(many_values_are_told_apart),
		cmocka_unit_test(a_long_text_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
