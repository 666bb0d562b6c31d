/* dothi export: a layer as a file of the user. */
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/text.h"
#include "server/cases/export.h"
#include "server/commands/desk.h"

enum {
	PATH_MAX_BYTES = 4096,
	AREA_MAX_BYTES = 16 << 20,
	PROGRESS_MS = 1000,
	LINE_MAX_BYTES = 4096,
	RESERVE_BYTES = 64 << 20,
};

static const int64_t bytes_max = (int64_t)1 << 40;

/* The export while it runs. */
struct session {
	struct desk *desk;
	struct strbuf path, folder;
	struct json_node *area;
	struct export_order order;
	struct export_report report;
	int64_t last_progress_ms;
};

static void session_clear(struct session *session)
{
	strbuf_clear(&session->path);
	strbuf_clear(&session->folder);
	json_document_free(session->area);
}

static bool show_progress(void *context, int64_t done, int64_t total)
{
	struct session *session = context;
	enum lang lang = session->desk->line->lang;
	int64_t now_ms = clock_ticks_ms();
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	if (now_ms - session->last_progress_ms < PROGRESS_MS)
		return desk_goes_on(session->desk);
	session->last_progress_ms = now_ms;
	if (total > 0 && done >= total)
		say_save_finishing(&text, lang);
	else if (total > 0)
		say_save_progress(&text, lang, done, total, done * 100 / total);
	else
		say_save_progress_open(&text, lang, done);
	desk_progress(session->desk, &text);
	return desk_goes_on(session->desk);
}

/* By --format, or by how the name ends. */
static int choose_format(struct session *session, struct error *err)
{
	const struct command_line *line = session->desk->line;
	const char *wanted = command_value(line, "format", 0), *name = file_name(line->words[1]);
	const char *dot = strrchr(name, '.');
	struct export_order *order = &session->order;
	bool zipped = dot && text_equal_nocase(dot, ".zip");

	if (wanted && !export_format_parse(wanted, &order->format))
		return fail_option_value(err, "format", wanted);
	if (!wanted && zipped)
		order->format = EXPORT_SHAPEFILE;
	else if (!wanted && (!dot || !export_format_parse(dot + 1, &order->format)))
		return fail_export_format_unknown(err, name);
	order->packed = order->format == EXPORT_SHAPEFILE && !(dot && text_equal_nocase(dot, ".shp"));
	return 0;
}

static int read_area(struct session *session, struct error *err)
{
	const char *file = command_value(session->desk->line, "area", 0);
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(AREA_MAX_BYTES);
	int rc;

	if (!file)
		return 0;
	desk_path(session->desk, file, &path);
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = file_read(path.data, &text, err);
	if (!rc)
		rc = json_document_parse(text.data, text.len, &session->area, err);
	session->order.area = session->area;
	return rc;
}

static int read_order(struct session *session, struct error *err)
{
	const struct command_line *line = session->desk->line;
	const char *layer = command_value(line, "layer", 0), *crs = command_value(line, "crs", 0);
	struct export_order *order = &session->order;
	int rc = layer ? choose_format(session, err) : fail_option_missing(err, "layer", "export");

	if (rc)
		return rc;
	order->layer = layer_find(city_layers(), layer, strlen(layer));
	if (!order->layer)
		return fail_target_layer_unknown(err, layer);
	if (!export_read_crs(crs, order->format, &order->epsg))
		return fail_option_value(err, "crs", crs);
	order->lang = line->lang;
	order->plain = command_value(line, "plain", 0) != NULL;
	order->fields = command_value(line, "fields", 0);
	order->box = command_value(line, "bbox", 0);
	rc = command_int(line, "unit", 1, INT64_MAX, 0, &order->unit_id, err);
	if (!rc)
		rc = moment_read("datetime", command_value(line, "datetime", 0),
			command_value(line, "recorded", 0), &order->moment, err);
	return rc ? rc : read_area(session, err);
}

/* Where the file shall stand; what grows stands beside it, on the same disk. */
static int read_path(struct session *session, struct error *err)
{
	const struct command_line *line = session->desk->line;
	size_t len;
	int rc;

	desk_path(session->desk, line->words[1], &session->path);
	rc = strbuf_check(&session->path, err);
	if (rc)
		return rc;
	if (file_is_folder(session->path.data))
		return fail_file_not_writable(err, file_name(line->words[1]));
	if (file_exists(session->path.data) && !command_value(line, "force", 0))
		return fail_export_there(err, file_name(session->path.data));
	len = (size_t)(file_name(session->path.data) - session->path.data);
	if (len)
		strbuf_add(&session->folder, session->path.data, len > 1 ? len - 1 : len);
	else
		strbuf_add_char(&session->folder, '.');
	return strbuf_check(&session->folder, err);
}

static void print_lost(struct session *session)
{
	const struct export_report *report = &session->report;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf ids = STRBUF(LINE_MAX_BYTES);

	for (size_t i = 0; i < report->lost_id_count; i++)
		strbuf_add_format(&ids, "%s%lld", i ? ", " : "", (long long)report->lost_ids[i]);
	if (report->lost_id_count == EXPORT_LOST_MAX)
		strbuf_add_text(&ids, ", …");
	say_save_lost(&text, session->desk->line->lang, report->lost_values, ids.data);
	desk_talk(session->desk, &text);
}

static void print_done(struct session *session)
{
	const struct export_report *report = &session->report;
	enum lang lang = session->desk->line->lang;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);

	if (session->desk->line->json) {
		json_begin_object(&json);
		json_member_text(&json, "file", session->desk->line->words[1]);
		json_member_text(&json, "format", export_format_ending(session->order.format));
		json_member_text(&json, "layer", session->order.layer->id);
		export_write_report(&json, report);
		json_end_object(&json);
		desk_print(session->desk, &text);
		return;
	}
	say_save_done(&text, lang, file_name(session->path.data), report->rows, report->bytes,
		report->epsg);
	desk_print(session->desk, &text);
	if (report->lost_values)
		print_lost(session);
	strbuf_reset(&text);
	if (report->left_out)
		say_save_left_out(&text, lang, report->left_out);
	else if (report->too_long_for_excel && !session->order.plain)
		say_save_excel(&text, lang);
	if (text.len)
		desk_talk(session->desk, &text);
}

static int run(struct desk *desk, struct error *err)
{
	autofree(session_clear) struct session session = {.desk = desk,
		.path = STRBUF(PATH_MAX_BYTES),
		.folder = STRBUF(PATH_MAX_BYTES),
		.last_progress_ms = clock_ticks_ms()};
	autoptr(ogr_writer_close) struct ogr_writer *writer = NULL;
	struct export_setting setting = {.store = desk->store,
		.city = desk->city,
		.progress = show_progress,
		.context = &session};
	int rc = read_order(&session, err);

	if (!rc)
		rc = read_path(&session, err);
	if (rc)
		return rc;
	setting.writer = (struct ogr_writer_plan){.work_folder = session.folder.data,
		.name = file_name(session.path.data),
		.bytes_max = bytes_max,
		.reserve_bytes = RESERVE_BYTES};
	rc = export_order_run(&session.order, &setting, &session.report, &writer, err);
	desk_progress_end(desk);
	if (!rc)
		rc = ogr_writer_take(writer, session.path.data, err);
	if (!rc)
		print_done(&session);
	return rc;
}

static const struct command_option options[] = {
	{"layer", "LAYER", MSG_HELP_EXPORT_LAYER},
	{"format", "FORMAT", MSG_HELP_EXPORT_FORMAT},
	{"crs", "CRS", MSG_HELP_EXPORT_CRS},
	{"unit", "ID", MSG_HELP_EXPORT_UNIT},
	{"bbox", "W,S,E,N", MSG_HELP_EXPORT_BBOX},
	{"area", "FILE", MSG_HELP_EXPORT_AREA},
	{"datetime", "DATE", MSG_HELP_EXPORT_DATE},
	{"recorded", "DATE", MSG_HELP_EXPORT_RECORDED},
	{"fields", "A,B", MSG_HELP_EXPORT_FIELDS},
	{"plain", NULL, MSG_HELP_EXPORT_PLAIN},
	{"force", NULL, MSG_HELP_EXPORT_FORCE},
	{NULL, NULL, 0},
};

const struct command export_command = {
	"export", "DIR FILE", 2, 2, MSG_HELP_EXPORT, options, COMMAND_READS, run};
