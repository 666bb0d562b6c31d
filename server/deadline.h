/*
 * deadline: a time limit for each connection, kept by a thread of its own.
 *
 * The network library knows only inactivity; a client that sends or takes a byte now and then
 * would hold its connection for ever. Past its deadline a socket is shut down, and the network
 * thread cleans up as for any lost client.
 */
#ifndef SERVER_DEADLINE_H
#define SERVER_DEADLINE_H

#include <stddef.h>

#include "base/error.h"

struct deadlines;
struct deadline;

enum deadline_phase {
	DEADLINE_IDLE,	/* until the next request has come with all its headers */
	DEADLINE_WORKING,	/* until the answer stands ready */
	DEADLINE_SENDING,	/* until the client has taken the answer */
	DEADLINE_STREAMING,	/* an answer without end: an hour, and a little */
};

int deadlines_start(struct deadlines **ret_deadlines, struct error *err);
void deadlines_stop(struct deadlines *deadlines);

/* A new connection, in its first phase; NULL without memory (then it has none). */
struct deadline *deadline_add(struct deadlines *deadlines, int fd);

/* Begins a phase; `bytes` of an answer give it more time. NULL is ignored. */
void deadline_phase(
	struct deadlines *deadlines, struct deadline *deadline, enum deadline_phase phase, size_t bytes);

/* Before the socket is closed. */
void deadline_remove(struct deadlines *deadlines, struct deadline *deadline);

#endif
