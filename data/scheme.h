/*
 * scheme: numbering schemes (phương án đánh số nhà) of a street or an alley.
 *
 *	draft --> submitted --> approved --> replaced (by a later one)
 *	  ^           |
 *	  +-----------+-------> rejected
 *
 * A scheme has parameters, each with the rule or the document that it follows, and items: which
 * parcel gets which number. What it says becomes addresses when it is approved, in the same
 * transaction (server/cases/schemes.h). Without an approved scheme no number is issued on a street.
 *
 * All that writes runs inside a transaction of the caller.
 */
#ifndef DATA_SCHEME_H
#define DATA_SCHEME_H

#include "base/arena.h"
#include "base/clock.h"
#include "data/store.h"

enum {
	SCHEME_ITEMS_MAX = 20000, /* of one street */
	SCHEME_TEXT_MAX = 500,	  /* bytes of a document, a note, a reason */
	SCHEME_PARAMETERS_MAX = 16,
	SCHEME_LIST_MAX = 1000,
};

enum scheme_state {
	SCHEME_DRAFT,
	SCHEME_SUBMITTED,
	SCHEME_APPROVED,
	SCHEME_REJECTED,
	SCHEME_REPLACED,
	SCHEME_STATE_COUNT
};
extern const char *const scheme_state_names[];

/* What an item does. */
enum scheme_act {
	ITEM_KEEP,     /* the number that the house has */
	ITEM_GIVE,     /* a first one */
	ITEM_RENUMBER, /* another one than it has */
	ITEM_RESERVE,  /* numbers for land that is not built on */
	ITEM_ACT_COUNT
};
extern const char *const scheme_act_names[];

struct scheme_parameter {
	const char *name, *value;
	const char *rule_id;  /* NULL: the author's own choice */
	const char *document; /* that the rule follows; NULL nobody knows one */
	struct date valid_from, valid_to; /* of the rule */
};

struct scheme_item {
	enum scheme_act act;
	int64_t parcel_id, parcel_version;   /* 0 none */
	int64_t address_id, address_version; /* that it keeps or changes, and the one it has made; 0 */
	int side;			     /* 1 left, -1 right, along the numbering */
	double chainage_m, east, north;	     /* of the door, working CRS */
	int64_t number, number_to;	     /* number_to: 0 no range */
	const char *suffix;		     /* "" none */
	const char *doubt;		     /* code of a message: what the officer should look at; NULL */
};

struct scheme {
	int64_t id, street_id, version;
	enum scheme_state state;
	const char *document, *note, *reason; /* NULL none */
	struct date valid_from, valid_to;
	const char *made_by, *submitted_by, *decided_by;
	int64_t made_at_us, submitted_at_us, decided_at_us; /* 0 not yet */
	struct scheme_parameter parameters[SCHEME_PARAMETERS_MAX];
	size_t parameter_count;
	struct scheme_item *items; /* in the order of the street */
	size_t item_count;
};

/* A new draft with its parameters and items; sets its id and version. */
int scheme_create(struct store *store, struct scheme *scheme, struct error *err);

/* Other parameters and items of a draft; ERR_CONFLICT if it is none, or of another version. */
int scheme_rewrite(struct store *store, struct scheme *scheme, struct error *err);

/* Who moves a scheme on, and with what words. */
struct scheme_move {
	int64_t id, version;
	enum scheme_state to;
	const char *by;
	int64_t at_us;
	const char *document;	/* of an approval: the decision */
	const char *reason;	/* of a rejection; NULL */
	struct date valid_from; /* of an approval */
};
int scheme_move(struct store *store, const struct scheme_move *move, struct error *err);

/* The address that an item has made, or now keeps. */
int scheme_note_address(struct store *store, int64_t id, size_t place, int64_t address_id,
	int64_t address_version, struct error *err);

/* The schemes approved for a street before this one are replaced from that day on. */
int scheme_replace_others(struct store *store, const struct scheme *scheme,
	const struct date *from, struct error *err);

/* ERR_NOT_FOUND. Texts live in the arena; items are read if wished. */
int scheme_read(struct store *store, int64_t id, bool with_items, struct arena *arena,
	struct scheme *ret, struct error *err);

/* Visits schemes without items, the latest first: of a street (0 all), in a state (-1 any). */
typedef int scheme_visit(void *context, const struct scheme *scheme, struct error *err);
int scheme_list(struct store *store, int64_t street_id, int state, struct arena *arena,
	scheme_visit *visit, void *context, struct error *err);

/* The scheme in force on a street that day; 0 none. */
int scheme_approved(struct store *store, int64_t street_id, const struct date *day,
	int64_t *ret_id, struct error *err);

#endif
