/*
 * links: the absolute links of OGC API documents, built from the one configured public address.
 */
#ifndef SERVER_LINKS_H
#define SERVER_LINKS_H

#include "base/json_write.h"
#include "server/request.h"

/* Media types. */
#define TYPE_JSON "application/json"
#define TYPE_GEOJSON "application/geo+json"
#define TYPE_HTML "text/html"
#define TYPE_OPENAPI "application/vnd.oai.openapi+json;version=3.0"
#define TYPE_SCHEMA "application/schema+json"

/* Writes {href, rel, type, title}; the path is made with printf and begins with '/'. */
void link_write(struct json_writer *json, const struct request *request, const char *rel,
	const char *type, const char *title, const char *path, ...)
	__attribute__((format(printf, 6, 7)));

/* self and alternate of the document at the path: JSON and HTML of the same. */
void link_write_self(struct json_writer *json, const struct request *request,
	const char *json_type, const char *path);

#endif
