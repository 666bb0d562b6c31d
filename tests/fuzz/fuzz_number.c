#include "tests/fuzz/fuzz.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"

/* An integer prints as itself, but for zeros in front and a minus before zero. */
static void check_int(const char *text, size_t len)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);
	int64_t value, back;

	if (!number_parse_int(text, len, INT64_MIN, INT64_MAX, &value))
		return;
	strbuf_add_int(&out, value);
	must(out.len <= len);
	must(number_parse_int(out.data, out.len, value, value, &back));
	must(!number_parse_int(text, len, INT64_MIN, INT64_MIN, &back) || value == INT64_MIN);
}

static void check_double(const char *text, size_t len)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	double value, back;

	if (!number_parse_double(text, len, -DBL_MAX, DBL_MAX, &value))
		return;
	must(isfinite(value));
	number_print_double(&out, value);
	must(number_parse_double(out.data, out.len, value, value, &back));
	for (int decimals = 0; decimals <= 9; decimals++) {
		strbuf_reset(&out);
		number_print_fixed(&out, value, decimals);
		must(number_parse_double(out.data, out.len, -DBL_MAX, DBL_MAX, &back));
		must(fabs(back - value) <= 1.0001 * pow(10, -decimals) + fabs(value) * DBL_EPSILON);
	}
}

static void check_time(const char *text, size_t len)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);
	struct date date;
	int64_t at_us, back_us;

	if (date_parse(text, len, &date))
		must(len == 10 && !memcmp(date.text, text, len));
	if (!clock_parse_utc(text, len, &at_us))
		return;
	clock_print_utc(&out, at_us);
	must(clock_parse_utc(out.data, out.len, &back_us) && back_us == at_us);
	date = clock_date_vietnam(at_us);
	must(date_parse(date.text, 10, &date));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	check_int((const char *)bytes, len);
	check_double((const char *)bytes, len);
	check_time((const char *)bytes, len);
	return 0;
}
