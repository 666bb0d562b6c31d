/*
 * The description of the API (OpenAPI 3.0), made from the tables of routes and layers.
 */
#include "server/app.h"
#include "server/links.h"
#include "server/ogc_params.h"
#include "server/page.h"
#include "server/router.h"

static void member_schema(struct json_writer *json, const char *type)
{
	json_put_key(json, "schema");
	json_begin_object(json);
	json_member_text(json, "type", type);
}

static void begin_parameter(
	struct json_writer *json, const char *component, const char *name, const char *text)
{
	json_put_key(json, component);
	json_begin_object(json);
	json_member_text(json, "name", name);
	json_member_text(json, "in", "query");
	json_member_bool(json, "required", false);
	json_member_text(json, "description", text);
}

static void write_text_parameter(
	struct json_writer *json, const char *component, const char *name, const char *text)
{
	begin_parameter(json, component, name, text);
	member_schema(json, "string");
	json_end_object(json);
	json_end_object(json);
}

/* QGIS reads components.parameters.limit for its page size. */
static void write_parameters(struct json_writer *json)
{
	static const char *const texts[][2] = {
		{"bbox-crs", "CRS of bbox, as a URI."},
		{"crs", "CRS of the answer, as a URI."},
		{"datetime", "In force at this date or instant, or within this interval."},
		{"date", "Another name of datetime."},
		{"recorded", "As the register was at an instant (RFC 3339), or at the end of a day."},
		{"all_dates", "1: everything that ever lay there."},
		{"cursor", "Where a page goes on; from its next link."},
		{"since", "Where the feed goes on; the value next of the answer before."},
		{"valid_to", "The day from which the record is not in force; today if absent."},
		{"f", "json or html."},
		{"q", "What is searched: a name, a number, a code, coordinates."},
		{"lon", "Longitude, degrees, WGS 84."},
		{"lat", "Latitude, degrees, WGS 84."},
		{"radius_m", "How far lines and points may be, m."},
		{"code", "A code of the national list; it may have been used again."},
		{"name", "Part of a name, with or without tones."},
		{"id", "The id of a record."},
		{"verbose", "Every check by itself."},
	};

	json_put_key(json, "parameters");
	json_begin_object(json);
	begin_parameter(json, "limit", "limit", "Records a page.");
	member_schema(json, "integer");
	json_member_int(json, "minimum", 1);
	json_member_int(json, "maximum", OGC_LIMIT_MAX);
	json_member_int(json, "default", OGC_LIMIT_DEFAULT);
	json_end_object(json);
	json_member_text(json, "style", "form");
	json_member_bool(json, "explode", false);
	json_end_object(json);
	begin_parameter(json, "bbox", "bbox", "Only records that meet this box.");
	member_schema(json, "array");
	json_member_int(json, "minItems", 4);
	json_member_int(json, "maxItems", 6);
	json_put_key(json, "items");
	json_begin_object(json);
	json_member_text(json, "type", "number");
	json_end_object(json);
	json_end_object(json);
	json_member_text(json, "style", "form");
	json_member_bool(json, "explode", false);
	json_end_object(json);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		write_text_parameter(json, texts[i][0], texts[i][0], texts[i][1]);
	json_end_object(json);
}

static void write_path_parameter(struct json_writer *json, struct slice name)
{
	json_begin_object(json);
	json_put_key(json, "name");
	json_put_text_len(json, name.at, name.len);
	json_member_text(json, "in", "path");
	json_member_bool(json, "required", true);
	member_schema(json, "string");
	json_end_object(json);
	json_end_object(json);
}

/* The captures of the pattern, then the query parameters as references. */
static void write_operation_parameters(struct json_writer *json, const struct route *route,
	const char *params, const struct layer *layer)
{
	const char *at = route->pattern + 1;
	struct slice part;

	json_put_key(json, "parameters");
	json_begin_array(json);
	while (text_next(&at, '/', &part)) {
		if (part.len < 3 || part.at[0] != '{')
			continue;
		if (layer && !strncmp(part.at, "{collection}", part.len))
			continue;
		write_path_parameter(json, (struct slice){part.at + 1, part.len - 2});
	}
	while (text_next(&params, ' ', &part)) {
		autofree(strbuf_clear) struct strbuf ref = STRBUF(100);

		if (!part.len)
			continue;
		strbuf_add_text(&ref, "#/components/parameters/");
		strbuf_add(&ref, part.at, part.len);
		json_begin_object(json);
		json_member_text(json, "$ref", ref.data);
		json_end_object(json);
	}
	json_end_array(json);
}

static void write_response(struct json_writer *json, const char *status, const char *text)
{
	json_put_key(json, status);
	json_begin_object(json);
	json_member_text(json, "description", text);
	json_end_object(json);
}

static void write_reading(struct json_writer *json, const struct request *request,
	const struct route *route, const struct layer *layer)
{
	json_put_key(json, "get");
	json_begin_object(json);
	json_member_text(json, "summary",
		layer ? layer->title[request->lang] : route->title[request->lang]);
	write_operation_parameters(json, route, route->params, layer);
	json_put_key(json, "responses");
	json_begin_object(json);
	write_response(json, "200", "OK");
	write_response(json, "400", "application/problem+json");
	write_response(json, "404", "application/problem+json");
	json_end_object(json);
	json_end_object(json);
}

/* The media types that an action takes. */
static void write_content(struct json_writer *json, const char *types)
{
	struct slice type;

	json_put_key(json, "requestBody");
	json_begin_object(json);
	json_member_bool(json, "required", true);
	json_put_key(json, "content");
	json_begin_object(json);
	while (text_next(&types, ' ', &type)) {
		char name[100];

		snprintf(name, sizeof name, "%.*s", (int)type.len, type.at);
		json_put_key(json, name);
		json_begin_object(json);
		member_schema(json, "object");
		json_end_object(json);
		json_end_object(json);
	}
	json_end_object(json);
	json_end_object(json);
}

static void write_action(struct json_writer *json, const struct request *request,
	const struct route *route, const struct route_action *action, const struct layer *layer)
{
	static const char *const names[] = {
		"get", "head", "options", "post", "put", "patch", "delete"};

	json_put_key(json, names[action->method]);
	json_begin_object(json);
	json_member_text(json, "summary",
		layer ? layer->title[request->lang] : route->title[request->lang]);
	write_operation_parameters(json, route, action->params, layer);
	if (action->types)
		write_content(json, action->types);
	json_put_key(json, "responses");
	json_begin_object(json);
	write_response(json, action->method == METHOD_POST ? "201" : "204", "Done");
	write_response(json, "401", "application/problem+json");
	write_response(json, "403", "application/problem+json");
	write_response(json, "409", "application/problem+json");
	write_response(json, "422", "application/problem+json");
	json_end_object(json);
	json_end_object(json);
}

static void write_operation(struct json_writer *json, const struct request *request,
	const struct route *route, const struct layer *layer)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(300);
	const char *mark = layer ? strstr(route->pattern, "{collection}") : NULL;

	if (mark) {
		strbuf_add(&path, route->pattern, (size_t)(mark - route->pattern));
		strbuf_add_text(&path, layer->id);
		strbuf_add_text(&path, mark + strlen("{collection}"));
	} else {
		strbuf_add_text(&path, route->pattern);
	}
	/* The server's address is without "/ogc"; OGC clients compare paths behind it. */
	json_put_key(json, text_starts_with(path.data, "/ogc/") ? path.data + 4 : path.data);
	json_begin_object(json);
	if (route->handle)
		write_reading(json, request, route, layer);
	for (size_t i = 0; i < route->action_count; i++)
		write_action(json, request, route, &route->actions[i], layer);
	json_end_object(json);
}

/* Routes of collections stand once for each collection, as GDAL looks them up. */
static void write_paths(struct json_writer *json, const struct request *request)
{
	const struct layer_table *layers = request->app->layers;

	json_put_key(json, "paths");
	json_begin_object(json);
	for (const struct route_table *const *table = all_routes; *table; table++) {
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *route = &(*table)->routes[i];

			if (!text_starts_with(route->pattern, "/ogc/"))
				continue;
			if (!strstr(route->pattern, "{collection}")) {
				write_operation(json, request, route, NULL);
				continue;
			}
			for (size_t l = 0; l < layers->count; l++)
				write_operation(json, request, route, &layers->layers[l]);
		}
	}
	json_end_object(json);
}

static int get_api(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	autofree(strbuf_clear) struct strbuf server = STRBUF(APP_URL_MAX + 8);

	strbuf_add_format(&server, "%s/ogc", request->app->public_url);
	json_begin_object(&json);
	json_member_text(&json, "openapi", "3.0.3");
	json_put_key(&json, "info");
	json_begin_object(&json);
	json_member_text(&json, "title", request->app->opened.city.name);
	json_member_text(&json, "version", PACKAGE_VERSION);
	json_end_object(&json);
	json_put_key(&json, "servers");
	json_begin_array(&json);
	json_begin_object(&json);
	json_member_text(&json, "url", server.data);
	json_end_object(&json);
	json_end_array(&json);
	write_paths(&json, request);
	json_put_key(&json, "components");
	json_begin_object(&json);
	write_parameters(&json);
	json_end_object(&json);
	json_end_object(&json);
	response->caching = CACHE_CHECK;
	return page_answer(request, response, TYPE_OPENAPI, "API", err);
}

static const struct route routes[] = {
	{"/ogc/api", get_api, "f", on_worker, {"Mô tả API", "API description"}, NO_ACTIONS},
};

const struct route_table openapi_routes = {routes, sizeof routes / sizeof routes[0]};
