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
#include "data/writer.h"
#include "tiles/tile_cache.h"

struct app;
struct asker;
struct worker;
struct response;
struct route;
struct route_action;
struct tile_wish;

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_OPTIONS,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OTHER
};

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
	const struct route_action *action; /* of the route, for what is not GET; NULL */
	const char *captures[REQUEST_CAPTURES_MAX]; /* what {…} of the route stands for */

	/* Of the headers; "" when absent. */
	const char *accept, *if_none_match, *if_match, *host, *origin, *fetch_site;
	const char *authorization, *cookie, *csrf_token;
	const char *content_type, *content_crs, *idempotency_key, *reason, *last_event_id;
	const char *forwarded; /* a proxy stands between */
	char peer[48]; /* address that it comes from; of GET only where the route asks */
	bool accepts_gzip;
	bool is_secure; /* came over HTTPS, as the proxy before us says */
	enum lang lang;
	struct strbuf body; /* what a client sends to change something */

	struct asker *asker; /* who asks; in the arena */
	/*
	 * What a handler wants done by the writer before its answer goes out: work(context) in a
	 * transaction, then answer(), both on the writer's thread.
	 */
	struct request_commit {
		writer_work *ask;  /* see writer.h */
		writer_work *work; /* NULL nothing */
		void *context;
		int (*answer)(struct request *request, struct response *response,
			struct error *err);
	} commit;

	/*
	 * A handler may wait without its thread for what another request makes: where there is a
	 * `resume`, it sees to its being called later, once, and returns REQUEST_PARKED. From then on
	 * the request is not its own. The handler is asked again.
	 */
	void (*resume)(struct request *request);
	struct tile_waiter waiter;
	const struct cached_tile *tile; /* brought to it, or at hand; held */
	const struct tile_wish *wish;	/* which one, once it was read */

	struct arena arena;
	char id[24]; /* X-Request-Id */
};

enum { REQUEST_PARKED = 1 }; /* instead of 0 or an error */

static inline struct request *request_of_waiter(struct tile_waiter *waiter)
{
	return (struct request *)((char *)waiter - offsetof(struct request, waiter));
}

/* Takes the URI apart. Errors: URI too long, not UTF-8, too many parts, a parameter twice. */
int request_parse_uri(struct request *request, const char *uri, struct error *err);

/* The value of a parameter, or NULL. */
const char *request_param(const struct request *request, const char *name);

/* Whether an Origin "http://host:port" is the host that this request was sent to. */
bool request_is_own_host(const struct request *request, const char *origin);

/* The reason that the author gives (header Dothi-Reason, percent-encoded UTF-8); "" none. */
int request_reason(struct request *request, const char **ret_reason, struct error *err);

/* The media type of the content without its parameters is in the list "a/b c/d". */
bool request_is_of_type(const struct request *request, const char *types);

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
