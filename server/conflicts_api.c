/*
 * Conflicts: a stale write side by side with what is there, until it is taken, merged or dropped.
 */
#include "base/json_read.h"
#include "base/messages.h"
#include "base/number.h"
#include "gis/geojson.h"
#include "server/asker.h"
#include "server/edits_api.h"
#include "server/content.h"
#include "server/feature_json.h"
#include "server/links.h"
#include "server/page.h"
#include "server/sight.h"
#include "server/worker.h"

enum { LIST_MAX = 200, ITEM_ARENA_BYTES = 64 << 20, CONTENT_MAX = 32 << 20 };

/* A conflict that is asked for, with its layer as the asker sees it. */
struct asked {
	struct request *request;
	struct conflict conflict;
	const struct layer *layer;
	struct view view;
	struct json_writer json;
	struct feature_json how;
	struct arena arena;
	struct feature_input *input; /* the proposal */
	bool seen;
};

static int find(struct request *request, struct asked **ret, struct error *err)
{
	struct asked *asked = arena_zero(&request->arena, 1, sizeof *asked);
	int64_t id = 0;
	int rc = asked ? 0 : fail_no_memory(err);

	if (!rc && !number_parse_int(request->captures[0], strlen(request->captures[0]), 1,
			   INT64_MAX, &id))
		rc = fail_no_such_conflict(err);
	if (!rc)
		rc = conflict_read(
			request->worker->store, id, &request->arena, &asked->conflict, err);
	if (rc)
		return rc;
	asked->request = request;
	/* Only who may change the layer is told that there is a conflict. */
	if (sight_layer(request, asked->conflict.layer, &asked->layer, NULL) ||
		!sight_may_write(request, asked->layer))
		return fail_no_such_conflict(err);
	asked->view = sight_view(request, asked->layer, NULL);
	*ret = asked;
	return 0;
}

/* The proposal as an input, by what was sent then. */
static int read_proposal(struct asked *asked, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct conflict *conflict = &asked->conflict;
	enum feature_input_kind kind =
		strcmp(conflict->kind, "put") ? INPUT_PART : INPUT_WHOLE;
	struct crs_ref crs;
	int rc;

	if (!conflict->body)
		return 0;
	asked->input = arena_zero(&asked->request->arena, 1, sizeof *asked->input);
	if (!asked->input)
		return fail_no_memory(err);
	rc = json_document_parse(conflict->body, strlen(conflict->body), &document, err);
	if (!rc)
		rc = edit_read_crs(asked->request, conflict->crs, &crs, err);
	return rc ? rc
		  : feature_input_read(asked->request, asked->layer, conflict->feature_id, kind,
			    document, &crs, asked->input, err);
}

static int write_seen(struct asked *asked, const struct feature *feature, struct error *err)
{
	struct value values[FEATURE_FIELDS_MAX];
	struct feature copy = *feature;

	memcpy(values, feature->values, asked->layer->field_count * sizeof *values);
	copy.values = values;
	asked->seen = view_admits(&asked->view, values, &copy);
	if (!asked->seen)
		return fail_no_such_conflict(err);
	return feature_json_write(&asked->json, &asked->how, &copy, err);
}

static int write_version(void *context, const struct feature *feature, struct error *err)
{
	return write_seen(context, feature, err);
}

/* What the record would have become: the proposal over the version that it started from. */
static int write_proposed(void *context, const struct feature *feature, struct error *err)
{
	struct asked *asked = context;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature proposed;

	feature_input_apply(asked->input, asked->layer, feature, values, &proposed);
	return write_seen(asked, &proposed, err);
}

static int write_one(struct asked *asked, const char *key, int64_t version, feature_visit *write,
	struct error *err)
{
	bool found = false;
	int rc;

	json_put_key(&asked->json, key);
	if (!version) {
		json_put_null(&asked->json);
		return 0;
	}
	rc = history_read(asked->request->worker->store, asked->layer,
		asked->conflict.feature_id, version, write, asked, &found, err);
	if (!rc && !found)
		json_put_null(&asked->json);
	return rc;
}

/* The version that stands now: a change since then is what counts. */
static int current_version(struct asked *asked, int64_t *ret_version, struct error *err)
{
	struct history_spans spans;
	int rc = history_live(asked->request->worker->store, asked->layer,
		asked->conflict.feature_id, &spans, NULL, err);

	*ret_version = spans.count ? spans.spans[spans.count - 1].version : spans.last_version;
	return rc;
}

static void write_head(
	struct json_writer *json, const struct request *request, const struct conflict *conflict)
{
	struct account author;
	autofree(strbuf_clear) struct strbuf at = STRBUF(40);

	clock_print_utc(&at, conflict->created_at_us);
	json_member_int(json, "id", conflict->id);
	json_member_text(json, "layer", conflict->layer);
	json_member_int(json, "feature_id", conflict->feature_id);
	json_member_text(json, "state", conflict_state_name(conflict->state));
	json_member_text(json, "kind", conflict->kind);
	json_member_text(json, "author", conflict->author);
	json_member_text(json, "author_login",
		asker_login(request->worker->store, conflict->author, &author));
	json_member_text(json, "reason", conflict->reason);
	json_member_text(json, "created_at", at.data);
	json_member_int(json, "base_version", conflict->base_version);
	json_member_int(json, "met_version", conflict->current_version);
	json_member_text(json, "decided_by", conflict->decided_by);
	if (conflict->result_version)
		json_member_int(json, "result_version", conflict->result_version);
}

static int write_conflict(struct asked *asked, struct error *err)
{
	struct json_writer *json = &asked->json;
	int64_t current = 0;
	int rc = current_version(asked, &current, err);

	if (rc)
		return rc;
	json_begin_object(json);
	write_head(json, asked->request, &asked->conflict);
	json_member_int(json, "current_version", current);
	rc = write_one(asked, "base", asked->conflict.base_version, write_version, err);
	if (!rc)
		rc = write_one(asked, "current", current, write_version, err);
	if (!rc)
		rc = write_one(asked, "proposed",
			asked->input ? asked->conflict.base_version : 0, write_proposed, err);
	json_end_object(json);
	return rc;
}

static int get_conflict(struct request *request, struct response *response, struct error *err)
{
	struct asked *asked;
	int rc = find(request, &asked, err);

	if (!rc)
		rc = read_proposal(asked, err);
	if (rc)
		return rc;
	asked->json = JSON_WRITER(&response->body);
	asked->arena = ARENA(ITEM_ARENA_BYTES);
	asked->how = (struct feature_json){.layer = asked->layer, .crs = crs84,
		.decimals = GEOJSON_DEGREE_DECIMALS, .arena = &asked->arena};
	rc = crs_path_find(request->worker->crs, request->app->opened.city.epsg, CRS_WGS84,
		&asked->how.path, err);
	if (!rc)
		rc = write_conflict(asked, err);
	arena_clear(&asked->arena);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	return rc;
}

/* --- the list ----------------------------------------------------------------------------------- */

static int list_one(void *context, const struct conflict *conflict, struct error *err)
{
	struct asked *asked = context;
	const struct layer *layer;

	(void)err;
	if (sight_layer(asked->request, conflict->layer, &layer, NULL) ||
		!sight_may_write(asked->request, layer) || !sight_is_whole(asked->request, layer))
		return 0;
	json_begin_object(&asked->json);
	write_head(&asked->json, asked->request, conflict);
	json_end_object(&asked->json);
	return 0;
}

static int get_conflicts(struct request *request, struct response *response, struct error *err)
{
	struct asked asked = {.request = request, .json = JSON_WRITER(&response->body)};
	int rc;

	json_begin_object(&asked.json);
	json_put_key(&asked.json, "conflicts");
	json_begin_array(&asked.json);
	rc = conflict_list_open(request->worker->store, 0, LIST_MAX, list_one, &asked, err);
	json_end_array(&asked.json);
	json_end_object(&asked.json);
	response->content_type = TYPE_JSON;
	return rc;
}

/* --- deciding ----------------------------------------------------------------------------------- */

static int drop(struct store *store, void *context, struct error *err)
{
	const struct asked *asked = context;

	return conflict_settle(store, asked->conflict.id, CONFLICT_DROPPED,
		asked->request->asker->actor, clock_now_us(asked->request->app->clock), 0, err);
}

static int answer_dropped(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)err;
	response->status = 204;
	return 0;
}

/* The proposal, or what somebody made of both, becomes a version over the one that stands now. */
static int decide(struct asked *asked, enum conflict_state state, const struct json_node *merged,
	struct error *err)
{
	struct request *request = asked->request;
	bool ends = state == CONFLICT_TAKEN && !asked->conflict.body;
	struct edit *edit;
	int rc = edit_begin(request, ends ? EDIT_END : EDIT_CHANGE, asked->layer, &edit, err);

	if (!rc && state == CONFLICT_TAKEN)
		rc = read_proposal(asked, err);
	if (!rc && state == CONFLICT_MERGED) {
		asked->input = arena_zero(&request->arena, 1, sizeof *asked->input);
		rc = asked->input ? feature_input_read(request, asked->layer,
					    asked->conflict.feature_id, INPUT_PART,
					    merged, &crs84,
					    asked->input, err)
				  : fail_no_memory(err);
	}
	if (!rc)
		rc = current_version(asked, &edit->base_version, err);
	if (rc)
		return rc;
	edit->id = asked->conflict.feature_id;
	edit->input = asked->input;
	edit->settles = asked->conflict.id;
	edit->settles_as = state;
	edit_commit(request, edit);
	return 0;
}

static int post_conflict(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct asked *asked;
	const char *action = "";
	int rc = find(request, &asked, err);

	(void)response;
	if (!rc)
		rc = content_read(request, "action feature", &content, err);
	if (!rc)
		rc = content_text(&content, "action", &action, err);
	if (!rc && asked->conflict.state != CONFLICT_OPEN)
		rc = fail_conflict_closed(err);
	if (rc)
		return rc;
	if (!strcmp(action, "take"))
		return decide(asked, CONFLICT_TAKEN, NULL, err);
	if (!strcmp(action, "merge"))
		return decide(asked, CONFLICT_MERGED, content_at(&content, "feature"), err);
	if (strcmp(action, "drop") != 0)
		return content_where(fail_conflict_action(err), "action", err);
	request->commit.work = drop;
	request->commit.context = asked;
	request->commit.answer = answer_dropped;
	return 0;
}

static const struct route_action actions[] = {
	{.method = METHOD_POST, .handle = post_conflict, .types = "application/json",
		.content_max = CONTENT_MAX, .params = ""},
};

static const struct route routes[] = {
	{"/api/conflicts", get_conflicts, "", on_worker,
		{"Xung đột đang mở", "Open conflicts"}, NO_ACTIONS},
	{"/api/conflicts/{id}", get_conflict, "", on_worker,
		{"Hai bản sửa cạnh nhau", "A conflict side by side"}, ROUTE_ACTIONS(actions)},
};

const struct route_table conflicts_routes = {routes, sizeof routes / sizeof routes[0]};
