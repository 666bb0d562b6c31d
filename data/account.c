#include "data/account.h"

#include <assert.h>

#include "base/messages.h"
#include "base/text.h"
#include "data/login.h"
#include "data/one_time_link.h"
#include "data/session.h"

enum { LOGIN_INPUT_MAX_BYTES = 256 }; /* of what is folded; a login is far shorter */

static const char *const states[] = {
	[ACCOUNT_ACTIVE] = "active", [ACCOUNT_LOCKED] = "locked", [ACCOUNT_CLOSED] = "closed"};

static_assert(sizeof states / sizeof *states == ACCOUNT_STATE_COUNT, "a name a state");

const char *account_state_id(enum account_state state)
{
	return states[state];
}

bool account_state_find(const char *id, size_t len, enum account_state *ret_state)
{
	for (int i = 0; i < ACCOUNT_STATE_COUNT; i++)
		if (strlen(states[i]) == len && !memcmp(states[i], id, len)) {
			*ret_state = (enum account_state)i;
			return true;
		}
	return false;
}

static bool is_login_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool account_login_parse(const char *text, size_t len, struct account_login *ret_login)
{
	autofree(strbuf_clear) struct strbuf folded = STRBUF(LOGIN_INPUT_MAX_BYTES);
	struct account_login login;

	if (len > LOGIN_INPUT_MAX_BYTES || !text_is_utf8(text, len))
		return false;
	text_fold(&folded, text, len);
	if (folded.failed || folded.len < ACCOUNT_LOGIN_MIN_BYTES ||
		folded.len > ACCOUNT_LOGIN_MAX_BYTES)
		return false;
	for (size_t i = 0; i < folded.len; i++)
		if (!is_login_byte(folded.data[i]))
			return false;
	memcpy(login.text, folded.data, folded.len + 1);
	*ret_login = login;
	return true;
}

#define SELECT_ACCOUNT                                                                       \
	"SELECT id, login, role, state, CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, " \
	"password_set_at, person_id,"                                                        \
	" created_at FROM account "

/* The row in hand. */
static int take_row(struct query *query, struct account *ret, struct error *err)
{
	struct account account = {
		.id = query_int(query, 0),
		.has_password = query_int(query, 4),
		.password_set_at_us = query_int(query, 5),
		.person_id = query_int(query, 6),
		.created_at_us = query_int(query, 7),
	};
	size_t login_len, role_len, state_len;
	const char *login = query_text(query, 1, &login_len);
	const char *role = query_text(query, 2, &role_len);
	const char *state = query_text(query, 3, &state_len);
	int rc = query_check_row(query, err);

	if (rc)
		return rc;
	if (login_len > ACCOUNT_LOGIN_MAX_BYTES || !role_find(role, role_len, &account.role) ||
		!account_state_find(state, state_len, &account.state)) {
		rc = fail_register_damaged(err);
		error_detail(err, "account %lld", (long long)account.id);
		return rc;
	}
	memcpy(account.login.text, login, login_len + 1);
	*ret = account;
	return 0;
}

/* The one row of a query. */
static int take_only(struct query *query, struct account *ret, struct error *err)
{
	int rc = query_step(query, err);

	if (rc < 0)
		return rc;
	return rc ? take_row(query, ret, err) : fail_no_such_account(err);
}

int account_read(struct store *store, int64_t id, struct account *ret_account, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, SELECT_ACCOUNT "WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	return take_only(query, ret_account, err);
}

int account_find(struct store *store, const char *login, size_t len, struct account *ret_account,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct account_login parsed;
	int rc;

	if (!account_login_parse(login, len, &parsed))
		return fail_no_such_account(err);
	rc = store_query(store, SELECT_ACCOUNT "WHERE login = $login", &query, err);
	if (rc)
		return rc;
	query_bind_text(query, "login", parsed.text);
	return take_only(query, ret_account, err);
}

int account_list(struct store *store, account_visit *visit, void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, SELECT_ACCOUNT "ORDER BY login", &query, err);

	if (rc)
		return rc;
	while ((rc = query_step(query, err)) > 0) {
		struct account account;

		rc = take_row(query, &account, err);
		if (!rc)
			rc = visit(context, &account, err);
		if (rc)
			return rc;
	}
	return rc;
}

static void bind_person(struct query *query, int64_t person_id)
{
	if (person_id)
		query_bind_int(query, "person_id", person_id);
	else
		query_bind_null(query, "person_id");
}

static int insert(struct store *store, const struct account_plan *plan,
	const struct account_login *login, int64_t id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO account (id, login, role, state, person_id, created_at)"
		" VALUES ($id, $login, $role, $state, $person_id, $created_at)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_text(query, "login", login->text);
	query_bind_text(query, "role", role_id(plan->role));
	query_bind_text(query, "state", states[ACCOUNT_ACTIVE]);
	bind_person(query, plan->person_id);
	query_bind_int(query, "created_at", plan->now_us);
	return query_run(query, err);
}

int account_create(
	struct store *store, const struct account_plan *plan, int64_t *ret_id, struct error *err)
{
	struct account other;
	struct account_login login;
	int64_t last_id = 0;
	int rc;

	if (!account_login_parse(plan->login, plan->login_len, &login))
		return fail_login_form(err, ACCOUNT_LOGIN_MIN_BYTES, ACCOUNT_LOGIN_MAX_BYTES);
	if (plan->role == ROLE_PUBLIC)
		return fail_role_public(err);
	rc = account_find(store, plan->login, plan->login_len, &other, err);
	if (!rc)
		return fail_login_taken(err, login.text);
	if (rc != ERR_NOT_FOUND)
		return rc;
	error_clear(err);
	rc = store_int(store, "SELECT max(id) FROM account", &last_id, err);
	if (!rc)
		rc = insert(store, plan, &login, last_id + 1, err);
	if (!rc)
		*ret_id = last_id + 1;
	return rc;
}

/* Reads an account that is about to change. */
static int read_to_change(
	struct store *store, int64_t id, struct account *ret_account, struct error *err)
{
	int rc = account_read(store, id, ret_account, err);

	if (rc)
		return rc;
	if (id == ACCOUNT_PUBLIC)
		return fail_account_public(err);
	if (ret_account->state == ACCOUNT_CLOSED)
		return fail_account_closed(err);
	return 0;
}

static bool is_administrator(const struct account *account)
{
	return account->role == ROLE_ADMINISTRATOR && account->state == ACCOUNT_ACTIVE;
}

/* Writes role and state; ends the sessions. One active administrator must remain. */
static int change(struct store *store, const struct account *before, const struct account *after,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int64_t administrators = 0;
	int rc = 0;

	if (is_administrator(before) && !is_administrator(after)) {
		rc = store_int(store,
			"SELECT count(*) FROM account"
			" WHERE role = 'administrator' AND state = 'active'",
			&administrators, err);
		if (!rc && administrators <= 1)
			return fail_last_administrator(err);
	}
	if (!rc)
		rc = store_query(store,
			"UPDATE account SET role = $role, state = $state WHERE id = $id", &query,
			err);
	if (rc)
		return rc;
	query_bind_int(query, "id", after->id);
	query_bind_text(query, "role", role_id(after->role));
	query_bind_text(query, "state", states[after->state]);
	rc = query_run(query, err);
	if (!rc)
		rc = store_tell(store, "rights", err);
	return rc ? rc : session_close_all(store, after->id, err);
}

int account_set_role(struct store *store, int64_t id, enum role role, struct error *err)
{
	struct account before, after;
	int rc;

	if (role == ROLE_PUBLIC)
		return fail_role_public(err);
	rc = read_to_change(store, id, &before, err);
	if (rc)
		return rc;
	after = before;
	after.role = role;
	return change(store, &before, &after, err);
}

/* Destroys what a closed account needs no more. */
static int forget_password(struct store *store, int64_t id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = one_time_link_cancel(store, id, err);

	if (!rc)
		rc = store_query(store, "UPDATE account SET password_hash = NULL WHERE id = $id",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	return query_run(query, err);
}

int account_set_state(struct store *store, int64_t id, enum account_state state, struct error *err)
{
	struct account before, after;
	int rc = read_to_change(store, id, &before, err);

	if (rc)
		return rc;
	after = before;
	after.state = state;
	rc = change(store, &before, &after, err);
	if (!rc && state == ACCOUNT_CLOSED)
		rc = forget_password(store, id, err);
	return rc;
}

int account_set_password(struct store *store, int64_t id, const struct password_hash *hash,
	int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct account account;
	int rc = read_to_change(store, id, &account, err);

	if (!rc)
		rc = store_query(store,
			"UPDATE account SET password_hash = $hash, password_set_at = $now"
			" WHERE id = $id",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_text(query, "hash", hash->text);
	query_bind_int(query, "now", now_us);
	rc = query_run(query, err);
	if (!rc)
		rc = session_close_all(store, id, err);
	if (!rc)
		rc = one_time_link_cancel(store, id, err);
	return rc ? rc : login_forgive(store, &account.login, err);
}

int account_set_person(struct store *store, int64_t id, int64_t person_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct account account;
	int rc = read_to_change(store, id, &account, err);

	if (!rc)
		rc = store_query(store, "UPDATE account SET person_id = $person_id WHERE id = $id",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	bind_person(query, person_id);
	return query_run(query, err);
}
