#include "server/jobs.h"

#include "base/log.h"
#include "base/messages.h"
#include "server/administrator.h"
#include "server/app.h"
#include "server/cases/audit_job.h"
#include "server/cases/export_job.h"
#include "server/events.h"

enum { EVENT_MAX_BYTES = 4096, JOB_ARENA_BYTES = 1 << 21 };

/* What each kind does, in which steps, and who may order it. */
static const struct job_kind kinds[] = {
	{"audit", audit_steps, AUDIT_STEPS},
	{"export", export_steps, EXPORT_STEPS},
};

/* Who asks for an export is known; what he sees, the order itself asks. */
static int check_nobody(const struct request *request, struct error *err)
{
	(void)request;
	(void)err;
	return 0;
}

static const struct job_offer offers[] = {
	{"audit", {"Kiểm tra chuỗi thay đổi của sổ", "Audit of the register"}, administrator_check, "",
		NULL},
	{"export", {"Xuất dữ liệu", "Export"}, check_nobody, EXPORT_MEMBERS, export_job_order},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

const struct job_offer *jobs_offer(const char *kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(offers[i].kind, kind))
			return &offers[i];
	return NULL;
}

static int step_count(const char *kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(kinds[i].name, kind))
			return kinds[i].step_count;
	return 0;
}

void jobs_write(struct json_writer *json, const struct job *job, bool with_result)
{
	const struct job_offer *offer = jobs_offer(job->kind);

	json_begin_object(json);
	json_member_int(json, "id", job->id);
	json_member_text(json, "kind", job->kind);
	json_put_key(json, "title");
	json_begin_object(json);
	json_member_text(json, "vi", offer ? offer->title[LANG_VI] : job->kind);
	json_member_text(json, "en", offer ? offer->title[LANG_EN] : job->kind);
	json_end_object(json);
	json_member_text(json, "state", job_state_name(job->state));
	json_member_bool(json, "cancel_asked", job->cancel_asked);
	json_member_int(json, "step", job->step);
	json_member_int(json, "steps", step_count(job->kind));
	json_member_int(json, "done", job->done);
	json_member_int(json, "total", job->total);
	json_member_time(json, "created_at", job->created_at_us);
	json_member_time(json, "updated_at", job->updated_at_us);
	if (with_result) {
		json_put_key(json, "result");
		if (*job->result)
			json_put_raw(json, job->result, strlen(job->result));
		else
			json_put_null(json);
	}
	json_end_object(json);
}

static void tell(const struct app *app, const struct job *job)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(EVENT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);

	jobs_write(&json, job, false);
	if (!strbuf_check(&text, NULL))
		events_tell(app->events, "job", job->account_id, text.data);
}

void jobs_changed(const struct app *app, const struct job *job)
{
	/* Else the news come to all servers, this one too. */
	if (!store_is_shared(app->opened.store))
		tell(app, job);
	job_runner_wake(app->jobs);
}

void jobs_heard(const struct app *app, struct store *store, int64_t id)
{
	autofree(arena_clear) struct arena arena = ARENA(JOB_ARENA_BYTES);
	struct job job;

	if (job_read(store, id, &arena, &job, NULL))
		return;
	tell(app, &job);
	if (job.state == JOB_QUEUED)
		job_runner_wake(app->jobs);
}

static void note_move(void *context, const struct job *job)
{
	const struct app *app = context;

	if (!store_is_shared(app->opened.store))
		tell(app, job);
}

static void note_trouble(void *context, const struct job *job, const struct error *err)
{
	(void)context;
	log_event(LOG_WARNING, "job", LOG_INT("job", job ? job->id : 0),
		LOG_TEXT("code", error_message_code(err)), LOG_TEXT("detail", err->detail));
}

int jobs_start(struct app *app, struct job_runner **ret_runner, struct error *err)
{
	const struct job_runner_plan plan = {.writer = app->writer,
		.kinds = kinds,
		.kind_count = KINDS,
		.context = app,
		.clock = app->clock,
		.randomness = &randomness_system,
		.is_alone = !store_is_shared(app->opened.store),
		.trouble = note_trouble,
		.moved = note_move};

	return job_runner_new(&plan, ret_runner, err);
}
