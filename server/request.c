#include "server/request.h"

#include "base/messages.h"
#include "base/number.h"
#include "data/change.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Percent-decodes into the arena; NULL if it is broken, not UTF-8 or holds '\0'. */
static const char *decode(struct request *request, const char *text, size_t len, bool plus_is_blank)
{
	char *decoded = arena_alloc(&request->arena, len + 1);
	size_t to = 0;

	if (!decoded)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '%') {
			int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
			int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;

			if (high < 0 || low < 0)
				return NULL;
			decoded[to++] = (char)(high << 4 | low);
			i += 2;
		} else {
			decoded[to++] = text[i] == '+' && plus_is_blank ? ' ' : text[i];
		}
	}
	if (!text_is_utf8(decoded, to))
		return NULL;
	decoded[to] = '\0';
	return decoded;
}

static int parse_path(struct request *request, const char *path, size_t len, struct error *err)
{
	size_t at = 0;

	while (at < len) {
		size_t end;

		if (path[at] == '/') {
			at++;
			continue;
		}
		for (end = at; end < len && path[end] != '/'; end++)
			;
		if (request->segment_count == REQUEST_SEGMENTS_MAX)
			return fail_no_such_page(err);
		request->segments[request->segment_count] =
			decode(request, path + at, end - at, false);
		if (!request->segments[request->segment_count])
			return fail_uri_malformed(err);
		request->segment_count++;
		at = end;
	}
	return 0;
}

static int parse_param(struct request *request, const char *text, size_t len, struct error *err)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals ? (size_t)(equals - text) : len;
	struct param param;

	if (!len)
		return 0;
	param.name = decode(request, text, name_len, true);
	param.value = equals ? decode(request, equals + 1, len - name_len - 1, true) : "";
	if (!param.name || !param.value)
		return fail_uri_malformed(err);
	if (request_param(request, param.name))
		return fail_param_twice(err, param.name);
	if (request->param_count == REQUEST_PARAMS_MAX)
		return fail_params_too_many(err, REQUEST_PARAMS_MAX);
	request->params[request->param_count++] = param;
	return 0;
}

int request_parse_uri(struct request *request, const char *uri, struct error *err)
{
	const char *question = strchr(uri, '?');
	size_t path_len = question ? (size_t)(question - uri) : strlen(uri);
	int rc;

	if (strlen(uri) > REQUEST_URI_MAX)
		return fail_uri_too_long(err, REQUEST_URI_MAX);
	if (uri[0] != '/')
		return fail_uri_malformed(err);
	request->uri = uri;
	rc = parse_path(request, uri, path_len, err);
	while (!rc && question && *question) {
		const char *start = question + 1;
		size_t len = strcspn(start, "&");

		rc = parse_param(request, start, len, err);
		question = start + len;
	}
	return rc;
}

const char *request_param(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->param_count; i++)
		if (!strcmp(request->params[i].name, name))
			return request->params[i].value;
	return NULL;
}

int request_check_params(const struct request *request, const char *known, struct error *err)
{
	for (size_t i = 0; known && i < request->param_count; i++) {
		const char *at = known;
		struct slice name;
		bool found = false;

		while (!found && text_next(&at, ' ', &name))
			found = slice_equals(name, request->params[i].name);
		if (!found) {
			fail_param_unknown(err, request->params[i].name);
			return error_where(err, "%s", request->params[i].name);
		}
	}
	return 0;
}

/* True if a piece of a list header ("text/html;q=0.5") begins with this word and is not q=0. */
bool request_is_own_host(const struct request *request, const char *origin)
{
	const char *host = strstr(origin, "://");

	return host && *request->host && !strcmp(host + 3, request->host);
}

int request_reason(struct request *request, const char **ret_reason, struct error *err)
{
	const char *text = decode(request, request->reason, strlen(request->reason), false);

	if (!text || strlen(text) > CHANGE_REASON_MAX) {
		int rc = fail_param_value(err, "Dothi-Reason", "");

		error_where(err, "Dothi-Reason");
		return rc;
	}
	*ret_reason = text;
	return 0;
}

bool request_is_of_type(const struct request *request, const char *types)
{
	size_t len = strcspn(request->content_type, "; ");
	struct slice type;

	while (text_next(&types, ' ', &type))
		if (type.len == len && !strncasecmp(type.at, request->content_type, len))
			return true;
	return false;
}

int request_record_id(
	const struct request *request, const char *text, int64_t *ret_id, struct error *err)
{
	(void)request;
	if (!number_parse_int(text, strlen(text), 1, INT64_MAX, ret_id))
		return fail_no_such_record(err);
	return 0;
}

static bool piece_names(struct slice piece, const char *word)
{
	size_t len = strlen(word);
	const char *q;

	if (piece.len < len || strncmp(piece.at, word, len) != 0)
		return false;
	if (piece.len > len && !strchr(";, \t-", piece.at[len]))
		return false;
	q = memchr(piece.at, ';', piece.len);
	while (q && q < piece.at + piece.len && (*q == ';' || *q == ' '))
		q++;
	return !q || (size_t)(piece.at + piece.len - q) < 3 || strncmp(q, "q=0", 3) != 0 ||
		(q + 3 < piece.at + piece.len && q[3] == '.' &&
			strspn(q + 4, "0") < strcspn(q + 4, ", ;"));
}

enum lang request_lang(const char *accept_language)
{
	const char *at = accept_language;
	struct slice piece;

	while (text_next(&at, ',', &piece)) {
		if (piece_names(piece, "vi"))
			return LANG_VI;
		if (piece_names(piece, "en"))
			return LANG_EN;
	}
	return LANG_VI;
}

bool request_allows_gzip(const char *accept_encoding)
{
	const char *at = accept_encoding;
	struct slice piece;

	while (text_next(&at, ',', &piece))
		if (piece_names(piece, "gzip"))
			return true;
	return false;
}

static int format_of_param(const char *name, enum format *ret_format, struct error *err)
{
	if (!strcmp(name, "json") || !strcmp(name, "geojson")) {
		*ret_format = FORMAT_JSON;
		return 0;
	}
	if (!strcmp(name, "html")) {
		*ret_format = FORMAT_HTML;
		return 0;
	}
	fail_answer_format_unknown(err, name);
	return error_where(err, "f");
}

int request_format(const struct request *request, enum format *ret_format, struct error *err)
{
	static const char *const json_types[] = {"application/json", "application/geo+json",
		"application/schema+json", "application/vnd.oai.openapi+json", "application/*",
		"*/*"};
	const char *f = request_param(request, "f"), *at = request->accept;
	struct slice piece;

	if (f)
		return format_of_param(f, ret_format, err);
	*ret_format = FORMAT_JSON;
	if (!*request->accept)
		return 0;
	while (text_next(&at, ',', &piece)) {
		if (piece_names(piece, "text/html") || piece_names(piece, "text/*")) {
			*ret_format = FORMAT_HTML;
			return 0;
		}
		for (size_t i = 0; i < sizeof json_types / sizeof json_types[0]; i++)
			if (piece_names(piece, json_types[i]))
				return 0;
	}
	return fail_not_acceptable(err);
}
