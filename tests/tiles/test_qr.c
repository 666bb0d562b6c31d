#include "tests/test.h"

#include "base/banned.h"
#include "tiles/qr.h"

/* A finder pattern, clause 6.3.3.1: rings of 7 dark, 5 light and 3 dark modules. */
static void check_finder(const struct qr *code, int top, int left)
{
	for (int row = 0; row < 7; row++)
		for (int column = 0; column < 7; column++) {
			int down = row < 3 ? 3 - row : row - 3;
			int across = column < 3 ? 3 - column : column - 3;
			int ring = down > across ? down : across;

			assert_int_equal(code->dark[top + row][left + column], ring != 2);
		}
}

static void a_code_has_its_three_corners(void **state)
{
	struct qr code = {0};

	(void)state;
	assert_int_equal(qr_encode("https://city.example/s/0123456789abcdef", &code, NULL), 0);
	assert_int_equal((code.size - 17) % 4, 0);
	check_finder(&code, 0, 0);
	check_finder(&code, 0, code.size - 7);
	check_finder(&code, code.size - 7, 0);
	/* The dark module beside the lower left one, clause 7.9.1. */
	assert_true(code.dark[code.size - 8][8]);
}

static void the_same_text_gives_the_same_code(void **state)
{
	struct qr first = {0}, second = {0}, other = {0};

	(void)state;
	assert_int_equal(qr_encode("https://city.example/v/1", &first, NULL), 0);
	assert_int_equal(qr_encode("https://city.example/v/1", &second, NULL), 0);
	assert_int_equal(qr_encode("https://city.example/v/2", &other, NULL), 0);
	assert_memory_equal(&first, &second, sizeof first);
	assert_memory_not_equal(&first, &other, sizeof first);
}

static void what_does_not_fit_is_refused(void **state)
{
	char text[QR_TEXT_MAX + 2] = "";
	struct qr code = {.size = -1};

	(void)state;
	assert_int_equal(qr_encode("", &code, NULL), ERR_CONFIG);
	assert_int_equal(qr_encode("ph\xc3\xba", &code, NULL), ERR_CONFIG);
	assert_int_equal(qr_encode("a\nb", &code, NULL), ERR_CONFIG);
	memset(text, '~', QR_TEXT_MAX + 1);
	assert_int_equal(qr_encode(text, &code, NULL), ERR_CONFIG);
	assert_int_equal(code.size, -1);
	text[QR_TEXT_MAX] = '\0';
	assert_int_equal(qr_encode(text, &code, NULL), 0);
	assert_int_equal(code.size, QR_SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_has_its_three_corners),
		cmocka_unit_test(the_same_text_gives_the_same_code),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
