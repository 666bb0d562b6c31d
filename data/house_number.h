/*
 * house_number: the grammar of house numbers (số nhà): what is written is taken apart, and printed again
 * in the southern form (15/3/7A) and in the northern one (số 7A ngách 15/3 ngõ 15).
 *
 *	1806/127/2/6/15/48/2A    alleys in alleys, the house last
 *	15A/3B  73B/563B bis  40bis/1  12A2  L1004A    letters before and behind a number
 *	47-57                    joined houses; sorted as 47
 *	A2-506                   building A2, floor 5, flat 6
 *	hẻm 25/4                 an alley and no house
 *
 * Numbers sort by value, 9 before 10 before 10A before 11, never as text.
 */
#ifndef DATA_HOUSE_NUMBER_H
#define DATA_HOUSE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum {
	HOUSE_ALLEYS_MAX = 12,
	HOUSE_DIGITS_MAX = 4,	/* of one number */
	HOUSE_LETTERS_MAX = 8,	/* before or behind it, with '\0' */
	HOUSE_TEXT_MAX = 400,	/* bytes of a text that is read */
};

/* "15", "3A", "12A2", "40bis", "L1004A". */
struct house_node {
	char before[HOUSE_LETTERS_MAX]; /* capitals; "" mostly */
	int number;
	char behind[HOUSE_LETTERS_MAX]; /* capitals and digits, or "bis", or "B bis" */
};

struct house_number {
	struct house_node alleys[HOUSE_ALLEYS_MAX]; /* from the street inwards */
	size_t alley_count;
	bool has_house; /* else an alley is named */
	struct house_node house;
	bool is_range; /* to the house `to` */
	struct house_node to;
	bool is_flat; /* of the building house.before + number: "A2"; then `flat` is 506 */
	int flat;
};

/*
 * Reads the beginning of a text (UTF-8) in any of these forms, with or without "số", "hẻm", "ngõ", "ngách",
 * "kiệt". *ret_rest is how many bytes belong to it: behind them stands the street. False: it is no number.
 */
bool house_number_read(
	const char *text, size_t len, struct house_number *ret, size_t *ret_rest);

enum house_form { HOUSE_SOUTHERN, HOUSE_NORTHERN };

/* Appends it as people write it. The words of the northern form are Vietnamese in every language. */
void house_number_print(
	const struct house_number *number, enum house_form form, struct strbuf *out);

/* Negative, 0, positive: along the street, alley by alley, the house last. */
int house_number_compare(const struct house_number *a, const struct house_number *b);

/* Floor and place on it of a flat: 506 is 5 and 6, 1205 is 12 and 5. */
int house_flat_floor(const struct house_number *number);
int house_flat_place(const struct house_number *number);

#endif
