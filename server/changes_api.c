/*
 * The change feed: /api/changes in pages, and /api/events as it happens.
 */
#include "base/messages.h"
#include "base/number.h"
#include "data/feed.h"
#include "server/asker.h"
#include "server/events.h"
#include "server/links.h"
#include "server/router.h"
#include "server/worker.h"

enum { CHANGES_DEFAULT = 100, CHANGES_MAX = 1000 };

static int write_row(void *context, const struct change_row *row, struct error *err)
{
	(void)err;
	feed_write_json(context, row);
	return 0;
}

static int read_number(const struct request *request, const char *name, int64_t min, int64_t max,
	int64_t absent, int64_t *ret, struct error *err)
{
	const char *text = request_param(request, name);
	int rc;

	*ret = absent;
	if (!text || number_parse_int(text, strlen(text), min, max, ret))
		return 0;
	rc = fail_param_value(err, name, text);
	error_where(err, "%s", name);
	return rc;
}

static int get_changes(struct request *request, struct response *response, struct error *err)
{
	autofree(transaction_end) struct transaction reading = {0};
	struct json_writer json = JSON_WRITER(&response->body);
	struct store *store = request->worker->store;
	int64_t since, most, last = 0;
	bool more = false;
	char token[24];
	int rc = read_number(request, "since", 0, INT64_MAX, 0, &since, err);

	if (!rc)
		rc = read_number(request, "limit", 1, CHANGES_MAX, CHANGES_DEFAULT, &most, err);
	if (!rc)
		rc = transaction_begin_read(store, &reading, err);
	if (rc)
		return rc;
	json_begin_object(&json);
	json_put_key(&json, "changes");
	json_begin_array(&json);
	rc = feed_read(store, request->app->layers, &request->asker->rights, since, most, write_row,
		&json, &last, &more, err);
	if (rc)
		return rc;
	json_end_array(&json);
	/* Where to go on, also when there is nothing yet. */
	snprintf(token, sizeof token, "%lld", (long long)last);
	json_member_text(&json, "next", token);
	json_member_bool(&json, "more", more);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return 0;
}

/* A stream begins where the client left off, else now. */
static int get_events(struct request *request, struct response *response, struct error *err)
{
	const char *last_id = request->last_event_id;
	int64_t since, now = 0;
	int rc = change_last_seq(request->worker->store, &now, err);

	if (!rc)
		rc = read_number(request, "since", 0, INT64_MAX, now, &since, err);
	if (!rc && *last_id && !number_parse_int(last_id, strlen(last_id), 0, INT64_MAX, &since))
		rc = fail_param_value(err, "Last-Event-ID", last_id);
	if (!rc)
		rc = events_open(request->app->events, &request->asker->rights, since, &response->stream, err);
	response->content_type = "text/event-stream";
	return rc;
}

static const struct route routes[] = {
	{"/api/changes", get_changes, "since limit", on_worker,
		{"Dòng thay đổi", "The change feed"}, NO_ACTIONS},
	{"/api/events", get_events, "since", on_worker,
		{"Thay đổi khi vừa xảy ra", "Changes as they happen"}, NO_ACTIONS},
};

const struct route_table changes_routes = {routes, sizeof routes / sizeof routes[0]};
