/*
 * proposal: the number that a parcel should get, and why (đề xuất số nhà).
 *
 * Each step of the reasoning is a sentence of the catalogue with the rule that it follows. Where the
 * rules do not decide, the state says so and there are choices.
 */
#ifndef SERVER_CASES_PROPOSAL_H
#define SERVER_CASES_PROPOSAL_H

#include "server/cases/street_houses.h"

enum {
	PROPOSAL_STEPS_MAX = 16,
	PROPOSAL_CHOICES_MAX = 8,
	PROPOSAL_FREE_MAX = 5, /* free numbers that are told */
};

struct proposal_order {
	int64_t parcel_id;
	int64_t street_id; /* 0: by the rule */
	bool has_door;
	double door[2]; /* working CRS */
};

enum proposal_state {
	PROPOSAL_DECIDED,
	PROPOSAL_CHOOSE,   /* the rule does not decide */
	PROPOSAL_NUMBERED, /* the parcel has its number */
};

struct proposal_step {
	struct error what; /* of the catalogue, NUM-STEP-… */
	enum numbering_rule_kind rule;
};

/* Another answer that would do. */
struct proposal_choice {
	int64_t street_id;	      /* 0: the street of the proposal */
	const char *street;	      /* its name */
	struct numbering_number number; /* 0: as that street gives it */
	struct error why;
};

struct proposal {
	enum proposal_state state;
	int64_t parcel_id, parcel_version;
	const char *parcel; /* "12/345"; "" it has no number */
	struct street_survey survey;
	const struct numbering_house *house; /* of the parcel, in survey.houses; NULL: no street was found */
	const struct known_address *address; /* that it has, or that is reserved for it; NULL */
	size_t address_count;	/* that the parcel has: two doors, joined lots */
	struct frontage front;
	struct numbering_number number; /* number 0: none */
	int free_numbers[PROPOSAL_FREE_MAX]; /* of its side, next to it */
	size_t free_count;
	struct proposal_step steps[PROPOSAL_STEPS_MAX];
	size_t step_count;
	struct proposal_choice choices[PROPOSAL_CHOICES_MAX];
	size_t choice_count;
	struct numbering_rules rules;
};

/*
 * Makes it; all that it points to lives in the tools' arena, it itself is large and belongs there, too.
 * ERR_NOT_FOUND: no such parcel; ERR_INVALID: its street has no direction or line, the door is too far.
 */
int proposal_make(const struct case_tools *tools, const struct proposal_order *order,
	struct proposal *ret, struct error *err);

/* The free numbers nearest to one, of its side; gives how many. */
size_t proposal_free_near(const struct street_houses *houses, int side, int number,
	int ret[PROPOSAL_FREE_MAX]);

#endif
