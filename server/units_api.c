/*
 * Administrative units (đơn vị hành chính) of any day: /api/units. A code is used again by other units:
 * with a day it names one.
 */
#include "base/messages.h"
#include "base/number.h"
#include "data/feature_read.h"
#include "data/feature_row.h"
#include "server/lineage_json.h"
#include "server/links.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum { UNITS_DEFAULT = 100, UNITS_MAX = 1000, NAME_MAX_BYTES = 1000 };

/* A list of units while it is told. */
struct listing {
	struct request *request;
	struct json_writer json;
	const struct layer *layer;
	const char *code, *name; /* that are looked for; NULL any */
	struct strbuf key, folded; /* of the names */
	int64_t id;		/* 0 any */
	int64_t most, count;
	int64_t *ids; /* of those that were told */
	bool more;
};

static const struct value *value_of(
	const struct listing *listing, const struct feature *feature, const char *field)
{
	static const struct value none = {.kind = VALUE_NULL};
	const struct layer_field *found =
		layer_field_find(listing->layer, field, strlen(field));

	return found ? &feature->values[layer_field_index(listing->layer, found)] : &none;
}

static bool is_text(const struct value *value, const char *text)
{
	return value->kind == VALUE_TEXT && !strcmp(value->text, text);
}

/* By its name without tones and case: "phu loi" is in "Phường Phú Lợi". */
static bool has_name(struct listing *listing, const struct value *value)
{
	if (value->kind != VALUE_TEXT)
		return false;
	strbuf_reset(&listing->folded);
	text_search_key(&listing->folded, value->text, value->len);
	return !listing->folded.failed && strstr(listing->folded.data, listing->key.data);
}

static bool is_wanted(struct listing *listing, const struct feature *feature)
{
	return (!listing->id || feature->id == listing->id) &&
		(!listing->code || is_text(value_of(listing, feature, "code"), listing->code)) &&
		(!listing->name || has_name(listing, value_of(listing, feature, "name")));
}

static int take_unit(void *context, const struct feature *feature, struct error *err)
{
	struct listing *listing = context;
	struct json_writer *json = &listing->json;
	struct date today = clock_date_vietnam(clock_now_us(listing->request->app->clock));

	(void)err;
	if (!is_wanted(listing, feature))
		return 0;
	if (listing->count == listing->most) {
		listing->more = true;
		return 1;
	}
	/* Each version of a span of days is told; the records behind them once. */
	listing->ids[listing->count++] = feature->id;
	json_begin_object(json);
	json_member_int(json, "id", feature->id);
	for (size_t i = 0; i < listing->layer->field_count; i++) {
		json_put_key(json, listing->layer->fields[i].id);
		value_put_json(json, &feature->values[i],
			listing->layer->fields[i].type == FIELD_BOOL);
	}
	lineage_json_day(json, "valid_from", &feature->valid_from);
	lineage_json_day(json, "valid_to", &feature->valid_to);
	json_member_bool(json, "in_force", feature_in_force(feature, &today));
	json_end_object(json);
	return 0;
}

static bool is_told(const struct listing *listing, int64_t id)
{
	for (int64_t i = 0; i < listing->count; i++)
		if (listing->ids[i] == id)
			return true;
	return false;
}

static int take_step(void *context, const struct lineage_step *step, struct error *err)
{
	struct listing *listing = context;

	(void)err;
	if (is_told(listing, step->from_id) || is_told(listing, step->to_id))
		lineage_json_step(&listing->json, step);
	return 0;
}

static int read_number(const struct request *request, const char *name, int64_t most,
	int64_t absent, int64_t *ret, struct error *err)
{
	const char *text = request_param(request, name);

	*ret = absent;
	if (!text || number_parse_int(text, strlen(text), 1, most, ret))
		return 0;
	fail_param_value(err, name, text);
	return error_where(err, "%s", name);
}

static int read_params(struct listing *listing, struct moment *ret_moment, struct error *err)
{
	const struct request *request = listing->request;
	const char *all = request_param(request, "all_dates");
	int rc = sight_moment(request, ret_moment, err);

	if (!rc)
		rc = read_number(request, "id", INT64_MAX, 0, &listing->id, err);
	if (!rc)
		rc = read_number(request, "limit", UNITS_MAX, UNITS_DEFAULT, &listing->most, err);
	if (rc)
		return rc;
	listing->code = request_param(request, "code");
	listing->name = request_param(request, "name");
	if (listing->name)
		text_search_key(&listing->key, listing->name, strlen(listing->name));
	if (listing->key.failed) {
		fail_param_value(err, "name", listing->name);
		return error_where(err, "name");
	}
	if (!all)
		return 0;
	if (strcmp(all, "1") != 0) {
		fail_param_value(err, "all_dates", all);
		return error_where(err, "all_dates");
	}
	ret_moment->is_dated = ret_moment->all_versions = true;
	ret_moment->first_day = ret_moment->last_day = (struct date){""};
	if (!request_param(request, "recorded"))
		ret_moment->recorded_us = INT64_MAX;
	return 0;
}

static int write_units(struct listing *listing, const struct moment *moment, struct error *err)
{
	struct store *store = listing->request->worker->records;
	struct view view = sight_view(listing->request, listing->layer, moment);
	struct json_writer *json = &listing->json;
	int rc;

	json_begin_object(json);
	json_put_key(json, "units");
	json_begin_array(json);
	rc = feature_read_after(store, &view, 0, take_unit, listing, err);
	json_end_array(json);
	json_member_bool(json, "complete", !listing->more);
	json_put_key(json, "lineage");
	json_begin_array(json);
	if (!rc)
		rc = lineage_all(store, listing->layer->id, NULL, take_step, listing, err);
	json_end_array(json);
	json_end_object(json);
	return rc;
}

static int get_units(struct request *request, struct response *response, struct error *err)
{
	struct listing listing = {.request = request, .json = JSON_WRITER(&response->body),
		.layer = layer_of_units(request->app->layers), .key = STRBUF(NAME_MAX_BYTES),
		.folded = STRBUF(NAME_MAX_BYTES)};
	struct moment moment;
	int rc = 0;

	if (!listing.layer || !sight_admits(request, listing.layer))
		return fail_no_such_layer(err);
	listing.ids = arena_zero(&request->arena, UNITS_MAX, sizeof *listing.ids);
	if (!listing.ids)
		return fail_no_memory(err);
	rc = read_params(&listing, &moment, err);
	if (!rc)
		rc = write_units(&listing, &moment, err);
	strbuf_clear(&listing.key);
	strbuf_clear(&listing.folded);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	return rc;
}

static const struct route routes[] = {
	{"/api/units", get_units, "id code name date datetime recorded all_dates limit", on_worker,
		{"Đơn vị hành chính theo ngày", "Administrative units of a day"}, NO_ACTIONS},
};

const struct route_table units_routes = {routes, sizeof routes / sizeof routes[0]};
