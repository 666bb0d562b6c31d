/*
 * http: HTTP/1.1 on the network (libmicrohttpd), and the way of a request through the server.
 *
 * A few network threads (epoll) read requests. What a route can answer at once they answer; all
 * else is suspended, done by a worker, and resumed. Every connection has a deadline for each of
 * its phases (asking, waiting, taking the answer), so that slow clients cost a socket and no more.
 */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "base/cleanup.h"
#include "server/app.h"

struct http_server;

struct http_plan {
	const char *address; /* "127.0.0.1", "0.0.0.0", "::1" */
	unsigned port;	     /* 0: any free one */
	unsigned workers;    /* threads for what blocks */
	bool log_requests;
};

/* Opens the port; nobody is answered yet. */
int http_listen(const struct http_plan *plan, struct http_server **ret_server, struct error *err);

/* Starts to answer; the app is borrowed until http_stop. */
int http_start(struct http_server *server, struct app *app, struct error *err);

/* The port that it listens on. */
unsigned http_port(const struct http_server *server);

/* Finishes what is being answered, then stops. */
void http_stop(struct http_server *server);
AUTOPTR(struct http_server, http_stop);

#endif
