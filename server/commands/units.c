/* dothi units reform: new administrative units come after the old ones. */
#include <math.h>

#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/city.h"
#include "server/cases/unit_reform.h"
#include "server/commands/desk.h"

enum { LINE_MAX_BYTES = 4096, JSON_MAX_BYTES = 8 << 20, PROGRESS_MS = 1000 };

/* The verb while it works. */
struct session {
	struct desk *desk;
	struct strbuf json_text;
	struct json_writer json;
	struct strbuf list; /* for who reads it */
	int64_t last_progress_ms;
};

static void tell_step(void *context, const char *from_name, const char *to_name, double share,
	bool is_derived)
{
	struct session *session = context;
	struct json_writer *json = &session->json;

	json_begin_object(json);
	json_member_text(json, "from", from_name);
	json_member_text(json, "to", to_name);
	json_put_key(json, "share");
	json_put_fixed(json, share, 4);
	json_member_bool(json, "derived", is_derived);
	json_end_object(json);
	say_reform_step(&session->list, session->desk->line->lang, from_name, to_name, share * 100);
	strbuf_add_char(&session->list, '\n');
}

static bool show_progress(void *context, int64_t done, int64_t total)
{
	struct session *session = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	int64_t now_ms = clock_ticks_ms();

	if (now_ms - session->last_progress_ms >= PROGRESS_MS) {
		session->last_progress_ms = now_ms;
		say_reform_progress(&text, session->desk->line->lang, done, total);
		desk_progress(session->desk, &text);
	}
	return desk_goes_on(session->desk);
}

static int write_piece(void *context, writer_work *work, void *piece, struct error *err)
{
	struct session *session = context;

	return desk_write(session->desk, work, piece, err);
}

static bool agree(struct session *session)
{
	autofree(strbuf_clear) struct strbuf question = STRBUF(LINE_MAX_BYTES);
	struct strbuf *list = &session->list;

	if (list->len && !list->failed && !session->desk->line->json) {
		list->data[--list->len] = '\0';
		desk_talk(session->desk, list);
	}
	if (command_value(session->desk->line, "yes", 0))
		return true;
	say_reform_ask(&question, session->desk->line->lang);
	return desk_ask(session->desk, &question);
}

static void report(struct session *session, const struct unit_reform *reform)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	struct json_writer *json = &session->json;

	desk_progress_end(session->desk);
	if (session->desk->line->json) {
		json_end_array(json);
		json_member_int(json, "units_before", reform->units_before);
		json_member_int(json, "units_after", reform->units_after);
		json_member_int(json, "moved", reform->moved);
		json_member_int(json, "outside", reform->outside);
		json_end_object(json);
		desk_print(session->desk, &session->json_text);
		return;
	}
	say_reform_done(&text, session->desk->line->lang, reform->units_before,
		reform->units_after, reform->moved);
	desk_print(session->desk, &text);
}

static int reform_units(struct session *session, struct unit_reform *reform, struct error *err)
{
	autoptr(reform_plan_free) struct reform_plan *plan = NULL;
	int rc;

	json_begin_object(&session->json);
	json_put_key(&session->json, "succession");
	json_begin_array(&session->json);
	rc = unit_reform_plan(reform, tell_step, session, &plan, err);
	if (rc)
		return rc;
	if (command_value(session->desk->line, "dry-run", 0)) {
		agree(session);
		report(session, reform);
		return 0;
	}
	if (!agree(session))
		return fail_cancelled(err);
	rc = unit_reform_run(reform, plan, err);
	if (!rc)
		report(session, reform);
	/* Who may see what goes by the unit of today. */
	if (!rc)
		desk_rights_changed(session->desk);
	return rc;
}

/* "25741=25747:0.26": what a decision says of two codes. */
static int read_shares(const struct command_line *line, struct arena *arena,
	struct reform_share *shares, size_t *ret_count, struct error *err)
{
	const char *text;

	for (*ret_count = 0; (text = command_value(line, "share", *ret_count)); ++*ret_count) {
		struct reform_share *share = &shares[*ret_count];
		const char *equals = strchr(text, '='), *colon = equals ? strchr(equals, ':') : NULL;
		const char *end = colon ? colon : text + strlen(text);

		*share = (struct reform_share){.share = (double)NAN};
		if (!equals || equals == text || end == equals + 1 ||
			(colon && !number_parse_double(colon + 1, strlen(colon + 1), 0, 1,
					  &share->share)))
			return fail_option_value(err, "share", text);
		share->from_code = arena_text(arena, text, (size_t)(equals - text));
		share->to_code = arena_text(arena, equals + 1, (size_t)(end - equals - 1));
		if (!share->from_code || !share->to_code)
			return fail_no_memory(err);
	}
	return 0;
}

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	const char *day = command_value(line, "date", 0);
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	autoptr(geom_context_free) struct geom_context *geom = NULL;
	struct reform_share shares[COMMAND_OPTIONS_MAX];
	struct session session = {.desk = desk, .json_text = STRBUF(JSON_MAX_BYTES),
		.list = STRBUF(JSON_MAX_BYTES), .last_progress_ms = clock_ticks_ms()};
	struct unit_reform reform = {.document = command_value(line, "document", 0),
		.shares = shares,
		.author = {desk->actor, command_value(line, "document", 0),
			clock_now_us(&clock_system)},
		.randomness = &randomness_system,
		.store = desk->store,
		.layers = city_layers(),
		.epsg = desk->city->epsg,
		.write = write_piece,
		.progress = show_progress,
		.context = &session};
	int rc = day && date_parse(day, strlen(day), &reform.day)
		? 0
		: fail_option_value(err, "date", day ? day : "");

	session.json = JSON_WRITER(&session.json_text);
	if (!reform.author.reason)
		reform.author.reason = "";
	if (!rc)
		rc = read_shares(line, &arena, shares, &reform.share_count, err);
	if (!rc)
		rc = geom_context_new(&geom, err);
	reform.geom = geom;
	if (!rc)
		rc = reform_units(&session, &reform, err);
	strbuf_clear(&session.json_text);
	strbuf_clear(&session.list);
	return rc;
}

static const struct command_option options[] = {
	{"date", "YYYY-MM-DD", MSG_HELP_REFORM_DATE},
	{"document", "TEXT", MSG_HELP_REFORM_DOCUMENT},
	{"share", "OLD=NEW[:SHARE]", MSG_HELP_REFORM_SHARE},
	{"dry-run", NULL, MSG_HELP_IMPORT_DRY},
	{"yes", NULL, MSG_HELP_REFORM_YES},
	{NULL, NULL, 0},
};

const struct command units_group = {
	"units", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_UNITS, NULL, COMMAND_ALONE, NULL};
const struct command units_reform_command = {
	"units reform", "DIR", 1, 1, MSG_HELP_UNITS_REFORM, options, COMMAND_WRITES, run};
