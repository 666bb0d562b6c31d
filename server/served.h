/*
 * served: which version of a record was last shown to whom.
 *
 * The base of a write by a client that sends neither If-Match nor a version is what it was shown
 * last. A table of bounded size: what was shown long ago is forgotten, and such a client is asked
 * to read again.
 */
#ifndef SERVER_SERVED_H
#define SERVER_SERVED_H

#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct served;

int served_new(struct served **ret_served, struct error *err);
void served_free(struct served *served);

/* asker: the token, or the session's account; layer: its number in the table. */
struct served_key {
	int64_t asker;
	int64_t layer;
	int64_t id;
};
void served_note(struct served *served, const struct served_key *key, int64_t version);

/* The version, or 0. */
int64_t served_find(struct served *served, const struct served_key *key);

#endif
