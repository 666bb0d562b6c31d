/*
 * What is known of one parcel beside its fields: /api/parcels/{id}: both areas and how sure the measured
 * one is, the units of then and now, the land use in words, who holds it.
 */
#include <math.h>

#include "base/messages.h"
#include "data/land_use.h"
#include "data/record_lock.h"
#include "data/rule.h"
#include "gis/land_check.h"
#include "server/asker.h"
#include "server/cases/land.h"
#include "server/lineage_json.h"
#include "server/links.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum {
	USES_MAX = 16,	   /* joined in one code */
	POINTS_MAX = 5000, /* boundary points of a parcel and its surroundings */
};

/* A boundary point so near to a corner is that corner, m. */
#define AT_CORNER_M 0.01

/* The parcel while it is told. */
struct telling {
	struct request *request;
	struct json_writer json;
	const struct layer *layer;
	struct moment moment;
	struct date day; /* as of which it is told */
	int64_t unit_issued, unit_now;
};

static void write_real(struct json_writer *json, const char *key, double value, int decimals)
{
	json_put_key(json, key);
	if (isfinite(value))
		json_put_fixed(json, value, decimals);
	else
		json_put_null(json);
}

static double real_of(const struct value *value)
{
	return value->kind == VALUE_REAL ? value->real : (double)NAN;
}

/* As it was computed in its own zone; of a record without that in the working one. */
static double measured_of(
	const struct layer *layer, const struct feature *feature, const struct shape *shape)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_AREA_M2 &&
			feature->values[i].kind == VALUE_REAL)
			return feature->values[i].real;
	return shape_area(shape);
}

/* The boundary points of a parcel, by its corners. */
struct corners {
	const struct layer *layer;
	const struct shape *shape;
	double *sigmas_m;
	size_t known;
};

static int take_point(void *context, const struct feature *feature, struct error *err)
{
	struct corners *corners = context;
	const struct layer_field *field =
		layer_field_find(corners->layer, corners->layer->accuracy,
			strlen(corners->layer->accuracy));
	double sigma = real_of(&feature->values[layer_field_index(corners->layer, field)]);

	(void)err;
	for (size_t i = 0; sigma > 0 && i < corners->shape->point_count; i++) {
		const double *at = corners->shape->xy + 2 * i;

		if (hypot(at[0] - feature->box.min_x, at[1] - feature->box.min_y) > AT_CORNER_M)
			continue;
		corners->sigmas_m[i] = sigma;
		corners->known++;
		break; /* the closing point does not count again */
	}
	return 0;
}

/* What the survey says of each corner, where its boundary point is in the register. */
static int read_corners(struct telling *telling, struct corners *corners, double sigma_m,
	struct error *err)
{
	struct request *request = telling->request;
	autofree(id_list_clear) struct id_list ids = {0};
	struct box box = shape_box(corners->shape);
	bool more, found;
	int rc;

	corners->layer = layer_of_boundary_points(request->app->layers);
	corners->sigmas_m = arena_zero(
		&request->arena, corners->shape->point_count + 1, sizeof *corners->sigmas_m);
	if (!corners->sigmas_m)
		return fail_no_memory(err);
	for (size_t i = 0; i < corners->shape->point_count; i++)
		corners->sigmas_m[i] = sigma_m;
	if (!corners->layer || !sight_admits(request, corners->layer))
		return 0;
	rc = feature_ids_in_box(request->worker->records, &VIEW_NOW(corners->layer), &box, false,
		0, POINTS_MAX, &ids, &more, err);
	for (size_t i = 0; !rc && i < ids.count; i++)
		rc = feature_read_one(request->worker->records, &VIEW_NOW(corners->layer),
			ids.ids[i], take_point, corners, &found, err);
	return rc;
}

static int write_areas(struct telling *telling, const struct feature *feature, struct error *err)
{
	const struct layer *layer = telling->layer;
	struct json_writer *json = &telling->json;
	double legal = real_of(&feature->values[land_field(layer, layer->land->legal_area)]);
	double area = (double)NAN, sigma = 0, difference;
	struct shape shape = {.point_count = 0};
	struct corners corners = {.shape = &shape};
	int rc = rule_number(telling->request->worker->records, "boundary_error", "sigma_m",
		&telling->day, &sigma, err);

	if (!rc && feature->wkb.bytes)
		rc = shape_read_wkb(&telling->request->arena, feature->wkb, &shape, err);
	if (!rc && feature->wkb.bytes)
		rc = read_corners(telling, &corners, sigma, err);
	if (!rc && feature->wkb.bytes)
		area = measured_of(layer, feature, &shape);
	if (rc)
		return rc;
	difference = area - legal;
	json_put_key(json, "areas");
	json_begin_object(json);
	write_real(json, "legal_m2", legal, 1);
	write_real(json, "measured_m2", area, 2);
	write_real(json, "error_m2",
		isfinite(area) ? land_area_error(&shape, sigma, corners.sigmas_m) : (double)NAN, 2);
	json_member_int(json, "points_known", (int64_t)corners.known);
	write_real(json, "point_error_m", sigma, 3);
	write_real(json, "difference_m2", difference, 2);
	write_real(json, "difference_share", difference / legal, 5);
	json_end_object(json);
	return 0;
}

/* "ODT+CLN" as a list of what each part means by the list of the day. */
static void write_uses(struct telling *telling, const struct feature *feature)
{
	const struct layer *layer = telling->layer;
	const struct value *value = &feature->values[land_field(layer, layer->land->use)];
	struct json_writer *json = &telling->json;
	const char *at = value->kind == VALUE_TEXT ? value->text : NULL;
	struct slice part;

	json_member_text(json, "code_list", land_use_list(&telling->day));
	json_put_key(json, "land_use");
	json_begin_array(json);
	for (int i = 0; at && i < USES_MAX && text_next(&at, '+', &part); i++) {
		const struct land_use *use = land_use_find(part.at, part.len, &telling->day);

		json_begin_object(json);
		json_put_key(json, "code");
		json_put_text_len(json, part.at, part.len);
		json_member_text(
			json, "title", use ? use->title[telling->request->lang] : NULL);
		json_end_object(json);
	}
	json_end_array(json);
}

static int write_unit(void *context, const struct feature *feature, struct error *err)
{
	struct telling *telling = context;
	const struct layer *units = layer_of_units(telling->request->app->layers);
	struct json_writer *json = &telling->json;
	static const char *const names[] = {"code", "name", "parent_name", NULL};

	(void)err;
	json_begin_object(json);
	json_member_int(json, "id", feature->id);
	for (size_t i = 0; names[i]; i++) {
		const struct layer_field *field =
			layer_field_find(units, names[i], strlen(names[i]));
		const struct value *value =
			field ? &feature->values[layer_field_index(units, field)] : NULL;

		json_member_text(
			json, names[i], value && value->kind == VALUE_TEXT ? value->text : NULL);
	}
	lineage_json_day(json, "valid_from", &feature->valid_from);
	lineage_json_day(json, "valid_to", &feature->valid_to);
	json_end_object(json);
	return 0;
}

static int write_unit_of(struct telling *telling, const char *key, int64_t id, struct error *err)
{
	const struct layer *units = layer_of_units(telling->request->app->layers);
	bool found = false;
	int rc = 0;

	json_put_key(&telling->json, key);
	if (id && units && sight_admits(telling->request, units))
		rc = feature_read_row(telling->request->worker->records, units, id, write_unit,
			telling, &found, err);
	if (!rc && !found)
		json_put_null(&telling->json);
	return rc;
}

static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct telling *telling = context;
	struct json_writer *json = &telling->json;

	json_member_int(json, "id", feature->id);
	json_member_int(json, "version", feature->version);
	lineage_json_day(json, "valid_from", &feature->valid_from);
	lineage_json_day(json, "valid_to", &feature->valid_to);
	write_uses(telling, feature);
	for (size_t i = 0; i < telling->layer->field_count; i++) {
		enum field_source source = telling->layer->fields[i].source;
		int64_t unit = feature->values[i].kind == VALUE_INT ? feature->values[i].integer : 0;

		if (source == FIELD_UNIT_ISSUED)
			telling->unit_issued = unit;
		if (source == FIELD_UNIT_NOW)
			telling->unit_now = unit;
	}
	return write_areas(telling, feature, err);
}

/* Who holds it is told to those who may change it. */
static int write_lock(void *context, const struct record_lock *lock, struct error *err)
{
	struct telling *telling = context;
	struct json_writer *json = &telling->json;

	(void)err;
	json_put_key(json, "lock");
	json_begin_object(json);
	json_member_text(json, "owner", lock->owner);
	json_member_text(json, "purpose", lock->purpose);
	json_member_bool(json, "mine",
		lock->account_id == telling->request->asker->rights.account_id);
	json_member_time(json, "expires_at", lock->expires_at_us);
	json_end_object(json);
	return 1;
}

static int write_parcel(struct telling *telling, int64_t id, struct error *err)
{
	struct request *request = telling->request;
	struct view view = sight_view(request, telling->layer, &telling->moment);
	bool found = false;
	int rc;

	json_begin_object(&telling->json);
	rc = feature_read_one(
		request->worker->records, &view, id, take_parcel, telling, &found, err);

	if (!rc && !found)
		rc = fail_no_such_record(err);
	if (!rc)
		rc = write_unit_of(telling, "unit_issued", telling->unit_issued, err);
	if (!rc)
		rc = write_unit_of(telling, "unit_now", telling->unit_now, err);
	if (!rc && sight_may_write(request, telling->layer))
		rc = record_lock_list(request->worker->records, telling->layer, id,
			clock_now_us(request->app->clock), write_lock, telling, err);
	json_end_object(&telling->json);
	return rc;
}

static int get_parcel(struct request *request, struct response *response, struct error *err)
{
	struct telling telling = {.request = request, .json = JSON_WRITER(&response->body),
		.layer = layer_of_land(request->app->layers)};
	int64_t id = 0;
	int rc = telling.layer && sight_admits(request, telling.layer) ? 0
								       : fail_no_such_layer(err);

	if (!rc)
		rc = request_record_id(request, request->captures[0], &id, err);
	if (!rc)
		rc = sight_moment(request, &telling.moment, err);
	telling.day = telling.moment.is_dated && *telling.moment.first_day.text
		? telling.moment.first_day
		: clock_date_vietnam(clock_now_us(request->app->clock));
	if (!rc)
		rc = write_parcel(&telling, id, err);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	return rc;
}

static const struct route routes[] = {
	{"/api/parcels/{id}", get_parcel, "date datetime recorded", on_worker,
		{"Một thửa đất", "Areas, units and use of land"}, NO_ACTIONS},
};

const struct route_table parcel_routes = {routes, sizeof routes / sizeof routes[0]};
