/*
 * serve: runs the server until it is told to stop; for serve and demo.
 */
#ifndef SERVER_COMMANDS_SERVE_H
#define SERVER_COMMANDS_SERVE_H

#include "server/commands/desk.h"

/* Options of serving, to be put into a verb's table. */
#define SERVE_OPTIONS                                                                              \
	{"listen", "ADDR:PORT", MSG_HELP_SERVE_LISTEN},                                            \
		{"public-url", "URL", MSG_HELP_SERVE_URL},                                         \
		{"web-root", "DIR", MSG_HELP_SERVE_WEB}, {"quiet", NULL, MSG_HELP_SERVE_QUIET}

/* Serves the register of the folder; prints the address when the map is ready. */
int serve_folder(struct desk *desk, const char *folder, struct error *err);

#endif
