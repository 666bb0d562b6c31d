/*
 * Jobs over HTTP: ordering one, how far it is, its result, cancelling it.
 *
 * Everybody sees their own; the administrator sees all.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/app.h"
#include "server/asker.h"
#include "server/cases/export_job.h"
#include "server/content.h"
#include "server/jobs.h"
#include "server/links.h"
#include "server/router.h"
#include "server/worker.h"

enum { CONTENT_MAX = 48 << 10, LIST_DEFAULT = 50, MEMBERS_MAX_BYTES = 400 };

/* A job that is ordered or cancelled, on its way through the writer. */
struct ordering {
	struct request *request;
	struct job_order order;
	int64_t id, now_us;
	struct job job; /* as it is then */
};

static bool is_shown(const struct request *request, const struct job *job)
{
	const struct rights *rights = &request->asker->rights;

	return rights->administers || job->account_id == rights->account_id;
}

static int check_named(const struct request *request, struct error *err)
{
	return request->asker->kind == ASKER_PUBLIC ? fail_login_needed(err) : 0;
}

/* The job of the path; of somebody else's nobody hears that it is there. */
static int find(struct request *request, struct job *ret_job, struct error *err)
{
	const char *text = request->captures[0];
	int64_t id = 0;
	int rc = check_named(request, err);

	if (!rc && !number_parse_int(text, strlen(text), 1, INT64_MAX, &id))
		rc = fail_job_unknown(err);
	if (!rc)
		rc = job_read(request->worker->store, id, &request->arena, ret_job, err);
	return !rc && !is_shown(request, ret_job) ? fail_job_unknown(err) : rc;
}

static int get_job(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	struct job job;
	int rc = find(request, &job, err);

	if (rc)
		return rc;
	jobs_write(&json, &job, true);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	return 0;
}

static int get_file(struct request *request, struct response *response, struct error *err)
{
	struct job job;
	int rc = find(request, &job, err);

	return rc ? rc : export_job_answer(request, &job, response, err);
}

static int read_filter(const struct request *request, struct job_filter *filter, struct error *err)
{
	const char *limit = request_param(request, "limit");
	const char *before = request_param(request, "before");
	int64_t most = LIST_DEFAULT;

	if (limit && !number_parse_int(limit, strlen(limit), 1, JOB_LIST_MAX, &most))
		return fail_param_value(err, "limit", limit);
	if (before &&
		!number_parse_int(before, strlen(before), 1, INT64_MAX, &filter->before_id))
		return fail_param_value(err, "before", before);
	filter->most = (size_t)most;
	return 0;
}

static int get_jobs(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	const struct rights *rights = &request->asker->rights;
	struct job_filter filter = {.account_id = rights->administers ? NULL : &rights->account_id};
	struct job *jobs;
	size_t count = 0;
	int rc = check_named(request, err);

	if (!rc)
		rc = read_filter(request, &filter, err);
	if (!rc)
		rc = job_list(
			request->worker->store, &filter, &request->arena, &jobs, &count, err);
	if (rc)
		return rc;
	json_begin_object(&json);
	json_put_key(&json, "jobs");
	json_begin_array(&json);
	for (size_t i = 0; i < count; i++)
		jobs_write(&json, &jobs[i], false);
	json_end_array(&json);
	json_end_object(&json);
	response->content_type = TYPE_JSON;
	return 0;
}

/* --- ordering ------------------------------------------------------------------------------------- */

static int order(struct store *store, void *context, struct error *err)
{
	struct ordering *ordering = context;
	int rc = job_add(store, &ordering->order, ordering->now_us, &ordering->id, err);

	if (!rc)
		rc = job_tell(store, ordering->id, err);
	return rc ? rc
		  : job_read(store, ordering->id, &ordering->request->arena, &ordering->job, err);
}

static int answer_ordered(struct request *request, struct response *response, struct error *err)
{
	const struct ordering *ordering = request->commit.context;
	struct json_writer json = JSON_WRITER(&response->body);

	jobs_changed(request->app, &ordering->job);
	jobs_write(&json, &ordering->job, true);
	response->status = 202;
	response->content_type = TYPE_JSON;
	return response_add_header_format(response, request, err, "Location", "%s/api/jobs/%lld",
		request->app->public_url, (long long)ordering->id);
}

/* The kind, before it is known which members it may have. */
static int read_kind(struct request *request, const struct job_offer **ret_offer, struct error *err)
{
	autofree(content_clear) struct content content = {.request = request};
	const char *kind = "";
	int rc = json_document_parse(
		request->body.data, request->body.len, &content.document, err);

	if (!rc && json_node_kind(content.document) != JSON_KIND_OBJECT)
		rc = fail_content_not_object(err);
	if (!rc)
		rc = content_text(&content, "kind", &kind, err);
	if (rc)
		return rc;
	*ret_offer = jobs_offer(kind);
	return *ret_offer ? 0 : fail_content_value(err, "kind", kind);
}

/* The payload of the order, in the arena. */
static int read_payload(struct request *request, const struct job_offer *offer,
	const char **ret_payload, struct error *err)
{
	autofree(strbuf_clear) struct strbuf members = STRBUF(MEMBERS_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf payload = STRBUF(JOB_PAYLOAD_MAX);
	autofree(content_clear) struct content content = {0};
	int rc;

	strbuf_add_format(&members, "kind %s", offer->members);
	strbuf_add_text(&payload, offer->prepare ? "" : "{}");
	rc = content_read(request, members.data, &content, err);
	if (!rc && offer->prepare)
		rc = offer->prepare(&content, &payload, err);
	if (rc)
		return rc;
	*ret_payload = arena_text(&request->arena, payload.data, payload.len);
	return *ret_payload ? 0 : fail_no_memory(err);
}

static int begin(struct request *request, struct ordering **ret_ordering, struct error *err)
{
	struct ordering *ordering = arena_zero(&request->arena, 1, sizeof *ordering);

	if (!ordering)
		return fail_no_memory(err);
	ordering->request = request;
	ordering->now_us = clock_now_us(request->app->clock);
	*ret_ordering = ordering;
	return 0;
}

static int post_job(struct request *request, struct response *response, struct error *err)
{
	struct ordering *ordering = NULL;
	const struct job_offer *offer = NULL;
	const char *key = request->idempotency_key, *payload = "";
	int rc = begin(request, &ordering, err);

	(void)response;
	if (!rc)
		rc = read_kind(request, &offer, err);
	if (!rc)
		rc = offer->check(request, err);
	if (!rc)
		rc = read_payload(request, offer, &payload, err);
	if (!rc && (strlen(key) > JOB_KEY_MAX || !text_is_utf8(key, strlen(key))))
		rc = fail_key_malformed(err);
	if (rc)
		return rc;
	ordering->order = (struct job_order){.kind = offer->kind,
		.payload = payload,
		.key = *key ? key : NULL,
		.account_id = request->asker->rights.account_id};
	request->commit.work = order;
	request->commit.context = ordering;
	request->commit.answer = answer_ordered;
	return 0;
}

/* --- cancelling ----------------------------------------------------------------------------------- */

static int cancel(struct store *store, void *context, struct error *err)
{
	struct ordering *ordering = context;
	int rc = job_cancel(store, ordering->id, ordering->now_us, err);

	if (!rc)
		rc = job_tell(store, ordering->id, err);
	return rc ? rc
		  : job_read(store, ordering->id, &ordering->request->arena, &ordering->job, err);
}

static int answer_cancelled(struct request *request, struct response *response, struct error *err)
{
	const struct ordering *ordering = request->commit.context;

	(void)err;
	jobs_changed(request->app, &ordering->job);
	response->status = 204;
	return 0;
}

static int delete_job(struct request *request, struct response *response, struct error *err)
{
	struct ordering *ordering = NULL;
	struct job job;
	int rc = find(request, &job, err);

	(void)response;
	if (!rc)
		rc = begin(request, &ordering, err);
	if (rc)
		return rc;
	ordering->id = job.id;
	request->commit.work = cancel;
	request->commit.context = ordering;
	request->commit.answer = answer_cancelled;
	return 0;
}

static const struct route_action jobs_actions[] = {
	{.method = METHOD_POST, .handle = post_job, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .check = check_named},
};
static const struct route_action job_actions[] = {
	{.method = METHOD_DELETE, .handle = delete_job, .params = "", .check = check_named},
};

static const struct route routes[] = {
	{"/api/jobs", get_jobs, "limit before", on_worker, {"Việc đang chạy", "Jobs"},
		ROUTE_ACTIONS(jobs_actions)},
	{"/api/jobs/{id}/file", get_file, "", on_worker, {"Tệp của một việc", "The file of a job"},
		NO_ACTIONS},
	{"/api/jobs/{id}", get_job, "", on_worker, {"Một việc", "A job"},
		ROUTE_ACTIONS(job_actions)},
};

const struct route_table jobs_routes = {routes, sizeof routes / sizeof routes[0]};
