#include "server/router.h"

/* Compares the segments of a pattern with those of the request. */
static bool pattern_matches(const char *pattern, struct request *request)
{
	const char *captures[REQUEST_CAPTURES_MAX] = {0};
	size_t segment = 0, capture = 0;
	const char *at = pattern + 1;
	struct slice part;

	if (!*at)
		return !request->segment_count;
	while (text_next(&at, '/', &part)) {
		if (segment == request->segment_count)
			return false;
		if (part.at[0] == '{') {
			if (capture == REQUEST_CAPTURES_MAX)
				return false;
			captures[capture++] = request->segments[segment];
		} else if (!slice_equals(part, request->segments[segment])) {
			return false;
		}
		segment++;
	}
	if (segment != request->segment_count)
		return false;
	memcpy(request->captures, captures, sizeof captures);
	return true;
}

bool router_find(struct request *request)
{
	for (const struct route_table *const *table = all_routes; *table; table++) {
		for (size_t i = 0; i < (*table)->count; i++) {
			if (!pattern_matches((*table)->routes[i].pattern, request))
				continue;
			request->route = &(*table)->routes[i];
			return true;
		}
	}
	return false;
}

enum place on_worker(struct request *request)
{
	(void)request;
	return ON_WORKER;
}

enum place on_network(struct request *request)
{
	(void)request;
	return ON_NETWORK;
}

static const char *const method_names[] = {
	"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", ""};

const struct route_action *router_action(const struct request *request)
{
	for (size_t i = 0; i < request->route->action_count; i++)
		if (request->route->actions[i].method == request->method)
			return &request->route->actions[i];
	return NULL;
}

void router_methods(const struct request *request, bool of_asker, struct strbuf *out)
{
	if (request->route->handle)
		strbuf_add_text(out, "GET, HEAD, ");
	strbuf_add_text(out, "OPTIONS");
	for (size_t i = 0; i < request->route->action_count; i++) {
		const struct route_action *action = &request->route->actions[i];

		if (!of_asker || !action->check || !action->check(request, NULL))
			strbuf_add_format(out, ", %s", method_names[action->method]);
	}
}
