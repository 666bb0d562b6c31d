#include "server/content.h"

#include "base/messages.h"

void content_clear(struct content *content)
{
	json_document_free(content->document);
	content->document = NULL;
}

int content_where(int rc, const char *key, struct error *err)
{
	error_where(err, "/%s", key);
	return rc;
}

int fail_content_value(struct error *err, const char *key, const char *value)
{
	return content_where(fail_value_not_known(err, key, value), key, err);
}

static bool is_listed(const char *members, const char *key)
{
	struct slice name;

	while (text_next(&members, ' ', &name))
		if (name.len == strlen(key) && !memcmp(name.at, key, name.len))
			return true;
	return false;
}

struct checking {
	const char *members;
	struct error *err;
	int rc;
};

static bool check_member(void *context, const char *key, const struct json_node *value)
{
	struct checking *checking = context;

	(void)value;
	if (!is_listed(checking->members, key))
		checking->rc = content_where(
			fail_member_unknown(checking->err, key), key, checking->err);
	return !checking->rc;
}

int content_read(struct request *request, const char *members, struct content *ret_content,
	struct error *err)
{
	struct checking checking = {.members = members, .err = err};
	int rc = json_document_parse(
		request->body.data, request->body.len, &ret_content->document, err);

	ret_content->request = request;
	if (rc)
		return rc;
	if (json_node_kind(ret_content->document) != JSON_KIND_OBJECT)
		return fail_content_not_object(err);
	json_node_each(ret_content->document, check_member, &checking);
	return checking.rc;
}

const struct json_node *content_at(const struct content *content, const char *key)
{
	const struct json_node *node = json_node_get(content->document, key);

	return json_node_kind(node) == JSON_KIND_NULL ? NULL : node;
}

int content_text(struct content *content, const char *key, const char **ret_text, struct error *err)
{
	const char *text;

	if (!json_node_text(content_at(content, key), &text))
		return content_where(fail_value_not_text(err, key), key, err);
	*ret_text = arena_text(&content->request->arena, text, strlen(text));
	return *ret_text ? 0 : fail_no_memory(err);
}

int content_bool(struct content *content, const char *key, bool *value, struct error *err)
{
	const struct json_node *node = content_at(content, key);

	if (!node || json_node_bool(node, value))
		return 0;
	return content_where(fail_value_not_bool(err, key), key, err);
}
