#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/paper.h"

static const char *const fields[] = {"plate", "number", "scale", "long", NULL};

static struct slice slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

/* The message that a template is refused with, or 0, and its line. */
static int refused(const char *text, int64_t *ret_line)
{
	struct paper_template made;
	struct error err = {0};
	int rc = paper_template_read(slice_of(text), fields, &made, &err);

	if (ret_line)
		*ret_line = rc && err.message != MSG_TEMPLATE_TEXT ? err.args[0].integer : 0;
	return rc ? err.message : 0;
}

#define HEAD "[paper]\ntitle: a\nnumber: {number}\n\n[body]\n# một dòng\ntext: b\n"

static void a_template_that_is_wrong_is_told_with_its_line(void **state)
{
	static const struct {
		const char *line;
		int message;
	} faults[] = {
		{"row: a | {plaet}", MSG_TEMPLATE_FIELD},
		{"row: {plaet} | a", MSG_TEMPLATE_FIELD},
		{"row: a {plate}", MSG_TEMPLATE_ROW},
		{"text: a | b", MSG_TEMPLATE_ROW},
		{"text: {plate", MSG_TEMPLATE_BRACE},
		{"text: {}", MSG_TEMPLATE_BRACE},
		{"blink: a", MSG_TEMPLATE_WORD},
		{"text 900: a", MSG_TEMPLATE_WORD},
		{"text nan: a", MSG_TEMPLATE_WORD},
		{"no colon", MSG_TEMPLATE_WORD},
		{"[nowhere]", MSG_TEMPLATE_SECTION},
		{"[]", MSG_TEMPLATE_SECTION},
	};

	(void)state;
	assert_int_equal(refused(HEAD, NULL), 0);
	assert_int_equal(refused(HEAD "row bold 12: Số nhà | {plate} {{ {scale}\r\nmap 80: {scale}", NULL), 0);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(4096);
		int64_t line;

		strbuf_add_format(&text, "%s%s\n", HEAD, faults[i].line);
		assert_int_equal(refused(text.data, &line), faults[i].message);
		assert_int_equal(line, 8);
	}
	assert_int_equal(refused("", NULL), MSG_TEMPLATE_NEED);
	assert_int_equal(refused("[body]\ntext: a\n", NULL), MSG_TEMPLATE_NEED);
	assert_int_equal(refused("text: a\n", NULL), MSG_TEMPLATE_WORD);
	assert_int_equal(refused("[body]\ntext: a\x01\n", NULL), MSG_TEMPLATE_TEXT);
	assert_int_equal(refused("[body]\ntext: \xC3\x28\n", NULL), MSG_TEMPLATE_TEXT);
}

static void too_many_lines_are_refused(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(PAPER_TEMPLATE_BYTES);

	(void)state;
	strbuf_add_text(&text, HEAD);
	for (int i = 0; i < PAPER_BLOCKS_MAX; i++)
		strbuf_add_text(&text, "text: a\n");
	assert_int_equal(refused(text.data, NULL), MSG_TEMPLATE_LINES);
}

static void fields_are_filled_in(void **state)
{
	static const struct paper_value values[] = {{"plate", "15/3"}, {"number", NULL}, {NULL, NULL}};
	autofree(strbuf_clear) struct strbuf out = STRBUF(200);

	(void)state;
	assert_true(paper_fill(slice_of("{plate}{{plate}{number}."), values, &out));
	assert_string_equal(out.data, "15/3{plate}.");
	strbuf_reset(&out);
	assert_false(paper_fill(slice_of("số {number}{{"), values, &out));
	assert_string_equal(out.data, "số {");
}

/* --- drawing ------------------------------------------------------------------------------------ */

static double corners[] = {0, 0, 5, 0, 5, 20, 0, 20, 0, 0};
static double street[] = {-50, -4, 50, -4};

static const struct paper_map *map(void)
{
	static uint32_t five = 5, two = 2, one = 1;
	static struct paper_parcel parcels[1];
	static struct paper_street streets[1];
	static struct paper_map made;

	parcels[0] = (struct paper_parcel){
		{GEOMETRY_AREA, 5, corners, 1, &five, 1, &one, 0}, "345", "7", true};
	streets[0] = (struct paper_street){{GEOMETRY_LINE, 2, street, 1, &two, 1, &one, 0}, "Yersin", 7};
	made = (struct paper_map){parcels, 1, streets, 1, {2.5, 0}, {0, -4, 5, 20}};
	return &made;
}

static int draw(const char *template, const char *said, struct strbuf *out, struct error *err)
{
	struct paper_value values[] = {
		{"plate", "7"}, {"number", "1"}, {"scale", ""}, {"long", said}, {NULL, NULL}};
	struct paper_template layout;
	struct paper paper = {.layout = &layout, .values = values, .map = map(),
		.url = "https://so.vn/v/ABC", .marks = {"MẪU", NULL},
		.made_at_us = INT64_C(1795221296789012)};

	assert_int_equal(paper_template_read(slice_of(template), fields, &layout, err), 0);
	return paper_draw(&paper, out, err);
}

static void the_same_paper_has_the_same_bytes(void **state)
{
	autofree(strbuf_clear) struct strbuf first = STRBUF(PDF_BYTES_MAX);
	autofree(strbuf_clear) struct strbuf second = STRBUF(PDF_BYTES_MAX);
	struct error err = {0};

	(void)state;
	assert_int_equal(draw(HEAD "map: {scale}\n", "", &first, &err), 0);
	assert_int_equal(draw(HEAD "map: {scale}\n", "", &second, &err), 0);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
}

static int pages_of(const struct strbuf *file)
{
	int count = 0;

	for (size_t at = 0; at + 12 < file->len; at++)
		count += !memcmp(file->data + at, "/Type /Page %", 13);
	return count;
}

/* What is too long goes on below, and on further pages; one word without blanks, too. */
static void long_texts_go_on(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(PDF_BYTES_MAX);
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 14);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < 500; i++)
		strbuf_add_text(&text, i % 2 ? "đường " : "ườỡếề");
	assert_int_equal(draw(HEAD "text: {long}\ntext: {long}\ntext: {long}\nmap: a\ntext: {long}\n",
				 text.data, &out, &err), 0);
	assert_in_range(pages_of(&out), 2, 9);
	strbuf_reset(&out);
	strbuf_reset(&text);
	for (int i = 0; i < 3000; i++)
		strbuf_add_text(&text, "W");
	assert_int_equal(draw(HEAD "row: a | {long}\n", text.data, &out, &err), 0);
}

static void letters_that_no_typeface_has_are_told(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(PDF_BYTES_MAX);
	struct error err = {0};

	(void)state;
	assert_int_equal(draw(HEAD "text: {long}\n", "Nguyễn 阮", &out, &err), ERR_INVALID);
	assert_int_equal(err.message, MSG_PAPER_LETTER);
	assert_string_equal(err.args[0].text, "阮");
}

/* The scale is the largest that shows the parcel with what is around it. */
static void scales_follow_the_size(void **state)
{
	struct paper_map at = *map();

	(void)state;
	assert_int_equal(paper_map_scale(&at, 170, 250), 200);
	assert_int_equal(paper_map_scale(&at, 170, 90), 500);
	at.focus = (struct box){0, 0, 60, 60};
	assert_int_equal(paper_map_scale(&at, 170, 110), 1000);
	at.focus = (struct box){0, 0, 1e7, 1};
	assert_int_equal(paper_map_scale(&at, 170, 110), PAPER_SCALE_WORST);
	at.focus = map()->focus;
	assert_true(fabs(paper_map_window(&at, 170, 100, 500).max_x -
			    paper_map_window(&at, 170, 100, 500).min_x - 85) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_template_that_is_wrong_is_told_with_its_line),
		cmocka_unit_test(too_many_lines_are_refused),
		cmocka_unit_test(fields_are_filled_in),
		cmocka_unit_test(the_same_paper_has_the_same_bytes),
		cmocka_unit_test(long_texts_go_on),
		cmocka_unit_test(letters_that_no_typeface_has_are_told),
		cmocka_unit_test(scales_follow_the_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
