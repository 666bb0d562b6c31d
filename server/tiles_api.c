/*
 * Tiles: /tiles/{layers}/{z}/{x}/{y}.mvt (or .pbf), .png, @2x.png, and TileJSON.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/box_search.h"
#include "server/links.h"
#include "server/router.h"
#include "server/tile_layers.h"
#include "server/worker.h"
#include "tiles/grid.h"
#include "tiles/render.h"

#define TYPE_MVT "application/vnd.mapbox-vector-tile"

/* What the last part of the path asks for. */
struct tile_kind {
	const char *ending;
	bool vector;
	int scale;
};

static const struct tile_kind kinds[] = {
	{".mvt", true, 1},
	{".pbf", true, 1},
	{"@2x.png", false, 2},
	{".png", false, 1},
};

static const struct tile_kind *kind_of(const char *name, size_t *ret_number_len)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t len = strlen(name), ending = strlen(kinds[i].ending);

		if (len <= ending || strcmp(name + len - ending, kinds[i].ending) != 0)
			continue;
		*ret_number_len = len - ending;
		return &kinds[i];
	}
	return NULL;
}

static bool parse_number(const char *text, size_t len, int64_t *ret)
{
	return number_parse_int(text, len, 0, UINT32_MAX, ret);
}

static int parse_tile(const struct request *request, struct tile *ret_tile,
	const struct tile_kind **ret_kind, struct error *err)
{
	const char *z_text = request->captures[1], *x_text = request->captures[2];
	int64_t z, x, y;
	size_t len = 0;

	*ret_kind = kind_of(request->captures[3], &len);
	if (!*ret_kind)
		return fail_tile_format(err);
	if (!parse_number(z_text, strlen(z_text), &z) || !parse_number(x_text, strlen(x_text), &x) ||
		!parse_number(request->captures[3], len, &y))
		return fail_tile_address(err, GRID_ZOOM_MAX);
	if (z > GRID_ZOOM_MAX)
		return fail_tile_address(err, GRID_ZOOM_MAX);
	*ret_tile = (struct tile){(unsigned)z, (uint32_t)x, (uint32_t)y};
	return tile_exists(*ret_tile) ? 0 : fail_tile_address(err, GRID_ZOOM_MAX);
}

/* The map must be there; else the client comes again. */
static int wait_for_map(const struct app *app, struct error *err)
{
	bool failed;

	if (live_map_ready(app->map, &failed))
		return 0;
	return failed ? fail_map_failed(err) : fail_starting(err);
}

static int write_vector(struct request *request, struct response *response,
	const struct tile_layers *layers, struct tile tile, struct error *err)
{
	struct mvt_report report;
	int rc = mvt_write(&request->worker->mvt, layers->snapshots, layers->count, tile,
		&response->body, &report, err);

	if (rc)
		return rc;
	response->content_type = TYPE_MVT;
	response->is_compressible = true;
	if (report.dropped)
		rc = response_add_header_format(
			response, request, err, "Dothi-Dropped", "%zu", report.dropped);
	if (!response->body.len)
		response->status = 204;
	return rc;
}

static int write_raster(struct request *request, struct response *response,
	const struct tile_layers *layers, struct tile tile, int scale, struct error *err)
{
	response->content_type = "image/png";
	return render_png(&request->worker->render, layers->snapshots, layers->count, tile, scale,
		&response->body, err);
}

static enum place place_of_tile(const struct request *request)
{
	const struct tile_kind *kind;
	struct tile_layers layers;
	struct tile tile;
	bool is_short;

	if (parse_tile(request, &tile, &kind, NULL) || !kind->vector ||
		!tile_layers_at_hand(request, request->captures[0], tile, &layers))
		return ON_WORKER;
	is_short = mvt_is_short(layers.snapshots, layers.count, tile);
	tile_layers_close(&layers);
	return is_short ? ON_LENT_WORKER : ON_WORKER;
}

static int get_tile(struct request *request, struct response *response, struct error *err)
{
	const struct app *app = request->app;
	autofree(tile_layers_close) struct tile_layers layers = {0};
	const struct tile_kind *kind;
	struct tile tile;
	int rc = parse_tile(request, &tile, &kind, err);

	if (!rc)
		rc = wait_for_map(app, err);
	if (!rc)
		rc = tile_layers_open(request, request->captures[0], tile,
			kind->vector ? TILE_MARGIN_VECTOR : TILE_MARGIN_RASTER, &layers, err);
	if (!rc && kind->vector)
		rc = write_vector(request, response, &layers, tile, err);
	else if (!rc)
		rc = write_raster(request, response, &layers, tile, kind->scale, err);
	if (rc)
		return rc;
	response->caching = CACHE_CHECK;
	response_add_header(response, "Dothi-Crs-Op", app->opened.city.operation);
	return 0;
}

static void write_vector_layer(
	struct json_writer *json, const struct layer *layer, enum lang lang)
{
	static const char *const types[] = {"String", "Number", "Number", "Boolean", "String"};

	json_begin_object(json);
	json_member_text(json, "id", layer->id);
	json_member_text(json, "description", layer->title[lang]);
	json_member_int(json, "minzoom", layer->look.min_zoom);
	json_member_int(json, "maxzoom", layer->look.max_zoom);
	json_put_key(json, "fields");
	json_begin_object(json);
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].tile_zoom)
			json_member_text(json, layer->fields[i].id, types[layer->fields[i].type]);
	json_end_object(json);
	json_end_object(json);
}

/* The box of all chosen layers in degrees; the world when they are empty. */
static struct box bounds_of(struct worker *worker, const struct layer_choice *choice)
{
	const struct crs_path *path = NULL;
	struct box all = box_empty;

	if (crs_path_find(worker->crs, worker->app->opened.city.epsg, CRS_WGS84, &path, NULL))
		path = NULL;
	for (size_t i = 0; path && i < choice->count; i++) {
		struct layer_state state;
		struct box box;

		if (!layer_state_read(worker->records, choice->layers[i], &state, NULL) &&
			!box_is_empty(&state.box) && box_transform(path, &state.box, &box))
			box_add(&all, &box);
	}
	return box_is_empty(&all) ? (struct box){-180, -85.0511, 180, 85.0511} : all;
}

static void write_bounds(struct json_writer *json, struct box box, int zoom)
{
	json_put_key(json, "bounds");
	json_begin_array(json);
	json_put_fixed(json, box.min_x, 6);
	json_put_fixed(json, box.min_y, 6);
	json_put_fixed(json, box.max_x, 6);
	json_put_fixed(json, box.max_y, 6);
	json_end_array(json);
	json_put_key(json, "center");
	json_begin_array(json);
	json_put_fixed(json, (box.min_x + box.max_x) / 2, 6);
	json_put_fixed(json, (box.min_y + box.max_y) / 2, 6);
	json_put_int(json, zoom);
	json_end_array(json);
}

static int get_tilejson(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	autofree(strbuf_clear) struct strbuf url = STRBUF(2000);
	struct layer_choice choice;
	int min_zoom = GRID_ZOOM_MAX, max_zoom = 0;
	int rc = sight_layers(request, request->captures[0], &choice, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < choice.count; i++) {
		const struct look *look = &choice.layers[i]->look;

		min_zoom = look->min_zoom < min_zoom ? look->min_zoom : min_zoom;
		max_zoom = look->max_zoom > max_zoom ? look->max_zoom : max_zoom;
	}
	strbuf_add_format(&url, "%s/tiles/", request->app->public_url);
	for (size_t i = 0; i < choice.count; i++)
		strbuf_add_format(&url, "%s%s", i ? "," : "", choice.layers[i]->id);
	strbuf_add_text(&url, "/{z}/{x}/{y}.mvt");
	json_begin_object(&json);
	json_member_text(&json, "tilejson", "3.0.0");
	json_member_text(&json, "name", request->app->opened.city.name);
	json_member_text(&json, "scheme", "xyz");
	json_member_text(&json, "format", "pbf");
	json_put_key(&json, "tiles");
	json_begin_array(&json);
	json_put_text(&json, url.data);
	json_end_array(&json);
	json_member_int(&json, "minzoom", min_zoom);
	json_member_int(&json, "maxzoom", max_zoom);
	write_bounds(&json, bounds_of(request->worker, &choice), (min_zoom + max_zoom) / 2);
	json_put_key(&json, "vector_layers");
	json_begin_array(&json);
	for (size_t i = 0; i < choice.count; i++)
		write_vector_layer(&json, choice.layers[i], request->lang);
	json_end_array(&json);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	return 0;
}

static const struct route routes[] = {
	{"/tiles/{layers}/tilejson.json", get_tilejson, "", on_worker, {"TileJSON", "TileJSON"}, NO_ACTIONS},
	{"/tiles/{layers}/metadata.json", get_tilejson, "", on_worker, {"TileJSON", "TileJSON"}, NO_ACTIONS},
	{"/tiles/{layers}/{z}/{x}/{y}", get_tile, "date datetime recorded", place_of_tile, {"Ô bản đồ", "A map tile"}, NO_ACTIONS},
};

const struct route_table tiles_routes = {routes, sizeof routes / sizeof routes[0]};
