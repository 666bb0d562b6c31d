/*
 * control_wire: lines of JSON over DIR/control.sock, one object each, in both directions.
 *
 *	user's process -> serving process
 *	  {"words":["user","lock","DIR","lan"],"folder":"/home/lan","lang":"vi",
 *	   "terminal":true,"can_ask":true}		first, once
 *	  {"answer":"y"}				after an "ask"
 *	  {"cancel":true}				Ctrl-C
 *	serving process -> user's process
 *	  {"out":"..."} {"err":"..."}			for stdout, stderr, as it stands
 *	  {"ask":"...","wait_ms":60000}
 *	  {"exit":0}					last, once
 *
 * A wire belongs to one thread at a time. Sending never waits for ever: who does not take what is
 * sent in CONTROL_SEND_MS is gone.
 */
#ifndef SERVER_CONTROL_WIRE_H
#define SERVER_CONTROL_WIRE_H

#include "base/json_read.h"

enum {
	CONTROL_LINE_MAX_BYTES = 256 << 10, /* 64 options and 8 paths of 4 KiB */
	CONTROL_SEND_MS = 10000,
};

struct control_wire {
	int fd;
	struct strbuf input; /* read and not yet taken */
	bool is_ended;	     /* nothing more will be read */
	bool is_gone;	     /* nothing more can be sent */
};

#define CONTROL_WIRE(socket_fd)                                                                    \
	((struct control_wire){.fd = (socket_fd), .input = STRBUF(CONTROL_LINE_MAX_BYTES)})

void control_wire_clear(struct control_wire *wire); /* closes */

/*
 * Says that nothing more comes, and waits at most so long for the other end to close: bytes that
 * nobody read would take away from it what it has not read yet.
 */
void control_wire_finish(struct control_wire *wire, int wait_ms);

/* The next line, waiting for at most so long; NULL if none came, or it has ended. */
struct json_node *control_wire_read(struct control_wire *wire, int wait_ms);

/* Sends a line; false if the other end is gone. */
bool control_wire_send(struct control_wire *wire, const struct strbuf *json);

/* Sends a text as lines {"key":"..."}, as many as it takes. Bytes that are no UTF-8 become '?'. */
bool control_wire_say(struct control_wire *wire, const char *key, const char *text, size_t len);

/*
 * A listening or a connected socket of DIR/control.sock; -1, with errno, if it cannot be had. The
 * folder's path may be as long as it likes. Listening replaces a socket that is there.
 */
int control_socket_listen(const char *folder, int backlog);
int control_socket_connect(const char *folder);
void control_socket_remove(const char *folder);

/* Who is at the other end; false if nobody knows. */
bool control_socket_user(int fd, unsigned *ret_user_id);

#endif
