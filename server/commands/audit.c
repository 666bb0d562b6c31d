/* dothi audit verify: has anybody changed the register behind its back? */
#include "data/audit.h"

#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "server/commands/desk.h"

enum {
	TEXT_MAX_BYTES = 4096,
	FINDINGS_MAX_BYTES = 64 << 20, /* of the JSON list */
	PROGRESS_MS = 1000,
	DIGEST_DIGITS = 64,
};

/* The examination while it runs. */
struct inspection {
	struct desk *desk;
	int64_t last_progress_ms;
	struct strbuf out; /* JSON */
	struct json_writer json;
	int64_t left_out;
};

/* What each fault is called by programs, and said to people. */
static const struct {
	const char *name;
	int message;
} faults[] = {
	[AUDIT_GAP] = {"gap", MSG_AUDIT_GAP},
	[AUDIT_LINK] = {"link", MSG_AUDIT_LINK},
	[AUDIT_VERSION] = {"version", MSG_AUDIT_VERSION},
	[AUDIT_NO_VERSION] = {"no_version", MSG_AUDIT_NO_VERSION},
	[AUDIT_NO_CHANGE] = {"no_change", MSG_AUDIT_NO_CHANGE},
	[AUDIT_SUPERSEDED] = {"superseded", MSG_AUDIT_SUPERSEDED},
	[AUDIT_ROW] = {"row", MSG_AUDIT_ROW},
	[AUDIT_HEAD] = {"head", MSG_AUDIT_HEAD},
};

static void print_finding(
	struct strbuf *out, const struct audit_finding *finding, enum lang lang)
{
	const char *id = finding->layer ? finding->layer : "", *gap = ": ";
	const struct layer *layer = layer_find(city_layers(), id, strlen(id));

	message_print(out, lang, faults[finding->fault].message, NULL);
	if (finding->id) {
		strbuf_add_text(out, gap);
		say_audit_record(out, lang, layer ? layer->title[lang] : id, finding->id);
		gap = ", ";
	}
	if (finding->version) {
		strbuf_add_text(out, gap);
		say_audit_version_no(out, lang, finding->version);
		gap = ", ";
	}
	if (finding->link) {
		strbuf_add_text(out, gap);
		say_audit_link_no(out, lang, finding->link);
	}
}

static void add_json(struct inspection *inspection, const struct audit_finding *finding,
	const char *text)
{
	struct json_writer *json = &inspection->json;

	if (inspection->out.len + 2 * TEXT_MAX_BYTES > FINDINGS_MAX_BYTES) {
		inspection->left_out++;
		return;
	}
	json_begin_object(json);
	json_member_text(json, "fault", faults[finding->fault].name);
	json_member_text(json, "code", message_at(faults[finding->fault].message)->code);
	json_member_text(json, "layer", finding->layer);
	if (finding->id)
		json_member_int(json, "id", finding->id);
	if (finding->version)
		json_member_int(json, "version", finding->version);
	if (finding->link)
		json_member_int(json, "link", finding->link);
	json_member_text(json, "reason", text);
	json_end_object(json);
}

static void take_finding(void *context, const struct audit_finding *finding)
{
	struct inspection *inspection = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	print_finding(&text, finding, inspection->desk->line->lang);
	if (inspection->desk->line->json) {
		add_json(inspection, finding, text.data);
		return;
	}
	strbuf_add_format(&text, " [%s]", message_at(faults[finding->fault].message)->code);
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

static bool read_digit(char digit, unsigned *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit >= 'A' && digit <= 'F' ? digit + 32 : digit)
			       : NULL;

	if (at)
		*ret = (unsigned)(at - digits);
	return at != NULL;
}

/* "12:" and 64 hexadecimal digits. */
static bool parse_head(const char *text, struct audit_head *ret_head)
{
	const char *colon = strchr(text, ':');

	if (!colon || strlen(colon + 1) != DIGEST_DIGITS ||
		!number_parse_int(text, (size_t)(colon - text), 0, INT64_MAX, &ret_head->link))
		return false;
	for (size_t i = 0; i < DIGEST_DIGITS / 2; i++) {
		unsigned high, low;

		if (!read_digit(colon[1 + 2 * i], &high) || !read_digit(colon[2 + 2 * i], &low))
			return false;
		ret_head->digest.bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static void print_head(struct strbuf *out, const struct audit_head *head)
{
	strbuf_add_format(out, "%lld:%s", (long long)head->link, digest_print(&head->digest).text);
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
	print_head(&head, &report->head);
	say_audit_head_is(&text, lang, head.data);
	desk_print(desk, &text);
}

/* Ends the document whose findings are written; of a register with findings the error joins it. */
static void print_json(struct inspection *inspection, const struct audit_report *report)
{
	struct json_writer *json = &inspection->json;
	autofree(strbuf_clear) struct strbuf head = STRBUF(TEXT_MAX_BYTES);
	struct strbuf *out = &inspection->out;

	print_head(&head, &report->head);
	json_end_array(json);
	json_member_int(json, "findings_left_out", inspection->left_out);
	json_member_int(json, "links", report->links);
	json_member_int(json, "changes", report->changes);
	json_member_int(json, "versions", report->versions);
	json_member_text(json, "head", head.data);
	json_end_object(json);
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

	json_begin_object(&inspection->json);
	json_put_key(&inspection->json, "findings");
	json_begin_array(&inspection->json);
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

	if (expected && !parse_head(expected, &head))
		return fail_option_value(err, "expect", expected);
	inspection.json = JSON_WRITER(&inspection.out);
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
