/*
 * scheme_json: numbering schemes as JSON, for HTTP and commands alike; and orders for them read.
 */
#ifndef SERVER_SCHEME_JSON_H
#define SERVER_SCHEME_JSON_H

#include "base/json_read.h"
#include "server/cases/schemes.h"
#include "server/numbering_json.h"

/* The members of a scheme into an open object: states, words and times, parameters. */
void scheme_members_write(struct json_writer *json, const struct scheme *scheme);

/*
 * The whole scheme as an object, with what its parcels and addresses are called and how many items do
 * what. chain: of its street.
 */
int scheme_write(struct json_writer *json, const struct scheme *scheme,
	const struct street_chain *chain, const struct case_tools *tools, enum lang lang,
	struct error *err);

/*
 * Reads an order:
 *
 *	{"street_id": 12, "version": 3, "parameters": {"odd": "left", "start": 1},
 *	 "wishes": [{"parcel_id": 7, "number": "7A"}, {"parcel_id": 8, "number": null}],
 *	 "document": "12/QĐ-UBND", "note": "…", "reason": "…", "valid_from": "2026-12-01"}
 *
 * Texts live in the arena.
 */
int scheme_order_read(struct arena *arena, const struct json_node *document,
	struct scheme_order *order, struct error *err);

#endif
