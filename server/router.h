/*
 * router: from a path to its handler, by tables that stand in one file a group of routes.
 */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include "server/request.h"
#include "server/response.h"

/* Answers a request. Negative: failed, err filled, and the error becomes the answer. REQUEST_PARKED. */
typedef int route_handler(struct request *request, struct response *response, struct error *err);

/* Where a request is answered. */
enum place {
	ON_WORKER,	/* it may block or take long */
	ON_NETWORK,	/* at once: never blocks, needs no worker */
	ON_LENT_WORKER, /* at once, by an idle worker: is short; by another thread if none is idle */
};
typedef enum place route_place(struct request *request);

/* What else than reading a path can be asked for. */
struct route_action {
	enum method method;
	route_handler *handle;
	const char *types;   /* media types of the content, "a/b c/d"; NULL: it has none */
	size_t content_max;  /* bytes */
	const char *params;  /* query parameters that it knows */
	/* 0 if this asker may at all, else why not; NULL anybody. */
	int (*check)(const struct request *request, struct error *err);
	/* Credentials and the page's token are the handler's business (logging in). */
	bool is_open;
};

struct route {
	const char *pattern; /* "/ogc/collections/{collection}/items" */
	route_handler *handle;
	const char *params;  /* query parameters that it knows: "f limit bbox"; NULL any */
	route_place *place;
	const char *title[2]; /* what it is, for the API description */
	const struct route_action *actions;
	size_t action_count;
	bool asks_peer; /* where a GET comes from is wanted, too */
};

#define NO_ACTIONS .actions = NULL, .action_count = 0
#define ROUTE_ACTIONS(list) .actions = (list), .action_count = sizeof(list) / sizeof(list)[0]

struct route_table {
	const struct route *routes;
	size_t count;
};

/* The tables of all groups; ends with one without routes. */
extern const struct route_table *const all_routes[];

/* For routes whose requests are all alike. */
enum place on_worker(struct request *request);
enum place on_network(struct request *request);

/* The action of the request's method, or NULL. */
const struct route_action *router_action(const struct request *request);

/* Appends "GET, HEAD, OPTIONS, …": what the route knows, or what this asker may. */
void router_methods(const struct request *request, bool of_asker, struct strbuf *out);

/* Finds the route of the request's path and fills route and captures; false if there is none. */
bool router_find(struct request *request);

#endif
