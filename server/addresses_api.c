/*
 * House numbers: /api/numbering/propose, and what is done with them: /api/addresses/reserve, /issue,
 * /{id}/renumber, /{id}/retire.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/api_words.h"
#include "server/asker.h"
#include "server/cases/relabel.h"
#include "server/content.h"
#include "server/links.h"
#include "server/numbering_input.h"
#include "server/numbering_json.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum { CONTENT_MAX = 1 << 16 };

static const char json_types[] = "application/json";

/* --- proposing ---------------------------------------------------------------------------------- */

static int get_proposal(struct request *request, struct response *response, struct error *err)
{
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct proposal *proposal = arena_zero(&request->arena, 1, sizeof *proposal);
	struct json_writer json = JSON_WRITER(&response->body);
	struct proposal_order order = {.parcel_id = 0};
	int rc = proposal ? numbering_sees(request, err) : fail_no_memory(err);

	if (!rc)
		rc = numbering_id_param(request, WORD_PARCEL, true, &order.parcel_id, err);
	if (!rc)
		rc = numbering_id_param(request, WORD_STREET, false, &order.street_id, err);
	if (!rc)
		rc = numbering_door_param(request, &order, err);
	if (!rc)
		rc = numbering_sees_parcel(request, order.parcel_id, err);
	if (!rc)
		rc = proposal_make(&tools, &order, proposal, err);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return rc ? rc : proposal_write(&json, proposal, &tools, request->lang, err);
}

static int get_conflicts(struct request *request, struct response *response, struct error *err)
{
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct number_conflicts *conflicts = arena_zero(&request->arena, 1, sizeof *conflicts);
	struct json_writer json = JSON_WRITER(&response->body);
	int64_t street_id = 0;
	int rc = conflicts ? numbering_check_writer(request, err) : fail_no_memory(err);

	if (!rc)
		rc = numbering_id_param(request, WORD_STREET, true, &street_id, err);
	if (!rc)
		rc = number_conflicts_find(&tools, street_id, conflicts, err);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return rc ? rc : number_conflicts_write(&json, conflicts, &tools, request->lang, err);
}

/* --- doing -------------------------------------------------------------------------------------- */

static int read_place(
	struct content *content, struct address_order *order, struct error *err)
{
	struct request *request = content->request;
	int rc = numbering_id_member(content, "parcel_id", &order->where.parcel_id, err);

	if (!rc)
		rc = numbering_id_member(content, "street_id", &order->where.street_id, err);
	return rc ? rc
		  : numbering_door_member(
			    request, content_at(content, "door"), &order->where, err);
}

static int optional_text(
	struct content *content, const char *key, const char **ret, struct error *err)
{
	int rc;

	if (!content_at(content, key))
		return 0;
	rc = content_text(content, key, ret, err);
	return !rc && strlen(*ret) > ADDRESS_TEXT_MAX ? fail_number_member(err, key) : rc;
}

static int read_order(struct content *content, struct address_work *work, struct error *err)
{
	struct address_order *order = &work->order;
	const char *reason = NULL, *from = NULL;
	int64_t days = 0;
	int rc = read_place(content, order, err);

	if (!rc)
		rc = numbering_id_member(content, "version", &order->version, err);
	if (!rc)
		rc = numbering_id_member(content, "days", &days, err);
	if (!rc)
		rc = optional_text(content, "number", &order->number, err);
	if (!rc)
		rc = optional_text(content, "side_reason", &order->side_reason, err);
	if (!rc)
		rc = optional_text(content, "document", &order->document, err);
	if (!rc)
		rc = optional_text(content, "reason", &reason, err);
	if (!rc)
		rc = optional_text(content, "valid_from", &from, err);
	if (!rc)
		rc = content_bool(content, "another_door", &order->another_door, err);
	if (rc)
		return rc;
	if (days < 0 || days > ADDRESS_DAYS_MAX)
		return fail_number_member(err, "days");
	order->days = (int)days;
	if (from && !date_parse(from, strlen(from), &order->valid_from))
		return fail_number_member(err, "valid_from");
	if (!*work->author.reason)
		work->author.reason = reason ? reason
			: order->side_reason ? order->side_reason
			: order->document ? order->document
					  : "";
	return 0;
}

static int answer_done(struct request *request, struct response *response, struct error *err)
{
	const struct address_work *work = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);

	(void)err;
	response->status = work->order.deed <= ADDRESS_ISSUE ? 201 : 200;
	response->content_type = TYPE_JSON;
	address_write(&json, work);
	return 0;
}

static int do_deed(struct request *request, enum address_deed deed, struct error *err)
{
	static const char members[] =
		"parcel_id street_id door version days number side_reason document reason"
		" valid_from another_door";
	autofree(content_clear) struct content content = {0};
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct address_work *work = arena_zero(&request->arena, 1, sizeof *work);
	int rc = work ? content_read(request, members, &content, err) : fail_no_memory(err);

	if (rc)
		return rc;
	work->order.deed = deed;
	work->view = sight_view(request, layer_of_addresses(request->app->layers), NULL);
	work->author.actor = request->asker->actor;
	work->author.at_us = clock_now_us(request->app->clock);
	work->randomness = &randomness_system;
	rc = request_reason(request, &work->author.reason, err);
	if (!rc)
		rc = read_order(&content, work, err);
	if (!rc && deed >= ADDRESS_RENUMBER)
		rc = request_record_id(
			request, request->captures[0], &work->order.address_id, err);
	else if (!rc && !work->order.where.parcel_id)
		rc = fail_number_member(err, "parcel_id");
	if (!rc && work->order.where.parcel_id)
		rc = numbering_sees_parcel(request, work->order.where.parcel_id, err);
	if (!rc)
		rc = address_prepare(work, &tools, err);
	if (rc)
		return rc;
	request->commit.work = address_run;
	request->commit.context = work;
	request->commit.answer = answer_done;
	return 0;
}

#define DEED(name, deed)                                                                           \
	static int post_##name(                                                                    \
		struct request *request, struct response *response, struct error *err)             \
	{                                                                                          \
		(void)response;                                                                    \
		return do_deed(request, deed, err);                                                \
	}                                                                                          \
	static const struct route_action name##_actions[] = {                                      \
		{.method = METHOD_POST, .handle = post_##name, .types = json_types,                \
			.content_max = CONTENT_MAX, .params = "", .check = numbering_check_writer}}

DEED(reserve, ADDRESS_RESERVE);
DEED(issue, ADDRESS_ISSUE);
DEED(renumber, ADDRESS_RENUMBER);
DEED(retire, ADDRESS_RETIRE);

/* --- following the name of a street -------------------------------------------------------------- */

static int answer_relabelled(
	struct request *request, struct response *response, struct error *err)
{
	const struct relabel_work *work = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);

	(void)err;
	response->content_type = TYPE_JSON;
	json_begin_object(&json);
	json_member_int(&json, "street_id", work->street_id);
	json_member_int(&json, "changed", (int64_t)work->count);
	json_end_object(&json);
	return 0;
}

static int post_relabel(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct relabel_work *work = arena_zero(&request->arena, 1, sizeof *work);
	const char *from = NULL;
	int rc = work ? content_read(request, "street_id reason valid_from", &content, err)
		      : fail_no_memory(err);

	(void)response;
	if (rc)
		return rc;
	work->view = sight_view(request, layer_of_addresses(request->app->layers), NULL);
	work->author = (struct change_author){
		request->asker->actor, "", clock_now_us(request->app->clock)};
	work->randomness = &randomness_system;
	rc = numbering_id_member(&content, "street_id", &work->street_id, err);
	if (!rc)
		rc = optional_text(&content, "reason", &work->author.reason, err);
	if (!rc)
		rc = optional_text(&content, "valid_from", &from, err);
	if (!rc && from && !date_parse(from, strlen(from), &work->valid_from))
		rc = fail_number_member(err, "valid_from");
	if (!rc)
		rc = relabel_prepare(work, &tools, err);
	if (rc)
		return rc;
	request->commit.work = relabel_run;
	request->commit.context = work;
	request->commit.answer = answer_relabelled;
	return 0;
}

static const struct route_action relabel_actions[] = {
	{.method = METHOD_POST, .handle = post_relabel, .types = json_types,
		.content_max = CONTENT_MAX, .params = "", .check = numbering_check_writer}};

static int get_nothing(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)response;
	return fail_method_not_allowed(err);
}

static const struct route routes[] = {
	{"/api/numbering/propose", get_proposal, WORD_PARCEL " " WORD_STREET " door", on_worker,
		{"Đề xuất số nhà cho một thửa, kèm lý do", "A house number for a place, with its reasons"},
		NO_ACTIONS},
	{"/api/numbering/conflicts", get_conflicts, WORD_STREET, on_worker,
		{"Lỗi đánh số trên một đường", "What is wrong with the numbers of a place"},
		NO_ACTIONS},
	{"/api/numbering/relabel", get_nothing, "", on_worker,
		{"Địa chỉ theo tên đường mới", "Addresses follow the name of their place"},
		ROUTE_ACTIONS(relabel_actions)},
	{"/api/addresses/reserve", get_nothing, "", on_worker, {"Giữ số nhà", "Reserve a number"},
		ROUTE_ACTIONS(reserve_actions)},
	{"/api/addresses/issue", get_nothing, "", on_worker, {"Cấp số nhà", "Issue a number"},
		ROUTE_ACTIONS(issue_actions)},
	{"/api/addresses/{id}/renumber", get_nothing, "", on_worker,
		{"Đổi số nhà", "Change a number"}, ROUTE_ACTIONS(renumber_actions)},
	{"/api/addresses/{id}/retire", get_nothing, "", on_worker,
		{"Thu hồi số nhà", "Retire a number"}, ROUTE_ACTIONS(retire_actions)},
};

const struct route_table addresses_routes = {routes, sizeof routes / sizeof routes[0]};
