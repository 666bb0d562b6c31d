/*
 * address_record: an address as a record of its layer: what is said of it in the fields.
 */
#ifndef SERVER_CASES_ADDRESS_RECORD_H
#define SERVER_CASES_ADDRESS_RECORD_H

#include "data/address.h"
#include "data/feature_row.h"
#include "server/cases/streets.h"

/* A point in WKB: a byte, a type, two coordinates. */
enum { ADDRESS_WKB_BYTES = 21 };

struct address_record {
	struct feature feature; /* its values, wkb and texts are in here and in the arena */
	struct value values[FEATURE_FIELDS_MAX];
	unsigned char wkb[ADDRESS_WKB_BYTES];
};

/* What is said of it. */
struct address_saying {
	const struct street_chain *chain;
	int64_t street_id;
	struct numbering_number number;
	const char *prefix; /* letters before it, "L" of L1004A; NULL none */
	int flat;	    /* 506 of A2-506; 0 none */
	const char *status; /* static */
	int64_t parcel_id;  /* 0 none */
	double east, north; /* of the entrance */
	struct date reserved_until, valid_from; /* "" none */
	int64_t unit_id; /* where it lies; 0 unknown */
	int64_t issued_unit_id; /* where it lay when it was issued; 0: there, too */
};

/* A new record; it is large and must not move afterwards. */
int address_record_make(const struct layer *layer, const struct address_saying *saying,
	struct arena *arena, struct address_record *ret, struct error *err);

/* A copy of a record that can be said again otherwise. */
int address_record_copy(const struct layer *layer, const struct feature *feature,
	struct arena *arena, struct address_record *ret, struct error *err);

/* Says another number; the label of before joins the old ones. */
int address_record_renumber(const struct layer *layer, const struct address_saying *saying,
	struct arena *arena, struct address_record *record, struct error *err);

/* Sets one text field; NULL empties it. The text is borrowed. */
void address_record_set(const struct layer *layer, struct address_record *record,
	const char *field, const char *text);

#endif
