#include "server/problem.h"

#include "base/messages.h"
#include "server/asker.h"
#include "server/router.h"

enum { TEXT_MAX_BYTES = 4096, RETRY_AFTER_S = 2 };

/* A status by message, where a kind of error has several, ... */
static const struct {
	int message, status;
} of_messages[] = {
	{MSG_METHOD_NOT_ALLOWED, 405},
	{MSG_NOT_ACCEPTABLE, 406},
	{MSG_URI_TOO_LONG, 414},
	{MSG_ANSWER_TOO_LARGE, 400},
	{MSG_TILE_TOO_FULL, 400},
	{MSG_BODY_TYPE, 415},
	{MSG_BASE_UNKNOWN, 428},
	{MSG_KEY_USED, 422},
	{MSG_LOGIN_NEEDED, 401},
};
/* ... or a group of messages by the beginning of their codes, ... */
static const struct {
	const char *start;
	int code, status;
} of_groups[] = {
	{"EDIT-FIELD-", ERR_INVALID, 422},
	{"EDIT-VALUE-", ERR_INVALID, 422},
	{"EDIT-VALUE-", ERR_TOO_LARGE, 422},
	{"EDIT-DATES-", ERR_INVALID, 422},
	{"EDIT-BODY-01", ERR_INVALID, 422},
	{"EDIT-BODY-05", ERR_INVALID, 422},
	{"EDIT-BODY-06", ERR_INVALID, 422},
	{"LAND-CHECK-", ERR_INVALID, 409},
	{"GEOJSON-", ERR_INVALID, 422},
	{"SHP-GEO-", ERR_INVALID, 422},
	{"ROW-SHAPE-", ERR_INVALID, 422},
	{"ROW-PLACE-", ERR_INVALID, 422},
	{"LOGIN-", ERR_DENIED, 401},
	{"SES-", ERR_DENIED, 401},
	{"TOK-", ERR_DENIED, 401},
	{"LINK-", ERR_DENIED, 401},
	{"LOGIN-", ERR_BUSY, 429},
	{"DOS-RECEIPT-", ERR_BUSY, 429},
	{"JSON-DEEP-", ERR_TOO_LARGE, 400},
	{"TEMPLATE-", ERR_CONFIG, 503},
	{"CERT-URL-", ERR_CONFIG, 503},
};
/* ... else by its kind. */
static const struct {
	int code, status;
} of_codes[] = {
	{ERR_USAGE, 400},
	{ERR_INVALID, 400},
	{ERR_NOT_FOUND, 404},
	{ERR_CONFLICT, 409},
	{ERR_DENIED, 403},
	{ERR_TOO_LARGE, 413},
	{ERR_BUSY, 503},
	{ERR_UNAVAILABLE, 503},
	{ERR_NOMEM, 503},
	{ERR_CANCELLED, 503},
};

int problem_status(const struct error *err)
{
	for (size_t i = 0; i < sizeof of_messages / sizeof of_messages[0]; i++)
		if (of_messages[i].message == err->message && err->code)
			return of_messages[i].status;
	for (size_t i = 0; i < sizeof of_groups / sizeof of_groups[0]; i++)
		if (of_groups[i].code == err->code &&
			text_starts_with(error_message_code(err), of_groups[i].start))
			return of_groups[i].status;
	for (size_t i = 0; i < sizeof of_codes / sizeof of_codes[0]; i++)
		if (of_codes[i].code == err->code)
			return of_codes[i].status;
	return 500;
}

static const char *title_of(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{406, "Not Acceptable"},
		{409, "Conflict"},
		{413, "Content Too Large"},
		{414, "URI Too Long"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{428, "Precondition Required"},
		{429, "Too Many Requests"},
		{503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Internal Server Error";
}

static void write_body(struct strbuf *out, const struct request *request,
	const struct error *err, int status)
{
	autofree(strbuf_clear) struct strbuf detail = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf advice = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(out);
	const char *code = error_message_code(err);

	error_print(&detail, err, request->lang);
	error_print_try(&advice, err, request->lang);
	json_begin_object(&json);
	json_member_text(&json, "type", "about:blank");
	json_member_text(&json, "title", title_of(status));
	json_member_int(&json, "status", status);
	json_member_text(&json, "detail", detail.data);
	json_member_text(&json, "code", code);
	/* Clients of OGC APIs from before RFC 7807 look for this name. */
	json_member_text(&json, "description", detail.data);
	if (*err->where)
		json_member_text(&json, "where", err->where);
	if (advice.len)
		json_member_text(&json, "try", advice.data);
	json_member_text(&json, "request", request->id);
	json_end_object(&json);
}

static void add_allow(struct response *response, struct request *request)
{
	autofree(strbuf_clear) struct strbuf methods = STRBUF(200);

	router_methods(request, false, &methods);
	response_add_header_format(response, request, NULL, "Allow", "%s", methods.data);
}

/* A session that is over: the browser forgets it and is a visitor again. */
static void add_forgetting(struct response *response, struct request *request)
{
	response_add_header_format(response, request, NULL, "Set-Cookie",
		"%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s",
		request->is_secure ? ASKER_SECURE_COOKIE : ASKER_COOKIE,
		request->is_secure ? "; Secure" : "");
}

void problem_write(struct response *response, struct request *request, const struct error *err)
{
	struct error shown = *err;
	int status = problem_status(err);

	/* Our own faults, and what only the machine's keeper can mend, are not described. */
	if (status == 500) {
		fail_internal(&shown);
		shown.detail[0] = '\0';
	} else {
		error_copy(&shown, err);
	}
	response_clear(response);
	response->status = status;
	response->content_type = "application/problem+json";
	write_body(&response->body, request, &shown, status);
	response_add_header(
		response, "Content-Language", request->lang == LANG_VI ? "vi" : "en");
	if (status == 503)
		response_add_header_format(
			response, request, NULL, "Retry-After", "%d", RETRY_AFTER_S);
	if (status == 429)
		response_add_header_format(response, request, NULL, "Retry-After", "%lld",
			(long long)err->args[0].integer);
	if (status == 405 && request->route)
		add_allow(response, request);
	/* A browser would ask for a password in a window of its own. */
	if (status == 401)
		response_add_header(response, "WWW-Authenticate",
			*request->fetch_site ? "Bearer" : "Basic realm=\"Dothi\", charset=\"UTF-8\"");
	if (err->code && err->message == MSG_SESSION_OVER)
		add_forgetting(response, request);
}

void problem_add(struct response *response, const char *key, const struct strbuf *value)
{
	struct strbuf *body = &response->body;

	body->len -= body->len > 0; /* the closing brace */
	strbuf_add_format(body, ",\"%s\":", key);
	strbuf_add(body, value->data, value->len);
	strbuf_add_char(body, '}');
}
