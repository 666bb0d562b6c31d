/*
 * http_message: an answer as the network library takes it. Inside of http.c.
 */
#ifndef SERVER_HTTP_MESSAGE_H
#define SERVER_HTTP_MESSAGE_H

#include "server/response.h"

struct MHD_Connection;
struct MHD_Response;

/* The body (of len bytes) or the stream of the response goes with it; NULL without memory. */
struct MHD_Response *http_message(
	struct MHD_Connection *connection, struct response *response, size_t len);

#endif
