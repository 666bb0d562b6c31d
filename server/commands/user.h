/*
 * user: what the verbs "dothi user …" share: DIR and the login of an account are their first words.
 */
#ifndef SERVER_COMMANDS_USER_H
#define SERVER_COMMANDS_USER_H

#include "server/cases/people_json.h"
#include "server/commands/desk.h"

/* The account of the login that is the second word. ERR_NOT_FOUND says which login it was. */
int user_find(struct store *store, const struct command_line *line, struct account *ret_account,
	struct error *err);

/* The role of that id; an error names all. */
int user_read_role(const char *id, enum role *ret_role, struct error *err);

/* The state for people, "locked". */
void user_print_state(struct strbuf *out, enum account_state state, enum lang lang);

/* A time in Vietnam to the minute, "2026-11-21 08:00". */
void user_print_time(struct strbuf *out, int64_t at_us);

/* Says that something was done: the text, or with --json the account. */
void user_print_done(
	struct desk *desk, const struct account *account, const struct strbuf *text);

#endif
