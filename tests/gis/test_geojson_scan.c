#include "tests/test.h"

#include "base/messages.h"
#include "gis/geojson_scan.h"
#include "tests/gis/make_files.h"

/* Scans a text; *has_shape gets a '1' or '0' for each feature. */
static int scan(void **state, const char *text, char *has_shape, struct error *err)
{
	autofree(strbuf_clear) struct strbuf shapes = STRBUF(100);
	int rc = geojson_scan(
		write_text(folder_of(state), "a.geojson", text), "a.geojson", NULL, &shapes, err);

	for (size_t i = 0; i < shapes.len; i++)
		*has_shape++ = shapes.data[i] ? '1' : '0';
	*has_shape = '\0';
	return rc;
}

static void assert_refused(void **state, const char *text, const char *code)
{
	struct error err = {0};
	char has_shape[100];

	if (!scan(state, text, has_shape, &err))
		fail_msg("taken: %s", text);
	assert_message(&err, code);
}

static void says_which_features_have_a_shape(void **state)
{
	static const struct {
		const char *text, *has_shape;
	} known[] = {
		{"{\"features\":[]}", ""},
		{"\xEF\xBB\xBF {\"features\" : [ {\"geometry\":{\"coordinates\":[1,2]}} ] }\n",
			"1"},
		{"{\"features\":[{\"geometry\":null},{},{\"geometry\":{\"coordinates\":[]}},"
		 "{\"geometry\":{}},{\"geometry\":[1]},{\"geometry\":5},"
		 "{\"properties\":{\"geometry\":{\"a\":1}}},"
		 "{\"geometry\":{\"geometries\":[]}},"
		 "{\"geometry\":{\"coordinates\":[[]]},\"properties\":{\"coordinates\":[]}}]}",
			"000111001"},
		{"{\"type\":\"Feature\",\"geometry\":{\"coordinates\":[1]}}", "1"},
		{"{\"type\":\"Point\",\"coordinates\":[1,2]}", "0"},
	};
	char has_shape[100];
	struct error err = {0};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_int_equal(scan(state, known[i].text, has_shape, &err), 0);
		assert_string_equal(has_shape, known[i].has_shape);
	}
}

static void refuses_coordinate_systems_by_link(void **state)
{
	static const char *const texts[] = {
		"{\"crs\":{\"type\":\"link\",\"properties\":{\"href\":\"http://x/\"}}}",
		"{\"features\":[],\"crs\":{\"properties\":{},\"type\":\"LINK\"}}",
		"{\"\\u0063r\\u0073\":{\"t\\u0079pe\":\"l\\u0069nk\"}}",
		"{\"crs\":{\"type\":\"url\"}}",
		"{\"crs\":{\"type\":\"linkage\"}}",
		"{\"crs\":{\"type\":\"name\"},\"crs\":{\"type\":\"link\"}}",
		"{\"features\":[{\"geometry\":{\"crs\":{\"type\":\"link\"}}}]}",
	};
	static const char *const harmless[] = {
		"{\"crs\":null}",
		"{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:9210\"}}}",
		"{\"features\":[{\"properties\":{\"type\":\"link\"}}]}",
		"{\"x\":\"\\\"crs\\\":{\\\"type\\\":\\\"link\\\"}\"}",
	};
	struct error err = {0};
	char has_shape[100];

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_refused(state, texts[i], "GJ-CRS-01");
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		assert_int_equal(scan(state, harmless[i], has_shape, &err), 0);
}

static void refuses_what_is_no_json(void **state)
{
	static const char *const texts[] = {"{\"a\":NaN}", "{\"a\":-Infinity}", "{\"a\":0x10}",
		"{a:1}", "{\"a\" 1}", "{\"a\":1,}", "{,}", "{\"a\":[1,]}", "{\"a\":[1}", "{]",
		"{\"a\":1} {}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u00g0\"}", "{\"a\":'b'}",
		"{\"a\":tru}", "{} x", "{\"features\":[5]}", "{\"features\":[\"x\"]}",
		"{\"features\":[[]]}", "{\"features\":[null]}"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_refused(state, texts[i], "JSON-FORM-01");
	assert_refused(state, "[]", "GJ-FORM-01");
	assert_refused(state, "hello", "GJ-FORM-01");
	assert_refused(state, "  ", "GJ-FORM-01");
}

static void says_where(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(100);
	struct error err = {0};
	char has_shape[100];

	assert_true(scan(state, "{\n \"a\": 1,\n \"b\": ?}", has_shape, &err) < 0);
	error_print(&text, &err, LANG_EN);
	assert_string_equal(text.data, "The JSON is wrong at line 3, column 7.");
}

static void refuses_every_truncation(void **state)
{
	static const char whole[] = "{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":"
				    "{\"a\\n\":\"b\\u0041\"},\"geometry\":{\"coordinates\":[1.5,-2"
				    "e3]}}]}";

	for (size_t len = 1; len < sizeof whole - 1; len++) {
		char part[sizeof whole];

		memcpy(part, whole, len);
		part[len] = '\0';
		assert_refused(state, part, "GJ-CUT-01");
	}
}

static void refuses_depth_and_length(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(GEOJSON_FEATURE_BYTES + 100000);
	struct error err = {0};
	char has_shape[100];

	strbuf_add_text(&text, "{\"a\":");
	for (int i = 1; i < GEOJSON_DEPTH_MAX; i++)
		strbuf_add_char(&text, '[');
	assert_refused(state, text.data, "GJ-CUT-01");
	strbuf_add_char(&text, '[');
	assert_refused(state, text.data, "JSON-DEEP-01");
	strbuf_reset(&text);
	strbuf_add_text(&text, "{\"features\":[{},{\"a\":\"");
	assert_true(strbuf_reserve(&text, GEOJSON_FEATURE_BYTES + 40000));
	memset(text.data + text.len, 'x', GEOJSON_FEATURE_BYTES + 40000);
	text.len += GEOJSON_FEATURE_BYTES + 40000;
	text.data[text.len] = '\0';
	strbuf_add_text(&text, "\"}]}");
	assert_true(scan(state, text.data, has_shape, &err) < 0);
	assert_message(&err, "GJ-BIG-01");
	assert_int_equal(err.args[0].integer, 2);
}

static void survives_mutations(void **state)
{
	static const char whole[] =
		"{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\"},\"features\":[{"
		"\"properties\":{\"a\\n\":\"b\\u0041\"},\"geometry\":{\"coordinates\":[1.5,-2e3]}},"
		"{\"geometry\":null,\"properties\":{\"x\":[true,false,null,{\"y\":[]}]}}]}";
	struct random random = random_start(99);

	for (int turn = 0; turn < 4000; turn++) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(MADE_BYTES_MAX);
		autofree(strbuf_clear) struct strbuf shapes = STRBUF(100);
		struct error err = {0};

		strbuf_add_text(&text, whole);
		mutate(&text, &random);
		geojson_scan(
			write_made(folder_of(state), "a.geojson", &text), "a", NULL, &shapes, &err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_which_features_have_a_shape),
		cmocka_unit_test(refuses_coordinate_systems_by_link),
		cmocka_unit_test(refuses_what_is_no_json),
		cmocka_unit_test(says_where),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(refuses_depth_and_length),
		cmocka_unit_test(survives_mutations),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
