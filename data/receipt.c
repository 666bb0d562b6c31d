#include "data/receipt.h"

#include "base/messages.h"

static const int64_t kept_us = INT64_C(86400000000);

int receipt_find(struct store *store, struct receipt *receipt, bool *ret_found, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	const void *bytes;
	size_t len;
	int rc = store_query(store,
		"SELECT digest, status, feature_id, version, conflict_id FROM receipt"
		" WHERE account_id = $account AND key = $key AND created_at > $oldest",
		&query, err);

	*ret_found = false;
	if (rc)
		return rc;
	query_bind_int(query, "account", receipt->account_id);
	query_bind_text(query, "key", receipt->key);
	query_bind_int(query, "oldest", receipt->created_at_us - kept_us);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc;
	bytes = query_bytes(query, 0, &len);
	rc = query_check_row(query, err);
	if (rc)
		return rc;
	if (!bytes || len != sizeof receipt->digest.bytes ||
		memcmp(bytes, receipt->digest.bytes, len) != 0)
		return fail_key_used(err);
	*ret_found = true;
	receipt->status = (int)query_int(query, 1);
	receipt->feature_id = query_int(query, 2);
	receipt->version = query_int(query, 3);
	receipt->conflict_id = query_int(query, 4);
	return 0;
}

static int forget(struct store *store, int64_t oldest_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "DELETE FROM receipt WHERE created_at <= $oldest", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "oldest", oldest_us);
	return query_run(query, err);
}

int receipt_keep(struct store *store, const struct receipt *receipt, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = forget(store, receipt->created_at_us - kept_us, err);

	if (!rc)
		rc = store_query(store,
			"INSERT INTO receipt (account_id, key, digest, status, feature_id, version,"
			" conflict_id, created_at) VALUES ($account, $key, $digest, $status,"
			" $feature_id, $version, $conflict_id, $created_at)",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "account", receipt->account_id);
	query_bind_text(query, "key", receipt->key);
	query_bind_bytes(query, "digest", receipt->digest.bytes, sizeof receipt->digest.bytes);
	query_bind_int(query, "status", receipt->status);
	query_bind_int(query, "feature_id", receipt->feature_id);
	query_bind_int(query, "version", receipt->version);
	query_bind_int(query, "conflict_id", receipt->conflict_id);
	query_bind_int(query, "created_at", receipt->created_at_us);
	return query_run(query, err);
}
