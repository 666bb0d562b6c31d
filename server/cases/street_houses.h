/*
 * street_houses: the houses along one street, as the register has them, and the numbers that they have
 * and should have.
 *
 * A house is an address of the street, or a parcel that lies at the street and has no address. Numbers
 * that were reserved for land that has been divided since are free for what it was divided into.
 */
#ifndef SERVER_CASES_STREET_HOUSES_H
#define SERVER_CASES_STREET_HOUSES_H

#include "data/address.h"
#include "server/cases/quarter.h"

/* An address as the register has it; texts live in the arena. */
struct known_address {
	struct address address;
	int64_t parcel_id; /* on which it stands today: that of the record, or where its entrance lies; 0 */
	bool is_reserved;
	bool is_freed; /* the reservation lapsed, or its land is no more: its numbers are free */
};

struct street_houses {
	const struct case_tools *tools;
	const struct numbering_rules *rules;
	const struct quarter *quarter;
	const struct quarter_street *street;
	struct street_chain chain;
	int64_t scheme_id; /* approved, in force; 0 none */
	struct numbering_parameters parameters;
	struct known_address *addresses; /* of this street, by id; without retired ones */
	size_t address_count;
	struct numbering_house *houses; /* along the street; .caller: position in addresses + 1, or 0 */
	size_t house_count;
	struct numbering_claim *claims;
	size_t claim_count;
	bool is_doubtful; /* some parcels lie at several streets of one width */
};

/*
 * Which addresses of any street are known in a quarter: parcels that have one need no other. street_id:
 * all of that one, too, wherever they lie; 0 none.
 */
struct quarter_addresses {
	struct known_address *all; /* by parcel, then id */
	const struct known_address **by_street;
	size_t count;
};
int quarter_addresses_read(const struct quarter *quarter, const struct quarter_boxes *boxes,
	int64_t street_id, struct quarter_addresses *ret, struct error *err);

/* The known addresses of a parcel: *ret points at the first, gives how many. */
size_t quarter_addresses_of(const struct quarter_addresses *addresses, int64_t parcel_id,
	const struct known_address **ret);

/*
 * Which street each parcel of a quarter is numbered on: by position in quarter->parcels; street 0:
 * none.
 */
struct parcel_front {
	const struct quarter_parcel *parcel;
	int64_t street_id;
	enum frontage_why why;
	struct frontage front;
};
struct quarter_fronts {
	struct parcel_front *all;
	const struct parcel_front **by_street;
	size_t count;
};
int quarter_fronts_make(const struct quarter *quarter, struct quarter_fronts *ret, struct error *err);

/* After a front was changed. */
void quarter_fronts_sort(struct quarter_fronts *fronts);

/*
 * Numbers the houses of a street. parameters NULL: those of its approved scheme, or the rules'.
 * ERR_INVALID: a street without direction (fail_street_direction), that has ended (fail_street_ended), or that
 * has no line.
 */
int street_houses_number(const struct quarter *quarter, const struct quarter_fronts *fronts,
	const struct quarter_addresses *addresses, int64_t street_id,
	const struct numbering_parameters *parameters, struct street_houses *ret,
	struct error *err);

/* Reads what lies along a street and numbers it: all of the above. */
struct street_survey {
	struct quarter quarter;
	struct quarter_addresses addresses;
	struct quarter_fronts fronts;
	struct street_houses houses;
};
int street_survey_make(const struct case_tools *tools, const struct numbering_rules *rules,
	int64_t street_id, const struct numbering_parameters *parameters,
	struct street_survey *ret, struct error *err);

/* Reads what lies along a street between two chainages; nothing is numbered yet. */
int street_survey_read(const struct case_tools *tools, const struct numbering_rules *rules,
	const struct quarter_street *street, double from_m, double to_m,
	struct street_survey *ret, struct error *err);

/* The house of a parcel, or of an address; NULL if it has none. */
const struct numbering_house *street_house_of_parcel(
	const struct street_houses *houses, int64_t parcel_id);

#endif
