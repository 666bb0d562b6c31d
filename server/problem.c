#include "server/problem.h"

#include "base/messages.h"

enum { TEXT_MAX_BYTES = 4096, RETRY_AFTER_S = 2 };

int problem_status(const struct error *err)
{
	/* By message where a kind of error has several statuses, ... */
	static const struct {
		int message, status;
	} of_messages[] = {
		{MSG_METHOD_NOT_ALLOWED, 405},
		{MSG_NOT_ACCEPTABLE, 406},
		{MSG_URI_TOO_LONG, 414},
		{MSG_ANSWER_TOO_LARGE, 400},
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

	for (size_t i = 0; i < sizeof of_messages / sizeof of_messages[0]; i++)
		if (of_messages[i].message == err->message && err->code)
			return of_messages[i].status;
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
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{406, "Not Acceptable"},
		{409, "Conflict"},
		{413, "Content Too Large"},
		{414, "URI Too Long"},
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
	if (status == 405)
		response_add_header(response, "Allow", "GET, HEAD, OPTIONS");
}
