/*
 * number_desk: what the verbs of house numbers have in common: tools, and options that name records.
 */
#ifndef SERVER_COMMANDS_NUMBER_DESK_H
#define SERVER_COMMANDS_NUMBER_DESK_H

#include "server/cases/proposal.h"
#include "server/commands/desk.h"

/* At the end of the verb its contexts are closed. */
struct number_desk {
	struct desk *desk;
	struct arena arena;
	struct crs_context *crs;
	struct geom_context *geom;
	struct case_tools tools;
};
int number_desk_open(struct number_desk *ret, struct desk *desk, struct error *err);
void number_desk_close(struct number_desk *number); /* for autofree */

/* The id that an option says; 0 when it is not there and need not be. */
int number_desk_id(const struct desk *desk, const char *option, bool is_needed, int64_t *ret,
	struct error *err);

/* --parcel, --street, --door LON,LAT. */
int number_desk_place(const struct number_desk *number, bool is_needed,
	struct proposal_order *order, struct error *err);

/* Prints a message line. */
void number_desk_say(struct desk *desk, const struct error *what);

#endif
