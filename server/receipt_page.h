/*
 * receipt_page: what who handed a case file in may know of it: where it stands, until when, what is
 * missing, whom to call. No personal data, and nothing of the land or the address.
 */
#ifndef SERVER_RECEIPT_PAGE_H
#define SERVER_RECEIPT_PAGE_H

#include "base/json_write.h"
#include "data/dossier.h"
#include "data/person.h"
#include "server/request.h"

enum { RECEIPT_STEPS_MAX = 100, RECEIPT_PHONE_MAX = 60 };

struct receipt_step {
	enum dossier_state state;
	int64_t at_us;
};

/* Texts live in the arena of the request. */
struct receipt_view {
	struct dossier dossier;
	struct receipt_step steps[RECEIPT_STEPS_MAX]; /* the first ones, each once it was reached */
	size_t step_count;
	struct dossier_paper_names missing, brought;
	const char *contact[2], *phone; /* "" unknown */
};

int receipt_view_make(struct request *request, const struct dossier *dossier,
	struct receipt_view *ret, struct error *err);

void receipt_write_json(struct json_writer *json, const struct receipt_view *view);
void receipt_write_html(
	struct strbuf *out, const struct request *request, const struct receipt_view *view);

/* A code that does not exist, or too many of them: as a page. */
void receipt_write_refusal(
	struct strbuf *out, const struct request *request, const struct error *failed);

/* The sheet that is printed and handed over: with who came, and the code that leads to the page. */
int receipt_write_sheet(struct strbuf *out, const struct request *request,
	const struct receipt_view *view, const struct person *person, struct error *err);

#endif
