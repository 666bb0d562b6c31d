/*
 * person: people and bodies whom the register knows: name, identity number, contact.
 *
 * These values live in this one table. Everything else (records, their history, the change feed,
 * search, the chain) holds the person's id and hash: SHA-256 of a random salt and the values. A
 * person is never changed: other values are another person, so what refers to (id, hash) stays
 * true. Reading is to be noted in the access log first (access_log.h).
 *
 * Erasing destroys values and salt and keeps the hash, which then says nothing: 256 bits of salt
 * are gone. It leaves a row in person_erasure, so that a restored backup can erase again; ids are
 * not given twice, not even those that only such a row remembers. The change feed is told by the
 * caller, in the same transaction:
 *
 *	person_erase(store, ...)    inside the transaction, with the change of the feed
 *	person_wipe(store, ...)     later, outside of any transaction, once for many
 *
 * How the bytes go away. SQLite overwrites what is deleted (PRAGMA secure_delete, set on every
 * connection), but older page images stay in the write-ahead log, and copies of moved rows may stay
 * in the gaps of pages. person_wipe rebuilds the file page by page from the rows that are there
 * (VACUUM), moves all into it and cuts the log to nothing (wal_checkpoint(TRUNCATE)). No index
 * holds a copy of a value. It needs free disk space of twice the size of the register, and fails
 * with ERR_BUSY while a reader still sees the old state. Backups are not reached.
 */
#ifndef DATA_PERSON_H
#define DATA_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "data/store.h"

enum {
	PERSON_SALT_BYTES = 32,
	PERSON_NAME_MAX_BYTES = 300, /* of UTF-8, NFC, as the others */
	PERSON_ID_NUMBER_MAX_BYTES = 40,
	PERSON_CONTACT_MAX_BYTES = 600,
	PERSON_ACTOR_MAX_BYTES = 200,
	PERSON_REASON_MAX_BYTES = 600,
};

/* NULL and "" are the same: not known. */
struct person_values {
	const char *name; /* must be known */
	const char *id_number;
	const char *contact; /* address, telephone, e-mail */
};

struct person {
	int64_t id;
	struct person_values values; /* "" unknown or erased; never NULL */
	struct digest hash;
	int64_t created_at_us; /* UTC */
	int64_t erased_at_us;  /* 0 not erased */
};

/*
 * SHA-256 of the salt, then of each value its length in 8 bytes, high byte first, and its bytes.
 */
struct digest person_hash(
	const struct person_values *values, const unsigned char salt[PERSON_SALT_BYTES]);

/* Inside a transaction. ERR_INVALID for no name, or a text too long or not UTF-8. */
int person_create(struct store *store, const struct person_values *values, int64_t now_us,
	const struct randomness *randomness, int64_t *ret_id, struct digest *ret_hash,
	struct error *err);

/* Texts are in the arena. An erased person is no error. ERR_NOT_FOUND if there never was one. */
int person_read(struct store *store, int64_t id, struct arena *arena, struct person *ret_person,
	struct error *err);

/* Whether the values still have their hash; an erased person is sound. */
int person_verify(struct store *store, int64_t id, bool *ret_sound, struct error *err);

struct person_erasure {
	int64_t person_id;
	struct digest hash; /* whom it was */
	int64_t erased_at_us;
	const char *actor;  /* the login of who did it */
	const char *reason; /* without personal data: it is kept */
};

/* The person to be erased, and who wants it; hash is not looked at. *ret_erased: false if it was
 * done before, and then nothing changes. ERR_NOT_FOUND, ERR_INVALID (no actor or reason). */
int person_erase(struct store *store, const struct person_erasure *erasure, bool *ret_erased,
	struct error *err);

/* Calls visit for each erasure, by id of the person; stops at what is not 0. */
typedef int person_erasure_visit(
	void *context, const struct person_erasure *erasure, struct error *err);
int person_erasure_list(
	struct store *store, person_erasure_visit *visit, void *context, struct error *err);

/*
 * Erases again in a restored register, before anything else is written to it. A person whom it
 * does not have is only noted; ERR_CONFLICT if it has another one of that id.
 */
int person_erasure_replay(struct store *store, const struct person_erasure *erasure,
	bool *ret_erased, struct error *err);

/* How many erased persons person_wipe has not seen yet. */
int person_wipe_due(struct store *store, int64_t *ret_count, struct error *err);

/* Removes the bytes of all erased persons from the files; the connection must be a writer's. */
int person_wipe(struct store *store, int64_t now_us, struct error *err);

#endif
