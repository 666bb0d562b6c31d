/* dothi import: a file of the user into a layer. */
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/text.h"
#include "gis/import.h"
#include "server/commands/desk.h"

enum {
	PATH_MAX_BYTES = 4096,
	FINDINGS_MAX_BYTES = 256 << 20, /* of the JSON list: a million rows, all with findings */
	BYTES_MAX = 2000000000,		/* of a file, and of what it unpacks to */
	OPEN_MS_MAX = 120000,
	WAIT_MS_MAX = 3600000,
	PROGRESS_MS = 1000,
	LINE_MAX_BYTES = 4096,
};

/* The command while it runs; context of the import's calls. */
struct session {
	struct desk *desk;
	const struct command_line *line;
	struct strbuf findings; /* JSON, with --json */
	struct json_writer json;
	struct strbuf report; /* JSON, made when all rows were read */
	int64_t last_progress_ms;
	int64_t findings_left_out;
	bool dry_run, yes, kept;
	struct error refusal; /* why it was not kept although nobody said no */
};

static const char *const severity_names[] = {"note", "warning", "error"};

static void add_finding_json(struct session *session, const struct import_finding *finding)
{
	struct json_writer *json = &session->json;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	if (session->findings.len + 2 * LINE_MAX_BYTES > FINDINGS_MAX_BYTES) {
		session->findings_left_out++;
		return;
	}
	error_print(&text, finding->reason, session->line->lang);
	json_begin_object(json);
	json_member_text(json, "severity", severity_names[finding->severity]);
	json_member_int(json, "row", finding->row);
	json_member_text(json, "code", error_message_code(finding->reason));
	json_member_text(json, "reason", text.data);
	if (finding->has_place) {
		json_put_key(json, "lon");
		json_put_fixed(json, finding->lon, 9);
		json_put_key(json, "lat");
		json_put_fixed(json, finding->lat, 9);
		json_put_key(json, "east");
		json_put_fixed(json, finding->east, 4);
		json_put_key(json, "north");
		json_put_fixed(json, finding->north, 4);
	}
	json_end_object(json);
}

static void add_place(struct strbuf *text, const struct import_finding *finding)
{
	strbuf_add_format(text, " @ %.7f, %.7f (E %.3f, N %.3f)", finding->lon, finding->lat,
		finding->east, finding->north);
}

static void take_finding(void *context, const struct import_finding *finding)
{
	struct session *session = context;
	enum lang lang = session->line->lang;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf reason = STRBUF(LINE_MAX_BYTES);

	if (session->line->json) {
		add_finding_json(session, finding);
		return;
	}
	error_print(&reason, finding->reason, lang);
	if (finding->row)
		say_finding_row(&text, lang, finding->row, reason.data);
	else
		strbuf_add_text(&text, reason.data);
	if (finding->has_place)
		add_place(&text, finding);
	strbuf_add_format(&text, " [%s]", error_message_code(finding->reason));
	desk_print(session->desk, &text);
}

static bool show_progress(void *context, int64_t done, int64_t total)
{
	struct session *session = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	int64_t now_ms = clock_ticks_ms();

	if (now_ms - session->last_progress_ms >= PROGRESS_MS) {
		session->last_progress_ms = now_ms;
		if (total > 0)
			say_import_progress(&text, session->line->lang, done, total);
		else
			say_import_progress_open(&text, session->line->lang, done);
		desk_progress(session->desk, &text);
	}
	return desk_goes_on(session->desk);
}

static void write_json_report(struct session *session, const struct import_report *report)
{
	struct json_writer json = JSON_WRITER(&session->report);
	const struct layer *layer = layer_find(city_layers(),
		command_value(session->line, "layer", 0),
		strlen(command_value(session->line, "layer", 0)));

	json_begin_object(&json);
	json_member_text(&json, "file", file_name(session->line->words[1]));
	json_member_text(&json, "format", upload_format_ending(report->info->format));
	json_member_text(&json, "source_layer", report->info->layer.name);
	json_member_text(&json, "layer", layer->id);
	json_member_int(&json, "epsg", report->epsg);
	json_member_text(&json, "encoding", report->info->layer.encoding);
	json_member_int(&json, "rows", report->rows);
	json_member_int(&json, "stored", report->stored);
	json_member_int(&json, "without_geometry", report->without_geometry);
	json_member_int(&json, "invalid", report->invalid);
	json_member_int(&json, "repaired", report->repaired);
	json_member_int(&json, "refused", report->refused);
	json_member_real(&json, "area_m2", report->area_m2);
	json_member_real(&json, "length_m", report->length_m);
	if (!box_is_empty(&report->box)) {
		json_put_key(&json, "extent");
		json_begin_array(&json);
		json_put_fixed(&json, report->box.min_x, 4);
		json_put_fixed(&json, report->box.min_y, 4);
		json_put_fixed(&json, report->box.max_x, 4);
		json_put_fixed(&json, report->box.max_y, 4);
		json_end_array(&json);
	}
	json_put_key(&json, "columns");
	json_begin_object(&json);
	for (size_t i = 0; i < layer->field_count; i++)
		if (report->columns[i])
			json_member_text(&json, layer->fields[i].id, report->columns[i]);
	json_end_object(&json);
	json_put_key(&json, "findings");
	json_put_raw(&json, session->findings.data, session->findings.len);
	json_member_int(&json, "findings_left_out", session->findings_left_out);
	/* Closed when it is known whether it was kept. */
}

static void print_report(struct session *session, const struct import_report *report)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	enum lang lang = session->line->lang;

	desk_progress_end(session->desk);
	say_import_read(&text, lang, file_name(session->line->words[1]), report->rows,
		report->epsg, report->info->layer.encoding);
	strbuf_add_char(&text, '\n');
	say_import_good(&text, lang, report->stored, report->kept_columns
			? (int64_t)report->kept_columns : 0);
	if (report->without_geometry || report->invalid || report->repaired) {
		strbuf_add_char(&text, '\n');
		say_import_odd(&text, lang, report->without_geometry, report->invalid,
			report->repaired);
	}
	if (report->refused) {
		strbuf_add_char(&text, '\n');
		say_import_refused(&text, lang, report->refused);
	}
	desk_print(session->desk, &text);
}

static bool ask(struct session *session, const struct import_report *report)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	say_import_ask(&text, session->line->lang, report->stored,
		command_value(session->line, "layer", 0));
	return desk_ask(session->desk, &text);
}

/* Fills the reason if the report alone forbids to keep anything. */
static bool is_refused(struct session *session, const struct import_report *report)
{
	struct error *why = &session->refusal;

	if (session->line->json && (session->findings.failed || session->report.failed))
		fail_no_memory(why);
	else if (report->refused && !report->stored)
		fail_import_nothing(why, report->refused);
	else if (report->refused && !session->yes && !session->desk->can_ask)
		fail_import_refused_rows(why, report->refused);
	return why->code != 0;
}

static bool confirm(void *context, const struct import_report *report)
{
	struct session *session = context;

	if (session->line->json) {
		json_end_array(&session->json);
		write_json_report(session, report);
	} else {
		print_report(session, report);
	}
	if (session->dry_run || is_refused(session, report))
		return false;
	session->kept = session->yes || !session->desk->can_ask || ask(session, report);
	return session->kept;
}

/* "--map field=column", again and again. */
static int read_mappings(const struct command_line *line, struct import_mapping *mappings,
	size_t *ret_count, struct arena *arena, struct error *err)
{
	const char *text;
	size_t count = 0;

	while ((text = command_value(line, "map", count))) {
		const char *equals = strchr(text, '=');

		if (!equals || equals == text || !equals[1] || count == IMPORT_MAPPINGS_MAX)
			return fail_option_value(err, "map", text);
		mappings[count].field = arena_text(arena, text, (size_t)(equals - text));
		mappings[count].column = equals + 1;
		if (!mappings[count].field)
			return fail_no_memory(err);
		count++;
	}
	*ret_count = count;
	return 0;
}

static int write_at_desk(void *desk, writer_work *work, void *context, struct error *err)
{
	return desk_write(desk, work, context, err);
}

static int open_tools(struct desk *desk, struct import_tools *tools, struct error *err)
{
	int rc = crs_context_new(&tools->crs, err);

	if (!rc)
		rc = crs_pin(tools->crs, desk->city, err);
	if (!rc)
		rc = geom_context_new(&tools->geom, err);
	tools->write = write_at_desk;
	tools->desk = desk;
	tools->layers = city_layers();
	tools->city = desk->city;
	return rc;
}

static void print_end(struct session *session)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	if (session->line->json) {
		desk_print(session->desk, &session->report);
		return;
	}
	if (session->kept)
		say_import_kept(&text, session->line->lang);
	else
		say_import_not_kept(&text, session->line->lang);
	desk_talk(session->desk, &text);
}

/* What was read, with whether it was kept; why not, if it is not what was wished. */
static int finish(struct session *session, struct error *err)
{
	int rc = 0;

	if (session->report.len)
		strbuf_add_format(
			&session->report, ",\"kept\":%s}", session->kept ? "true" : "false");
	if (session->refusal.code) {
		rc = error_copy(err, &session->refusal);
		strbuf_add(&session->desk->report, session->report.data, session->report.len);
	} else {
		print_end(session);
	}
	return rc;
}

static int import_file(struct session *session, struct import_plan *plan, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf work = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf program = STRBUF(PATH_MAX_BYTES);
	struct import_tools tools = {0};
	struct import_report report;
	int rc;

	if (session->line->json)
		json_begin_array(&session->json);
	desk_path(session->desk, session->line->words[1], &path);
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = register_make_work_folder(session->desk->folder, &work, err);
	if (!rc)
		rc = ogr_process_find(&program, err);
	if (!rc)
		rc = open_tools(session->desk, &tools, err);
	plan->path = path.data;
	plan->options.program = program.data;
	plan->options.work_folder = work.data;
	if (!rc)
		rc = import_run(&tools, plan, &report, err);
	geom_context_free(tools.geom);
	crs_context_free(tools.crs);
	if (work.len)
		file_remove(work.data, NULL);
	return rc ? rc : finish(session, err);
}

static bool is_cancelled(void *desk)
{
	return !desk_goes_on(desk);
}

static int read_plan(struct desk *desk, struct import_plan *plan, struct error *err)
{
	const struct command_line *line = desk->line;
	const char *layer = command_value(line, "layer", 0);
	const char *day = command_value(line, "valid-from", 0);
	int64_t epsg;
	int rc = command_int(line, "crs", 1, CRS_EPSG_MAX, 0, &epsg, err);

	if (rc)
		return rc;
	if (!layer)
		return fail_option_missing(err, "layer", "import");
	plan->layer = layer_find(city_layers(), layer, strlen(layer));
	if (!plan->layer)
		return fail_target_layer_unknown(err, layer);
	if (plan->layer->address)
		return fail_changed_by_acts(err);
	plan->epsg = (int)epsg;
	plan->repair = command_value(line, "repair", 0) != NULL;
	plan->author = (struct change_author){
		.actor = desk->actor, .reason = "import", .at_us = clock_now_us(&clock_system)};
	if (day && !date_parse(day, strlen(day), &plan->valid_from))
		return fail_option_value(err, "valid-from", day);
	plan->randomness = &randomness_system;
	plan->options = (struct ogr_options){
		.layer = command_value(line, "source-layer", 0),
		.encoding = command_value(line, "encoding", 0),
		.cancelled = is_cancelled,
		.context = desk,
		.bytes_max = BYTES_MAX,
		.open_ms_max = OPEN_MS_MAX,
		.wait_ms_max = WAIT_MS_MAX,
	};
	return 0;
}

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	struct import_mapping mappings[IMPORT_MAPPINGS_MAX];
	struct arena arena = ARENA(1 << 20);
	struct session session = {.desk = desk, .line = line, .findings = STRBUF(FINDINGS_MAX_BYTES),
		.report = STRBUF(FINDINGS_MAX_BYTES), .last_progress_ms = clock_ticks_ms(),
		.dry_run = command_value(line, "dry-run", 0) != NULL,
		.yes = command_value(line, "yes", 0) != NULL};
	struct import_plan plan = {.mappings = mappings, .finding = take_finding,
		.progress = show_progress, .confirm = confirm, .context = &session};
	int rc = read_plan(desk, &plan, err);

	session.json = JSON_WRITER(&session.findings);
	if (!rc)
		rc = read_mappings(line, mappings, &plan.mapping_count, &arena, err);
	if (!rc)
		rc = import_file(&session, &plan, err);
	arena_clear(&arena);
	strbuf_clear(&session.findings);
	strbuf_clear(&session.report);
	return rc;
}

static const struct command_option options[] = {
	{"layer", "LAYER", MSG_HELP_IMPORT_LAYER},
	{"crs", "EPSG", MSG_HELP_IMPORT_CRS},
	{"encoding", "NAME", MSG_HELP_IMPORT_ENCODING},
	{"map", "FIELD=COLUMN", MSG_HELP_IMPORT_MAP},
	{"source-layer", "NAME", MSG_HELP_IMPORT_SOURCE},
	{"valid-from", "YYYY-MM-DD", MSG_HELP_IMPORT_VALID},
	{"repair", NULL, MSG_HELP_IMPORT_REPAIR},
	{"dry-run", NULL, MSG_HELP_IMPORT_DRY},
	{"yes", NULL, MSG_HELP_IMPORT_YES},
	{NULL, NULL, 0},
};

const struct command import_command = {
	"import", "DIR FILE", 2, 2, MSG_HELP_IMPORT, options, COMMAND_WRITES, run};
