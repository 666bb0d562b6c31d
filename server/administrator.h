/*
 * administrator: who asks may manage accounts and the server: the role, in full.
 *
 * An administrator whose scope is narrowed may not, nor a token of one that may only read or is for
 * some layers: they would give themselves what they were denied.
 */
#ifndef SERVER_ADMINISTRATOR_H
#define SERVER_ADMINISTRATOR_H

#include "base/error.h"
#include "server/request.h"

/* ERR_DENIED for everybody else. On a worker, where who asks is known. */
int administrator_check(const struct request *request, struct error *err);

#endif
