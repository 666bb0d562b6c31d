/*
 * json_read: strict JSON from outside, as a tree (jansson).
 *
 * Refused: duplicate keys, invalid UTF-8, "\u0000" in texts, depth over JSON_READ_DEPTH_MAX, more
 * than one value. A node is borrowed from the document that it stands in; functions accept a
 * NULL node and answer as for an absent value, so look-ups can be chained.
 */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/strbuf.h"

enum { JSON_READ_DEPTH_MAX = 64 };

struct json_node;

enum json_kind {
	JSON_KIND_ABSENT,
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_REAL,
	JSON_KIND_TEXT,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT,
};

/* Reads the whole of bytes[0..len). The caller frees the document with json_document_free. */
int json_document_parse(
	const char *bytes, size_t len, struct json_node **ret_document, struct error *err);
void json_document_free(struct json_node *document);
AUTOPTR(struct json_node, json_document_free);

enum json_kind json_node_kind(const struct json_node *node);
size_t json_node_count(const struct json_node *array); /* elements; 0 for other kinds */
const struct json_node *json_node_at(const struct json_node *array, size_t index);
const struct json_node *json_node_get(const struct json_node *object, const char *key);

/* The value if the node is of that kind; else false, and nothing is set. */
bool json_node_text(const struct json_node *node, const char **ret);
bool json_node_int(const struct json_node *node, int64_t *ret);
bool json_node_number(const struct json_node *node, double *ret); /* an int or a real */
bool json_node_bool(const struct json_node *node, bool *ret);

/* Appends the node as compact JSON; false if it does not fit. */
bool json_node_print(const struct json_node *node, struct strbuf *out);

/* Calls each() for the members of an object in their order, until it says false. */
void json_node_each(const struct json_node *object,
	bool (*each)(void *context, const char *key, const struct json_node *value),
	void *context);

#endif
