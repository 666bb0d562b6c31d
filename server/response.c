#include "server/response.h"

#include <stdarg.h>

#include "base/messages.h"
#include "server/asker.h"
#include "server/worker.h"
#include "tiles/compress.h"

enum {
	HEADER_VALUE_MAX = 1024,
};

void response_init(struct response *response)
{
	*response = (struct response){.status = 200, .body = STRBUF(RESPONSE_BODY_MAX)};
}

void response_clear(struct response *response)
{
	strbuf_clear(&response->body);
	if (response->release)
		response->release(response->held);
	response_init(response);
}

void response_add_header(struct response *response, const char *name, const char *value)
{
	if (value && response->header_count < RESPONSE_HEADERS_MAX)
		response->headers[response->header_count++] = (struct header){name, value};
}

int response_add_header_format(struct response *response, struct request *request,
	struct error *err, const char *name, const char *format, ...)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(HEADER_VALUE_MAX);
	const char *copy;
	va_list list;

	va_start(list, format);
	strbuf_add_format_list(&text, format, list);
	va_end(list);
	copy = text.failed ? NULL : arena_text(&request->arena, text.data, text.len);
	if (!copy)
		return fail_no_memory(err);
	response_add_header(response, name, copy);
	return 0;
}

static const void *body_of(const struct response *response, size_t *ret_len)
{
	*ret_len = response->fixed_body ? response->fixed_len : response->body.len;
	return response->fixed_body ? response->fixed_body : response->body.data;
}

/* True if one of the tags of an If-None-Match list is this one (weak comparison). */
static bool tag_matches(const char *list, const char *tag)
{
	struct slice piece;

	while (text_next(&list, ',', &piece)) {
		if (piece.len > 2 && !strncmp(piece.at, "W/", 2)) {
			piece.at += 2;
			piece.len -= 2;
		}
		if (slice_equals(piece, "*") || slice_equals(piece, tag))
			return true;
	}
	return false;
}

/* The tag of these bytes in the coding that they will be sent in; NULL without memory. */
static const char *tag_of_body(
	const struct response *response, struct request *request, bool gzip)
{
	size_t len;
	const void *body = body_of(response, &len);
	struct content_hash hash = content_hash(body, len);
	char tag[48];

	snprintf(tag, sizeof tag, "\"%s%s\"", hash.text, gzip ? "-gz" : "");
	return arena_text(&request->arena, tag, strlen(tag));
}

/* Decides for 304, too. */
static void add_etag(struct response *response, struct request *request, bool gzip)
{
	const char *tag = response->etag ? response->etag : tag_of_body(response, request, gzip);

	if (!tag)
		return;
	response_add_header(response, "ETag", tag);
	if (!*request->if_none_match || !tag_matches(request->if_none_match, tag))
		return;
	strbuf_clear(&response->body);
	response->fixed_body = NULL;
	response->status = 304;
	response->content_type = NULL;
}

/* Files and refusals are answered without a worker. */
static void compress_body(struct response *response, const struct request *request)
{
	size_t len;
	const void *body = body_of(response, &len);
	struct strbuf packed = STRBUF(RESPONSE_BODY_MAX);
	bool done = request->worker
		? compressor_add(request->worker->compressor, COMPRESS_GZIP, COMPRESS_LIVE, body,
			  len, &packed)
		: compress_gzip(body, len, COMPRESS_LIVE, &packed);

	if (!done) {
		strbuf_clear(&packed);
		return;
	}
	strbuf_clear(&response->body);
	response->fixed_body = NULL;
	response->body = packed;
	response->is_gzipped = true;
}

int response_set_tag(
	struct response *response, struct request *request, const char *text, struct error *err)
{
	char tag[64];

	snprintf(tag, sizeof tag, "\"%s\"", text);
	response->etag = arena_text(&request->arena, tag, strlen(tag));
	return response->etag ? 0 : fail_no_memory(err);
}

int response_set_version(struct response *response, struct request *request, int64_t version,
	struct error *err)
{
	char text[32];

	snprintf(text, sizeof text, "v%lld", (long long)version);
	return response_set_tag(response, request, text, err);
}

/* For what a browser shows as a page. */
static void add_page_headers(struct response *response)
{
	response_add_header(response, "Referrer-Policy", "same-origin");
	response_add_header(response, "Content-Security-Policy",
		"default-src 'self'; img-src 'self' data: blob:; frame-src 'self' blob:; "
		"style-src 'self' 'unsafe-inline'; "
		"object-src 'none'; base-uri 'none'; frame-ancestors 'self'");
}

void response_finish(struct response *response, struct request *request)
{
	static const char *const caching[2][3] = {
		{"no-store", "public, no-cache", "public, max-age=31536000, immutable"},
		{"no-store", "private, no-cache", "private, no-cache"}};
	bool named = request->asker && request->asker->kind != ASKER_PUBLIC;
	size_t len;
	bool gzip;

	body_of(response, &len);
	gzip = response->is_gzipped ||
		(response->is_compressible && request->accepts_gzip && len >= RESPONSE_GZIP_MIN_BYTES);
	if (response->status == 200 && response->caching != CACHE_NEVER)
		add_etag(response, request, gzip);
	if (response->status == 200 || response->status == 304)
		response_add_header(response, "Cache-Control", caching[named][response->caching]);
	else
		response_add_header(response, "Cache-Control", "no-store");
	if (gzip && !response->is_gzipped && response->status != 304)
		compress_body(response, request);
	if (response->is_gzipped && response->status != 304)
		response_add_header(response, "Content-Encoding", "gzip");
	if (response->content_type)
		response_add_header(response, "Content-Type", response->content_type);
	response_add_header(response, "Vary", "Accept, Accept-Encoding, Accept-Language, Cookie, Authorization");
	response_add_header(response, "Access-Control-Allow-Origin", "*");
	response_add_header(response, "Access-Control-Expose-Headers",
		"Content-Crs, Dothi-Crs-Op, Dothi-Dropped, ETag, Link, Location, Retry-After, "
		"X-Request-Id");
	response_add_header(response, "X-Content-Type-Options", "nosniff");
	if (response->content_type && text_starts_with(response->content_type, "text/html"))
		add_page_headers(response);
	response_add_header(response, "X-Request-Id", request->id);
}
