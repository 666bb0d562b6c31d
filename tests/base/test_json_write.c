#include "tests/test.h"

#include <math.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/text.h"
#include "tests/random.h"

static void commas_stand_between_and_nowhere_else(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct json_writer json = JSON_WRITER(&out);

	(void)state;
	json_begin_object(&json);
	json_member_text(&json, "a", "x");
	json_member_text(&json, "none", NULL);
	json_put_key(&json, "list");
	json_begin_array(&json);
	json_begin_array(&json);
	json_end_array(&json);
	json_put_int(&json, INT64_MIN);
	json_put_fixed(&json, 2.50001, 2);
	json_put_raw(&json, "{\"raw\":1}", 9);
	json_begin_object(&json);
	json_end_object(&json);
	json_put_null(&json);
	json_end_array(&json);
	json_member_int(&json, "i", 7);
	json_member_real(&json, "r", 0.1);
	json_member_real(&json, "n", NAN);
	json_member_bool(&json, "t", true);
	json_member_bool(&json, "f", false);
	json_end_object(&json);
	assert_string_equal(out.data, "{\"a\":\"x\",\"none\":null,\"list\":[[],-"
				      "9223372036854775808,2.5,{\"raw\":1},{},null],"
				      "\"i\":7,\"r\":0.1,\"n\":null,\"t\":true,\"f\":false}");
	assert_int_equal(json.depth, 0);
}

static void a_single_value_is_a_document(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct json_writer json = JSON_WRITER(&out);

	(void)state;
	json_put_real(&json, -1.5);
	assert_string_equal(out.data, "-1.5");
}

static void texts_are_escaped(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct json_writer json = JSON_WRITER(&out);

	(void)state;
	json_begin_array(&json);
	json_put_text(&json, "\"\\/\b\n\r\t\x1F\x7F đường </script>");
	json_put_text_len(&json, "a\0b", 3);
	json_put_text_len(&json, "", 0);
	json_end_array(&json);
	assert_string_equal(out.data,
		"[\"\\\"\\\\/\\u0008\\n\\u000d\\t\\u001f\x7F đường </script>\","
		"\"a\\u0000b\",\"\"]");
}

static void the_deepest_document_can_be_written(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct json_writer json = JSON_WRITER(&out);

	(void)state;
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		json_begin_array(&json);
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		json_end_array(&json);
	assert_int_equal(out.len, 2 * JSON_DEPTH_MAX);
}

static void a_full_buffer_does_no_harm(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(10);
	struct json_writer json = JSON_WRITER(&out);

	(void)state;
	json_begin_object(&json);
	json_member_text(&json, "key", "a long value");
	json_end_object(&json);
	assert_int_equal(strbuf_check(&out, NULL), ERR_TOO_LARGE);
}

/* What one side writes the other reads, whatever the text. */
static void every_text_survives_the_round_trip(void **state)
{
	struct random random = random_start(1);

	(void)state;
	for (int i = 0; i < 3000; i++) {
		autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
		autoptr(json_document_free) struct json_node *document = NULL;
		struct json_writer json = JSON_WRITER(&out);
		const char *back = NULL;
		double number = random_any_double(&random), number_back = 77;
		char text[41] = "";

		for (size_t at = 0; at + 1 < sizeof text; at++)
			text[at] = (char)(1 + random_below(&random, i % 2 ? 127 : 255));
		if (!text_is_utf8(text, strlen(text)))
			text[0] = '\0';
		json_begin_object(&json);
		json_member_text(&json, text, text);
		json_member_real(&json, "\x01", number);
		json_end_object(&json);
		assert_int_equal(json_document_parse(out.data, out.len, &document, NULL), 0);
		assert_true(json_node_text(json_node_get(document, text), &back));
		assert_string_equal(back, text);
		assert_int_equal(json_node_number(json_node_get(document, "\x01"), &number_back),
			isfinite(number) != 0);
		assert_true(!isfinite(number) || number == number_back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_between_and_nowhere_else),
		cmocka_unit_test(a_single_value_is_a_document),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(the_deepest_document_can_be_written),
		cmocka_unit_test(a_full_buffer_does_no_harm),
		cmocka_unit_test(every_text_survives_the_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
