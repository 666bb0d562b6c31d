#include "tests/test.h"

#include <float.h>
#include <math.h>

#include "base/number.h"
#include "tests/random.h"

enum {
	ROUNDS = 20000,
	LONGEST = 24, /* letters of a double: -1.2345678901234567e-300 */
};

/* The text stands alone in memory, so that a sanitizer sees a read behind its end. */
static bool parse_int(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	size_t len = strlen(text);
	char *alone = memcpy(test_malloc(len + !len), text, len);
	bool ok = number_parse_int(alone, len, min, max, ret);

	test_free(alone);
	return ok;
}

static bool parse_double(const char *text, double *ret)
{
	size_t len = strlen(text);
	char *alone = memcpy(test_malloc(len + !len), text, len);
	bool ok = number_parse_double(alone, len, -DBL_MAX, DBL_MAX, ret);

	test_free(alone);
	return ok;
}

static void integers_are_read_whole_or_not_at_all(void **state)
{
	static const char *const wrong[] = {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "--1",
		"1-", "9223372036854775808", "-9223372036854775809", "99999999999999999999999",
		"\xD9\xA1", "1\n", "1,000", "a"};
	int64_t value = 77;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(parse_int(wrong[i], INT64_MIN, INT64_MAX, &value));
	assert_false(number_parse_int("1\0002", 3, 0, 99, &value));
	assert_int_equal(value, 77);
	assert_true(parse_int("9223372036854775807", INT64_MIN, INT64_MAX, &value));
	assert_true(value == INT64_MAX);
	assert_true(parse_int("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
	assert_true(value == INT64_MIN);
	assert_true(parse_int("-0", 0, 0, &value));
	assert_int_equal(value, 0);
	assert_true(parse_int("007", 0, 7, &value));
	assert_int_equal(value, 7);
	assert_true(number_parse_int("12345", 2, 0, 99, &value));
	assert_int_equal(value, 12);
}

static void integers_stay_in_their_range(void **state)
{
	int64_t value = 77;

	(void)state;
	assert_true(parse_int("-5", -5, 5, &value));
	assert_true(parse_int("5", -5, 5, &value));
	value = 77;
	assert_false(parse_int("-6", -5, 5, &value));
	assert_false(parse_int("6", -5, 5, &value));
	assert_int_equal(value, 77);
}

static void doubles_refuse_what_is_no_decimal(void **state)
{
	static const char *const wrong[] = {"", "-", ".", "-.", "+1", " 1", "1 ", "e5", ".e5", "1e",
		"1e+", "1e-", "1e5.0", "1.2.3", "0x1p3", "inf", "-inf", "nan", "infinity", "1e999",
		"-1e999", "1,5", "1_000", "1e5e5", "--1", "1d", "1f"};
	char full[331];
	double value = 77;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(parse_double(wrong[i], &value));
	memset(full, '0', sizeof full);
	assert_false(number_parse_double(full, sizeof full, -1, 1, &value));
	assert_false(number_parse_double("1\0", 2, -1, 1, &value));
	assert_false(number_parse_double("1.01", 4, -1, 1, &value));
	assert_true(value == 77);
	assert_true(number_parse_double(full, sizeof full - 1, -1, 1, &value));
	assert_true(value == 0);
	assert_true(parse_double("-1.5e-3", &value));
	assert_true(value == -1.5e-3);
	assert_true(parse_double("1e-400", &value)); /* nearer to zero than to any other double */
	assert_true(value == 0);
}

/* A random text of the letters of numbers: what strtod takes whole, but for a '+' in front. */
static void doubles_agree_with_strtod(void **state)
{
	static const char letters[] = "0123456789.eE+-05";
	struct random random = random_start(1);

	(void)state;
	for (int turn = 0; turn < 5 * ROUNDS; turn++) {
		char text[16] = "";
		size_t len = random_below(&random, sizeof text - 1);
		double value = 0, wanted;
		char *end;
		bool right;

		for (size_t i = 0; i < len; i++)
			text[i] = letters[random_below(&random, sizeof letters - 1)];
		wanted = strtod(text, &end);
		right = *text && *text != '+' && !*end && isfinite(wanted);
		if (parse_double(text, &value) != right || (right && value != wanted))
			fail_msg("'%s' is read as %.17g", text, value);
	}
}

static void doubles_survive_the_round_trip(void **state)
{
	struct random random = random_start(2);
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);

	(void)state;
	for (int turn = 0; turn < ROUNDS; turn++) {
		double value = random_any_double(&random), back = 0;

		if (turn % 2) /* a coordinate with some decimals, the everyday number */
			value = round(random_between(&random, -2e6, 2e6) * 1e4) / 1e4;
		strbuf_reset(&out);
		number_print_double(&out, value);
		if (!isfinite(value)) {
			assert_string_equal(out.data, "null");
			continue;
		}
		if (!parse_double(out.data, &back) || back != value || out.len > LONGEST)
			fail_msg("%.17g is printed as %s", value, out.data);
	}
}

static void doubles_are_printed_short(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {{0.1, "0.1"}, {-0.0, "0"}, {100, "100"}, {-2.5, "-2.5"},
		{123456789012345, "123456789012345"}, {-999999999999999, "-999999999999999"},
		{1e15, "1e+15"}, {1e-7, "1e-07"}, {0.30000000000000004, "0.30000000000000004"},
		{NAN, "null"}, {INFINITY, "null"}, {-INFINITY, "null"},
		{DBL_MAX, "1.7976931348623157e+308"}};
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		strbuf_reset(&out);
		number_print_double(&out, cases[i].value);
		assert_string_equal(out.data, cases[i].text);
	}
}

/* The fewest digits from 15 on that read back as the same, as printf writes them. */
static void check_as_printf(struct strbuf *out, double value)
{
	char wanted[40];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(wanted, sizeof wanted, "%.*g", digits, value);
		if (strtod(wanted, NULL) == value)
			break;
	}
	strbuf_reset(out);
	number_print_double(out, value);
	if (strcmp(out->data, wanted) != 0)
		fail_msg("%.17g is printed as %s, not %s", value, out->data, wanted);
}

static void doubles_are_printed_as_printf_does(void **state)
{
	struct random random = random_start(4);
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);

	(void)state;
	for (int turn = 0; turn < 5 * ROUNDS; turn++) {
		int exponent = (int)random_below(&random, 80) - 25;
		double power = ldexp(1, exponent), ten = pow(10, exponent % 15);

		check_as_printf(&out, random_between(&random, -1, 1) * power);
		check_as_printf(&out, round(random_between(&random, -1e9, 1e9)) / ten);
		/* Where doubles stand twice as close on one side, and where digits carry. */
		check_as_printf(&out, power < 1e15 ? power * 1.5 + 0.5 : 0.5);
		if (exponent < 0) {
			check_as_printf(&out, power);
			check_as_printf(&out, nextafter(power, 0));
			check_as_printf(&out, nextafter(power, 1));
			check_as_printf(&out, nextafter(ten, 0));
			check_as_printf(&out, nextafter(ten, 1));
		}
	}
}

static void check_fixed(struct strbuf *out, double value, int decimals)
{
	char wanted[400];
	double back = 0, unit = pow(10, -decimals);
	const char *dot;

	strbuf_reset(out);
	number_print_fixed(out, value, decimals);
	snprintf(wanted, sizeof wanted, "%.*f", decimals, value);
	if (!parse_double(out->data, &back) ||
		fabs(back - strtod(wanted, NULL)) > unit * 1.0001 + fabs(value) * DBL_EPSILON)
		fail_msg("%.17g to %d places is %s, not %s", value, decimals, out->data, wanted);
	dot = strchr(out->data, '.');
	if (dot && !strpbrk(dot, "eE"))
		assert_true(strlen(dot + 1) <= (size_t)decimals && out->data[out->len - 1] != '0');
	assert_string_not_equal(out->data, "-0");
}

static void fixed_numbers_agree_with_printf(void **state)
{
	struct random random = random_start(3);
	autofree(strbuf_clear) struct strbuf out = STRBUF(400);

	(void)state;
	for (int turn = 0; turn < ROUNDS; turn++) {
		int decimals = (int)random_below(&random, 10);
		double value = random_any_double(&random);

		check_fixed(&out, random_between(&random, -200, 200), decimals);
		check_fixed(&out, random_between(&random, -2e6, 2e6), decimals);
		if (isfinite(value))
			check_fixed(&out, value, decimals);
	}
}

static void fixed_numbers_have_no_trailing_zeros(void **state)
{
	static const struct {
		double value;
		int decimals;
		const char *text;
	} cases[] = {{1.5, 3, "1.5"}, {1.2345, 2, "1.23"}, {-0.0004, 3, "0"}, {-0.5, 3, "-0.5"},
		{0.05, 3, "0.05"}, {99.9996, 3, "100"}, {-99.9996, 3, "-100"}, {7, 0, "7"},
		{106.123456789, 9, "106.123456789"}, {NAN, 3, "null"}, {-INFINITY, 3, "null"}};
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		strbuf_reset(&out);
		number_print_fixed(&out, cases[i].value, cases[i].decimals);
		assert_string_equal(out.data, cases[i].text);
	}
}

static void snapping_says_when_it_does_not_fit(void **state)
{
	int32_t value = 77;

	(void)state;
	assert_false(number_snap_i32(NAN, &value));
	assert_false(number_snap_i32(INFINITY, &value));
	assert_false(number_snap_i32(2147483648.0, &value));
	assert_false(number_snap_i32(-2147483649.0, &value));
	assert_int_equal(value, 77);
	assert_true(number_snap_i32(2147483647.0, &value) && value == INT32_MAX);
	assert_true(number_snap_i32(-2147483648.0, &value) && value == INT32_MIN);
	assert_true(number_snap_i32(-1.6, &value) && value == -2);
	assert_true(number_snap_i32(1.4, &value) && value == 1);
}

static void sizes_say_when_they_overflow(void **state)
{
	size_t value = 77;

	(void)state;
	assert_false(checked_add(SIZE_MAX, 1, &value));
	assert_false(checked_mul(SIZE_MAX / 2 + 1, 2, &value));
	assert_true(checked_add(SIZE_MAX - 1, 1, &value) && value == SIZE_MAX);
	assert_true(checked_mul(SIZE_MAX / 2, 2, &value) && value == SIZE_MAX - 1);
	assert_true(checked_mul(0, SIZE_MAX, &value) && value == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_read_whole_or_not_at_all),
		cmocka_unit_test(integers_stay_in_their_range),
		cmocka_unit_test(doubles_refuse_what_is_no_decimal),
		cmocka_unit_test(doubles_agree_with_strtod),
		cmocka_unit_test(doubles_survive_the_round_trip),
		cmocka_unit_test(doubles_are_printed_short),
		cmocka_unit_test(doubles_are_printed_as_printf_does),
		cmocka_unit_test(fixed_numbers_agree_with_printf),
		cmocka_unit_test(fixed_numbers_have_no_trailing_zeros),
		cmocka_unit_test(snapping_says_when_it_does_not_fit),
		cmocka_unit_test(sizes_say_when_they_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
