/*
 * response: the answer of a handler, before it goes to the network.
 */
#ifndef SERVER_RESPONSE_H
#define SERVER_RESPONSE_H

#include <stdbool.h>

#include "base/json_write.h"
#include "base/secret.h"
#include "base/strbuf.h"
#include "server/request.h"

struct stream;

enum {
	RESPONSE_HEADERS_MAX = 24,
	RESPONSE_BODY_MAX = 128 << 20, /* of one answer */
	RESPONSE_GZIP_MIN_BYTES = 600, /* below, a packet is sent anyway */
};

enum caching {
	CACHE_NEVER,	 /* no-store: states, errors */
	CACHE_CHECK,	 /* kept, but asked for each time by its ETag */
	CACHE_FOR_EVER,	 /* the name changes with the content */
};

struct header {
	const char *name, *value; /* borrowed from the request's arena, or static */
};

struct response {
	int status;		  /* HTTP */
	const char *content_type; /* static; NULL without body */
	struct strbuf body;
	const void *fixed_body; /* bytes that stay, instead of `body`; NULL if none */
	size_t fixed_len;
	bool is_gzipped;      /* the body is already */
	bool is_compressible; /* gzip helps */
	void (*release)(void *held); /* of what fixed_body is in, when it is sent; NULL nothing */
	void *held;
	struct stream *stream; /* a body without end instead of `body`; NULL if none */
	enum caching caching;
	const char *etag; /* of what the bytes are made from; NULL: of the bytes */
	struct header headers[RESPONSE_HEADERS_MAX];
	size_t header_count;
};

void response_init(struct response *response);
void response_clear(struct response *response);

/* Adds a header; both texts must outlive the response (arena or static). */
void response_add_header(struct response *response, const char *name, const char *value);

/* A header whose value is made with printf in the request's arena. */
int response_add_header_format(struct response *response, struct request *request,
	struct error *err, const char *name, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* The ETag is that text, in quotes. */
int response_set_tag(
	struct response *response, struct request *request, const char *text, struct error *err);

/* The ETag of a record is its version, in whatever form it is shown: "v3". */
int response_set_version(struct response *response, struct request *request, int64_t version,
	struct error *err);

/*
 * Completes an answer: common headers, strong ETag, 304 for a client that has it, gzip where it
 * is wished and helps. Everything that a handler need not think of.
 */
void response_finish(struct response *response, struct request *request);

#endif
