/*
 * address: house numbers as records (ISO 19160-1: an addressable object's number on a street), and who
 * has which number.
 *
 * A number belongs to one address for ever: each version of an address that is written claims the
 * numbers that it says, each one inside a range, and a key of the table address_claim is unique. So
 * no two houses ever had the same number on a street, whatever wrote them; a number that a house has
 * left stays its own. Only a reservation that lapsed gives back what it held.
 *
 * The node of the tree of streets on which a house stands is its street; the alleys before it
 * (`path`) and the label are made from the tree when the address is written.
 */
#ifndef DATA_ADDRESS_H
#define DATA_ADDRESS_H

#include "data/feature.h"
#include "data/store.h"

enum {
	ADDRESS_RANGE_MAX = 200,  /* numbers inside 47-57 */
	ADDRESS_NUMBER_MAX = 9999,
};

/* Texts are borrowed; "" none. */
struct address {
	int64_t id, version;
	int64_t street_id;
	const char *prefix, *suffix;
	int64_t number;
	int64_t number_to; /* 0 no range */
	int64_t flat;	   /* 0 none */
	const char *plate, *label, *status;
	int64_t parcel_id, building_id; /* 0 none */
	struct date reserved_until;	/* "" no end */
	double east, north;		/* of the entrance, working CRS; NaN unknown */
};

/* What a record says, borrowed from it; false if it says no number or no street. */
bool address_of(const struct layer *layer, const struct feature *feature, struct address *ret);

/*
 * Claims what a version says, inside its transaction; ERR_CONFLICT (fail_number_claimed) if another
 * address has or had one of the numbers. Called by what writes versions.
 */
int address_claim(struct store *store, const struct layer *layer, const struct feature *feature,
	struct error *err);

/* Whose a number is, or was; 0 nobody's. */
int address_holder(struct store *store, const struct address *number, int64_t *ret_id,
	struct error *err);

/* Gives back all that a reservation held, when it lapses. */
int address_release(struct store *store, int64_t id, struct error *err);

/* All numbers that were ever claimed of a street, by number; several of one number are told apart by id. */
typedef int address_claim_visit(void *context, int64_t number, int64_t address_id,
	const char *key, struct error *err);
int address_claims(struct store *store, int64_t street_id, address_claim_visit *visit,
	void *context, struct error *err);

#endif
