#include "tests/test.h"

#include <ctype.h>
#include <float.h>
#include <math.h>

#include "base/messages.h"
#include "base/text.h"

/* AREA-NAME-NN, in capitals. */
static bool is_code(const char *code)
{
	size_t area = strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), name;

	if (!area || code[area] != '-')
		return false;
	code += area + 1;
	name = strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (!name || code[name] != '-')
		return false;
	code += name + 1;
	return isdigit(code[0]) && isdigit(code[1]) && !code[2];
}

static void codes_are_unique_and_well_formed(void **state)
{
	(void)state;
	assert_true(message_count() > 0);
	for (int id = 0; id < message_count(); id++) {
		const struct message *message = message_at(id);

		if (!is_code(message->code))
			fail_msg("the code %s is not of the form AREA-NAME-NN", message->code);
		assert_true(message->error <= 0 && message->error >= ERR_CODE_LAST);
		for (int other = 0; other < id; other++)
			if (!strcmp(message->code, message_at(other)->code))
				fail_msg("%s stands twice", message->code);
	}
}

/* The form of one text; `what` names it in a failure. */
static void check_text(const struct message *message, const char *text, bool is_sentence)
{
	static const char *const forbidden[] = {"null", "sql", "errno", "feature", "geometry"};
	autofree(strbuf_clear) struct strbuf form = STRBUF(2000);
	size_t len = strlen(text);

	assert_true(len > 0);
	if (text[0] == ' ' || text[len - 1] == ' ' || strstr(text, "  "))
		fail_msg("%s has blanks too many: '%s'", message->code, text);
	if (is_sentence && text[len - 1] != '.' && text[len - 1] != '?')
		fail_msg("%s does not end as a sentence: '%s'", message->code, text);
	if (!text_nfc(&form, text, len) || strcmp(form.data, text))
		fail_msg("%s is not in NFC: '%s'", message->code, text);
	strbuf_reset(&form);
	text_fold(&form, text, len);
	/* The name of a program is what its administrator knows it by. */
	for (char *name; (name = strstr(form.data, "postgresql"));)
		memset(name, ' ', strlen("postgresql"));
	for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
		if (strstr(form.data, forbidden[i]))
			fail_msg("%s says '%s': '%s'", message->code, forbidden[i], text);
}

static void texts_are_in_the_words_of_the_user(void **state)
{
	(void)state;
	for (int id = 0; id < message_count(); id++) {
		const struct message *message = message_at(id);

		for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
			check_text(message, message->text[lang], message->error != 0);
			if (*message->try_text[lang])
				check_text(message, message->try_text[lang],
					!strstr(message->try_text[lang], ": dothi "));
		}
		assert_int_equal(!*message->try_text[LANG_VI], !*message->try_text[LANG_EN]);
	}
}

/* Values that can be told apart in the printed text, whatever their type. */
static void sample_args(const struct message *message, union message_arg args[MESSAGE_ARGS_MAX],
	char words[MESSAGE_ARGS_MAX][16])
{
	for (int i = 0; i < message->arg_count; i++) {
		snprintf(words[i], 16, "<%d>", i);
		if (message->args[i].type == MESSAGE_TEXT)
			args[i].text = words[i];
		else if (message->args[i].type == MESSAGE_REAL)
			args[i].real = 701 + i;
		else
			args[i].integer = 701 + i;
		if (message->args[i].type != MESSAGE_TEXT)
			snprintf(words[i], 16, "%d", 701 + i);
	}
}

static void every_error_is_printed_with_all_it_knows(void **state)
{
	(void)state;
	for (int id = 0; id < message_count(); id++) {
		const struct message *message = message_at(id);
		union message_arg args[MESSAGE_ARGS_MAX] = {{0}};
		char words[MESSAGE_ARGS_MAX][16];

		sample_args(message, args, words);
		for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
			autofree(strbuf_clear) struct strbuf out = STRBUF(4000);

			message_print(&out, (enum lang)lang, id, args);
			strbuf_add_char(&out, ' ');
			message_print_text(
				&out, (enum lang)lang, message, message->try_text[lang], args);
			assert_int_equal(strbuf_check(&out, NULL), 0);
			if (strpbrk(out.data, "{}"))
				fail_msg("%s leaves a brace: '%s'", message->code, out.data);
			for (int i = 0; i < message->arg_count; i++)
				if (!strstr(out.data, words[i]))
					fail_msg("%s does not use {%s}: '%s'", message->code,
						message->args[i].name, out.data);
		}
	}
}

/* What was said to be an error fills an error with its own code. */
static void every_error_keeps_its_code(void **state)
{
	(void)state;
	for (int id = 0; id < message_count(); id++) {
		const struct message *message = message_at(id);
		union message_arg args[MESSAGE_ARGS_MAX] = {{0}};
		char words[MESSAGE_ARGS_MAX][16];
		struct error err = {0};

		if (!message->error)
			continue;
		sample_args(message, args, words);
		assert_int_equal(error_set(&err, id, args), message->error);
		assert_int_equal(err.code, message->error);
		assert_string_equal(error_message_code(&err), message->code);
	}
}

static void integers_are_grouped(void **state)
{
	static const struct {
		int64_t value;
		const char *text[2];
	} cases[] = {{0, {"0", "0"}}, {-1, {"-1", "-1"}}, {999, {"999", "999"}},
		{1000, {"1.000", "1,000"}}, {-1204, {"-1.204", "-1,204"}},
		{1234567, {"1.234.567", "1,234,567"}},
		{INT64_MIN, {"-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"}}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
			autofree(strbuf_clear) struct strbuf out = STRBUF(100);

			message_print_int(&out, (enum lang)lang, cases[i].value);
			assert_string_equal(out.data, cases[i].text[lang]);
		}
}

static void reals_are_rounded(void **state)
{
	static const struct {
		double value;
		int decimals;
		const char *text[2];
	} cases[] = {{2.5, 3, {"2,5", "2.5"}}, {-0.0004, 3, {"0", "0"}},
		{-0.5, 1, {"-0,5", "-0.5"}}, {0.9996, 3, {"1", "1"}},
		{1234.5678, 2, {"1.234,57", "1,234.57"}}, {-1999.9999, 3, {"-2.000", "-2,000"}},
		{7.7, 0, {"8", "8"}}, {0.05, 2, {"0,05", "0.05"}},
		{1e15, 0, {"1.000.000.000.000.000", "1,000,000,000,000,000"}},
		{0.123456789, 9, {"0,123456789", "0.123456789"}}, {NAN, 3, {"?", "?"}},
		{INFINITY, 3, {"?", "?"}}, {-INFINITY, 0, {"?", "?"}}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
			autofree(strbuf_clear) struct strbuf out = STRBUF(400);

			message_print_real(
				&out, (enum lang)lang, cases[i].value, cases[i].decimals);
			assert_string_equal(out.data, cases[i].text[lang]);
			strbuf_reset(&out);
			message_print_real(&out, (enum lang)lang, DBL_MAX, cases[i].decimals);
			assert_false(out.failed);
		}
}

static void sizes_have_a_unit(void **state)
{
	static const struct {
		int64_t bytes;
		const char *text;
	} cases[] = {{0, "0 B"}, {999, "999 B"}, {1000, "1 kB"}, {12400000, "12,4 MB"},
		{99960, "100 kB"}, {999950, "1 MB"}, {999499, "999 kB"}, {2500000000, "2,5 GB"},
		{INT64_MAX, "9.223.372 TB"}, {-1500, "-1,5 kB"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		autofree(strbuf_clear) struct strbuf out = STRBUF(100);

		message_print_bytes(&out, LANG_VI, cases[i].bytes);
		assert_string_equal(out.data, cases[i].text);
	}
}

/* What came from outside is printed as it is, not as a text of the catalogue. */
static void arguments_are_not_expanded(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(400);
	struct error err;

	(void)state;
	fail_file_too_large(&err, "{limit}{file}{", 5);
	error_print(&out, &err, LANG_EN);
	assert_string_equal(out.data, "{limit}{file}{ is larger than the limit of 5 B.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_unique_and_well_formed),
		cmocka_unit_test(texts_are_in_the_words_of_the_user),
		cmocka_unit_test(every_error_is_printed_with_all_it_knows),
		cmocka_unit_test(every_error_keeps_its_code),
		cmocka_unit_test(integers_are_grouped),
		cmocka_unit_test(reals_are_rounded),
		cmocka_unit_test(sizes_have_a_unit),
		cmocka_unit_test(arguments_are_not_expanded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
