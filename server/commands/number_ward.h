/*
 * number_ward: the option --ward of the verbs of house numbers: a ward by the code that it has today.
 */
#ifndef SERVER_COMMANDS_NUMBER_WARD_H
#define SERVER_COMMANDS_NUMBER_WARD_H

#include "server/commands/desk.h"

/* *ret_id stays as it is without the option. ERR_USAGE where no ward in force has the code. */
int number_ward(struct desk *desk, int64_t *ret_id, struct error *err);

#endif
