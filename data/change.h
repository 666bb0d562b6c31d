/*
 * change: the change feed, one append-only list of what happened in the register, and its seal.
 *
 * Everything that must follow the data reads it: tiles, events, the audit. Sequence numbers have
 * no gap, and their order is the order of commits; a transaction is one link over all its rows,
 * an import of a million parcels too. A link carries the SHA-256 of what it says, of all its rows
 * and of the link before it; a row that of the version it tells of.
 *
 *	change_begin(store, &(struct change_author){...}, &changes, err);
 *	change_add(&changes, layer, &change, err);   once a record
 *	change_end(&changes, err);                   the last step before the commit
 */
#ifndef DATA_CHANGE_H
#define DATA_CHANGE_H

#include "base/error.h"
#include "base/secret.h"
#include "data/layer.h"
#include "data/store.h"

/* START and STOP: a version made before begins, or ceases, to be in force today. */
enum change_action { CHANGE_CREATE, CHANGE_UPDATE, CHANGE_DELETE, CHANGE_START, CHANGE_STOP };

enum { CHANGE_ACTOR_MAX = 200, CHANGE_REASON_MAX = 2000 };

/* Who and why; texts are kept as they are said. */
struct change_author {
	const char *actor;  /* "user:7", "command line" */
	const char *reason;
	int64_t at_us; /* UTC */
};

struct change_set {
	struct store *store;
	struct change_author author;
	int64_t link;
	int64_t first_seq, next_seq;
	struct digest_maker digest; /* of the link so far */
};

/*
 * A version replaces its base: from its valid_from on the base does not hold any more, nor does any
 * other version of the record in the new one's time. (DELETE: for all time from valid_from on.)
 * What still holds of them is said again by versions of their own, before, in the same link.
 */
struct change {
	int64_t feature_id, version;
	int64_t base; /* 0 none */
	enum change_action action;
	struct date valid_from, valid_to; /* of the version, in law */
	struct box box; /* old and new together; empty without geometry */
	struct digest digest; /* of the version */
};

int change_begin(struct store *store, const struct change_author *author,
	struct change_set *ret_set, struct error *err);
int change_add(struct change_set *set, const struct layer *layer, const struct change *change,
	struct error *err);
int change_end(struct change_set *set, struct error *err);

/* The number of the last change; 0 for none. */
int change_last_seq(struct store *store, int64_t *ret_seq, struct error *err);

/*
 * The seal of the link that a change is in, as 64 digits; "" of number 0. ERR_NOT_FOUND: the feed
 * has none of that number. Whoever kept it knows later whether this is still the same register.
 */
int change_seal_of(
	struct store *store, int64_t seq, struct digest_text *ret_seal, struct error *err);

/* A row of the feed as it is read: with what its link says. */
struct change_row {
	int64_t seq, link;
	const char *layer; /* borrowed until the visitor returns */
	struct change change;
	bool has_digest;
	int64_t recorded_at_us;
	const char *actor, *reason;
};
typedef int change_visit(void *context, const struct change_row *row, struct error *err);

/* Visits rows with seq > after, in order, until the visitor says 1. */
int change_read_after(struct store *store, int64_t after_seq, change_visit *visit, void *context,
	struct error *err);

/* The name of an action in the feed, "create". */
const char *change_action_name(enum change_action action);

/* The parts of a link's seal, for who makes it and who checks it. */
void change_seal_begin(struct digest_maker *maker, const struct digest *before, int64_t link,
	const struct change_author *author, int64_t first_seq);
void change_seal_add(struct digest_maker *maker, int64_t seq, const char *layer,
	const struct change *change);

#endif
