/* dothi dossier list, show, receive, move: the counter's case files, without who came with them. */
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/dossier_list.h"
#include "data/history.h"
#include "server/api_words.h"
#include "server/asker.h"
#include "server/cases/dossier_work.h"
#include "server/commands/desk.h"
#include "server/commands/listing.h"
#include "server/dossier_json.h"

enum {
	LIST_DEFAULT = 50,
	LIST_MAX = 10000,
	JSON_MAX_BYTES = 64 << 20,
	ARENA_BYTES = 64 << 20,
	LINE_MAX_BYTES = 4096,
};

/* The verb while it works. */
struct clerk {
	struct desk *desk;
	struct arena arena;
	struct strbuf text;
	struct json_writer json;
	struct dossier_telling telling;
	struct listing listing;
	int64_t most, count;
};

static void clerk_begin(struct clerk *clerk, struct desk *desk)
{
	clerk->desk = desk;
	clerk->arena = ARENA(ARENA_BYTES);
	clerk->text = STRBUF(JSON_MAX_BYTES);
	clerk->json = JSON_WRITER(&clerk->text);
	clerk->listing = LISTING;
	clerk->telling = (struct dossier_telling){.json = &clerk->json,
		.store = desk->store,
		.arena = &clerk->arena,
		.base_url = desk->public_url,
		.now_us = clock_now_us(&clock_system),
		.powers = DOSSIER_HANDLE | DOSSIER_DECIDE};
}

static void clerk_clear(struct clerk *clerk)
{
	arena_clear(&clerk->arena);
	strbuf_clear(&clerk->text);
	listing_clear(&clerk->listing);
}

static const char *title_of(const struct clerk *clerk, int message)
{
	return message_at(message)->text[clerk->desk->line->lang];
}

static int print_json(struct clerk *clerk, struct error *err)
{
	int rc = strbuf_check(&clerk->text, err);

	if (!rc)
		desk_print(clerk->desk, &clerk->text);
	return rc;
}

/* --- looking --------------------------------------------------------------------------------------- */

static void cell_time(struct listing *listing, int64_t at_us)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(40);

	clock_print_vietnam(&text, at_us);
	listing_cell(listing, text.data);
}

static int add_row(struct clerk *clerk, const struct dossier *dossier, struct error *err)
{
	struct listing *listing = &clerk->listing;
	bool is_open = dossier_states[dossier->state].is_open;
	char hours_text[40] = "";
	double hours = 0;
	int rc = dossier_hours_left(&clerk->telling, dossier, &hours, err);

	if (rc)
		return rc;
	if (is_open)
		snprintf(hours_text, sizeof hours_text, "%.1f", hours);
	listing_cell(listing, dossier->file_no);
	listing_cell(listing, title_of(clerk, dossier_states[dossier->state].title));
	cell_time(listing, dossier->due_at_us);
	listing_cell(listing, hours_text);
	listing_cell(listing, dossier->parcel_label);
	listing_cell(listing, dossier->address_label);
	listing_end_row(listing);
	return 0;
}

static int list_one(void *context, const struct dossier *dossier, struct error *err)
{
	struct clerk *clerk = context;
	int rc;

	if (clerk->count == clerk->most)
		return 1;
	clerk->count++;
	if (!clerk->desk->line->json)
		return add_row(clerk, dossier, err);
	rc = dossier_json_open(&clerk->telling, dossier, NULL, err);
	json_end_object(&clerk->json);
	return rc;
}

static int read_state(const struct desk *desk, struct dossier_search *search, struct error *err)
{
	const char *text = command_value(desk->line, "state", 0);
	enum dossier_state state;

	if (!text || !strcmp(text, "open"))
		return 0;
	search->decided = !strcmp(text, "closed");
	if (search->decided)
		return 0;
	if (!dossier_state_find(text, strlen(text), &state))
		return fail_option_value(err, "state", text);
	search->state = dossier_states[state].id;
	search->decided = !dossier_states[state].is_open;
	return 0;
}

static int list(struct clerk *clerk, struct error *err)
{
	struct dossier_search search = {.decided = false};
	struct desk *desk = clerk->desk;
	int rc = read_state(desk, &search, err);

	if (!rc)
		rc = command_int(desk->line, "unit", 1, INT64_MAX, 0, &search.unit_id, err);
	if (!rc)
		rc = command_int(
			desk->line, "limit", 1, LIST_MAX, LIST_DEFAULT, &clerk->most, err);
	if (rc)
		return rc;
	json_begin_array(&clerk->json);
	listing_heads(&clerk->listing, desk->line->lang, MSG_DOSSIER_HEADS);
	rc = dossier_list(desk->store, &search, list_one, clerk, err);
	json_end_array(&clerk->json);
	if (rc)
		return rc;
	return desk->line->json ? print_json(clerk, err)
				: listing_print(&clerk->listing, desk, err);
}

/* By its number, or its id. */
static int find(struct clerk *clerk, struct dossier *ret, struct error *err)
{
	struct desk *desk = clerk->desk;
	const char *text = desk->line->words[1];
	int64_t id;

	if (number_parse_int(text, strlen(text), 1, INT64_MAX, &id))
		return dossier_read(desk->store, id, &clerk->arena, ret, err);
	return dossier_read_no(desk->store, text, &clerk->arena, ret, err);
}

static int add_event(void *context, const struct dossier_event *event, struct error *err)
{
	struct clerk *clerk = context;
	struct listing *listing = &clerk->listing;
	struct account account;
	const char *login = asker_login(clerk->desk->store, event->actor, &account);
	enum dossier_state state = DOSSIER_RECEIVED;
	char version[24];

	(void)err;
	dossier_state_find(event->to, strlen(event->to), &state);
	snprintf(version, sizeof version, "%lld", (long long)event->ordinal);
	listing_cell(listing, version);
	cell_time(listing, event->at_us);
	listing_cell(listing, event->act);
	listing_cell(listing, title_of(clerk, dossier_states[state].title));
	listing_cell(listing, login ? login : event->actor);
	listing_cell(listing, *event->reason ? event->reason : event->note);
	listing_end_row(listing);
	return 0;
}

static int show(struct clerk *clerk, struct error *err)
{
	struct desk *desk = clerk->desk;
	struct dossier dossier;
	int rc = find(clerk, &dossier, err);

	if (rc)
		return rc;
	if (desk->line->json) {
		rc = dossier_json_open(&clerk->telling, &dossier, NULL, err);
		if (!rc)
			rc = dossier_json_whole(&clerk->telling, &dossier, err);
		json_end_object(&clerk->json);
		return rc ? rc : print_json(clerk, err);
	}
	listing_heads(&clerk->listing, desk->line->lang, MSG_DOSSIER_HEADS);
	rc = add_row(clerk, &dossier, err);
	if (!rc)
		rc = listing_print(&clerk->listing, desk, err);
	if (rc)
		return rc;
	listing_heads(&clerk->listing, desk->line->lang, MSG_DOSSIER_EVENT_HEADS);
	rc = dossier_events(desk->store, dossier.id, add_event, clerk, err);
	return rc ? rc : listing_print(&clerk->listing, desk, err);
}

/* --- changing -------------------------------------------------------------------------------------- */

static int say_changed(struct clerk *clerk, const struct dossier *dossier, struct error *err)
{
	autofree(strbuf_clear) struct strbuf due = STRBUF(40);
	struct json_writer *json = &clerk->json;
	struct desk *desk = clerk->desk;

	if (desk->line->json) {
		json_begin_object(json);
		json_member_int(json, "id", dossier->id);
		json_member_text(json, "file_no", dossier->file_no);
		json_member_text(json, "state", dossier_states[dossier->state].id);
		json_member_int(json, "version", dossier->version);
		json_member_time(json, "due_at", dossier->due_at_us);
		json_member_time(json, "paused_at", dossier->paused_at_us);
		dossier_json_receipt(json, desk->public_url, dossier);
		json_end_object(json);
		return print_json(clerk, err);
	}
	clock_print_vietnam(&due, dossier->due_at_us);
	say_dossier_now(&clerk->text, desk->line->lang, dossier->file_no,
		title_of(clerk, dossier_states[dossier->state].title), due.data);
	desk_print(desk, &clerk->text);
	return 0;
}

static size_t read_papers(const struct desk *desk, const char **papers)
{
	size_t count = 0;
	const char *text;

	while (count < DOSSIER_PAPER_NAMES_MAX &&
		(text = command_value(desk->line, "paper", count)))
		papers[count++] = text;
	return count;
}

static const char *said(const struct desk *desk, const char *option)
{
	const char *text = command_value(desk->line, option, 0);

	return text ? text : "";
}

static int read_place(struct clerk *clerk, struct dossier_place *ret, struct error *err)
{
	struct desk *desk = clerk->desk;
	const struct view view = VIEW_NOW(layer_of_land(city_layers()));
	const char *sheet = said(desk, "sheet"), *number = said(desk, "number");
	int64_t parcel = 0;
	int rc = command_int(desk->line, WORD_PARCEL, 1, HISTORY_ID_MAX, 0, &parcel, err);

	if (rc)
		return rc;
	if (parcel)
		return dossier_place_read(desk->store, &view, parcel, &clerk->arena, ret, err);
	if (!*sheet || !*number)
		return fail_dossier_place(err);
	return dossier_place_find(desk->store, &view, sheet, number, &clerk->arena, ret, err);
}

static int receive(struct clerk *clerk, struct error *err)
{
	struct desk *desk = clerk->desk;
	struct dossier_intake intake = {.kind = dossier_kinds,
		.applicant = {said(desk, "name"), said(desk, "id-number"), said(desk, "contact")},
		.note = said(desk, "note"),
		.author = {desk->actor, "dossier", clerk->telling.now_us},
		.randomness = &randomness_system,
		.arena = &clerk->arena};
	const char *kind = command_value(desk->line, "kind", 0);
	int rc = 0;

	if (kind)
		intake.kind = dossier_kind_find(kind, strlen(kind));
	if (!intake.kind)
		rc = fail_option_value(err, "kind", kind);
	if (!rc && !*intake.applicant.name)
		rc = fail_option_missing(err, "name", desk->line->command->name);
	if (!rc)
		rc = read_place(clerk, &intake.place, err);
	intake.paper_count = read_papers(desk, intake.papers);
	if (!rc)
		rc = desk_write(desk, dossier_receive, &intake, err);
	return rc ? rc : say_changed(clerk, &intake.dossier, err);
}

static int move(struct clerk *clerk, struct error *err)
{
	struct desk *desk = clerk->desk;
	const char *name = desk->line->words[2], *papers[DOSSIER_PAPER_NAMES_MAX];
	struct dossier_deed deed = {.layers = city_layers(), .arena = &clerk->arena};
	struct dossier dossier;
	int rc = find(clerk, &dossier, err);

	if (rc)
		return rc;
	deed.act = (struct dossier_act){.id = dossier.id,
		.move = dossier_move_find(name, strlen(name)),
		.note = said(desk, "note"),
		.reason = said(desk, "reason"),
		.papers = papers,
		.paper_count = read_papers(desk, papers),
		.actor = desk->actor,
		.now_us = clerk->telling.now_us};
	if (!deed.act.move)
		return fail_dossier_move_unknown(err);
	/* Who does not say which version has looked just now. */
	rc = command_int(desk->line, "version", 1, INT64_MAX, dossier.version, &deed.act.version, err);
	if (!rc)
		rc = command_int(desk->line, WORD_ADDRESS, 1, HISTORY_ID_MAX, 0,
			&deed.act.address_id, err);
	if (!rc)
		rc = desk_write(desk, dossier_do, &deed, err);
	return rc ? rc : say_changed(clerk, &deed.dossier, err);
}

/* --- the verbs ------------------------------------------------------------------------------------- */

#define RUN(verb)                                                                                  \
	static int run_##verb(struct desk *desk, struct error *err)                                \
	{                                                                                          \
		autofree(clerk_clear) struct clerk clerk = {.desk = desk};                   \
                                                                                                   \
		clerk_begin(&clerk, desk);                                                     \
		return verb(&clerk, err);                                                        \
	}

RUN(list)
RUN(show)
RUN(receive)
RUN(move)

static const struct command_option list_options[] = {
	{"state", "STATE", MSG_HELP_DOSSIER_STATE},
	{"unit", "ID", MSG_HELP_DOSSIER_UNIT},
	{"limit", "N", MSG_HELP_DOSSIER_LIMIT},
	{NULL, NULL, 0},
};
static const struct command_option receive_options[] = {
	{WORD_PARCEL, "ID", MSG_HELP_DOSSIER_PLACE},
	{"sheet", "SHEET", MSG_HELP_DOSSIER_SHEET},
	{"number", "NUMBER", MSG_HELP_DOSSIER_NUMBER},
	{"name", "NAME", MSG_HELP_PERSON_NAME},
	{"id-number", "NUMBER", MSG_HELP_PERSON_NUMBER},
	{"contact", "TEXT", MSG_HELP_PERSON_CONTACT},
	{"paper", "PAPER", MSG_HELP_DOSSIER_SHOWN},
	{"note", "TEXT", MSG_HELP_DOSSIER_NOTE},
	{"kind", "KIND", MSG_HELP_DOSSIER_KIND},
	{NULL, NULL, 0},
};
static const struct command_option move_options[] = {
	{"version", "N", MSG_HELP_DOSSIER_VERSION},
	{"reason", "TEXT", MSG_HELP_DOSSIER_REASON},
	{"note", "TEXT", MSG_HELP_DOSSIER_NOTE},
	{"paper", "PAPER", MSG_HELP_DOSSIER_ASKED},
	{WORD_ADDRESS, "ID", MSG_HELP_DOSSIER_ADDRESS},
	{NULL, NULL, 0},
};

const struct command dossier_group = {
	"dossier", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_DOSSIER, NULL, COMMAND_ALONE, NULL};
const struct command dossier_list_command = {"dossier list", "DIR", 1, 1, MSG_HELP_DOSSIER_LIST,
	list_options, COMMAND_READS, run_list};
const struct command dossier_show_command = {"dossier show", "DIR FILE", 2, 2,
	MSG_HELP_DOSSIER_SHOW, NULL, COMMAND_READS, run_show};
const struct command dossier_receive_command = {"dossier receive", "DIR", 1, 1,
	MSG_HELP_DOSSIER_RECEIVE, receive_options, COMMAND_WRITES, run_receive};
const struct command dossier_move_command = {"dossier move", "DIR FILE MOVE", 3, 3,
	MSG_HELP_DOSSIER_MOVE, move_options, COMMAND_WRITES, run_move};
