/*
 * numbering_rules: the rules that number houses, as rows of the table of rules (data/rule.h), read for
 * one day and one unit.
 */
#ifndef SERVER_CASES_NUMBERING_RULES_H
#define SERVER_CASES_NUMBERING_RULES_H

#include "data/rule.h"
#include "data/scheme.h"
#include "gis/frontage.h"
#include "gis/numbering.h"
#include "server/cases/tools.h"

enum numbering_rule_kind {
	RULE_DIRECTION,
	RULE_SIDES,
	RULE_SEQUENCE,
	RULE_CORNER,
	RULE_RESERVE,
	RULE_SUFFIX,
	RULE_ALLEY,
	RULE_REACH,
	RULE_RESERVATION,
	RULE_COUNT,
	RULE_NONE = RULE_COUNT /* of a step that follows no rule */
};

enum { NUMBERING_USES_MAX = 32 };

struct numbering_rules {
	struct rule rows[RULE_COUNT];
	struct numbering_parameters parameters; /* of a street whose scheme says nothing else */
	struct frontage_limits limits;
	double doubt_deg;
	int reservation_days;
	const char *without_houses[NUMBERING_USES_MAX]; /* codes of land use */
	size_t without_count;
	struct date day;
};

/* Reads all; unit 0: the whole city. */
int numbering_rules_read(const struct case_tools *tools, const struct date *day, int64_t unit,
	struct numbering_rules *ret, struct error *err);

/*
 * The parameters of a scheme as rows: those of the rules, each with its rule and document. What the
 * author chose otherwise is said afterwards, with scheme_parameter_set.
 */
int numbering_rules_describe(const struct numbering_rules *rules, struct arena *arena,
	struct scheme *scheme, struct error *err);

/* Another value of a parameter, by the author's choice. ERR_INVALID: no such parameter, or value. */
int scheme_parameter_set(struct arena *arena, struct scheme *scheme, const char *name,
	const char *value, struct error *err);

/* What the rows of a scheme say to the numbering; what they leave out is the rules'. */
int scheme_parameters_read(const struct scheme *scheme, const struct numbering_rules *rules,
	struct numbering_parameters *ret, struct error *err);

#endif
