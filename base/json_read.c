#include <jansson.h>

#include "base/json_read.h"

#include "base/messages.h"

/*
 * struct json_node is never defined: a node is jansson's own under our name, so that no other
 * file needs jansson.h.
 */
static json_t *inside(const struct json_node *node)
{
	return (json_t *)(uintptr_t)node;
}

static const struct json_node *outside(const json_t *node)
{
	return (const struct json_node *)(uintptr_t)node;
}

/* The deepest nesting of brackets outside texts; jansson recurses, so it is counted before. */
static size_t depth_of(const char *bytes, size_t len)
{
	size_t depth = 0, most = 0;
	bool in_text = false;

	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (in_text) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_text = false;
		} else if (c == '"') {
			in_text = true;
		} else if (c == '{' || c == '[') {
			if (++depth > most)
				most = depth;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
	}
	return most;
}

static int fail_parse(struct error *err, const json_error_t *fault)
{
	int rc;

	/* Out of memory jansson says nothing at all, or, in its lexer, that the text is wrong. */
	if (!*fault->text || json_error_code(fault) == json_error_out_of_memory)
		return fail_no_memory(err);
	rc = fail_json_invalid(err, fault->line, fault->column);
	error_detail(err, "%s", fault->text);
	return rc;
}

int json_document_parse(
	const char *bytes, size_t len, struct json_node **ret_document, struct error *err)
{
	json_error_t fault;
	json_t *root;

	if (depth_of(bytes, len) > JSON_READ_DEPTH_MAX)
		return fail_json_too_deep(err, JSON_READ_DEPTH_MAX);
	root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (!root)
		return fail_parse(err, &fault);
	*ret_document = (struct json_node *)(uintptr_t)root;
	return 0;
}

void json_document_free(struct json_node *document)
{
	json_decref(inside(document));
}

enum json_kind json_node_kind(const struct json_node *node)
{
	if (!node)
		return JSON_KIND_ABSENT;
	switch (json_typeof(inside(node))) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_TEXT;
	case JSON_INTEGER:
		return JSON_KIND_INT;
	case JSON_REAL:
		return JSON_KIND_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_KIND_BOOL;
	case JSON_NULL:
		break;
	}
	return JSON_KIND_NULL;
}

size_t json_node_count(const struct json_node *array)
{
	return json_array_size(inside(array));
}

const struct json_node *json_node_at(const struct json_node *array, size_t index)
{
	return outside(json_array_get(inside(array), index));
}

const struct json_node *json_node_get(const struct json_node *object, const char *key)
{
	return outside(json_object_get(inside(object), key));
}

bool json_node_text(const struct json_node *node, const char **ret)
{
	if (json_node_kind(node) != JSON_KIND_TEXT)
		return false;
	*ret = json_string_value(inside(node));
	return true;
}

bool json_node_int(const struct json_node *node, int64_t *ret)
{
	if (json_node_kind(node) != JSON_KIND_INT)
		return false;
	*ret = json_integer_value(inside(node));
	return true;
}

bool json_node_number(const struct json_node *node, double *ret)
{
	enum json_kind kind = json_node_kind(node);

	if (kind != JSON_KIND_INT && kind != JSON_KIND_REAL)
		return false;
	*ret = json_number_value(inside(node));
	return true;
}

bool json_node_bool(const struct json_node *node, bool *ret)
{
	if (json_node_kind(node) != JSON_KIND_BOOL)
		return false;
	*ret = json_is_true(inside(node));
	return true;
}

void json_node_each(const struct json_node *object,
	bool (*each)(void *context, const char *key, const struct json_node *value), void *context)
{
	const char *key;
	json_t *value;

	json_object_foreach (inside(object), key, value)
		if (!each(context, key, outside(value)))
			return;
}

static int add_piece(const char *bytes, size_t len, void *context)
{
	strbuf_add(context, bytes, len);
	return 0;
}

bool json_node_print(const struct json_node *node, struct strbuf *out)
{
	return !json_dump_callback(inside(node), add_piece, out, JSON_COMPACT | JSON_ENCODE_ANY) &&
		!out->failed;
}
