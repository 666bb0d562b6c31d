#include "tests/test.h"

#include "base/json_read.h"
#include "base/messages.h"

/* Reads from memory that ends with the document. */
static int parse(const char *text, size_t len, struct json_node **ret, struct error *err)
{
	char *alone = memcpy(test_malloc(len + !len), text, len);
	int rc = json_document_parse(alone, len, ret, err);

	test_free(alone);
	return rc;
}

static struct json_node *read_text(const char *text)
{
	struct json_node *document = NULL;
	struct error err = {0};

	if (parse(text, strlen(text), &document, &err))
		fail_msg("'%s' is refused: %s", text, err.detail);
	return document;
}

static void assert_refused(const char *text, size_t len, int code)
{
	struct json_node *document = NULL;
	struct error err = {0};

	if (parse(text, len, &document, &err) != code || document)
		fail_msg("'%.*s' is not refused with %d", (int)len, text, code);
	assert_int_equal(err.code, code);
	assert_int_equal(parse(text, len, &document, NULL), code);
}

static void hostile_documents_are_refused(void **state)
{
	static const char *const wrong[] = {"{\"a\":1,\"a\":2}", "[{\"b\":{\"a\":1,\"a\":1}}]",
		"{\"a\":1,\"\\u0061\":2}", "[\"\xFF\"]", "[\"\xC0\x80\"]", "[\"\xED\xA0\x80\"]",
		"[\"a\xC3\"]", "{\"\xE1\xBB\":1}", "\xEF\xBB\xBF[]", "[NaN]", "[Infinity]",
		"[-Infinity]", "[nan]", "{'a':1}", "['a']", "{a:1}", "[1] x", "[1][2]", "1 2",
		"[1,]", "{\"a\":1,}", "[,1]", "[1,,2]", "{,}", "[\"\\u0000\"]", "{\"\\u0000\":1}",
		"{\"a\\u0000b\":1}", "[01]", "[-01]", "[1e999]", "[-1e999]",
		"[9223372036854775808]", "[-9223372036854775809]", "[.5]", "[1.]", "[+1]", "[0x10]",
		"[1e]", "[--1]", "[-]", "", " ", "\n", "[", "{", "\"", "[1", "{\"a\"",
		"{\"a\":", "]", "}", "[}", "{]", "[\"\\ud800\"]", "[\"\\udc00\"]",
		"[\"\\ud800\\u0041\"]", "[\"\\x\"]", "[\"\\u12\"]", "[\"a\nb\"]", "[\"a\tb\"]",
		"[\"\x01\"]", "[1] // x", "/* x */[1]", "[tru]", "True", "[1 2]", "{\"a\" 1}",
		"{1:2}", "{\"a\":1 \"b\":2}", "nul", "\"a"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_refused(wrong[i], strlen(wrong[i]), ERR_INVALID);
	assert_refused("[1]\0", 4, ERR_INVALID);
	assert_refused("[\"a\0b\"]", 7, ERR_INVALID);
	assert_refused("\0", 1, ERR_INVALID);
}

static void a_document_cut_anywhere_is_refused(void **state)
{
	static const char text[] =
		"{\"a\":[1,-2.5e3,\"\\u1ec7x\\\"ệ\",true,null,{\"b\":[]}],\"c\":\"\"}";
	struct json_node *document = read_text(text);

	(void)state;
	json_document_free(document);
	for (size_t len = 0; len < sizeof text - 1; len++)
		assert_refused(text, len, ERR_INVALID);
}

static void depth_is_counted_outside_texts(void **state)
{
	enum { DEEP = 100000 };
	char *deep = test_malloc(2 * DEEP);
	autoptr(json_document_free) struct json_node *flat = NULL, *most = NULL;
	struct error err;

	(void)state;
	memset(deep, '[', DEEP);
	memset(deep + DEEP, ']', DEEP);
	assert_refused(deep, 2 * DEEP, ERR_TOO_LARGE);
	assert_refused(deep, DEEP, ERR_TOO_LARGE);
	assert_refused(deep + DEEP - JSON_READ_DEPTH_MAX - 1, 2 * (JSON_READ_DEPTH_MAX + 1),
		ERR_TOO_LARGE);
	assert_int_equal(
		parse(deep + DEEP - JSON_READ_DEPTH_MAX, 2 * JSON_READ_DEPTH_MAX, &most, &err), 0);
	memset(deep, '{', DEEP);
	assert_refused(deep, DEEP, ERR_TOO_LARGE);
	memset(deep, '[', 1000);
	deep[0] = '"';
	deep[1] = '\\';
	deep[2] = '"';
	deep[999] = '"';
	assert_int_equal(parse(deep, 1000, &flat, &err), 0);
	assert_int_equal(json_node_kind(flat), JSON_KIND_TEXT);
	test_free(deep);
}

static void the_place_of_a_fault_is_told(void **state)
{
	static const char text[] = "{\n  \"a\": 1,\n  \"b\": x\n}";
	struct json_node *document = NULL;
	struct error err;

	(void)state;
	assert_int_equal(parse(text, sizeof text - 1, &document, &err), ERR_INVALID);
	assert_int_equal(err.message, MSG_JSON_INVALID);
	assert_int_equal(err.args[0].integer, 3);
	assert_true(err.args[1].integer > 0);
	assert_true(*err.detail);
	assert_int_equal(parse("", 0, &document, &err), ERR_INVALID);
	assert_true(err.args[0].integer >= 1 && err.args[1].integer >= 0);
}

static void values_have_their_kinds(void **state)
{
	autoptr(json_document_free) struct json_node *list =
		read_text("[null, true, false, -9223372036854775808, 9223372036854775807, 1.0, "
			  "\"ệ\", [], {}, -0.0]");
	static const enum json_kind kinds[] = {JSON_KIND_NULL, JSON_KIND_BOOL, JSON_KIND_BOOL,
		JSON_KIND_INT, JSON_KIND_INT, JSON_KIND_REAL, JSON_KIND_TEXT, JSON_KIND_ARRAY,
		JSON_KIND_OBJECT, JSON_KIND_REAL};
	const char *text = "kept";
	int64_t integer = 77;
	double number = 77;
	bool truth = false;

	(void)state;
	assert_int_equal(json_node_count(list), sizeof kinds / sizeof kinds[0]);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct json_node *node = json_node_at(list, i);
		bool is_int = kinds[i] == JSON_KIND_INT, is_real = kinds[i] == JSON_KIND_REAL;

		assert_int_equal(json_node_kind(node), kinds[i]);
		assert_int_equal(json_node_text(node, &text), kinds[i] == JSON_KIND_TEXT);
		assert_int_equal(json_node_int(node, &integer), is_int);
		assert_int_equal(json_node_number(node, &number), is_int || is_real);
		assert_int_equal(json_node_bool(node, &truth), kinds[i] == JSON_KIND_BOOL);
	}
	assert_string_equal(text, "ệ");
	assert_true(integer == INT64_MAX);
	assert_true(json_node_int(json_node_at(list, 3), &integer) && integer == INT64_MIN);
	assert_false(truth);
}

static void what_is_absent_answers_too(void **state)
{
	autoptr(json_document_free) struct json_node *object =
		read_text("{\"a\":{\"b\":[7]},\"c\":null}");
	const struct json_node *list = json_node_get(json_node_get(object, "a"), "b");
	const struct json_node *nothing = json_node_get(json_node_get(list, "x"), "y");
	int64_t value = 77;

	(void)state;
	assert_true(json_node_int(json_node_at(list, 0), &value) && value == 7);
	assert_null(nothing);
	assert_null(json_node_at(list, 1));
	assert_null(json_node_at(object, 0));
	assert_null(json_node_at(nothing, 0));
	assert_int_equal(json_node_kind(nothing), JSON_KIND_ABSENT);
	assert_int_equal(json_node_kind(json_node_get(object, "c")), JSON_KIND_NULL);
	assert_int_equal(json_node_count(object), 0);
	assert_int_equal(json_node_count(NULL), 0);
	assert_false(json_node_int(nothing, &value));
	assert_int_equal(value, 7);
	json_document_free(NULL);
}

struct walk {
	char keys[16];
	size_t most;
};

static bool add_key(void *context, const char *key, const struct json_node *value)
{
	struct walk *walk = context;

	assert_int_equal(json_node_kind(value), JSON_KIND_INT);
	walk->keys[strlen(walk->keys)] = *key;
	return strlen(walk->keys) < walk->most;
}

static void members_come_in_their_order(void **state)
{
	autoptr(json_document_free) struct json_node *object =
		read_text("{\"z\":1,\"a\":2,\"m\":3,\"b\":4}");
	autoptr(json_document_free) struct json_node *list = read_text("[1]");
	struct walk all = {"", 10}, some = {"", 2}, none = {"", 10};

	(void)state;
	json_node_each(object, add_key, &all);
	assert_string_equal(all.keys, "zamb");
	json_node_each(object, add_key, &some);
	assert_string_equal(some.keys, "za");
	json_node_each(list, add_key, &none);
	json_node_each(NULL, add_key, &none);
	assert_string_equal(none.keys, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_documents_are_refused),
		cmocka_unit_test(a_document_cut_anywhere_is_refused),
		cmocka_unit_test(depth_is_counted_outside_texts),
		cmocka_unit_test(the_place_of_a_fault_is_told),
		cmocka_unit_test(values_have_their_kinds),
		cmocka_unit_test(what_is_absent_answers_too),
		cmocka_unit_test(members_come_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
