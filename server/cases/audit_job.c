#include "server/cases/audit_job.h"

#include "server/app.h"
#include "server/cases/audit_json.h"

enum { TAIL_BYTES = 8192 };

/* The audit while it runs. */
struct auditing {
	struct job_run *run;
	struct audit_json json;
	struct error err; /* why it may not go on */
	int rc;
};

static void take_finding(void *context, const struct audit_finding *finding)
{
	audit_json_add(&((struct auditing *)context)->json, finding);
}

static bool go_on(void *context, int64_t done, int64_t total)
{
	struct auditing *auditing = context;

	auditing->rc = job_run_progress(auditing->run, done, total, &auditing->err);
	return !auditing->rc;
}

/* Reads by a connection of its own: a request has a worker for seconds, this may take minutes. */
static int verify(struct job_run *run, struct error *err)
{
	const struct app *app = run->context;
	autoptr(store_close) struct store *store = NULL;
	struct auditing auditing = {.run = run};
	const struct audit_plan plan = {.layers = app->layers,
		.today = clock_date_vietnam(clock_now_us(app->clock)),
		.finding = take_finding,
		.progress = go_on,
		.context = &auditing};
	struct audit_report report;
	int rc = register_connect(app->folder, STORE_READ, &store, err);

	if (rc)
		return rc;
	strbuf_reset(run->result); /* of an attempt before */
	audit_json_begin(&auditing.json, run->result, JOB_RESULT_MAX - TAIL_BYTES);
	rc = audit_verify(store, &plan, &report, err);
	if (auditing.rc) {
		error_copy(err, &auditing.err);
		return auditing.rc;
	}
	if (rc)
		return rc;
	audit_json_end(&auditing.json, &report);
	return job_run_finish(run, NULL, NULL, err);
}

const struct job_step audit_steps[AUDIT_STEPS] = {{"verify", verify}};
