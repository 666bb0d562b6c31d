/*
 * page: one document, two faces. Handlers write JSON; who wants HTML gets a page made of it.
 */
#ifndef SERVER_PAGE_H
#define SERVER_PAGE_H

#include "server/response.h"

/*
 * Completes a response whose body is JSON: sets its type, or turns it into an HTML page, as the
 * request wishes. `title` stands on the page.
 */
int page_answer(struct request *request, struct response *response, const char *json_type,
	const char *title, struct error *err);

/* A page made by hand: its head, with a title; text, escaped; its end. */
void page_open(struct strbuf *out, const struct request *request, const char *title);
void page_add_text(struct strbuf *out, const char *text);
void page_close(struct strbuf *out);

#endif
