/*
 * clock: the time, from a source that tests can replace; RFC 3339 instants and plain dates.
 *
 * Instants are microseconds since 1970-01-01T00:00Z (UTC, no leap seconds). Dates in law are
 * those of Asia/Ho_Chi_Minh, which has been UTC+7 without summer time since 1975.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct clock {
	int64_t (*now_us)(void *context);
	void *context;
};

/* The machine's clock. */
extern const struct clock clock_system;

int64_t clock_now_us(const struct clock *clock);

/* Milliseconds that only ever grow, for durations and deadlines. */
int64_t clock_ticks_ms(void);
int64_t clock_ticks_us(void);

/* Appends "2026-11-21T08:00:00.123456Z"; without the fraction when it is zero. */
void clock_print_utc(struct strbuf *out, int64_t at_us);

/* Appends the minute as people in Vietnam write it, "08:05 21/11/2026". */
void clock_print_vietnam(struct strbuf *out, int64_t at_us);

/* Appends the HTTP date (RFC 9110 §5.6.7), "Sat, 21 Nov 2026 08:00:00 GMT". */
void clock_print_http(struct strbuf *out, int64_t at_us);

/* Reads RFC 3339 with any offset; in UTC the years 0001 to 9999. */
bool clock_parse_utc(const char *text, size_t len, int64_t *ret_us);

/* A civil date, "2026-11-21" and '\0'. */
struct date {
	char text[11];
};

/* The date in Asia/Ho_Chi_Minh at an instant; before 0001 and after 9999 the first and last day. */
struct date clock_date_vietnam(int64_t at_us);

/* True if text[0..len) is a date that exists. */
bool date_parse(const char *text, size_t len, struct date *ret);

/* Days since 1970-01-01 of a date that exists. */
int64_t date_days(const struct date *date);

/* When the date begins in Asia/Ho_Chi_Minh, and when the next one does. */
int64_t date_begin_us(const struct date *date);
int64_t date_end_us(const struct date *date);

#endif
