#include "server/follow.h"

#include "base/log.h"
#include "data/change.h"
#include "server/app.h"
#include "server/events.h"
#include "server/standby.h"

enum {
	TILES_MAX = 2000, /* rows whose tiles are dropped one by one; of more those of the whole layers */
	ROWS_MAX = 20000, /* of a commit that are read: some 50 ms; of more nothing in memory is sure */
};

/* The new part of the feed. */
struct following {
	struct app *app;
	int rows;
	uint64_t layers; /* bit i: layer i has changed */
};

/* First what tiles are made from, then the tiles: one that is begun in between is made right. */
static int follow_row(void *context, const struct change_row *row, struct error *err)
{
	struct following *following = context;
	struct app *app = following->app;
	const struct layer *layer = layer_find(app->layers, row->layer, strlen(row->layer));
	size_t number = layer ? (size_t)(layer - app->layers->layers) : 0;
	struct unit_box units;
	bool known;

	(void)err;
	if (!layer || row->change.box.min_x > row->change.box.max_x)
		return 0;
	if (++following->rows > ROWS_MAX)
		return 1;
	known = live_map_units(app->map, &row->change.box, &units);
	live_map_touch(app->map, number, row->change.feature_id, row->seq, known ? &units : NULL);
	following->layers |= UINT64_C(1) << number;
	if (following->rows <= TILES_MAX)
		tile_cache_touch(app->tiles, number, known ? &units : NULL);
	return 0;
}

/* Nothing in memory is sure. */
static void touch_everything(struct app *app, int64_t seq)
{
	for (size_t i = 0; i < app->layers->count; i++) {
		live_map_touch(app->map, i, 0, seq, NULL);
		tile_cache_touch(app->tiles, i, NULL);
	}
}

/* What is new; the lock is held. */
static void follow(struct store *store, struct app *app)
{
	struct following following = {.app = app};
	struct error err = {0};
	int64_t last = app->followed_seq;
	int rc = change_last_seq(store, &last, &err);
	/* A database that has lost its end, as one that was restored. */
	bool is_behind = !rc && last < app->followed_seq;

	if (!rc && last == app->followed_seq)
		return;
	if (!rc && !is_behind)
		rc = change_read_after(store, app->followed_seq, follow_row, &following, &err);
	if (rc)
		log_event(LOG_ERROR, "the feed could not be followed", LOG_TEXT("detail", err.detail));
	/* Without the database no tile can be made anew; server/tail.c looks as soon as it is back. */
	if (rc == ERR_UNAVAILABLE && store_is_shared(store))
		return;
	/* Whatever happened: no tile may be stale. */
	if (is_behind)
		live_map_begin_again(app->map, last);
	if (rc || is_behind || following.rows > ROWS_MAX)
		touch_everything(app, last);
	for (size_t i = 0; following.rows > TILES_MAX && i < app->layers->count; i++)
		if (following.layers >> i & 1)
			tile_cache_touch(app->tiles, i, NULL);
	app->followed_seq = last;
	standby_note_feed(app->standby, last);
	events_wake(app->events, last);
}

void follow_feed(struct store *store, struct app *app)
{
	pthread_mutex_lock(&app->follow_lock);
	follow(store, app);
	pthread_mutex_unlock(&app->follow_lock);
}

void follow_commit(struct store *store, void *context)
{
	struct app *app = context;

	standby_note_commit(app->standby);
	follow_feed(store, app);
}
