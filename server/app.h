/*
 * app: what all requests share. Constant after start.
 */
#ifndef SERVER_APP_H
#define SERVER_APP_H

#include <pthread.h>

#include "base/clock.h"
#include "data/register.h"
#include "data/writer.h"
#include "gis/crs_ref.h"
#include "server/live_map.h"
#include "tiles/tile_cache.h"

struct access_log;
struct public_rights;
struct chores;
struct events;
struct job_runner;
struct served;
struct standby;
struct tail;
struct throttle;

enum { APP_LAYERS_MAX = 64, APP_CRS_MAX = 16, APP_URL_MAX = 256 };

struct app {
	const struct layer_table *layers;
	const struct clock *clock;
	const char *folder;
	struct register_folder opened; /* the writing connection, with the lock */
	struct writer *writer;
	char public_url[APP_URL_MAX]; /* without '/' at its end */
	const char *web_root;	      /* folder of the web map instead of the one inside; or NULL */
	int64_t disk_reserve_bytes;   /* below, the server is not ready */

	/* Systems in which items are offered, CRS84 first, and the working one. */
	struct crs_ref crs[APP_CRS_MAX];
	size_t crs_count;
	struct crs_info working_crs;
	char working_proj4[APP_URL_MAX * 2];

	struct live_map *map;
	struct tile_cache *tiles;
	struct public_rights *public_rights;
	pthread_mutex_t follow_lock;
	int64_t followed_seq; /* of the feed; under the lock */
	struct events *events;
	struct served *served;
	struct chores *chores;
	struct job_runner *jobs;
	struct standby *standby; /* NULL there is none */
	struct tail *tail; /* of other servers; NULL there are none */
	struct throttle *login_throttle; /* by address */
	struct throttle *code_throttle;	 /* of who tries codes that do not exist, likewise */
	struct access_log *access_log;	 /* who reads of people; chores write it */
};

/* What serving needs to know. */
struct app_plan {
	const char *folder;
	const struct layer_table *layers;
	const struct clock *clock;
	const char *web_root; /* may be NULL */
	int64_t tile_cache_bytes; /* most that kept tiles may take */
};

/* Opens the register for writing, and begins to make the map on a thread of its own. */
int app_start(struct app *app, const struct app_plan *plan, struct error *err);

/* Ends the threads and closes the register. */
void app_stop(struct app *app);

/* To be called, on any thread, after a command has changed what somebody may see; reads there. */
void app_rights_changed(const struct app *app, struct store *store);

/* The layers of a list of ids "parcel,street,street_label", in the order of drawing. */
struct layer_choice {
	const struct layer *layers[APP_LAYERS_MAX];
	size_t count;
	uint64_t numbers; /* bit i: the layer with number i */
	/* The same: records are asked for, or the places of their names (mvt_write_labels). */
	uint64_t records, labels;
};
int app_choose_layers(
	const struct app *app, const char *ids, struct layer_choice *ret_choice, struct error *err);

/* Those of a choice whose bits are set in `numbers`, in the order of drawing; returns how many. */
size_t layer_choice_take(const struct app *app, const struct layer_choice *choice, uint64_t numbers,
	const struct layer *ret_layers[APP_LAYERS_MAX]);

#endif
