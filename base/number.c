#include "base/number.h"

#include <math.h>

enum {
	NUMBER_MAX_CHARS = 330, /* no double needs more, written out in full */
	DECIMALS_MAX = 9,
	SHORT_DIGITS = 15, /* any decimal of so many digits survives in a double */
	FULL_DIGITS = 17,  /* so many tell any two doubles apart */
};

__extension__ typedef unsigned __int128 uint128;

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

/*
 * The eight digits of a number below 10^8, leading zeros too: each in a byte, the first in the
 * lowest, so that they stand in order in memory. Halves twice, all parts at once.
 */
static inline uint64_t eight_digits(uint32_t number)
{
	uint64_t fours = number / 10000 | (uint64_t)(number % 10000) << 32;
	uint64_t hundreds = (fours * 10486 >> 20) & 0x0000007F0000007F; /* 10486 / 2^20: 1 / 100 */
	uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
	uint64_t tens = (twos * 103 >> 10) & 0x000F000F000F000F; /* 103 / 2^10: 1 / 10 */

	return tens | (twos - 10 * tens) << 8;
}

enum { EIGHT = 100000000 };
static const uint64_t zeros = 0x3030303030303030; /* eight letters '0' */

static inline void put_letters(char *out, uint64_t digits)
{
	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "digits stand in order");
	digits |= zeros;
	memcpy(out, &digits, sizeof digits);
}

/* Writes an integer below 10^8 without leading zeros, and maybe some bytes behind; gives its end. */
static char *write_short(char *out, uint32_t number)
{
	uint64_t digits = eight_digits(number);
	int leading = __builtin_ctzll(digits | (uint64_t)1 << 56) / 8;

	put_letters(out, digits >> 8 * leading);
	return out + 8 - leading;
}

static char *write_long(char *out, uint64_t number)
{
	uint64_t high = number / EIGHT;

	out = high < EIGHT ? write_short(out, (uint32_t)high) : write_long(out, high);
	put_letters(out, eight_digits((uint32_t)(number % EIGHT)));
	return out + 8;
}

static char *write_whole(char *out, uint64_t number)
{
	return number < EIGHT ? write_short(out, (uint32_t)number) : write_long(out, number);
}

char *number_write_int(char out[NUMBER_CHARS], int64_t value)
{
	if (value < 0)
		*out++ = '-';
	return write_whole(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* Writes the number with its last `decimals` digits behind a point, without zeros at the end. */
static char *place_point(char *out, uint64_t digits, int decimals)
{
	char text[NUMBER_CHARS], *at = text, *end = write_whole(text, digits);
	int whole = (int)(end - at) - decimals;

	while (end > at && decimals > 0 && end[-1] == '0') {
		end--;
		decimals--;
	}
	if (whole <= 0)
		*out++ = '0';
	for (; whole > 0; whole--)
		*out++ = *at++;
	if (decimals > 0)
		*out++ = '.';
	for (; whole < 0; whole++)
		*out++ = '0';
	while (at < end)
		*out++ = *at++;
	return out;
}

static uint128 power_of_10(int exponent)
{
	uint128 power = 1;

	for (; exponent > 0; exponent--)
		power *= 10;
	return power;
}

/* mantissa / 2^shift, exactly. */
struct binary {
	uint64_t mantissa;
	int shift;
};

/* The value with so many decimals, rounded as printf does; whether it reads back as the same. */
static bool round_to(const struct binary *binary, int decimals, uint64_t *ret_digits)
{
	uint128 unit = power_of_10(decimals), exact = binary->mantissa * unit;
	uint128 one = (uint128)1 << binary->shift, rest = exact & (one - 1), off;
	uint64_t digits = (uint64_t)(exact >> binary->shift);
	bool up = rest > one / 2 || (rest == one / 2 && digits % 2);
	bool is_even = binary->mantissa % 2 == 0;

	*ret_digits = digits + up;
	off = 2 * (up ? one - rest : rest);
	/* Below a power of two the doubles stand twice as close. */
	if (!up && binary->mantissa == (uint64_t)1 << 52)
		off *= 2;
	return off < unit || (off == unit && is_even);
}

/* Writes a fraction between 1e-4 and 1e15: what "%.15g", or 16, or 17 would, in integers alone. */
static char *write_fraction(char *out, double value)
{
	static const double tens[] = {1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6,
		1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	int exponent, leading = 0; /* tens[leading] <= value */
	struct binary binary;
	uint64_t digits = 0;
	int decimals = 0;

	binary.mantissa = (uint64_t)ldexp(frexp(value, &exponent), 53);
	binary.shift = 53 - exponent;
	while (value >= tens[leading + 1])
		leading++;
	for (int count = SHORT_DIGITS; count <= FULL_DIGITS; count++) {
		decimals = count - 1 - (leading - 4);
		if (round_to(&binary, decimals, &digits))
			break;
	}
	return place_point(out, digits, decimals);
}

/* The nearest integer, as rint; the sum has no room for a fraction. */
static inline uint64_t nearest(double value)
{
	double sum = value + 0x1p52;
	uint64_t bits;

	if (value >= 0x1p51)
		return (uint64_t)llrint(value);
	memcpy(&bits, &sum, sizeof bits);
	return bits & (((uint64_t)1 << 52) - 1);
}

char *number_write_double(char out[NUMBER_CHARS], double value)
{
	double size = fabs(value);

	if (!isfinite(value)) {
		memcpy(out, "null", 4);
		return out + 4;
	}
	if (value < 0)
		*out++ = '-';
	if (size == rint(size) && size < 1e15)
		return place_point(out, (uint64_t)size, 0);
	for (int decimals = 1; decimals <= 3 && size >= 1e-4 && size < 1e11; decimals++) {
		const double units[] = {1, 10, 100, 1000};
		uint64_t near = nearest(size * units[decimals]);

		/* Of no more than 15 digits, and exact: there is no shorter one. */
		if ((double)near / units[decimals] == size)
			return place_point(out, near, decimals);
	}
	if (size >= 1e-4 && size < 1e15)
		return write_fraction(out, size);
	for (int digits = SHORT_DIGITS; digits <= FULL_DIGITS; digits++) {
		char text[NUMBER_CHARS];
		int len = snprintf(text, sizeof text, "%.*g", digits, size);

		memcpy(out, text, (size_t)len);
		if (digits == FULL_DIGITS || strtod(text, NULL) == size)
			return out + len;
	}
	return out;
}

/* The zeros at the end of eight digits as eight_digits gives them. */
static int zeros_behind(uint64_t digits)
{
	return digits ? __builtin_clzll(digits) / 8 : 8;
}

/* Nine decimals, given as an integer, without the zeros at their end; gives the end. */
static char *write_decimals(char *out, uint32_t billionths)
{
	uint64_t digits = eight_digits(billionths % EIGHT);

	if (!billionths)
		return out;
	out[0] = '.';
	out[1] = (char)('0' + billionths / EIGHT);
	put_letters(out + 2, digits);
	return out + 10 - zeros_behind(digits);
}

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

static inline void put_pair(char *out, uint64_t number)
{
	memcpy(out, pairs + 2 * number, 2);
}

/*
 * Nine decimals of what is below 1000, given as billionths: most numbers of most answers. The last
 * eight digits come as a fraction of 2^57, two at each multiplication by a hundred.
 */
static inline char *write_degree(char *out, uint64_t billionths)
{
	const uint64_t mask = ((uint64_t)1 << 57) - 1;
	uint32_t first = (uint32_t)(billionths / EIGHT), two = first / 100, more = first % 100;
	uint64_t fraction = billionths % EIGHT * 144115188076; /* 2^57 / 10^6, rounded up */

	put_pair(out, two);
	if (two < 10)
		out[0] = out[1];
	out += (first >= 100) + (first >= 1000);
	out[0] = pairs[2 * more];
	out[1] = '.';
	out[2] = pairs[2 * more + 1];
	put_pair(out + 3, fraction >> 57);
	fraction = (fraction & mask) * 100;
	put_pair(out + 5, fraction >> 57);
	fraction = (fraction & mask) * 100;
	put_pair(out + 7, fraction >> 57);
	fraction = (fraction & mask) * 100;
	put_pair(out + 9, fraction >> 57);
	out += 11;
	while (out[-1] == '0')
		out--;
	return out - (out[-1] == '.');
}

__attribute__((noinline)) static char *write_any_fixed(char *out, double value, int decimals)
{
	static const uint64_t units[DECIMALS_MAX + 1] = {
		1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
	uint64_t unit = units[decimals], left, whole;
	double scaled = fabs(value) * (double)unit;

	if (!(scaled < 9e15))
		return number_write_double(out, value);
	left = nearest(scaled);
	*out = '-';
	out += value < 0 && left;
	/* A constant where it counts: a division by a variable takes longer. */
	whole = decimals == 4 ? left / 10000 : left / unit;
	return write_decimals(write_whole(out, whole),
		(uint32_t)((left - whole * unit) * units[DECIMALS_MAX - decimals]));
}

char *number_write_fixed(char out[NUMBER_CHARS], double value, int decimals)
{
	/* Apart from the others, so that it stays short. */
	if (decimals == DECIMALS_MAX && value >= 0 && value < 999)
		return write_degree(out, nearest(value * 1e9));
	return write_any_fixed(out, value, decimals);
}

static void add_written(struct strbuf *out, const char *text, const char *end)
{
	strbuf_add(out, text, (size_t)(end - text));
}

void number_print_double(struct strbuf *out, double value)
{
	char text[NUMBER_CHARS];

	add_written(out, text, number_write_double(text, value));
}

void number_print_fixed(struct strbuf *out, double value, int decimals)
{
	char text[NUMBER_CHARS];

	add_written(out, text, number_write_fixed(text, value, decimals));
}

bool number_snap_i32(double value, int32_t *ret)
{
	if (!(value >= INT32_MIN && value <= INT32_MAX)) /* also rejects NaN */
		return false;
	*ret = (int32_t)lrint(value);
	return true;
}
