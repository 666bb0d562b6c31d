#include "server/live_map.h"

#include <math.h>
#include <pthread.h>
#include <time.h>

#include "base/log.h"
#include "base/messages.h"
#include "gis/shape.h"
#include "server/box_search.h"
#include "tiles/grid.h"

enum {
	TOUCHED_MAX = 512, /* boxes of a layer kept apart; beyond, they grow together */
	REST_S = 2, /* edits come in bursts: a layer is not made anew for each of them */
};

/* A snapshot and its borrowers. */
struct held {
	struct snapshot *snapshot;
	unsigned borrowers;
	bool retired; /* another one took its place */
	struct held *next;
};

/* Boxes in world units, with the round of building that will include them. */
struct touched {
	struct unit_box boxes[TOUCHED_MAX];
	size_t count;
	size_t before_build; /* of them, those marked before the build that runs began */
};

struct live_layer {
	struct held *held; /* the newest one */
	struct touched touched;
};

struct live_map {
	const struct layer_table *layers;
	const char *folder;
	const struct city *city;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct live_layer *of_layer; /* heap: by number of the layer */
	struct held *all;	     /* list, for giving back */
	struct crs_context *crs;     /* of who marks boxes; under the lock */
	const struct crs_path *to_mercator;
	bool ready, failed, stopping;
};

/* What the thread builds with. */
struct builder {
	struct store *store;
	struct crs_context *crs;
	struct geom_context *geom;
	struct snapshot_source source;
};

static int open_builder(struct live_map *map, struct builder *builder, struct error *err)
{
	int rc = register_connect(map->folder, STORE_READ, &builder->store, err);

	if (!rc)
		rc = crs_context_new(&builder->crs, err);
	if (!rc)
		rc = crs_pin(builder->crs, map->city, err);
	if (!rc)
		rc = geom_context_new(&builder->geom, err);
	builder->source = (struct snapshot_source){
		builder->store, map->city, builder->crs, builder->geom};
	return rc;
}

static void close_builder(struct builder *builder)
{
	geom_context_free(builder->geom);
	crs_context_free(builder->crs);
	store_close(builder->store);
}

/* Frees what nobody holds any more; the lock is held. */
static void sweep(struct live_map *map)
{
	struct held **at = &map->all;

	while (*at) {
		struct held *held = *at;

		if (held->borrowers || !held->retired) {
			at = &held->next;
			continue;
		}
		*at = held->next;
		snapshot_free(held->snapshot);
		free(held);
	}
}

/* Puts a new snapshot in the place of the old one; what it includes is not touched any more. */
static int replace(struct live_map *map, size_t layer, struct snapshot *snapshot, struct error *err)
{
	struct live_layer *live = &map->of_layer[layer];
	struct held *held = calloc(1, sizeof *held);

	if (!held) {
		snapshot_free(snapshot);
		return fail_no_memory(err);
	}
	held->snapshot = snapshot;
	pthread_mutex_lock(&map->lock);
	if (live->held)
		live->held->retired = true;
	live->held = held;
	held->next = map->all;
	map->all = held;
	live->touched.count -= live->touched.before_build;
	memmove(live->touched.boxes, live->touched.boxes + live->touched.before_build,
		live->touched.count * sizeof live->touched.boxes[0]);
	live->touched.before_build = 0;
	sweep(map);
	pthread_mutex_unlock(&map->lock);
	return 0;
}

static int build_layer(struct live_map *map, struct builder *builder, size_t layer, struct error *err)
{
	struct touched *touched = &map->of_layer[layer].touched;
	autofree(transaction_end) struct transaction reading = {0};
	struct snapshot *snapshot = NULL;
	int rc;

	/* What was committed before is marked before; what comes now may or may not be included. */
	pthread_mutex_lock(&map->lock);
	touched->before_build = touched->count;
	pthread_mutex_unlock(&map->lock);
	rc = transaction_begin_read(builder->store, &reading, err);
	if (!rc)
		rc = snapshot_build(&builder->source, &VIEW_NOW(&map->layers->layers[layer]), NULL,
			&snapshot, err);
	return rc ? rc : replace(map, layer, snapshot, err);
}

static bool is_stopping(struct live_map *map)
{
	bool stopping;

	pthread_mutex_lock(&map->lock);
	stopping = map->stopping;
	pthread_mutex_unlock(&map->lock);
	return stopping;
}

static int build_all(struct live_map *map, struct builder *builder, struct error *err)
{
	int64_t started_ms = clock_ticks_ms(), records = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < map->layers->count && !is_stopping(map); i++) {
		rc = build_layer(map, builder, i, err);
		if (!rc)
			records += (int64_t)map->of_layer[i].held->snapshot->record_count;
	}
	if (!rc)
		log_event(LOG_INFO, "map ready", LOG_INT("records", records),
			LOG_INT("ms", clock_ticks_ms() - started_ms));
	return rc;
}

/* Waits for a layer that is touched, and then a little longer; false at the end. */
static bool wait_for_touch(struct live_map *map)
{
	struct timespec until;
	bool touched = false;

	pthread_mutex_lock(&map->lock);
	while (!map->stopping && !touched) {
		for (size_t i = 0; i < map->layers->count; i++)
			touched |= map->of_layer[i].touched.count > 0;
		if (!touched)
			pthread_cond_wait(&map->changed, &map->lock);
	}
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += REST_S;
	while (!map->stopping && pthread_cond_timedwait(&map->changed, &map->lock, &until) == 0)
		;
	touched = !map->stopping;
	pthread_mutex_unlock(&map->lock);
	return touched;
}

static bool layer_is_touched(struct live_map *map, size_t layer)
{
	bool touched;

	pthread_mutex_lock(&map->lock);
	touched = map->of_layer[layer].touched.count > 0;
	pthread_mutex_unlock(&map->lock);
	return touched;
}

static void follow(struct live_map *map, struct builder *builder)
{
	while (wait_for_touch(map)) {
		for (size_t i = 0; i < map->layers->count && !is_stopping(map); i++) {
			struct error err = {0};

			if (!layer_is_touched(map, i))
				continue;
			/* Tiles come from the register as long as it does not succeed. */
			if (build_layer(map, builder, i, &err))
				log_event(LOG_ERROR, "a layer of the map could not be made",
					LOG_TEXT("layer", map->layers->layers[i].id),
					LOG_TEXT("code", error_message_code(&err)),
					LOG_TEXT("detail", err.detail));
		}
	}
}

static void *build_thread(void *context)
{
	struct live_map *map = context;
	struct builder builder = {0};
	struct error err = {0};
	int rc = open_builder(map, &builder, &err);

	if (!rc)
		rc = build_all(map, &builder, &err);
	if (rc)
		log_event(LOG_ERROR, "the map could not be made",
			LOG_TEXT("code", error_message_code(&err)), LOG_TEXT("detail", err.detail));
	pthread_mutex_lock(&map->lock);
	map->ready = !rc && !map->stopping;
	map->failed = rc != 0;
	pthread_mutex_unlock(&map->lock);
	if (!rc)
		follow(map, &builder);
	close_builder(&builder);
	return NULL;
}

static void free_map(struct live_map *map)
{
	for (size_t i = 0; map->of_layer && i < map->layers->count; i++)
		if (map->of_layer[i].held)
			map->of_layer[i].held->retired = true;
	sweep(map);
	crs_context_free(map->crs);
	free(map->of_layer);
	pthread_mutex_destroy(&map->lock);
	pthread_cond_destroy(&map->changed);
	free(map);
}

int live_map_start(const struct layer_table *layers, const char *folder, const struct city *city,
	struct live_map **ret_map, struct error *err)
{
	struct live_map *map = calloc(1, sizeof *map);
	int rc = 0;

	if (!map)
		return fail_no_memory(err);
	map->layers = layers;
	map->folder = folder;
	map->city = city;
	pthread_mutex_init(&map->lock, NULL);
	pthread_cond_init(&map->changed, NULL);
	map->of_layer = calloc(layers->count, sizeof *map->of_layer);
	if (!map->of_layer)
		rc = fail_no_memory(err);
	if (!rc)
		rc = crs_context_new(&map->crs, err);
	if (!rc)
		rc = crs_pin(map->crs, city, err);
	if (!rc)
		rc = crs_path_find(
			map->crs, city->epsg, CRS_WEB_MERCATOR, &map->to_mercator, err);
	if (!rc && pthread_create(&map->thread, NULL, build_thread, map))
		rc = fail_no_thread(err);
	if (rc) {
		free_map(map);
		return rc;
	}
	*ret_map = map;
	return 0;
}

void live_map_stop(struct live_map *map)
{
	if (!map)
		return;
	pthread_mutex_lock(&map->lock);
	map->stopping = true;
	pthread_cond_broadcast(&map->changed);
	pthread_mutex_unlock(&map->lock);
	pthread_join(map->thread, NULL);
	free_map(map);
}

bool live_map_ready(struct live_map *map, bool *ret_failed)
{
	bool ready;

	pthread_mutex_lock(&map->lock);
	ready = map->ready;
	if (ret_failed)
		*ret_failed = map->failed;
	pthread_mutex_unlock(&map->lock);
	return ready;
}

/* The lock is held. */
static bool is_touched(const struct touched *touched, struct tile tile, double margin)
{
	double side = ldexp(1, GRID_WORLD_BITS - (int)tile.z), wide = margin * side;
	double min_x = tile.x * side - wide, max_x = (tile.x + 1) * side + wide;
	double min_y = tile.y * side - wide, max_y = (tile.y + 1) * side + wide;

	for (size_t i = 0; i < touched->count; i++)
		if (touched->boxes[i].min_x <= max_x && touched->boxes[i].max_x >= min_x &&
			touched->boxes[i].min_y <= max_y && touched->boxes[i].max_y >= min_y)
			return true;
	return false;
}

const struct snapshot *live_map_take(
	struct live_map *map, size_t layer, struct tile tile, double margin)
{
	struct live_layer *live = &map->of_layer[layer];
	struct held *held = NULL;

	pthread_mutex_lock(&map->lock);
	if (map->ready && !is_touched(&live->touched, tile, margin))
		held = live->held;
	if (held)
		held->borrowers++;
	pthread_mutex_unlock(&map->lock);
	return held ? held->snapshot : NULL;
}

void live_map_give_back(struct live_map *map, const struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	pthread_mutex_lock(&map->lock);
	for (struct held *held = map->all; held; held = held->next)
		if (held->snapshot == snapshot)
			held->borrowers--;
	sweep(map);
	pthread_mutex_unlock(&map->lock);
}

/* Adds a box; when there are too many, the last one takes it in. */
static void add_touched(struct touched *touched, const struct unit_box *units)
{
	size_t at = touched->count < TOUCHED_MAX ? touched->count++ : TOUCHED_MAX - 1;

	if (touched->count == TOUCHED_MAX && at == TOUCHED_MAX - 1 &&
		touched->boxes[at].max_x > touched->boxes[at].min_x) {
		/* It holds boxes of before and after a build's begin: it stays for the next. */
		if (touched->before_build > at)
			touched->before_build = at;
		touched->boxes[at].min_x = fmin(touched->boxes[at].min_x, units->min_x);
		touched->boxes[at].min_y = fmin(touched->boxes[at].min_y, units->min_y);
		touched->boxes[at].max_x = fmax(touched->boxes[at].max_x, units->max_x);
		touched->boxes[at].max_y = fmax(touched->boxes[at].max_y, units->max_y);
		return;
	}
	touched->boxes[at] = *units;
}

bool live_map_units(struct live_map *map, const struct box *box, struct unit_box *ret_units)
{
	struct box mercator;
	bool known;

	pthread_mutex_lock(&map->lock);
	known = box_transform(map->to_mercator, box, &mercator);
	pthread_mutex_unlock(&map->lock);
	if (known)
		*ret_units = (struct unit_box){(double)grid_unit_x(mercator.min_x) - 1,
			(double)grid_unit_y(mercator.max_y) - 1,
			(double)grid_unit_x(mercator.max_x) + 1,
			(double)grid_unit_y(mercator.min_y) + 1};
	return known;
}

void live_map_touch(struct live_map *map, size_t layer, const struct unit_box *units)
{
	static const struct unit_box everywhere = {-INFINITY, -INFINITY, INFINITY, INFINITY};

	pthread_mutex_lock(&map->lock);
	add_touched(&map->of_layer[layer].touched, units ? units : &everywhere);
	pthread_cond_broadcast(&map->changed);
	pthread_mutex_unlock(&map->lock);
}

bool live_map_area(const struct crs_path *from_mercator, struct tile tile, double margin,
	struct box *ret_area)
{
	double side = ldexp(1, GRID_WORLD_BITS - (int)tile.z), wide = margin * side;
	struct box mercator = {grid_mercator_x_m(tile.x * side - wide),
		grid_mercator_y_m((tile.y + 1) * side + wide),
		grid_mercator_x_m((tile.x + 1) * side + wide),
		grid_mercator_y_m(tile.y * side - wide)};

	if (!box_transform(from_mercator, &mercator, ret_area))
		return false;
	/* Edges bend between the points that were moved. */
	ret_area->min_x -= 1 + 1e-3 * (ret_area->max_x - ret_area->min_x);
	ret_area->max_x += 1 + 1e-3 * (ret_area->max_x - ret_area->min_x);
	ret_area->min_y -= 1 + 1e-3 * (ret_area->max_y - ret_area->min_y);
	ret_area->max_y += 1 + 1e-3 * (ret_area->max_y - ret_area->min_y);
	return true;
}
