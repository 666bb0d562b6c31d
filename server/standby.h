/*
 * standby: reads of records that a standby of the database answers, where there is one.
 *
 * DIR/store.conf names it ("standby = postgresql://…"). A thread watches how far it is. A request
 * that only reads records may go there if the standby has all that this server has committed and
 * heard of, and is not further behind than "standby_lag_ms"; so who writes reads what he wrote.
 * Who somebody is and what he may is always asked of the primary.
 */
#ifndef SERVER_STANDBY_H
#define SERVER_STANDBY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct app;
struct standby;

/* NULL where there is none. */
int standby_start(const struct app *app, struct standby **ret_standby, struct error *err);
void standby_stop(struct standby *standby);

/* This server has committed something now, or has heard of the feed up to that number. */
void standby_note_commit(struct standby *standby);
void standby_note_feed(struct standby *standby, int64_t seq);

/* Whether it may answer now. */
bool standby_is_near(struct standby *standby);

#endif
