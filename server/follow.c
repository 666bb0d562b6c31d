#include "server/follow.h"

#include "base/log.h"
#include "data/change.h"
#include "server/app.h"
#include "server/events.h"
#include "server/standby.h"

enum { ROWS_MAX = 2000 }; /* of a commit that are looked at one by one; of more the whole layers */

/* The new part of the feed. */
struct following {
	struct app *app;
	int rows;
	bool too_many;
};

/* First what tiles are made from, then the tiles: one that is begun in between is made right. */
static void touch(struct app *app, size_t layer, const struct box *box)
{
	struct unit_box units;
	bool known = box && live_map_units(app->map, box, &units);

	live_map_touch(app->map, layer, known ? &units : NULL);
	tile_cache_touch(app->tiles, layer, known ? &units : NULL);
}

static int follow_row(void *context, const struct change_row *row, struct error *err)
{
	struct following *following = context;
	const struct layer_table *layers = following->app->layers;
	const struct layer *layer = layer_find(layers, row->layer, strlen(row->layer));

	(void)err;
	if (++following->rows > ROWS_MAX) {
		following->too_many = true;
		return 1;
	}
	if (layer && row->change.box.min_x <= row->change.box.max_x)
		touch(following->app, (size_t)(layer - layers->layers), &row->change.box);
	return 0;
}

/* What is new; the lock is held. */
static void follow(struct store *store, struct app *app)
{
	struct following following = {.app = app};
	struct error err = {0};
	int64_t last = app->followed_seq;
	int rc = change_last_seq(store, &last, &err);
	/* A database that has lost its end, as one that was restored: nothing in memory is sure. */
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
	for (size_t i = 0; (rc || is_behind || following.too_many) && i < app->layers->count; i++)
		touch(app, i, NULL);
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
