/*
 * number: strict parsing, fast printing and checked arithmetic; never the locale's doing.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/*
 * Each parses the whole of text[0..len) or fails: no blanks, no trailing characters, inside
 * [min, max]. Integers have an optional '-'; doubles are decimal, finite, optionally with an
 * exponent ("1.5e-3"); no hexadecimal, "inf" or "nan".
 */
bool number_parse_int(const char *text, size_t len, int64_t min, int64_t max, int64_t *ret);
bool number_parse_double(const char *text, size_t len, double min, double max, double *ret);

/* Appends the shortest decimal that reads back as the same double; "null" if not finite. */
void number_print_double(struct strbuf *out, double value);

/*
 * Appends the value rounded to `decimals` (0 to 9) places without trailing zeros; "null" if it is
 * not finite. Equal to rounding in decimal to within one unit of the last place.
 */
void number_print_fixed(struct strbuf *out, double value, int decimals);

/* The same where there is room for NUMBER_CHARS: without a final '\0'; each gives the end. */
enum { NUMBER_CHARS = 32 };
char *number_write_int(char out[NUMBER_CHARS], int64_t value);
char *number_write_double(char out[NUMBER_CHARS], double value);
char *number_write_fixed(char out[NUMBER_CHARS], double value, int decimals);

/* Size arithmetic that says when it overflows: true and *ret set if it fits. */
static inline bool checked_add(size_t a, size_t b, size_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

static inline bool checked_mul(size_t a, size_t b, size_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

/* Rounds to the nearest 32-bit integer; false if there is none (also for NaN). */
bool number_snap_i32(double value, int32_t *ret);

#endif
