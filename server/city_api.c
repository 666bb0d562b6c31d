/*
 * What the web map asks: /api/layers (what is there and how it looks) and /api/at (what is here).
 */
#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "data/feature_read.h"
#include "gis/box_transform.h"
#include "gis/geojson.h"
#include "server/api_words.h"
#include "server/feature_json.h"
#include "server/links.h"
#include "server/router.h"
#include "server/worker.h"
#include "server/sight.h"

enum {
	AT_RADIUS_DEFAULT_M = 3,
	AT_RADIUS_MAX_M = 200,
	AT_FEATURES_MAX = 200, /* of one layer at one place */
	AT_ARENA_BYTES = 64 << 20,
};

static const char *const geometry_names[] = {"point", "line", "area"};

static void write_colour(struct json_writer *json, const char *key, uint32_t rgba)
{
	char text[12];

	snprintf(text, sizeof text, "#%08x", rgba);
	json_member_text(json, key, rgba & 0xFF ? text : NULL);
}

static void write_title(struct json_writer *json, const char *const title[2])
{
	json_put_key(json, "title");
	json_begin_object(json);
	json_member_text(json, "vi", title[LANG_VI]);
	json_member_text(json, "en", title[LANG_EN]);
	json_end_object(json);
}

static void write_look(struct json_writer *json, const struct look *look)
{
	json_put_key(json, "look");
	json_begin_object(json);
	json_member_int(json, "min_zoom", look->min_zoom);
	json_member_int(json, "max_zoom", look->max_zoom);
	json_member_int(json, "stroke_zoom", look->stroke_zoom);
	json_member_real(json, "stroke_px", (double)look->stroke_px);
	json_member_text(json, "class_field", look->class_field);
	json_member_text(json, "width_field", look->width_field);
	json_put_key(json, "classes");
	json_begin_array(json);
	for (size_t i = 0; i < look->class_count; i++) {
		const struct look_class *class = &look->classes[i];

		json_begin_object(json);
		json_member_text(json, "value", class->value);
		write_title(json, class->title);
		write_colour(json, "fill", class->fill);
		write_colour(json, "stroke", class->stroke);
		json_member_real(json, "width_px", (double)class->width_px);
		json_member_int(json, "min_zoom", class->min_zoom);
		json_end_object(json);
	}
	json_end_array(json);
	json_put_key(json, "label");
	if (look->label.field) {
		json_begin_object(json);
		json_member_text(json, "field", look->label.field);
		json_member_int(json, "min_zoom", look->label.min_zoom);
		json_member_real(json, "size_px", (double)look->label.size_px);
		write_colour(json, "colour", look->label.colour);
		write_colour(json, "halo", look->label.halo);
		json_member_bool(json, "may_overhang", look->label.may_overhang);
		json_end_object(json);
	} else {
		json_put_null(json);
	}
	json_end_object(json);
}

static void write_field(struct json_writer *json, const struct layer_field *field)
{
	static const char *const types[] = {"text", "int", "real", "bool", "date"};
	static const char *const sources[] = {
		"given", "area", "length", "unit_issued", "unit_now"};

	json_begin_object(json);
	json_member_text(json, "id", field->id);
	write_title(json, field->title);
	json_member_text(json, "type", types[field->type]);
	json_member_text(json, "unit", field->unit);
	json_member_bool(json, "computed", field->source != FIELD_GIVEN);
	json_member_text(json, "source", sources[field->source]);
	json_put_key(json, "words");
	json_begin_array(json);
	for (const struct field_word *word = field->words; word && word->value; word++) {
		json_begin_object(json);
		json_member_text(json, "value", word->value);
		write_title(json, word->title);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}

/* Which fields say what of land; null of other layers. */
static void write_land(struct json_writer *json, const struct layer_land *land)
{
	json_put_key(json, "land");
	if (!land) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	json_member_text(json, "sheet", land->sheet);
	json_member_text(json, "number", land->number);
	json_member_text(json, "use", land->use);
	json_member_text(json, "legal_area", land->legal_area);
	json_end_object(json);
}

/* Which fields say what of addresses, and of streets; null of other layers. */
static void write_address(struct json_writer *json, const struct layer_address *address)
{
	json_put_key(json, WORD_ADDRESS);
	if (!address) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	json_member_text(json, WORD_STREET, address->street);
	json_member_text(json, "number", address->number);
	json_member_text(json, "plate", address->plate);
	json_member_text(json, "label", address->label);
	json_member_text(json, WORD_PARCEL, address->parcel);
	json_member_text(json, "status", address->status);
	json_member_text(json, "old_labels", address->old_labels);
	json_end_object(json);
}

static void write_network(struct json_writer *json, const struct layer_network *network)
{
	json_put_key(json, "network");
	if (!network) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	json_member_text(json, "name", network->name);
	json_member_text(json, "parent", network->parent);
	json_member_text(json, "after", network->after);
	json_member_text(json, "direction", network->direction);
	json_end_object(json);
}

static void write_bounds(struct json_writer *json, const char *key, const struct box *box)
{
	json_put_key(json, key);
	json_begin_array(json);
	json_put_fixed(json, box->min_x, 7);
	json_put_fixed(json, box->min_y, 7);
	json_put_fixed(json, box->max_x, 7);
	json_put_fixed(json, box->max_y, 7);
	json_end_array(json);
}

static int write_layer(struct json_writer *json, struct worker *worker, const struct layer *layer,
	const struct crs_path *path, struct box *all, struct error *err)
{
	struct layer_state state;
	struct box box;
	int rc = layer_state_read(worker->records, layer, &state, err);

	if (rc)
		return rc;
	json_begin_object(json);
	json_member_text(json, "id", layer->id);
	write_title(json, layer->title);
	json_member_text(json, "geometry", geometry_names[layer->geometry]);
	json_member_int(json, "records", state.record_count);
	json_member_bool(json, "visible", !layer->hidden);
	write_land(json, layer->land);
	write_address(json, layer->address);
	write_network(json, layer->network);
	if (!box_is_empty(&state.box) && box_transform(path, &state.box, &box)) {
		write_bounds(json, "bounds", &box);
		box_add(all, &box);
	}
	json_put_key(json, "fields");
	json_begin_array(json);
	for (size_t i = 0; i < layer->field_count; i++)
		write_field(json, &layer->fields[i]);
	json_end_array(json);
	write_look(json, &layer->look);
	json_end_object(json);
	return 0;
}

static void write_city(struct json_writer *json, const struct app *app, const struct box *bounds)
{
	json_put_key(json, "city");
	json_begin_object(json);
	json_member_text(json, "name", app->opened.city.name);
	json_put_key(json, "crs");
	json_begin_object(json);
	json_member_int(json, "epsg", app->opened.city.epsg);
	json_member_text(json, "name", app->working_crs.name);
	json_member_text(json, "proj4", app->working_proj4);
	json_member_text(json, "operation", app->opened.city.operation);
	json_end_object(json);
	if (!box_is_empty(bounds))
		write_bounds(json, "bounds", bounds);
	json_member_bool(json, "map_ready", live_map_ready(app->map, NULL));
	json_end_object(json);
}

static int get_layers(struct request *request, struct response *response, struct error *err)
{
	const struct app *app = request->app;
	struct json_writer json = JSON_WRITER(&response->body);
	const struct crs_path *path = NULL;
	struct box all = box_empty;
	int rc = crs_path_find(
		request->worker->crs, app->opened.city.epsg, CRS_WGS84, &path, err);

	if (rc)
		return rc;
	json_begin_object(&json);
	json_put_key(&json, "layers");
	json_begin_array(&json);
	for (size_t i = 0; !rc && i < app->layers->count; i++)
		if (sight_admits(request, &app->layers->layers[i]))
			rc = write_layer(
			&json, request->worker, &app->layers->layers[i], path, &all, err);
	if (rc)
		return rc;
	json_end_array(&json);
	write_city(&json, app, &all);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	return 0;
}

/* Everything at a point, while it is gathered. */
struct at_place {
	struct json_writer *json;
	struct feature_json how;
	struct arena arena;
	double east, north; /* working CRS */
	double radius_m;
	struct moment moment;
	int taken;
};

static int take_feature(void *context, const struct feature *feature, struct error *err)
{
	struct at_place *place = context;
	struct shape shape;
	double distance;
	int rc;

	arena_reset(&place->arena);
	rc = shape_read_wkb(&place->arena, feature->wkb, &shape, err);
	if (rc)
		return rc;
	distance = shape_distance(&shape, place->east, place->north);
	if (distance > (shape.kind == GEOMETRY_AREA ? 0 : place->radius_m))
		return 0;
	rc = feature_json_open(place->json, &place->how, feature, err);
	if (rc)
		return rc;
	json_member_text(place->json, "layer", place->how.layer->id);
	json_put_key(place->json, "distance_m");
	json_put_fixed(place->json, distance, 2);
	json_end_object(place->json);
	place->taken++;
	return 0;
}

static int take_layer(struct request *request, struct at_place *place, const struct layer *layer,
	struct error *err)
{
	struct store *store = request->worker->records;
	struct view view = sight_view(request, layer, &place->moment);
	autofree(id_list_clear) struct id_list ids = {0};
	double reach = place->radius_m + 1;
	struct box box = {place->east - reach, place->north - reach, place->east + reach,
		place->north + reach};
	bool more = false, found;
	int rc = feature_ids_in_box(
		store, &view, &box, false, 0, AT_FEATURES_MAX, &ids, &more, err);

	place->how.layer = layer;
	for (size_t i = 0; !rc && i < ids.count; i++)
		rc = feature_read_one(store, &view, ids.ids[i], take_feature, place, &found, err);
	return rc;
}

/* A number of the query; `absent` without it. NaN as absent: it is needed. */
static int read_number(const struct request *request, const char *name, double min, double max,
	double absent, double *ret, struct error *err)
{
	const char *text = request_param(request, name);

	*ret = absent;
	if (!text && !isnan(absent))
		return 0;
	if (!text)
		fail_param_missing(err, name);
	else if (number_parse_double(text, strlen(text), min, max, ret))
		return 0;
	else
		fail_param_value(err, name, text);
	return error_where(err, "%s", name);
}

static void write_place(
	struct json_writer *json, double lon, double lat, const struct at_place *place, int epsg)
{
	json_put_key(json, "place");
	json_begin_object(json);
	json_put_key(json, "lon");
	json_put_fixed(json, lon, 9);
	json_put_key(json, "lat");
	json_put_fixed(json, lat, 9);
	json_put_key(json, "east");
	json_put_fixed(json, place->east, 3);
	json_put_key(json, "north");
	json_put_fixed(json, place->north, 3);
	json_member_int(json, "epsg", epsg);
	json_end_object(json);
}

/* As of when; all_dates asks for everything that ever lay there. */
static int read_at_moment(
	const struct request *request, struct moment *ret_moment, struct error *err)
{
	const char *all = request_param(request, "all_dates");
	int rc = sight_moment(request, ret_moment, err);

	if (rc || !all)
		return rc;
	if (strcmp(all, "1") != 0 || request_param(request, "datetime") ||
		request_param(request, "date")) {
		fail_param_value(err, "all_dates", all);
		return error_where(err, "all_dates");
	}
	ret_moment->is_dated = ret_moment->all_versions = true;
	ret_moment->first_day = ret_moment->last_day = (struct date){""};
	return 0;
}

static int get_at(struct request *request, struct response *response, struct error *err)
{
	const struct app *app = request->app;
	struct worker *worker = request->worker;
	struct json_writer json = JSON_WRITER(&response->body);
	struct at_place place = {.json = &json, .arena = ARENA(AT_ARENA_BYTES)};
	autofree(transaction_end) struct transaction reading = {0};
	const struct crs_path *to_working = NULL;
	double lon = 0, lat = 0, xy[2];
	int rc = read_number(request, "lon", -180, 180, (double)NAN, &lon, err);

	if (!rc)
		rc = read_number(request, "lat", -90, 90, (double)NAN, &lat, err);
	if (!rc)
		rc = read_number(request, "radius_m", 0, AT_RADIUS_MAX_M, AT_RADIUS_DEFAULT_M,
			&place.radius_m, err);
	if (!rc)
		rc = read_at_moment(request, &place.moment, err);
	if (!rc)
		rc = crs_path_find(
			worker->crs, CRS_WGS84, app->opened.city.epsg, &to_working, err);
	if (!rc)
		rc = crs_path_find(worker->crs, app->opened.city.epsg, CRS_WGS84, &place.how.path,
			err);
	xy[0] = lon;
	xy[1] = lat;
	if (!rc)
		rc = crs_path_apply(to_working, xy, 1, err);
	if (rc)
		return rc;
	place.east = xy[0];
	place.north = xy[1];
	place.how.crs = crs84;
	place.how.decimals = GEOJSON_DEGREE_DECIMALS;
	place.how.arena = &place.arena;
	json_begin_object(&json);
	json_member_text(&json, "type", "FeatureCollection");
	write_place(&json, lon, lat, &place, app->opened.city.epsg);
	json_put_key(&json, "features");
	json_begin_array(&json);
	/* All layers as they were at one moment. From the top of the drawing down: what is seen first
	 * comes first. */
	rc = transaction_begin_read(worker->records, &reading, err);
	for (size_t i = app->layers->count; !rc && i-- > 0;)
		if (sight_admits(request, &app->layers->layers[i]))
			rc = take_layer(request, &place, &app->layers->layers[i], err);
	arena_clear(&place.arena);
	json_end_array(&json);
	json_end_object(&json);
	response->content_type = TYPE_GEOJSON;
	response->is_compressible = true;
	response_add_header(response, "Dothi-Crs-Op", app->opened.city.operation);
	return rc;
}

static const struct route routes[] = {
	{"/api/layers", get_layers, "", on_worker, {"Các lớp và cách vẽ", "Layers and looks"}, NO_ACTIONS},
	{"/api/at", get_at, "lon lat radius_m date datetime recorded all_dates", on_worker, {"Mọi thứ tại một điểm", "Everything here"}, NO_ACTIONS},
};

const struct route_table city_routes = {routes, sizeof routes / sizeof routes[0]};
