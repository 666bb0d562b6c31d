/*
 * The network of streets that houses are numbered along: /api/numbering/network. What is wrong with
 * it, what is found of each street, and writing that.
 */
#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "gis/box_transform.h"
#include "gis/export_area.h"
#include "server/asker.h"
#include "server/cases/network.h"
#include "server/content.h"
#include "server/links.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum { CONTENT_MAX = 1 << 20 };

static int find_layer(const struct request *request, const struct layer **ret, struct error *err)
{
	*ret = layer_of_streets(request->app->layers);
	return *ret && sight_admits(request, *ret) ? 0 : fail_no_such_layer(err);
}

static int check_writer(const struct request *request, struct error *err)
{
	return sight_check_writer(request, layer_of_streets(request->app->layers), err);
}

static const struct case_tools *tools_of(struct request *request)
{
	struct case_tools *tools = arena_zero(&request->arena, 1, sizeof *tools);

	if (tools)
		*tools = worker_tools(request->worker, &request->arena);
	return tools;
}

/* --- looking ---------------------------------------------------------------------------------- */

static int fail_param(struct error *err, const char *name, const char *value)
{
	fail_param_value(err, name, value);
	return error_where(err, "%s", name);
}

static int read_scope(struct request *request, const struct case_tools *tools,
	struct network_scope *scope, struct error *err)
{
	const char *ward = request_param(request, "ward"), *text = request_param(request, "bbox");
	struct box *box = arena_zero(&request->arena, 1, sizeof *box), degrees;
	const struct crs_path *path;
	int rc;

	if (!box)
		return fail_no_memory(err);
	if (ward && !number_parse_int(ward, strlen(ward), 1, INT64_MAX, &scope->unit_id))
		return fail_param(err, "ward", ward);
	if (!text)
		return 0;
	if (!export_area_read_box(text, &degrees))
		return fail_param(err, "bbox", text);
	rc = crs_path_find(tools->crs, CRS_WGS84, tools->city->epsg, &path, err);
	if (!rc && !box_transform(path, &degrees, box))
		return fail_param(err, "bbox", text);
	scope->box = box;
	return rc;
}

static int get_network(struct request *request, struct response *response, struct error *err)
{
	const struct case_tools *tools = tools_of(request);
	struct json_writer json = JSON_WRITER(&response->body);
	struct network_scope scope = {0};
	struct network_survey survey;
	const struct layer *layer = NULL;
	struct view view;
	int rc = tools ? check_writer(request, err) : fail_no_memory(err);

	if (!rc)
		rc = find_layer(request, &layer, err);
	if (!rc)
		rc = read_scope(request, tools, &scope, err);
	if (rc)
		return rc;
	view = sight_view(request, layer, NULL);
	rc = network_survey_make(tools, &view, &scope, &survey, err);
	if (!rc)
		rc = network_survey_write(&json, &survey, request->lang, err);
	response->content_type = TYPE_GEOJSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return rc;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* What a change is made of, from the request to its answer. */
struct applying {
	struct network_choice choices[NETWORK_CHOICES_MAX];
	struct network_scope scope;
	struct network_survey survey;
	struct network_change change;
};

static bool read_direction(const struct json_node *node, enum network_direction *ret)
{
	const char *text;

	if (!node || json_node_kind(node) == JSON_KIND_NULL)
		return true;
	if (!json_node_text(node, &text))
		return false;
	if (!strcmp(text, "forward"))
		*ret = NETWORK_FORWARD;
	else if (!strcmp(text, "backward"))
		*ret = NETWORK_BACKWARD;
	return *ret != NETWORK_UNDECIDED;
}

static bool read_id(const struct json_node *node, int64_t *ret)
{
	return json_node_int(node, ret) && *ret >= 1 && *ret <= HISTORY_ID_MAX;
}

static bool read_choice(const struct json_node *node, struct network_choice *ret)
{
	const struct json_node *parent = json_node_get(node, "parent");

	return read_id(json_node_get(node, "id"), &ret->id) &&
	       read_id(json_node_get(node, "version"), &ret->version) &&
	       read_direction(json_node_get(node, "direction"), &ret->direction) &&
	       (!parent || json_node_kind(parent) == JSON_KIND_NULL ||
		       read_id(parent, &ret->parent_id));
}

static int read_choices(const struct content *content, struct applying *applying, struct error *err)
{
	const struct json_node *streets = content_at(content, "streets");
	size_t count = json_node_count(streets);

	if (count > NETWORK_CHOICES_MAX)
		return fail_network_choices(err, NETWORK_CHOICES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (read_choice(json_node_at(streets, i), &applying->choices[i]))
			continue;
		fail_network_choice(err);
		return error_where(err, "/streets/%zu", i);
	}
	applying->scope.choices = applying->choices;
	applying->scope.choice_count = count;
	return count ? 0 : fail_network_choice(err);
}

static int answer_changed(struct request *request, struct response *response, struct error *err)
{
	const struct network_change *change = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);

	(void)err;
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	json_begin_object(&json);
	json_member_int(&json, "written", (int64_t)change->written);
	json_put_key(&json, "streets");
	json_begin_array(&json);
	for (size_t i = 0; i < change->changed_count; i++) {
		json_begin_object(&json);
		json_member_int(&json, "id", change->changed[i].id);
		json_member_int(&json, "version", change->changed[i].version);
		json_member_bool(&json, "written", change->changed[i].is_written);
		json_end_object(&json);
	}
	json_end_array(&json);
	json_end_object(&json);
	return 0;
}

static int read_change(struct request *request, struct applying *applying, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct network_change *change = &applying->change;
	int rc = content_read(request, "streets overwrite", &content, err);

	if (!rc)
		rc = read_choices(&content, applying, err);
	if (!rc)
		rc = content_bool(&content, "overwrite", &change->overwrite, err);
	if (!rc)
		rc = request_reason(request, &change->author.reason, err);
	change->author.actor = request->asker->actor;
	change->author.at_us = clock_now_us(request->app->clock);
	change->randomness = &randomness_system;
	change->survey = &applying->survey;
	return rc;
}

static int post_apply(struct request *request, struct response *response, struct error *err)
{
	const struct case_tools *tools = tools_of(request);
	struct applying *applying = arena_zero(&request->arena, 1, sizeof *applying);
	const struct layer *layer = NULL;
	struct view view;
	int rc = tools && applying ? find_layer(request, &layer, err) : fail_no_memory(err);

	(void)response;
	if (!rc)
		rc = read_change(request, applying, err);
	if (rc)
		return rc;
	view = sight_view(request, layer, NULL);
	rc = network_survey_make(tools, &view, &applying->scope, &applying->survey, err);
	if (!rc)
		rc = network_change_check(&applying->survey, err);
	if (rc)
		return rc;
	/* The chosen ones were read first. */
	applying->change.until = applying->scope.choice_count;
	request->commit.work = network_change_run;
	request->commit.context = &applying->change;
	request->commit.answer = answer_changed;
	return 0;
}

static int get_nothing(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)response;
	return fail_method_not_allowed(err);
}

static const struct route_action apply_actions[] = {
	{.method = METHOD_POST,
		.handle = post_apply,
		.types = "application/json",
		.content_max = CONTENT_MAX,
		.params = "",
		.check = check_writer},
};

static const struct route routes[] = {
	{"/api/numbering/network", get_network, "ward bbox", on_worker,
		{"Mạng đường và hẻm", "The network of streets and alleys"}, NO_ACTIONS},
	{"/api/numbering/network/apply", get_nothing, "", on_worker,
		{"Ghi mạng đường", "Write the network of streets"}, ROUTE_ACTIONS(apply_actions)},
};

const struct route_table network_routes = {routes, sizeof routes / sizeof routes[0]};
