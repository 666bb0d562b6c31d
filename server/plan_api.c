/*
 * What the plan says at a parcel: /api/parcels/{id}/plan: the area and share of each zone that it lies
 * in, and of what is reserved for roads (lộ giới), with the decision of each.
 */
#include <math.h>

#include "base/messages.h"
#include "data/feature_read.h"
#include "gis/geojson.h"
#include "gis/geom_overlay.h"
#include "server/links.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum {
	PLAN_RECORDS_MAX = 200, /* of one layer at one parcel */
	PLAN_ARENA_BYTES = 256 << 20,
};

/* Less than that is where borders meet, m². */
#define PLAN_LEAST_M2 0.05

/* Roads reach no farther from their middle, m. */
#define PLAN_REACH_M 100

struct telling {
	struct request *request;
	struct json_writer json;
	const struct layer *land, *layer; /* of the parcel; the plan in hand */
	struct moment moment;
	struct arena arena; /* of a record of the plan */
	struct shape parcel; /* working CRS; lives in the request's arena */
	struct shape reserved[PLAN_RECORDS_MAX]; /* parts of it within rights of way; likewise */
	size_t reserved_count;
	const struct crs_path *to_wgs84;
	double area_m2, zoned_m2;
	bool found;
};

static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct telling *telling = context;

	telling->found = true;
	return feature->wkb.bytes ? shape_read_wkb(&telling->request->arena, feature->wkb,
					    &telling->parcel, err)
				  : fail_parcel_shapeless(err, feature->id);
}

static const struct value *value_of(
	const struct layer *layer, const struct feature *feature, const char *field)
{
	static const struct value none = {.kind = VALUE_NULL};
	const struct layer_field *found =
		field ? layer_field_find(layer, field, strlen(field)) : NULL;

	return found ? &feature->values[layer_field_index(layer, found)] : &none;
}

/* The part of the parcel that a zone covers, or that a right of way does: half its width to each side. */
static int find_common(struct telling *telling, const struct feature *feature, struct shape *ret,
	struct error *err)
{
	struct geom_context *geom = telling->request->worker->geom;
	const struct value *width = value_of(telling->layer, feature, telling->layer->plan->width);
	struct shape shape, around;
	int rc = shape_read_wkb(&telling->arena, feature->wkb, &shape, err);

	*ret = (struct shape){.kind = GEOMETRY_AREA};
	if (rc || telling->layer->geometry == GEOMETRY_AREA)
		return rc ? rc
			  : geom_common(geom, &telling->arena, &telling->parcel, &shape, ret, err);
	if (width->kind != VALUE_REAL || !(width->real > 0))
		return 0;
	rc = geom_around(geom, &telling->arena, &shape, width->real / 2, &around, err);
	return rc ? rc : geom_common(geom, &telling->arena, &telling->parcel, &around, ret, err);
}

static int write_shape(struct telling *telling, const struct shape *shape, struct error *err)
{
	int rc = crs_path_move(telling->to_wgs84, shape->xy, shape->point_count, err);

	json_put_key(&telling->json, "geometry");
	geojson_write(&telling->json, rc ? NULL : shape, GEOJSON_DEGREE_DECIMALS);
	return rc;
}

static void write_part(struct telling *telling, double area_m2)
{
	json_put_key(&telling->json, "area_m2");
	json_put_fixed(&telling->json, area_m2, 2);
	json_put_key(&telling->json, "share");
	json_put_fixed(&telling->json, area_m2 / telling->area_m2, 5);
}

/* Overlapping rights of way are counted once: their parts are kept. */
static int keep_reserved(struct telling *telling, const struct shape *part, struct error *err)
{
	struct arena *arena = &telling->request->arena;

	if (telling->layer->geometry != GEOMETRY_LINE ||
		telling->reserved_count == PLAN_RECORDS_MAX)
		return 0;
	return geom_collect(
		arena, part, 1, &telling->reserved[telling->reserved_count++], err);
}

static int take_plan(void *context, const struct feature *feature, struct error *err)
{
	struct telling *telling = context;
	struct json_writer *json = &telling->json;
	struct shape part;
	double area_m2;
	int rc;

	arena_reset(&telling->arena);
	if (!feature->wkb.bytes)
		return 0;
	rc = find_common(telling, feature, &part, err);
	area_m2 = rc ? 0 : shape_area(&part);
	if (rc || area_m2 < PLAN_LEAST_M2)
		return rc;
	if (telling->layer->geometry == GEOMETRY_AREA)
		telling->zoned_m2 += area_m2;
	rc = keep_reserved(telling, &part, err);
	if (rc)
		return rc;
	json_begin_object(json);
	json_member_text(json, "layer", telling->layer->id);
	json_member_int(json, "id", feature->id);
	json_put_key(json, "properties");
	json_begin_object(json);
	for (size_t i = 0; i < telling->layer->field_count; i++) {
		json_put_key(json, telling->layer->fields[i].id);
		value_put_json(json, &feature->values[i],
			telling->layer->fields[i].type == FIELD_BOOL);
	}
	json_member_text(json, "valid_from",
		*feature->valid_from.text ? feature->valid_from.text : NULL);
	json_end_object(json);
	write_part(telling, area_m2);
	rc = write_shape(telling, &part, err);
	json_end_object(json);
	return rc;
}

static int take_layer(struct telling *telling, const struct layer *layer, struct error *err)
{
	struct request *request = telling->request;
	struct view view = sight_view(request, layer, &telling->moment);
	autofree(id_list_clear) struct id_list ids = {0};
	struct layer_state state;
	struct box box = shape_box(&telling->parcel);
	bool more = false, found;
	int rc = layer_state_read(request->worker->records, layer, &state, err);

	telling->layer = layer;
	if (layer->geometry == GEOMETRY_LINE) {
		/* Half of the widest road there is. */
		box.min_x -= PLAN_REACH_M;
		box.min_y -= PLAN_REACH_M;
		box.max_x += PLAN_REACH_M;
		box.max_y += PLAN_REACH_M;
	}
	if (!rc && state.record_count)
		rc = feature_ids_in_box(request->worker->records, &view, &box, false, 0,
			PLAN_RECORDS_MAX, &ids, &more, err);
	for (size_t i = 0; !rc && i < ids.count; i++)
		rc = feature_read_one(request->worker->records, &view, ids.ids[i], take_plan,
			telling, &found, err);
	return rc;
}

static int write_reserved(struct telling *telling, struct error *err)
{
	struct shape all = {.kind = GEOMETRY_AREA};
	int rc = telling->reserved_count
		? geom_join(telling->request->worker->geom, &telling->request->arena,
			  telling->reserved, telling->reserved_count, &all, err)
		: 0;

	json_put_key(&telling->json, "reserved");
	json_begin_object(&telling->json);
	write_part(telling, shape_area(&all));
	if (!rc)
		rc = write_shape(telling, &all, err);
	json_end_object(&telling->json);
	return rc;
}

static int write_plan(struct telling *telling, int64_t id, struct error *err)
{
	const struct app *app = telling->request->app;
	struct view view = sight_view(telling->request, telling->land, &telling->moment);
	struct json_writer *json = &telling->json;
	bool found;
	int rc = feature_read_one(telling->request->worker->records, &view, id, take_parcel,
		telling, &found, err);

	if (!rc && !telling->found)
		rc = fail_no_such_record(err);
	if (rc)
		return rc;
	telling->area_m2 = shape_area(&telling->parcel);
	json_begin_object(json);
	json_member_int(json, "id", id);
	json_put_key(json, "area_m2");
	json_put_fixed(json, telling->area_m2, 2);
	json_put_key(json, "parts");
	json_begin_array(json);
	for (size_t i = 0; !rc && i < app->layers->count; i++)
		if (app->layers->layers[i].plan &&
			sight_admits(telling->request, &app->layers->layers[i]))
			rc = take_layer(telling, &app->layers->layers[i], err);
	json_end_array(json);
	if (!rc)
		rc = write_reserved(telling, err);
	json_put_key(json, "unzoned_m2");
	json_put_fixed(json, fmax(0, telling->area_m2 - telling->zoned_m2), 2);
	json_end_object(json);
	return rc;
}

static int get_plan(struct request *request, struct response *response, struct error *err)
{
	struct telling *telling = arena_zero(&request->arena, 1, sizeof *telling);
	int64_t id = 0;
	int rc = telling ? request_record_id(request, request->captures[0], &id, err)
			 : fail_no_memory(err);

	if (rc)
		return rc;
	telling->request = request;
	telling->json = JSON_WRITER(&response->body);
	telling->arena = ARENA(PLAN_ARENA_BYTES);
	telling->land = layer_of_land(request->app->layers);
	if (!telling->land || !sight_admits(request, telling->land))
		return fail_no_such_layer(err);
	rc = sight_moment(request, &telling->moment, err);
	if (!rc)
		rc = crs_path_find(request->worker->crs, request->app->opened.city.epsg,
			CRS_WGS84, &telling->to_wgs84, err);
	if (!rc)
		rc = write_plan(telling, id, err);
	arena_clear(&telling->arena);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	return rc;
}

static const struct route routes[] = {
	{"/api/parcels/{id}/plan", get_plan, "date datetime recorded", on_worker,
		{"Quy hoạch tại thửa đất", "The plan at a place of land"}, NO_ACTIONS},
};

const struct route_table plan_routes = {routes, sizeof routes / sizeof routes[0]};
