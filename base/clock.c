#include "base/clock.h"

#include "base/number.h"

static const int64_t us_a_second = 1000000;
static const int64_t seconds_a_day = 86400;
static const int64_t vietnam_offset_s = 7 * 3600;

/* The first and last second of the years that are written with four digits, 0001 to 9999. */
static const int64_t first_s = -62135596800, last_s = 253402300799;

static int64_t system_now_us(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * us_a_second + now.tv_nsec / 1000;
}

const struct clock clock_system = {system_now_us, NULL};

int64_t clock_now_us(const struct clock *clock)
{
	return clock->now_us(clock->context);
}

int64_t clock_ticks_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * us_a_second + now.tv_nsec / 1000;
}

int64_t clock_ticks_ms(void)
{
	return clock_ticks_us() / 1000;
}

struct civil {
	int64_t year;
	int month, day; /* from 1 */
};

/* Days since 1970-01-01 of a date in the Gregorian calendar; March starts the year. */
static int64_t days_of(struct civil date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
		719468;
}

static struct civil civil_of(int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day = shifted - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	return (struct civil){
		.year = year + era * 400 + (month >= 10),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t floor_rest(int64_t a, int64_t b)
{
	return a % b + (a % b < 0 ? b : 0);
}

void clock_print_utc(struct strbuf *out, int64_t at_us)
{
	int64_t seconds = floor_div(at_us, us_a_second);
	int64_t days = floor_div(seconds, seconds_a_day);
	int64_t of_day = seconds - days * seconds_a_day;
	int64_t fraction = floor_rest(at_us, us_a_second);
	struct civil date = civil_of(days);

	strbuf_add_format(out, "%04lld-%02d-%02dT%02lld:%02lld:%02lld", (long long)date.year,
		date.month, date.day, (long long)(of_day / 3600), (long long)(of_day / 60 % 60),
		(long long)(of_day % 60));
	if (fraction)
		strbuf_add_format(out, ".%06lld", (long long)fraction);
	strbuf_add_char(out, 'Z');
}

void clock_print_http(struct strbuf *out, int64_t at_us)
{
	static const char days_of_week[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec"};
	int64_t seconds = floor_div(at_us, us_a_second);
	int64_t days = floor_div(seconds, seconds_a_day);
	int64_t of_day = seconds - days * seconds_a_day;
	struct civil date = civil_of(days);

	strbuf_add_format(out, "%s, %02d %s %04lld %02lld:%02lld:%02lld GMT",
		days_of_week[floor_rest(days, 7)], date.day, months[date.month - 1],
		(long long)date.year, (long long)(of_day / 3600), (long long)(of_day / 60 % 60),
		(long long)(of_day % 60));
}

/* Exactly `width` digits at text[*at]; moves *at behind them. */
static bool parse_digits(const char *text, size_t len, size_t *at, size_t width, int *ret)
{
	int64_t value;

	if (*at + width > len || text[*at] == '-' ||
		!number_parse_int(text + *at, width, 0, 9999, &value))
		return false;
	*at += width;
	*ret = (int)value;
	return true;
}

static bool parse_char(const char *text, size_t len, size_t *at, const char *one_of)
{
	if (*at >= len || !text[*at] || !strchr(one_of, text[*at]))
		return false;
	(*at)++;
	return true;
}

static bool parse_civil(const char *text, size_t len, size_t *at, struct civil *ret)
{
	static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;
	bool leap;

	if (!parse_digits(text, len, at, 4, &year) || !parse_char(text, len, at, "-") ||
		!parse_digits(text, len, at, 2, &month) || !parse_char(text, len, at, "-") ||
		!parse_digits(text, len, at, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days[month - 1])
		return false;
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (month == 2 && day == 29 && !leap)
		return false;
	*ret = (struct civil){year, month, day};
	return true;
}

/* "Z" or "+07:00": seconds to take away to get UTC. */
static bool parse_offset(const char *text, size_t len, size_t *at, int64_t *ret_s)
{
	bool west;
	int hours, minutes;

	*ret_s = 0;
	if (parse_char(text, len, at, "Zz"))
		return true;
	west = *at < len && text[*at] == '-';
	if (!parse_char(text, len, at, "+-") || !parse_digits(text, len, at, 2, &hours) ||
		!parse_char(text, len, at, ":") || !parse_digits(text, len, at, 2, &minutes) ||
		hours > 23 || minutes > 59)
		return false;
	*ret_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

bool clock_parse_utc(const char *text, size_t len, int64_t *ret_us)
{
	size_t at = 0;
	struct civil date;
	int hours, minutes, seconds;
	int64_t offset_s, at_s, fraction = 0, scale = us_a_second;

	if (!parse_civil(text, len, &at, &date) || !parse_char(text, len, &at, "Tt ") ||
		!parse_digits(text, len, &at, 2, &hours) || !parse_char(text, len, &at, ":") ||
		!parse_digits(text, len, &at, 2, &minutes) || !parse_char(text, len, &at, ":") ||
		!parse_digits(text, len, &at, 2, &seconds))
		return false;
	if (hours > 23 || minutes > 59 || seconds > 60)
		return false;
	if (parse_char(text, len, &at, ".")) {
		size_t first = at;

		for (; at < len && text[at] >= '0' && text[at] <= '9'; at++) {
			scale /= 10;
			fraction += (text[at] - '0') * scale;
		}
		if (at == first)
			return false;
	}
	if (!parse_offset(text, len, &at, &offset_s) || at != len)
		return false;
	at_s = days_of(date) * seconds_a_day + hours * 3600 + minutes * 60 + seconds - offset_s;
	if (at_s < first_s || at_s > last_s)
		return false;
	*ret_us = at_s * us_a_second + fraction;
	return true;
}

static void put_digits(char *at, int width, int64_t value)
{
	while (width--) {
		at[width] = (char)('0' + value % 10);
		value /= 10;
	}
}

struct date clock_date_vietnam(int64_t at_us)
{
	int64_t seconds = floor_div(at_us, us_a_second) + vietnam_offset_s;
	struct civil date;
	struct date ret = {"0000-00-00"};

	if (seconds < first_s)
		seconds = first_s;
	if (seconds > last_s)
		seconds = last_s;
	date = civil_of(floor_div(seconds, seconds_a_day));
	put_digits(ret.text, 4, date.year);
	put_digits(ret.text + 5, 2, date.month);
	put_digits(ret.text + 8, 2, date.day);
	return ret;
}

void clock_print_vietnam(struct strbuf *out, int64_t at_us)
{
	struct date date = clock_date_vietnam(at_us);
	int64_t minutes = floor_rest(
		floor_div(at_us - date_begin_us(&date), 60 * us_a_second), seconds_a_day / 60);

	strbuf_add_format(out, "%02d:%02d %.2s/%.2s/%.4s", (int)(minutes / 60), (int)(minutes % 60),
		date.text + 8, date.text + 5, date.text);
}

bool date_parse(const char *text, size_t len, struct date *ret)
{
	struct civil date;
	size_t at = 0;

	if (!parse_civil(text, len, &at, &date) || at != len)
		return false;
	memcpy(ret->text, text, len);
	ret->text[len] = '\0';
	return true;
}

int64_t date_days(const struct date *date)
{
	struct civil civil = {1970, 1, 1};
	size_t at = 0;

	parse_civil(date->text, strlen(date->text), &at, &civil);
	return days_of(civil);
}

int64_t date_begin_us(const struct date *date)
{
	return (date_days(date) * seconds_a_day - vietnam_offset_s) * us_a_second;
}

int64_t date_end_us(const struct date *date)
{
	return date_begin_us(date) + seconds_a_day * us_a_second;
}
