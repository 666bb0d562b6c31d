#include "data/work_calendar.h"

#include "base/json_read.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "data/rule.h"

enum { RULE_MAX_BYTES = 1 << 18, DAYS_OF_WEEK = 7 };
#define MINUTE_US (INT64_C(60) * 1000000)
#define DAY_US (INT64_C(1440) * MINUTE_US)
/* 1970-01-01 was a Thursday. */
#define THURSDAY 3

/* --- reading ------------------------------------------------------------------------------------ */

/* "07:30" */
static bool read_minute(struct slice text, int *ret)
{
	int64_t hours, minutes;

	if (text.len != 5 || text.at[2] != ':' || !number_parse_int(text.at, 2, 0, 24, &hours) ||
		!number_parse_int(text.at + 3, 2, 0, 59, &minutes))
		return false;
	*ret = (int)(hours * 60 + minutes);
	return *ret <= 1440;
}

/* "07:30-11:30 13:30-17:00": spans that rise. */
static bool read_hours(const char *text, struct work_hours *ret)
{
	struct slice piece;
	int before = 0;

	while (text_next(&text, ' ', &piece)) {
		struct work_span span;

		if (ret->count == WORK_SPANS_MAX || piece.len != 11 || piece.at[5] != '-' ||
			!read_minute((struct slice){piece.at, 5}, &span.from_min) ||
			!read_minute((struct slice){piece.at + 6, 5}, &span.to_min) ||
			span.from_min < before || span.from_min >= span.to_min)
			return false;
		ret->spans[ret->count++] = span;
		before = span.to_min;
	}
	return true;
}

/* A member of the object, taken into the calendar; false: it cannot be read. */
struct reading {
	struct work_calendar *calendar;
	bool good;
};

static bool read_day_of_week(void *context, const char *key, const struct json_node *value)
{
	static const char names[DAYS_OF_WEEK][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	struct reading *reading = context;
	const char *text;

	reading->good = false;
	for (size_t i = 0; i < DAYS_OF_WEEK; i++)
		if (!strcmp(key, names[i]))
			reading->good = json_node_text(value, &text) &&
				read_hours(text, &reading->calendar->week[i]);
	return reading->good;
}

static bool read_yearly(const struct json_node *list, struct work_calendar *calendar)
{
	for (size_t i = 0; i < json_node_count(list); i++) {
		char whole[16];
		struct date day;
		const char *text;

		if (calendar->yearly_count == WORK_YEARLY_MAX ||
			!json_node_text(json_node_at(list, i), &text) || strlen(text) != 5)
			return false;
		/* 2024 has a 29th of February. */
		snprintf(whole, sizeof whole, "2024-%s", text);
		if (!date_parse(whole, strlen(whole), &day))
			return false;
		memcpy(calendar->yearly[calendar->yearly_count++], text, 6);
	}
	return true;
}

static bool read_exceptions(
	const struct json_node *list, const char *year, bool works, struct work_calendar *calendar)
{
	for (size_t i = 0; i < json_node_count(list); i++) {
		struct work_exception *exception;
		const char *text;

		if (calendar->exception_count == WORK_EXCEPTIONS_MAX)
			return false;
		exception = &calendar->exceptions[calendar->exception_count++];
		exception->works = works;
		if (!json_node_text(json_node_at(list, i), &text) || strncmp(text, year, 4) != 0 ||
			!date_parse(text, strlen(text), &exception->day))
			return false;
	}
	return true;
}

static bool read_year(void *context, const char *key, const struct json_node *value)
{
	struct reading *reading = context;
	struct work_calendar *calendar = reading->calendar;

	reading->good = strlen(key) == 4 && calendar->year_count < WORK_YEARS_MAX &&
		read_exceptions(json_node_get(value, "off"), key, false, calendar) &&
		read_exceptions(json_node_get(value, "on"), key, true, calendar);
	if (reading->good)
		memcpy(calendar->years[calendar->year_count++], key, 5);
	return reading->good;
}

static int compare_exceptions(const void *a, const void *b)
{
	const struct work_exception *left = a, *right = b;

	return strcmp(left->day.text, right->day.text);
}

static bool has_hours(const struct work_calendar *calendar)
{
	for (size_t i = 0; i < DAYS_OF_WEEK; i++)
		if (calendar->week[i].count)
			return true;
	return false;
}

int work_calendar_parse(const char *payload, struct work_calendar *ret, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct reading reading = {ret, true};

	memset(ret, 0, sizeof *ret);
	if (json_document_parse(payload, strlen(payload), &document, NULL))
		return fail_calendar_unreadable(err);
	json_node_each(json_node_get(document, "week"), read_day_of_week, &reading);
	if (reading.good)
		reading.good = read_yearly(json_node_get(document, "every_year"), ret);
	if (reading.good)
		json_node_each(json_node_get(document, "years"), read_year, &reading);
	if (!reading.good || !has_hours(ret))
		return fail_calendar_unreadable(err);
	qsort(ret->exceptions, ret->exception_count, sizeof *ret->exceptions, compare_exceptions);
	return 0;
}

int work_calendar_find(struct store *store, const struct date *day, int64_t unit,
	struct work_calendar *ret, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(RULE_MAX_BYTES);
	struct rule rule;
	int rc = rule_find(store, "work_calendar", day, unit, &arena, &rule, err);

	return rc ? rc : work_calendar_parse(rule.payload, ret, err);
}

/* --- days ---------------------------------------------------------------------------------------- */

/* A day by its number since 1970-01-01. */
static struct date date_of(int64_t day)
{
	/* Noon in UTC is the same day in Vietnam. */
	return clock_date_vietnam(day * DAY_US + DAY_US / 2 - 7 * 60 * MINUTE_US);
}

static int64_t day_of(int64_t at_us)
{
	struct date date = clock_date_vietnam(at_us);

	return date_days(&date);
}

static const struct work_exception *find_exception(
	const struct work_calendar *calendar, const struct date *day)
{
	const struct work_exception key = {.day = *day};

	return bsearch(&key, calendar->exceptions, calendar->exception_count,
		sizeof *calendar->exceptions, compare_exceptions);
}

static bool is_yearly(const struct work_calendar *calendar, const struct date *day)
{
	for (size_t i = 0; i < calendar->yearly_count; i++)
		if (!strcmp(calendar->yearly[i], day->text + 5))
			return true;
	return false;
}

/* Those of a day that is worked in exchange. */
static const struct work_hours *hours_in_exchange(const struct work_calendar *calendar)
{
	size_t i = 0;

	while (i < DAYS_OF_WEEK - 1 && !calendar->week[i].count)
		i++;
	return &calendar->week[i];
}

static const struct work_hours *hours_of(const struct work_calendar *calendar, int64_t day)
{
	static const struct work_hours none = {.count = 0};
	const struct work_hours *usual =
		&calendar->week[((day + THURSDAY) % DAYS_OF_WEEK + DAYS_OF_WEEK) % DAYS_OF_WEEK];
	const struct date date = date_of(day);
	const struct work_exception *exception = find_exception(calendar, &date);

	if (exception && exception->works)
		return usual->count ? usual : hours_in_exchange(calendar);
	return exception || is_yearly(calendar, &date) ? &none : usual;
}

bool work_calendar_works(const struct work_calendar *calendar, const struct date *day)
{
	return hours_of(calendar, date_days(day))->count > 0;
}

bool work_calendar_knows(const struct work_calendar *calendar, const struct date *day)
{
	for (size_t i = 0; i < calendar->year_count; i++)
		if (!strncmp(calendar->years[i], day->text, 4))
			return true;
	return false;
}

static int64_t instant_of(int64_t day, int minute)
{
	const struct date date = date_of(day);

	return date_begin_us(&date) + minute * MINUTE_US;
}

/* When the last hour of a day ends; of a free one its midnight. */
static int64_t end_of(const struct work_calendar *calendar, int64_t day)
{
	const struct work_hours *hours = hours_of(calendar, day);

	return instant_of(day, hours->count ? hours->spans[hours->count - 1].to_min : 1440);
}

/* --- deadlines ----------------------------------------------------------------------------------- */

int64_t work_calendar_due(const struct work_calendar *calendar, int64_t from_us, int days)
{
	int64_t day = day_of(from_us), last = day + WORK_LOOK_DAYS;

	if (days <= 0 && hours_of(calendar, day)->count && end_of(calendar, day) > from_us)
		return end_of(calendar, day);
	if (days <= 0)
		days = 1;
	while (day < last && days > 0)
		days -= hours_of(calendar, ++day)->count > 0;
	return end_of(calendar, day);
}

int work_calendar_days(const struct work_calendar *calendar, int64_t from_us, int64_t to_us)
{
	int64_t day = day_of(from_us), last = day_of(to_us);
	int count = 0;

	if (last > day + WORK_LOOK_DAYS)
		last = day + WORK_LOOK_DAYS;
	while (day < last)
		count += hours_of(calendar, ++day)->count > 0;
	return count;
}

/* Working time of a day between two instants. */
static int64_t worked_between(
	const struct work_calendar *calendar, int64_t day, int64_t from_us, int64_t to_us)
{
	const struct work_hours *hours = hours_of(calendar, day);
	int64_t sum = 0;

	for (size_t i = 0; i < hours->count; i++) {
		int64_t begin = instant_of(day, hours->spans[i].from_min);
		int64_t end = instant_of(day, hours->spans[i].to_min);

		begin = begin > from_us ? begin : from_us;
		end = end < to_us ? end : to_us;
		sum += end > begin ? end - begin : 0;
	}
	return sum;
}

int64_t work_calendar_left_us(const struct work_calendar *calendar, int64_t now_us, int64_t due_us)
{
	bool is_over = due_us < now_us;
	int64_t from_us = is_over ? due_us : now_us, to_us = is_over ? now_us : due_us;
	int64_t first = day_of(from_us), last = day_of(to_us), sum = 0;

	if (last > first + WORK_LOOK_DAYS)
		last = first + WORK_LOOK_DAYS;
	for (int64_t day = first; day <= last; day++)
		sum += worked_between(calendar, day, from_us, to_us);
	return is_over ? -sum : sum;
}
