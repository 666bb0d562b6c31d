/*
 * content: what a client sends as a JSON object, member by member. An error names the member, as a
 * JSON pointer: "/login".
 *
 *	autofree(content_clear) struct content content = {0};
 *	int rc = content_read(request, "login role", &content, err);
 *	if (!rc)
 *		rc = content_text(&content, "login", &login, err);
 */
#ifndef SERVER_CONTENT_H
#define SERVER_CONTENT_H

#include "base/json_read.h"
#include "server/request.h"

struct content {
	struct request *request;
	struct json_node *document;
};

/* Reads an object whose members are in the list, each of them there or not. */
int content_read(struct request *request, const char *members, struct content *ret_content,
	struct error *err);
void content_clear(struct content *content);

/* The member, for what is no single value; NULL if it is null or not there. */
const struct json_node *content_at(const struct content *content, const char *key);

/* A text that must be there; in the arena of the request. */
int content_text(struct content *content, const char *key, const char **ret_text, struct error *err);

/* A truth, which stays as it is where nothing is said. */
int content_bool(struct content *content, const char *key, bool *value, struct error *err);

/* The value of a member is none of those that it may have. */
int fail_content_value(struct error *err, const char *key, const char *value);

/* Adds where it is to what was refused of a member; gives rc back. */
int content_where(int rc, const char *key, struct error *err);

#endif
