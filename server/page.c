#include "server/page.h"

#include "base/json_read.h"
#include "base/text.h"
#include "server/app.h"

enum { DEPTH_MAX = 12, ROWS_MAX = 10000 };

/* Escapes for text and attribute values alike. */
void page_add_text(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			strbuf_add_text(out, "&lt;");
			break;
		case '>':
			strbuf_add_text(out, "&gt;");
			break;
		case '&':
			strbuf_add_text(out, "&amp;");
			break;
		case '"':
			strbuf_add_text(out, "&quot;");
			break;
		default:
			strbuf_add_char(out, *text);
		}
	}
}

static void add_value(struct strbuf *out, const struct json_node *node, int depth);

struct members {
	struct strbuf *out;
	int depth;
};

static bool add_member(void *context, const char *key, const struct json_node *value)
{
	struct members *members = context;

	/* Links have their own list, coordinates say nothing to a reader. */
	if (!strcmp(key, "links") || !strcmp(key, "coordinates"))
		return true;
	strbuf_add_text(members->out, "<dt>");
	page_add_text(members->out, key);
	strbuf_add_text(members->out, "</dt><dd>");
	add_value(members->out, value, members->depth + 1);
	strbuf_add_text(members->out, "</dd>");
	return true;
}

static void add_text(struct strbuf *out, const char *text)
{
	bool is_link = text_starts_with(text, "http://") || text_starts_with(text, "https://");

	if (is_link) {
		strbuf_add_text(out, "<a href=\"");
		page_add_text(out, text);
		strbuf_add_text(out, "\">");
	}
	page_add_text(out, text);
	if (is_link)
		strbuf_add_text(out, "</a>");
}

static void add_links(struct strbuf *out, const struct json_node *links)
{
	size_t count = json_node_count(links);

	if (!count)
		return;
	strbuf_add_text(out, "<nav><ul class=\"links\">");
	for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
		const struct json_node *link = json_node_at(links, i);
		const char *href = "", *rel = "", *title;

		json_node_text(json_node_get(link, "href"), &href);
		json_node_text(json_node_get(link, "rel"), &rel);
		title = rel;
		json_node_text(json_node_get(link, "title"), &title);
		strbuf_add_text(out, "<li><a href=\"");
		page_add_text(out, href);
		strbuf_add_text(out, "\" rel=\"");
		page_add_text(out, rel);
		strbuf_add_text(out, "\">");
		page_add_text(out, title);
		strbuf_add_text(out, "</a></li>");
	}
	strbuf_add_text(out, "</ul></nav>");
}

static void add_array(struct strbuf *out, const struct json_node *array, int depth)
{
	size_t count = json_node_count(array);

	strbuf_add_text(out, "<ul>");
	for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
		strbuf_add_text(out, "<li>");
		add_value(out, json_node_at(array, i), depth + 1);
		strbuf_add_text(out, "</li>");
	}
	strbuf_add_text(out, "</ul>");
}

static void add_value(struct strbuf *out, const struct json_node *node, int depth)
{
	struct members members = {out, depth};
	const char *text;
	double number;
	bool flag;

	if (depth > DEPTH_MAX)
		return;
	if (json_node_kind(node) == JSON_KIND_OBJECT) {
		strbuf_add_text(out, "<dl>");
		json_node_each(node, add_member, &members);
		strbuf_add_text(out, "</dl>");
		add_links(out, json_node_get(node, "links"));
	} else if (json_node_kind(node) == JSON_KIND_ARRAY) {
		add_array(out, node, depth);
	} else if (json_node_text(node, &text)) {
		add_text(out, text);
	} else if (json_node_number(node, &number)) {
		strbuf_add_format(out, "%.15g", number);
	} else if (json_node_bool(node, &flag)) {
		strbuf_add_text(out, flag ? "true" : "false");
	} else {
		strbuf_add_text(out, "–");
	}
}

void page_open(struct strbuf *out, const struct request *request, const char *title)
{
	strbuf_add_text(out, "<!doctype html>\n<html lang=\"");
	strbuf_add_text(out, request->lang == LANG_VI ? "vi" : "en");
	strbuf_add_text(out,
		"\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
		" content=\"width=device-width,initial-scale=1\"><title>");
	page_add_text(out, title);
	strbuf_add_text(out,
		" – Dothi</title><style>"
		"body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:0 auto;padding:1rem;"
		"color:#1d2a33;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem}a{color:#00695c}"
		"dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.1rem 1rem}"
		"dt{color:#5a6b75}dd{margin:0;overflow-wrap:anywhere}ul{padding-left:1.2rem}"
		"ul.links{display:flex;flex-wrap:wrap;gap:.3rem 1rem;list-style:none;padding:0}"
		"li>dl{border-top:1px solid #dde5e9;padding-top:.4rem}"
		"@media(prefers-color-scheme:dark){body{color:#dce6ea;background:#12191d}"
		"a{color:#7fd6c7}dt{color:#93a6b0}li>dl{border-color:#2b3941}}"
		"</style></head><body><header><a href=\"");
	page_add_text(out, request->app->public_url);
	strbuf_add_text(out, "/\">");
	page_add_text(out, request->app->opened.city.name);
	strbuf_add_text(out, "</a></header><main><h1>");
	page_add_text(out, title);
	strbuf_add_text(out, "</h1>");
}

void page_close(struct strbuf *out)
{
	strbuf_add_text(out, "</main></body></html>\n");
}

int page_answer(struct request *request, struct response *response, const char *json_type,
	const char *title, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct strbuf page = STRBUF(RESPONSE_BODY_MAX);
	enum format format;
	int rc = request_format(request, &format, err);

	if (!rc)
		rc = strbuf_check(&response->body, err);
	if (rc)
		return rc;
	response->is_compressible = true;
	response->content_type = json_type;
	if (format == FORMAT_JSON)
		return 0;
	rc = json_document_parse(response->body.data, response->body.len, &document, err);
	if (rc)
		return rc;
	page_open(&page, request, title);
	add_value(&page, document, 0);
	page_close(&page);
	strbuf_clear(&response->body);
	response->body = page;
	response->content_type = "text/html; charset=utf-8";
	return 0;
}
