/*
 * administrator: who asks may manage accounts: the role, in full.
 *
 * A token of an administrator that may only read, or is for some layers, is made for less. On a
 * worker, who asks is known.
 */
#ifndef SERVER_ADMINISTRATOR_H
#define SERVER_ADMINISTRATOR_H

#include "base/error.h"
#include "server/request.h"

/* ERR_DENIED for everybody else. */
int administrator_check(struct request *request, struct error *err);

#endif
