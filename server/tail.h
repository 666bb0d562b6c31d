/*
 * tail: what is in memory follows what other servers commit, over a register that is shared.
 *
 * A thread listens to the news of the register (store.h): the feed has grown, the rights of the
 * public have changed, a job has moved. It looks by itself every few seconds too, and from where it
 * was after a connection was lost, so nothing is missed.
 */
#ifndef SERVER_TAIL_H
#define SERVER_TAIL_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/error.h"

struct app;
struct tail;

/* NULL where nobody else writes. */
int tail_start(struct app *app, struct tail **ret_tail, struct error *err);
void tail_stop(struct tail *tail);
AUTOPTR(struct tail, tail_stop);

/* Whether the database answered last, and not long ago; NULL: it is in the folder. */
bool tail_hears(const struct tail *tail);

#endif
