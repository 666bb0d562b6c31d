/*
 * What became of what: /ogc/collections/{collection}/items/{id}/lineage, both ways.
 */
#include "base/messages.h"
#include "data/feature_read.h"
#include "data/feature_row.h"
#include "data/history.h"
#include "server/asker.h"
#include "server/lineage_json.h"
#include "server/links.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum { NODES_MAX = 2 * LINEAGE_STEPS_MAX + 1 };

/* A lineage while it is told: its steps first, then the records that they name. */
struct telling {
	struct request *request;
	struct json_writer json;
	const struct layer *layer;
	struct view view; /* of every version that the asker may see */
	int64_t ids[NODES_MAX];
	size_t count;
	bool written, in_force; /* the record in hand */
};

static void note(struct telling *telling, int64_t id)
{
	for (size_t i = 0; i < telling->count; i++)
		if (telling->ids[i] == id)
			return;
	if (telling->count < NODES_MAX)
		telling->ids[telling->count++] = id;
}

static int write_step(void *context, const struct lineage_step *step, struct error *err)
{
	struct telling *telling = context;

	(void)err;
	note(telling, step->from_id);
	note(telling, step->to_id);
	lineage_json_step(&telling->json, step);
	return 0;
}

/* A record as its last version says, without its shape. */
static int write_node(void *context, const struct feature *feature, struct error *err)
{
	struct telling *telling = context;
	struct json_writer *json = &telling->json;
	struct date today = clock_date_vietnam(clock_now_us(telling->request->app->clock));
	struct value values[FEATURE_FIELDS_MAX];
	struct feature seen = *feature;
	bool never;

	(void)err;
	memcpy(values, feature->values, telling->layer->field_count * sizeof *values);
	seen.values = values;
	if (!view_admits(&telling->view, values, &seen))
		return 0;
	telling->written = true;
	json_begin_object(json);
	json_member_int(json, "id", feature->id);
	lineage_json_day(json, "valid_from", &feature->valid_from);
	/* What ended on the day that it began was for no day at all. */
	never = !telling->in_force && !*feature->valid_to.text &&
		strcmp(feature->valid_from.text, today.text) <= 0;
	lineage_json_day(json, "valid_to", never ? &feature->valid_from : &feature->valid_to);
	json_member_bool(json, "in_force", telling->in_force);
	json_put_key(json, "properties");
	json_begin_object(json);
	for (size_t i = 0; i < telling->layer->field_count; i++) {
		json_put_key(json, telling->layer->fields[i].id);
		value_put_json(json, &values[i], telling->layer->fields[i].type == FIELD_BOOL);
	}
	json_end_object(json);
	json_end_object(json);
	return 0;
}

static int pass(void *context, const struct feature *feature, struct error *err)
{
	(void)context;
	(void)feature;
	(void)err;
	return 0;
}

static int write_nodes(struct telling *telling, struct error *err)
{
	struct store *store = telling->request->worker->records;
	const struct view now = VIEW_NOW(telling->layer);
	int rc = 0;

	json_put_key(&telling->json, "records");
	json_begin_array(&telling->json);
	for (size_t i = 0; !rc && i < telling->count; i++) {
		bool found;

		rc = feature_read_one(
			store, &now, telling->ids[i], pass, NULL, &telling->in_force, err);
		if (!rc)
			rc = feature_read_row(store, telling->layer, telling->ids[i], write_node,
				telling, &found, err);
	}
	json_end_array(&telling->json);
	return rc;
}

static int see(void *context, const struct feature *feature, struct error *err)
{
	struct telling *telling = context;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature copy = *feature;

	(void)err;
	memcpy(values, feature->values, telling->layer->field_count * sizeof *values);
	telling->written = view_admits(&telling->view, values, &copy);
	return 0;
}

static int write_lineage(struct telling *telling, int64_t id, struct error *err)
{
	struct json_writer *json = &telling->json;
	bool more = false;
	int rc;

	json_begin_object(json);
	json_member_int(json, "id", id);
	note(telling, id);
	json_put_key(json, "steps");
	json_begin_array(json);
	rc = lineage_of(telling->request->worker->records, telling->layer->id, id, write_step,
		telling, &more, err);
	json_end_array(json);
	json_member_bool(json, "complete", !more);
	if (!rc)
		rc = write_nodes(telling, err);
	json_end_object(json);
	return rc;
}

static int get_lineage(struct request *request, struct response *response, struct error *err)
{
	struct telling *telling = arena_zero(&request->arena, 1, sizeof *telling);
	int64_t id = 0;
	bool found = false;
	int rc = telling ? sight_layer(request, request->captures[0], &telling->layer, err)
			 : fail_no_memory(err);

	if (!rc)
		rc = request_record_id(request, request->captures[1], &id, err);
	if (rc)
		return rc;
	telling->request = request;
	telling->json = JSON_WRITER(&response->body);
	telling->view = sight_view(request, telling->layer, NULL);
	rc = feature_read_row(
		request->worker->records, telling->layer, id, see, telling, &found, err);
	if (!rc && !(found && telling->written))
		rc = fail_no_such_record(err);
	if (!rc)
		rc = write_lineage(telling, id, err);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	return rc;
}

static const struct route routes[] = {
	{"/ogc/collections/{collection}/items/{id}/lineage", get_lineage, "f", on_worker,
		{"Nguồn gốc", "Lineage"}, NO_ACTIONS},
};

const struct route_table lineage_routes = {routes, sizeof routes / sizeof routes[0]};
