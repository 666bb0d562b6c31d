#include "tests/test.h"

#include "data/work_calendar.h"
#include "tests/data/small_register.h"
#include "tests/random.h"

static struct error err;
#define HOUR_US (INT64_C(3600) * 1000000)

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

/* "2026-11-23T09:00" at the clock of Vietnam. */
static int64_t at(const char *text)
{
	char whole[40];
	int64_t at_us = 0;

	snprintf(whole, sizeof whole, "%s:00+07:00", text);
	assert_true(clock_parse_utc(whole, strlen(whole), &at_us));
	return at_us;
}

static void is_at(int64_t at_us, const char *text)
{
	if (at_us != at(text)) {
		autofree(strbuf_clear) struct strbuf found = STRBUF(100);

		clock_print_utc(&found, at_us);
		fail_msg("%s and not %s in Vietnam", found.data, text);
	}
}

static struct date day_of(const char *text)
{
	struct date day;

	assert_true(date_parse(text, strlen(text), &day));
	return day;
}

static void usual(void **state, struct work_calendar *calendar)
{
	struct date day = day_of("2026-11-23");

	assert_int_equal(work_calendar_find(store_of(state), &day, 0, calendar, &err), 0);
}

static void day_one_is_the_first_working_day_behind(void **state)
{
	struct work_calendar calendar;

	usual(state, &calendar);
	is_at(work_calendar_due(&calendar, at("2026-11-23T09:00"), 1), "2026-11-24T17:00");
	is_at(work_calendar_due(&calendar, at("2026-11-23T23:59"), 3), "2026-11-26T17:00");
	/* A Friday evening, over the weekend. */
	is_at(work_calendar_due(&calendar, at("2026-11-27T19:30"), 1), "2026-11-30T17:00");
	is_at(work_calendar_due(&calendar, at("2026-11-28T08:00"), 1), "2026-11-30T17:00");
	is_at(work_calendar_due(&calendar, at("2026-11-23T00:00"), 10), "2026-12-07T17:00");
}

static void tet_does_not_count(void **state)
{
	struct work_calendar calendar;
	struct date eve = day_of("2026-02-16"), after = day_of("2026-02-23");

	usual(state, &calendar);
	assert_false(work_calendar_works(&calendar, &eve));
	assert_true(work_calendar_works(&calendar, &after));
	is_at(work_calendar_due(&calendar, at("2026-02-12T10:00"), 3), "2026-02-24T17:00");
	/* From Friday noon to Monday morning behind it: half a day. */
	assert_true(work_calendar_left_us(&calendar, at("2026-02-13T12:00"),
			    at("2026-02-23T07:30")) == HOUR_US * 7 / 2);
}

static void a_saturday_is_worked_in_exchange(void **state)
{
	struct work_calendar calendar;
	struct date monday = day_of("2026-08-31"), saturday = day_of("2026-08-22");

	usual(state, &calendar);
	assert_false(work_calendar_works(&calendar, &monday));
	assert_true(work_calendar_works(&calendar, &saturday));
	is_at(work_calendar_due(&calendar, at("2026-08-21T16:00"), 1), "2026-08-22T17:00");
	is_at(work_calendar_due(&calendar, at("2026-08-28T16:00"), 1), "2026-09-03T17:00");
	assert_int_equal(
		work_calendar_days(&calendar, at("2026-08-21T16:00"), at("2026-08-29T00:00")), 6);
}

static void hours_are_those_of_work(void **state)
{
	struct work_calendar calendar;

	usual(state, &calendar);
	assert_true(work_calendar_left_us(&calendar, at("2026-11-23T10:30"),
			    at("2026-11-23T14:30")) == 2 * HOUR_US);
	assert_true(work_calendar_left_us(&calendar, at("2026-11-27T16:00"),
			    at("2026-11-30T08:30")) == 2 * HOUR_US);
	assert_true(work_calendar_left_us(&calendar, at("2026-11-30T08:30"),
			    at("2026-11-27T16:00")) == -2 * HOUR_US);
	assert_true(work_calendar_left_us(&calendar, at("2026-11-28T10:00"),
			    at("2026-11-29T10:00")) == 0);
}

static void what_is_left_begins_anew(void **state)
{
	struct work_calendar calendar;
	int64_t due_us;
	int left;

	usual(state, &calendar);
	due_us = work_calendar_due(&calendar, at("2026-11-23T09:00"), 5);
	is_at(due_us, "2026-11-30T17:00");
	left = work_calendar_days(&calendar, at("2026-11-25T15:00"), due_us);
	assert_int_equal(left, 3);
	is_at(work_calendar_due(&calendar, at("2026-12-04T08:00"), left), "2026-12-09T17:00");
	/* On the last day nothing is left but that day; behind its hours the next one. */
	assert_int_equal(work_calendar_days(&calendar, at("2026-11-30T09:00"), due_us), 0);
	is_at(work_calendar_due(&calendar, at("2026-12-02T09:00"), 0), "2026-12-02T17:00");
	is_at(work_calendar_due(&calendar, at("2026-12-04T18:00"), 0), "2026-12-07T17:00");
}

static void years_are_entered(void **state)
{
	struct work_calendar calendar;
	struct date entered = day_of("2026-05-05"), later = day_of("2031-05-05");
	struct date labour_day = day_of("2031-05-01");

	usual(state, &calendar);
	assert_true(work_calendar_knows(&calendar, &entered));
	assert_false(work_calendar_knows(&calendar, &later));
	assert_false(work_calendar_works(&calendar, &labour_day));
	assert_true(work_calendar_works(&calendar, &later));
}

static void a_city_has_its_own(void **state)
{
	struct work_calendar calendar;
	struct date day = day_of("2026-11-23");

	assert_int_equal(
		store_run(store_of(state),
			"INSERT INTO rule (id, kind, precedence, confidence, payload) VALUES ('own',"
			" 'work_calendar', 0, 'configuration',"
			" '{\"week\": {\"sat\": \"08:00-12:00\"}}')",
			&err),
		0);
	assert_int_equal(work_calendar_find(store_of(state), &day, 0, &calendar, &err), 0);
	is_at(work_calendar_due(&calendar, at("2026-11-23T09:00"), 2), "2026-12-05T12:00");
}

static void what_is_no_calendar_is_refused(void **state)
{
	static const char *const wrong[] = {"", "[]", "{}", "{\"week\": {}}",
		"{\"week\": {\"mon\": \"\"}}", "{\"week\": {\"mon\": \"25:00-26:00\"}}",
		"{\"week\": {\"mon\": \"11:30-07:30\"}}",
		"{\"week\": {\"mon\": \"07:00-08:00 07:30-09:00\"}}",
		"{\"week\": {\"moon\": \"07:30-11:30\"}}", "{\"week\": {\"mon\": 7}}",
		"{\"week\": {\"mon\": \"07:30-11:30\"}, \"every_year\": [\"02-30\"]}",
		"{\"week\": {\"mon\": \"07:30-11:30\"}, \"every_year\": [3]}",
		"{\"week\": {\"mon\": \"07:30-11:30\"}, \"years\": {\"2026\": {\"off\": [\"2025-01-01\"]}}}",
		"{\"week\": {\"mon\": \"07:30-11:30\"}, \"years\": {\"26\": {}}}"};
	struct work_calendar calendar;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (work_calendar_parse(wrong[i], &calendar, &err) != ERR_CONFIG)
			fail_msg("taken: %s", wrong[i]);
}

/* Counting the days of a deadline gives its days again, from anywhere. */
static void days_and_deadlines_agree(void **state)
{
	struct random random = random_start(11);
	struct work_calendar calendar;

	usual(state, &calendar);
	for (int i = 0; i < 2000; i++) {
		int64_t from_us = at("2025-06-01T00:00") +
			(int64_t)random_below(&random, 900 * 24 * 60) * 60000000;
		int days = 1 + (int)random_below(&random, 60);
		int64_t due_us = work_calendar_due(&calendar, from_us, days);
		int64_t left_us = work_calendar_left_us(&calendar, from_us, due_us);

		assert_int_equal(work_calendar_days(&calendar, from_us, due_us), days);
		assert_true(due_us > from_us);
		/* A day has seven and a half hours, and the first one is partly over, or wholly. */
		assert_true(left_us >= days * HOUR_US * 15 / 2);
		assert_true(left_us <= (days + 1) * HOUR_US * 15 / 2);
		assert_true(work_calendar_left_us(&calendar, due_us, from_us) == -left_us);
	}
}

#define TEST(function)                                                                             \
	cmocka_unit_test_setup_teardown(function, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(day_one_is_the_first_working_day_behind),
		TEST(tet_does_not_count),
		TEST(a_saturday_is_worked_in_exchange),
		TEST(hours_are_those_of_work),
		TEST(what_is_left_begins_anew),
		TEST(years_are_entered),
		TEST(a_city_has_its_own),
		cmocka_unit_test(what_is_no_calendar_is_refused),
		TEST(days_and_deadlines_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
