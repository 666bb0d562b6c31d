/*
 * router: from a path to its handler, by tables that stand in one file a group of routes.
 */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include "server/request.h"
#include "server/response.h"

/* Answers a request. Negative: failed, err filled; the error becomes the answer. */
typedef int route_handler(struct request *request, struct response *response, struct error *err);

struct route {
	const char *pattern; /* "/ogc/collections/{collection}/items" */
	route_handler *handle;
	const char *params;  /* query parameters that it knows: "f limit bbox"; NULL any */
	bool on_network;     /* answered at once on the network thread: never blocks */
	const char *title[2]; /* what it is, for the API description */
};

struct route_table {
	const struct route *routes;
	size_t count;
};

/* The tables of all groups; ends with one without routes. */
extern const struct route_table *const all_routes[];

/* Finds the route of the request's path and fills route and captures; false if there is none. */
bool router_find(struct request *request);

#endif
