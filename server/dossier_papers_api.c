/*
 * Papers of case files: /api/dossiers/{id}/papers: shown in the original, or handed in as a scan; and a
 * scan's bytes.
 *
 *	POST {"name": "application"}			shown in the original
 *	POST ?name=land_paper, the bytes of a PDF, JPEG or PNG
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/asker.h"
#include "server/cases/dossier_work.h"
#include "server/content.h"
#include "server/dossier_sight.h"
#include "server/links.h"
#include "server/router.h"
#include "server/worker.h"

static const char paper_types[] =
	"application/json application/pdf image/jpeg image/png application/octet-stream";

struct bringing {
	struct dossier_paper_gift gift;
	struct arena *arena;
	struct dossier dossier; /* as it is then */
};

/* The bytes say what they are; who calls them otherwise lies, or errs. */
static int take_scan(struct request *request, struct dossier_paper_gift *gift, struct error *err)
{
	const char *name = request_param(request, "name");

	gift->type = dossier_paper_type(request->body.data, request->body.len);
	if (!gift->type || (!request_is_of_type(request, gift->type) &&
				   !request_is_of_type(request, "application/octet-stream")))
		return fail_dossier_scan_type(err);
	gift->name = name ? name : "";
	gift->bytes = request->body.data;
	gift->len = request->body.len;
	return 0;
}

static int take_shown(struct request *request, struct dossier_paper_gift *gift, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	int rc = content_read(request, "name", &content, err);

	return rc ? rc : content_text(&content, "name", &gift->name, err);
}

static int bring(struct store *store, void *context, struct error *err)
{
	struct bringing *bringing = context;
	int rc = dossier_paper_bring(store, &bringing->gift, err);

	return rc ? rc
		  : dossier_read(store, bringing->gift.dossier_id, bringing->arena,
			    &bringing->dossier, err);
}

static int answer_brought(struct request *request, struct response *response, struct error *err)
{
	const struct bringing *bringing = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);

	dossier_sight_changed(request, &bringing->dossier);
	json_begin_object(&json);
	json_member_int(&json, "ordinal", bringing->gift.ordinal);
	json_member_text(&json, "name", bringing->gift.name);
	json_member_text(&json, "state",
		dossier_paper_state_id(
			bringing->gift.bytes ? DOSSIER_PAPER_SCAN : DOSSIER_PAPER_SHOWN));
	json_member_int(&json, "version", bringing->dossier.version);
	json_end_object(&json);
	response->status = 201;
	response->content_type = TYPE_JSON;
	return response_add_header_format(response, request, err, "Location",
		"%s/api/dossiers/%lld/papers/%lld", request->app->public_url,
		(long long)bringing->gift.dossier_id, (long long)bringing->gift.ordinal);
}

static int check_name(struct request *request, const struct dossier *dossier, const char *id,
	struct error *err)
{
	struct dossier_paper_names *names = arena_zero(&request->arena, 1, sizeof *names);
	int rc = names ? dossier_paper_names_of(request->worker->store, dossier, &request->arena,
				 names, err)
		       : fail_no_memory(err);

	return rc ? rc : dossier_paper_known(names, id, err);
}

static int post_paper(struct request *request, struct response *response, struct error *err)
{
	struct bringing *bringing = arena_zero(&request->arena, 1, sizeof *bringing);
	struct dossier dossier;
	int rc = bringing ? dossier_sight_find(request, &dossier, err) : fail_no_memory(err);

	(void)response;
	if (!rc)
		rc = request_is_of_type(request, TYPE_JSON)
			? take_shown(request, &bringing->gift, err)
			: take_scan(request, &bringing->gift, err);
	if (!rc)
		rc = check_name(request, &dossier, bringing->gift.name, err);
	if (rc)
		return rc;
	bringing->arena = &request->arena;
	bringing->gift.dossier_id = dossier.id;
	bringing->gift.actor = request->asker->actor;
	bringing->gift.now_us = clock_now_us(request->app->clock);
	request->commit.work = bring;
	request->commit.context = bringing;
	request->commit.answer = answer_brought;
	return 0;
}

static int add_bytes(void *context, const void *bytes, size_t len, struct error *err)
{
	struct strbuf *body = context;

	strbuf_add(body, bytes, len);
	return strbuf_check(body, err);
}

static int get_paper(struct request *request, struct response *response, struct error *err)
{
	static const char *const types[] = {"application/pdf", "image/jpeg", "image/png"};
	const char *text = request->captures[1];
	struct digest_text sha256;
	struct dossier dossier;
	struct blob blob;
	int64_t ordinal;
	int rc = dossier_sight_find(request, &dossier, err);

	if (!rc && !number_parse_int(text, strlen(text), 1, DOSSIER_PAPERS_MAX, &ordinal))
		rc = fail_no_such_scan(err);
	if (!rc)
		rc = dossier_scan_find(request->worker->store, dossier.id, ordinal, &sha256, err);
	if (!rc)
		rc = blob_find(request->worker->store, sha256.text, &blob, err);
	if (!rc)
		rc = dossier_sight_note(request, &dossier, "scan", err);
	if (!rc)
		rc = blob_read(
			request->worker->store, sha256.text, add_bytes, &response->body, err);
	if (rc)
		return rc;
	response->content_type = "application/octet-stream";
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (!strcmp(blob.type, types[i]))
			response->content_type = types[i];
	response->caching = CACHE_NEVER;
	return response_add_header_format(response, request, err, "Content-Disposition",
		"inline; filename=\"%s-%lld.%s\"", dossier.file_no, (long long)ordinal,
		strchr(response->content_type, '/') + 1);
}

static const struct route_action actions[] = {
	{.method = METHOD_POST, .handle = post_paper, .types = paper_types,
		.content_max = DOSSIER_SCAN_MAX_BYTES, .params = "name",
		.check = dossier_sight_check},
};

static const struct route routes[] = {
	{"/api/dossiers/{id}/papers", NULL, "", on_worker,
		{"Nhận giấy tờ của hồ sơ", "Take in a paper of a case file"}, ROUTE_ACTIONS(actions)},
	{"/api/dossiers/{id}/papers/{ordinal}", get_paper, "", on_worker,
		{"Bản quét của hồ sơ", "A scan of a case file"}, NO_ACTIONS},
};

const struct route_table dossier_papers_routes = {routes, sizeof routes / sizeof routes[0]};
