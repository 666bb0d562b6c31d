#include "server/live_map.h"

#include <math.h>
#include <pthread.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/messages.h"
#include "data/change.h"
#include "gis/shape.h"
#include "server/box_search.h"
#include "server/map_changes.h"
#include "tiles/grid.h"
#include "tiles/snapshot_file.h"

enum {
	PATH_MAX_BYTES = 4096,
	LATE_MIN = 64,	     /* records read anew for each tile near them, before a snapshot has them */
	CHANGED_MIN = 4096,  /* records beside the whole, before it is made anew */
	LATE_SHARE = 8,	     /* more may be late when an eighth is, ... */
	CHANGED_SHARE = 16,  /* ... and beside the whole when it is a sixteenth of it */
	PAUSE_S = 5,	     /* after something could not be made */
};

/* A file that is mapped, by the editions that use it. */
struct whole {
	struct snapshot_file *file;
	unsigned editions;
};

/* Snapshots that belong together, and their borrowers. */
struct edition {
	struct whole *whole;
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
};

/* What the thread builds with. */
struct builder {
	struct live_map *map;
	struct store *store;
	struct crs_context *crs;
	struct geom_context *geom;
	struct snapshot_source source;
	struct strbuf folder; /* DIR/tiles */
};

static void close_builder(struct builder *builder)
{
	geom_context_free(builder->geom);
	crs_context_free(builder->crs);
	store_close(builder->store);
	strbuf_clear(&builder->folder);
}

static int open_builder(struct live_map *map, struct builder *builder, struct error *err)
{
	int rc = register_connect(map->folder, STORE_READ, &builder->store, err);

	builder->map = map;
	builder->folder = STRBUF(PATH_MAX_BYTES);
	file_join(&builder->folder, map->folder, "tiles");
	if (!rc)
		rc = strbuf_check(&builder->folder, err);
	if (!rc)
		rc = file_make_folder(builder->folder.data, err);
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

/* --- editions ------------------------------------------------------------------------------------ */

static void free_edition(struct edition *edition)
{
	snapshot_free(edition->changed);
	if (!--edition->whole->editions) {
		snapshot_file_close(edition->whole->file);
		free(edition->whole);
	}
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

/* A new edition takes the place of the old one; it has a file of its own, or goes on with the old's. */
static int replace(struct live_map *map, size_t layer, struct snapshot_file *file,
	struct snapshot *changed, int64_t seq, struct error *err)
{
	struct live_layer *live = &map->of_layer[layer];
	struct edition *edition = calloc(1, sizeof *edition);
	struct whole *whole = file ? calloc(1, sizeof *whole) : live->edition->whole;

	if (!edition || !whole) {
		free(edition);
		if (file)
			free(whole);
		snapshot_file_close(file);
		snapshot_free(changed);
		return fail_no_memory(err);
	}
	pthread_mutex_lock(&map->lock);
	if (file)
		whole->file = file;
	whole->editions++;
	*edition = (struct edition){whole, changed, seq, 0, false, map->all};
	map->all = edition;
	if (live->edition)
		live->edition->is_retired = true;
	live->edition = edition;
	/* What the whole has is not changed any more. */
	if (file)
		map_changes_forget(&live->changes, seq);
	sweep(map);
	pthread_mutex_unlock(&map->lock);
	return 0;
}

/* --- making them --------------------------------------------------------------------------------- */

static int path_of(const struct builder *builder, const struct layer *layer, const char *ending,
	struct strbuf *ret_path, struct error *err)
{
	strbuf_add_format(ret_path, "%s/%s.snapshot%s", builder->folder.data, layer->id, ending);
	return strbuf_check(ret_path, err);
}

/* Makes the file of a layer anew; the old one stays as long as it is used. */
static int build_whole(struct builder *builder, size_t layer, struct error *err)
{
	const struct layer *descriptor = &builder->map->layers->layers[layer];
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf fresh = STRBUF(PATH_MAX_BYTES);
	autofree(transaction_end) struct transaction reading = {0};
	struct snapshot_file *file = NULL;
	struct snapshot_stamp stamp;
	int rc = path_of(builder, descriptor, "", &path, err);

	if (!rc)
		rc = path_of(builder, descriptor, ".new", &fresh, err);
	if (!rc)
		rc = transaction_begin_read(builder->store, &reading, err);
	if (!rc)
		rc = snapshot_stamp_read(builder->store, builder->map->city, &stamp, err);
	if (!rc)
		rc = snapshot_build_file(&builder->source, descriptor, &stamp, builder->folder.data,
			fresh.data, err);
	if (!rc)
		rc = file_rename(fresh.data, path.data, err);
	if (rc) {
		file_remove(fresh.data, NULL);
		return rc;
	}
	rc = snapshot_file_open(path.data, descriptor, &file, err);
	return rc ? rc : replace(builder->map, layer, file, NULL, stamp.seq, err);
}

/* The records of a layer in a part of the feed. */
struct feed_part {
	const struct layer *layer;
	int64_t last;
	struct id_list ids;
};

static int add_id(void *context, const struct change_row *row, struct error *err)
{
	struct feed_part *part = context;

	if (row->seq > part->last || strcmp(row->layer, part->layer->id) != 0)
		return row->seq > part->last;
	return id_list_add(&part->ids, row->change.feature_id, err);
}

/* Makes the snapshot of what has changed since the whole was made. */
static int build_changed(struct builder *builder, size_t layer, struct error *err)
{
	struct live_map *map = builder->map;
	const struct snapshot_file *file = map->of_layer[layer].edition->whole->file;
	struct feed_part part = {.layer = &map->layers->layers[layer]};
	autofree(transaction_end) struct transaction reading = {0};
	struct snapshot *changed = NULL;
	int rc = transaction_begin_read(builder->store, &reading, err);

	if (!rc)
		rc = change_last_seq(builder->store, &part.last, err);
	if (!rc)
		rc = change_read_after(builder->store, file->stamp.seq, add_id, &part, err);
	id_list_sort(&part.ids);
	if (!rc)
		rc = snapshot_build_of(&builder->source, &VIEW_NOW(part.layer),
			&(struct snapshot_wish){&part.ids, &file->now.pool, true}, &changed, err);
	id_list_clear(&part.ids);
	return rc ? rc : replace(map, layer, NULL, changed, part.last, err);
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

static bool is_of_register(
	struct builder *builder, const struct snapshot_stamp *stamp, struct error *err)
{
	struct snapshot_stamp now;
	struct digest_text seal;

	return !snapshot_stamp_read(builder->store, builder->map->city, &now, err) &&
		stamp->place == now.place && stamp->seq <= now.seq &&
		!change_seal_of(builder->store, stamp->seq, &seal, err) &&
		!strcmp(seal.text, stamp->seal.text);
}

/* Takes the file that is there, if it is good. */
static void open_whole(struct builder *builder, size_t layer)
{
	struct live_map *map = builder->map;
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	struct catching_up catching = {map, layer};
	struct snapshot_file *file = NULL;
	struct error err = {0};
	int rc = path_of(builder, &map->layers->layers[layer], "", &path, &err);

	if (!rc)
		rc = snapshot_file_open(path.data, &map->layers->layers[layer], &file, &err);
	if (!rc && !is_of_register(builder, &file->stamp, &err)) {
		snapshot_file_close(file);
		rc = fail_snapshot_damaged(&err, map->layers->layers[layer].id);
	}
	/* First what has changed, and then what it has changed in. */
	if (!rc) {
		rc = change_read_after(
			builder->store, file->stamp.seq, note_row, &catching, &err);
		if (rc)
			snapshot_file_close(file);
	}
	if (!rc)
		rc = replace(map, layer, file, NULL, file->stamp.seq, &err);
	if (rc && err.message != MSG_FILE_MISSING)
		log_event(LOG_WARNING, "a snapshot is made anew",
			LOG_TEXT("layer", map->layers->layers[layer].id),
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

/* What is to be done for a layer; the lock is held. */
static enum task task_of(const struct live_layer *live)
{
	const struct edition *edition = live->edition;
	size_t changed = live->changes.count, late, records;

	if (!edition || live->changes.is_everywhere)
		return BUILD_WHOLE;
	records = edition->whole->file->now.record_count;
	if (changed > CHANGED_MIN && changed > records / CHANGED_SHARE)
		return BUILD_WHOLE;
	if (changed <= LATE_MIN)
		return NOTHING;
	late = map_changes_after(&live->changes, edition->seq);
	return late > LATE_MIN && late > changed / LATE_SHARE ? BUILD_CHANGED : NOTHING;
}

/* Waits for something to do; NOTHING at the end. */
static enum task wait_for_task(struct live_map *map, size_t *ret_layer)
{
	enum task task = NOTHING;

	pthread_mutex_lock(&map->lock);
	while (!map->stopping && task == NOTHING) {
		for (size_t i = 0; i < map->layers->count && task == NOTHING; i++) {
			task = task_of(&map->of_layer[i]);
			*ret_layer = i;
		}
		if (task == NOTHING)
			pthread_cond_wait(&map->touched, &map->lock);
	}
	if (map->stopping)
		task = NOTHING;
	pthread_mutex_unlock(&map->lock);
	return task;
}

static void pause_for(struct live_map *map, time_t seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&map->lock);
	while (!map->stopping && !pthread_cond_timedwait(&map->touched, &map->lock, &until))
		;
	pthread_mutex_unlock(&map->lock);
}

static void follow(struct live_map *map, struct builder *builder)
{
	int64_t started_ms = clock_ticks_ms();
	size_t layer = 0;
	enum task task;

	for (size_t i = 0; i < map->layers->count && !is_stopping(map); i++)
		open_whole(builder, i);
	note_ready(map, started_ms);
	while ((task = wait_for_task(map, &layer)) != NOTHING) {
		struct error err = {0};
		int rc = task == BUILD_WHOLE ? build_whole(builder, layer, &err)
					     : build_changed(builder, layer, &err);

		note_ready(map, started_ms);
		if (!rc)
			continue;
		/* Tiles are made with the help of the register as long as it does not succeed. */
		log_event(LOG_ERROR, "a layer of the map could not be made",
			LOG_TEXT("layer", map->layers->layers[layer].id),
			LOG_TEXT("code", error_message_code(&err)), LOG_TEXT("detail", err.detail));
		pause_for(map, PAUSE_S);
	}
}

static void *build_thread(void *context)
{
	struct live_map *map = context;
	struct builder builder = {.map = map};
	struct error err = {0};
	int rc = open_builder(map, &builder, &err);

	if (rc) {
		log_event(LOG_ERROR, "the map could not be made",
			LOG_TEXT("code", error_message_code(&err)), LOG_TEXT("detail", err.detail));
		pthread_mutex_lock(&map->lock);
		map->failed = true;
		pthread_mutex_unlock(&map->lock);
	} else {
		follow(map, &builder);
	}
	close_builder(&builder);
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

void live_map_take(struct live_map *map, size_t layer, struct tile tile, double margin,
	struct live_part *ret_part)
{
	struct live_layer *live = &map->of_layer[layer];
	struct live_part part = {.edition = NULL};

	pthread_mutex_lock(&map->lock);
	if (live->edition && !live->changes.is_everywhere &&
		map_changes_near(&live->changes, tile, margin, live->edition->seq,
			&part.changed_ids, &part.late_ids)) {
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
