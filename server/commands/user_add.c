/* dothi user add, passwd, list: accounts, and the links by which their owners get in. */
#include "base/messages.h"
#include "data/one_time_link.h"
#include "server/commands/listing.h"
#include "server/commands/scope_options.h"
#include "server/commands/user.h"

enum { TEXT_MAX_BYTES = 2000, ARENA_BYTES = 4 << 20 };

/* An account that gets a link, on its way through the writer. */
struct welcome {
	const struct command_line *line;
	struct account_plan plan; /* of add */
	int64_t now_us;
	enum link_purpose purpose;
	struct account account;
	struct link_text link;
};

static int make_link(struct store *store, struct welcome *welcome, struct error *err)
{
	welcome->purpose = welcome->account.has_password ? LINK_RESET : LINK_WELCOME;
	return one_time_link_make(store, welcome->account.id, welcome->purpose, welcome->now_us,
		&randomness_system, &welcome->link, err);
}

static int add_account(struct store *store, struct welcome *welcome, struct arena *arena,
	struct error *err)
{
	const struct account_scope *rows;
	int64_t id = 0;
	size_t count;
	int rc = scope_options_read(welcome->line, store, arena, &rows, &count, err);

	if (!rc)
		rc = account_create(store, &welcome->plan, &id, err);
	if (!rc && count)
		rc = account_scope_replace(store, id, rows, count, err);
	if (!rc)
		rc = account_read(store, id, &welcome->account, err);
	return rc ? rc : make_link(store, welcome, err);
}

static int write_account(struct store *store, void *context, struct error *err)
{
	struct arena arena = ARENA(ARENA_BYTES);
	int rc = add_account(store, context, &arena, err);

	arena_clear(&arena);
	return rc;
}

static int write_link(struct store *store, void *context, struct error *err)
{
	struct welcome *welcome = context;
	int rc = user_find(store, welcome->line, &welcome->account, err);

	return rc ? rc : make_link(store, welcome, err);
}

/* The link alone goes to the results, what is to be done with it to the talk. */
static void print_link(struct desk *desk, const struct welcome *welcome)
{
	int64_t valid_s = welcome->purpose == LINK_WELCOME ? LINK_WELCOME_S : LINK_RESET_S;
	int64_t until_us = welcome->now_us + valid_s * 1000000;
	autofree(strbuf_clear) struct strbuf link = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf until = STRBUF(100);
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);

	strbuf_add_format(&link, "%s/login?once=%s", desk->public_url, welcome->link.text);
	if (desk->line->json) {
		clock_print_utc(&until, until_us);
		json_begin_object(&json);
		account_json(&json, &welcome->account);
		json_member_text(&json, "link", link.data);
		json_member_text(&json, "valid_until", until.data);
		json_end_object(&json);
		desk_print(desk, &text);
		return;
	}
	user_print_time(&until, until_us);
	say_user_link(&text, desk->line->lang, welcome->account.login.text, until.data);
	if (!*desk->public_url) {
		strbuf_add_char(&text, '\n');
		say_user_link_path(&text, desk->line->lang);
	}
	desk_talk(desk, &text);
	desk_print(desk, &link);
}

static int run_add(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	const char *role = command_value(line, "role", 0), *login = line->words[1];
	struct welcome welcome = {.line = line, .now_us = clock_now_us(&clock_system)};
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	int rc;

	welcome.plan = (struct account_plan){
		.login = login, .login_len = strlen(login), .now_us = welcome.now_us};
	if (!role)
		return fail_option_missing(err, "role", "user add");
	rc = user_read_role(role, &welcome.plan.role, err);
	if (!rc)
		rc = desk_write(desk, write_account, &welcome, err);
	if (rc)
		return rc;
	desk_rights_changed(desk);
	say_user_made(&text, line->lang, welcome.account.login.text,
		role_title(welcome.account.role, line->lang));
	if (!line->json)
		desk_talk(desk, &text);
	print_link(desk, &welcome);
	return 0;
}

static int run_passwd(struct desk *desk, struct error *err)
{
	struct welcome welcome = {.line = desk->line, .now_us = clock_now_us(&clock_system)};
	int rc = desk_write(desk, write_link, &welcome, err);

	if (!rc)
		print_link(desk, &welcome);
	return rc;
}

/* --- list --------------------------------------------------------------------------------------- */

struct roll {
	struct desk *desk;
	struct listing listing;
	struct strbuf out;
	struct json_writer json;
};

static int count_scope(
	struct store *store, int64_t account_id, size_t *ret_count, struct error *err)
{
	struct arena arena = ARENA(ARENA_BYTES);
	const struct account_scope *rows;
	int rc = account_scope_read(store, account_id, &arena, &rows, ret_count, err);

	arena_clear(&arena);
	return rc;
}

static void list_account(struct roll *roll, const struct account *account, size_t scope_rows)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	enum lang lang = roll->desk->line->lang;

	listing_cell(&roll->listing, account->login.text);
	listing_cell(&roll->listing, role_title(account->role, lang));
	user_print_state(&text, account->state, lang);
	listing_cell(&roll->listing, text.data);
	strbuf_reset(&text);
	message_print(&text, lang,
		account->has_password ? MSG_USER_HAS_PASSWORD : MSG_USER_NO_PASSWORD, NULL);
	listing_cell(&roll->listing, account->id == ACCOUNT_PUBLIC ? "" : text.data);
	strbuf_reset(&text);
	if (scope_rows)
		say_user_scope_rows(&text, lang, (int64_t)scope_rows);
	listing_cell(&roll->listing, text.data);
	listing_cell(&roll->listing, account->created_at_us
			? clock_date_vietnam(account->created_at_us).text : "");
	listing_end_row(&roll->listing);
}

static int take_account(void *context, const struct account *account, struct error *err)
{
	struct roll *roll = context;
	size_t scope_rows;
	int rc = count_scope(roll->desk->store, account->id, &scope_rows, err);

	if (rc)
		return rc;
	if (!roll->desk->line->json) {
		list_account(roll, account, scope_rows);
		return 0;
	}
	json_begin_object(&roll->json);
	account_json(&roll->json, account);
	json_member_int(&roll->json, "scope_rows", (int64_t)scope_rows);
	json_end_object(&roll->json);
	return 0;
}

static int run_list(struct desk *desk, struct error *err)
{
	struct roll roll = {.desk = desk, .listing = LISTING, .out = STRBUF(LISTING_MAX_BYTES)};
	int rc;

	roll.json = JSON_WRITER(&roll.out);
	json_begin_object(&roll.json);
	json_put_key(&roll.json, "accounts");
	json_begin_array(&roll.json);
	listing_heads(&roll.listing, desk->line->lang, MSG_USER_LIST_HEADS);
	rc = account_list(desk->store, take_account, &roll, err);
	json_end_array(&roll.json);
	json_end_object(&roll.json);
	if (!rc)
		rc = strbuf_check(&roll.out, err);
	if (!rc && desk->line->json)
		desk_print(desk, &roll.out);
	else if (!rc)
		rc = listing_print(&roll.listing, desk, err);
	listing_clear(&roll.listing);
	strbuf_clear(&roll.out);
	return rc;
}

static const struct command_option add_options[] = {
	{"role", "ROLE", MSG_HELP_USER_ADD_ROLE},
	SCOPE_OPTIONS,
	{NULL, NULL, 0},
};

const struct command user_add_command = {
	"user add", "DIR NAME", 2, 2, MSG_HELP_USER_ADD, add_options, COMMAND_WRITES, run_add};
const struct command user_passwd_command = {
	"user passwd", "DIR NAME", 2, 2, MSG_HELP_USER_PASSWD, NULL, COMMAND_WRITES, run_passwd};
const struct command user_list_command = {
	"user list", "DIR", 1, 1, MSG_HELP_USER_LIST, NULL, COMMAND_READS, run_list};
