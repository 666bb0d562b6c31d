/*
 * Parcels that become others: /api/parcels/split, /merge, /redraw, /renumber; what holds them:
 * /api/parcels/locks.
 */
#include "base/messages.h"
#include "base/number.h"
#include "data/record_lock.h"
#include "gis/geojson.h"
#include "server/asker.h"
#include "server/content.h"
#include "server/edits_api.h"
#include "server/land_input.h"
#include "server/land_json.h"
#include "server/links.h"
#include "server/problem.h"
#include "server/sight.h"
#include "server/worker.h"

enum {
	CONTENT_MAX = 8 << 20,
	FINDINGS_MAX_BYTES = 8 << 20,
	LOCK_CONTENT_MAX = 1 << 16,
};
#define DAY_US (INT64_C(86400) * 1000000)

static const char json_types[] = "application/json application/geo+json";

/* --- changing ----------------------------------------------------------------------------------- */

static int find_layer(const struct request *request, const struct layer **ret, struct error *err)
{
	*ret = layer_of_land(request->app->layers);
	return *ret && sight_admits(request, *ret) ? 0 : fail_no_such_layer(err);
}

static int check_writer(const struct request *request, struct error *err)
{
	return sight_check_writer(request, layer_of_land(request->app->layers), err);
}

static int read_order(struct request *request, enum land_deed deed, struct land_work *work,
	bool *ret_check, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct crs_ref crs;
	int rc = request->body.len ? 0 : fail_body_missing(err);

	if (!rc)
		rc = json_document_parse(request->body.data, request->body.len, &document, err);
	if (!rc)
		rc = edit_read_crs(request, request->content_crs, &crs, err);
	return rc ? rc
		  : land_input_read(&request->arena, work->view.layer, deed, document, &crs,
			    &work->order, ret_check, err);
}

static int begin(struct request *request, enum land_deed deed, struct land_work **ret,
	bool *ret_check, struct error *err)
{
	struct land_work *work = arena_zero(&request->arena, 1, sizeof *work);
	const struct layer *layer = NULL;
	int rc = work ? find_layer(request, &layer, err) : fail_no_memory(err);

	if (rc)
		return rc;
	work->view = sight_view(request, layer, NULL);
	work->account_id = request->asker->rights.account_id;
	work->randomness = &randomness_system;
	work->author.actor = request->asker->actor;
	work->author.at_us = clock_now_us(request->app->clock);
	rc = request_reason(request, &work->author.reason, err);
	if (!rc)
		rc = read_order(request, deed, work, ret_check, err);
	/* Without a reason of its own the decision is the reason. */
	if (!rc && !*work->author.reason && work->order.document)
		work->author.reason = work->order.document;
	*ret = work;
	return rc;
}

/* The new parcels as they would be, and what speaks against it. */
static int answer_checked(struct request *request, struct response *response,
	const struct land_work *work, struct error *err)
{
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct json_writer json = JSON_WRITER(&response->body);
	int rc;

	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	land_result_open(&json, work);
	json_put_key(&json, "findings");
	rc = land_findings_write(&json, work, &tools, request->lang, err);
	json_end_object(&json);
	return rc;
}

/* 409, with what failed and where. */
static int answer_findings(struct request *request, struct response *response,
	const struct land_work *work, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(FINDINGS_MAX_BYTES);
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct json_writer json = JSON_WRITER(&text);
	struct error failed = {0};
	int rc = land_findings_write(&json, work, &tools, request->lang, err);

	if (!rc)
		rc = strbuf_check(&text, err);
	if (rc)
		return rc;
	if (work->change->finding_count == 1)
		error_copy(&failed, &work->change->findings[0].what);
	else
		fail_land_checks_failed(&failed, (int64_t)work->change->finding_count);
	problem_write(response, request, &failed);
	problem_add(response, "findings", &text);
	return 0;
}

static int answer_done(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);

	(void)err;
	response->status = 201;
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	land_result_open(&json, request->commit.context);
	json_end_object(&json);
	return 0;
}

static int change_parcels(struct request *request, enum land_deed deed, struct response *response,
	struct error *err)
{
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct land_work *work = NULL;
	bool only_check = false;
	int rc = begin(request, deed, &work, &only_check, err);

	if (!rc)
		rc = land_prepare(work, &tools, err);
	if (!rc && (only_check || deed == LAND_RENUMBER))
		rc = land_preview(tools.store, work, err);
	if (!rc)
		rc = land_result_draw(work, &tools, err);
	if (rc)
		return rc;
	if (only_check)
		return answer_checked(request, response, work, err);
	if (work->change->finding_count)
		return answer_findings(request, response, work, err);
	request->commit.work = land_run;
	request->commit.context = work;
	request->commit.answer = answer_done;
	return 0;
}

static int post_split(struct request *request, struct response *response, struct error *err)
{
	return change_parcels(request, LAND_SPLIT, response, err);
}

static int post_merge(struct request *request, struct response *response, struct error *err)
{
	return change_parcels(request, LAND_MERGE, response, err);
}

static int post_redraw(struct request *request, struct response *response, struct error *err)
{
	return change_parcels(request, LAND_REDRAW, response, err);
}

static int post_renumber(struct request *request, struct response *response, struct error *err)
{
	return change_parcels(request, LAND_RENUMBER, response, err);
}

/* What these routes are, for who asks without changing anything. */
static int get_nothing(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)response;
	return fail_method_not_allowed(err);
}

/* --- holding ------------------------------------------------------------------------------------ */

struct holding {
	struct request *request;
	const struct layer *layer;
	int64_t ids[LAND_PARCELS_MAX];
	size_t count;
	struct record_lock lock;
	bool may_all; /* let go what others hold */
};

static int take_id(struct holding *holding, const struct json_node *node, struct error *err)
{
	int64_t id;

	if (holding->count == LAND_PARCELS_MAX)
		return fail_parcels_too_many(err, LAND_PARCELS_MAX);
	if (!json_node_int(node, &id) || id < 1 || id > HISTORY_ID_MAX)
		return fail_land_member(err, "parcels");
	holding->ids[holding->count++] = id;
	return 0;
}

struct seeing {
	struct view view;
	bool seen;
};

static int look(void *context, const struct feature *feature, struct error *err)
{
	struct seeing *seeing = context;
	bool source;

	(void)err;
	seeing->seen = view_writable(&seeing->view, feature->values, feature, &source) != 0;
	return 0;
}

/* What the asker may not change cannot be held either. */
static int check_held(const struct holding *holding, struct error *err)
{
	struct request *request = holding->request;
	struct seeing seeing = {.view = sight_view(request, holding->layer, NULL)};
	int rc = 0;

	for (size_t i = 0; !rc && i < holding->count; i++) {
		bool found = false;

		rc = feature_read_one(request->worker->store, &seeing.view, holding->ids[i], look,
			&seeing, &found, err);
		if (!rc && !found)
			rc = fail_no_such_record(err);
		else if (!rc && !seeing.seen)
			rc = fail_write_forbidden(err);
	}
	return rc;
}

static int read_lock(struct holding *holding, const struct json_node *document, struct error *err)
{
	struct request *request = holding->request;
	const struct json_node *parcels = json_node_get(document, "parcels");
	const struct json_node *days = json_node_get(document, "days");
	int64_t count = 30;
	const char *purpose;
	int rc = 0;

	for (size_t i = 0; !rc && i < json_node_count(parcels); i++)
		rc = take_id(holding, json_node_at(parcels, i), err);
	if (!rc && !holding->count)
		rc = fail_land_member(err, "parcels");
	if (!rc && (!json_node_text(json_node_get(document, "purpose"), &purpose) || !*purpose ||
			   strlen(purpose) > RECORD_LOCK_PURPOSE_MAX))
		rc = fail_land_member(err, "purpose");
	if (!rc && days && (!json_node_int(days, &count) || count < 1 || count > RECORD_LOCK_DAYS_MAX))
		rc = fail_land_member(err, "days");
	if (rc)
		return rc;
	holding->lock = (struct record_lock){
		.account_id = request->asker->rights.account_id,
		.owner = request->asker->actor,
		.purpose = arena_text(&request->arena, purpose, strlen(purpose)),
		.created_at_us = clock_now_us(request->app->clock),
	};
	holding->lock.expires_at_us = holding->lock.created_at_us + count * DAY_US;
	return holding->lock.purpose ? 0 : fail_no_memory(err);
}

static int hold(struct store *store, void *context, struct error *err)
{
	struct holding *holding = context;
	int rc = 0;

	for (size_t i = 0; !rc && i < holding->count; i++) {
		holding->lock.feature_id = holding->ids[i];
		rc = record_lock_put(store, holding->layer, &holding->lock, err);
	}
	return rc;
}

static int answer_held(struct request *request, struct response *response, struct error *err)
{
	const struct holding *holding = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);

	(void)err;
	response->status = 201;
	response->content_type = TYPE_JSON;
	json_begin_object(&json);
	json_member_text(&json, "purpose", holding->lock.purpose);
	json_member_time(&json, "expires_at", holding->lock.expires_at_us);
	json_end_object(&json);
	return 0;
}

static int begin_holding(struct request *request, struct holding **ret, struct error *err)
{
	struct holding *holding = arena_zero(&request->arena, 1, sizeof *holding);

	if (!holding)
		return fail_no_memory(err);
	holding->request = request;
	*ret = holding;
	return find_layer(request, &holding->layer, err);
}

static int post_locks(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct holding *holding = NULL;
	int rc = content_read(request, "parcels purpose days", &content, err);

	(void)response;
	if (!rc)
		rc = begin_holding(request, &holding, err);
	if (!rc)
		rc = read_lock(holding, content.document, err);
	if (!rc)
		rc = check_held(holding, err);
	if (rc)
		return rc;
	request->commit.work = hold;
	request->commit.context = holding;
	request->commit.answer = answer_held;
	return 0;
}

static int let_go(struct store *store, void *context, struct error *err)
{
	struct holding *holding = context;

	return record_lock_remove(store, holding->layer, holding->ids[0],
		holding->request->asker->rights.account_id, holding->may_all, err);
}

static int answer_let_go(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)err;
	response->status = 204;
	return 0;
}

static int delete_lock(struct request *request, struct response *response, struct error *err)
{
	struct holding *holding = NULL;
	int rc = begin_holding(request, &holding, err);

	(void)response;
	if (!rc)
		rc = request_record_id(request, request->captures[0], &holding->ids[0], err);
	if (rc)
		return rc;
	holding->count = 1;
	holding->may_all = request->asker->rights.administers;
	rc = check_held(holding, err);
	if (rc)
		return rc;
	request->commit.work = let_go;
	request->commit.context = holding;
	request->commit.answer = answer_let_go;
	return 0;
}

/* Locks of records that the asker sees, with the names of their owners for who may write. */
struct telling {
	struct request *request;
	struct json_writer json;
	struct view view;
	const struct crs_path *to_wgs84;
	struct shape shape; /* of the record in hand, in degrees */
};

static int see(void *context, const struct feature *feature, struct error *err)
{
	struct telling *telling = context;
	int rc;

	telling->shape = (struct shape){.point_count = 0};
	if (!feature->wkb.bytes)
		return 0;
	rc = shape_read_wkb(&telling->request->arena, feature->wkb, &telling->shape, err);
	return rc ? rc
		  : crs_path_move(telling->to_wgs84, telling->shape.xy,
			    telling->shape.point_count, err);
}

static int tell_lock(void *context, const struct record_lock *lock, struct error *err)
{
	struct telling *telling = context;
	struct store *store = telling->request->worker->store;
	bool found = false;
	int rc = feature_read_one(
		store, &telling->view, lock->feature_id, see, telling, &found, err);

	if (rc || !found)
		return rc;
	json_begin_object(&telling->json);
	json_member_int(&telling->json, "id", lock->feature_id);
	json_member_text(&telling->json, "owner", lock->owner);
	json_member_text(&telling->json, "purpose", lock->purpose);
	json_member_bool(&telling->json, "mine",
		lock->account_id == telling->request->asker->rights.account_id);
	json_put_key(&telling->json, "geometry");
	geojson_write(&telling->json, telling->shape.point_count ? &telling->shape : NULL,
		GEOJSON_DEGREE_DECIMALS);
	json_member_time(&telling->json, "created_at", lock->created_at_us);
	json_member_time(&telling->json, "expires_at", lock->expires_at_us);
	json_end_object(&telling->json);
	return 0;
}

static int get_locks(struct request *request, struct response *response, struct error *err)
{
	struct telling *telling = arena_zero(&request->arena, 1, sizeof *telling);
	const struct layer *layer = NULL;
	int rc = telling ? check_writer(request, err) : fail_no_memory(err);

	if (!rc)
		rc = find_layer(request, &layer, err);
	if (rc)
		return rc;
	telling->request = request;
	telling->json = JSON_WRITER(&response->body);
	telling->view = sight_view(request, layer, NULL);
	rc = crs_path_find(request->worker->crs, request->app->opened.city.epsg, CRS_WGS84,
		&telling->to_wgs84, err);
	if (rc)
		return rc;
	json_begin_object(&telling->json);
	json_put_key(&telling->json, "locks");
	json_begin_array(&telling->json);
	rc = record_lock_list(request->worker->store, layer, 0,
		clock_now_us(request->app->clock), tell_lock, telling, err);
	json_end_array(&telling->json);
	json_end_object(&telling->json);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return rc;
}

#define CHANGING(name, handler)                                                                    \
	static const struct route_action name[] = {                                                \
		{.method = METHOD_POST, .handle = handler, .types = json_types,                    \
			.content_max = CONTENT_MAX, .params = "", .check = check_writer},          \
	}
CHANGING(split_actions, post_split);
CHANGING(merge_actions, post_merge);
CHANGING(redraw_actions, post_redraw);
CHANGING(renumber_actions, post_renumber);

static const struct route_action locks_actions[] = {
	{.method = METHOD_POST, .handle = post_locks, .types = "application/json",
		.content_max = LOCK_CONTENT_MAX, .params = "", .check = check_writer},
};
static const struct route_action lock_actions[] = {
	{.method = METHOD_DELETE, .handle = delete_lock, .params = "", .check = check_writer},
};

static const struct route routes[] = {
	{"/api/parcels/split", get_nothing, "", on_worker, {"Tách thửa", "Split parcels"},
		ROUTE_ACTIONS(split_actions)},
	{"/api/parcels/merge", get_nothing, "", on_worker, {"Hợp thửa", "Merge parcels"},
		ROUTE_ACTIONS(merge_actions)},
	{"/api/parcels/redraw", get_nothing, "", on_worker, {"Chỉnh ranh thửa", "Redraw parcels"},
		ROUTE_ACTIONS(redraw_actions)},
	{"/api/parcels/renumber", get_nothing, "", on_worker,
		{"Đánh lại số thửa", "Renumber parcels"}, ROUTE_ACTIONS(renumber_actions)},
	{"/api/parcels/locks", get_locks, "", on_worker,
		{"Thửa đang được giữ", "Parcels that are held"}, ROUTE_ACTIONS(locks_actions)},
	{"/api/parcels/locks/{id}", get_nothing, "", on_worker,
		{"Nhả thửa", "Release parcels"}, ROUTE_ACTIONS(lock_actions)},
};

const struct route_table parcels_routes = {routes, sizeof routes / sizeof routes[0]};
