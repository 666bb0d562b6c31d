/*
 * work_calendar: on which days and at which hours the city's offices work, and what that makes of
 * deadlines.
 *
 * Public holidays, and Saturdays that are worked in exchange, are decided anew each year: so the
 * calendar is a rule (data/rule.h) of the kind "work_calendar":
 *
 *	{"week": {"mon": "07:30-11:30 13:30-17:00", ...},      local time; a day not named is free
 *	 "every_year": ["01-01", ...],                          free in each year
 *	 "years": {"2026": {"off": ["2026-02-16", ...],         free
 *	                    "on": ["2026-08-22", ...]}}}        worked, with the first day's hours of the week
 *
 * In a year that is not listed only "every_year" is known: work_calendar_knows says so. Instants are
 * UTC microseconds, days those of Asia/Ho_Chi_Minh. But for work_calendar_find these are pure functions.
 */
#ifndef DATA_WORK_CALENDAR_H
#define DATA_WORK_CALENDAR_H

#include "base/clock.h"
#include "data/store.h"

enum {
	WORK_SPANS_MAX = 4,	    /* of a day */
	WORK_EXCEPTIONS_MAX = 1000, /* days of all years */
	WORK_YEARLY_MAX = 40,
	WORK_YEARS_MAX = 60,
	WORK_DEADLINE_MAX = 500, /* working days */
	WORK_LOOK_DAYS = 1100,	 /* no further is looked: what lies beyond does not count */
};

/* Minutes of the day, half open. */
struct work_span {
	int from_min, to_min;
};

struct work_hours {
	struct work_span spans[WORK_SPANS_MAX];
	size_t count; /* 0 a free day */
};

struct work_exception {
	struct date day;
	bool works;
};

struct work_calendar {
	struct work_hours week[7]; /* from Monday */
	char yearly[WORK_YEARLY_MAX][6]; /* "09-02" */
	size_t yearly_count;
	struct work_exception exceptions[WORK_EXCEPTIONS_MAX];
	size_t exception_count;
	char years[WORK_YEARS_MAX][5]; /* listed */
	size_t year_count;
};

/* ERR_CONFIG if it is none, or nobody ever works in it. */
int work_calendar_parse(const char *payload, struct work_calendar *ret, struct error *err);

/* The one that holds in a unit (0: the whole city) on a day. */
int work_calendar_find(struct store *store, const struct date *day, int64_t unit,
	struct work_calendar *ret, struct error *err);

bool work_calendar_works(const struct work_calendar *calendar, const struct date *day);

/* Whether its year has been entered. */
bool work_calendar_knows(const struct work_calendar *calendar, const struct date *day);

/*
 * When the last hour of the n-th working day ends, of which day 1 is the first working day behind
 * that of `from_us`. n of 0: the day itself, or the next working day if its hours are over.
 */
int64_t work_calendar_due(const struct work_calendar *calendar, int64_t from_us, int days);

/* Working days behind that of `from_us` up to that of `to_us`; what is left of a deadline. */
int work_calendar_days(const struct work_calendar *calendar, int64_t from_us, int64_t to_us);

/* Working time from now to an instant, microseconds; negative: so much has passed since. */
int64_t work_calendar_left_us(
	const struct work_calendar *calendar, int64_t now_us, int64_t due_us);

#endif
