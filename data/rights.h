/*
 * rights: what an account, or a token of it, may see and change: of each layer, in which wards,
 * which fields. Denied is what nothing allows.
 *
 * A role opens (every role reads; who writes a layer stands in THE table of layers, and the
 * administrator writes all), the scopes of the account narrow that, and a token narrows it again.
 */
#ifndef DATA_RIGHTS_H
#define DATA_RIGHTS_H

#include "base/arena.h"
#include "data/account.h"
#include "data/token.h"
#include "data/view.h"

struct layer_rights {
	bool reads;
	bool writes;		   /* some records, some fields */
	const struct grant *grants; /* NULL: all of everything */
	size_t grant_count;
};

struct rights {
	int64_t account_id;
	struct account_login login;
	enum role role;
	bool changes;	  /* may change what its role may: not a token for reading alone */
	bool administers; /* accounts and the server itself: the administrator in full, not narrowed */
	const struct layer_rights *layers; /* by number in the table */
	struct content_hash scope;	   /* equal for those who see the same */
};

/* Those of an account, through a token of it or not (NULL); all memory is the arena's. */
int rights_make(struct store *store, const struct layer_table *layers,
	const struct account *account, const struct token *token, struct arena *arena,
	struct rights *ret_rights, struct error *err);

/* Whether some fields of the records of a unit may be written, in the layer of that number. */
bool rights_write_in(const struct rights *rights, size_t layer, int64_t unit);

/* The rights with all that they point to, in another arena; false without memory. */
bool rights_copy(const struct rights *rights, const struct layer_table *table, struct arena *arena,
	struct rights *ret);

#endif
