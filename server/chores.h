/*
 * chores: what the server does by itself: at midnight and when it starts, what was decided for
 * this day begins or ends; now and then, what is over is swept away.
 */
#ifndef SERVER_CHORES_H
#define SERVER_CHORES_H

#include "server/app.h"

struct chores;

int chores_start(const struct app *app, struct chores **ret_chores, struct error *err);
void chores_stop(struct chores *chores);

#endif
