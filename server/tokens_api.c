/*
 * Tokens of programs: those of one's own account, and for the administrator of any.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/administrator.h"
#include "server/asker.h"
#include "server/cases/people_json.h"
#include "server/content.h"
#include "server/links.h"
#include "server/router.h"
#include "server/worker.h"

enum { CONTENT_MAX = 16 << 10, DAYS_MAX = 3660 };

#define DAY_US (INT64_C(86400) * 1000000)

/* A token that is made or revoked, on its way through the writer. */
struct tokening {
	struct token_plan plan;
	int64_t id;
	int64_t now_us;
	struct token_text text;
};

/* The account of the path, or one's own; who has only a token makes no others. */
static int find_account(struct request *request, int64_t *ret_id, struct error *err)
{
	const struct asker *asker = request->asker;
	const char *text = request->captures[0];
	struct account account;
	int rc;

	if (!text) {
		*ret_id = asker->rights.account_id;
		if (asker->kind == ASKER_PUBLIC)
			return fail_login_needed(err);
		return asker->kind == ASKER_SESSION ? 0 : administrator_check(request, err);
	}
	rc = administrator_check(request, err);
	if (!rc && !number_parse_int(text, strlen(text), 1, INT64_MAX, ret_id))
		rc = fail_no_such_account(err);
	return rc ? rc : account_read(request->worker->store, *ret_id, &account, err);
}

static int list_one(void *context, const struct token *token, struct error *err)
{
	struct json_writer *json = context;

	(void)err;
	json_begin_object(json);
	token_json(json, token);
	json_end_object(json);
	return 0;
}

static int get_tokens(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	int64_t account_id = 0;
	int rc = find_account(request, &account_id, err);

	if (rc)
		return rc;
	json_begin_object(&json);
	json_put_key(&json, "tokens");
	json_begin_array(&json);
	rc = token_list(request->worker->store, account_id, list_one, &json, err);
	json_end_array(&json);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	return rc;
}

/* --- making one ----------------------------------------------------------------------------------- */

static int fail_layers(struct error *err)
{
	return content_where(fail_token_layers(err), "layers", err);
}

/* ["parcel", "street"] as "parcel street"; null or absent means all. */
static int read_layers(struct request *request, const struct json_node *layers,
	struct token_plan *plan, struct error *err)
{
	autofree(strbuf_clear) struct strbuf list = STRBUF(TOKEN_LAYERS_MAX_BYTES);
	const char *id;

	if (!layers)
		return 0;
	/* An empty list would mean all, and nobody would have said so. */
	if (json_node_kind(layers) != JSON_KIND_ARRAY || !json_node_count(layers))
		return fail_layers(err);
	for (size_t i = 0; i < json_node_count(layers); i++) {
		if (!json_node_text(json_node_at(layers, i), &id) ||
			!layer_find(request->app->layers, id, strlen(id)))
			return fail_layers(err);
		strbuf_add_format(&list, "%s%s", i ? " " : "", id);
	}
	if (strbuf_check(&list, NULL))
		return fail_layers(err);
	plan->layers = arena_text(&request->arena, list.data, list.len);
	return plan->layers ? 0 : fail_no_memory(err);
}

static int read_days(const struct json_node *days, struct token_plan *plan, struct error *err)
{
	int64_t count;

	if (!days)
		return 0;
	if (json_node_int(days, &count) && count >= 1 && count <= DAYS_MAX) {
		plan->expires_at_us = plan->now_us + count * DAY_US;
		return 0;
	}
	return content_where(fail_token_day(err), "days", err);
}

static int make(struct store *store, void *context, struct error *err)
{
	struct tokening *tokening = context;

	return token_make(store, &tokening->plan, &randomness_system, &tokening->id,
		&tokening->text, err);
}

/* The token is told once. */
static int answer_made(struct request *request, struct response *response, struct error *err)
{
	const struct tokening *tokening = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);

	(void)err;
	json_begin_object(&json);
	json_member_int(&json, "id", tokening->id);
	json_member_text(&json, "token", tokening->text.text);
	json_end_object(&json);
	response->status = 201;
	response->content_type = TYPE_JSON;
	return 0;
}

static int post_tokens(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct tokening *tokening = arena_zero(&request->arena, 1, sizeof *tokening);
	int rc;

	(void)response;
	if (!tokening)
		return fail_no_memory(err);
	tokening->plan.now_us = clock_now_us(request->app->clock);
	rc = find_account(request, &tokening->plan.account_id, err);
	if (!rc)
		rc = content_read(request, "name layers days may_write", &content, err);
	if (!rc)
		rc = content_text(&content, "name", &tokening->plan.name, err);
	if (!rc)
		rc = read_layers(request, content_at(&content, "layers"), &tokening->plan, err);
	if (!rc)
		rc = read_days(content_at(&content, "days"), &tokening->plan, err);
	if (!rc)
		rc = content_bool(&content, "may_write", &tokening->plan.may_write, err);
	if (rc)
		return rc;
	tokening->plan.name_len = strlen(tokening->plan.name);
	request->commit.work = make;
	request->commit.context = tokening;
	request->commit.answer = answer_made;
	return 0;
}

/* --- revoking one --------------------------------------------------------------------------------- */

static int revoke(struct store *store, void *context, struct error *err)
{
	const struct tokening *tokening = context;

	return token_revoke(store, tokening->id, tokening->now_us, err);
}

static int answer_revoked(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)err;
	response->status = 204;
	return 0;
}

static int delete_token(struct request *request, struct response *response, struct error *err)
{
	struct tokening *tokening = arena_zero(&request->arena, 1, sizeof *tokening);
	const struct asker *asker = request->asker;
	const char *text = request->captures[0];
	struct token token;
	int rc = tokening ? 0 : fail_no_memory(err);

	(void)response;
	if (!rc && asker->kind == ASKER_PUBLIC)
		rc = fail_login_needed(err);
	if (!rc && !number_parse_int(text, strlen(text), 1, INT64_MAX, &tokening->id))
		rc = fail_no_such_token(err);
	if (!rc)
		rc = token_read(request->worker->store, tokening->id, &token, err);
	/* Of somebody else's nobody but the administrator hears that it is there. */
	if (!rc && (asker->kind != ASKER_SESSION || token.account_id != asker->rights.account_id) &&
		administrator_check(request, NULL))
		rc = fail_no_such_token(err);
	if (rc)
		return rc;
	tokening->now_us = clock_now_us(request->app->clock);
	request->commit.work = revoke;
	request->commit.context = tokening;
	request->commit.answer = answer_revoked;
	return 0;
}

static const struct route_action tokens_actions[] = {
	{.method = METHOD_POST, .handle = post_tokens, .types = "application/json",
		.content_max = CONTENT_MAX, .params = ""},
};
static const struct route_action token_actions[] = {
	{.method = METHOD_DELETE, .handle = delete_token, .params = ""},
};

static const struct route routes[] = {
	{"/api/tokens", get_tokens, "", on_worker, {"Token của tôi", "My tokens"},
		ROUTE_ACTIONS(tokens_actions)},
	{"/api/tokens/{id}", NULL, "", on_worker, {"Thu hồi token", "Revoke a token"},
		ROUTE_ACTIONS(token_actions)},
	{"/api/accounts/{id}/tokens", get_tokens, "", on_worker,
		{"Token của một tài khoản", "The tokens of an account"},
		ROUTE_ACTIONS(tokens_actions)},
};

const struct route_table tokens_routes = {routes, sizeof routes / sizeof routes[0]};
