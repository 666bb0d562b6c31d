/*
 * city_numbering: the numbers of all streets of a ward or a city at once (đánh số cả phường).
 *
 * What lies there is read once; then each street is numbered by itself, as schemes and proposals are.
 */
#ifndef SERVER_CASES_CITY_NUMBERING_H
#define SERVER_CASES_CITY_NUMBERING_H

#include "data/change.h"
#include "server/cases/street_houses.h"

struct city_numbering {
	struct numbering_rules rules;
	struct quarter quarter;
	struct quarter_addresses addresses;
	struct quarter_fronts fronts;
};

/* Reads it; box NULL: the whole city. Memory is the tools' arena; the result must not move. */
int city_numbering_read(const struct case_tools *tools, const struct box *box,
	struct city_numbering *ret, struct error *err);

/*
 * Visits the streets that have a direction and a house, numbered, in the order of their ids. 0: go on,
 * 1: enough, negative: failed.
 */
typedef int city_numbering_visit(
	void *context, const struct street_houses *houses, struct error *err);
int city_numbering_each(const struct city_numbering *numbering, city_numbering_visit *visit,
	void *context, struct error *err);

/*
 * Writes approved schemes of these streets, by one decision, and their addresses, in the caller's
 * transaction: for a new register. wants says for which streets.
 */
struct city_decision {
	struct change_author author;
	const struct randomness *randomness;
	const char *document;
	struct date valid_from;
	bool as_issued; /* addresses were issued where their parcels were */
	bool (*wants)(void *context, const struct street_houses *houses);
	void *context;
};
int city_numbering_approve(const struct city_numbering *numbering,
	const struct city_decision *decision, struct store *store, int64_t *ret_count,
	struct error *err);

#endif
