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

static int begin(struct store *store, bool writes, struct transaction *ret, struct error *err)
{
	int rc;

	store->noted = false;
	if (store->driver->begin)
		rc = store->driver->begin(store, writes, err);
	else /* A read that becomes a write later fails in SQLite; so a writer says so at once. */
		rc = run(store, writes ? "BEGIN IMMEDIATE" : "BEGIN", err);
	if (!rc)
		ret->store = store;
	return rc;
}

int transaction_begin(struct store *store, struct transaction *ret, struct error *err)
{
	return begin(store, true, ret, err);
}

int transaction_begin_read(struct store *store, struct transaction *ret, struct error *err)
{
	return begin(store, false, ret, err);
}

int transaction_commit(struct transaction *transaction, struct error *err)
{
	struct store *store = transaction->store;
	int rc;

	store->noted = false;
	rc = store->driver->commit ? store->driver->commit(store, err) : run(store, "COMMIT", err);

	if (!rc)
		transaction->store = NULL;
	return rc;
}

void transaction_end(struct transaction *transaction)
{
	struct store *store = take(transaction->store);

	if (!store)
		return;
	store->noted = false;
	store->driver->rollback(store);
}

int transaction_settle(struct transaction *transaction, struct error *err)
{
	struct store *store = transaction->store;

	return store->driver->settle ? store->driver->settle(store, err) : 0;
}

bool transaction_is_sound(const struct transaction *transaction)
{
	return transaction->store->driver->is_sound(transaction->store);
}

int64_t store_written(const struct store *store)
{
	return store->written;
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
	int rc;

	store->noted = false;
	rc = run(store, "ROLLBACK TO SAVEPOINT step", err);
	return rc ? rc : store_savepoint_keep(store, err);
}

void transaction_note(struct store *store, const void *note, size_t len)
{
	store->noted = len <= sizeof store->note;
	if (store->noted)
		memcpy(store->note, note, len);
}

const void *transaction_noted(const struct store *store)
{
	return store->noted ? store->note : NULL;
}
