/*
 * people_json: accounts, their scopes and tokens as JSON, the same for commands and over HTTP.
 */
#ifndef SERVER_CASES_PEOPLE_JSON_H
#define SERVER_CASES_PEOPLE_JSON_H

#include "base/json_write.h"
#include "data/account.h"
#include "data/account_scope.h"
#include "data/token.h"

/* Members of an open object. */
void role_json(struct json_writer *json, enum role role);
void account_json(struct json_writer *json, const struct account *account);
void token_json(struct json_writer *json, const struct token *token);

/* The member "scopes": an array of rows. */
void account_scopes_json(
	struct json_writer *json, const struct account_scope *rows, size_t count);

#endif
