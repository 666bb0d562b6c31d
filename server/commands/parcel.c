/* dothi parcel split, merge, redraw, renumber: parcels become others, by an order in a file. */
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "data/city.h"
#include "server/commands/desk.h"
#include "server/land_input.h"
#include "server/land_json.h"

enum {
	ORDER_MAX_BYTES = 8 << 20,
	PATH_MAX_BYTES = 4096,
	TEXT_MAX_BYTES = 1 << 16,
	JSON_MAX_BYTES = 64 << 20,
	ARENA_BYTES = 256 << 20,
};

/* The verb while it works. */
struct session {
	struct desk *desk;
	struct land_work work;
	struct case_tools tools;
	bool only_check;
};

static int read_order(struct session *session, enum land_deed deed, struct error *err)
{
	const struct desk *desk = session->desk;
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(ORDER_MAX_BYTES);
	autoptr(json_document_free) struct json_node *document = NULL;
	struct crs_ref crs = crs84;
	int64_t epsg;
	int rc = command_int(desk->line, "crs", 1, CRS_EPSG_MAX, 0, &epsg, err);

	if (!rc && epsg)
		crs = (struct crs_ref){.epsg = (int)epsg};
	desk_path(desk, desk->line->words[1], &path);
	if (!rc)
		rc = file_read(path.data, &text, err);
	if (!rc)
		rc = json_document_parse(text.data, text.len, &document, err);
	return rc ? rc
		  : land_input_read(session->tools.arena, session->work.view.layer, deed, document,
			    &crs, &session->work.order, &session->only_check, err);
}

/* What the new parcels are called, "12/345 (mã 678)". */
static void print_parcels(struct session *session)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	const struct land_work *work = &session->work;
	const struct layer_land *land = work->layer->land;

	for (size_t i = 0; i < work->after_count; i++) {
		const struct land_record *record = &work->after[i];
		const struct value *sheet = &record->values[land_field(work->layer, land->sheet)];
		const struct value *number = &record->values[land_field(work->layer, land->number)];

		strbuf_reset(&text);
		say_parcel_made(&text, session->desk->line->lang,
			sheet->kind == VALUE_TEXT ? sheet->text : "–",
			number->kind == VALUE_TEXT ? number->text : "–", record->feature.id,
			shape_area(&work->change->after[i].shape));
		desk_print(session->desk, &text);
	}
}

static void print_findings(struct session *session)
{
	const struct land_change *change = session->work.change;

	for (size_t i = 0; i < change->finding_count; i++) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

		error_print(&text, &change->findings[i].what, session->desk->line->lang);
		strbuf_add_format(&text, " [%s]", error_message_code(&change->findings[i].what));
		desk_talk(session->desk, &text);
	}
}

static int print_json(struct session *session, struct strbuf *out, struct error *err)
{
	struct json_writer json = JSON_WRITER(out);
	int rc;

	land_result_open(&json, &session->work);
	json_put_key(&json, "findings");
	rc = land_findings_write(
		&json, &session->work, &session->tools, session->desk->line->lang, err);
	json_end_object(&json);
	return rc ? rc : strbuf_check(out, err);
}

/* What came of it, or what is wrong: with findings that is a failure with more to tell. */
static int report(struct session *session, struct error *err)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(JSON_MAX_BYTES);
	const struct land_change *change = session->work.change;
	bool json = session->desk->line->json;
	int rc = json ? print_json(session, &out, err) : 0;

	if (rc)
		return rc;
	if (json && change->finding_count)
		strbuf_add(&session->desk->report, out.data, out.len);
	else if (json)
		desk_print(session->desk, &out);
	else if (!change->finding_count)
		print_parcels(session);
	else
		print_findings(session);
	return change->finding_count
		? fail_land_checks_failed(err, (int64_t)change->finding_count)
		: 0;
}

static int change_parcels(struct session *session, enum land_deed deed, struct error *err)
{
	struct land_work *work = &session->work;
	int rc = read_order(session, deed, err);

	if (!rc && command_value(session->desk->line, "check", 0))
		session->only_check = true;
	if (!*work->author.reason && work->order.document)
		work->author.reason = work->order.document;
	if (!rc)
		rc = land_prepare(work, &session->tools, err);
	if (!rc && (session->only_check || deed == LAND_RENUMBER))
		rc = land_preview(session->tools.store, work, err);
	if (!rc)
		rc = land_result_draw(work, &session->tools, err);
	if (!rc && !session->only_check && !work->change->finding_count)
		rc = desk_write(session->desk, land_run, work, err);
	return rc ? rc : report(session, err);
}

static int run(struct desk *desk, enum land_deed deed, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	autoptr(geom_context_free) struct geom_context *geom = NULL;
	struct session *session = arena_zero(&arena, 1, sizeof *session);
	int rc = session ? crs_context_new(&crs, err) : fail_no_memory(err);

	if (!rc)
		rc = crs_pin(crs, desk->city, err);
	if (!rc)
		rc = geom_context_new(&geom, err);
	if (rc)
		return rc;
	session->desk = desk;
	session->tools = (struct case_tools){
		desk->store, crs, geom, desk->city, city_layers(), &arena};
	session->work.view = VIEW_NOW(layer_of_land(city_layers()));
	session->work.author =
		(struct change_author){desk->actor, "", clock_now_us(&clock_system)};
	session->work.randomness = &randomness_system;
	return change_parcels(session, deed, err);
}

static int run_split(struct desk *desk, struct error *err)
{
	return run(desk, LAND_SPLIT, err);
}

static int run_merge(struct desk *desk, struct error *err)
{
	return run(desk, LAND_MERGE, err);
}

static int run_redraw(struct desk *desk, struct error *err)
{
	return run(desk, LAND_REDRAW, err);
}

static int run_renumber(struct desk *desk, struct error *err)
{
	return run(desk, LAND_RENUMBER, err);
}

static const struct command_option options[] = {
	{"crs", "EPSG", MSG_HELP_PARCEL_CRS},
	{"check", NULL, MSG_HELP_PARCEL_CHECK},
	{NULL, NULL, 0},
};

#define VERB(verb, name, summary)                                                                  \
	const struct command parcel_##verb##_command = {                                           \
		"parcel " name, "DIR FILE", 2, 2, summary, options, COMMAND_WRITES, run_##verb}

const struct command parcel_group = {
	"parcel", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_PARCEL, NULL, COMMAND_ALONE, NULL};
VERB(split, "split", MSG_HELP_PARCEL_SPLIT);
VERB(merge, "merge", MSG_HELP_PARCEL_MERGE);
VERB(redraw, "redraw", MSG_HELP_PARCEL_REDRAW);
VERB(renumber, "renumber", MSG_HELP_PARCEL_RENUMBER);
