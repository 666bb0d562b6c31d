/*
 * listing: a table for the terminal: rows of texts, each column as wide as its widest cell.
 *
 *	struct listing listing = LISTING;
 *	listing_heads(&listing, lang, MSG_USER_LIST_HEADS);	"Login|Role"
 *	listing_cell(&listing, "lan"); listing_cell(&listing, "Officer"); listing_end_row(&listing);
 *	rc = listing_print(&listing, desk, err);
 */
#ifndef SERVER_COMMANDS_LISTING_H
#define SERVER_COMMANDS_LISTING_H

#include "server/commands/desk.h"

enum { LISTING_MAX_BYTES = 16 << 20 };

struct listing {
	struct strbuf cells; /* '\t' behind each, '\n' behind each row */
};

#define LISTING ((struct listing){STRBUF(LISTING_MAX_BYTES)})

void listing_heads(struct listing *listing, enum lang lang, int message);
void listing_cell(struct listing *listing, const char *text);
void listing_end_row(struct listing *listing);

/* Prints it; the listing is empty afterwards. */
int listing_print(struct listing *listing, struct desk *desk, struct error *err);

void listing_clear(struct listing *listing);

#endif
