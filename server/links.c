#include "server/links.h"

#include <stdarg.h>

#include "server/app.h"

enum { HREF_MAX_BYTES = 4096 };

void link_write(struct json_writer *json, const struct request *request, const char *rel,
	const char *type, const char *title, const char *path, ...)
{
	autofree(strbuf_clear) struct strbuf href = STRBUF(HREF_MAX_BYTES);
	va_list list;

	strbuf_add_text(&href, request->app->public_url);
	va_start(list, path);
	strbuf_add_format_list(&href, path, list);
	va_end(list);
	if (href.failed)
		json->out->failed = true;
	json_begin_object(json);
	json_member_text(json, "href", href.data);
	json_member_text(json, "rel", rel);
	json_member_text(json, "type", type);
	if (title)
		json_member_text(json, "title", title);
	json_end_object(json);
}

void link_write_self(struct json_writer *json, const struct request *request,
	const char *json_type, const char *path)
{
	enum format format = FORMAT_JSON;
	bool html = !request_format(request, &format, NULL) && format == FORMAT_HTML;

	link_write(json, request, html ? "alternate" : "self", json_type, NULL, "%s?f=json", path);
	link_write(json, request, html ? "self" : "alternate", TYPE_HTML, NULL, "%s?f=html", path);
}
