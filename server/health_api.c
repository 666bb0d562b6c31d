/*
 * Is the server alive, is it ready: for balancers and for people who look.
 */
#include "base/file.h"
#include "base/messages.h"
#include "server/links.h"
#include "server/router.h"
#include "server/app.h"
#include "server/tail.h"

static int get_livez(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)err;
	strbuf_add_text(&response->body, "ok\n");
	response->content_type = "text/plain; charset=utf-8";
	return 0;
}

struct check {
	const char *name;
	bool passed;
};

static int get_readyz(struct request *request, struct response *response, struct error *err)
{
	const struct app *app = request->app;
	int64_t free_bytes = file_free_bytes(app->folder);
	const struct check checks[] = {
		{"register", tail_hears(app->tail)},
		{"map", live_map_ready(app->map, NULL)},
		{"disk", free_bytes < 0 || free_bytes >= app->disk_reserve_bytes},
	};
	struct json_writer json = JSON_WRITER(&response->body);
	bool ready = true;

	(void)err;
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		ready &= checks[i].passed;
	json_begin_object(&json);
	json_member_text(&json, "status", ready ? "ready" : "not ready");
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (!checks[i].passed || request_param(request, "verbose"))
			json_member_text(&json, checks[i].name,
				checks[i].passed ? "ok" : "not ready");
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	if (!ready) {
		response->status = 503;
		response_add_header(response, "Retry-After", "2");
	}
	return 0;
}

static const struct route routes[] = {
	{"/livez", get_livez, "", on_network, {"Máy chủ còn chạy", "Alive"}, NO_ACTIONS},
	{"/readyz", get_readyz, "verbose", on_network, {"Sẵn sàng phục vụ", "Ready"}, NO_ACTIONS},
};

const struct route_table health_routes = {routes, sizeof routes / sizeof routes[0]};
