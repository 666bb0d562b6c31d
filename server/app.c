#include "server/app.h"

#include "base/log.h"
#include "base/messages.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/throttle.h"
#include "data/access_log.h"
#include "server/asker.h"
#include "server/chores.h"
#include "data/change.h"
#include "server/events.h"
#include "server/follow.h"
#include "server/jobs.h"
#include "server/served.h"
#include "server/standby.h"
#include "server/tail.h"
#include "tiles/mvt.h"

enum {
	DISK_RESERVE_BYTES = 200 << 20,
	ADDRESSES_MAX = 10000,	 /* whose failed log-ins are remembered */
	ACCESSES_MAX = 20000,	 /* reads of people that wait to be written, a second's: 4 MB */
	ADDRESS_FREE_TRIES = 20, /* an office has one address */
};

/* The systems that clients can ask for: the usual ones, and the working CRS of this city. */
static int choose_crs(struct app *app, struct crs_context *context, struct error *err)
{
	int epsg = app->opened.city.epsg, geographic;
	int rc = crs_describe(context, epsg, &app->working_crs, err);
	autofree(strbuf_clear) struct strbuf proj4 = STRBUF(sizeof app->working_proj4 - 1);
	int others[4];
	size_t count = 0;

	if (!rc)
		rc = crs_print_proj4(context, epsg, &proj4, err);
	if (rc)
		return rc;
	memcpy(app->working_proj4, proj4.data, proj4.len + 1);
	geographic = app->working_crs.base_epsg;
	app->crs[app->crs_count++] = crs84;
	others[count++] = CRS_WGS84;
	others[count++] = CRS_WEB_MERCATOR;
	others[count++] = epsg;
	if (geographic != CRS_WGS84)
		others[count++] = geographic;
	for (size_t i = 0; i < count; i++) {
		struct crs_info info;

		rc = crs_describe(context, others[i], &info, err);
		if (rc)
			return rc;
		app->crs[app->crs_count++] = (struct crs_ref){others[i], info.north_first, false};
	}
	return 0;
}

int app_start(struct app *app, const struct app_plan *plan, struct error *err)
{
	autoptr(crs_context_free) struct crs_context *context = NULL;
	int rc;

	*app = (struct app){.layers = plan->layers, .clock = plan->clock, .folder = plan->folder,
		.web_root = plan->web_root, .disk_reserve_bytes = DISK_RESERVE_BYTES,
		.opened = REGISTER_CLOSED};
	pthread_mutex_init(&app->follow_lock, NULL);
	rc = register_open(plan->folder, plan->layers, STORE_WRITE, clock_now_us(plan->clock),
		&app->opened, err);
	if (!rc)
		rc = crs_context_new(&context, err);
	if (!rc)
		rc = crs_pin(context, &app->opened.city, err);
	if (!rc)
		rc = choose_crs(app, context, err);
	if (!rc)
		rc = change_last_seq(app->opened.store, &app->followed_seq, err);
	if (!rc)
		rc = public_rights_new(app->opened.store, app->layers, &app->public_rights, err);
	if (!rc)
		rc = served_new(&app->served, err);
	if (!rc)
		rc = throttle_new(ADDRESSES_MAX, ADDRESS_FREE_TRIES, app->clock, &randomness_system,
			&app->login_throttle, err);
	if (!rc)
		rc = throttle_new(ADDRESSES_MAX, ADDRESS_FREE_TRIES, app->clock, &randomness_system,
			&app->code_throttle, err);
	if (!rc)
		rc = access_log_new(ACCESSES_MAX, &app->access_log, err);
	if (!rc)
		rc = events_start(app->layers, app->folder, &app->opened.city, &app->events, err);
	if (!rc)
		rc = live_map_start(app->layers, app->folder, &app->opened.city, &app->map, err);
	if (!rc)
		rc = tile_cache_new((size_t)plan->tile_cache_bytes, &app->tiles, err);
	if (!rc)
		rc = writer_new(app->opened.store, follow_commit, app, &app->writer, err);
	if (!rc)
		rc = chores_start(app, &app->chores, err);
	if (!rc)
		rc = jobs_start(app, &app->jobs, err);
	if (!rc)
		rc = standby_start(app, &app->standby, err);
	if (!rc)
		rc = tail_start(app, &app->tail, err);
	if (rc)
		app_stop(app);
	return rc;
}

void app_stop(struct app *app)
{
	tail_stop(take(app->tail));
	job_runner_free(take(app->jobs));
	chores_stop(take(app->chores));
	writer_free(take(app->writer));
	live_map_stop(take(app->map));
	tile_cache_free(take(app->tiles));
	events_stop(app->events);
	events_free(take(app->events));
	served_free(take(app->served));
	throttle_free(take(app->login_throttle));
	throttle_free(take(app->code_throttle));
	access_log_free(take(app->access_log));
	public_rights_free(take(app->public_rights));
	standby_stop(take(app->standby));
	register_close(&app->opened);
	pthread_mutex_destroy(&app->follow_lock);
}

void app_rights_changed(const struct app *app, struct store *store)
{
	struct error err = {0};

	/* Accounts and tokens are read anew with every request; the public is kept in memory. */
	if (public_rights_renew(app->public_rights, store, app->layers, &err))
		log_event(LOG_ERROR, "the rights of the public could not be read",
			LOG_TEXT("detail", err.detail));
}

/* The layer that an id names, or whose labels it names. */
static const struct layer *choose_layer(
	const struct app *app, const struct slice *id, bool *ret_labels)
{
	static const size_t ending = sizeof MVT_LABEL_ENDING - 1;
	const struct layer_field *fields[MVT_LABEL_FIELDS];
	const struct layer *layer = layer_find(app->layers, id->at, id->len);

	*ret_labels = !layer;
	if (layer)
		return layer;
	if (id->len <= ending || memcmp(id->at + id->len - ending, MVT_LABEL_ENDING, ending) != 0)
		return NULL;
	layer = layer_find(app->layers, id->at, id->len - ending);
	return layer && mvt_label_fields(layer, fields) ? layer : NULL;
}

int app_choose_layers(
	const struct app *app, const char *ids, struct layer_choice *ret_choice, struct error *err)
{
	struct slice id;

	*ret_choice = (struct layer_choice){.count = 0};
	while (text_next(&ids, ',', &id)) {
		bool labels;
		const struct layer *layer = choose_layer(app, &id, &labels);

		if (!layer)
			return fail_no_such_layer(err);
		*(labels ? &ret_choice->labels : &ret_choice->records) |=
			UINT64_C(1) << (layer - app->layers->layers);
	}
	ret_choice->numbers = ret_choice->records | ret_choice->labels;
	for (size_t i = 0; i < app->layers->count; i++)
		if (ret_choice->numbers >> i & 1)
			ret_choice->layers[ret_choice->count++] = &app->layers->layers[i];
	return 0;
}

size_t layer_choice_take(const struct app *app, const struct layer_choice *choice, uint64_t numbers,
	const struct layer *ret_layers[APP_LAYERS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < choice->count; i++)
		if (numbers >> (choice->layers[i] - app->layers->layers) & 1)
			ret_layers[count++] = choice->layers[i];
	return count;
}
