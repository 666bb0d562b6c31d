#include "data/transaction.h"

#include "data/store.h"
#include "data/store_driver.h"

/* Prepared once: these run with every piece of work. */
static int run(struct store *store, const char *sql, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, sql, &query, err);

	return rc ? rc : query_run(query, err);
}

int transaction_begin(struct store *store, struct transaction *ret, struct error *err)
{
	bool sqlite = store_dialect(store) == STORE_SQLITE;
	/* A read that becomes a write later fails in SQLite; so a writer says so at once. */
	int rc = run(store, sqlite ? "BEGIN IMMEDIATE" : "BEGIN", err);

	if (!rc)
		ret->store = store;
	return rc;
}

int transaction_begin_read(struct store *store, struct transaction *ret, struct error *err)
{
	bool sqlite = store_dialect(store) == STORE_SQLITE;
	int rc = run(
		store, sqlite ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);

	if (!rc)
		ret->store = store;
	return rc;
}

int transaction_commit(struct transaction *transaction, struct error *err)
{
	int rc = run(transaction->store, "COMMIT", err);

	if (!rc)
		transaction->store = NULL;
	return rc;
}

void transaction_end(struct transaction *transaction)
{
	if (transaction->store)
		transaction->store->driver->rollback(transaction->store);
	transaction->store = NULL;
}

int store_savepoint(struct store *store, struct error *err)
{
	return run(store, "SAVEPOINT step", err);
}

int store_savepoint_keep(struct store *store, struct error *err)
{
	return run(store, "RELEASE SAVEPOINT step", err);
}

int store_savepoint_undo(struct store *store, struct error *err)
{
	int rc = run(store, "ROLLBACK TO SAVEPOINT step", err);

	return rc ? rc : store_savepoint_keep(store, err);
}
