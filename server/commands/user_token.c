/* dothi user token: what programs log in with. */
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "data/token.h"
#include "server/commands/listing.h"
#include "server/commands/scope_options.h"
#include "server/commands/user.h"

enum { TEXT_MAX_BYTES = 4096, DAYS_MAX = 3650 };

#define DAY_US (INT64_C(86400) * 1000000)

/* A token on its way through the writer. */
struct making {
	const struct command_line *line;
	struct token_plan plan;
	struct strbuf layers;
	struct account account;
	int64_t id;
	struct token_text text;
};

/* The layers as a list of ids with a blank between each two. */
static int read_layers(const struct command_line *line, struct strbuf *out, struct error *err)
{
	const struct layer *layer;
	const char *id;
	int rc = 0;

	for (size_t i = 0; !rc && (id = command_value(line, "layer", i)); i++) {
		rc = scope_find_layer(id, &layer, err);
		strbuf_add_format(out, i ? " %s" : "%s", id);
	}
	return rc ? rc : strbuf_check(out, err);
}

static int read_plan(const struct command_line *line, struct making *making, struct error *err)
{
	const char *name = command_value(line, "name", 0);
	int64_t days;
	int rc = command_int(line, "days", 1, DAYS_MAX, 0, &days, err);

	if (!rc && !name)
		rc = fail_option_missing(err, "name", "user token add");
	if (!rc)
		rc = read_layers(line, &making->layers, err);
	if (rc)
		return rc;
	making->plan = (struct token_plan){.name = name,
		.name_len = strlen(name),
		.layers = making->layers.data,
		.may_write = !command_value(line, "read-only", 0),
		.now_us = clock_now_us(&clock_system)};
	if (days)
		making->plan.expires_at_us = making->plan.now_us + days * DAY_US;
	return 0;
}

static int write_token(struct store *store, void *context, struct error *err)
{
	struct making *making = context;
	int rc = user_find(store, making->line, &making->account, err);

	making->plan.account_id = making->account.id;
	return rc ? rc : token_make(store, &making->plan, &randomness_system, &making->id,
			&making->text, err);
}

static void print_made(struct desk *desk, const struct making *making)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf token = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);

	if (desk->line->json) {
		json_begin_object(&json);
		json_member_int(&json, "id", making->id);
		json_member_text(&json, "login", making->account.login.text);
		json_member_text(&json, "token", making->text.text);
		json_member_time(&json, "expires_at", making->plan.expires_at_us);
		json_end_object(&json);
		desk_print(desk, &text);
		return;
	}
	say_token_made(&text, desk->line->lang, making->id, making->account.login.text);
	desk_talk(desk, &text);
	strbuf_add_text(&token, making->text.text);
	desk_print(desk, &token);
}

static int run_add(struct desk *desk, struct error *err)
{
	struct making making = {.line = desk->line, .layers = STRBUF(TOKEN_LAYERS_MAX_BYTES)};
	int rc = read_plan(desk->line, &making, err);

	if (!rc)
		rc = desk_write(desk, write_token, &making, err);
	if (!rc)
		print_made(desk, &making);
	strbuf_clear(&making.layers);
	return rc;
}

/* --- list --------------------------------------------------------------------------------------- */

struct roll {
	struct desk *desk;
	int64_t now_us;
	struct listing listing;
	struct strbuf out;
	struct json_writer json;
};

static int state_of(const struct roll *roll, const struct token *token)
{
	if (token->revoked_at_us)
		return MSG_TOKEN_REVOKED;
	return token->expires_at_us && token->expires_at_us <= roll->now_us ? MSG_TOKEN_EXPIRED_STATE
									    : MSG_TOKEN_IN_FORCE;
}

static void list_day(struct listing *listing, int64_t at_us)
{
	listing_cell(listing, at_us ? clock_date_vietnam(at_us).text : "");
}

static void list_token(struct roll *roll, const struct account *account, const struct token *token)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	enum lang lang = roll->desk->line->lang;
	struct listing *listing = &roll->listing;

	strbuf_add_int(&text, token->id);
	listing_cell(listing, text.data);
	listing_cell(listing, account->login.text);
	listing_cell(listing, token->name);
	strbuf_reset(&text);
	message_print(&text, lang, state_of(roll, token), NULL);
	listing_cell(listing, text.data);
	strbuf_reset(&text);
	message_print(&text, lang, token->may_write ? MSG_SCOPE_WRITES : MSG_SCOPE_READS, NULL);
	listing_cell(listing, text.data);
	strbuf_reset(&text);
	say_scope_all(&text, lang);
	listing_cell(listing, *token->layers ? token->layers : text.data);
	list_day(listing, token->created_at_us);
	list_day(listing, token->expires_at_us);
	list_day(listing, token->last_used_at_us);
	listing_end_row(listing);
}

static int take_token(void *context, const struct token *token, struct error *err)
{
	struct roll *roll = context;
	struct json_writer *json = &roll->json;
	struct account account;
	int rc = account_read(roll->desk->store, token->account_id, &account, err);

	if (rc)
		return rc;
	list_token(roll, &account, token);
	json_begin_object(json);
	json_member_text(json, "login", account.login.text);
	token_json(json, token);
	json_end_object(json);
	return 0;
}

static int print_roll(struct roll *roll, struct error *err)
{
	int rc = strbuf_check(&roll->out, err);

	if (rc)
		return rc;
	if (!roll->desk->line->json)
		return listing_print(&roll->listing, roll->desk, err);
	desk_print(roll->desk, &roll->out);
	return 0;
}

static int run_list(struct desk *desk, struct error *err)
{
	struct roll roll = {.desk = desk, .now_us = clock_now_us(&clock_system),
		.listing = LISTING, .out = STRBUF(LISTING_MAX_BYTES)};
	struct account account = {.id = 0};
	int rc = 0;

	roll.json = JSON_WRITER(&roll.out);
	if (desk->line->word_count > 1)
		rc = user_find(desk->store, desk->line, &account, err);
	json_begin_object(&roll.json);
	json_put_key(&roll.json, "tokens");
	json_begin_array(&roll.json);
	listing_heads(&roll.listing, desk->line->lang, MSG_TOKEN_LIST_HEADS);
	if (!rc)
		rc = token_list(desk->store, account.id, take_token, &roll, err);
	json_end_array(&roll.json);
	json_end_object(&roll.json);
	if (!rc)
		rc = print_roll(&roll, err);
	listing_clear(&roll.listing);
	strbuf_clear(&roll.out);
	return rc;
}

/* --- revoke ------------------------------------------------------------------------------------- */

struct revoking {
	int64_t id, now_us;
	struct token token;
};

static int write_revoke(struct store *store, void *context, struct error *err)
{
	struct revoking *revoking = context;
	int rc = token_revoke(store, revoking->id, revoking->now_us, err);

	return rc ? rc : token_read(store, revoking->id, &revoking->token, err);
}

static int run_revoke(struct desk *desk, struct error *err)
{
	struct revoking revoking = {.now_us = clock_now_us(&clock_system)};
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	const char *id = desk->line->words[1];
	struct json_writer json = JSON_WRITER(&text);
	int rc;

	if (!number_parse_int(id, strlen(id), 1, INT64_MAX, &revoking.id))
		return fail_no_such_token(err);
	rc = desk_write(desk, write_revoke, &revoking, err);
	if (rc)
		return rc;
	desk_rights_changed(desk);
	if (desk->line->json) {
		json_begin_object(&json);
		json_member_int(&json, "id", revoking.id);
		json_member_text(&json, "name", revoking.token.name);
		json_member_time(&json, "revoked_at", revoking.token.revoked_at_us);
		json_end_object(&json);
	} else {
		say_token_revoke_done(&text, desk->line->lang, revoking.id, revoking.token.name);
	}
	desk_print(desk, &text);
	return 0;
}

static const struct command_option add_options[] = {
	{"name", "NAME", MSG_HELP_TOKEN_NAME},
	{"read-only", NULL, MSG_HELP_TOKEN_READ_ONLY},
	{"layer", "LAYER", MSG_HELP_TOKEN_LAYER},
	{"days", "N", MSG_HELP_TOKEN_DAYS},
	{NULL, NULL, 0},
};

const struct command user_token_add_command = {"user token add", "DIR NAME", 2, 2,
	MSG_HELP_TOKEN_ADD, add_options, COMMAND_WRITES, run_add};
const struct command user_token_list_command = {"user token list", "DIR [NAME]", 1, 2,
	MSG_HELP_TOKEN_LIST, NULL, COMMAND_READS, run_list};
const struct command user_token_revoke_command = {"user token revoke", "DIR ID", 2, 2,
	MSG_HELP_TOKEN_REVOKE, NULL, COMMAND_WRITES, run_revoke};
