#include "tests/test.h"

#include "base/messages.h"
#include "base/text.h"

static const char *printed(struct strbuf *out, const struct error *err, enum lang lang)
{
	strbuf_reset(out);
	error_print(out, err, lang);
	return out->data;
}

static void an_error_speaks_both_languages(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct error err = {0};

	(void)state;
	assert_int_equal(fail_file_missing(&err, "thửa.shp"), ERR_NOT_FOUND);
	assert_string_equal(printed(&out, &err, LANG_VI), "Không thấy tệp thửa.shp.");
	assert_string_equal(printed(&out, &err, LANG_EN), "There is no file thửa.shp.");
	strbuf_reset(&out);
	error_print_try(&out, &err, LANG_EN);
	assert_string_equal(out.data, "Check the name and the folder.");
	assert_string_equal(error_message_code(&err), "FILE-MISSING-01");
}

static void no_error_says_nothing(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct error err = {0};

	(void)state;
	error_print(&out, &err, LANG_VI);
	error_print_try(&out, &err, LANG_VI);
	assert_string_equal(out.data, "");
	assert_string_equal(error_message_code(&err), "");
	assert_int_equal(error_copy(NULL, NULL), 0);
	assert_int_equal(error_copy(NULL, &err), 0);
	error_clear(NULL);
}

static void nobody_needs_to_ask_for_the_words(void **state)
{
	(void)state;
	assert_int_equal(fail_file_missing(NULL, "x"), ERR_NOT_FOUND);
	assert_true(error_detail(NULL, "%s", "x") < 0);
	assert_true(error_where(NULL, "%s", "x") < 0);
}

/* The text stays readable and all arguments stay in it, however long each of them is. */
static void long_arguments_are_cut_at_a_character(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(4000);
	struct error err = {0};
	char endless[3001] = "";

	(void)state;
	for (int i = 0; i < 1000; i++)
		memcpy(endless + (size_t)i * 3, "ệ", 4);
	for (size_t shift = 0; shift < 3; shift++) {
		memset(endless, 'x', 3);
		fail_config_unknown(&err, endless + shift, 12, endless + 3, "port");
		printed(&out, &err, LANG_VI);
		assert_true(text_is_utf8(out.data, out.len));
		assert_true(out.len < ERROR_TEXT_MAX + 100);
		assert_non_null(strstr(out.data, ", dòng 12: không có mục \"ệ"));
	}
}

static void a_file_name_of_any_bytes_is_printable(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct error err = {0};

	(void)state;
	fail_file_missing(&err, "th\xED\x61.shp");
	assert_string_equal(printed(&out, &err, LANG_EN), "There is no file th?a.shp.");
	fail_file_missing(&err, NULL);
	assert_string_equal(printed(&out, &err, LANG_EN), "There is no file .");
	error_where(&err, "/rows/%d/%s", 3, "t\xEA");
	assert_string_equal(err.where, "/rows/3/t?");
}

static void detail_and_place_are_cut_at_a_character(void **state)
{
	struct error err = {0};
	char endless[1001];

	(void)state;
	fail_internal(&err);
	memset(endless, 'x', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	memcpy(endless + ERROR_DETAIL_MAX - 3, "đường", strlen("đường"));
	memcpy(endless + ERROR_WHERE_MAX - 2, "đường", strlen("đường"));
	assert_int_equal(error_detail(&err, "%s", endless), ERR_INTERNAL);
	assert_int_equal(error_where(&err, "%s", endless), ERR_INTERNAL);
	assert_int_equal(strlen(err.detail), ERROR_DETAIL_MAX - 1);
	assert_true(text_is_utf8(err.detail, strlen(err.detail)));
	assert_int_equal(strlen(err.where), ERROR_WHERE_MAX - 2);
	assert_true(text_is_utf8(err.where, strlen(err.where)));
	assert_int_equal(error_detail(&err, "%d", 7), ERR_INTERNAL);
	assert_string_equal(err.detail, "7");
}

static int make(struct error *to, const char *file, const char *key)
{
	struct error inner = {0};
	int rc;

	fail_config_unknown(&inner, file, 3, key, "port");
	error_where(&inner, "%s", "server.conf");
	rc = error_copy(to, &inner);
	memset(&inner, 'x', sizeof inner); /* what the copy must not look at any more */
	return rc;
}

static void a_copy_stands_alone(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct error err = {0};

	(void)state;
	assert_int_equal(make(&err, "a.conf", "prot"), ERR_CONFIG);
	assert_string_equal(printed(&out, &err, LANG_EN),
		"a.conf, line 3: there is no setting \"prot\". Did you mean \"port\"?");
	assert_string_equal(err.where, "server.conf");
	make(&err, "", "");
	assert_string_equal(printed(&out, &err, LANG_EN),
		", line 3: there is no setting \"\". Did you mean \"port\"?");
	assert_int_equal(make(NULL, "a", "b"), ERR_CONFIG);
	assert_int_equal(error_copy(&err, &err), ERR_CONFIG);
	error_clear(&err);
	assert_int_equal(err.code, 0);
}

/* A new error forgets the place and detail of the one before. */
static void the_last_error_counts(void **state)
{
	struct error err = {0};

	(void)state;
	fail_file_missing(&err, "x");
	error_detail(&err, "ENOENT");
	error_where(&err, "bbox");
	fail_no_memory(&err);
	assert_int_equal(err.code, ERR_NOMEM);
	assert_string_equal(err.detail, "");
	assert_string_equal(err.where, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_speaks_both_languages),
		cmocka_unit_test(no_error_says_nothing),
		cmocka_unit_test(nobody_needs_to_ask_for_the_words),
		cmocka_unit_test(long_arguments_are_cut_at_a_character),
		cmocka_unit_test(a_file_name_of_any_bytes_is_printable),
		cmocka_unit_test(detail_and_place_are_cut_at_a_character),
		cmocka_unit_test(a_copy_stands_alone),
		cmocka_unit_test(the_last_error_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
