/*
 * http_headers: what the headers of a request say. Inside of http.c.
 */
#ifndef SERVER_HTTP_HEADERS_H
#define SERVER_HTTP_HEADERS_H

#include "server/request.h"

struct MHD_Connection;

/* A header; "" when it is absent. Lives as long as the request. */
const char *http_header(struct MHD_Connection *connection, const char *name);

/* The address that the connection comes from, as text; "" unknown. */
void http_read_peer(struct MHD_Connection *connection, char *ret, size_t size);

/* Fills method, headers and peer of the request. */
void http_read_headers(struct MHD_Connection *connection, const char *public_url,
	const char *method, struct request *request);

#endif
