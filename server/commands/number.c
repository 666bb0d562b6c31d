/* dothi number propose, reserve, issue, renumber, retire: house numbers without a server. */
#include "base/json_write.h"
#include "base/messages.h"
#include "server/api_words.h"
#include "server/cases/addresses.h"
#include "server/cases/relabel.h"
#include "server/commands/number_desk.h"
#include "server/numbering_json.h"

enum { JSON_MAX_BYTES = 8 << 20, CONFLICTS_MAX_BYTES = 64 << 20, LINE_MAX_BYTES = 1 << 12 };

/* --- proposing ---------------------------------------------------------------------------------- */

static void print_proposal(struct desk *desk, const struct proposal *proposal)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	if (proposal->number.number)
		street_label(&proposal->survey.houses.chain, &proposal->number, &text);
	else
		say_number_undecided_here(&text, desk->line->lang);
	desk_print(desk, &text);
	for (size_t i = 0; i < proposal->step_count; i++)
		number_desk_say(desk, &proposal->steps[i].what);
	for (size_t i = 0; i < proposal->choice_count; i++)
		number_desk_say(desk, &proposal->choices[i].why);
}

static int run_propose(struct desk *desk, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	autofree(strbuf_clear) struct strbuf out = STRBUF(JSON_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&out);
	struct proposal_order order = {.parcel_id = 0};
	struct proposal *proposal = NULL;
	int rc = number_desk_open(&number, desk, err);

	if (!rc)
		rc = number_desk_place(&number, true, &order, err);
	if (rc)
		return rc;
	proposal = arena_zero(&number.arena, 1, sizeof *proposal);
	if (!proposal)
		return fail_no_memory(err);
	rc = proposal_make(&number.tools, &order, proposal, err);
	if (rc)
		return rc;
	if (!desk->line->json) {
		print_proposal(desk, proposal);
		return 0;
	}
	rc = proposal_write(&json, proposal, &number.tools, desk->line->lang, err);
	if (!rc)
		rc = strbuf_check(&out, err);
	if (!rc)
		desk_print(desk, &out);
	return rc;
}

static int run_conflicts(struct desk *desk, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	autofree(strbuf_clear) struct strbuf out = STRBUF(CONFLICTS_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&out);
	struct number_conflicts *conflicts = NULL;
	int64_t street_id = 0;
	int rc = number_desk_open(&number, desk, err);

	if (!rc)
		rc = number_desk_id(desk, WORD_STREET, true, &street_id, err);
	if (rc)
		return rc;
	conflicts = arena_zero(&number.arena, 1, sizeof *conflicts);
	if (!conflicts)
		return fail_no_memory(err);
	rc = number_conflicts_find(&number.tools, street_id, conflicts, err);
	for (size_t i = 0; !rc && !desk->line->json && i < conflicts->count; i++)
		number_desk_say(desk, &conflicts->all[i].what);
	if (rc || !desk->line->json)
		return rc;
	rc = number_conflicts_write(&json, conflicts, &number.tools, desk->line->lang, err);
	if (!rc)
		rc = strbuf_check(&out, err);
	if (!rc)
		desk_print(desk, &out);
	return rc;
}

/* --- doing -------------------------------------------------------------------------------------- */

static int read_order(const struct number_desk *number, struct address_work *work,
	struct error *err)
{
	const struct command_line *line = number->desk->line;
	struct address_order *order = &work->order;
	const char *from = command_value(line, "valid-from", 0);
	int64_t days = 0;
	int rc = number_desk_place(number, order->deed <= ADDRESS_ISSUE, &order->where, err);

	if (!rc && order->deed >= ADDRESS_RENUMBER)
		rc = number_desk_id(number->desk, WORD_ADDRESS, true, &order->address_id, err);
	if (!rc)
		rc = command_int(line, "days", 1, ADDRESS_DAYS_MAX, 0, &days, err);
	if (!rc && from && !date_parse(from, strlen(from), &order->valid_from))
		rc = fail_option_value(err, "valid-from", from);
	order->days = (int)days;
	order->number = command_value(line, "number", 0);
	order->side_reason = command_value(line, "side-reason", 0);
	order->document = command_value(line, "document", 0);
	order->another_door = command_value(line, "another-door", 0) != NULL;
	return rc;
}

static const char *reason_of(const struct command_line *line)
{
	static const char *const options[] = {"reason", "side-reason", "document"};
	const char *reason = NULL;

	for (size_t i = 0; !reason && i < sizeof options / sizeof options[0]; i++)
		reason = command_value(line, options[i], 0);
	return reason ? reason : "";
}

static int print_done(struct desk *desk, const struct address_work *work, struct error *err)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(JSON_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&out);
	const struct value *label =
		&work->record.values[layer_field_at(work->layer, work->layer->address->label)];
	int rc;

	if (desk->line->json)
		address_write(&json, work);
	else
		say_number_done(&out, desk->line->lang,
			label->kind == VALUE_TEXT ? label->text : "", work->id);
	rc = strbuf_check(&out, err);
	if (!rc)
		desk_print(desk, &out);
	return rc;
}

static int run_deed(struct desk *desk, enum address_deed deed, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	struct address_work *work = NULL;
	int rc = number_desk_open(&number, desk, err);

	if (rc)
		return rc;
	work = arena_zero(&number.arena, 1, sizeof *work);
	if (!work)
		return fail_no_memory(err);
	work->order.deed = deed;
	work->view = VIEW_NOW(layer_of_addresses(number.tools.layers));
	work->author = (struct change_author){
		desk->actor, reason_of(desk->line), clock_now_us(&clock_system)};
	work->randomness = &randomness_system;
	rc = read_order(&number, work, err);
	if (!rc)
		rc = address_prepare(work, &number.tools, err);
	if (!rc)
		rc = desk_write(desk, address_run, work, err);
	return rc ? rc : print_done(desk, work, err);
}

static int run_reserve(struct desk *desk, struct error *err)
{
	return run_deed(desk, ADDRESS_RESERVE, err);
}

static int run_issue(struct desk *desk, struct error *err)
{
	return run_deed(desk, ADDRESS_ISSUE, err);
}

static int run_renumber(struct desk *desk, struct error *err)
{
	return run_deed(desk, ADDRESS_RENUMBER, err);
}

static int run_retire(struct desk *desk, struct error *err)
{
	return run_deed(desk, ADDRESS_RETIRE, err);
}

/* The addresses of a street follow its name. */
static int run_relabel(struct desk *desk, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	struct relabel_work work = {.view = VIEW_NOW(layer_of_addresses(city_layers())),
		.author = {desk->actor, reason_of(desk->line), clock_now_us(&clock_system)},
		.randomness = &randomness_system};
	const char *from = command_value(desk->line, "valid-from", 0);
	int rc = number_desk_open(&number, desk, err);

	if (!rc)
		rc = number_desk_id(desk, WORD_STREET, true, &work.street_id, err);
	if (!rc && from && !date_parse(from, strlen(from), &work.valid_from))
		rc = fail_option_value(err, "valid-from", from);
	if (!rc)
		rc = relabel_prepare(&work, &number.tools, err);
	if (!rc)
		rc = desk_write(desk, relabel_run, &work, err);
	if (rc)
		return rc;
	if (desk->line->json)
		strbuf_add_format(&text, "{\"changed\":%zu}", work.count);
	else
		say_addresses_relabelled(&text, desk->line->lang, (int64_t)work.count);
	desk_print(desk, &text);
	return 0;
}

#define PLACE_OPTIONS                                                                              \
	{WORD_PARCEL, "ID", MSG_HELP_NUMBER_LAND}, {WORD_STREET, "ID", MSG_HELP_NUMBER_ROAD},      \
	{                                                                                          \
		"door", "LON,LAT", MSG_HELP_NUMBER_DOOR                                            \
	}
#define DEED_OPTIONS                                                                               \
	{"number", "N", MSG_HELP_NUMBER_NUMBER}, {"side-reason", "TEXT", MSG_HELP_NUMBER_SIDE},    \
	{"document", "TEXT", MSG_HELP_NUMBER_DOCUMENT}, {"reason", "TEXT", MSG_HELP_NUMBER_REASON}, \
	{                                                                                          \
		"valid-from", "DATE", MSG_HELP_NUMBER_FROM                                         \
	}

static const struct command_option propose_options[] = {PLACE_OPTIONS, {NULL, NULL, 0}};
static const struct command_option issue_options[] = {PLACE_OPTIONS, DEED_OPTIONS,
	{"another-door", NULL, MSG_HELP_NUMBER_ANOTHER}, {NULL, NULL, 0}};
static const struct command_option reserve_options[] = {
	PLACE_OPTIONS, DEED_OPTIONS, {"days", "N", MSG_HELP_NUMBER_DAYS}, {NULL, NULL, 0}};
static const struct command_option renumber_options[] = {
	{WORD_ADDRESS, "ID", MSG_HELP_NUMBER_ADDRESS}, PLACE_OPTIONS, DEED_OPTIONS,
	{NULL, NULL, 0}};
static const struct command_option retire_options[] = {
	{WORD_ADDRESS, "ID", MSG_HELP_NUMBER_ADDRESS}, {"reason", "TEXT", MSG_HELP_NUMBER_REASON},
	{"valid-from", "DATE", MSG_HELP_NUMBER_FROM}, {NULL, NULL, 0}};

static const struct command_option relabel_options[] = {
	{WORD_STREET, "ID", MSG_HELP_NUMBER_ROAD}, {"reason", "TEXT", MSG_HELP_NUMBER_REASON},
	{"document", "TEXT", MSG_HELP_NUMBER_DOCUMENT},
	{"valid-from", "DATE", MSG_HELP_NUMBER_FROM}, {NULL, NULL, 0}};
static const struct command_option conflicts_options[] = {
	{WORD_STREET, "ID", MSG_HELP_NUMBER_ROAD}, {NULL, NULL, 0}};

const struct command number_group = {
	"number", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_NUMBER, NULL, COMMAND_ALONE, NULL};

#define VERB(verb, summary, use)                                                                   \
	const struct command number_##verb##_command = {                                           \
		"number " #verb, "DIR", 1, 1, summary, verb##_options, use, run_##verb}
VERB(propose, MSG_HELP_NUMBER_PROPOSE, COMMAND_READS);
VERB(reserve, MSG_HELP_NUMBER_RESERVE, COMMAND_WRITES);
VERB(issue, MSG_HELP_NUMBER_ISSUE, COMMAND_WRITES);
VERB(renumber, MSG_HELP_NUMBER_RENUMBER, COMMAND_WRITES);
VERB(retire, MSG_HELP_NUMBER_RETIRE, COMMAND_WRITES);
VERB(conflicts, MSG_HELP_NUMBER_CONFLICTS, COMMAND_READS);
VERB(relabel, MSG_HELP_NUMBER_RELABEL, COMMAND_WRITES);
