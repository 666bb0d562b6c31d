/*
 * Accounts for the administrator: /api/accounts, their scopes, and one-time links.
 */
#include "base/messages.h"
#include "base/number.h"
#include "data/one_time_link.h"
#include "server/administrator.h"
#include "server/asker.h"
#include "server/cases/people_json.h"
#include "server/content.h"
#include "server/links.h"
#include "server/router.h"
#include "server/worker.h"

enum { CONTENT_MAX = 64 << 10 };

/* What is to be done to an account, on its way through the writer. */
struct managing {
	bool is_new;
	int64_t account_id;
	struct account_plan plan;
	bool has_role, has_state, has_scopes, wants_link;
	enum role role;
	enum account_state state;
	struct account_scope *rows;
	size_t row_count;
	int64_t now_us;

	struct account account; /* as it is then */
	struct link_text link;
};

/* --- what an account is --------------------------------------------------------------------------- */

static int list_one(void *context, const struct account *account, struct error *err)
{
	(void)err;
	json_begin_object(context);
	account_json(context, account);
	json_end_object(context);
	return 0;
}

/* The roles that an account can be given, in the order of the table. */
static void write_roles(struct json_writer *json)
{
	json_put_key(json, "roles");
	json_begin_array(json);
	for (int role = 0; role < ROLE_COUNT; role++) {
		if (role == ROLE_PUBLIC)
			continue;
		json_begin_object(json);
		json_member_text(json, "id", role_id((enum role)role));
		json_put_key(json, "title");
		json_begin_object(json);
		json_member_text(json, "vi", role_title((enum role)role, LANG_VI));
		json_member_text(json, "en", role_title((enum role)role, LANG_EN));
		json_end_object(json);
		json_end_object(json);
	}
	json_end_array(json);
}

static int get_accounts(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	int rc = administrator_check(request, err);

	if (rc)
		return rc;
	json_begin_object(&json);
	json_put_key(&json, "accounts");
	json_begin_array(&json);
	rc = account_list(request->worker->store, list_one, &json, err);
	json_end_array(&json);
	write_roles(&json);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	return rc;
}

/* The account of the path, for who may manage it. */
static int find(struct request *request, struct account *ret_account, struct error *err)
{
	const char *text = request->captures[0];
	int64_t id = 0;
	int rc = administrator_check(request, err);

	if (!rc && !number_parse_int(text, strlen(text), 1, INT64_MAX, &id))
		rc = fail_no_such_account(err);
	return rc ? rc : account_read(request->worker->store, id, ret_account, err);
}

static int get_account(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	const struct account_scope *rows = NULL;
	struct account account;
	size_t count = 0;
	int rc = find(request, &account, err);

	if (!rc)
		rc = account_scope_read(request->worker->store, account.id, &request->arena, &rows,
			&count, err);
	if (rc)
		return rc;
	json_begin_object(&json);
	account_json(&json, &account);
	account_scopes_json(&json, rows, count);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	return 0;
}

/* --- what is asked -------------------------------------------------------------------------------- */

static int read_role(struct content *content, enum role *ret_role, struct error *err)
{
	const char *id = "";
	int rc = content_text(content, "role", &id, err);

	if (rc || role_find(id, strlen(id), ret_role))
		return rc;
	return fail_content_value(err, "role", id);
}

static int read_state(struct content *content, enum account_state *ret_state, struct error *err)
{
	const char *id = "";
	int rc = content_text(content, "state", &id, err);

	if (rc || account_state_find(id, strlen(id), ret_state))
		return rc;
	return fail_content_value(err, "state", id);
}

/* A text of a row, NULL where there is none; false if it is something else. */
static bool take_name(struct request *request, const struct json_node *node, const char **ret)
{
	enum json_kind kind = json_node_kind(node);
	const char *text;

	*ret = NULL;
	if (kind == JSON_KIND_NULL || kind == JSON_KIND_ABSENT)
		return true;
	if (!json_node_text(node, &text) || !*text)
		return false;
	*ret = arena_text(&request->arena, text, strlen(text));
	return *ret != NULL;
}

/* The layer is there, and the field is one of it, or of any where the row is for all. */
static bool is_known(const struct layer_table *layers, const struct account_scope *row)
{
	const struct layer *layer =
		row->layer ? layer_find(layers, row->layer, strlen(row->layer)) : NULL;

	if (row->layer && !layer)
		return false;
	if (!row->field)
		return true;
	if (layer)
		return layer_field_find(layer, row->field, strlen(row->field)) != NULL;
	for (size_t i = 0; i < layers->count; i++)
		if (layer_field_find(&layers->layers[i], row->field, strlen(row->field)))
			return true;
	return false;
}

static bool take_row(
	struct request *request, const struct json_node *node, struct account_scope *row)
{
	enum json_kind unit = json_node_kind(json_node_get(node, "unit_id"));

	row->unit_id = 0;
	return json_node_kind(node) == JSON_KIND_OBJECT &&
		take_name(request, json_node_get(node, "layer"), &row->layer) &&
		take_name(request, json_node_get(node, "field"), &row->field) &&
		(unit == JSON_KIND_NULL || unit == JSON_KIND_ABSENT ||
			json_node_int(json_node_get(node, "unit_id"), &row->unit_id)) &&
		json_node_bool(json_node_get(node, "may_write"), &row->may_write) &&
		is_known(request->app->layers, row);
}

static int read_rows(struct request *request, const struct json_node *document,
	struct managing *managing, struct error *err)
{
	size_t count = json_node_count(document);
	int rc;

	if (json_node_kind(document) != JSON_KIND_ARRAY)
		return fail_scope_row(err, 1);
	if (count > SCOPE_ROWS_MAX)
		return fail_scope_rows(err, SCOPE_ROWS_MAX);
	managing->rows = arena_zero(&request->arena, count + 1, sizeof *managing->rows);
	if (!managing->rows)
		return fail_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		if (take_row(request, json_node_at(document, i), &managing->rows[i]))
			continue;
		rc = fail_scope_row(err, (int64_t)i + 1);
		error_where(err, "/%zu", i);
		return rc;
	}
	managing->row_count = count;
	managing->has_scopes = true;
	return 0;
}

/* --- doing it ------------------------------------------------------------------------------------- */

static int manage(struct store *store, void *context, struct error *err)
{
	struct managing *managing = context;
	int rc = managing->is_new
		? account_create(store, &managing->plan, &managing->account_id, err)
		: 0;

	if (!rc && managing->has_role)
		rc = account_set_role(store, managing->account_id, managing->role, err);
	if (!rc && managing->has_state)
		rc = account_set_state(store, managing->account_id, managing->state, err);
	if (!rc && managing->has_scopes)
		rc = account_scope_replace(
			store, managing->account_id, managing->rows, managing->row_count, err);
	if (!rc)
		rc = account_read(store, managing->account_id, &managing->account, err);
	if (!rc && managing->wants_link)
		rc = one_time_link_make(store, managing->account_id,
			managing->account.has_password ? LINK_RESET : LINK_WELCOME,
			managing->now_us, &randomness_system, &managing->link, err);
	return rc;
}

static int begin(struct request *request, struct managing **ret_managing, struct error *err)
{
	struct managing *managing = arena_zero(&request->arena, 1, sizeof *managing);

	if (!managing)
		return fail_no_memory(err);
	managing->now_us = clock_now_us(request->app->clock);
	*ret_managing = managing;
	return 0;
}

static void commit(struct request *request, struct managing *managing,
	int (*answer)(struct request *request, struct response *response, struct error *err))
{
	request->commit.work = manage;
	request->commit.context = managing;
	request->commit.answer = answer;
}

/* Visitors share their rights: those of before are over. */
static int answer_done(struct request *request, struct response *response, struct error *err)
{
	const struct managing *managing = request->commit.context;
	const struct app *app = request->app;

	response->status = 204;
	if (managing->account_id != ACCOUNT_PUBLIC)
		return 0;
	return public_rights_renew(app->public_rights, app->opened.store, app->layers, err);
}

/* The link is told once: the register knows only its hash. */
static int answer_link(struct request *request, struct response *response, struct error *err)
{
	const struct managing *managing = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);
	autofree(strbuf_clear) struct strbuf url = STRBUF(APP_URL_MAX + sizeof managing->link);

	strbuf_add_format(&url, "%s/login?once=%s", request->app->public_url, managing->link.text);
	json_begin_object(&json);
	account_json(&json, &managing->account);
	json_member_text(&json, "link", managing->link.text);
	json_member_text(&json, "url", url.data);
	json_end_object(&json);
	response->status = 201;
	response->content_type = TYPE_JSON;
	return strbuf_check(&url, err);
}

static int post_accounts(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct managing *managing = NULL;
	int rc = begin(request, &managing, err);

	(void)response;
	if (!rc)
		rc = content_read(request, "login role", &content, err);
	if (!rc)
		rc = content_text(&content, "login", &managing->plan.login, err);
	if (!rc)
		rc = read_role(&content, &managing->plan.role, err);
	if (rc)
		return rc;
	managing->plan.login_len = strlen(managing->plan.login);
	managing->plan.now_us = managing->now_us;
	managing->is_new = managing->wants_link = true;
	commit(request, managing, answer_link);
	return 0;
}

static int patch_account(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct managing *managing = NULL;
	struct account account;
	int rc = find(request, &account, err);

	(void)response;
	if (!rc)
		rc = begin(request, &managing, err);
	if (!rc)
		rc = content_read(request, "role state", &content, err);
	if (rc)
		return rc;
	managing->account_id = account.id;
	managing->has_role = content_at(&content, "role") != NULL;
	managing->has_state = content_at(&content, "state") != NULL;
	if (managing->has_role)
		rc = read_role(&content, &managing->role, err);
	if (!rc && managing->has_state)
		rc = read_state(&content, &managing->state, err);
	if (!rc)
		commit(request, managing, answer_done);
	return rc;
}

static int put_scopes(struct request *request, struct response *response, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct managing *managing = NULL;
	struct account account;
	int rc = find(request, &account, err);

	(void)response;
	if (!rc)
		rc = begin(request, &managing, err);
	if (!rc)
		rc = json_document_parse(request->body.data, request->body.len, &document, err);
	if (!rc)
		rc = read_rows(request, document, managing, err);
	if (rc)
		return rc;
	managing->account_id = account.id;
	commit(request, managing, answer_done);
	return 0;
}

static int post_link(struct request *request, struct response *response, struct error *err)
{
	struct managing *managing = NULL;
	struct account account;
	int rc = find(request, &account, err);

	(void)response;
	if (!rc)
		rc = begin(request, &managing, err);
	if (rc)
		return rc;
	managing->account_id = account.id;
	managing->wants_link = true;
	commit(request, managing, answer_link);
	return 0;
}

static const char patch_types[] = "application/merge-patch+json application/json";

static const struct route_action accounts_actions[] = {
	{.method = METHOD_POST, .handle = post_accounts, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .check = administrator_check},
};
static const struct route_action account_actions[] = {
	{.method = METHOD_PATCH, .handle = patch_account, .types = patch_types,
		.content_max = CONTENT_MAX, .params = "", .check = administrator_check},
};
static const struct route_action scopes_actions[] = {
	{.method = METHOD_PUT, .handle = put_scopes, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .check = administrator_check},
};
static const struct route_action link_actions[] = {
	{.method = METHOD_POST, .handle = post_link, .params = "", .check = administrator_check},
};

static const struct route routes[] = {
	{"/api/accounts", get_accounts, "", on_worker, {"Tài khoản", "Accounts"},
		ROUTE_ACTIONS(accounts_actions)},
	{"/api/accounts/{id}", get_account, "", on_worker, {"Một tài khoản", "An account"},
		ROUTE_ACTIONS(account_actions)},
	{"/api/accounts/{id}/scopes", NULL, "", on_worker,
		{"Phạm vi của một tài khoản", "The scope of an account"},
		ROUTE_ACTIONS(scopes_actions)},
	{"/api/accounts/{id}/link", NULL, "", on_worker,
		{"Liên kết đặt mật khẩu", "A link to set the password"},
		ROUTE_ACTIONS(link_actions)},
};

const struct route_table admin_routes = {routes, sizeof routes / sizeof routes[0]};
