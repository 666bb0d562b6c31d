/*
 * transaction: what is done in the database as a whole, or not at all.
 */
#ifndef DATA_TRANSACTION_H
#define DATA_TRANSACTION_H

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

/* Steps inside a transaction that can be undone alone. */
int store_savepoint(struct store *store, struct error *err);
int store_savepoint_keep(struct store *store, struct error *err);
int store_savepoint_undo(struct store *store, struct error *err);

#endif
