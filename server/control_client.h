/*
 * control_client: has a verb done by the process that serves the register.
 *
 * What that process says goes to stdout and stderr of this one as it comes; what it asks is asked
 * here; Ctrl-C here stops it there.
 */
#ifndef SERVER_CONTROL_CLIENT_H
#define SERVER_CONTROL_CLIENT_H

#include <stdbool.h>

#include "base/error.h"

/* What a user wants done. */
struct control_order {
	const char *folder; /* of the register */
	int argc;
	char *const *argv; /* without the program's name */
	enum lang lang;	   /* unless the words say another one */
	bool is_terminal, can_ask;
};

/*
 * Sends it and waits until it is done; *ret_status is the exit status of the verb there.
 * *ret_heard is false if nobody listens: then 0, and nothing was done. ERR_DENIED: the process
 * belongs to another user; ERR_UNAVAILABLE: it ended meanwhile; ERR_CANCELLED.
 */
int control_send(
	const struct control_order *order, bool *ret_heard, int *ret_status, struct error *err);

#endif
