#include "data/one_time_link.h"

#include <assert.h>

#include "base/messages.h"

enum {
	LINK_BITS = 256,
	LINK_MAX_BYTES = 200, /* what is longer is no link and is not hashed */
};

#define SECOND_US INT64_C(1000000)

static const char prefix[] = "dothi_once_";

static const struct {
	const char *id;
	int64_t valid_s;
} purposes[] = {
	[LINK_WELCOME] = {"welcome", LINK_WELCOME_S},
	[LINK_RESET] = {"reset", LINK_RESET_S},
};

static_assert(sizeof purposes / sizeof *purposes == LINK_PURPOSE_COUNT, "a row a purpose");
static_assert(sizeof(struct link_text) == sizeof prefix + LINK_BITS / 4, "the text fits");

static int insert(struct store *store, int64_t account_id, enum link_purpose purpose,
	int64_t now_us, const struct digest *digest, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO one_time_link (token_digest, account_id, purpose, created_at,"
		" expires_at) VALUES ($digest, $account_id, $purpose, $now, $expires_at)",
		&query, err);

	if (rc)
		return rc;
	query_bind_bytes(query, "digest", digest->bytes, sizeof digest->bytes);
	query_bind_int(query, "account_id", account_id);
	query_bind_text(query, "purpose", purposes[purpose].id);
	query_bind_int(query, "now", now_us);
	query_bind_int(query, "expires_at", now_us + purposes[purpose].valid_s * SECOND_US);
	return query_run(query, err);
}

int one_time_link_make(struct store *store, int64_t account_id, enum link_purpose purpose,
	int64_t now_us, const struct randomness *randomness, struct link_text *ret_link,
	struct error *err)
{
	struct secret_token token = secret_token(LINK_BITS, randomness);
	struct account account;
	struct digest digest;
	struct link_text link;
	int rc = account_read(store, account_id, &account, err);

	if (rc)
		return rc;
	if (account_id == ACCOUNT_PUBLIC)
		return fail_account_public(err);
	if (account.state != ACCOUNT_ACTIVE)
		return fail_account_not_active(err);
	snprintf(link.text, sizeof link.text, "%s%s", prefix, token.text);
	digest = digest_of(link.text, strlen(link.text));
	rc = one_time_link_cancel(store, account_id, err);
	if (!rc)
		rc = insert(store, account_id, purpose, now_us, &digest, err);
	if (!rc)
		*ret_link = link;
	return rc;
}

/* The account of a link that may be used, and the digest of the link. */
static int find(struct store *store, const char *link, size_t len, int64_t now_us,
	int64_t *ret_account_id, struct digest *ret_digest, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct digest digest;
	int rc;

	if (len > LINK_MAX_BYTES)
		return fail_link_unusable(err);
	/* Found by its digest: how long that takes says nothing of the text. */
	digest = digest_of(link, len);
	rc = store_query(store,
		"SELECT account_id, expires_at FROM one_time_link"
		" WHERE token_digest = $digest AND used_at IS NULL",
		&query, err);
	if (rc)
		return rc;
	query_bind_bytes(query, "digest", digest.bytes, sizeof digest.bytes);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (!rc)
		return fail_link_unusable(err);
	if (query_int(query, 1) <= now_us)
		return fail_link_expired(err);
	*ret_account_id = query_int(query, 0);
	*ret_digest = digest;
	return 0;
}

static int find_account(struct store *store, const char *link, size_t len, int64_t now_us,
	struct account *ret_account, struct digest *ret_digest, struct error *err)
{
	struct account account;
	struct digest digest;
	int64_t account_id = 0;
	int rc = find(store, link, len, now_us, &account_id, &digest, err);

	if (!rc)
		rc = account_read(store, account_id, &account, err);
	if (rc)
		return rc;
	if (account.state != ACCOUNT_ACTIVE)
		return fail_link_unusable(err);
	*ret_account = account;
	*ret_digest = digest;
	return 0;
}

int one_time_link_find(struct store *store, const char *link, size_t len, int64_t now_us,
	struct account *ret_account, struct error *err)
{
	struct digest digest;

	return find_account(store, link, len, now_us, ret_account, &digest, err);
}

static int spend(
	struct store *store, const struct digest *digest, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE one_time_link SET used_at = $now WHERE token_digest = $digest", &query,
		err);

	if (rc)
		return rc;
	query_bind_bytes(query, "digest", digest->bytes, sizeof digest->bytes);
	query_bind_int(query, "now", now_us);
	return query_run(query, err);
}

int one_time_link_redeem(struct store *store, const char *link, size_t len,
	const struct password_hash *hash, int64_t now_us, struct account *ret_account,
	struct error *err)
{
	struct account account;
	struct digest digest;
	int rc = find_account(store, link, len, now_us, &account, &digest, err);

	if (!rc)
		rc = spend(store, &digest, now_us, err);
	if (!rc)
		rc = account_set_password(store, account.id, hash, now_us, err);
	if (!rc)
		rc = account_read(store, account.id, &account, err);
	if (!rc)
		*ret_account = account;
	return rc;
}

int one_time_link_cancel(struct store *store, int64_t account_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"DELETE FROM one_time_link WHERE account_id = $account_id AND used_at IS NULL",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "account_id", account_id);
	return query_run(query, err);
}

int one_time_link_sweep(struct store *store, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "DELETE FROM one_time_link WHERE expires_at <= $before", &query, err);

	if (rc)
		return rc;
	/* For a while it is still said that it has expired, rather than that there is none. */
	query_bind_int(query, "before", now_us - LINK_WELCOME_S * SECOND_US);
	return query_run(query, err);
}
