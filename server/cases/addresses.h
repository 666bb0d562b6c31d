/*
 * addresses: numbers are reserved, issued, changed and retired (giữ, cấp, đổi, thu hồi số nhà), by HTTP
 * and command alike.
 *
 * Before it, without any lock, the proposal for the parcel is made and what is wished is judged by it.
 * The transaction does it if nobody was quicker: a number that is taken meanwhile is refused with the
 * nearest one that is free.
 */
#ifndef SERVER_CASES_ADDRESSES_H
#define SERVER_CASES_ADDRESSES_H

#include "data/change.h"
#include "data/revision.h"
#include "data/view.h"
#include "server/cases/address_record.h"
#include "server/cases/proposal.h"

enum address_deed { ADDRESS_RESERVE, ADDRESS_ISSUE, ADDRESS_RENUMBER, ADDRESS_RETIRE };

enum { ADDRESS_TEXT_MAX = 500, ADDRESS_DAYS_MAX = 3650 };

/* What is wished. */
struct address_order {
	enum address_deed deed;
	int64_t address_id, version; /* RENUMBER, RETIRE */
	struct proposal_order where; /* of the house; RENUMBER: its parcel and street if they are 0 */
	const char *number;	 /* "25A"; NULL: as it is proposed */
	const char *side_reason; /* why a number of the other side, or out of order; NULL */
	const char *document;	 /* NULL none */
	struct date valid_from;	 /* "" today */
	int days;		 /* RESERVE; 0 by the rule */
	bool another_door;	 /* the parcel has a number and gets one more */
};

struct address_work {
	struct address_order order;
	struct view view; /* of the author, of the layer of addresses */
	struct change_author author;
	const struct randomness *randomness;
	int epsg; /* working CRS */

	/* Made by address_prepare. */
	const struct layer *layer;
	struct proposal *proposal; /* NULL: RETIRE */
	struct numbering_number number;
	struct address_record record;
	int64_t base_version; /* of the record that it replaces; 0 it is new */
	int64_t freed[PROPOSAL_CHOICES_MAX]; /* reservations that end with it */
	size_t freed_count;
	int64_t street_id;

	/* What came of it. */
	int64_t id, version;
};

/* Reads and judges. */
int address_prepare(
	struct address_work *work, const struct case_tools *tools, struct error *err);

/* A writer_work; context is a struct address_work. */
int address_run(struct store *store, void *context, struct error *err);

/*
 * Reads "25", "25A", "25-29", with or without the alleys before it, which must be those of the chain.
 * ERR_INVALID (fail_number_unread).
 */
int address_number_read(const char *text, const struct street_chain *chain,
	struct numbering_number *ret, struct error *err);

#endif
