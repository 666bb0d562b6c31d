#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/glyphs.h"

struct bench {
	struct glyphs *glyphs;
	struct shaped_text text, other;
	struct error err;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	const struct font_file files[] = {font_file(FONT_REGULAR), font_file(FONT_BOLD)};

	*state = bench;
	return bench ? glyphs_new(files, &bench->glyphs, &bench->err) : -1;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	glyphs_free(bench->glyphs);
	free(bench);
	return 0;
}

static void shape(struct bench *bench, const char *text, struct shaped_text *ret)
{
	assert_int_equal(
		glyphs_shape(bench->glyphs, FONT_REGULAR, text, strlen(text), ret, &bench->err), 0);
}

static void knows_vietnamese(void **state)
{
	struct bench *bench = *state;

	shape(bench, "Đường Nguyễn Thị Ỷ, ẵ ộ ỡ ự ỵ ₫ … – “47/12”", &bench->text);
	assert_int_equal(bench->text.missing, 0);
	assert_true(bench->text.width > 15 && bench->text.width < 30);
	/* Every letter of the two blocks that Vietnamese is written with. */
	for (int i = 0x1EA0; i <= 0x1EF9; i++) {
		char letter[] = {
			(char)0xE1, (char)(0x80 | (i >> 6 & 63)), (char)(0x80 | (i & 63)), '\0'};

		shape(bench, letter, &bench->text);
		assert_int_equal(bench->text.missing, 0);
		assert_int_equal(bench->text.count, 1);
	}
}

static void guesses_widths(void **state)
{
	struct bench *bench = *state;
	const char *const texts[] = {"Đường Nguyễn Thị Minh Khai", "Hẻm 153 ĐX-4154", "17/3", "AVAVA To. Ly",
		"Nguye\xCC\x82\xCC\x83n Du", "1"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		float guess = glyphs_guess_width(
			bench->glyphs, FONT_REGULAR, texts[i], strlen(texts[i]));

		shape(bench, texts[i], &bench->text);
		assert_true(guess * 0.9F <= bench->text.width && guess >= bench->text.width * 0.9F);
	}
	/* Other scripts, and what is no text. */
	assert_float_equal(glyphs_guess_width(bench->glyphs, FONT_BOLD, "\xF0\x9F\x8C\xB3", 4), 0, 0);
	assert_float_equal(glyphs_guess_width(bench->glyphs, FONT_BOLD, "\xE1\xBB", 2), 0, 0);
	assert_float_equal(glyphs_guess_width(bench->glyphs, FONT_BOLD, "", 0), 0, 0);
}

static void composed_and_decomposed_are_the_same(void **state)
{
	struct bench *bench = *state;
	const char *pairs[][2] = {{"\xE1\xBB\x85", "e\xCC\x82\xCC\x83"},
		{"\xE1\xBB\xB1", "u\xCC\x9B\xCC\xA3"}, {"\xE1\xBA\xA2", "A\xCC\x89"}};

	for (int i = 0; i < 3; i++) {
		shape(bench, pairs[i][0], &bench->text);
		shape(bench, pairs[i][1], &bench->other);
		assert_int_equal(bench->text.count, 1);
		assert_int_equal(bench->other.count, 1);
		assert_int_equal(bench->text.glyphs[0].id, bench->other.glyphs[0].id);
	}
}

static void counts_what_is_missing(void **state)
{
	struct bench *bench = *state;

	shape(bench, "Đường 城市", &bench->text);
	assert_int_equal(bench->text.missing, 2);
}

static void bounds_its_ink(void **state)
{
	struct bench *bench = *state;
	const struct shaped_text *text = &bench->text;

	shape(bench, "H", &bench->text);
	assert_float_equal(text->top, -glyphs_cap_height(bench->glyphs, FONT_REGULAR), 0.01);
	assert_float_equal(text->bottom, 0, 0.01);
	assert_true(text->left > 0 && text->right < text->width);
	shape(bench, "x", &bench->text);
	assert_float_equal(text->top, -glyphs_x_height(bench->glyphs, FONT_REGULAR), 0.02);
	shape(bench, "   ", &bench->text);
	assert_true(text->width > 0 && text->left == text->right);
	shape(bench, "", &bench->text);
	assert_int_equal(text->count, 0);
	assert_true(text->width == 0);
}

static void long_texts_end_in_an_ellipsis(void **state)
{
	struct bench *bench = *state;
	char text[3 * 400 + 1] = "";
	uint32_t ellipsis;

	shape(bench, "…", &bench->text);
	ellipsis = bench->text.glyphs[0].id;
	for (int i = 0; i < 400; i++)
		memcpy(text + 3 * i, "ễ", 4);
	shape(bench, text, &bench->text);
	assert_int_equal(bench->text.count, TEXT_BYTES_MAX / 3 + 1);
	assert_int_equal(bench->text.glyphs[bench->text.count - 1].id, ellipsis);
	memset(text, 'x', sizeof text - 1);
	shape(bench, text, &bench->text);
	assert_int_equal(bench->text.count, TEXT_BYTES_MAX + 1);
}

static void takes_any_bytes(void **state)
{
	struct bench *bench = *state;
	uint64_t random = 20261121;

	for (int i = 0; i < 500; i++) {
		char bytes[300];

		for (size_t k = 0; k < sizeof bytes; k++) {
			random = random * 6364136223846793005 + 1442695040888963407;
			bytes[k] = (char)(random >> 56);
		}
		assert_int_equal(glyphs_shape(bench->glyphs, FONT_BOLD, bytes,
					 (size_t)i % sizeof bytes, &bench->text, &bench->err),
			0);
		assert_true(isfinite(bench->text.width));
	}
}

static double area(const struct path *path)
{
	double twice = 0;

	for (size_t i = 0, start = 0; i < path->subpath_count; start = path->subpaths[i++].end) {
		for (size_t k = start; k < path->subpaths[i].end; k++) {
			size_t next = k + 1 < path->subpaths[i].end ? k + 1 : start;

			twice += path->points[k].x * path->points[next].y -
				 path->points[next].x * path->points[k].y;
		}
	}
	return twice / 2;
}

static void outlines_turn_clockwise(void **state)
{
	struct bench *bench = *state;
	const struct transform transform = {.xx = 100, .yy = 100, .dx = 50, .dy = 200};
	struct path path = {0};

	shape(bench, "lo", &bench->text);
	glyphs_add_outline(
		bench->glyphs, FONT_REGULAR, bench->text.glyphs[0].id, &transform, &path);
	/* A stem 9 wide and 76 high, standing on the baseline. */
	assert_float_equal((float)area(&path), 680, 50);
	for (size_t i = 0; i < path.point_count; i++)
		assert_true(path.points[i].y <= 200.01 && path.points[i].y > 110);
	path_reset(&path);
	glyphs_add_outline(
		bench->glyphs, FONT_REGULAR, bench->text.glyphs[1].id, &transform, &path);
	assert_int_equal(path.subpath_count, 2);
	assert_true(area(&path) > 500);
	path_reset(&path);
	glyphs_add_outline(bench->glyphs, FONT_REGULAR, 999999, &transform, &path);
	assert_int_equal(path.point_count, 0);
	path_clear(&path);
}

static void refuses_what_is_no_font(void **state)
{
	struct bench *bench = *state;
	static const unsigned char noise[1000] = {0, 1, 0, 0, 0, 9};
	const struct font_file bad[][2] = {{{noise, sizeof noise}, font_file(FONT_BOLD)},
		{font_file(FONT_REGULAR), {noise, 0}},
		{font_file(FONT_REGULAR), {font_file(FONT_BOLD).bytes, 500}}};
	struct glyphs *glyphs = NULL;

	for (int i = 0; i < 3; i++)
		assert_int_equal(glyphs_new(bad[i], &glyphs, &bench->err), ERR_INTERNAL);
	assert_null(glyphs);
	glyphs_free(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(knows_vietnamese),
		TEST(guesses_widths),
		TEST(composed_and_decomposed_are_the_same),
		TEST(counts_what_is_missing),
		TEST(bounds_its_ink),
		TEST(long_texts_end_in_an_ellipsis),
		TEST(takes_any_bytes),
		TEST(outlines_turn_clockwise),
		TEST(refuses_what_is_no_font),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
