/*
 * /api/search: the one box.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/asker.h"
#include "server/links.h"
#include "server/page.h"
#include "server/router.h"
#include "server/search_answer.h"
#include "server/sight.h"
#include "server/worker.h"

static int read_limit(const struct request *request, int *ret_limit, struct error *err)
{
	const char *text = request_param(request, "limit");
	int64_t limit = SEARCH_LIMIT_DEFAULT;

	if (text && !number_parse_int(text, strlen(text), 1, SEARCH_LIMIT_MAX, &limit)) {
		fail_param_value(err, "limit", text);
		return error_where(err, "limit");
	}
	*ret_limit = (int)limit;
	return 0;
}

static int get_search(struct request *request, struct response *response, struct error *err)
{
	const struct app *app = request->app;
	struct view views[APP_LAYERS_MAX] = {0};
	const char *text = request_param(request, "q");
	struct json_writer json = JSON_WRITER(&response->body);
	struct search_question question = {
		.ask = {.store = request->worker->records,
			.layers = app->layers,
			.views = views,
			.is_staff = request->asker->rights.role != ROLE_PUBLIC},
		.crs = request->worker->crs,
		.city = &app->opened.city,
		.lang = request->lang};
	int rc = read_limit(request, &question.limit, err);

	if (!rc && !text) {
		fail_param_missing(err, "q");
		rc = error_where(err, "q");
	}
	if (rc)
		return rc;
	for (size_t i = 0; i < app->layers->count; i++)
		if (sight_admits(request, &app->layers->layers[i]))
			views[i] = sight_view(request, &app->layers->layers[i], NULL);
	question.ask.text = text;
	question.ask.len = strlen(text);
	rc = search_answer_write(&question, &request->arena, &json, err);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	return rc;
}

static const struct route routes[] = {
	{"/api/search", get_search, "q limit", on_worker, {"Tìm kiếm", "Search"}, NO_ACTIONS},
};

const struct route_table search_routes = {routes, sizeof routes / sizeof routes[0]};
