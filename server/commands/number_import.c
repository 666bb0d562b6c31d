/* dothi number import: existing house numbers from a table or from lines. */
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "server/cases/address_import.h"
#include "server/commands/number_desk.h"

enum {
	FILE_MAX_BYTES = 256 << 20,
	PATH_MAX_BYTES = 4096,
	LINE_MAX_BYTES = 1 << 12,
	JSON_MAX_BYTES = 64 << 20,
	FINDINGS_TOLD = 50, /* in plain words; --json tells all that fit */
};

/* The verb while it works. */
struct session {
	struct desk *desk;
	struct strbuf findings; /* JSON */
	struct json_writer json;
	int64_t told;
};

static void tell_finding(
	void *context, int64_t row, enum address_severity severity, const struct error *what)
{
	struct session *session = context;
	struct desk *desk = session->desk;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	error_print(&text, what, desk->line->lang);
	if (desk->line->json) {
		json_begin_object(&session->json);
		json_member_int(&session->json, "row", row);
		json_member_text(&session->json, "severity",
			severity == ADDRESS_ERROR ? "error" : "warning");
		json_member_text(&session->json, "code", error_message_code(what));
		json_member_text(&session->json, "text", text.data ? text.data : "");
		json_end_object(&session->json);
	} else if (session->told++ < FINDINGS_TOLD) {
		autofree(strbuf_clear) struct strbuf line = STRBUF(2 * LINE_MAX_BYTES);

		say_address_row(&line, desk->line->lang, row, text.data ? text.data : "");
		desk_talk(desk, &line);
	}
}

static bool go_on(void *context, int64_t rows)
{
	struct session *session = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	say_address_progress(&text, session->desk->line->lang, rows);
	desk_progress(session->desk, &text);
	return desk_goes_on(session->desk);
}

static bool confirm(void *context, const struct address_report *report)
{
	struct session *session = context;
	struct desk *desk = session->desk;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	desk_progress_end(desk);
	if (command_value(desk->line, "dry-run", 0))
		return false;
	if (!report->errors || command_value(desk->line, "yes", 0))
		return true;
	say_address_question(&text, desk->line->lang, report->errors);
	return desk_ask(desk, &text);
}

static int print_report(
	struct session *session, const struct address_import *import, struct error *err)
{
	const struct address_report *report = &import->report;
	struct desk *desk = session->desk;
	autofree(strbuf_clear) struct strbuf text = STRBUF(JSON_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);
	int rc;

	json_end_array(&session->json);
	if (desk->line->json) {
		json_begin_object(&json);
		json_member_int(&json, "rows", report->rows);
		json_member_int(&json, "stored", import->declined ? 0 : report->stored);
		json_member_int(&json, "warnings", report->warnings);
		json_member_int(&json, "errors", report->errors);
		json_put_key(&json, "findings");
		json_put_raw(&json, session->findings.data, session->findings.len);
		json_end_object(&json);
	} else {
		say_address_report(&text, desk->line->lang, report->rows,
			import->declined ? 0 : report->stored, report->warnings, report->errors);
	}
	rc = strbuf_check(&session->findings, err);
	if (!rc)
		rc = strbuf_check(&text, err);
	if (!rc)
		desk_print(desk, &text);
	return rc;
}

static int read_options(struct desk *desk, struct address_import *import, struct error *err)
{
	const char *format = command_value(desk->line, "format", 0);
	const char *from = command_value(desk->line, "valid-from", 0);

	if (format && !address_format_parse(format, &import->format))
		return fail_option_value(err, "format", format);
	if (from && !date_parse(from, strlen(from), &import->valid_from))
		return fail_option_value(err, "valid-from", from);
	return 0;
}

static int run_import(struct desk *desk, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(FILE_MAX_BYTES);
	struct session session = {.desk = desk, .findings = STRBUF(JSON_MAX_BYTES)};
	struct address_import import = {.format = ADDRESS_BAL,
		.author = {desk->actor, "import", clock_now_us(&clock_system)},
		.randomness = &randomness_system,
		.finding = tell_finding, .progress = go_on, .confirm = confirm,
		.context = &session};
	int rc = number_desk_open(&number, desk, err);

	session.json = JSON_WRITER(&session.findings);
	json_begin_array(&session.json);
	if (!rc)
		rc = read_options(desk, &import, err);
	desk_path(desk, desk->line->words[1], &path);
	if (!rc)
		rc = strbuf_check(&path, err);
	if (!rc)
		rc = file_read(path.data, &text, err);
	import.tools = &number.tools;
	import.text = text.data ? text.data : "";
	import.len = text.len;
	if (!rc)
		rc = desk_write(desk, address_import_run, &import, err);
	if (rc && import.declined) {
		error_clear(err);
		rc = 0;
	}
	if (!rc)
		rc = print_report(&session, &import, err);
	strbuf_clear(&session.findings);
	return rc;
}

static const struct command_option options[] = {
	{"format", "bal|openaddresses", MSG_HELP_NUMBER_FORMAT},
	{"valid-from", "DATE", MSG_HELP_NUMBER_FROM},
	{"dry-run", NULL, MSG_HELP_NUMBER_DRY},
	{"yes", NULL, MSG_HELP_NUMBER_YES},
	{NULL, NULL, 0},
};

const struct command number_import_command = {"number import", "DIR FILE", 2, 2,
	MSG_HELP_NUMBER_IMPORT, options, COMMAND_WRITES, run_import};
