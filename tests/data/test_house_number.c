#include "tests/test.h"

#include "base/dice.h"
#include "data/house_number.h"

enum { TEXT_MAX = 1000, RANDOM_TEXTS = 50000, RANDOM_LEN = 40 };

static const char *print(const struct house_number *number, enum house_form form)
{
	static char text[TEXT_MAX];
	autofree(strbuf_clear) struct strbuf out = STRBUF(TEXT_MAX - 1);

	house_number_print(number, form, &out);
	memcpy(text, out.data, out.len + 1);
	return text;
}

static struct house_number read(const char *text)
{
	struct house_number number;
	size_t rest;

	if (!house_number_read(text, strlen(text), &number, &rest))
		fail_msg("%s is read as no number", text);
	return number;
}

/* Southern and northern forms, and what is left for the street. */
static void all_forms_are_read_and_printed(void **state)
{
	static const struct {
		const char *text, *southern, *northern, *street;
	} cases[] = {
		{"15 Yersin", "15", "số 15", "Yersin"},
		{"số 15/3/7, Yersin", "15/3/7", "số 7 ngách 15/3 ngõ 15", "Yersin"},
		{"1806/127/2/6/15/48/2A Huỳnh Tấn Phát", "1806/127/2/6/15/48/2A",
			"số 2A hẻm 1806/127/2/6/15/48 hẻm 1806/127/2/6/15 hẻm 1806/127/2/6"
			" hẻm 1806/127/2 ngách 1806/127 ngõ 1806", "Huỳnh Tấn Phát"},
		{"1099A Lê Hồng Phong", "1099A", "số 1099A", "Lê Hồng Phong"},
		{"73B/563B bis Yersin", "73B/563B bis", "số 563B bis ngõ 73B", "Yersin"},
		{"40bis/1", "40bis/1", "số 1 ngõ 40bis", ""},
		{"35N/1C", "35N/1C", "số 1C ngõ 35N", ""},
		{"42/7bis", "42/7bis", "số 7bis ngõ 42", ""},
		{"42/7 BIS Bạch Đằng", "42/7bis", "số 7bis ngõ 42", "Bạch Đằng"},
		{"12a2 Yersin", "12A2", "số 12A2", "Yersin"},
		{"L1004A chung cư Bình An", "L1004A", "số L1004A", "chung cư Bình An"},
		{"47-57 Yersin", "47-57", "số 47-57", "Yersin"},
		{"15/47-57", "15/47-57", "số 47-57 ngõ 15", ""},
		{"A2-506", "A2-506", "số A2-506", ""},
		{"số 5 ngách 12/3 ngõ 12 Văn Cao", "12/3/5", "số 5 ngách 12/3 ngõ 12", "Văn Cao"},
		{"Số 5, ngách 3, ngõ 12, Văn Cao", "12/3/5", "số 5 ngách 12/3 ngõ 12", "Văn Cao"},
		{"so 5 ngach 12/3 ngo 12", "12/3/5", "số 5 ngách 12/3 ngõ 12", ""},
		{"hẻm 25/4 Yersin", "hẻm 25/4", "ngách 25/4 ngõ 25", "Yersin"},
		{"KIỆT 25 số 7 Trần Phú", "25/7", "số 7 ngõ 25", "Trần Phú"},
		{"5 ngõ Huyện", "5", "số 5", "ngõ Huyện"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *text = cases[i].text;
		struct house_number number, again;
		size_t rest = 0;

		if (!house_number_read(text, strlen(text), &number, &rest))
			fail_msg("%s is read as no number", text);
		assert_string_equal(text + rest, cases[i].street);
		assert_string_equal(print(&number, HOUSE_SOUTHERN), cases[i].southern);
		assert_string_equal(print(&number, HOUSE_NORTHERN), cases[i].northern);
		again = read(print(&number, HOUSE_NORTHERN));
		assert_string_equal(print(&again, HOUSE_SOUTHERN), cases[i].southern);
		assert_int_equal(house_number_compare(&number, &again), 0);
	}
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const texts[] = {"", " ", "Yersin", "số", "hẻm", "12345", "15//3", "/15", "15/",
		"57-47", "47-47", "15-", "15ABC", "A-5", "12/3/x", "-5", "1.5/", "hẻm Yersin", "\xff",
		"1/2/3/4/5/6/7/8/9/10/11/12/13/14", "15A22", "A2-12345"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct house_number number;
		size_t rest;

		if (house_number_read(texts[i], strlen(texts[i]), &number, &rest))
			fail_msg("\"%s\" is read as %s", texts[i], print(&number, HOUSE_SOUTHERN));
	}
}

static void numbers_stand_in_the_order_of_the_street(void **state)
{
	static const char *const sorted[] = {"1", "9", "9A", "9A2", "9B", "10", "10/1", "10/2", "10/2/1",
		"10/10", "10A", "11", "47-57", "48", "100", "1806/127/2"};
	const size_t count = sizeof sorted / sizeof *sorted;

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			struct house_number a = read(sorted[i]), b = read(sorted[k]);
			int order = house_number_compare(&a, &b);

			if ((order > 0) - (order < 0) != (i > k) - (i < k))
				fail_msg("%s and %s: %d", sorted[i], sorted[k], order);
		}
}

static void flats_have_floors(void **state)
{
	struct house_number flat = read("A2-506"), high = read("B1-1205");

	(void)state;
	assert_int_equal(house_flat_floor(&flat), 5);
	assert_int_equal(house_flat_place(&flat), 6);
	assert_int_equal(house_flat_floor(&high), 12);
	assert_int_equal(house_flat_place(&high), 5);
	assert_true(house_number_compare(&flat, &high) < 0);
}

/* Whatever is read is printed so that it is read alike. */
static void texts_at_random_do_no_harm(void **state)
{
	static const char letters[] = "0123456789/-ABab bis,so hem ngo";
	struct dice dice = dice_for(7, 1, 1);
	size_t count = 0;

	(void)state;
	for (int i = 0; i < RANDOM_TEXTS; i++) {
		char text[RANDOM_LEN + 1];
		struct house_number number, again;
		size_t len = dice_below(&dice, RANDOM_LEN), rest;

		for (size_t k = 0; k < len; k++)
			text[k] = letters[dice_below(&dice, sizeof letters - 1)];
		text[len] = '\0';
		if (!house_number_read(text, len, &number, &rest))
			continue;
		count++;
		assert_true(rest <= len);
		again = read(print(&number, HOUSE_SOUTHERN));
		if (house_number_compare(&number, &again) != 0)
			fail_msg("%s: %s", text, print(&again, HOUSE_SOUTHERN));
	}
	assert_true(count > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_forms_are_read_and_printed),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(numbers_stand_in_the_order_of_the_street),
		cmocka_unit_test(flats_have_floors),
		cmocka_unit_test(texts_at_random_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
