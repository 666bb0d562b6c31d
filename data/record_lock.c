#include "data/record_lock.h"

#include "base/messages.h"

/* Who else holds it, for the message. */
struct looking {
	int64_t account_id;
	bool held;
	struct error *err;
};

static int look(void *context, const struct record_lock *lock, struct error *err)
{
	struct looking *looking = context;
	struct date until = clock_date_vietnam(lock->expires_at_us);

	(void)err;
	if (lock->account_id == looking->account_id)
		return 0;
	looking->held = true;
	fail_parcel_locked(looking->err, lock->owner, lock->purpose, until.text);
	return 1;
}

int record_lock_check(struct store *store, const struct layer *layer, int64_t feature_id,
	int64_t account_id, int64_t now_us, struct error *err)
{
	struct looking looking = {.account_id = account_id, .err = err};
	int rc = record_lock_list(store, layer, feature_id, now_us, look, &looking, err);

	return rc ? rc : looking.held ? ERR_CONFLICT : 0;
}

int record_lock_put(struct store *store, const struct layer *layer,
	const struct record_lock *lock, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = record_lock_check(
		store, layer, lock->feature_id, lock->account_id, lock->created_at_us, err);

	if (!rc)
		rc = store_query(store,
			"INSERT INTO record_lock (layer, feature_id, account_id, owner, purpose,"
			" created_at, expires_at) VALUES ($layer, $feature_id, $account_id, $owner,"
			" $purpose, $created_at, $expires_at)"
			" ON CONFLICT (layer, feature_id) DO UPDATE SET"
			" account_id = excluded.account_id, owner = excluded.owner,"
			" purpose = excluded.purpose, created_at = excluded.created_at,"
			" expires_at = excluded.expires_at",
			&query, err);
	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "feature_id", lock->feature_id);
	query_bind_int(query, "account_id", lock->account_id);
	query_bind_text(query, "owner", lock->owner);
	query_bind_text(query, "purpose", lock->purpose);
	query_bind_int(query, "created_at", lock->created_at_us);
	query_bind_int(query, "expires_at", lock->expires_at_us);
	return query_run(query, err);
}

int record_lock_remove(struct store *store, const struct layer *layer, int64_t feature_id,
	int64_t account_id, bool any, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"DELETE FROM record_lock WHERE layer = $layer AND feature_id = $feature_id"
		" AND ($any = 1 OR account_id = $account_id) RETURNING feature_id",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "feature_id", feature_id);
	query_bind_int(query, "account_id", account_id);
	query_bind_int(query, "any", any);
	rc = query_step(query, err);
	if (!rc)
		return fail_no_such_lock(err);
	while (rc > 0)
		rc = query_step(query, err);
	return rc;
}

int record_lock_list(struct store *store, const struct layer *layer, int64_t feature_id,
	int64_t now_us, record_lock_visit *visit, void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT l.feature_id, l.account_id, coalesce(a.login, l.owner), l.purpose,"
		" l.created_at, l.expires_at"
		" FROM record_lock l LEFT JOIN account a ON a.id = l.account_id"
		" WHERE l.layer = $layer AND l.expires_at > $now"
		" AND ($feature_id = 0 OR l.feature_id = $feature_id)"
		" ORDER BY l.feature_id LIMIT $most",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "now", now_us);
	query_bind_int(query, "feature_id", feature_id);
	query_bind_int(query, "most", RECORD_LOCK_LIST_MAX);
	while ((rc = query_step(query, err)) > 0) {
		const struct record_lock lock = {
			.feature_id = query_int(query, 0),
			.account_id = query_int(query, 1),
			.owner = query_text(query, 2, NULL),
			.purpose = query_text(query, 3, NULL),
			.created_at_us = query_int(query, 4),
			.expires_at_us = query_int(query, 5),
		};

		rc = visit(context, &lock, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}
