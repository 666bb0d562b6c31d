#include "data/session.h"

#include "base/messages.h"

enum { ID_BITS = 256, ID_LEN = ID_BITS / 4 };

#define SECOND_US INT64_C(1000000)

static struct session_id make_id(const struct randomness *randomness, struct digest *ret_digest)
{
	struct secret_token token = secret_token(ID_BITS, randomness);
	struct session_id id;

	memcpy(id.text, token.text, sizeof id.text);
	*ret_digest = digest_of(id.text, ID_LEN);
	return id;
}

/* Ends what is too much for one more of the account. */
static int make_room(struct store *store, int64_t account_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"DELETE FROM session WHERE account_id = $account_id AND id_digest NOT IN"
		" (SELECT id_digest FROM session WHERE account_id = $account_id"
		" ORDER BY last_seen_at DESC, id_digest LIMIT $most)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "account_id", account_id);
	query_bind_int(query, "most", SESSION_ACCOUNT_MAX - 1);
	return query_run(query, err);
}

int session_open(struct store *store, int64_t account_id, int64_t now_us,
	const struct randomness *randomness, struct session_id *ret_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct digest digest;
	struct session_id id = make_id(randomness, &digest);
	int rc = make_room(store, account_id, err);

	if (!rc)
		rc = store_query(store,
			"INSERT INTO session (id_digest, account_id, created_at, last_seen_at)"
			" VALUES ($digest, $account_id, $now, $now)",
			&query, err);
	if (rc)
		return rc;
	query_bind_bytes(query, "digest", digest.bytes, sizeof digest.bytes);
	query_bind_int(query, "account_id", account_id);
	query_bind_int(query, "now", now_us);
	rc = query_run(query, err);
	if (!rc)
		*ret_id = id;
	return rc;
}

static bool is_over(const struct session *session, int64_t now_us)
{
	return now_us - session->last_seen_at_us >= SESSION_IDLE_S * SECOND_US ||
	       now_us - session->created_at_us >= SESSION_LIFE_S * SECOND_US;
}

int session_find(struct store *store, const char *id, size_t len, int64_t now_us,
	struct session *ret_session, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct session session = {.digest = digest_of(id, len)};
	int rc;

	/* Found by its digest: how long that takes says nothing of the id. */
	if (len != ID_LEN)
		return fail_session_over(err);
	rc = store_query(store,
		"SELECT s.account_id, s.created_at, s.last_seen_at FROM session AS s"
		" JOIN account AS a ON a.id = s.account_id AND a.state = 'active'"
		" WHERE s.id_digest = $digest",
		&query, err);
	if (rc)
		return rc;
	query_bind_bytes(query, "digest", session.digest.bytes, sizeof session.digest.bytes);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (!rc)
		return fail_session_over(err);
	session.account_id = query_int(query, 0);
	session.created_at_us = query_int(query, 1);
	session.last_seen_at_us = query_int(query, 2);
	if (is_over(&session, now_us))
		return fail_session_over(err);
	*ret_session = session;
	return 0;
}

bool session_is_stale(const struct session *session, int64_t now_us)
{
	return now_us - session->last_seen_at_us >= SESSION_TOUCH_S * SECOND_US;
}

int session_touch(
	struct store *store, const struct session *session, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE session SET last_seen_at = $now WHERE id_digest = $digest"
		" AND last_seen_at < $now AND last_seen_at > $idle_since",
		&query, err);

	if (rc)
		return rc;
	query_bind_bytes(query, "digest", session->digest.bytes, sizeof session->digest.bytes);
	query_bind_int(query, "now", now_us);
	query_bind_int(query, "idle_since", now_us - SESSION_IDLE_S * SECOND_US);
	return query_run(query, err);
}

static int count_of(
	struct store *store, const struct digest *digest, int64_t *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT count(*) FROM session WHERE id_digest = $digest", &query, err);

	if (rc)
		return rc;
	query_bind_bytes(query, "digest", digest->bytes, sizeof digest->bytes);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	*ret = rc ? query_int(query, 0) : 0;
	return 0;
}

int session_rotate(struct store *store, const struct session *session,
	const struct randomness *randomness, struct session_id *ret_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct digest digest;
	struct session_id id = make_id(randomness, &digest);
	int64_t count = 0;
	int rc = count_of(store, &session->digest, &count, err);

	if (!rc && !count)
		rc = fail_session_over(err);
	if (!rc)
		rc = store_query(store,
			"UPDATE session SET id_digest = $fresh WHERE id_digest = $digest", &query,
			err);
	if (rc)
		return rc;
	query_bind_bytes(query, "digest", session->digest.bytes, sizeof session->digest.bytes);
	query_bind_bytes(query, "fresh", digest.bytes, sizeof digest.bytes);
	rc = query_run(query, err);
	if (!rc)
		*ret_id = id;
	return rc;
}

int session_close(struct store *store, const struct session *session, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "DELETE FROM session WHERE id_digest = $digest", &query, err);

	if (rc)
		return rc;
	query_bind_bytes(query, "digest", session->digest.bytes, sizeof session->digest.bytes);
	return query_run(query, err);
}

int session_close_all(struct store *store, int64_t account_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "DELETE FROM session WHERE account_id = $account_id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "account_id", account_id);
	return query_run(query, err);
}

int session_sweep(struct store *store, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"DELETE FROM session WHERE last_seen_at <= $idle OR created_at <= $life", &query,
		err);

	if (rc)
		return rc;
	query_bind_int(query, "idle", now_us - SESSION_IDLE_S * SECOND_US);
	query_bind_int(query, "life", now_us - SESSION_LIFE_S * SECOND_US);
	return query_run(query, err);
}

struct digest_text session_csrf(const char *id, size_t len)
{
	static const char purpose[] = "dothi csrf ";
	struct digest_maker maker;
	struct digest digest;

	digest_begin(&maker);
	digest_add(&maker, purpose, sizeof purpose - 1);
	digest_add(&maker, id, len);
	digest = digest_end(&maker);
	return digest_print(&digest);
}

bool session_csrf_matches(const char *id, size_t len, const char *token, size_t token_len)
{
	struct digest_text right = session_csrf(id, len);

	return token_len == sizeof right.text - 1 && secret_equal(token, right.text, token_len);
}
