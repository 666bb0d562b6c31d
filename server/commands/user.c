#include "server/commands/user.h"

#include "base/messages.h"
#include "data/login.h"

enum { TEXT_MAX_BYTES = 2000 };

/* A change to one account, on its way through the writer. */
struct state_change {
	const struct command_line *line;
	enum account_state state;
	enum role role;
	struct account account;
};

int user_find(struct store *store, const struct command_line *line, struct account *ret_account,
	struct error *err)
{
	const char *login = line->words[1];
	struct error why = {0};
	int rc = account_find(store, login, strlen(login), ret_account, &why);

	if (rc == ERR_NOT_FOUND)
		return fail_user_unknown(err, login, line->words[0]);
	return rc ? error_copy(err, &why) : 0;
}

int user_read_role(const char *id, enum role *ret_role, struct error *err)
{
	autofree(strbuf_clear) struct strbuf known = STRBUF(TEXT_MAX_BYTES);

	if (role_find(id, strlen(id), ret_role) && *ret_role != ROLE_PUBLIC)
		return 0;
	for (int i = ROLE_PUBLIC + 1; i < ROLE_COUNT; i++)
		strbuf_add_format(&known, known.len ? ", %s" : "%s", role_id((enum role)i));
	return fail_role_unknown(err, id, known.data);
}

void user_print_state(struct strbuf *out, enum account_state state, enum lang lang)
{
	static const int messages[] = {[ACCOUNT_ACTIVE] = MSG_USER_ACTIVE,
		[ACCOUNT_LOCKED] = MSG_USER_LOCKED,
		[ACCOUNT_CLOSED] = MSG_USER_CLOSED};

	message_print(out, lang, messages[state], NULL);
}

void user_print_time(struct strbuf *out, int64_t at_us)
{
	struct date date = clock_date_vietnam(at_us);
	int64_t minutes = (at_us - date_begin_us(&date)) / 60000000;

	strbuf_add_format(
		out, "%s %02d:%02d", date.text, (int)(minutes / 60), (int)(minutes % 60));
}

void user_print_done(
	struct desk *desk, const struct account *account, const struct strbuf *text)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&said);

	if (!desk->line->json) {
		desk_print(desk, text);
		return;
	}
	json_begin_object(&json);
	account_json(&json, account);
	json_end_object(&json);
	desk_print(desk, &said);
}

/* --- role, lock, unlock, close ------------------------------------------------------------------ */

static int write_role(struct store *store, void *context, struct error *err)
{
	struct state_change *change = context;
	int rc = user_find(store, change->line, &change->account, err);

	if (!rc)
		rc = account_set_role(store, change->account.id, change->role, err);
	return rc ? rc : account_read(store, change->account.id, &change->account, err);
}

static int run_role(struct desk *desk, struct error *err)
{
	struct state_change change = {.line = desk->line};
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	int rc = user_read_role(desk->line->words[2], &change.role, err);

	if (!rc)
		rc = desk_write(desk, write_role, &change, err);
	if (rc)
		return rc;
	desk_rights_changed(desk);
	say_user_role_set(&text, desk->line->lang, change.account.login.text,
		role_title(change.role, desk->line->lang));
	user_print_done(desk, &change.account, &text);
	return 0;
}

static int write_state(struct store *store, void *context, struct error *err)
{
	struct state_change *change = context;
	int rc = user_find(store, change->line, &change->account, err);

	if (!rc)
		rc = account_set_state(store, change->account.id, change->state, err);
	/* Who was shut out by failures may try again, too. */
	if (!rc && change->state == ACCOUNT_ACTIVE)
		rc = login_forgive(store, &change->account.login, err);
	return rc ? rc : account_read(store, change->account.id, &change->account, err);
}

static int set_state(struct desk *desk, enum account_state state, struct error *err)
{
	static const int done[] = {[ACCOUNT_ACTIVE] = MSG_USER_UNLOCK_DONE,
		[ACCOUNT_LOCKED] = MSG_USER_LOCK_DONE,
		[ACCOUNT_CLOSED] = MSG_USER_CLOSE_DONE};
	struct state_change change = {.line = desk->line, .state = state};
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	union message_arg login;
	int rc = desk_write(desk, write_state, &change, err);

	if (rc)
		return rc;
	desk_rights_changed(desk);
	login.text = change.account.login.text;
	message_print(&text, desk->line->lang, done[state], &login);
	user_print_done(desk, &change.account, &text);
	return 0;
}

static int run_lock(struct desk *desk, struct error *err)
{
	return set_state(desk, ACCOUNT_LOCKED, err);
}

static int run_unlock(struct desk *desk, struct error *err)
{
	return set_state(desk, ACCOUNT_ACTIVE, err);
}

static int run_close(struct desk *desk, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	struct account account;
	int rc = user_find(desk->store, desk->line, &account, err);

	if (rc)
		return rc;
	say_user_close_ask(&text, desk->line->lang, account.login.text);
	if (desk->can_ask && !command_value(desk->line, "yes", 0) && !desk_ask(desk, &text))
		return fail_cancelled(err);
	return set_state(desk, ACCOUNT_CLOSED, err);
}

static const struct command_option close_options[] = {
	{"yes", NULL, MSG_HELP_USER_YES}, {NULL, NULL, 0}};

const struct command user_group = {
	"user", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_USER, NULL, COMMAND_ALONE, NULL};
const struct command user_role_command = {
	"user role", "DIR NAME ROLE", 3, 3, MSG_HELP_USER_ROLE, NULL, COMMAND_WRITES, run_role};
const struct command user_lock_command = {
	"user lock", "DIR NAME", 2, 2, MSG_HELP_USER_LOCK, NULL, COMMAND_WRITES, run_lock};
const struct command user_unlock_command = {
	"user unlock", "DIR NAME", 2, 2, MSG_HELP_USER_UNLOCK, NULL, COMMAND_WRITES, run_unlock};
const struct command user_close_command = {"user close", "DIR NAME", 2, 2, MSG_HELP_USER_CLOSE,
	close_options, COMMAND_WRITES, run_close};
