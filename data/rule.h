/*
 * rule: what the law or the city decides, as data: rows with a document, a time and a confidence.
 *
 * What the program knows stands in city_rules.c; rows of the table `rule` come before it, so a city
 * can say otherwise. Each kind has its own members in the payload (JSON); who reads it says which.
 */
#ifndef DATA_RULE_H
#define DATA_RULE_H

#include "base/arena.h"
#include "base/clock.h"
#include "data/store.h"

struct rule {
	const char *id, *kind;
	const char *document, *article; /* NULL: nobody has read one */
	int64_t territory_id;		/* of one administrative unit; 0 everywhere */
	int precedence;			/* the higher one decides */
	struct date valid_from, valid_to; /* half open; "" open */
	const char *confidence;		/* "verified", "agreed", "configuration" */
	const char *payload;		/* JSON */
};

/*
 * The rule of a kind that decides on a day, in a unit (0: in the whole city); texts of the city's own
 * live in the arena. ERR_INTERNAL if there is none: every kind has one that the program knows.
 */
int rule_find(struct store *store, const char *kind, const struct date *day, int64_t unit,
	struct arena *arena, struct rule *ret, struct error *err);

/* One number of the payload of a rule that decides everywhere on a day. */
int rule_number(struct store *store, const char *kind, const char *member, const struct date *day,
	double *ret, struct error *err);

/* What the program knows; ends with one without id. */
extern const struct rule city_rules[];

#endif
