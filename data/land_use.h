/*
 * land_use: codes of land uses (mã loại đất) and what they are called, by the list that was in force.
 *
 * Lists: TT 27/2018/TT-BTNMT until 31 July 2024, TT 08/2024/TT-BTNMT (Phụ lục II) since. A parcel may
 * have several, joined by '+': "ODT+CLN". Codes that no list here has are kept as they are.
 */
#ifndef DATA_LAND_USE_H
#define DATA_LAND_USE_H

#include <stddef.h>

#include "base/clock.h"

enum { LAND_USE_CODE_MAX = 8 };

struct land_use {
	const char *code;
	const char *title[2]; /* by enum lang */
	struct date from, to; /* of the lists that have it, half open; "" open */
};

/* The list in force on a day. */
const char *land_use_list(const struct date *day);

/* What a single code means on a day; NULL: that list does not have it. */
const struct land_use *land_use_find(const char *code, size_t len, const struct date *day);

/* All of them, in the order of their groups; ends with one without code. */
extern const struct land_use land_uses[];

#endif
