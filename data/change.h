/*
 * change: the change feed, one append-only list of what happened in the register.
 *
 * Everything that must follow the data reads it: tiles, events, the audit. Sequence numbers have
 * no gap, and their order is the order of commits; a transaction is one link over all its rows,
 * an import of a million parcels too.
 *
 *	change_begin(store, &(struct change_author){...}, &changes, err);
 *	change_add(&changes, layer, &change, err);   once a record
 *	change_end(&changes, err);                   the last step before the commit
 */
#ifndef DATA_CHANGE_H
#define DATA_CHANGE_H

#include "base/error.h"
#include "data/layer.h"
#include "data/store.h"

enum change_action { CHANGE_CREATE, CHANGE_UPDATE, CHANGE_DELETE };

/* Who and why; texts are kept as they are said. */
struct change_author {
	const char *actor;
	const char *reason;
	int64_t at_us; /* UTC */
};

struct change_set {
	struct store *store;
	struct change_author author;
	int64_t link;
	int64_t first_seq, next_seq;
};

struct change {
	int64_t feature_id, version;
	enum change_action action;
	struct box box; /* old and new together; empty without geometry */
};

int change_begin(struct store *store, const struct change_author *author,
	struct change_set *ret_set, struct error *err);
int change_add(struct change_set *set, const struct layer *layer, const struct change *change,
	struct error *err);
int change_end(struct change_set *set, struct error *err);

/* The number of the last change; 0 for none. */
int change_last_seq(struct store *store, int64_t *ret_seq, struct error *err);

#endif
