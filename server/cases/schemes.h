/*
 * schemes: numbering schemes are made, sent, decided (lập, trình, duyệt phương án đánh số), by HTTP and
 * command alike.
 *
 * A draft numbers a whole street at once (gis/numbering.h) and is a table to look through: each house
 * with what it gets and what is doubtful of it; the author may say otherwise house by house. When it is
 * approved all its numbers become addresses in one transaction, or none.
 */
#ifndef SERVER_CASES_SCHEMES_H
#define SERVER_CASES_SCHEMES_H

#include "data/change.h"
#include "data/revision.h"
#include "data/view.h"
#include "server/cases/address_record.h"
#include "server/cases/street_houses.h"

enum scheme_deed {
	SCHEME_MAKE,
	SCHEME_REMAKE, /* a draft is made anew: the register, its parameters or the wishes changed */
	SCHEME_SUBMIT,
	SCHEME_RECALL, /* from submitted back to draft */
	SCHEME_REJECT,
	SCHEME_APPROVE
};

enum { SCHEME_WISHES_MAX = 2000 };

/* What the author wants otherwise of one house. */
struct scheme_wish {
	int64_t parcel_id;  /* or */
	int64_t address_id; /* 0 */
	const char *number; /* "7A"; NULL: it is left out */
};

struct scheme_order {
	enum scheme_deed deed;
	int64_t id, version; /* not of MAKE */
	int64_t street_id;   /* MAKE */
	struct {
		const char *name, *value;
	} parameters[SCHEME_PARAMETERS_MAX];
	size_t parameter_count;
	struct scheme_wish *wishes;
	size_t wish_count;
	const char *document, *note, *reason; /* NULL none */
	struct date valid_from;		      /* of an approval; "" today */
};

struct scheme_work {
	struct scheme_order order;
	struct view view; /* of the author, of the layer of addresses */
	struct change_author author;
	const struct randomness *randomness;
	int epsg;

	/* Made by scheme_prepare. */
	struct scheme scheme;
	struct numbering_rules rules;
	struct street_survey survey; /* MAKE, REMAKE */
	struct street_chain chain;
	const struct layer *layer;
	struct address_record **records; /* APPROVE: of each item; NULL: nothing is written of it */
	int64_t *ids;			 /* that they got */
};

/* Reads, numbers and judges. With MAKE and REMAKE work->scheme is the draft, not yet in the register. */
int scheme_prepare(struct scheme_work *work, const struct case_tools *tools, struct error *err);

/* The addresses that an approval makes: a part of scheme_prepare. */
int scheme_prepare_approval(
	struct scheme_work *work, const struct case_tools *tools, struct error *err);

/* A writer_work; context is a struct scheme_work. */
int scheme_run(struct store *store, void *context, struct error *err);

/* The code of the message that says a doubt; NULL: there is none. And its text id. */
const char *scheme_doubt_code(enum numbering_doubt doubt);
int scheme_doubt_message(const char *code);

#endif
