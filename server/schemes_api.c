/*
 * Numbering schemes: /api/numbering/schemes, /{id}, and what is decided of them: /submit, /recall,
 * /reject, /approve.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/api_words.h"
#include "server/asker.h"
#include "server/links.h"
#include "server/numbering_input.h"
#include "server/router.h"
#include "server/scheme_json.h"
#include "server/sight.h"
#include "server/worker.h"

enum { CONTENT_MAX = 1 << 20 };

static const char json_types[] = "application/json";

static void answer_json(struct response *response)
{
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
}

/* --- reading ------------------------------------------------------------------------------------ */

/* A list on its way. */
struct listing {
	struct json_writer json;
	const struct view *view;
	const struct case_tools *tools;
};

static int tell(void *context, const struct scheme *scheme, struct error *err)
{
	struct listing *listing = context;
	struct street_node node;
	uint64_t fields;
	bool source;
	int rc = street_read(listing->tools, scheme->street_id, &node, err);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc || !view_admits_unit(listing->view, node.unit_now, &fields, &source))
		return rc;
	json_begin_object(&listing->json);
	scheme_members_write(&listing->json, scheme);
	json_member_text(&listing->json, "street_name", node.name);
	json_end_object(&listing->json);
	return 0;
}

static int state_param(const struct request *request, int *ret, struct error *err)
{
	const char *text = request_param(request, "state");

	*ret = -1;
	for (int i = 0; text && i < SCHEME_STATE_COUNT; i++)
		if (!strcmp(text, scheme_state_names[i]))
			*ret = i;
	return text && *ret < 0 ? fail_number_member(err, "state") : 0;
}

static int get_schemes(struct request *request, struct response *response, struct error *err)
{
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct view view = sight_view(request, layer_of_addresses(request->app->layers), NULL);
	struct listing listing = {JSON_WRITER(&response->body), &view, &tools};
	int64_t street = 0;
	int state = -1, rc = numbering_check_writer(request, err);

	if (!rc)
		rc = numbering_id_param(request, WORD_STREET, false, &street, err);
	if (!rc)
		rc = state_param(request, &state, err);
	if (rc)
		return rc;
	answer_json(response);
	json_begin_object(&listing.json);
	json_put_key(&listing.json, "schemes");
	json_begin_array(&listing.json);
	rc = scheme_list(tools.store, street, state, tools.arena, tell, &listing, err);
	json_end_array(&listing.json);
	json_end_object(&listing.json);
	return rc;
}

static int get_scheme(struct request *request, struct response *response, struct error *err)
{
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct view view = sight_view(request, layer_of_addresses(request->app->layers), NULL);
	struct scheme *scheme = arena_zero(&request->arena, 1, sizeof *scheme);
	struct json_writer json = JSON_WRITER(&response->body);
	struct street_chain chain;
	struct street_node node;
	uint64_t fields;
	bool source;
	int64_t id;
	int rc = scheme ? numbering_check_writer(request, err) : fail_no_memory(err);

	if (!rc)
		rc = request_record_id(request, request->captures[0], &id, err);
	if (!rc)
		rc = scheme_read(tools.store, id, true, tools.arena, scheme, err);
	if (!rc)
		rc = street_read(&tools, scheme->street_id, &node, err);
	if (!rc && !view_admits_unit(&view, node.unit_now, &fields, &source))
		rc = fail_no_such_scheme(err);
	if (!rc)
		rc = street_chain_of(&tools, &node, &chain, err);
	answer_json(response);
	return rc ? rc : scheme_write(&json, scheme, &chain, &tools, request->lang, err);
}

/* --- doing -------------------------------------------------------------------------------------- */

/* Only who decides may decide. */
static int check_decider(const struct request *request, struct error *err)
{
	enum role role = request->asker->rights.role;

	if (request->asker->rights.changes &&
		(role == ROLE_APPROVER || role == ROLE_ADMINISTRATOR))
		return numbering_sees(request, err);
	return request->asker->kind == ASKER_PUBLIC ? fail_login_needed(err)
						    : fail_write_forbidden(err);
}

static int read_body(
	struct request *request, struct scheme_order *order, bool *ret_check, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	const struct json_node *check;
	int rc = request->body.len
		? json_document_parse(request->body.data, request->body.len, &document, err)
		: fail_body_missing(err);

	if (!rc)
		rc = scheme_order_read(&request->arena, document, order, err);
	check = rc ? NULL : json_node_get(document, "check");
	if (check && !json_node_bool(check, ret_check))
		rc = fail_number_member(err, "check");
	return rc;
}

static int answer_done(struct request *request, struct response *response, struct error *err)
{
	const struct scheme_work *work = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);
	int64_t written = 0;

	(void)err;
	for (size_t i = 0; work->ids && i < work->scheme.item_count; i++)
		written += work->ids[i] != 0;
	response->status = work->order.deed == SCHEME_MAKE ? 201 : 200;
	response->content_type = TYPE_JSON;
	json_begin_object(&json);
	json_member_int(&json, "id", work->scheme.id);
	json_member_int(&json, "version",
		work->order.deed == SCHEME_MAKE ? 1 : work->scheme.version + 1);
	json_member_int(&json, "items", (int64_t)work->scheme.item_count);
	json_member_int(&json, "addresses", written);
	json_end_object(&json);
	return 0;
}

static int do_deed(struct request *request, struct response *response, enum scheme_deed deed,
	struct error *err)
{
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct scheme_work *work = arena_zero(&request->arena, 1, sizeof *work);
	struct json_writer json = JSON_WRITER(&response->body);
	bool check = false;
	int rc = work ? read_body(request, &work->order, &check, err) : fail_no_memory(err);

	if (rc)
		return rc;
	work->order.deed = deed;
	work->view = sight_view(request, layer_of_addresses(request->app->layers), NULL);
	work->author.actor = request->asker->actor;
	work->author.at_us = clock_now_us(request->app->clock);
	work->randomness = &randomness_system;
	rc = request_reason(request, &work->author.reason, err);
	if (!rc && deed != SCHEME_MAKE)
		rc = request_record_id(request, request->captures[0], &work->order.id, err);
	else if (!rc && !work->order.street_id)
		rc = fail_number_member(err, "street_id");
	if (!rc && !*work->author.reason && work->order.document)
		work->author.reason = work->order.document;
	if (!rc)
		rc = scheme_prepare(work, &tools, err);
	if (rc)
		return rc;
	if (check && deed <= SCHEME_REMAKE) {
		answer_json(response);
		return scheme_write(&json, &work->scheme, &work->chain, &tools, request->lang, err);
	}
	request->commit.work = scheme_run;
	request->commit.context = work;
	request->commit.answer = answer_done;
	return 0;
}

#define DEED(name, deed, checks)                                                                   \
	static int post_##name(                                                                    \
		struct request *request, struct response *response, struct error *err)             \
	{                                                                                          \
		return do_deed(request, response, deed, err);                                      \
	}                                                                                          \
	static const struct route_action name##_actions[] = {                                      \
		{.method = METHOD_POST, .handle = post_##name, .types = json_types,                \
			.content_max = CONTENT_MAX, .params = "", .check = checks}}

DEED(make, SCHEME_MAKE, numbering_check_writer);
DEED(remake, SCHEME_REMAKE, numbering_check_writer);
DEED(submit, SCHEME_SUBMIT, numbering_check_writer);
DEED(recall, SCHEME_RECALL, numbering_check_writer);
DEED(reject, SCHEME_REJECT, check_decider);
DEED(approve, SCHEME_APPROVE, check_decider);

static int get_nothing(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)response;
	return fail_method_not_allowed(err);
}

static const struct route routes[] = {
	{"/api/numbering/schemes", get_schemes, WORD_STREET " state", on_worker,
		{"Phương án đánh số", "Numbering schemes"}, ROUTE_ACTIONS(make_actions)},
	{"/api/numbering/schemes/{id}", get_scheme, "", on_worker,
		{"Một phương án đánh số", "One numbering scheme"}, ROUTE_ACTIONS(remake_actions)},
	{"/api/numbering/schemes/{id}/submit", get_nothing, "", on_worker,
		{"Trình phương án", "Send a scheme for decision"}, ROUTE_ACTIONS(submit_actions)},
	{"/api/numbering/schemes/{id}/recall", get_nothing, "", on_worker,
		{"Rút phương án về", "Take a scheme back"}, ROUTE_ACTIONS(recall_actions)},
	{"/api/numbering/schemes/{id}/reject", get_nothing, "", on_worker,
		{"Không duyệt phương án", "Reject a scheme"}, ROUTE_ACTIONS(reject_actions)},
	{"/api/numbering/schemes/{id}/approve", get_nothing, "", on_worker,
		{"Duyệt phương án", "Approve a scheme"}, ROUTE_ACTIONS(approve_actions)},
};

const struct route_table schemes_routes = {routes, sizeof routes / sizeof routes[0]};
