#include "server/cases/export_job.h"

#include "base/file.h"
#include "base/file_map.h"
#include "base/messages.h"
#include "server/app.h"
#include "server/asker.h"
#include "server/cases/export.h"
#include "server/export_files.h"
#include "server/worker.h"

enum {
	PATH_BYTES_MAX = 4096,
	RIGHTS_ARENA_BYTES = 16 << 20,
	FIELDS_BYTES_MAX = 8192,
};

static const char *const content_types[EXPORT_FORMATS] = {
	[EXPORT_GEOPACKAGE] = "application/geopackage+sqlite3",
	[EXPORT_SHAPEFILE] = "application/zip",
	[EXPORT_GEOJSON] = "application/geo+json",
	[EXPORT_FLATGEOBUF] = "application/vnd.flatgeobuf",
	[EXPORT_CSV] = "text/csv; charset=utf-8",
};

/* --- ordering ------------------------------------------------------------------------------------- */

/* A member that is a text; NULL where it is not there. */
static int read_text(
	struct content *content, const char *key, const char **ret_text, struct error *err)
{
	*ret_text = NULL;
	return content_at(content, key) ? content_text(content, key, ret_text, err) : 0;
}

/* The member with its text, if it is there. */
static int take_text(struct content *content, struct json_writer *json, const char *key,
	const char **ret_text, struct error *err)
{
	int rc = read_text(content, key, ret_text, err);

	if (!rc && *ret_text)
		json_member_text(json, key, *ret_text);
	return rc;
}

static int take_layer(struct content *content, struct json_writer *json,
	const struct layer **ret_layer, struct error *err)
{
	const char *id = "";
	int rc = content_text(content, "layer", &id, err);

	if (!rc)
		rc = sight_layer(content->request, id, ret_layer, err);
	if (rc)
		return content_where(rc, "layer", err);
	json_member_text(json, "layer", id);
	return 0;
}

static int take_format(struct content *content, struct json_writer *json, struct error *err)
{
	enum export_format format;
	const char *text = "", *crs;
	int epsg, rc = content_text(content, "format", &text, err);

	if (rc)
		return rc;
	if (!export_format_parse(text, &format))
		return fail_content_value(err, "format", text);
	json_member_text(json, "format", text);
	rc = take_text(content, json, "crs", &crs, err);
	if (!rc && crs && !export_read_crs(crs, format, &epsg))
		rc = fail_content_value(err, "crs", crs);
	return rc;
}

static int take_place(struct content *content, struct json_writer *json, struct error *err)
{
	const struct json_node *area = content_at(content, "area");
	const struct json_node *unit = content_at(content, "unit");
	const char *text;
	struct box box;
	int64_t id = 0;
	int rc = take_text(content, json, "bbox", &text, err);

	if (!rc && text && !export_area_read_box(text, &box))
		rc = fail_content_value(err, "bbox", text);
	if (!rc && unit && (!json_node_int(unit, &id) || id < 1))
		rc = fail_content_value(err, "unit", "");
	if (!rc && area && json_node_kind(area) != JSON_KIND_OBJECT)
		rc = content_where(fail_export_area_form(err), "area", err);
	if (rc)
		return rc;
	if (unit)
		json_member_int(json, "unit", id);
	if (area) {
		json_put_key(json, "area");
		json_put_raw(json, "", 0);
		if (!json_node_print(area, json->out))
			return fail_answer_too_large(err, JOB_PAYLOAD_MAX);
	}
	return 0;
}

static int take_moment(struct content *content, struct json_writer *json, struct error *err)
{
	const char *day, *recorded;
	struct moment moment;
	int rc = take_text(content, json, "datetime", &day, err);

	if (!rc)
		rc = take_text(content, json, "recorded", &recorded, err);
	return rc ? rc : moment_read("datetime", day, recorded, &moment, err);
}

/* As a list with commas; which of them there are is for the export to say. */
static int take_fields(struct content *content, struct json_writer *json, struct error *err)
{
	const struct json_node *list = content_at(content, "fields");
	autofree(strbuf_clear) struct strbuf names = STRBUF(FIELDS_BYTES_MAX);

	if (!list)
		return 0;
	if (json_node_kind(list) != JSON_KIND_ARRAY)
		return fail_content_value(err, "fields", "");
	for (size_t i = 0; i < json_node_count(list); i++) {
		const char *name;

		if (!json_node_text(json_node_at(list, i), &name))
			return fail_content_value(err, "fields", "");
		strbuf_add_format(&names, "%s%s", i ? "," : "", name);
	}
	if (names.failed)
		return fail_content_value(err, "fields", "");
	json_member_text(json, "fields", names.data);
	return 0;
}

/* Each one may wait for a while: not all of them for one person. */
static int check_waiting(const struct request *request, struct error *err)
{
	static const enum job_state states[] = {JOB_QUEUED, JOB_RUNNING};
	autofree(arena_clear) struct arena arena = ARENA(RIGHTS_ARENA_BYTES);
	size_t waiting = 0;

	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		const struct job_filter filter = {.state = &states[i],
			.account_id = &request->asker->rights.account_id,
			.most = EXPORT_WAITING_MAX};
		struct job *jobs;
		size_t count;
		int rc = job_list(request->worker->store, &filter, &arena, &jobs, &count, err);

		if (rc)
			return rc;
		waiting += count;
	}
	return waiting < EXPORT_WAITING_MAX ? 0
					    : fail_exports_waiting(err, EXPORT_WAITING_MAX);
}

int export_job_order(struct content *content, struct strbuf *payload, struct error *err)
{
	struct request *request = content->request;
	struct json_writer json = JSON_WRITER(payload);
	const struct layer *layer;
	bool plain = false;
	int rc = check_waiting(request, err);

	json_begin_object(&json);
	if (!rc)
		rc = take_layer(content, &json, &layer, err);
	if (!rc)
		rc = take_format(content, &json, err);
	if (!rc)
		rc = take_place(content, &json, err);
	if (!rc)
		rc = take_moment(content, &json, err);
	if (!rc)
		rc = take_fields(content, &json, err);
	if (!rc)
		rc = content_bool(content, "plain", &plain, err);
	if (rc)
		return rc;
	json_member_bool(&json, "plain", plain);
	json_member_int(&json, "token", request->asker->token_id);
	json_member_text(&json, "lang", request->lang == LANG_VI ? "vi" : "en");
	json_end_object(&json);
	return strbuf_check(payload, err);
}

/* --- doing ---------------------------------------------------------------------------------------- */

/* An export while it runs. */
struct exporting {
	struct job_run *run;
	const struct app *app;
	struct store *store;
	struct json_node *payload;
	struct arena arena; /* of the rights */
	struct rights rights;
	struct export_order order;
	struct export_report report;
	struct error err; /* why it may not go on */
	int rc;
};

static void exporting_clear(struct exporting *exporting)
{
	json_document_free(exporting->payload);
	arena_clear(&exporting->arena);
	store_close(exporting->store);
}

static bool go_on(void *context, int64_t done, int64_t total)
{
	struct exporting *exporting = context;

	if (!exporting->rc)
		exporting->rc = job_run_progress(
			exporting->run, done, total < 0 ? 0 : total, &exporting->err);
	return !exporting->rc;
}

static const char *text_at(const struct exporting *exporting, const char *key)
{
	const char *text = NULL;

	json_node_text(json_node_get(exporting->payload, key), &text);
	return text;
}

static int64_t int_at(const struct exporting *exporting, const char *key)
{
	int64_t value = 0;

	json_node_int(json_node_get(exporting->payload, key), &value);
	return value;
}

static int read_order(struct exporting *exporting, struct error *err)
{
	const char *payload = exporting->run->job->payload;
	struct export_order *order = &exporting->order;
	const char *format, *layer, *lang;
	int rc = json_document_parse(payload, strlen(payload), &exporting->payload, err);

	if (rc)
		return rc;
	format = text_at(exporting, "format");
	layer = text_at(exporting, "layer");
	lang = text_at(exporting, "lang");
	order->layer = layer ? layer_find(exporting->app->layers, layer, strlen(layer)) : NULL;
	if (!order->layer || !format || !export_format_parse(format, &order->format) ||
		!export_read_crs(text_at(exporting, "crs"), order->format, &order->epsg))
		return fail_no_such_layer(err);
	order->packed = order->format == EXPORT_SHAPEFILE;
	order->lang = lang && !strcmp(lang, "en") ? LANG_EN : LANG_VI;
	order->fields = text_at(exporting, "fields");
	order->box = text_at(exporting, "bbox");
	order->area = json_node_get(exporting->payload, "area");
	order->unit_id = int_at(exporting, "unit");
	json_node_bool(json_node_get(exporting->payload, "plain"), &order->plain);
	return moment_read("datetime", text_at(exporting, "datetime"),
		text_at(exporting, "recorded"), &order->moment, err);
}

/* What who ordered it may see now, and through the same token. */
static int read_rights(struct exporting *exporting, struct error *err)
{
	int64_t token_id = int_at(exporting, "token");
	int64_t now_us = clock_now_us(exporting->app->clock);
	struct account account;
	struct token token;
	int rc = account_read(exporting->store, exporting->run->job->account_id, &account, err);

	if (!rc && account.state != ACCOUNT_ACTIVE)
		rc = fail_login_needed(err);
	if (!rc && token_id)
		rc = token_read(exporting->store, token_id, &token, err);
	if (!rc && token_id &&
		(token.revoked_at_us || (token.expires_at_us && token.expires_at_us <= now_us)))
		rc = fail_login_needed(err);
	if (!rc)
		rc = rights_make(exporting->store, exporting->app->layers, &account,
			token_id ? &token : NULL, &exporting->arena, &exporting->rights, err);
	if (rc)
		return rc;
	return exporting->rights.layers[exporting->order.layer - exporting->app->layers->layers].reads
		       ? 0
		       : fail_no_such_layer(err);
}

static void write_result(struct exporting *exporting, const struct strbuf *name)
{
	struct job_run *run = exporting->run;
	struct json_writer json = JSON_WRITER(run->result);
	int64_t now_us = clock_now_us(exporting->app->clock);
	char href[64];

	strbuf_reset(run->result);
	snprintf(href, sizeof href, "/api/jobs/%lld/file", (long long)run->job->id);
	json_begin_object(&json);
	json_member_text(&json, "file", name->data);
	json_member_text(&json, "href", href);
	json_member_text(&json, "type", content_types[exporting->order.format]);
	json_member_text(&json, "layer", exporting->order.layer->id);
	json_member_text(&json, "format", export_format_ending(exporting->order.format));
	export_write_report(&json, &exporting->report);
	json_member_time(&json, "expires_at", now_us + (int64_t)EXPORT_KEEP_S * 1000000);
	json_member_text(&json, "scope", exporting->rights.scope.text);
	json_end_object(&json);
}

static int write_file(struct exporting *exporting, struct error *err)
{
	const struct app *app = exporting->app;
	const struct layer_rights *rights =
		&exporting->rights.layers[exporting->order.layer - app->layers->layers];
	int64_t now_us = clock_now_us(app->clock);
	struct date today = clock_date_vietnam(now_us);
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
	autofree(strbuf_clear) struct strbuf work = STRBUF(PATH_BYTES_MAX);
	autofree(strbuf_clear) struct strbuf name = STRBUF(PATH_BYTES_MAX);
	autoptr(ogr_writer_close) struct ogr_writer *writer = NULL;
	struct export_setting setting = {.store = exporting->store,
		.city = &app->opened.city,
		.grants = rights->grants,
		.grant_count = rights->grant_count,
		.progress = go_on,
		.context = exporting};
	int rc = export_file_path(app->folder, exporting->run->job->id, &path, err);

	export_files_sweep(app->folder, now_us, export_files_bytes_max - export_file_bytes_max);
	export_file_name(&exporting->order, &today, &name);
	if (!rc)
		rc = strbuf_check(&name, err);
	if (!rc)
		rc = register_make_work_folder(app->folder, &work, err);
	setting.writer = (struct ogr_writer_plan){.work_folder = work.data,
		.name = name.data,
		.bytes_max = export_file_bytes_max,
		.reserve_bytes = app->disk_reserve_bytes};
	if (!rc)
		rc = export_order_run(
			&exporting->order, &setting, &exporting->report, &writer, err);
	if (!rc)
		rc = ogr_writer_take(writer, path.data, err);
	ogr_writer_close(take(writer));
	if (work.len)
		file_remove(work.data, NULL);
	if (!rc)
		write_result(exporting, &name);
	return rc;
}

/* Reads by a connection of its own: it holds one moment of the register for minutes. */
static int export_layer(struct job_run *run, struct error *err)
{
	autofree(exporting_clear) struct exporting exporting = {
		.run = run, .app = run->context, .arena = ARENA(RIGHTS_ARENA_BYTES)};
	int rc = register_connect(exporting.app->folder, STORE_READ, &exporting.store, err);

	if (!rc)
		rc = read_order(&exporting, err);
	if (!rc)
		rc = read_rights(&exporting, err);
	if (!rc)
		rc = write_file(&exporting, err);
	if (exporting.rc) {
		error_copy(err, &exporting.err);
		return exporting.rc;
	}
	return rc ? rc : job_run_finish(run, NULL, NULL, err);
}

const struct job_step export_steps[EXPORT_STEPS] = {{"write", export_layer}};

/* --- fetching ------------------------------------------------------------------------------------- */

static void release_map(void *held)
{
	struct file_map *map = held;

	file_map_close(map);
	free(map);
}

/* The file as memory that goes when it is sent. */
static int map_file(
	const struct request *request, int64_t job, struct response *response, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
	struct file_map *map;
	int rc = export_file_path(request->app->folder, job, &path, err);

	if (rc)
		return rc;
	if (!file_exists(path.data))
		return fail_export_gone(err);
	map = calloc(1, sizeof *map);
	if (!map)
		return fail_no_memory(err);
	rc = file_map_open(path.data, map, err);
	if (rc) {
		free(map);
		return rc;
	}
	response->fixed_body = map->bytes;
	response->fixed_len = map->len;
	response->release = release_map;
	response->held = map;
	return 0;
}

int export_job_answer(struct request *request, const struct job *job, struct response *response,
	struct error *err)
{
	autoptr(json_document_free) struct json_node *result = NULL;
	const char *scope = "", *name = "", *format = "";
	enum export_format kind;
	int rc;

	if (strcmp(job->kind, "export") != 0 || job->state != JOB_DONE)
		return fail_export_gone(err);
	rc = json_document_parse(job->result, strlen(job->result), &result, err);
	if (rc)
		return rc;
	json_node_text(json_node_get(result, "scope"), &scope);
	json_node_text(json_node_get(result, "file"), &name);
	json_node_text(json_node_get(result, "format"), &format);
	/* Who sees less by now, or asks through what sees less, does not get what was seen then. */
	if (!request->asker->rights.administers &&
		strcmp(scope, request->asker->rights.scope.text) != 0)
		return fail_export_scope(err);
	if (!export_format_parse(format, &kind))
		return fail_export_gone(err);
	rc = map_file(request, job->id, response, err);
	response->content_type = content_types[kind];
	return rc ? rc
		  : response_add_header_format(response, request, err, "Content-Disposition",
			    "attachment; filename=\"%s\"", name);
}
