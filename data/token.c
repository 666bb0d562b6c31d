#include "data/token.h"

#include <assert.h>

#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "data/account.h"

enum { SECRET_BITS = 160, SECRET_LEN = SECRET_BITS / 4 };

#define SECOND_US INT64_C(1000000)

static const char prefix[] = "dothi_";

static_assert(sizeof(struct token_text) == sizeof prefix + 20 + 1 + SECRET_LEN, "the text fits");

static int check_name(const struct token_plan *plan, struct strbuf *name, struct error *err)
{
	if (plan->name_len > TOKEN_NAME_MAX_BYTES || !text_nfc(name, plan->name, plan->name_len))
		return fail_token_name(err, TOKEN_NAME_MAX_BYTES);
	if (name->full || !name->len)
		return fail_token_name(err, TOKEN_NAME_MAX_BYTES);
	for (size_t i = 0; i < name->len; i++)
		if ((unsigned char)name->data[i] < ' ' || name->data[i] == 0x7F)
			return fail_token_name(err, TOKEN_NAME_MAX_BYTES);
	return strbuf_check(name, err);
}

/* Ids in lower snake case with one blank between each two; "" for all. */
static bool is_layer_list(const char *layers)
{
	size_t len = strlen(layers);

	if (len > TOKEN_LAYERS_MAX_BYTES)
		return false;
	if (strspn(layers, "abcdefghijklmnopqrstuvwxyz0123456789_ ") != len)
		return false;
	return !len || (layers[0] != ' ' && layers[len - 1] != ' ' && !strstr(layers, "  "));
}

/* Whether the account may have one more. */
static int check_account(struct store *store, int64_t account_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct account account;
	int rc = account_read(store, account_id, &account, err);

	if (rc)
		return rc;
	if (account_id == ACCOUNT_PUBLIC)
		return fail_account_public(err);
	if (account.state != ACCOUNT_ACTIVE)
		return fail_account_not_active(err);
	rc = store_query(store,
		"SELECT count(*) FROM api_token"
		" WHERE account_id = $account_id AND revoked_at IS NULL",
		&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "account_id", account_id);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (rc && query_int(query, 0) >= TOKEN_ACCOUNT_MAX)
		return fail_tokens_many(err, TOKEN_ACCOUNT_MAX);
	return 0;
}

static int insert(struct store *store, const struct token_plan *plan, const char *name, int64_t id,
	const struct digest *digest, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO api_token (id, account_id, name, secret_digest, may_write, layers,"
		" created_at, expires_at) VALUES ($id, $account_id, $name, $digest, $may_write,"
		" $layers, $created_at, $expires_at)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "account_id", plan->account_id);
	query_bind_text(query, "name", name);
	query_bind_bytes(query, "digest", digest->bytes, sizeof digest->bytes);
	query_bind_int(query, "may_write", plan->may_write);
	query_bind_text(query, "layers", plan->layers && *plan->layers ? plan->layers : NULL);
	query_bind_int(query, "created_at", plan->now_us);
	if (plan->expires_at_us)
		query_bind_int(query, "expires_at", plan->expires_at_us);
	else
		query_bind_null(query, "expires_at");
	return query_run(query, err);
}

int token_make(struct store *store, const struct token_plan *plan,
	const struct randomness *randomness, int64_t *ret_id, struct token_text *ret_text,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf name = STRBUF(TOKEN_NAME_MAX_BYTES);
	struct secret_token secret = secret_token(SECRET_BITS, randomness);
	struct digest digest = digest_of(secret.text, SECRET_LEN);
	struct token_text text;
	int64_t last_id = 0;
	int rc = check_name(plan, &name, err);

	if (!rc && plan->layers && !is_layer_list(plan->layers))
		rc = fail_token_layers(err);
	if (!rc && plan->expires_at_us && plan->expires_at_us <= plan->now_us)
		rc = fail_token_day(err);
	if (!rc)
		rc = check_account(store, plan->account_id, err);
	if (!rc)
		rc = store_int(store, "SELECT max(id) FROM api_token", &last_id, err);
	if (!rc)
		rc = insert(store, plan, name.data, last_id + 1, &digest, err);
	if (rc)
		return rc;
	snprintf(text.text, sizeof text.text, "%s%lld_%.*s", prefix, (long long)last_id + 1,
		SECRET_LEN, secret.text);
	*ret_id = last_id + 1;
	*ret_text = text;
	return 0;
}

#define SELECT_TOKEN                                                                            \
	"SELECT t.id, t.account_id, t.name, t.layers, t.may_write, t.created_at, t.expires_at," \
	" t.last_used_at, t.revoked_at, t.secret_digest, CASE WHEN a.state = 'active' THEN 1 "  \
	"ELSE 0 END"                                                                            \
	" FROM api_token AS t JOIN account AS a ON a.id = t.account_id "

/* A text column into a field of fixed size; false if it is too long to be ours. */
static bool copy_text(struct query *query, int column, char *field, size_t size)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	if (len >= size)
		return false;
	memcpy(field, text, len + 1);
	return true;
}

/* The row in hand. */
static int take_row(struct query *query, struct token *ret, struct error *err)
{
	bool fits;
	int rc;

	*ret = (struct token){
		.id = query_int(query, 0),
		.account_id = query_int(query, 1),
		.may_write = query_int(query, 4),
		.created_at_us = query_int(query, 5),
		.expires_at_us = query_int(query, 6),
		.last_used_at_us = query_int(query, 7),
		.revoked_at_us = query_int(query, 8),
	};
	fits = copy_text(query, 2, ret->name, sizeof ret->name) &&
	       copy_text(query, 3, ret->layers, sizeof ret->layers);
	rc = query_check_row(query, err);
	if (!rc && !fits) {
		rc = fail_register_damaged(err);
		error_detail(err, "token %lld", (long long)ret->id);
	}
	return rc;
}

/* The id and the secret in a token's text; false if it has not the form of one. */
static bool split(const char *text, size_t len, int64_t *ret_id, const char **ret_secret)
{
	size_t start = sizeof prefix - 1;

	if (len < start + 1 + 1 + SECRET_LEN || memcmp(text, prefix, start) != 0)
		return false;
	*ret_secret = text + len - SECRET_LEN;
	if ((*ret_secret)[-1] != '_' || text[start] == '0')
		return false;
	return number_parse_int(text + start, len - start - 1 - SECRET_LEN, 1, INT64_MAX, ret_id);
}

int token_find(struct store *store, const char *text, size_t len, int64_t now_us,
	struct token *ret_token, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	const char *secret;
	const void *stored;
	struct digest digest;
	struct token token;
	size_t stored_len;
	int64_t id;
	int rc;

	if (!split(text, len, &id, &secret))
		return fail_token_refused(err);
	rc = store_query(store, SELECT_TOKEN "WHERE t.id = $id", &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	digest = digest_of(secret, SECRET_LEN);
	if (!rc)
		return fail_token_refused(err);
	rc = take_row(query, &token, err);
	if (rc)
		return rc;
	stored = query_bytes(query, 9, &stored_len);
	if (!stored || stored_len != sizeof digest.bytes ||
		!secret_equal(stored, digest.bytes, sizeof digest.bytes))
		return fail_token_refused(err);
	if (token.revoked_at_us || !query_int(query, 10))
		return fail_token_refused(err);
	if (token.expires_at_us && token.expires_at_us <= now_us)
		return fail_token_expired(err);
	*ret_token = token;
	return 0;
}

bool token_allows(const struct token *token, const char *layer, bool write)
{
	const char *at = token->layers;
	struct slice id;

	if (write && !token->may_write)
		return false;
	if (!*token->layers)
		return true;
	while (text_next(&at, ' ', &id))
		if (slice_equals(id, layer))
			return true;
	return false;
}

bool token_is_stale(const struct token *token, int64_t now_us)
{
	return now_us - token->last_used_at_us >= TOKEN_TOUCH_S * SECOND_US;
}

int token_touch(struct store *store, const struct token *token, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE api_token SET last_used_at = $now WHERE id = $id"
		" AND (last_used_at IS NULL OR last_used_at < $now)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", token->id);
	query_bind_int(query, "now", now_us);
	return query_run(query, err);
}

int token_read(struct store *store, int64_t id, struct token *ret_token, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct token token;
	int rc = store_query(store, SELECT_TOKEN "WHERE t.id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (!rc)
		return fail_no_such_token(err);
	rc = take_row(query, &token, err);
	if (!rc)
		*ret_token = token;
	return rc;
}

int token_list(struct store *store, int64_t account_id, token_visit *visit, void *context,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		SELECT_TOKEN "WHERE t.account_id = $account_id OR $account_id = 0 ORDER BY t.id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "account_id", account_id);
	while ((rc = query_step(query, err)) > 0) {
		struct token token;

		rc = take_row(query, &token, err);
		if (!rc)
			rc = visit(context, &token, err);
		if (rc)
			return rc;
	}
	return rc;
}

int token_revoke(struct store *store, int64_t id, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct token token;
	int rc = token_read(store, id, &token, err);

	if (!rc)
		rc = store_query(store,
			"UPDATE api_token SET revoked_at = $now"
			" WHERE id = $id AND revoked_at IS NULL",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "now", now_us);
	return query_run(query, err);
}
