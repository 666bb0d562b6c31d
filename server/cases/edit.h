/*
 * edit: one record is made, changed, ended or brought back, in one transaction, by HTTP and
 * command alike.
 *
 * The row, the version, the feed, a receipt of the request and, when somebody was quicker, the
 * conflict that keeps the proposal: all of it or nothing.
 */
#ifndef SERVER_CASES_EDIT_H
#define SERVER_CASES_EDIT_H

#include "data/conflict.h"
#include "data/receipt.h"
#include "data/revision.h"
#include "server/feature_input.h"

enum edit_kind {
	EDIT_CREATE,
	EDIT_CHANGE,  /* to what the input says, whole or in part */
	EDIT_END,     /* from a day on */
	EDIT_RESTORE, /* to what a version said before */
};

struct edit {
	enum edit_kind kind;
	struct view view; /* what the author sees and may write of the layer */
	int64_t id;
	int64_t base_version;		   /* that the author started from */
	struct feature_input *input;	   /* of CREATE and CHANGE */
	struct date from;		   /* of END; "" today */
	int64_t restored_version;	   /* of RESTORE */
	int epsg;			   /* working CRS */
	struct change_author author;
	int64_t account_id;
	const struct randomness *randomness;
	struct receipt receipt;	  /* key NULL: none is wished */
	struct conflict proposal; /* what a conflict keeps; body NULL: none is kept */
	int64_t settles;	  /* the conflict that this decides; 0 none */
	enum conflict_state settles_as;

	/* What came of it. */
	int status; /* HTTP: 201, 204, or 409 when a conflict was kept */
	int64_t version, conflict_id;
	bool replayed; /* it had been done before */
};

/* Asks ahead what it needs to know: a writer_work too, and so before edit_run. */
int edit_ask(struct store *store, void *context, struct error *err);

/* A writer_work; context is a struct edit. Nothing is done if it fails. */
int edit_run(struct store *store, void *context, struct error *err);

#endif
