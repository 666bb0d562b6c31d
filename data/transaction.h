/*
 * transaction: what is done in the database as a whole, or not at all.
 */
#ifndef DATA_TRANSACTION_H
#define DATA_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct store;

/*
 * A transaction is a value whose end rolls back unless it was committed:
 *	autofree(transaction_end) struct transaction transaction = {0};
 */
struct transaction {
	struct store *store; /* NULL when none is open */
};
int transaction_begin(struct store *store, struct transaction *ret, struct error *err);
/* For reading alone: all that is read until its end is of one moment. */
int transaction_begin_read(struct store *store, struct transaction *ret, struct error *err);
int transaction_commit(struct transaction *transaction, struct error *err);
void transaction_end(struct transaction *transaction);

/*
 * Statements may be on their way when they return: this waits until all of them are done, so that
 * what fails in the commit after it is the commit. Sound: none of them has made the end impossible.
 */
int transaction_settle(struct transaction *transaction, struct error *err);
bool transaction_is_sound(const struct transaction *transaction);

/* A number that grows with every statement that may write. */
int64_t store_written(const struct store *store);

/* Steps inside a transaction that can be undone alone. */
int store_savepoint(struct store *store, struct error *err);
int store_savepoint_keep(struct store *store, struct error *err);
int store_savepoint_undo(struct store *store, struct error *err);

/*
 * What has been read and cannot change before the end of a transaction that writes, for who asks
 * again in it: one note, forgotten at the end and when a step is undone. NULL: there is none.
 */
enum { TRANSACTION_NOTE_MAX = 64 };
void transaction_note(struct store *store, const void *note, size_t len);
const void *transaction_noted(const struct store *store);

#endif
