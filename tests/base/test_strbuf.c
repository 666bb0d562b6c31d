#include "tests/test.h"

#include "base/messages.h"
#include "base/strbuf.h"

static void grows_and_stays_terminated(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(1000);

	(void)state;
	assert_string_equal(text.data, "");
	for (int i = 0; i < 100; i++)
		strbuf_add_text(&text, "0123456789");
	assert_false(text.failed);
	assert_int_equal(text.len, 1000);
	assert_int_equal(strlen(text.data), 1000);
}

static void failure_sticks_until_reset(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(4);
	struct error err = {0};

	(void)state;
	strbuf_add_text(&text, "abc");
	strbuf_add_text(&text, "de");
	strbuf_add_text(&text, "f");
	assert_string_equal(text.data, "abc");
	assert_int_equal(strbuf_check(&text, &err), ERR_TOO_LARGE);
	strbuf_reset(&text);
	strbuf_add_text(&text, "f");
	assert_int_equal(strbuf_check(&text, &err), 0);
	assert_string_equal(text.data, "f");
}

static void adds_numbers_and_formats(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(200);

	(void)state;
	strbuf_add_int(&text, INT64_MIN);
	strbuf_add_char(&text, ' ');
	strbuf_add_int(&text, 0);
	strbuf_add_format(&text, " %s-%03d", "x", 7);
	assert_string_equal(text.data, "-9223372036854775808 0 x-007");
}

static void taken_text_belongs_to_the_caller(void **state)
{
	struct strbuf text = STRBUF(10);
	size_t len = 0;
	char *taken;

	(void)state;
	taken = strbuf_take(&text, &len);
	assert_string_equal(taken, "");
	free(taken);
	strbuf_add_text(&text, "đô thị");
	taken = strbuf_take(&text, &len);
	assert_string_equal(taken, "đô thị");
	assert_int_equal(len, strlen("đô thị"));
	assert_int_equal(text.len, 0);
	free(taken);
}

/* Too large is too large, however little stands in the buffer yet. */
static void the_reason_of_a_failure_is_told(void **state)
{
	autofree(strbuf_clear) struct strbuf small = STRBUF(4096);
	autofree(strbuf_clear) struct strbuf endless = STRBUF(SIZE_MAX);
	struct error err = {0};

	(void)state;
	assert_false(strbuf_reserve(&small, 5000));
	assert_int_equal(strbuf_check(&small, &err), ERR_TOO_LARGE);
	assert_false(strbuf_reserve(&endless, SIZE_MAX));
	assert_int_equal(strbuf_check(&endless, &err), ERR_NOMEM);
}

static void a_buffer_without_a_limit_grows(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(SIZE_MAX);

	(void)state;
	for (int i = 0; i < 1000; i++)
		strbuf_add_text(&text, "0123456789");
	assert_int_equal(strbuf_check(&text, NULL), 0);
	assert_int_equal(text.len, 10000);
	assert_int_equal(strlen(text.data), 10000);
}

static void a_full_buffer_takes_nothing_and_a_cleared_one_all(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(3);
	autofree(strbuf_clear) struct strbuf none = STRBUF(0);
	size_t len = 77;

	(void)state;
	strbuf_add_format(&text, "%d", 1234);
	assert_true(text.failed);
	assert_null(strbuf_take(&text, &len));
	assert_int_equal(len, 77);
	strbuf_add(&text, "a\0b", 3);
	assert_int_equal(strbuf_check(&text, NULL), 0);
	assert_memory_equal(text.data, "a\0b", 4);
	strbuf_clear(&text);
	assert_string_equal(text.data, "");
	strbuf_add_text(&none, "");
	assert_int_equal(strbuf_check(&none, NULL), 0);
	strbuf_add_char(&none, 'x');
	assert_int_equal(strbuf_check(&none, NULL), ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_stays_terminated),
		cmocka_unit_test(failure_sticks_until_reset),
		cmocka_unit_test(adds_numbers_and_formats),
		cmocka_unit_test(taken_text_belongs_to_the_caller),
		cmocka_unit_test(the_reason_of_a_failure_is_told),
		cmocka_unit_test(a_buffer_without_a_limit_grows),
		cmocka_unit_test(a_full_buffer_takes_nothing_and_a_cleared_one_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
