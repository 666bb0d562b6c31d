/*
 * Logging in and out: /api/session, and the one-time link by which a password is set.
 */
#include "base/messages.h"
#include "base/throttle.h"
#include "data/login.h"
#include "data/one_time_link.h"
#include "data/password.h"
#include "server/asker.h"
#include "server/cases/people_json.h"
#include "server/content.h"
#include "server/links.h"
#include "server/router.h"
#include "server/worker.h"

enum { CONTENT_MAX = 4096 };

/* A log-in on its way through the worker and the writer. */
struct entering {
	struct login_attempt attempt;
	struct login_result result;
	struct password_hash hash; /* of a new password, by a link */
	const char *link;
	struct account account;
	struct session_id session;
	int64_t now_us;
	const char *address;
};

/* A password may not cross a network in the clear. */
static int check_channel(const struct request *request, struct error *err)
{
	bool loopback = !strcmp(request->peer, "127.0.0.1") || !strcmp(request->peer, "::1") ||
		!strcmp(request->peer, "::ffff:127.0.0.1");

	if (request->is_secure || (loopback && !*request->forwarded))
		return 0;
	return fail_login_in_clear(err);
}

/* Of an IPv6 address the network, of which one household has 2^64 addresses. */
static const char *address_key(struct request *request)
{
	const char *at = request->peer;
	int colons = 0;
	size_t len = 0;

	for (; at[len]; len++)
		if (at[len] == ':' && ++colons == 4)
			break;
	return arena_text(&request->arena, at, len);
}

static int check_address(struct request *request, struct entering *entering, struct error *err)
{
	int64_t wait_s;

	entering->address = address_key(request);
	if (!entering->address)
		return fail_no_memory(err);
	wait_s = throttle_enter(request->app->login_throttle, entering->address,
		strlen(entering->address));
	return wait_s ? fail_login_wait(err, wait_s) : 0;
}

/* The two texts that a form has. */
static int read_texts(struct request *request, const char *members, const char *first,
	const char **ret_first, const char **ret_password, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	int rc = content_read(request, members, &content, err);

	if (!rc)
		rc = content_text(&content, first, ret_first, err);
	return rc ? rc : content_text(&content, "password", ret_password, err);
}

static void write_account(struct json_writer *json, const struct rights *rights, bool named,
	const char *csrf)
{
	json_begin_object(json);
	json_member_text(json, "login", named ? rights->login.text : NULL);
	role_json(json, rights->role);
	json_member_text(json, "csrf", csrf);
	json_member_text(json, "scope", rights->scope.text);
}

/* Which layers the asker may change, and which fields of them are seen. */
static void write_rights(
	struct json_writer *json, const struct request *request, const struct rights *rights)
{
	const struct layer_table *layers = request->app->layers;

	json_put_key(json, "writes");
	json_begin_array(json);
	for (size_t i = 0; i < layers->count; i++)
		if (rights->layers[i].writes)
			json_put_text(json, layers->layers[i].id);
	json_end_array(json);
	json_member_bool(json, "administers", rights->administers);
}

static int get_session(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	const struct asker *asker = request->asker;
	const char *id = asker->kind == ASKER_SESSION ? asker_cookie(request) : NULL;
	struct digest_text csrf;

	(void)err;
	if (id)
		csrf = session_csrf(id, strlen(id));
	write_account(&json, &asker->rights, asker->kind != ASKER_PUBLIC, id ? csrf.text : NULL);
	write_rights(&json, request, &asker->rights);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	return 0;
}

static int set_cookie(struct request *request, struct response *response, const char *id,
	long seconds, struct error *err)
{
	return response_add_header_format(response, request, err, "Set-Cookie",
		"%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%ld%s",
		request->is_secure ? ASKER_SECURE_COOKIE : ASKER_COOKIE, id, seconds,
		request->is_secure ? "; Secure" : "");
}

/* --- logging in ------------------------------------------------------------------------------- */

static int enter(struct store *store, void *context, struct error *err)
{
	struct entering *entering = context;
	int rc = login_end(store, &entering->attempt, entering->now_us, &entering->result, err);

	if (rc || !entering->result.admitted)
		return rc;
	entering->account = entering->result.account;
	return session_open(store, entering->account.id, entering->now_us, &randomness_system,
		&entering->session, err);
}

static int answer_session(struct request *request, struct response *response,
	struct entering *entering, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	struct digest_text csrf =
		session_csrf(entering->session.text, strlen(entering->session.text));

	throttle_forgive(request->app->login_throttle, entering->address,
		strlen(entering->address));
	json_begin_object(&json);
	json_member_text(&json, "login", entering->account.login.text);
	json_member_text(&json, "role", role_id(entering->account.role));
	json_member_text(&json, "csrf", csrf.text);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	response->status = 201;
	return set_cookie(request, response, entering->session.text, SESSION_LIFE_S, err);
}

static int answer_login(struct request *request, struct response *response, struct error *err)
{
	struct entering *entering = request->commit.context;
	int rc = login_refusal(&entering->result, err);

	return rc ? rc : answer_session(request, response, entering, err);
}

static int begin_entering(struct request *request, struct entering **ret, struct error *err)
{
	struct entering *entering = arena_zero(&request->arena, 1, sizeof *entering);
	int rc = entering ? 0 : fail_no_memory(err);

	/* A page of another site could log its visitor in as somebody else. */
	if (!rc && *request->fetch_site && strcmp(request->fetch_site, "same-origin") != 0)
		rc = fail_cross_site(err);
	if (!rc)
		rc = check_channel(request, err);
	if (!rc)
		rc = check_address(request, entering, err);
	if (!rc)
		entering->now_us = clock_now_us(request->app->clock);
	*ret = entering;
	return rc;
}

static int post_session(struct request *request, struct response *response, struct error *err)
{
	struct entering *entering;
	const char *login, *password;
	int rc = begin_entering(request, &entering, err);

	(void)response;
	if (!rc)
		rc = read_texts(request, "login password", "login", &login, &password, err);
	if (!rc)
		rc = login_begin(request->worker->store, login, strlen(login), entering->now_us,
			&entering->attempt, err);
	if (!rc)
		rc = login_verify(&entering->attempt, password, strlen(password), err);
	if (rc)
		return rc;
	request->commit.work = enter;
	request->commit.context = entering;
	request->commit.answer = answer_login;
	return 0;
}

/* --- the one-time link -------------------------------------------------------------------------- */

static int redeem(struct store *store, void *context, struct error *err)
{
	struct entering *entering = context;
	int rc = one_time_link_redeem(store, entering->link, strlen(entering->link),
		&entering->hash, entering->now_us, &entering->account, err);

	return rc ? rc
		  : session_open(store, entering->account.id, entering->now_us,
			    &randomness_system, &entering->session, err);
}

static int answer_link(struct request *request, struct response *response, struct error *err)
{
	return answer_session(request, response, request->commit.context, err);
}

static int post_link(struct request *request, struct response *response, struct error *err)
{
	struct entering *entering;
	const char *link, *password;
	int rc = begin_entering(request, &entering, err);

	(void)response;
	if (!rc)
		rc = read_texts(request, "link password", "link", &link, &password, err);
	if (!rc)
		rc = one_time_link_find(request->worker->store, link, strlen(link),
			entering->now_us, &entering->account, err);
	if (!rc)
		rc = password_make(entering->account.login.text, password, strlen(password),
			&entering->hash, err);
	if (rc)
		return rc;
	entering->link = link;
	request->commit.work = redeem;
	request->commit.context = entering;
	request->commit.answer = answer_link;
	return 0;
}

/* --- logging out -------------------------------------------------------------------------------- */

static int leave(struct store *store, void *context, struct error *err)
{
	const struct asker *asker = context;

	return session_close(store, &asker->session, err);
}

static int answer_left(struct request *request, struct response *response, struct error *err)
{
	response->status = 204;
	return set_cookie(request, response, "", 0, err);
}

static int delete_session(struct request *request, struct response *response, struct error *err)
{
	if (request->asker->kind != ASKER_SESSION)
		return answer_left(request, response, err);
	request->commit.work = leave;
	request->commit.context = request->asker;
	request->commit.answer = answer_left;
	return 0;
}

static const struct route_action session_actions[] = {
	{.method = METHOD_POST, .handle = post_session, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .is_open = true},
	{.method = METHOD_DELETE, .handle = delete_session, .params = ""},
};
static const struct route_action link_actions[] = {
	{.method = METHOD_POST, .handle = post_link, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .is_open = true},
};

static const struct route routes[] = {
	{"/api/session", get_session, "", on_worker, {"Phiên đăng nhập", "The session"},
		ROUTE_ACTIONS(session_actions)},
	{"/api/session/link", NULL, "", on_worker,
		{"Đặt mật khẩu bằng liên kết", "Set a password by a link"},
		ROUTE_ACTIONS(link_actions)},
};

const struct route_table session_routes = {routes, sizeof routes / sizeof routes[0]};
