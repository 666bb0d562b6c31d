#include "data/login.h"

#include "base/messages.h"
#include "base/throttle.h"
#include "data/password.h"

struct failures {
	int64_t count, failed_us;
};

/* The same for "Lan" and "lan"; whatever is typed has one. */
static struct digest digest_of_login(const char *login, size_t len)
{
	struct account_login parsed;

	if (account_login_parse(login, len, &parsed))
		return digest_of(parsed.text, strlen(parsed.text));
	return digest_of(login, len);
}

static int read_failures(struct store *store, const struct digest *typed,
	struct failures *ret_failures, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT failed_count, failed_at FROM login_failure WHERE login_digest = $digest",
		&query, err);

	if (rc)
		return rc;
	query_bind_bytes(query, "digest", typed->bytes, sizeof typed->bytes);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	*ret_failures = (struct failures){0};
	if (rc)
		*ret_failures = (struct failures){query_int(query, 0), query_int(query, 1)};
	return 0;
}

/* The stored hash; "" if the account has none. */
static int read_hash(
	struct store *store, int64_t account_id, struct password_hash *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	const char *hash;
	size_t len;
	int rc =
		store_query(store, "SELECT password_hash FROM account WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", account_id);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	*ret = (struct password_hash){""};
	if (!rc)
		return 0;
	hash = query_text(query, 0, &len);
	rc = query_check_row(query, err);
	if (!rc && len < sizeof ret->text)
		memcpy(ret->text, hash, len + 1);
	return rc;
}

/* Whether one may log in with the account at all. */
static bool has_door(const struct account *account)
{
	return account->state == ACCOUNT_ACTIVE && account->id != ACCOUNT_PUBLIC &&
	       account->has_password;
}

int login_begin(struct store *store, const char *login, size_t len, int64_t now_us,
	struct login_attempt *ret_attempt, struct error *err)
{
	struct login_attempt attempt = {.typed = digest_of_login(login, len)};
	struct failures failures;
	struct account account;
	int64_t wait_s;
	int rc = read_failures(store, &attempt.typed, &failures, err);

	if (rc)
		return rc;
	wait_s = throttle_wait_s(failures.count, failures.failed_us, now_us);
	if (wait_s)
		return fail_login_wait(err, wait_s);
	rc = account_find(store, login, len, &account, err);
	if (rc && rc != ERR_NOT_FOUND)
		return rc;
	if (!rc && has_door(&account)) {
		attempt.account_id = account.id;
		rc = read_hash(store, account.id, &attempt.hash, err);
		if (rc)
			return rc;
	}
	error_clear(err);
	*ret_attempt = attempt;
	return 0;
}

int login_verify(struct login_attempt *attempt, const char *password, size_t len, struct error *err)
{
	int rc = password_try(&attempt->hash, password, len, &attempt->matches, err);

	if (rc || !attempt->matches || !password_hash_is_old(&attempt->hash))
		return rc;
	/* By the rules of today it might be refused; it goes on as it was. */
	return password_remake(password, len, &attempt->fresh, err);
}

static int forget_failures(struct store *store, const struct digest *typed, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "DELETE FROM login_failure WHERE login_digest = $digest", &query, err);

	if (rc)
		return rc;
	query_bind_bytes(query, "digest", typed->bytes, sizeof typed->bytes);
	return query_run(query, err);
}

int login_forgive(struct store *store, const struct account_login *login, struct error *err)
{
	struct digest typed = digest_of(login->text, strlen(login->text));

	return forget_failures(store, &typed, err);
}

/* Makes room for one more login. */
static int forget_oldest(struct store *store, struct error *err)
{
	int64_t count = 0;
	int rc = store_int(store, "SELECT count(*) FROM login_failure", &count, err);

	if (rc || count < LOGIN_FAILURES_MAX)
		return rc;
	return store_run(store,
		"DELETE FROM login_failure WHERE login_digest ="
		" (SELECT login_digest FROM login_failure ORDER BY failed_at LIMIT 1)",
		err);
}

static int count_failure(struct store *store, const struct digest *typed,
	const struct failures *before, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = before->count ? 0 : forget_oldest(store, err);

	if (!rc)
		rc = store_query(store,
			"INSERT INTO login_failure (login_digest, failed_count, failed_at)"
			" VALUES ($digest, $count, $now) ON CONFLICT (login_digest)"
			" DO UPDATE SET failed_count = $count, failed_at = $now",
			&query, err);
	if (rc)
		return rc;
	query_bind_bytes(query, "digest", typed->bytes, sizeof typed->bytes);
	query_bind_int(
		query, "count", throttle_failures(before->count, before->failed_us, now_us) + 1);
	query_bind_int(query, "now", now_us);
	return query_run(query, err);
}

static int store_fresh_hash(
	struct store *store, const struct login_attempt *attempt, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "UPDATE account SET password_hash = $hash WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", attempt->account_id);
	query_bind_text(query, "hash", attempt->fresh.text);
	return query_run(query, err);
}

/* Whether the account is still what login_begin saw: not locked, no other password since. */
static int look_again(struct store *store, const struct login_attempt *attempt,
	struct login_result *result, struct error *err)
{
	struct password_hash hash;
	int rc;

	if (!attempt->matches || !attempt->account_id)
		return 0;
	rc = account_read(store, attempt->account_id, &result->account, err);
	if (!rc)
		rc = read_hash(store, attempt->account_id, &hash, err);
	if (rc)
		return rc;
	result->admitted = has_door(&result->account) && !strcmp(hash.text, attempt->hash.text);
	return 0;
}

int login_end(struct store *store, const struct login_attempt *attempt, int64_t now_us,
	struct login_result *ret_result, struct error *err)
{
	struct login_result result = {0};
	struct failures failures;
	int rc = read_failures(store, &attempt->typed, &failures, err);

	if (!rc)
		rc = look_again(store, attempt, &result, err);
	if (rc)
		return rc;
	/* Others may have failed since login_begin; then this one comes too early, right or not. */
	result.wait_s = throttle_wait_s(failures.count, failures.failed_us, now_us);
	if (result.wait_s)
		result.admitted = false;
	if (!result.admitted)
		rc = count_failure(store, &attempt->typed, &failures, now_us, err);
	else if (failures.count)
		rc = forget_failures(store, &attempt->typed, err);
	if (!rc && result.admitted && attempt->fresh.text[0])
		rc = store_fresh_hash(store, attempt, err);
	if (!rc)
		*ret_result = result;
	return rc;
}

int login_refusal(const struct login_result *result, struct error *err)
{
	if (result->admitted)
		return 0;
	if (result->wait_s)
		return fail_login_wait(err, result->wait_s);
	return fail_login_refused(err);
}

int login_sweep(struct store *store, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "DELETE FROM login_failure WHERE failed_at <= $before", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "before", now_us - THROTTLE_MEMORY_S * INT64_C(1000000));
	return query_run(query, err);
}
