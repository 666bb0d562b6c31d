/*
 * receipt: what was answered to a request that bore a key, for a day.
 *
 * A client that does not know whether its request arrived sends it again with the same key, and
 * gets the same answer; nothing is done twice. (IETF draft-ietf-httpapi-idempotency-key-header.)
 */
#ifndef DATA_RECEIPT_H
#define DATA_RECEIPT_H

#include "base/secret.h"
#include "data/store.h"

enum { RECEIPT_KEY_MAX = 200 };

struct receipt {
	int64_t account_id;
	const char *key;
	struct digest digest; /* of the request: method, path and content */
	int status;	      /* of the answer */
	int64_t feature_id, version, conflict_id;
	int64_t created_at_us;
};

/* Looks for one; ERR_CONFLICT when the key was used for another request. */
int receipt_find(
	struct store *store, struct receipt *receipt, bool *ret_found, struct error *err);

/* Keeps one, and forgets those of yesterday. */
int receipt_keep(struct store *store, const struct receipt *receipt, struct error *err);

#endif
