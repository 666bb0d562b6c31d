/* dothi doctor: is everything here as it must be. */
#include <unistd.h>

#include "base/file.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "data/register.h"
#include "gis/crs_check.h"
#include "gis/ogr_process.h"
#include "server/cases/certificate_paper.h"
#include "server/commands/desk.h"

enum {
	PATH_MAX_BYTES = 4096,
	PROBE_MAX_BYTES = 4096,
	PROBE_WAIT_MS = 10000,
	TEXT_MAX_BYTES = 8192,
	DISK_RESERVE_BYTES = 200 << 20,
	PAPERS_ARENA_BYTES = 1 << 20,
};

/* What the checks share. */
struct examination {
	struct desk *desk;
	const struct command_line *line;
	const char *folder;
	struct register_folder opened;
	struct crs_context *crs;
	struct json_writer json;
	struct strbuf out;
	int failed;
};

/* One check: says in `said` what it found; an error is what is wrong. */
struct check {
	const char *name;
	int (*run)(struct examination *examination, struct strbuf *said, struct error *err);
};

static int check_register(struct examination *examination, struct strbuf *said, struct error *err)
{
	int rc = register_open(examination->folder, city_layers(), STORE_READ,
		clock_now_us(&clock_system), &examination->opened, err);

	if (!rc)
		rc = store_check(examination->opened.store, err);
	if (rc)
		return rc;
	strbuf_add_format(said, "%s, EPSG:%d", examination->opened.city.name,
		examination->opened.city.epsg);
	return 0;
}

static int check_database(struct examination *examination, struct strbuf *said, struct error *err)
{
	struct store *store = examination->opened.store;

	return store ? store_examine(store, said, err) : 0;
}

static int check_crs(struct examination *examination, struct strbuf *said, struct error *err)
{
	int rc = crs_context_new(&examination->crs, err);

	if (!rc)
		rc = crs_check(examination->crs, err);
	if (!rc && examination->opened.store)
		rc = crs_pin(examination->crs, &examination->opened.city, err);
	if (rc)
		return rc;
	strbuf_add_text(said, examination->opened.store ? examination->opened.city.operation
							: "EPSG:6960");
	return 0;
}

/* Runs "dothi-ogr --probe" and takes what it prints: the measures that are active, as JSON. */
static int probe(const char *program, struct strbuf *said, struct error *err)
{
	const char *const arguments[] = {program, "--probe", NULL};
	struct ogr_process process = OGR_PROCESS;
	char bytes[512];
	ssize_t got = 1;
	int rc = ogr_process_start(program, arguments, "/", &process, err);

	while (!rc && got > 0 && said->len < PROBE_MAX_BYTES &&
		ogr_process_wait(&process, PROBE_WAIT_MS) > 0) {
		got = ogr_process_read(&process, bytes, sizeof bytes);
		if (got > 0)
			strbuf_add(said, bytes, (size_t)got);
	}
	ogr_process_end(&process);
	while (said->len && said->data[said->len - 1] == '\n')
		said->data[--said->len] = '\0';
	return rc;
}

static int check_reader(struct examination *examination, struct strbuf *said, struct error *err)
{
	autofree(strbuf_clear) struct strbuf program = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf measures = STRBUF(PROBE_MAX_BYTES);
	autoptr(json_document_free) struct json_node *probed = NULL;
	const char *version = "?";
	bool closed = false;
	int rc = ogr_process_find(&program, err);

	if (!rc)
		rc = probe(program.data, &measures, err);
	if (rc)
		return rc;
	if (!json_document_parse(measures.data, measures.len, &probed, NULL))
		json_node_bool(json_node_get(probed, "system_calls"), &closed);
	if (!closed)
		return fail_sandbox_missing(err);
	json_node_text(json_node_get(probed, "gdal"), &version);
	if (examination->line->json)
		strbuf_add(said, measures.data, measures.len);
	else
		say_doctor_reader(said, examination->line->lang, version);
	return 0;
}

static int check_disk(struct examination *examination, struct strbuf *said, struct error *err)
{
	int64_t free_bytes = file_free_bytes(examination->folder);

	if (free_bytes >= 0)
		message_print_bytes(said, examination->line->lang, free_bytes);
	if (free_bytes >= 0 && free_bytes < DISK_RESERVE_BYTES)
		return fail_disk_low(err, free_bytes);
	return 0;
}

static int check_papers(struct examination *examination, struct strbuf *said, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(PAPERS_ARENA_BYTES);
	const struct paper_template *layout;
	bool own = false;
	int rc = certificate_layout_read(examination->folder, &arena, &layout, &own, err);

	if (!rc)
		say_doctor_papers(said, examination->line->lang, own ? "templates/certificate.txt" : "–");
	return rc;
}

static const struct check checks[] = {
	{"register", check_register},
	{"database", check_database},
	{"coordinates", check_crs},
	{"reader", check_reader},
	{"disk", check_disk},
	{"papers", check_papers},
};

static void report(struct examination *examination, const char *name, const struct strbuf *said,
	const struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	enum lang lang = examination->line->lang;

	if (err->code)
		error_print(&text, err, lang);
	else
		strbuf_add(&text, said->data, said->len);
	if (examination->line->json) {
		json_put_key(&examination->json, name);
		json_begin_object(&examination->json);
		json_member_bool(&examination->json, "ok", !err->code);
		if (err->code)
			json_member_text(&examination->json, "code", error_message_code(err));
		json_member_text(&examination->json, "detail", text.data);
		json_end_object(&examination->json);
		return;
	}
	strbuf_reset(&examination->out);
	strbuf_add_format(&examination->out, "%s %-12s %s", err->code ? "✗" : "✓", name, text.data);
	if (err->code) {
		strbuf_reset(&text);
		error_print_try(&text, err, lang);
		strbuf_add_format(&examination->out, "%s%s [%s]", text.len ? "\n               → " : "",
			text.data, error_message_code(err));
	}
	desk_print(examination->desk, &examination->out);
}

static void run_checks(struct examination *examination)
{
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
		autofree(strbuf_clear) struct strbuf said = STRBUF(TEXT_MAX_BYTES);
		struct error err = {0};

		if (checks[i].run(examination, &said, &err))
			examination->failed++;
		report(examination, checks[i].name, &said, &err);
	}
}

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	struct examination examination = {.desk = desk, .line = line, .folder = line->words[0],
		.opened = REGISTER_CLOSED, .out = STRBUF(TEXT_MAX_BYTES * 4)};

	if (line->json) {
		examination.json = JSON_WRITER(&examination.out);
		json_begin_object(&examination.json);
	}
	run_checks(&examination);
	if (line->json) {
		json_end_object(&examination.json);
		if (examination.failed)
			strbuf_add(&desk->report, examination.out.data, examination.out.len);
		else
			desk_print(desk, &examination.out);
	}
	crs_context_free(examination.crs);
	register_close(&examination.opened);
	strbuf_clear(&examination.out);
	return examination.failed ? fail_doctor_found(err, examination.failed) : 0;
}

const struct command doctor_command = {
	"doctor", "DIR", 1, 1, MSG_HELP_DOCTOR, NULL, COMMAND_ALONE, run};
