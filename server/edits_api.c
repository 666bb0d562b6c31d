/*
 * OGC API - Features, Part 4 (draft): making, replacing, patching and ending records.
 */
#include "server/edits_api.h"

#include "base/messages.h"
#include "base/number.h"
#include "server/asker.h"
#include "server/links.h"
#include "server/problem.h"
#include "server/served.h"
#include "server/sight.h"
#include "server/worker.h"

enum { CONTENT_MAX = 32 << 20 };

static const char patch_types[] = "application/merge-patch+json application/json";
static const char feature_types[] = "application/geo+json application/json";

int edit_check(const struct request *request, struct error *err)
{
	const struct layer *layer;
	int rc = sight_layer(request, request->captures[0], &layer, err);

	if (!rc && layer->address)
		return fail_changed_by_acts(err);
	return rc ? rc : sight_check_writer(request, layer, err);
}

int edit_read_key(struct request *request, int64_t now_us, struct receipt *ret, struct error *err)
{
	const char *key = request->idempotency_key;
	struct digest_maker maker;
	size_t len = strlen(key);

	if (!len)
		return 0;
	if (len > RECEIPT_KEY_MAX || !text_is_utf8(key, len))
		return fail_key_malformed(err);
	digest_begin(&maker);
	digest_add(&maker, &request->method, sizeof request->method);
	digest_add(&maker, request->uri, strlen(request->uri) + 1);
	digest_add(&maker, request->content_crs, strlen(request->content_crs) + 1);
	digest_add(&maker, request->if_match, strlen(request->if_match) + 1);
	digest_add(&maker, request->body.data, request->body.len);
	*ret = (struct receipt){
		.account_id = request->asker->rights.account_id,
		.key = key,
		.digest = digest_end(&maker),
		.created_at_us = now_us,
	};
	return 0;
}

int edit_begin(struct request *request, enum edit_kind kind, const struct layer *layer,
	struct edit **ret_edit, struct error *err)
{
	struct edit *edit = arena_zero(&request->arena, 1, sizeof *edit);
	int rc;

	if (!edit)
		return fail_no_memory(err);
	edit->kind = kind;
	edit->view = sight_view(request, layer, NULL);
	edit->epsg = request->app->opened.city.epsg;
	edit->account_id = request->asker->rights.account_id;
	edit->randomness = &randomness_system;
	edit->author.actor = request->asker->actor;
	edit->author.at_us = clock_now_us(request->app->clock);
	rc = request_reason(request, &edit->author.reason, err);
	if (!rc)
		rc = edit_read_key(request, edit->author.at_us, &edit->receipt, err);
	*ret_edit = edit;
	return rc;
}

int edit_read_crs(struct request *request, const char *text, struct crs_ref *ret_crs,
	struct error *err)
{
	const struct app *app = request->app;
	size_t len = strlen(text);
	const char *bare = text;
	int rc;

	*ret_crs = crs84;
	if (!len)
		return 0;
	if (len > 2 && text[0] == '<' && text[len - 1] == '>')
		bare = arena_text(&request->arena, text + 1, len - 2);
	if (!bare)
		return fail_no_memory(err);
	if (crs_ref_parse(request->worker->crs, bare, ret_crs))
		for (size_t i = 0; i < app->crs_count; i++)
			if (app->crs[i].epsg == ret_crs->epsg)
				return 0;
	rc = fail_crs_not_offered(err, bare);
	error_where(err, "Content-Crs");
	return rc;
}

/* --- answers ------------------------------------------------------------------------------------ */

static int answer_done(struct request *request, struct response *response, const struct edit *edit,
	struct error *err)
{
	int rc = response_add_header_format(response, request, err, "ETag", "\"v%lld\"",
		(long long)edit->version);

	response->status = edit->status;
	if (!rc && edit->status == 201)
		rc = response_add_header_format(response, request, err, "Location",
			"%s/ogc/collections/%s/items/%lld", request->app->public_url,
			edit->view.layer->id, (long long)edit->id);
	return rc;
}

/* 409, and where the proposal is kept. */
static int answer_conflict(struct request *request, struct response *response,
	const struct edit *edit, struct error *err)
{
	struct error stale = {0};

	fail_stale_version(&stale, edit->base_version, edit->proposal.current_version);
	problem_write(response, request, &stale);
	return response_add_header_format(response, request, err, "Location",
		"%s/api/conflicts/%lld", request->app->public_url, (long long)edit->conflict_id);
}

static int answer_edit(struct request *request, struct response *response, struct error *err)
{
	const struct edit *edit = request->commit.context;

	if (edit->replayed)
		response_add_header(response, "Idempotent-Replayed", "true");
	return edit->status == 409 ? answer_conflict(request, response, edit, err)
				   : answer_done(request, response, edit, err);
}

void edit_commit(struct request *request, struct edit *edit)
{
	request->commit.ask = edit_ask;
	request->commit.work = edit_run;
	request->commit.context = edit;
	request->commit.answer = answer_edit;
}

/* --- what is asked ------------------------------------------------------------------------------ */

static int read_document(struct request *request, struct json_node **ret_document, struct error *err)
{
	if (!request->body.len)
		return fail_body_missing(err);
	return json_document_parse(request->body.data, request->body.len, ret_document, err);
}

/* The content as an input; texts of the document are copied, so that it can go. */
static int read_input(struct request *request, const struct layer *layer, int64_t id,
	enum feature_input_kind kind, struct edit *edit, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct crs_ref crs;
	int rc = read_document(request, &document, err);

	edit->input = arena_zero(&request->arena, 1, sizeof *edit->input);
	if (!rc && !edit->input)
		rc = fail_no_memory(err);
	if (!rc)
		rc = edit_read_crs(request, request->content_crs, &crs, err);
	return rc ? rc
		  : feature_input_read(request, layer, id, kind, document, &crs, edit->input, err);
}

/* "v3" of an If-Match; 0 if it is absent or "*", which match anything. */
static int read_if_match(const struct request *request, int64_t *ret_version, struct error *err)
{
	const char *text = request->if_match;
	size_t len = strlen(text);
	int rc;

	*ret_version = 0;
	if (!len || !strcmp(text, "*"))
		return 0;
	if (len > 2 && text[0] == '"' && text[len - 1] == '"') {
		text += 1 + (text[1] == 'v');
		if (number_parse_int(text, strcspn(text, "\""), 1, INT64_MAX, ret_version))
			return 0;
	}
	rc = fail_param_value(err, "If-Match", request->if_match);
	error_where(err, "If-Match");
	return rc;
}

/* Where the author started from: If-Match, the content, what was shown to this asker last. */
static int find_base(struct request *request, struct edit *edit, struct error *err)
{
	const struct served_key key = {edit->account_id << 20 ^ request->asker->token_id,
		edit->view.layer - request->app->layers->layers, edit->id};
	int rc = read_if_match(request, &edit->base_version, err);

	if (rc)
		return rc;
	if (!edit->base_version && edit->input)
		edit->base_version = edit->input->version;
	if (!edit->base_version)
		edit->base_version = served_find(request->app->served, &key);
	return edit->base_version ? 0 : fail_base_unknown(err);
}

/* Somebody who comes too late finds the proposal kept. */
static int prepare_proposal(
	struct request *request, const char *kind, struct edit *edit, struct error *err)
{
	edit->proposal.kind = kind;
	edit->proposal.crs = request->content_crs;
	if (!request->body.len)
		return 0;
	edit->proposal.body = arena_text(&request->arena, request->body.data, request->body.len);
	return edit->proposal.body ? 0 : fail_no_memory(err);
}

static int begin_of_item(struct request *request, enum edit_kind kind, struct edit **ret_edit,
	struct error *err)
{
	const struct layer *layer;
	int64_t id = 0;
	int rc = sight_layer(request, request->captures[0], &layer, err);

	if (!rc)
		rc = request_record_id(request, request->captures[1], &id, err);
	if (!rc)
		rc = edit_begin(request, kind, layer, ret_edit, err);
	if (!rc)
		(*ret_edit)->id = id;
	return rc;
}

static int post_item(struct request *request, struct response *response, struct error *err)
{
	const struct layer *layer;
	struct edit *edit;
	int rc = sight_layer(request, request->captures[0], &layer, err);

	(void)response;
	if (!rc)
		rc = edit_begin(request, EDIT_CREATE, layer, &edit, err);
	if (!rc)
		rc = read_input(request, layer, 0, INPUT_WHOLE, edit, err);
	if (!rc)
		edit_commit(request, edit);
	return rc;
}

static int change_item(
	struct request *request, enum feature_input_kind kind, const char *name, struct error *err)
{
	struct edit *edit;
	int rc = begin_of_item(request, EDIT_CHANGE, &edit, err);

	if (!rc)
		rc = read_input(request, edit->view.layer, edit->id, kind, edit, err);
	if (!rc)
		rc = find_base(request, edit, err);
	if (!rc)
		rc = prepare_proposal(request, name, edit, err);
	if (!rc)
		edit_commit(request, edit);
	return rc;
}

static int put_item(struct request *request, struct response *response, struct error *err)
{
	(void)response;
	return change_item(request, INPUT_WHOLE, "put", err);
}

static int patch_item(struct request *request, struct response *response, struct error *err)
{
	(void)response;
	return change_item(request, INPUT_PART, "patch", err);
}

static int delete_item(struct request *request, struct response *response, struct error *err)
{
	const char *from = request_param(request, "valid_to");
	struct edit *edit;
	int rc = begin_of_item(request, EDIT_END, &edit, err);

	(void)response;
	if (!rc && from && !date_parse(from, strlen(from), &edit->from)) {
		rc = fail_param_value(err, "valid_to", from);
		error_where(err, "valid_to");
	}
	if (!rc)
		rc = find_base(request, edit, err);
	if (!rc)
		rc = prepare_proposal(request, "delete", edit, err);
	if (!rc)
		edit_commit(request, edit);
	return rc;
}

/* The record becomes again what a version said. */
static int post_version(struct request *request, struct response *response, struct error *err)
{
	struct edit *edit;
	int rc = begin_of_item(request, EDIT_RESTORE, &edit, err);

	(void)response;
	if (!rc && !number_parse_int(request->captures[2], strlen(request->captures[2]), 1,
			   HISTORY_VERSIONS_MAX, &edit->restored_version))
		rc = fail_no_such_version(err, 0);
	if (!rc)
		rc = find_base(request, edit, err);
	if (!rc)
		edit_commit(request, edit);
	return rc;
}

const struct route_action items_actions[] = {
	{.method = METHOD_POST, .handle = post_item, .types = feature_types,
		.content_max = CONTENT_MAX, .params = "", .check = edit_check},
};
const size_t items_action_count = sizeof items_actions / sizeof items_actions[0];

const struct route_action item_actions[] = {
	{.method = METHOD_PUT, .handle = put_item, .types = feature_types,
		.content_max = CONTENT_MAX, .params = "", .check = edit_check},
	{.method = METHOD_PATCH, .handle = patch_item, .types = patch_types,
		.content_max = CONTENT_MAX, .params = "", .check = edit_check},
	{.method = METHOD_DELETE, .handle = delete_item, .params = "valid_to",
		.check = edit_check},
};
const size_t item_action_count = sizeof item_actions / sizeof item_actions[0];

const struct route_action version_actions[] = {
	{.method = METHOD_POST, .handle = post_version, .params = "", .check = edit_check},
};
const size_t version_action_count = sizeof version_actions / sizeof version_actions[0];
