#include "server/receipt_page.h"

#include "base/json_read.h"
#include "base/messages.h"
#include "data/dossier_paper.h"
#include "data/rule.h"
#include "server/app.h"
#include "server/cases/dossier_work.h"
#include "server/dossier_json.h"
#include "server/page.h"
#include "server/worker.h"
#include "tiles/qr.h"

enum { RULE_MAX_BYTES = 1 << 16 };

/* --- what is known ---------------------------------------------------------------------------------- */

static int add_step(void *context, const struct dossier_event *event, struct error *err)
{
	struct receipt_view *view = context;
	enum dossier_state state;

	(void)err;
	if (!strcmp(event->from, event->to) || view->step_count == RECEIPT_STEPS_MAX ||
		!dossier_state_find(event->to, strlen(event->to), &state))
		return 0;
	view->steps[view->step_count++] = (struct receipt_step){state, event->at_us};
	return 0;
}

struct sorting {
	const struct dossier_paper_names *names;
	struct receipt_view *view;
};

static void add_name(struct dossier_paper_names *list, const struct dossier_paper_name *name)
{
	if (!dossier_paper_name_find(list, name->id) && list->count < DOSSIER_PAPER_NAMES_MAX)
		list->list[list->count++] = *name;
}

static int sort_paper(void *context, const struct dossier_paper *paper, struct error *err)
{
	struct sorting *sorting = context;
	const struct dossier_paper_name *name =
		dossier_paper_name_find(sorting->names, paper->name);

	(void)err;
	if (name)
		add_name(paper->state == DOSSIER_PAPER_ASKED ? &sorting->view->missing
							     : &sorting->view->brought,
			name);
	return 0;
}

static int sort_papers(struct request *request, struct receipt_view *view, struct error *err)
{
	struct dossier_paper_names *names = arena_zero(&request->arena, 1, sizeof *names);
	struct sorting sorting = {names, view};
	struct store *store = request->worker->store;
	int rc = names ? dossier_paper_names_of(store, &view->dossier, &request->arena, names, err)
		       : fail_no_memory(err);

	return rc ? rc : dossier_papers(store, view->dossier.id, sort_paper, &sorting, err);
}

static const char *text_of(struct request *request, const struct json_node *node, const char *key)
{
	const char *text = "", *copy;

	json_node_text(json_node_get(node, key), &text);
	copy = arena_text(&request->arena, text, strlen(text));
	return copy ? copy : "";
}

/* Whom to call: the rule of the ward. */
static int find_contact(struct request *request, struct receipt_view *view, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(RULE_MAX_BYTES);
	autoptr(json_document_free) struct json_node *document = NULL;
	struct date today = clock_date_vietnam(clock_now_us(request->app->clock));
	struct rule rule;
	int rc = rule_find(request->worker->store, "counter_contact", &today,
		view->dossier.unit_id, &arena, &rule, err);

	if (!rc)
		rc = json_document_parse(rule.payload, strlen(rule.payload), &document, err);
	if (rc)
		return rc;
	view->contact[LANG_VI] = text_of(request, document, "vi");
	view->contact[LANG_EN] = text_of(request, document, "en");
	view->phone = text_of(request, document, "phone");
	return 0;
}

int receipt_view_make(struct request *request, const struct dossier *dossier,
	struct receipt_view *ret, struct error *err)
{
	int rc;

	memset(ret, 0, sizeof *ret);
	ret->dossier = *dossier;
	rc = dossier_events(request->worker->store, dossier->id, add_step, ret, err);
	if (!rc)
		rc = sort_papers(request, ret, err);
	return rc ? rc : find_contact(request, ret, err);
}

/* --- JSON ------------------------------------------------------------------------------------------- */

static void write_steps(struct json_writer *json, const struct receipt_view *view)
{
	json_put_key(json, "steps");
	json_begin_array(json);
	for (size_t i = 0; i < view->step_count; i++) {
		const struct dossier_state_row *row = &dossier_states[view->steps[i].state];

		json_begin_object(json);
		json_member_text(json, "state", row->id);
		dossier_json_title(json, "title", row->title);
		json_member_time(json, "at", view->steps[i].at_us);
		json_end_object(json);
	}
	json_end_array(json);
}

static void write_missing(struct json_writer *json, const struct receipt_view *view)
{
	json_put_key(json, "missing");
	json_begin_array(json);
	for (size_t i = 0; i < view->missing.count; i++) {
		json_begin_object(json);
		json_member_text(json, "vi", view->missing.list[i].title[LANG_VI]);
		json_member_text(json, "en", view->missing.list[i].title[LANG_EN]);
		json_end_object(json);
	}
	json_end_array(json);
}

void receipt_write_json(struct json_writer *json, const struct receipt_view *view)
{
	const struct dossier *dossier = &view->dossier;
	const struct dossier_state_row *row = &dossier_states[dossier->state];

	json_begin_object(json);
	json_member_text(json, "file_no", dossier->file_no);
	dossier_json_title(json, "kind", dossier->kind->title);
	json_member_text(json, "state", row->id);
	dossier_json_title(json, "state_title", row->title);
	json_member_bool(json, "training", dossier->training);
	json_member_time(json, "received_at", dossier->received_at_us);
	json_member_time(json, "due_at", dossier->paused_at_us ? 0 : dossier->due_at_us);
	json_member_time(json, "paused_at", dossier->paused_at_us);
	json_member_time(json, "decided_at", dossier->decided_at_us);
	write_steps(json, view);
	write_missing(json, view);
	json_put_key(json, "contact");
	json_begin_object(json);
	json_member_text(json, "vi", view->contact[LANG_VI]);
	json_member_text(json, "en", view->contact[LANG_EN]);
	json_member_text(json, "phone", *view->phone ? view->phone : NULL);
	json_end_object(json);
	json_end_object(json);
}

/* --- HTML ------------------------------------------------------------------------------------------- */

static void add_said(struct strbuf *out, enum lang lang, int message)
{
	page_add_text(out, message_at(message)->text[lang]);
}

static void add_row(struct strbuf *out, enum lang lang, int message, const char *text)
{
	strbuf_add_text(out, "<dt>");
	add_said(out, lang, message);
	strbuf_add_text(out, "</dt><dd>");
	page_add_text(out, text);
	strbuf_add_text(out, "</dd>");
}

static void add_time(struct strbuf *out, enum lang lang, int message, int64_t at_us)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(40);

	clock_print_vietnam(&text, at_us);
	add_row(out, lang, message, text.data);
}

static void add_names(struct strbuf *out, enum lang lang, int message,
	const struct dossier_paper_names *names)
{
	if (!names->count)
		return;
	strbuf_add_text(out, "<h2>");
	add_said(out, lang, message);
	strbuf_add_text(out, "</h2><ul>");
	for (size_t i = 0; i < names->count; i++) {
		strbuf_add_text(out, "<li>");
		page_add_text(out, names->list[i].title[lang]);
		strbuf_add_text(out, "</li>");
	}
	strbuf_add_text(out, "</ul>");
}

static void add_training(struct strbuf *out, enum lang lang, const struct dossier *dossier)
{
	if (!dossier->training)
		return;
	strbuf_add_text(out, "<p><strong>");
	add_said(out, lang, MSG_RECEIPT_TRAINING);
	strbuf_add_text(out, "</strong></p>");
}

/* What both the page and the sheet say. */
static void add_facts(struct strbuf *out, enum lang lang, const struct receipt_view *view)
{
	const struct dossier *dossier = &view->dossier;

	add_row(out, lang, MSG_RECEIPT_KIND, message_at(dossier->kind->title)->text[lang]);
	add_time(out, lang, MSG_RECEIPT_RECEIVED, dossier->received_at_us);
	if (dossier->decided_at_us)
		add_time(out, lang, MSG_RECEIPT_DECIDED, dossier->decided_at_us);
	else if (dossier->paused_at_us)
		add_time(out, lang, MSG_RECEIPT_PAUSED, dossier->paused_at_us);
	else
		add_time(out, lang, MSG_RECEIPT_DUE, dossier->due_at_us);
}

static void add_contact(struct strbuf *out, enum lang lang, const struct receipt_view *view)
{
	strbuf_add_text(out, "<p>");
	add_said(out, lang, MSG_RECEIPT_CONTACT);
	strbuf_add_char(out, ' ');
	page_add_text(out, view->contact[lang]);
	if (*view->phone) {
		strbuf_add_text(out, ", <a href=\"tel:");
		page_add_text(out, view->phone);
		strbuf_add_text(out, "\">");
		page_add_text(out, view->phone);
		strbuf_add_text(out, "</a>");
	}
	strbuf_add_text(out, "</p>");
}

static void add_steps(struct strbuf *out, enum lang lang, const struct receipt_view *view)
{
	strbuf_add_text(out, "<h2>");
	add_said(out, lang, MSG_RECEIPT_STEPS);
	strbuf_add_text(out, "</h2><ol>");
	for (size_t i = 0; i < view->step_count; i++) {
		const struct receipt_step *step = &view->steps[i];

		strbuf_add_text(out, "<li>");
		add_said(out, lang, dossier_states[step->state].title);
		strbuf_add_text(out, " – ");
		clock_print_vietnam(out, step->at_us);
		strbuf_add_text(out, "</li>");
	}
	strbuf_add_text(out, "</ol>");
}

void receipt_write_html(
	struct strbuf *out, const struct request *request, const struct receipt_view *view)
{
	const struct dossier *dossier = &view->dossier;
	enum lang lang = request->lang;

	page_open(out, request, dossier->file_no);
	add_training(out, lang, dossier);
	strbuf_add_text(out, "<dl>");
	add_row(out, lang, MSG_RECEIPT_STATE,
		message_at(dossier_states[dossier->state].title)->text[lang]);
	add_facts(out, lang, view);
	strbuf_add_text(out, "</dl>");
	add_names(out, lang, MSG_RECEIPT_MISSING, &view->missing);
	add_steps(out, lang, view);
	add_contact(out, lang, view);
	page_close(out);
}

void receipt_write_refusal(
	struct strbuf *out, const struct request *request, const struct error *failed)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(2000);

	page_open(out, request, message_at(MSG_RECEIPT_LOOK)->text[request->lang]);
	strbuf_add_text(out, "<p>");
	error_print(&text, failed, request->lang);
	page_add_text(out, text.data);
	strbuf_add_text(out, "</p><p>");
	strbuf_reset(&text);
	error_print_try(&text, failed, request->lang);
	page_add_text(out, text.data);
	strbuf_add_text(out, "</p>");
	page_close(out);
}

/* --- the sheet -------------------------------------------------------------------------------------- */

/* Dark modules as runs of a path, 1 unit each; about 40 mm on paper. */
static void add_code(struct strbuf *out, const struct qr *code)
{
	int whole = code->size + 2 * QR_QUIET;

	strbuf_add_format(out,
		"<svg role=\"img\" aria-label=\"QR\" width=\"40mm\" height=\"40mm\""
		" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
		whole, whole, whole, whole);
	for (int row = 0; row < code->size; row++)
		for (int column = 0; column < code->size; column++) {
			int run = 0;

			while (column + run < code->size && code->dark[row][column + run])
				run++;
			if (!run)
				continue;
			strbuf_add_format(out, "M%d %dh%dv1h-%dz", column + QR_QUIET,
				row + QR_QUIET, run, run);
			column += run;
		}
	strbuf_add_text(out, "\"/></svg>");
}

int receipt_write_sheet(struct strbuf *out, const struct request *request,
	const struct receipt_view *view, const struct person *person, struct error *err)
{
	const struct dossier *dossier = &view->dossier;
	enum lang lang = request->lang;
	char url[APP_URL_MAX + 64];
	struct qr code;
	int rc;

	snprintf(url, sizeof url, "%s/s/%s", request->app->public_url, dossier->receipt_code);
	rc = qr_encode(url, &code, err);
	if (rc)
		return rc;
	page_open(out, request, message_at(MSG_RECEIPT_TITLE)->text[lang]);
	add_training(out, lang, dossier);
	strbuf_add_text(out, "<dl>");
	add_row(out, lang, MSG_RECEIPT_FILE, dossier->file_no);
	add_row(out, lang, MSG_RECEIPT_APPLICANT, person->values.name);
	add_facts(out, lang, view);
	strbuf_add_text(out, "</dl>");
	add_names(out, lang, MSG_RECEIPT_BROUGHT, &view->brought);
	add_names(out, lang, MSG_RECEIPT_MISSING, &view->missing);
	add_contact(out, lang, view);
	strbuf_add_text(out, "<p>");
	add_said(out, lang, MSG_RECEIPT_SCAN);
	strbuf_add_text(out, "</p>");
	add_code(out, &code);
	strbuf_add_text(out, "<p><code>");
	page_add_text(out, url);
	strbuf_add_text(out, "</code></p>");
	page_close(out);
	return strbuf_check(out, err);
}
