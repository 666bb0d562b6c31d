/*
 * request: what a client asks, taken apart and checked before any handler sees it.
 *
 * Texts are UTF-8 without '\0' and live as long as the request. A query parameter stands at most
 * once, and the route has declared it: unknown and repeated ones were refused.
 */
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct app;
struct worker;
struct route;

enum method { METHOD_GET, METHOD_HEAD, METHOD_OPTIONS, METHOD_OTHER };

enum {
	REQUEST_URI_MAX = 16 * 1024,	   /* a filter fits; a hundred KB do not */
	REQUEST_SEGMENTS_MAX = 12,	   /* the longest route has 8 */
	REQUEST_PARAMS_MAX = 32,
	REQUEST_CAPTURES_MAX = 5,
	REQUEST_ARENA_BYTES = 256 << 20,   /* of one answer; a page of 10,000 records fits */
};

struct param {
	const char *name, *value;
};

struct request {
	const struct app *app;
	struct worker *worker; /* NULL in handlers that run on the network thread */
	enum method method;
	const char *uri; /* as it came */
	const char *segments[REQUEST_SEGMENTS_MAX]; /* decoded parts of the path */
	size_t segment_count;
	struct param params[REQUEST_PARAMS_MAX];
	size_t param_count;
	const struct route *route;
	const char *captures[REQUEST_CAPTURES_MAX]; /* what {…} of the route stands for */

	/* Of the headers; "" when absent. */
	const char *accept, *if_none_match;
	bool accepts_gzip;
	enum lang lang;

	struct arena arena;
	char id[24]; /* X-Request-Id */
};

/* Takes the URI apart. Errors: URI too long, not UTF-8, too many parts, a parameter twice. */
int request_parse_uri(struct request *request, const char *uri, struct error *err);

/* The value of a parameter, or NULL. */
const char *request_param(const struct request *request, const char *name);

/* The id of a record in a path; what is no number is no record. */
int request_record_id(
	const struct request *request, const char *text, int64_t *ret_id, struct error *err);

/* Refuses parameters that are not in the list "f limit bbox"; NULL allows any. */
int request_check_params(const struct request *request, const char *known, struct error *err);

/* Language of an Accept-Language header (RFC 9110 §12.5.4): the first of vi and en; else vi. */
enum lang request_lang(const char *accept_language);

/* True if an Accept-Encoding header allows gzip. */
bool request_allows_gzip(const char *accept_encoding);

enum format { FORMAT_JSON, FORMAT_HTML };

/*
 * What to answer in: the parameter f (json, geojson, html) or, without it, the first of the two
 * that the Accept header names; a header that allows neither is an error, none at all is JSON.
 */
int request_format(const struct request *request, enum format *ret_format, struct error *err);

#endif
