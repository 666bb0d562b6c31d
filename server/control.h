/*
 * control: DIR/control.sock, where other dothi commands have done what needs the lock.
 *
 * The process that serves the register holds its lock; a command that has to write sends its words
 * here (control_wire.h, control_client.h). Only the Unix user of this process, and root, are heard.
 * Each visitor is served by a thread of its own, a few at a time: the verb works at a desk that
 * reads from a connection of its own, writes through app->writer, and says what it has to say over
 * the wire. It is stopped when its user is gone.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include "server/app.h"

struct control;

/* Begins to listen; the app is borrowed until control_stop. A socket that a dead process left is
 * replaced: who holds the lock is the one who lives. ERR_CANNOT_CREATE. */
int control_start(const struct app *app, struct control **ret_control, struct error *err);

/* Stops the verbs that are being done, and removes the socket. */
void control_stop(struct control *control);
AUTOPTR(struct control, control_stop);

#endif
