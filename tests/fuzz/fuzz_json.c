#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "base/json_read.h"
#include "base/text.h"

static void walk(const struct json_node *node, int depth);

static bool walk_member(void *context, const char *key, const struct json_node *value)
{
	int *depth = context;

	must(text_is_utf8(key, strlen(key)));
	walk(value, *depth + 1);
	return true;
}

static void walk(const struct json_node *node, int depth)
{
	const char *text;
	double number;

	must(depth <= JSON_READ_DEPTH_MAX);
	must(json_node_kind(node) != JSON_KIND_ABSENT);
	if (json_node_text(node, &text))
		must(text_is_utf8(text, strlen(text)));
	if (json_node_number(node, &number))
		must(isfinite(number));
	for (size_t i = 0; i < json_node_count(node); i++)
		walk(json_node_at(node, i), depth + 1);
	json_node_each(node, walk_member, &depth);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct error err = {0};
	int rc = json_document_parse((const char *)bytes, len, &document, &err);

	must(rc == err.code && rc <= 0);
	must((rc == 0) == (document != NULL));
	if (!rc)
		walk(document, 0);
	return 0;
}
