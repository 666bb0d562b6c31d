/*
 * own_desk: the desk in the process of the user: results go to stdout, talk to stderr.
 *
 * A verb that writes takes the lock of the register. When another process holds it and listens on
 * DIR/control.sock, the verb is done there, and its user sees no difference.
 */
#ifndef SERVER_COMMANDS_OWN_DESK_H
#define SERVER_COMMANDS_OWN_DESK_H

/* Reads the words (without the program's name), works, says what went wrong; the exit status. */
int own_desk_run(int argc, char **argv);

#endif
