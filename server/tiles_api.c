/*
 * Tiles: /tiles/{layers}/{z}/{x}/{y}.mvt (or .pbf), .png, @2x.png, and TileJSON.
 */
#include "base/messages.h"
#include "data/feature_read.h"
#include "gis/box_transform.h"
#include "server/links.h"
#include "server/router.h"
#include "server/tile_layers.h"
#include "server/tile_write.h"
#include "server/worker.h"
#include "tiles/render.h"
#include "tiles/vector_layers.h"

#define TYPE_MVT "application/vnd.mapbox-vector-tile"

/* Before the map is ready tiles are made from the register. */
static int check_map(const struct app *app, struct error *err)
{
	bool failed;

	live_map_ready(app->map, &failed);
	return failed ? fail_map_failed(err) : 0;
}

static void release_tile(void *tile)
{
	tile_cache_give_back(tile);
}

/* Answers with a tile that is held; the response gives it back. */
static int answer_tile(struct request *request, struct response *response,
	const struct tile_wish *wish, const struct cached_tile *tile, struct error *err)
{
	int rc = 0;

	response->held = (void *)(uintptr_t)tile;
	response->release = release_tile;
	response->fixed_body = tile->bytes;
	response->fixed_len = tile->len;
	response->is_gzipped = tile->is_gzipped;
	response->content_type = wish->form->is_vector ? TYPE_MVT : "image/png";
	response->caching = CACHE_CHECK;
	if (!tile->len) {
		response->status = 204;
		response->fixed_body = NULL;
	}
	if (tile->dropped)
		rc = response_add_header_format(
			response, request, err, "Dothi-Dropped", "%zu", tile->dropped);
	response_add_header(response, "Dothi-Crs-Op", request->app->opened.city.operation);
	return rc ? rc : response_set_tag(response, request, tile->hash.text, err);
}

/* Packs a vector tile for who takes it packed, if that helps. */
static void pack(struct request *request, struct strbuf *body, struct cached_tile *made)
{
	struct strbuf packed = STRBUF(RESPONSE_BODY_MAX);

	if (body->len < RESPONSE_GZIP_MIN_BYTES ||
		!compressor_add(request->worker->compressor, COMPRESS_GZIP, COMPRESS_LIVE,
			body->data, body->len, &packed)) {
		strbuf_clear(&packed);
		return;
	}
	strbuf_clear(body);
	*body = packed;
	made->is_gzipped = true;
}

static int write_tile(struct request *request, const struct tile_wish *wish, struct strbuf *body,
	struct cached_tile *ret_made, bool *ret_passing, struct error *err)
{
	autofree(tile_layers_close) struct tile_layers layers = {.count = 0};
	struct worker *worker = request->worker;
	struct mvt_report report = {0};
	int rc = tile_layers_open(request, wish, &layers, err);

	if (rc)
		return rc;
	if (wish->form->is_vector)
		rc = tile_write(request->app, &wish->layers, layers.snapshots, layers.count,
			&worker->mvt, wish->tile, body, &report, err);
	else
		rc = render_png(&worker->render, layers.snapshots, layers.count, wish->tile,
			wish->form->scale, body, err);
	*ret_passing = layers.is_passing;
	*ret_made = (struct cached_tile){.dropped = report.dropped};
	if (!rc && wish->gzip)
		pack(request, body, ret_made);
	ret_made->bytes = body->data;
	ret_made->len = body->len;
	return rc;
}

/* Answers with a tile that nobody keeps. */
static int answer_own(struct request *request, struct response *response,
	const struct tile_wish *wish, const struct cached_tile *made, struct error *err)
{
	response->is_gzipped = made->is_gzipped;
	response->content_type = wish->form->is_vector ? TYPE_MVT : "image/png";
	response->caching = CACHE_CHECK;
	response->status = made->len ? 200 : 204;
	response_add_header(response, "Dothi-Crs-Op", request->app->opened.city.operation);
	return made->dropped ? response_add_header_format(response, request, err, "Dothi-Dropped",
				       "%zu", made->dropped)
			     : 0;
}

/* Makes it in one's turn (for all who wait), or for this request alone, without one. */
static int make_tile(struct request *request, struct response *response,
	const struct tile_wish *wish, struct tile_turn *turn, struct error *err)
{
	const struct cached_tile *tile;
	struct cached_tile made;
	bool is_passing = true;
	int rc = write_tile(request, wish, &response->body, &made, &is_passing, err);

	if (turn && (rc || is_passing))
		tile_cache_fail(turn);
	if (rc)
		return rc;
	if (!turn || is_passing)
		return answer_own(request, response, wish, &made, err);
	tile = tile_cache_put(request->app->tiles, turn, &made);
	strbuf_clear(&response->body);
	return tile ? answer_tile(request, response, wish, tile, err) : fail_no_memory(err);
}

/* What another request made is there, or it could not make it: the request goes on. */
static void go_on(struct tile_waiter *waiter, const struct cached_tile *tile)
{
	struct request *request = request_of_waiter(waiter);

	request->tile = tile;
	request->resume(request);
}

static enum place place_of_tile(struct request *request)
{
	struct tile_layers layers;
	const struct tile_wish *wish;
	bool is_short;

	if (tile_wish_read(request, &wish, NULL) || check_map(request->app, NULL))
		return ON_WORKER;
	request->wish = wish;
	request->tile = tile_cache_at_hand(request->app->tiles, &wish->key);
	if (request->tile)
		return ON_NETWORK;
	if (!wish->form->is_vector || wish->layers.labels || !tile_layers_at_hand(request, wish, &layers))
		return ON_WORKER;
	is_short = mvt_is_short(layers.snapshots, layers.count, wish->tile);
	tile_layers_close(&layers);
	return is_short ? ON_LENT_WORKER : ON_WORKER;
}

static int get_tile(struct request *request, struct response *response, struct error *err)
{
	const struct cached_tile *tile = take(request->tile);
	struct tile_turn *turn = NULL;
	bool can_park = request->resume != NULL;
	const struct tile_wish *wish = request->wish;
	int rc = wish ? 0 : tile_wish_read(request, &wish, err);

	if (tile)
		return answer_tile(request, response, wish, tile, err);
	if (!rc)
		rc = check_map(request->app, err);
	if (rc)
		return rc;
	request->wish = wish;
	request->waiter.bring = go_on;
	switch (tile_cache_find(request->app->tiles, &wish->key,
		can_park ? &request->waiter : NULL, &tile, &turn)) {
	case TILE_FOUND:
		return answer_tile(request, response, wish, tile, err);
	case TILE_TO_BE_MADE:
		return make_tile(request, response, wish, turn, err);
	case TILE_AWAITED:
		return can_park ? REQUEST_PARKED : make_tile(request, response, wish, NULL, err);
	case TILE_NO_MEMORY:
		break;
	}
	return fail_no_memory(err);
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

/* A choice as a path says it. */
static void add_ids(struct strbuf *out, const struct app *app, const struct layer_choice *choice)
{
	const struct layer *layers[APP_LAYERS_MAX];
	size_t records = layer_choice_take(app, choice, choice->records, layers), labels;

	for (size_t i = 0; i < records; i++)
		strbuf_add_format(out, "%s%s", i ? "," : "", layers[i]->id);
	labels = layer_choice_take(app, choice, choice->labels, layers);
	for (size_t i = 0; i < labels; i++)
		strbuf_add_format(out, "%s%s" MVT_LABEL_ENDING, records || i ? "," : "", layers[i]->id);
}

static void put_vector_layers(
	struct json_writer *json, const struct request *request, const struct layer_choice *choice)
{
	const struct layer *layers[APP_LAYERS_MAX];
	size_t count = layer_choice_take(request->app, choice, choice->records, layers);

	json_begin_array(json);
	vector_layers_put(json, layers, count, request->lang);
	count = layer_choice_take(request->app, choice, choice->labels, layers);
	vector_layers_put_labels(json, layers, count, request->lang);
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
	add_ids(&url, request->app, &choice);
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
	put_vector_layers(&json, request, &choice);
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
