#include "server/live_map.h"

#include <math.h>
#include <pthread.h>
#include <time.h>

#include "base/log.h"
#include "base/messages.h"
#include "data/change.h"
#include "gis/box_transform.h"
#include "gis/shape.h"
#include "server/map_builder.h"
#include "server/map_changes.h"
#include "tiles/blocks.h"
#include "tiles/grid.h"

enum {
	LATE_MIN = 64,	     /* records read anew for each tile near them, before a snapshot has them */
	CHANGED_MIN = 4096,  /* records beside the whole, before it is made anew */
	LATE_SHARE = 8,	     /* more may be late when an eighth is, ... */
	CHANGED_SHARE = 16,  /* ... and beside the whole when it is a sixteenth of it */
	PAUSE_MS = 5000,     /* after something could not be made */
	REST_MS = 400,	     /* edits come in bursts: their end is waited for */
	REST_SHARE = 20,     /* a twentieth of the time, at most, goes into snapshots after bursts */
};

/* Snapshots that belong together, and their borrowers. */
struct edition {
	struct map_whole *whole;
	struct snapshot *changed; /* NULL none */
	int64_t seq;		  /* the last change that they know */
	unsigned borrowers;
	bool is_retired; /* another one took its place */
	struct edition *next;
};

struct live_layer {
	struct edition *edition; /* the newest one; NULL none yet */
	struct map_changes changes;
};

struct live_map {
	const struct layer_table *layers;
	const char *folder;
	const struct city *city;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t touched;
	struct live_layer *of_layer; /* heap: by number of the layer */
	struct edition *all;	     /* list, for freeing */
	struct crs_context *crs;     /* of who notes changes; under the lock */
	const struct crs_path *to_mercator;
	bool ready, failed, stopping;
	int64_t touched_ms; /* the last change, in ticks */
	int64_t rested_ms;  /* not before this one is a burst waited for */
};

/* --- editions ------------------------------------------------------------------------------------ */

static void free_edition(struct edition *edition)
{
	snapshot_free(edition->changed);
	if (!--edition->whole->editions)
		map_whole_free(edition->whole);
	free(edition);
}

/* Frees what nobody holds any more; the lock is held. */
static void sweep(struct live_map *map)
{
	struct edition **at = &map->all;

	while (*at) {
		struct edition *edition = *at;

		if (edition->borrowers || !edition->is_retired) {
			at = &edition->next;
			continue;
		}
		*at = edition->next;
		free_edition(edition);
	}
}

/* A new edition takes the place of the old one: of this whole, or (NULL) of the old one's. */
static int replace(struct live_map *map, size_t layer, struct map_whole *fresh,
	struct snapshot *changed, int64_t seq, struct error *err)
{
	struct live_layer *live = &map->of_layer[layer];
	struct map_whole *whole = fresh ? fresh : live->edition->whole;
	struct edition *edition = calloc(1, sizeof *edition);

	if (!edition) {
		snapshot_free(changed);
		return fail_no_memory(err);
	}
	pthread_mutex_lock(&map->lock);
	whole->editions++;
	*edition = (struct edition){whole, changed, seq, 0, false, map->all};
	map->all = edition;
	if (live->edition)
		live->edition->is_retired = true;
	live->edition = edition;
	/* What the whole has is not changed any more. */
	if (fresh)
		map_changes_forget(&live->changes, seq);
	map_changes_know(&live->changes, seq);
	sweep(map);
	pthread_mutex_unlock(&map->lock);
	return 0;
}

/* --- making them --------------------------------------------------------------------------------- */

static int build_whole(
	struct live_map *map, struct map_builder *builder, size_t layer, struct error *err)
{
	autoptr(map_whole_free) struct map_whole *whole = NULL;
	int rc = map_builder_write(builder, &map->layers->layers[layer], &whole, err);

	if (!rc)
		rc = replace(map, layer, whole, NULL, whole->file->stamp.seq, err);
	if (!rc)
		whole = NULL;
	return rc;
}

/* Makes the snapshot of what has changed since the whole was made. */
static int build_changed(
	struct live_map *map, struct map_builder *builder, size_t layer, struct error *err)
{
	struct snapshot *changed = NULL;
	int64_t seq = 0;
	int rc = map_builder_read_changed(
		builder, map->of_layer[layer].edition->whole, &changed, &seq, err);

	return rc ? rc : replace(map, layer, NULL, changed, seq, err);
}

/* --- beginning with what is there ---------------------------------------------------------------- */

/* What happened after a file was made. */
struct catching_up {
	struct live_map *map;
	size_t layer;
};

static int note_row(void *context, const struct change_row *row, struct error *err)
{
	struct catching_up *catching = context;
	struct live_map *map = catching->map;
	struct unit_box units;
	bool known;

	(void)err;
	if (strcmp(row->layer, map->layers->layers[catching->layer].id) != 0 ||
		row->change.box.min_x > row->change.box.max_x)
		return 0;
	known = live_map_units(map, &row->change.box, &units);
	live_map_touch(map, catching->layer, row->change.feature_id, row->seq, known ? &units : NULL);
	return 0;
}

/* Takes the file that is there, if it is good. */
static void open_whole(struct live_map *map, struct map_builder *builder, size_t layer)
{
	const struct layer *descriptor = &map->layers->layers[layer];
	autoptr(map_whole_free) struct map_whole *whole = NULL;
	struct catching_up catching = {map, layer};
	struct error err = {0};
	int rc = map_builder_find(builder, descriptor, &whole, &err);

	/* First what has changed, and then what it has changed in. */
	if (!rc)
		rc = change_read_after(
			builder->store, whole->file->stamp.seq, note_row, &catching, &err);
	if (!rc)
		rc = replace(map, layer, whole, NULL, whole->file->stamp.seq, &err);
	if (!rc)
		whole = NULL;
	else if (err.message != MSG_FILE_MISSING)
		log_event(LOG_WARNING, "a snapshot is made anew", LOG_TEXT("layer", descriptor->id),
			LOG_TEXT("code", error_message_code(&err)));
}

/* --- the thread ---------------------------------------------------------------------------------- */

static bool is_stopping(struct live_map *map)
{
	bool stopping;

	pthread_mutex_lock(&map->lock);
	stopping = map->stopping;
	pthread_mutex_unlock(&map->lock);
	return stopping;
}

/* Whether every layer has an edition now; says so once. */
static void note_ready(struct live_map *map, int64_t started_ms)
{
	int64_t records = 0;
	bool ready = true;

	for (size_t i = 0; i < map->layers->count && ready; i++) {
		const struct edition *edition = map->of_layer[i].edition;

		ready = edition != NULL;
		if (ready)
			records += (int64_t)edition->whole->file->now.record_count;
	}
	if (!ready || map->ready)
		return;
	pthread_mutex_lock(&map->lock);
	map->ready = true;
	pthread_mutex_unlock(&map->lock);
	log_event(LOG_INFO, "map ready", LOG_INT("records", records),
		LOG_INT("ms", clock_ticks_ms() - started_ms));
}

enum task { NOTHING, BUILD_CHANGED, BUILD_WHOLE };

/* What is to be done for a layer, after a rest or without; the lock is held. */
static enum task task_of(const struct live_layer *live, bool is_rested)
{
	const struct edition *edition = live->edition;
	size_t changed = live->changes.count, late = live->changes.late, records;

	if (!edition || live->changes.is_everywhere)
		return BUILD_WHOLE;
	records = edition->whole->file->now.record_count;
	if (changed > CHANGED_MIN && changed > records / CHANGED_SHARE)
		return BUILD_WHOLE;
	if (late > LATE_MIN && late > changed / LATE_SHARE)
		return BUILD_CHANGED;
	return late && is_rested ? BUILD_CHANGED : NOTHING;
}

/* Waits for a change, or until that many ticks; the lock is held. */
static void wait_until(struct live_map *map, int64_t until_ms)
{
	int64_t wait_ms = until_ms - clock_ticks_ms();
	struct timespec until;

	if (wait_ms <= 0)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&map->touched, &map->lock, &until);
}

/* Finds something to do, and whether there will be something after a rest; the lock is held. */
static enum task find_task(struct live_map *map, bool is_rested, size_t *ret_layer, bool *ret_later)
{
	enum task task = NOTHING;

	*ret_later = false;
	for (size_t i = 0; i < map->layers->count && task == NOTHING; i++) {
		task = task_of(&map->of_layer[i], is_rested);
		*ret_later |= map->of_layer[i].changes.late > 0;
		*ret_layer = i;
	}
	return task;
}

/* Waits for something to do; NOTHING at the end. */
static enum task wait_for_task(struct live_map *map, size_t *ret_layer)
{
	enum task task = NOTHING;

	pthread_mutex_lock(&map->lock);
	while (!map->stopping && task == NOTHING) {
		int64_t rest_ms = map->touched_ms + REST_MS;
		bool later;

		if (rest_ms < map->rested_ms)
			rest_ms = map->rested_ms;
		task = find_task(map, clock_ticks_ms() >= rest_ms, ret_layer, &later);
		if (task == NOTHING && later)
			wait_until(map, rest_ms);
		else if (task == NOTHING)
			pthread_cond_wait(&map->touched, &map->lock);
	}
	if (map->stopping)
		task = NOTHING;
	pthread_mutex_unlock(&map->lock);
	return task;
}

static void pause_for(struct live_map *map, int64_t pause_ms)
{
	int64_t until_ms = clock_ticks_ms() + pause_ms;

	pthread_mutex_lock(&map->lock);
	while (!map->stopping && clock_ticks_ms() < until_ms)
		wait_until(map, until_ms);
	pthread_mutex_unlock(&map->lock);
}

static void follow(struct live_map *map, struct map_builder *builder)
{
	int64_t started_ms = clock_ticks_ms();
	size_t layer = 0;
	enum task task;

	for (size_t i = 0; i < map->layers->count && !is_stopping(map); i++)
		open_whole(map, builder, i);
	note_ready(map, started_ms);
	while ((task = wait_for_task(map, &layer)) != NOTHING) {
		int64_t begun_ms = clock_ticks_ms();
		struct error err = {0};
		int rc = task == BUILD_WHOLE ? build_whole(map, builder, layer, &err)
					     : build_changed(map, builder, layer, &err);

		map->rested_ms = clock_ticks_ms() + (clock_ticks_ms() - begun_ms) * REST_SHARE;
		note_ready(map, started_ms);
		if (!rc)
			continue;
		/* Tiles are made with the help of the register as long as it does not succeed. */
		log_event(LOG_ERROR, "a layer of the map could not be made",
			LOG_TEXT("layer", map->layers->layers[layer].id),
			LOG_TEXT("code", error_message_code(&err)), LOG_TEXT("detail", err.detail));
		pause_for(map, PAUSE_MS);
	}
}

static void *build_thread(void *context)
{
	struct live_map *map = context;
	struct map_builder builder;
	struct error err = {0};
	int rc = map_builder_open(&builder, map->folder, map->city, &err);

	if (rc) {
		log_event(LOG_ERROR, "the map could not be made",
			LOG_TEXT("code", error_message_code(&err)), LOG_TEXT("detail", err.detail));
		pthread_mutex_lock(&map->lock);
		map->failed = true;
		pthread_mutex_unlock(&map->lock);
	} else {
		follow(map, &builder);
	}
	map_builder_clear(&builder);
	return NULL;
}

/* --- for others ---------------------------------------------------------------------------------- */

static void free_map(struct live_map *map)
{
	for (size_t i = 0; map->of_layer && i < map->layers->count; i++) {
		if (map->of_layer[i].edition)
			map->of_layer[i].edition->is_retired = true;
		map_changes_clear(&map->of_layer[i].changes);
	}
	sweep(map);
	crs_context_free(map->crs);
	free(map->of_layer);
	pthread_mutex_destroy(&map->lock);
	pthread_cond_destroy(&map->touched);
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
	pthread_cond_init(&map->touched, NULL);
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
	pthread_cond_broadcast(&map->touched);
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

/* The place that a list of cells takes up. */
static struct unit_box cells_box(struct grid_place origin, const struct id_list *cells)
{
	struct unit_box all = {INFINITY, INFINITY, -INFINITY, -INFINITY};

	for (size_t i = 0; i < cells->count; i++) {
		struct tile_box cell = block_cell_box(cells->ids[i]);

		all.min_x = fmin(all.min_x, (double)(origin.x + cell.min_x));
		all.min_y = fmin(all.min_y, (double)(origin.y + cell.min_y));
		all.max_x = fmax(all.max_x, (double)(origin.x + cell.max_x));
		all.max_y = fmax(all.max_y, (double)(origin.y + cell.max_y));
	}
	return all;
}

/* Fills in what has changed; the lock is held. False without memory, or if there is too much. */
static bool find_changes(const struct live_layer *live, struct unit_box near, bool as_blocks,
	struct live_part *part)
{
	struct grid_place origin = live->edition->whole->file->now.origin;

	if (as_blocks) {
		if (!map_changes_cells(&live->changes, origin, &near, &part->cells))
			return false;
		near = cells_box(origin, &part->cells);
	}
	return map_changes_at(&live->changes, &near, &part->changed_ids, &part->late_ids);
}

void live_map_take(struct live_map *map, size_t layer, struct tile tile, double margin,
	bool as_blocks, struct live_part *ret_part)
{
	struct live_layer *live = &map->of_layer[layer];
	struct live_part part = {.edition = NULL};

	pthread_mutex_lock(&map->lock);
	if (live->edition && !live->changes.is_everywhere &&
		find_changes(live, tile_units(tile, margin), as_blocks, &part)) {
		part.edition = live->edition;
		part.edition->borrowers++;
		part.all = &part.edition->whole->file->now;
		part.changed = part.edition->changed;
	}
	pthread_mutex_unlock(&map->lock);
	*ret_part = part;
}

void live_map_give_back(struct live_map *map, struct live_part *part)
{
	id_list_clear(&part->changed_ids);
	id_list_clear(&part->late_ids);
	id_list_clear(&part->cells);
	if (!part->edition)
		return;
	pthread_mutex_lock(&map->lock);
	part->edition->borrowers--;
	sweep(map);
	pthread_mutex_unlock(&map->lock);
	*part = (struct live_part){.edition = NULL};
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

void live_map_touch(struct live_map *map, size_t layer, int64_t id, int64_t seq,
	const struct unit_box *units)
{
	struct map_changes *changes = &map->of_layer[layer].changes;

	pthread_mutex_lock(&map->lock);
	if (units)
		map_changes_add(changes, id, seq, units);
	else
		map_changes_add_everywhere(changes, seq);
	map->touched_ms = clock_ticks_ms();
	pthread_cond_broadcast(&map->touched);
	pthread_mutex_unlock(&map->lock);
}

void live_map_begin_again(struct live_map *map, int64_t seq)
{
	pthread_mutex_lock(&map->lock);
	for (size_t i = 0; i < map->layers->count; i++) {
		map_changes_clear(&map->of_layer[i].changes);
		map_changes_add_everywhere(&map->of_layer[i].changes, seq);
	}
	pthread_cond_broadcast(&map->touched);
	pthread_mutex_unlock(&map->lock);
}

bool live_map_area(const struct crs_path *from_mercator, struct tile tile, double margin,
	struct box *ret_area)
{
	struct unit_box units = tile_units(tile, margin);
	struct box mercator = {grid_mercator_x_m(units.min_x), grid_mercator_y_m(units.max_y),
		grid_mercator_x_m(units.max_x), grid_mercator_y_m(units.min_y)};

	if (!box_transform(from_mercator, &mercator, ret_area))
		return false;
	/* Edges bend between the points that were moved. */
	ret_area->min_x -= 1 + 1e-3 * (ret_area->max_x - ret_area->min_x);
	ret_area->max_x += 1 + 1e-3 * (ret_area->max_x - ret_area->min_x);
	ret_area->min_y -= 1 + 1e-3 * (ret_area->max_y - ret_area->min_y);
	ret_area->max_y += 1 + 1e-3 * (ret_area->max_y - ret_area->min_y);
	return true;
}
