/*
 * address_exchange: house numbers as files that others read (gis/address_row.h).
 */
#ifndef SERVER_CASES_ADDRESS_EXCHANGE_H
#define SERVER_CASES_ADDRESS_EXCHANGE_H

#include "data/view.h"
#include "gis/address_row.h"
#include "server/cases/tools.h"

struct address_exchange {
	const struct case_tools *tools;
	const struct view *view; /* of who asks, of the layer of addresses */
	enum address_format format;
	bool plain;	    /* a table without guards */
	bool all_states;    /* reserved and retired numbers, too */
	int64_t unit_id;    /* of one ward, as it is today; 0 all */
	int64_t street_id;  /* of one street; 0 all */
	int64_t most;	    /* ERR_TOO_LARGE over so many */
	/* Takes a piece of the file. */
	int (*write)(void *context, const char *bytes, size_t len, struct error *err);
	void *context;
	int64_t rows; /* that were written */
};

/*
 * Writes all, in the order of their ids; memory does not grow with their number. ERR_NOT_FOUND for a
 * ward that is not in force, or no street.
 */
int address_exchange_run(struct address_exchange *exchange, struct error *err);

#endif
