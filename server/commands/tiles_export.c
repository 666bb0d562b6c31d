/* dothi tiles export: vector tiles of the register as one file, PMTiles or MBTiles. */
#include <math.h>

#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "data/change.h"
#include "data/feature_table.h"
#include "gis/box_transform.h"
#include "server/app.h"
#include "server/commands/desk.h"
#include "tiles/mvt.h"
#include "tiles/tile_export.h"
#include "tiles/vector_layers.h"

enum {
	TEXT_MAX_BYTES = 4096,
	LAYERS_MAX_BYTES = 4 << 20,
	PROGRESS_MS = 1000,
	THREADS = 2,	      /* who serves meanwhile shall have processors left */
	LAST_ZOOM_USUAL = 16, /* a unit of a tile is 15 cm there: clients draw larger ones from it */
	FORM_VERSION = 1,     /* counts up when the same records give other tiles */
};

/* The export while it runs; context of its calls. */
struct session {
	struct desk *desk;
	const struct layer *layers[APP_LAYERS_MAX];
	size_t count;
	int64_t first_zoom, last_zoom;
	struct strbuf path, vector_layers;
	struct archive_about about;
	struct snapshot *snapshots[APP_LAYERS_MAX];
	struct tile_export_report report;
	uint64_t resumed; /* tiles that were there */
	int64_t started_ms, last_progress_ms;
	uint64_t done_before;
};

/* --- what is asked for -------------------------------------------------------------------------- */

static int choose_layers(struct session *session, struct error *err)
{
	const struct layer_table *table = city_layers();
	const char *ids = command_value(session->desk->line, "layers", 0);
	bool wanted[APP_LAYERS_MAX] = {false};
	struct slice id;

	for (size_t i = 0; i < table->count && !ids; i++)
		wanted[i] = !table->layers[i].hidden;
	while (ids && text_next(&ids, ',', &id)) {
		const struct layer *layer = layer_find(table, id.at, id.len);
		autofree(strbuf_clear) struct strbuf name = STRBUF(TEXT_MAX_BYTES);

		strbuf_add(&name, id.at, id.len);
		if (!layer)
			return fail_target_layer_unknown(err, name.data);
		wanted[layer - table->layers] = true;
	}
	for (size_t i = 0; i < table->count; i++)
		if (wanted[i])
			session->layers[session->count++] = &table->layers[i];
	return 0;
}

/* "14" or "10-16"; without it all zooms that show something, as far as that is of use. */
static int choose_zooms(struct session *session, struct error *err)
{
	const char *text = command_value(session->desk->line, "zooms", 0);
	const char *dash = text ? strchr(text, '-') : NULL;
	int64_t first = GRID_ZOOM_MAX, last = LAST_ZOOM_USUAL;

	for (size_t i = 0; i < session->count; i++) {
		int zoom = session->layers[i]->look.min_zoom;

		first = zoom < first ? zoom : first;
		last = zoom > last ? zoom : last;
	}
	session->first_zoom = first;
	session->last_zoom = last;
	if (!text)
		return 0;
	if (!number_parse_int(text, dash ? (size_t)(dash - text) : strlen(text), 0, GRID_ZOOM_MAX,
		    &session->first_zoom))
		return fail_option_value(err, "zooms", text);
	session->last_zoom = session->first_zoom;
	if (dash && !number_parse_int(dash + 1, strlen(dash + 1), session->first_zoom,
			    GRID_ZOOM_MAX, &session->last_zoom))
		return fail_option_value(err, "zooms", text);
	return 0;
}

static int read_line(struct session *session, struct error *err)
{
	int rc;

	desk_path(session->desk, session->desk->line->words[1], &session->path);
	rc = strbuf_check(&session->path, err);
	if (!rc && !archive_has_form(session->path.data))
		rc = fail_archive_form(err, file_name(session->path.data));
	if (!rc)
		rc = choose_layers(session, err);
	return rc ? rc : choose_zooms(session, err);
}

/* --- what the file says of itself --------------------------------------------------------------- */

/* All that the tiles follow from: what is asked for, and which state of the register. */
static int set_source(struct session *session, struct error *err)
{
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES * 2);
	int64_t seq;
	int rc = change_last_seq(session->desk->store, &seq, err);

	if (rc)
		return rc;
	strbuf_add_format(&text, "%d %s %s %lld %s %d-%d", FORM_VERSION, PACKAGE_VERSION,
		session->desk->city->name, (long long)seq, today.text, (int)session->first_zoom,
		(int)session->last_zoom);
	for (size_t i = 0; i < session->count; i++)
		strbuf_add_format(&text, " %s", session->layers[i]->id);
	session->about.source = digest_of(text.data, text.len);
	return strbuf_check(&text, err);
}

/* The box of all layers in degrees; the world when they are empty. */
static int set_bounds(struct session *session, struct crs_context *crs, struct error *err)
{
	const double least = 1e-6; /* degrees, of one point: clients want an area */
	const struct crs_path *path = NULL;
	struct box all = box_empty;
	int rc = crs_path_find(crs, session->desk->city->epsg, CRS_WGS84, &path, err);

	for (size_t i = 0; !rc && i < session->count; i++) {
		struct layer_state state;
		struct box box;

		rc = layer_state_read(session->desk->store, session->layers[i], &state, err);
		if (!rc && !box_is_empty(&state.box) && box_transform(path, &state.box, &box))
			box_add(&all, &box);
	}
	if (box_is_empty(&all))
		all = (struct box){-180, -85.0511, 180, 85.0511};
	session->about.bounds = (struct lonlat_box){.west = all.min_x,
		.south = all.min_y,
		.east = fmax(all.max_x, all.min_x + least),
		.north = fmax(all.max_y, all.min_y + least)};
	return rc;
}

static int describe(struct session *session, struct crs_context *crs, struct error *err)
{
	struct json_writer json = JSON_WRITER(&session->vector_layers);
	int rc = set_source(session, err);

	if (!rc)
		rc = set_bounds(session, crs, err);
	json_begin_array(&json);
	vector_layers_put(&json, session->layers, session->count, session->desk->line->lang);
	json_end_array(&json);
	session->about.name = session->desk->city->name;
	session->about.vector_layers = session->vector_layers.data;
	return rc ? rc : strbuf_check(&session->vector_layers, err);
}

/* Reads the layers, all as they were at one moment. */
static int read_layers(struct session *session, struct error *err)
{
	autofree(transaction_end) struct transaction reading = {0};
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	autoptr(geom_context_free) struct geom_context *geom = NULL;
	struct snapshot_source source = {.store = session->desk->store, .city = session->desk->city};
	int rc = crs_context_new(&crs, err);

	if (!rc)
		rc = crs_pin(crs, session->desk->city, err);
	if (!rc)
		rc = geom_context_new(&geom, err);
	if (!rc)
		rc = transaction_begin_read(session->desk->store, &reading, err);
	if (!rc)
		rc = describe(session, crs, err);
	source.crs = crs;
	source.geom = geom;
	for (size_t i = 0; !rc && i < session->count; i++) {
		rc = snapshot_build(&source, &VIEW_NOW(session->layers[i]), NULL,
			&session->snapshots[i], err);
		if (!rc && !desk_goes_on(session->desk))
			rc = fail_export_stopped(err);
	}
	return rc;
}

/* --- while it runs ------------------------------------------------------------------------------ */

/* "4:05", "1:04:05". */
static void print_duration(struct strbuf *out, double seconds)
{
	int64_t left = seconds < 1e7 ? (int64_t)ceil(seconds) : 9999999;

	if (left >= 3600)
		strbuf_add_format(out, "%d:%02d:", (int)(left / 3600), (int)(left / 60 % 60));
	else
		strbuf_add_format(out, "%d:", (int)(left / 60));
	strbuf_add_format(out, "%02d", (int)(left % 60));
}

static bool show_progress(void *context, const struct tile_export_progress *progress)
{
	struct session *session = context;
	struct desk *desk = session->desk;
	int64_t now_ms = clock_ticks_ms();

	/* The rate is that of this run, from its first tile on. */
	if (progress->done && !session->started_ms) {
		session->started_ms = now_ms;
		session->done_before = progress->done;
	}
	if (progress->done && now_ms - session->last_progress_ms >= PROGRESS_MS) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
		autofree(strbuf_clear) struct strbuf left = STRBUF(TEXT_MAX_BYTES);
		double seconds, rate;

		seconds = (double)(now_ms - session->started_ms) / 1000;
		rate = seconds > 0 ? (double)(progress->done - session->done_before) / seconds : 0;
		session->last_progress_ms = now_ms;
		if (rate > 0)
			print_duration(&left, (double)(progress->total - progress->done) / rate);
		else
			strbuf_add_text(&left, "?");
		say_export_progress(&text, desk->line->lang, (int64_t)progress->done,
			(int64_t)progress->total, llround(rate), left.data);
		desk_progress(desk, &text);
	}
	return desk_goes_on(desk);
}

static void say_preparing(struct session *session)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	say_export_preparing(&text, session->desk->line->lang);
	desk_progress(session->desk, &text);
}

static void say_resumed(struct session *session)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	if (!session->resumed)
		return;
	say_export_resumed(&text, session->desk->line->lang, (int64_t)session->resumed);
	desk_talk(session->desk, &text);
}

/* --- how it ended ------------------------------------------------------------------------------- */

static void say_done(struct session *session, const struct archive_counts *counts)
{
	enum lang lang = session->desk->line->lang;
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	say_export_done(&text, lang, file_name(session->path.data), (int64_t)counts->tiles,
		(int64_t)counts->contents, (int64_t)counts->content_bytes, counts->min_zoom,
		counts->max_zoom);
	desk_print(session->desk, &text);
	if (!session->report.full_tiles)
		return;
	strbuf_reset(&text);
	say_export_dropped(&text, lang, (int64_t)session->report.full_tiles, MVT_FEATURES_MAX);
	desk_talk(session->desk, &text);
}

/* Of an export that failed, how much was kept; else all of it. */
static void write_json(struct session *session, const struct archive *archive, bool is_done,
	struct strbuf *out)
{
	const struct archive_counts *counts = archive_counts(archive);
	struct json_writer json = JSON_WRITER(out);

	json_begin_object(&json);
	json_member_text(&json, "file",
		is_done ? session->desk->line->words[1] : archive_partial_path(archive));
	json_member_int(&json, "tiles", (int64_t)counts->tiles);
	json_member_int(&json, "contents", (int64_t)counts->contents);
	json_member_int(&json, "content_bytes", (int64_t)counts->content_bytes);
	json_member_int(&json, "resumed_tiles", (int64_t)session->resumed);
	if (is_done) {
		json_member_int(&json, "min_zoom", counts->min_zoom);
		json_member_int(&json, "max_zoom", counts->max_zoom);
		json_member_int(&json, "full_tiles", (int64_t)session->report.full_tiles);
	} else {
		json_member_bool(&json, "can_resume", true);
	}
	json_end_object(&json);
}

static void tell_done(struct session *session, const struct archive *archive)
{
	autofree(strbuf_clear) struct strbuf json = STRBUF(TEXT_MAX_BYTES);

	if (!session->desk->line->json) {
		say_done(session, archive_counts(archive));
		return;
	}
	write_json(session, archive, true, &json);
	desk_print(session->desk, &json);
}

/* What is there is kept: all of it, or of a full disk what was made durable before. */
static void keep(struct session *session, struct archive *archive)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	if (!archive_counts(archive)->tiles)
		return;
	if (!archive_keep(archive, NULL))
		write_json(session, archive, false, &session->desk->report);
	say_export_kept(&text, session->desk->line->lang, file_name(archive_partial_path(archive)));
	desk_talk(session->desk, &text);
}

static int export_tiles(struct session *session, struct error *err)
{
	const struct tile_export plan = {.snapshots = (const struct snapshot *const *)session->snapshots,
		.count = session->count,
		.first_zoom = (unsigned)session->first_zoom,
		.last_zoom = (unsigned)session->last_zoom,
		.thread_count = THREADS,
		.progress = show_progress,
		.context = session};
	autoptr(archive_free) struct archive *archive = NULL;
	int rc = archive_begin(session->path.data, &session->about,
		command_value(session->desk->line, "resume", 0) != NULL, &archive, err);

	if (rc)
		return rc;
	session->resumed = archive_counts(archive)->tiles;
	say_resumed(session);
	rc = tile_export_run(&plan, archive, &session->report, err);
	if (!rc)
		rc = archive_finish(archive, err);
	desk_progress_end(session->desk);
	if (rc)
		keep(session, archive);
	else
		tell_done(session, archive);
	return rc;
}

static int run(struct desk *desk, struct error *err)
{
	struct session session = {.desk = desk,
		.last_progress_ms = clock_ticks_ms(),
		.path = STRBUF(TEXT_MAX_BYTES),
		.vector_layers = STRBUF(LAYERS_MAX_BYTES)};
	int rc = read_line(&session, err);

	if (!rc) {
		say_preparing(&session);
		rc = read_layers(&session, err);
		desk_progress_end(desk);
	}
	if (!rc)
		rc = export_tiles(&session, err);
	for (size_t i = 0; i < session.count; i++)
		snapshot_free(session.snapshots[i]);
	strbuf_clear(&session.path);
	strbuf_clear(&session.vector_layers);
	return rc;
}

static const struct command_option options[] = {
	{"layers", "A,B", MSG_HELP_TILES_LAYERS},
	{"zooms", "N-M", MSG_HELP_TILES_ZOOMS},
	{"resume", NULL, MSG_HELP_TILES_RESUME},
	{NULL, NULL, 0},
};

const struct command tiles_group = {
	"tiles", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_TILES, NULL, COMMAND_ALONE, NULL};
const struct command tiles_export_command = {"tiles export", "DIR OUT.pmtiles|OUT.mbtiles", 2, 2,
	MSG_HELP_TILES_EXPORT, options, COMMAND_READS, run};
