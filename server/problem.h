/*
 * problem: an error as an answer, application/problem+json (RFC 9457).
 *
 * THE table from error codes to HTTP statuses is here. What is shown are the words of the
 * catalogue; the detail of an error goes to the log alone.
 */
#ifndef SERVER_PROBLEM_H
#define SERVER_PROBLEM_H

#include "server/response.h"

/* The HTTP status of an error. */
int problem_status(const struct error *err);

/* Replaces what the response holds by the description of the error. */
void problem_write(
	struct response *response, struct request *request, const struct error *err);

/* Adds a member, whose value is JSON, to a description that was written. */
void problem_add(struct response *response, const char *key, const struct strbuf *value);

#endif
