/*
 * number_conflicts: what is wrong with the numbers of a street (lỗi đánh số): out of order, on the wrong
 * side, too far from the street, without a parcel, parcels without a number, gaps.
 *
 * Two houses with one number cannot be: the register refuses that (data/address.h), and an import tells
 * which rows it would have been.
 */
#ifndef SERVER_CASES_NUMBER_CONFLICTS_H
#define SERVER_CASES_NUMBER_CONFLICTS_H

#include "server/cases/street_houses.h"

enum conflict_kind {
	NUMBER_OUT_OF_ORDER,
	NUMBER_WRONG_SIDE,
	NUMBER_TOO_FAR,
	NUMBER_WITHOUT_PARCEL,
	NUMBER_MISSING, /* a parcel that has none */
	NUMBER_GAP,
	NUMBER_CONFLICT_KINDS
};
extern const char *const number_conflict_names[];

struct number_conflict {
	enum conflict_kind kind;
	int64_t address_id, parcel_id; /* 0 none */
	struct error what;	       /* NUM-CONFLICT-… */
	double east, north;	       /* NaN nowhere */
};

struct number_conflicts {
	struct street_survey survey;
	struct numbering_rules rules;
	struct number_conflict *all; /* along the street */
	size_t count;
};

/* Looks through a street; all lives in the tools' arena. */
int number_conflicts_find(const struct case_tools *tools, int64_t street_id,
	struct number_conflicts *ret, struct error *err);

#endif
