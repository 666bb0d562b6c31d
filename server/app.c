#include "server/app.h"

#include "base/log.h"
#include "base/messages.h"
#include "base/text.h"

enum { DISK_RESERVE_BYTES = 200 << 20, PATH_MAX_BYTES = 4096 };

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

/* Makes the snapshots one after the other; whoever needs them waits for map_ready. */
static int make_map(struct app *app, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autoptr(store_close) struct store *store = NULL;
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	autoptr(geom_context_free) struct geom_context *geom = NULL;
	struct snapshot_source source = {.city = &app->opened.city};
	int rc;

	register_database(&path, app->folder);
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = store_open(path.data, STORE_READ, &store, err);
	if (!rc)
		rc = crs_context_new(&crs, err);
	if (!rc)
		rc = crs_pin(crs, &app->opened.city, err);
	if (!rc)
		rc = geom_context_new(&geom, err);
	source.store = store;
	source.crs = crs;
	source.geom = geom;
	for (size_t i = 0; !rc && i < app->layers->count && !atomic_load(&app->stopping); i++)
		rc = snapshot_build(&source, &app->layers->layers[i], &app->snapshots[i], err);
	return rc;
}

static void *map_thread(void *context)
{
	struct app *app = context;
	struct error err = {0};
	int64_t started_ms = clock_ticks_ms();
	size_t records = 0;

	if (make_map(app, &err)) {
		log_event(LOG_ERROR, "the map could not be made",
			LOG_TEXT("code", error_message_code(&err)), LOG_TEXT("detail", err.detail));
		atomic_store(&app->map_error, err.code);
		return NULL;
	}
	for (size_t i = 0; i < app->layers->count; i++)
		records += app->snapshots[i] ? app->snapshots[i]->record_count : 0;
	atomic_store(&app->map_ready, true);
	log_event(LOG_INFO, "map ready", LOG_INT("records", (int64_t)records),
		LOG_INT("ms", clock_ticks_ms() - started_ms));
	return NULL;
}

int app_start(struct app *app, const struct app_plan *plan, struct error *err)
{
	autoptr(crs_context_free) struct crs_context *context = NULL;
	int rc;

	*app = (struct app){.layers = plan->layers, .clock = plan->clock, .folder = plan->folder,
		.web_root = plan->web_root, .disk_reserve_bytes = DISK_RESERVE_BYTES,
		.opened = REGISTER_CLOSED};
	rc = register_open(plan->folder, plan->layers, STORE_WRITE, clock_now_us(plan->clock),
		&app->opened, err);
	if (!rc)
		rc = crs_context_new(&context, err);
	if (!rc)
		rc = crs_pin(context, &app->opened.city, err);
	if (!rc)
		rc = choose_crs(app, context, err);
	if (!rc)
		rc = writer_new(app->opened.store, &app->writer, err);
	if (!rc && pthread_create(&app->map_thread, NULL, map_thread, app))
		rc = fail_no_thread(err);
	if (rc) {
		app_stop(app);
		return rc;
	}
	app->map_thread_runs = true;
	return 0;
}

void app_stop(struct app *app)
{
	atomic_store(&app->stopping, true);
	if (app->map_thread_runs)
		pthread_join(app->map_thread, NULL);
	app->map_thread_runs = false;
	writer_free(take(app->writer));
	for (size_t i = 0; i < APP_LAYERS_MAX; i++)
		snapshot_free(take(app->snapshots[i]));
	register_close(&app->opened);
}

int app_choose_layers(
	const struct app *app, const char *ids, struct layer_choice *ret_choice, struct error *err)
{
	bool wanted[APP_LAYERS_MAX] = {false};
	struct slice id;

	*ret_choice = (struct layer_choice){0};
	while (text_next(&ids, ',', &id)) {
		const struct layer *layer = layer_find(app->layers, id.at, id.len);

		if (!layer)
			return fail_no_such_layer(err);
		wanted[layer - app->layers->layers] = true;
	}
	for (size_t i = 0; i < app->layers->count; i++) {
		if (!wanted[i])
			continue;
		ret_choice->layers[ret_choice->count] = &app->layers->layers[i];
		ret_choice->snapshots[ret_choice->count++] = app->snapshots[i];
	}
	return 0;
}
