/*
 * Case files (hồ sơ) of the counter: /api/dossiers: the queue, one file, taking one in, moving it on.
 */
#include "base/messages.h"
#include "base/number.h"
#include "data/history.h"
#include "server/api_words.h"
#include "server/asker.h"
#include "server/cases/dossier_work.h"
#include "server/content.h"
#include "server/dossier_sight.h"
#include "server/edits_api.h"
#include "server/links.h"
#include "server/problem.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum { CONTENT_MAX = 64 << 10, LIST_DEFAULT = 50, ALLOWED_MAX_BYTES = 4096, NUMBER_MAX = 100 };

/* --- the queue ------------------------------------------------------------------------------------- */

struct listing {
	struct request *request;
	struct json_writer json;
	struct dossier_telling telling;
	struct dossier_search search;
	int64_t most, count;
	bool more;
	int64_t last_due_us, last_id;
};

static int list_one(void *context, const struct dossier *dossier, struct error *err)
{
	struct listing *listing = context;
	struct person person;
	int rc;

	listing->telling.powers =
		dossier_sight_powers(listing->request, dossier->kind, dossier->unit_id);
	if (!listing->telling.powers)
		return 0;
	if (listing->count == listing->most) {
		listing->more = true;
		return 1;
	}
	rc = dossier_sight_listed(listing->request, dossier, &person, err);
	/* The queue tells a name; number and contact are told by the file itself. */
	person.values.id_number = person.values.contact = NULL;
	if (!rc)
		rc = dossier_json_open(&listing->telling, dossier, &person, err);
	json_end_object(&listing->json);
	listing->count++;
	listing->last_due_us = dossier->due_at_us;
	listing->last_id = dossier->id;
	return rc;
}

static int read_int(const struct request *request, const char *name, int64_t most, int64_t *ret,
	struct error *err)
{
	const char *text = request_param(request, name);

	if (!text || number_parse_int(text, strlen(text), 1, most, ret))
		return 0;
	fail_param_value(err, name, text);
	return error_where(err, "%s", name);
}

/* "open", "closed", or one state. */
static int read_state(const struct request *request, struct dossier_search *search, struct error *err)
{
	const char *text = request_param(request, "state");
	enum dossier_state state;

	if (!text || !strcmp(text, "open"))
		return 0;
	if (!strcmp(text, "closed")) {
		search->decided = true;
		return 0;
	}
	if (!dossier_state_find(text, strlen(text), &state)) {
		fail_param_value(err, "state", text);
		return error_where(err, "state");
	}
	search->state = dossier_states[state].id;
	search->decided = !dossier_states[state].is_open;
	return 0;
}

/* "1795221296789012-7": behind the file 7, which is due then. */
static int read_after(const struct request *request, struct dossier_search *search, struct error *err)
{
	const char *text = request_param(request, "after");
	const char *dash = text ? strchr(text, '-') : NULL;

	if (!text)
		return 0;
	if (dash && number_parse_int(text, (size_t)(dash - text), 1, INT64_MAX, &search->after_due_us) &&
		number_parse_int(dash + 1, strlen(dash + 1), 1, INT64_MAX, &search->after_id))
		return 0;
	fail_param_value(err, "after", text);
	return error_where(err, "after");
}

static int read_search(struct listing *listing, struct error *err)
{
	struct request *request = listing->request;
	struct dossier_search *search = &listing->search;
	const char *mine = request_param(request, "mine");
	int rc = read_state(request, search, err);

	listing->most = LIST_DEFAULT;
	if (!rc)
		rc = read_after(request, search, err);
	if (!rc)
		rc = read_int(request, "limit", DOSSIER_LIST_MAX, &listing->most, err);
	if (!rc)
		rc = read_int(request, "unit", INT64_MAX, &search->unit_id, err);
	if (!rc)
		rc = read_int(request, WORD_PARCEL, INT64_MAX, &search->parcel_id, err);
	if (mine && !strcmp(mine, "1"))
		search->account_id = request->asker->rights.account_id;
	return rc ? rc : dossier_sight_narrow(request, search, err);
}

/* The file of a number, in whatever case and with blanks around it. */
static int list_number(struct listing *listing, const char *text, struct error *err)
{
	autofree(strbuf_clear) struct strbuf number = STRBUF(NUMBER_MAX);
	struct request *request = listing->request;
	struct dossier dossier;
	int rc;

	for (; *text && number.len < NUMBER_MAX; text++)
		if (*text != ' ')
			strbuf_add_char(&number,
				*text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text);
	rc = dossier_read_no(request->worker->store, number.data, &request->arena, &dossier, err);
	if (rc == ERR_NOT_FOUND) {
		error_clear(err);
		return 0;
	}
	return rc ? rc : list_one(listing, &dossier, err);
}

static int get_dossiers(struct request *request, struct response *response, struct error *err)
{
	struct listing *listing = arena_zero(&request->arena, 1, sizeof *listing);
	const char *q = request_param(request, "q");
	char next[64];
	int rc = listing ? dossier_sight_check(request, err) : fail_no_memory(err);

	if (rc)
		return rc;
	listing->request = request;
	listing->json = JSON_WRITER(&response->body);
	listing->telling = dossier_sight_telling(request, &listing->json);
	rc = read_search(listing, err);
	if (rc)
		return rc;
	json_begin_object(&listing->json);
	json_put_key(&listing->json, "dossiers");
	json_begin_array(&listing->json);
	rc = q ? list_number(listing, q, err)
	       : dossier_list(request->worker->store, &listing->search, list_one, listing, err);
	json_end_array(&listing->json);
	snprintf(next, sizeof next, "%lld-%lld", (long long)listing->last_due_us,
		(long long)listing->last_id);
	json_member_text(&listing->json, "next", listing->more ? next : NULL);
	json_end_object(&listing->json);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return rc;
}

/* --- one file -------------------------------------------------------------------------------------- */

static int write_whole(struct request *request, struct response *response,
	struct dossier_telling *telling, const struct dossier *dossier, struct error *err)
{
	struct person person;
	int rc = dossier_sight_person(request, dossier, "dossier", &person, err);

	telling->powers = dossier_sight_powers(request, dossier->kind, dossier->unit_id);
	if (!rc)
		rc = dossier_json_open(telling, dossier, &person, err);
	if (!rc)
		rc = dossier_json_whole(telling, dossier, err);
	json_end_object(telling->json);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return rc;
}

static int get_dossier(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	struct dossier_telling *telling = arena_alloc(&request->arena, sizeof *telling);
	struct dossier dossier;
	int rc = telling ? dossier_sight_find(request, &dossier, err) : fail_no_memory(err);

	if (rc)
		return rc;
	*telling = dossier_sight_telling(request, &json);
	return write_whole(request, response, telling, &dossier, err);
}

/* What the writer has made of it, which no reader may see yet: its row alone. */
static int answer_changed(struct request *request, struct response *response,
	const struct dossier *dossier)
{
	struct json_writer json = JSON_WRITER(&response->body);

	dossier_sight_changed(request, dossier);
	json_begin_object(&json);
	json_member_int(&json, "id", dossier->id);
	json_member_text(&json, "file_no", dossier->file_no);
	json_member_text(&json, "state", dossier_states[dossier->state].id);
	dossier_json_title(&json, "state_title", dossier_states[dossier->state].title);
	json_member_int(&json, "version", dossier->version);
	json_member_time(&json, "received_at", dossier->received_at_us);
	json_member_time(&json, "due_at", dossier->due_at_us);
	json_member_time(&json, "paused_at", dossier->paused_at_us);
	dossier_json_receipt(&json, request->app->public_url, dossier);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	response->caching = CACHE_NEVER;
	return 0;
}

/* --- taking in ------------------------------------------------------------------------------------- */

static int fail_member(struct error *err, const char *where)
{
	return content_where(fail_dossier_member(err), where, err);
}

static bool is_absent(const struct json_node *node)
{
	return !node || json_node_kind(node) == JSON_KIND_NULL;
}

/* A text that may be absent; in the arena. */
static int read_text(struct request *request, const struct json_node *object, const char *key,
	const char *where, const char **ret, struct error *err)
{
	const struct json_node *node = json_node_get(object, key);
	const char *text;

	*ret = "";
	if (is_absent(node))
		return 0;
	if (!json_node_text(node, &text))
		return fail_member(err, where);
	*ret = arena_text(&request->arena, text, strlen(text));
	return *ret ? 0 : fail_no_memory(err);
}

static int read_papers(struct request *request, const struct json_node *list, const char **papers,
	size_t *ret_count, struct error *err)
{
	*ret_count = 0;
	if (is_absent(list))
		return 0;
	if (json_node_kind(list) != JSON_KIND_ARRAY ||
		json_node_count(list) > DOSSIER_PAPER_NAMES_MAX)
		return fail_member(err, "papers");
	for (size_t i = 0; i < json_node_count(list); i++) {
		const char *text;

		if (!json_node_text(json_node_at(list, i), &text))
			return fail_member(err, "papers");
		papers[i] = arena_text(&request->arena, text, strlen(text));
		if (!papers[i])
			return fail_no_memory(err);
		*ret_count = i + 1;
	}
	return 0;
}

static int read_kind(const struct json_node *document, const struct dossier_kind **ret, struct error *err)
{
	const struct json_node *node = json_node_get(document, "kind");
	const char *text;

	*ret = dossier_kinds;
	if (is_absent(node))
		return 0;
	*ret = json_node_text(node, &text) ? dossier_kind_find(text, strlen(text)) : NULL;
	return *ret ? 0 : fail_member(err, "kind");
}

static int read_place(struct request *request, const struct json_node *document,
	struct dossier_intake *intake, struct error *err)
{
	const struct layer *land = layer_of_land(request->app->layers);
	const struct json_node *parcel = json_node_get(document, WORD_PARCEL);
	struct store *store = request->worker->store;
	struct view view;
	const char *sheet, *number;
	int64_t id;
	int rc = land && sight_admits(request, land) ? 0 : fail_no_such_layer(err);

	if (rc)
		return rc;
	view = sight_view(request, land, NULL);
	if (!is_absent(parcel)) {
		if (!json_node_int(parcel, &id) || id < 1 || id > HISTORY_ID_MAX)
			return fail_member(err, WORD_PARCEL);
		return dossier_place_read(store, &view, id, &request->arena, &intake->place, err);
	}
	rc = read_text(request, document, "sheet", "sheet", &sheet, err);
	if (!rc)
		rc = read_text(request, document, "number", "number", &number, err);
	if (!rc && (!*sheet || !*number))
		rc = content_where(fail_dossier_place(err), WORD_PARCEL, err);
	return rc ? rc
		  : dossier_place_find(store, &view, sheet, number, &request->arena,
			    &intake->place, err);
}

static int read_applicant(struct request *request, const struct json_node *node,
	struct person_values *ret, struct error *err)
{
	int rc = json_node_kind(node) == JSON_KIND_OBJECT ? 0 : fail_member(err, "applicant");

	if (!rc)
		rc = read_text(request, node, "name", "applicant/name", &ret->name, err);
	if (!rc && !*ret->name)
		rc = content_where(fail_person_text_missing(err), "applicant/name", err);
	if (!rc)
		rc = read_text(
			request, node, "id_number", "applicant/id_number", &ret->id_number, err);
	return rc ? rc
		  : read_text(request, node, "contact", "applicant/contact", &ret->contact, err);
}

static int answer_received(struct request *request, struct response *response, struct error *err)
{
	const struct dossier_intake *intake = request->commit.context;

	response->status = 201;
	answer_changed(request, response, &intake->dossier);
	return response_add_header_format(response, request, err, "Location", "%s/api/dossiers/%lld",
		request->app->public_url, (long long)intake->dossier.id);
}

static int read_intake(struct request *request, const struct content *content,
	struct dossier_intake *intake, struct error *err)
{
	const struct json_node *document = content->document;
	int rc = read_kind(document, &intake->kind, err);

	if (!rc)
		rc = read_place(request, document, intake, err);
	if (!rc && !dossier_sight_powers(request, intake->kind, intake->place.unit_id))
		rc = fail_write_forbidden(err);
	if (!rc)
		rc = read_applicant(
			request, json_node_get(document, "applicant"), &intake->applicant, err);
	if (!rc)
		rc = read_papers(request, json_node_get(document, "papers"), intake->papers,
			&intake->paper_count, err);
	return rc ? rc : read_text(request, document, "note", "note", &intake->note, err);
}

static int post_dossier(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct dossier_intake *intake = arena_zero(&request->arena, 1, sizeof *intake);
	int rc = intake ? content_read(request,
				  "kind " WORD_PARCEL " sheet number applicant papers note",
				  &content, err)
			: fail_no_memory(err);

	(void)response;
	if (rc)
		return rc;
	intake->author = (struct change_author){request->asker->actor, "dossier",
		clock_now_us(request->app->clock)};
	intake->account_id = request->asker->rights.account_id;
	intake->randomness = &randomness_system;
	intake->arena = &request->arena;
	rc = edit_read_key(request, intake->author.at_us, &intake->request, err);
	if (!rc)
		rc = read_intake(request, &content, intake, err);
	if (rc)
		return rc;
	request->commit.work = dossier_receive;
	request->commit.context = intake;
	request->commit.answer = answer_received;
	return 0;
}

/* --- moving on ------------------------------------------------------------------------------------- */

static int answer_moved(struct request *request, struct response *response, struct error *err)
{
	const struct dossier_deed *deed = request->commit.context;

	(void)err;
	return answer_changed(request, response, &deed->dossier);
}

/* 409, with what can be done instead. */
static int answer_illegal(struct request *request, struct response *response,
	const struct dossier *dossier, const struct error *failed, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(ALLOWED_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);
	int rc;

	json_begin_array(&json);
	for (const struct dossier_move *move = dossier_moves; move->id; move++) {
		if (!dossier_move_leads_from(move, dossier->state))
			continue;
		json_begin_object(&json);
		json_member_text(&json, "id", move->id);
		dossier_json_title(&json, "title", move->title);
		json_end_object(&json);
	}
	json_end_array(&json);
	rc = strbuf_check(&text, err);
	if (rc)
		return rc;
	problem_write(response, request, failed);
	problem_add(response, "allowed", &text);
	return 0;
}

static int read_act(struct request *request, struct content *content, struct dossier_act *act,
	struct error *err)
{
	const struct json_node *document = content->document;
	const struct json_node *address = json_node_get(document, "address_id");
	const char **papers =
		arena_zero(&request->arena, DOSSIER_PAPER_NAMES_MAX, sizeof *papers);
	int rc = papers ? 0 : fail_no_memory(err);

	if (!rc && !json_node_int(json_node_get(document, "version"), &act->version))
		rc = content_where(fail_base_unknown(err), "version", err);
	if (!rc)
		rc = read_text(request, document, "note", "note", &act->note, err);
	if (!rc)
		rc = read_text(request, document, "reason", "reason", &act->reason, err);
	if (!rc && !is_absent(address) &&
		(!json_node_int(address, &act->address_id) || act->address_id < 1 ||
			act->address_id > HISTORY_ID_MAX))
		rc = fail_member(err, "address_id");
	if (!rc)
		rc = read_papers(request, json_node_get(document, "papers"), papers,
			&act->paper_count, err);
	act->papers = papers;
	return rc;
}

/* What the asker may do with the file, and whether it can be done. */
static int check_act(struct request *request, const struct dossier *dossier,
	const struct dossier_act *act, struct error *err)
{
	unsigned powers = dossier_sight_powers(request, dossier->kind, dossier->unit_id);
	int rc = dossier_check(request->worker->store, act, dossier, err);

	if (!rc && (powers & act->move->power) != act->move->power)
		rc = fail_dossier_approver(err);
	return rc;
}

static int post_move(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	const char *name = request->captures[1];
	struct dossier_deed *deed = arena_zero(&request->arena, 1, sizeof *deed);
	struct error failed = {0};
	struct dossier dossier;
	int rc = deed ? dossier_sight_find(request, &dossier, err) : fail_no_memory(err);

	if (!rc) {
		deed->act.move = dossier_move_find(name, strlen(name));
		rc = deed->act.move ? 0 : fail_dossier_move_unknown(err);
	}
	if (!rc)
		rc = content_read(request, "version note reason papers address_id", &content, err);
	if (!rc)
		rc = read_act(request, &content, &deed->act, err);
	if (rc)
		return rc;
	deed->act.id = dossier.id;
	deed->act.actor = request->asker->actor;
	deed->act.account_id = request->asker->rights.account_id;
	deed->act.now_us = clock_now_us(request->app->clock);
	deed->layers = request->app->layers;
	deed->arena = &request->arena;
	rc = check_act(request, &dossier, &deed->act, &failed);
	if (rc && failed.message == MSG_DOSSIER_MOVE)
		return answer_illegal(request, response, &dossier, &failed, err);
	if (rc)
		return error_copy(err, &failed);
	request->commit.work = dossier_do;
	request->commit.context = deed;
	request->commit.answer = answer_moved;
	return 0;
}

static const struct route_action list_actions[] = {
	{.method = METHOD_POST, .handle = post_dossier, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .check = dossier_sight_check},
};
static const struct route_action move_actions[] = {
	{.method = METHOD_POST, .handle = post_move, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .check = dossier_sight_check},
};

static const struct route routes[] = {
	{"/api/dossiers", get_dossiers, "state mine unit limit after q " WORD_PARCEL, on_worker,
		{"Hồ sơ: hàng đợi, tiếp nhận", "Case files: the queue, taking in"},
		ROUTE_ACTIONS(list_actions)},
	{"/api/dossiers/{id}", get_dossier, "", on_worker, {"Một hồ sơ", "A case file"}, NO_ACTIONS},
	{"/api/dossiers/{id}/{move}", NULL, "", on_worker,
		{"Chuyển bước hồ sơ", "Move a case file on"}, ROUTE_ACTIONS(move_actions)},
};

const struct route_table dossiers_routes = {routes, sizeof routes / sizeof routes[0]};
