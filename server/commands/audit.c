/* dothi audit verify: has anybody changed the register behind its back? */
#include "base/messages.h"
#include "server/cases/audit_json.h"
#include "server/commands/desk.h"

enum {
	TEXT_MAX_BYTES = 4096,
	FINDINGS_MAX_BYTES = 64 << 20, /* of the JSON list */
	PROGRESS_MS = 1000,
};

/* The examination while it runs. */
struct inspection {
	struct desk *desk;
	int64_t last_progress_ms;
	struct strbuf out; /* JSON */
	struct audit_json json;
};

static void take_finding(void *context, const struct audit_finding *finding)
{
	struct inspection *inspection = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	if (inspection->desk->line->json) {
		audit_json_add(&inspection->json, finding);
		return;
	}
	audit_print_finding(&text, finding, inspection->desk->line->lang);
	strbuf_add_format(&text, " [%s]", audit_fault_code(finding->fault));
	desk_progress_end(inspection->desk);
	desk_print(inspection->desk, &text);
}

static bool show_progress(void *context, int64_t done, int64_t total)
{
	struct inspection *inspection = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	int64_t now_ms = clock_ticks_ms();

	if (now_ms - inspection->last_progress_ms >= PROGRESS_MS) {
		inspection->last_progress_ms = now_ms;
		say_audit_progress(&text, inspection->desk->line->lang, done, total);
		desk_progress(inspection->desk, &text);
	}
	return desk_goes_on(inspection->desk);
}

static void print_report(struct desk *desk, const struct audit_report *report)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf head = STRBUF(TEXT_MAX_BYTES);
	enum lang lang = desk->line->lang;

	desk_progress_end(desk);
	say_audit_counted(&text, lang, report->links, report->changes, report->versions);
	desk_talk(desk, &text);
	strbuf_reset(&text);
	if (!report->findings) {
		say_audit_sound(&text, lang);
		desk_talk(desk, &text);
		strbuf_reset(&text);
	}
	audit_print_head(&head, &report->head);
	say_audit_head_is(&text, lang, head.data);
	desk_print(desk, &text);
}

/* Of a register with findings the error joins the document. */
static void print_json(struct inspection *inspection, const struct audit_report *report)
{
	struct strbuf *out = &inspection->out;

	audit_json_end(&inspection->json, report);
	if (report->findings)
		strbuf_add(&inspection->desk->report, out->data, out->len);
	else
		desk_print(inspection->desk, out);
}

static int inspect(struct inspection *inspection, const struct audit_plan *plan, struct error *err)
{
	struct desk *desk = inspection->desk;
	struct audit_report report;
	int rc;

	audit_json_begin(&inspection->json, &inspection->out, FINDINGS_MAX_BYTES);
	rc = audit_verify(desk->store, plan, &report, err);
	if (!rc)
		rc = strbuf_check(&inspection->out, err);
	if (rc) {
		desk_progress_end(desk);
		return rc;
	}
	if (desk->line->json)
		print_json(inspection, &report);
	else
		print_report(desk, &report);
	return report.findings ? fail_audit_found(err, report.findings) : 0;
}

static int run(struct desk *desk, struct error *err)
{
	const char *expected = command_value(desk->line, "expect", 0);
	struct inspection inspection = {.desk = desk, .last_progress_ms = clock_ticks_ms(),
		.out = STRBUF(FINDINGS_MAX_BYTES + TEXT_MAX_BYTES)};
	struct audit_head head;
	struct audit_plan plan = {.layers = city_layers(),
		.today = clock_date_vietnam(clock_now_us(&clock_system)),
		.expected = expected ? &head : NULL,
		.finding = take_finding,
		.progress = show_progress,
		.context = &inspection};
	int rc;

	if (expected && !audit_parse_head(expected, &head))
		return fail_option_value(err, "expect", expected);
	rc = inspect(&inspection, &plan, err);
	strbuf_clear(&inspection.out);
	return rc;
}

static const struct command_option options[] = {
	{"expect", "LINK:HASH", MSG_HELP_AUDIT_EXPECT},
	{NULL, NULL, 0},
};

const struct command audit_group = {
	"audit", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_AUDIT, NULL, COMMAND_ALONE, NULL};
const struct command audit_verify_command = {
	"audit verify", "DIR", 1, 1, MSG_HELP_AUDIT_VERIFY, options, COMMAND_READS, run};
