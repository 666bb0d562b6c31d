/* dothi number scheme make, submit, approve, reject, list, show: numbering schemes without a server. */
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "server/api_words.h"
#include "server/commands/number_desk.h"
#include "server/scheme_json.h"

enum { JSON_MAX_BYTES = 64 << 20, LINE_MAX_BYTES = 1 << 12 };

/* --- telling ------------------------------------------------------------------------------------ */

static void print_item(struct desk *desk, const struct scheme_work *work,
	const struct scheme_item *item)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	struct numbering_number number = {
		.number = (int)item->number, .to = (int)item->number_to};
	const union message_arg none[MESSAGE_ARGS_MAX] = {{.integer = NUMBERING_GREATEST}};

	(void)snprintf(number.suffix, sizeof number.suffix, "%s", item->suffix);
	strbuf_add_format(&text, "%8.1f  %-5s  %-8s  ", item->chainage_m,
		numbering_side_word(item->side), scheme_act_names[item->act]);
	if (number.number)
		street_label(&work->chain, &number, &text);
	else
		strbuf_add_text(&text, "–");
	if (item->doubt) {
		strbuf_add_text(&text, "  ? ");
		message_print(
			&text, desk->line->lang, scheme_doubt_message(item->doubt), none);
	}
	desk_print(desk, &text);
}

static int print_scheme(
	const struct number_desk *number, const struct scheme_work *work, struct error *err)
{
	struct desk *desk = number->desk;
	autofree(strbuf_clear) struct strbuf out = STRBUF(JSON_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&out);
	int rc;

	if (desk->line->json) {
		rc = scheme_write(&json, &work->scheme, &work->chain, &number->tools,
			desk->line->lang, err);
		if (!rc)
			rc = strbuf_check(&out, err);
		if (!rc)
			desk_print(desk, &out);
		return rc;
	}
	say_scheme_line(&out, desk->line->lang, work->scheme.id, work->chain.street,
		scheme_state_names[work->scheme.state], (int64_t)work->scheme.item_count);
	desk_print(desk, &out);
	for (size_t i = 0; i < work->scheme.item_count; i++)
		print_item(desk, work, &work->scheme.items[i]);
	return 0;
}

/* --- doing -------------------------------------------------------------------------------------- */

static int read_set(const char *text, struct arena *arena, struct scheme_order *order,
	struct error *err)
{
	const char *equals = strchr(text, '=');
	size_t i = order->parameter_count;

	if (!equals || i == SCHEME_PARAMETERS_MAX)
		return fail_option_value(err, "set", text);
	order->parameters[i].name = arena_text(arena, text, (size_t)(equals - text));
	order->parameters[i].value = equals + 1;
	order->parameter_count++;
	return order->parameters[i].name ? 0 : fail_no_memory(err);
}

static int read_order(
	struct number_desk *number, struct scheme_order *order, struct error *err)
{
	const struct command_line *line = number->desk->line;
	const char *from = command_value(line, "valid-from", 0), *text;
	int rc = order->deed == SCHEME_MAKE
		? number_desk_id(number->desk, WORD_STREET, true, &order->street_id, err)
		: number_desk_id(number->desk, "scheme", true, &order->id, err);

	for (size_t i = 0; !rc && (text = command_value(line, "set", i)) != NULL; i++)
		rc = read_set(text, &number->arena, order, err);
	if (!rc && from && !date_parse(from, strlen(from), &order->valid_from))
		rc = fail_option_value(err, "valid-from", from);
	order->document = command_value(line, "document", 0);
	order->note = command_value(line, "note", 0);
	order->reason = command_value(line, "reason", 0);
	return rc;
}

static int begin(struct number_desk *number, struct desk *desk, enum scheme_deed deed,
	struct scheme_work **ret, struct error *err)
{
	struct scheme_work *work;
	int rc = number_desk_open(number, desk, err);

	if (rc)
		return rc;
	work = arena_zero(&number->arena, 1, sizeof *work);
	if (!work)
		return fail_no_memory(err);
	work->order.deed = deed;
	work->view = VIEW_NOW(layer_of_addresses(number->tools.layers));
	work->author = (struct change_author){
		desk->actor, "", clock_now_us(&clock_system)};
	work->randomness = &randomness_system;
	*ret = work;
	return 0;
}

static int run_deed(struct desk *desk, enum scheme_deed deed, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	struct scheme_work *work = NULL;
	int rc = begin(&number, desk, deed, &work, err);

	if (!rc)
		rc = read_order(&number, &work->order, err);
	if (rc)
		return rc;
	if (work->order.document)
		work->author.reason = work->order.document;
	rc = scheme_prepare(work, &number.tools, err);
	if (!rc && !command_value(desk->line, "check", 0))
		rc = desk_write(desk, scheme_run, work, err);
	if (rc)
		return rc;
	if (deed > SCHEME_REMAKE) /* as it stands now */
		rc = scheme_read(number.tools.store, work->scheme.id, true, &number.arena,
			&work->scheme, err);
	return rc ? rc : print_scheme(&number, work, err);
}

static int run_make(struct desk *desk, struct error *err)
{
	return run_deed(desk, SCHEME_MAKE, err);
}

static int run_remake(struct desk *desk, struct error *err)
{
	return run_deed(desk, SCHEME_REMAKE, err);
}

static int run_submit(struct desk *desk, struct error *err)
{
	return run_deed(desk, SCHEME_SUBMIT, err);
}

static int run_recall(struct desk *desk, struct error *err)
{
	return run_deed(desk, SCHEME_RECALL, err);
}

static int run_reject(struct desk *desk, struct error *err)
{
	return run_deed(desk, SCHEME_REJECT, err);
}

static int run_approve(struct desk *desk, struct error *err)
{
	return run_deed(desk, SCHEME_APPROVE, err);
}

/* --- looking ------------------------------------------------------------------------------------ */

static int run_show(struct desk *desk, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	struct scheme_work *work = NULL;
	struct street_node node;
	int64_t id;
	int rc = begin(&number, desk, SCHEME_MAKE, &work, err);

	if (!rc)
		rc = number_desk_id(desk, "scheme", true, &id, err);
	if (!rc)
		rc = scheme_read(number.tools.store, id, true, &number.arena, &work->scheme, err);
	if (!rc)
		rc = street_read(&number.tools, work->scheme.street_id, &node, err);
	if (!rc)
		rc = street_chain_of(&number.tools, &node, &work->chain, err);
	return rc ? rc : print_scheme(&number, work, err);
}

struct listing {
	struct number_desk *number;
	struct strbuf *out;
	struct json_writer json;
};

static int list_one(void *context, const struct scheme *scheme, struct error *err)
{
	struct listing *listing = context;
	struct desk *desk = listing->number->desk;
	autofree(strbuf_clear) struct strbuf line = STRBUF(LINE_MAX_BYTES);
	struct street_node node;
	int rc;

	if (desk->line->json) {
		json_begin_object(&listing->json);
		scheme_members_write(&listing->json, scheme);
		json_end_object(&listing->json);
		return 0;
	}
	rc = street_read(&listing->number->tools, scheme->street_id, &node, err);
	if (rc)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	say_scheme_listed(&line, desk->line->lang, scheme->id, node.name,
		scheme_state_names[scheme->state]);
	desk_print(desk, &line);
	return 0;
}

static int run_list(struct desk *desk, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	autofree(strbuf_clear) struct strbuf out = STRBUF(JSON_MAX_BYTES);
	struct listing listing = {&number, &out, JSON_WRITER(&out)};
	int64_t street = 0;
	int rc = number_desk_open(&number, desk, err);

	if (!rc)
		rc = number_desk_id(desk, WORD_STREET, false, &street, err);
	if (rc)
		return rc;
	json_begin_array(&listing.json);
	rc = scheme_list(number.tools.store, street, -1, &number.arena, list_one, &listing, err);
	json_end_array(&listing.json);
	if (!rc)
		rc = strbuf_check(&out, err);
	if (!rc && desk->line->json)
		desk_print(desk, &out);
	return rc;
}

static const struct command_option make_options[] = {
	{WORD_STREET, "ID", MSG_HELP_NUMBER_ROAD}, {"set", "NAME=VALUE", MSG_HELP_SCHEME_SET},
	{"document", "TEXT", MSG_HELP_NUMBER_DOCUMENT}, {"note", "TEXT", MSG_HELP_SCHEME_NOTE},
	{"check", NULL, MSG_HELP_SCHEME_CHECK}, {NULL, NULL, 0}};
static const struct command_option remake_options[] = {
	{"scheme", "ID", MSG_HELP_SCHEME_ID}, {"set", "NAME=VALUE", MSG_HELP_SCHEME_SET},
	{"document", "TEXT", MSG_HELP_NUMBER_DOCUMENT}, {"note", "TEXT", MSG_HELP_SCHEME_NOTE},
	{"check", NULL, MSG_HELP_SCHEME_CHECK}, {NULL, NULL, 0}};
static const struct command_option move_options[] = {{"scheme", "ID", MSG_HELP_SCHEME_ID},
	{"document", "TEXT", MSG_HELP_NUMBER_DOCUMENT}, {"reason", "TEXT", MSG_HELP_NUMBER_REASON},
	{"valid-from", "DATE", MSG_HELP_NUMBER_FROM}, {NULL, NULL, 0}};
static const struct command_option show_options[] = {
	{"scheme", "ID", MSG_HELP_SCHEME_ID}, {NULL, NULL, 0}};
static const struct command_option list_options[] = {
	{WORD_STREET, "ID", MSG_HELP_NUMBER_ROAD}, {NULL, NULL, 0}};

#define VERB(verb, summary, options, use)                                                          \
	const struct command number_scheme_##verb##_command = {                                    \
		"number scheme " #verb, "DIR", 1, 1, summary, options, use, run_##verb}
VERB(make, MSG_HELP_SCHEME_MAKE, make_options, COMMAND_WRITES);
VERB(remake, MSG_HELP_SCHEME_REMAKE, remake_options, COMMAND_WRITES);
VERB(submit, MSG_HELP_SCHEME_SUBMIT, move_options, COMMAND_WRITES);
VERB(recall, MSG_HELP_SCHEME_RECALL, move_options, COMMAND_WRITES);
VERB(reject, MSG_HELP_SCHEME_REJECT, move_options, COMMAND_WRITES);
VERB(approve, MSG_HELP_SCHEME_APPROVE, move_options, COMMAND_WRITES);
VERB(show, MSG_HELP_SCHEME_SHOW, show_options, COMMAND_READS);
VERB(list, MSG_HELP_SCHEME_LIST, list_options, COMMAND_READS);
