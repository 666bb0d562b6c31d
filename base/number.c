#include "base/number.h"

#include <math.h>

enum {
	NUMBER_MAX_CHARS = 330, /* no double needs more, written out in full */
	DECIMALS_MAX = 9,
};

bool number_parse_int(const char *text, size_t len, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = len && text[0] == '-';
	int64_t value = 0;

	if (len == (size_t)negative || len > 20)
		return false;
	for (size_t i = negative; i < len; i++) {
		int digit = text[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, digit, &value))
			return false;
	}
	/* Gathered as a negative number, which reaches one further. */
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

/* digits [. digits] [e [sign] digits], with at least one digit before the exponent. */
static bool is_decimal(const char *text, size_t len)
{
	size_t i = 0, digits = 0;

	if (i < len && text[i] == '-')
		i++;
	for (; i < len && text[i] >= '0' && text[i] <= '9'; i++)
		digits++;
	if (i < len && text[i] == '.')
		for (i++; i < len && text[i] >= '0' && text[i] <= '9'; i++)
			digits++;
	if (!digits)
		return false;
	if (i < len && (text[i] == 'e' || text[i] == 'E')) {
		i++;
		if (i < len && (text[i] == '+' || text[i] == '-'))
			i++;
		if (i == len)
			return false;
		while (i < len && text[i] >= '0' && text[i] <= '9')
			i++;
	}
	return i == len;
}

bool number_parse_double(const char *text, size_t len, double min, double max, double *ret)
{
	char copy[NUMBER_MAX_CHARS + 1];
	double value;

	if (len > NUMBER_MAX_CHARS || !is_decimal(text, len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	value = strtod(copy, NULL); /* main() keeps LC_NUMERIC at "C" */
	if (!isfinite(value) || !(value >= min && value <= max))
		return false;
	*ret = value;
	return true;
}

void number_print_double(struct strbuf *out, double value)
{
	char text[40];

	if (!isfinite(value)) {
		strbuf_add_text(out, "null");
		return;
	}
	if (value == rint(value) && fabs(value) < 1e15) {
		strbuf_add_int(out, (int64_t)value);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	strbuf_add_text(out, text);
}

void number_print_fixed(struct strbuf *out, double value, int decimals)
{
	static const double scales[DECIMALS_MAX + 1] = {
		1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
	double scaled = value * scales[decimals];
	char digits[32];
	size_t at = sizeof digits;
	uint64_t left;
	bool any = false;

	if (!(fabs(scaled) < 9e15)) {
		number_print_double(out, value);
		return;
	}
	left = (uint64_t)llrint(fabs(scaled));
	for (int i = 0; i < decimals; i++) {
		char digit = (char)('0' + left % 10);

		left /= 10;
		if (any || digit != '0') {
			digits[--at] = digit;
			any = true;
		}
	}
	if (any)
		digits[--at] = '.';
	any = any || left;
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (value < 0 && any)
		digits[--at] = '-';
	strbuf_add(out, digits + at, sizeof digits - at);
}

bool number_snap_i32(double value, int32_t *ret)
{
	if (!(value >= INT32_MIN && value <= INT32_MAX)) /* also rejects NaN */
		return false;
	*ret = (int32_t)lrint(value);
	return true;
}
