#include "tests/test.h"

#include "base/clock.h"
#include "tests/random.h"

static const int64_t second_us = 1000000, day_us = INT64_C(86400) * 1000000;

static bool parse(const char *text, int64_t *ret_us)
{
	size_t len = strlen(text);
	char *alone = memcpy(test_malloc(len + !len), text, len);
	bool ok = clock_parse_utc(alone, len, ret_us);

	test_free(alone);
	return ok;
}

static int64_t us_of(const char *text)
{
	int64_t at_us = 77;

	if (!parse(text, &at_us))
		fail_msg("'%s' is refused", text);
	return at_us;
}

static const char *printed(struct strbuf *out, int64_t at_us)
{
	strbuf_reset(out);
	clock_print_utc(out, at_us);
	return out->data;
}

/* The calendar as it is taught, one day after the other. */
struct naive {
	int year, month, day, weekday; /* 0 Sunday */
};

static bool is_leap(int year)
{
	return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

static void to_next_day(struct naive *date)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	date->weekday = (date->weekday + 1) % 7;
	if (++date->day <= days[date->month - 1] + (date->month == 2 && is_leap(date->year)))
		return;
	date->day = 1;
	if (++date->month <= 12)
		return;
	date->month = 1;
	date->year++;
}

static void every_day_from_1600_to_2400_is_right(void **state)
{
	static const char weekdays[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);
	struct naive date = {1600, 1, 1, 6}; /* 1 January 1600 was a Saturday */
	int64_t at_us = -135140 * day_us;

	(void)state;
	for (; date.year <= 2400; to_next_day(&date), at_us += day_us) {
		char wanted[64];

		snprintf(wanted, sizeof wanted, "%04d-%02d-%02dT00:00:00Z", date.year, date.month,
			date.day);
		assert_string_equal(printed(&out, at_us), wanted);
		assert_true(us_of(wanted) == at_us);
		strbuf_reset(&out);
		clock_print_http(&out, at_us);
		assert_memory_equal(out.data, weekdays[date.weekday], 3);
		assert_memory_equal(clock_date_vietnam(at_us).text, wanted, 10);
	}
}

static void only_days_that_exist_are_read(void **state)
{
	struct date date = {"untouched"};

	(void)state;
	for (int year = 1; year <= 9999; year += year % 100 == 4 ? 96 : 1) {
		char text[32];

		snprintf(text, sizeof text, "%04d-02-29", year);
		assert_int_equal(date_parse(text, 10, &date), is_leap(year));
	}
	assert_true(date_parse("2026-11-21", 10, &date));
	assert_string_equal(date.text, "2026-11-21");
	assert_true(date_parse("0001-01-01", 10, &date));
	assert_true(date_parse("9999-12-31", 10, &date));
	assert_true(date_parse("2026-11-21T", 10, &date));
}

static void what_is_no_date_is_refused(void **state)
{
	static const char *const wrong[] = {"", "2026", "2026-1-01", "2026-11-2", "2026-11-211",
		"2026-00-10", "2026-13-01", "2026-04-31", "2026-06-00", "2026-12-32", "0000-01-01",
		"1900-02-29", "2023-02-29", "20261121", "2026/11/21", "21-11-2026", "-026-11-21",
		"+026-11-21", "2026--1-21", " 2026-11-21", "2026-11-21 ", "2026-11-2a", "2026-W01"};
	struct date date = {"untouched"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (date_parse(wrong[i], strlen(wrong[i]), &date))
			fail_msg("'%s' passes for a date", wrong[i]);
	assert_false(date_parse("2026\00011\00021", 10, &date));
	assert_string_equal(date.text, "untouched");
}

static void instants_are_read_with_any_offset(void **state)
{
	int64_t noon = us_of("2026-11-21T12:00:00Z");

	(void)state;
	assert_true(us_of("1970-01-01T00:00:00Z") == 0);
	assert_true(us_of("2026-11-21T19:00:00+07:00") == noon);
	assert_true(us_of("2026-11-21T07:30:00-04:30") == noon);
	assert_true(us_of("2026-11-22T11:59:00+23:59") == noon);
	assert_true(us_of("2026-11-20T12:01:00-23:59") == noon);
	assert_true(us_of("2026-11-21T12:00:00-00:00") == noon);
	assert_true(us_of("2026-11-21t12:00:00z") == noon);
	assert_true(us_of("2026-11-21 12:00:00Z") == noon);
	assert_true(us_of("2026-11-21T12:00:00.5Z") == noon + second_us / 2);
	assert_true(us_of("2026-11-21T12:00:00.000001Z") == noon + 1);
	assert_true(us_of("2026-11-21T12:00:00.0000019999999999999999999Z") == noon + 1);
	assert_true(us_of("1969-12-31T23:59:59.999999Z") == -1);
	assert_true(us_of("2016-12-31T23:59:60Z") == us_of("2017-01-01T00:00:00Z"));
}

static void what_is_no_instant_is_refused(void **state)
{
	static const char *const wrong[] = {"", "2026-11-21", "2026-11-21T12:00:00",
		"2026-11-21T12:00Z", "2026-11-21T24:00:00Z", "2026-11-21T12:60:00Z",
		"2026-11-21T12:00:61Z", "2026-11-21T12:00:00.Z", "2026-11-21T12:00:00,5Z",
		"2026-11-21T12:00:00+7:00", "2026-11-21T12:00:00+0700", "2026-11-21T12:00:00+24:00",
		"2026-11-21T12:00:00+07:60", "2026-11-21T12:00:00Z ", "2026-11-21T12:00:00ZZ",
		"2026-11-21X12:00:00Z", "2026-11-21T-1:00:00Z", "2026-11-21T12:00:0-Z",
		"2026-02-30T12:00:00Z", "2026-11-21T12:00:00+", "0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01", "0000-12-31T23:59:59-23:00", "1763726400"};
	int64_t at_us = 77;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (parse(wrong[i], &at_us))
			fail_msg("'%s' passes for an instant", wrong[i]);
	assert_false(clock_parse_utc("2026-11-21\00012:00:00Z", 20, &at_us));
	assert_false(clock_parse_utc("2026-11-21T12:00:00\0", 20, &at_us));
	assert_false(clock_parse_utc("2026-11-21T12:00:00\00007:00", 25, &at_us));
	assert_int_equal(at_us, 77);
}

static void printed_instants_read_back(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);
	struct random random = random_start(1);
	int64_t first = us_of("0001-01-01T00:00:00Z"), last = us_of("9999-12-31T23:59:59.999999Z");

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t span = (uint64_t)last - (uint64_t)first;
		int64_t at_us = first + (int64_t)(random_bits(&random) % span);

		if (i % 2)
			at_us -= at_us % second_us;
		assert_true(us_of(printed(&out, at_us)) == at_us);
	}
	assert_string_equal(printed(&out, first), "0001-01-01T00:00:00Z");
	assert_string_equal(printed(&out, last), "9999-12-31T23:59:59.999999Z");
	assert_string_equal(printed(&out, -1), "1969-12-31T23:59:59.999999Z");
	assert_string_equal(printed(&out, 1), "1970-01-01T00:00:00.000001Z");
}

static void http_dates_are_those_of_the_rfc(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);

	(void)state;
	clock_print_http(&out, us_of("1994-11-06T08:49:37Z"));
	assert_string_equal(out.data, "Sun, 06 Nov 1994 08:49:37 GMT");
	strbuf_reset(&out);
	clock_print_http(&out, -1);
	assert_string_equal(out.data, "Wed, 31 Dec 1969 23:59:59 GMT");
}

static void people_in_vietnam_read_the_minute_first(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);

	(void)state;
	clock_print_vietnam(&out, us_of("2026-11-21T16:59:59.999999Z"));
	assert_string_equal(out.data, "23:59 21/11/2026");
	strbuf_reset(&out);
	clock_print_vietnam(&out, us_of("2026-12-31T17:00:00Z"));
	assert_string_equal(out.data, "00:00 01/01/2027");
	strbuf_reset(&out);
	clock_print_vietnam(&out, INT64_MIN);
	clock_print_vietnam(&out, INT64_MAX);
	assert_int_equal(out.len, 2 * strlen("00:00 01/01/0001"));
}

static void the_day_begins_at_midnight_in_vietnam(void **state)
{
	(void)state;
	assert_string_equal(
		clock_date_vietnam(us_of("2026-11-21T16:59:59.999999Z")).text, "2026-11-21");
	assert_string_equal(clock_date_vietnam(us_of("2026-11-21T17:00:00Z")).text, "2026-11-22");
	assert_string_equal(clock_date_vietnam(us_of("2027-12-31T17:00:00Z")).text, "2028-01-01");
	assert_string_equal(clock_date_vietnam(us_of("2028-02-28T17:00:00Z")).text, "2028-02-29");
	assert_string_equal(clock_date_vietnam(us_of("1960-02-29T16:59:59Z")).text, "1960-02-29");
}

/* No instant gives a date that date_parse would refuse, and none overflows. */
static void the_ends_of_time_are_harmless(void **state)
{
	static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1, 0};
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	struct date date;

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		clock_print_utc(&out, ends[i]);
		clock_print_http(&out, ends[i]);
		date = clock_date_vietnam(ends[i]);
		assert_true(date_parse(date.text, strlen(date.text), &date));
	}
	assert_string_equal(clock_date_vietnam(INT64_MIN).text, "0001-01-01");
	assert_string_equal(clock_date_vietnam(INT64_MAX).text, "9999-12-31");
	date = clock_date_vietnam(us_of("9999-12-31T17:00:00Z"));
	assert_string_equal(date.text, "9999-12-31");
}

static int64_t fixed_now(void *context)
{
	return *(int64_t *)context;
}

static void a_clock_can_be_replaced(void **state)
{
	int64_t now = 42, before = clock_ticks_ms();
	const struct clock fixed = {fixed_now, &now};

	(void)state;
	assert_int_equal(clock_now_us(&fixed), 42);
	assert_true(clock_now_us(&clock_system) > us_of("2024-01-01T00:00:00Z"));
	assert_true(clock_ticks_ms() >= before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_from_1600_to_2400_is_right),
		cmocka_unit_test(only_days_that_exist_are_read),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(instants_are_read_with_any_offset),
		cmocka_unit_test(what_is_no_instant_is_refused),
		cmocka_unit_test(printed_instants_read_back),
		cmocka_unit_test(http_dates_are_those_of_the_rfc),
		cmocka_unit_test(people_in_vietnam_read_the_minute_first),
		cmocka_unit_test(the_day_begins_at_midnight_in_vietnam),
		cmocka_unit_test(the_ends_of_time_are_harmless),
		cmocka_unit_test(a_clock_can_be_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
