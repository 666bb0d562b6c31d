#include "data/job_runner.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/messages.h"

enum { JOB_ARENA_BYTES = 1 << 21 }; /* a job has less than 400 KiB of texts */

struct job_runner {
	struct job_runner_plan plan;
	const char *kinds[JOB_CLAIMABLE_KINDS_MAX]; /* their names */
	struct uuid holder;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool is_woken;
	atomic_bool stopping;

	/* Of the job in hand; used on the runner's thread alone. */
	const struct job_kind *kind;
	struct job_run run;
	int64_t renewed_at_us;
	struct arena news; /* of the job as it stands, to be told */
	bool is_finished; /* the step at work is */
	bool is_cancelled;
};

/* What is asked of the job in hand, on the writer's thread. */
struct request {
	struct job_runner *runner;
	int64_t now_us;
	int64_t done, total;  /* of job_renew */
	writer_work *work;    /* of the step */
	void *context;	      /* of that work */
	enum job_state state; /* of job_end */
	const char *result;
	writer_work *change; /* of the job, one of those below */
	bool cancel;	     /* answer */
	struct job news;
};

static int64_t now_us(const struct job_runner *runner)
{
	return clock_now_us(runner->plan.clock);
}

static struct job_lease lease_of(const struct request *request)
{
	return (struct job_lease){request->runner->run.job->id, request->runner->holder.text,
		request->now_us + JOB_LEASE_MS * INT64_C(1000)};
}

static int renew_work(struct store *store, void *context, struct error *err)
{
	struct request *request = context;
	const struct job_lease lease = lease_of(request);

	return job_renew(store, &lease, request->done, request->total, request->now_us,
		&request->cancel, err);
}

static int finish_work(struct store *store, void *context, struct error *err)
{
	struct request *request = context;
	const struct job_lease lease = lease_of(request);
	int rc = 0;

	if (request->work)
		rc = request->work(store, request->context, err);
	if (!rc)
		rc = job_finish_step(store, &lease, request->runner->run.step, request->result,
			request->now_us, &request->cancel, err);
	return rc;
}

static int end_work(struct store *store, void *context, struct error *err)
{
	struct request *request = context;
	const struct job_lease lease = lease_of(request);

	return job_end(store, &lease, request->state, request->result, request->now_us, err);
}

static int release_work(struct store *store, void *context, struct error *err)
{
	struct request *request = context;
	const struct job_lease lease = lease_of(request);

	return job_release(store, &lease, request->now_us, err);
}

static int change_work(struct store *store, void *context, struct error *err)
{
	struct request *request = context;
	struct job_runner *runner = request->runner;
	int rc = request->change(store, request, err);

	arena_reset(&runner->news);
	if (!rc && runner->plan.moved)
		rc = job_read(store, runner->run.job->id, &runner->news, &request->news, err);
	return rc ? rc : job_tell(store, runner->run.job->id, err);
}

/* Hands a change to the writer; a wish to cancel that comes back is remembered. */
static int ask(struct request *request, writer_work *change, struct error *err)
{
	struct job_runner *runner = request->runner;
	int rc;

	request->now_us = now_us(runner);
	request->change = change;
	rc = writer_run(runner->plan.writer, change_work, request, err);
	if (rc)
		return rc;
	runner->renewed_at_us = request->now_us;
	runner->is_cancelled |= request->cancel;
	if (runner->plan.moved)
		runner->plan.moved(runner->plan.context, &request->news);
	return 0;
}

int job_run_progress(struct job_run *run, int64_t done, int64_t total, struct error *err)
{
	struct job_runner *runner = run->runner;
	struct request request = {.runner = runner, .done = done, .total = total};
	int64_t age_us = now_us(runner) - runner->renewed_at_us;
	int rc = 0;

	/* A clock that was set back counts as time that has passed. */
	if (age_us < 0 || age_us >= JOB_RENEW_MS * INT64_C(1000))
		rc = ask(&request, renew_work, err);
	if (!rc && (runner->is_cancelled || atomic_load(&runner->stopping)))
		rc = fail_cancelled(err);
	return rc;
}

int job_run_finish(struct job_run *run, writer_work *work, void *context, struct error *err)
{
	struct request request = {.runner = run->runner, .work = work, .context = context};
	int rc = strbuf_check(run->result, err);

	request.result = run->result->len ? run->result->data : NULL;
	if (!rc)
		rc = ask(&request, finish_work, err);
	if (!rc)
		run->runner->is_finished = true;
	return rc;
}

static void tell(struct job_runner *runner, const struct error *err)
{
	if (runner->plan.trouble)
		runner->plan.trouble(runner->plan.context, runner->run.job, err);
}

/* Does the steps that are left; 0 when all are finished. */
static int do_steps(struct job_runner *runner, struct error *err)
{
	struct job_run *run = &runner->run;
	int rc = 0;

	for (run->step = run->job->step; !rc && run->step < runner->kind->step_count; run->step++) {
		runner->is_finished = false;
		if (runner->is_cancelled || atomic_load(&runner->stopping))
			return fail_cancelled(err);
		rc = runner->kind->steps[run->step].work(run, err);
		if (!rc && !runner->is_finished)
			rc = job_run_finish(run, NULL, NULL, err);
	}
	return rc;
}

/* Writes how the job ended; err is why it did not get to its end. */
static void settle(struct job_runner *runner, int rc, const struct error *err)
{
	autofree(strbuf_clear) struct strbuf result = STRBUF(JOB_RESULT_MAX);
	struct request request = {.runner = runner, .state = JOB_DONE};
	writer_work *work = end_work;
	struct error trouble = {0};

	if (rc == ERR_CANCELLED && runner->is_cancelled) {
		request.state = JOB_CANCELLED;
	} else if (rc == ERR_CANCELLED && atomic_load(&runner->stopping)) {
		work = release_work;
	} else if (rc) {
		request.state = JOB_FAILED;
		job_print_error(&result, err);
		/* Without memory for the reason it has failed all the same. */
		request.result = result.failed ? NULL : result.data;
		tell(runner, err);
	}
	if (ask(&request, work, &trouble))
		tell(runner, &trouble);
}

static const struct job_kind *kind_of(const struct job_runner *runner, const char *name)
{
	for (size_t i = 0; i < runner->plan.kind_count; i++)
		if (!strcmp(runner->plan.kinds[i].name, name))
			return &runner->plan.kinds[i];
	return NULL;
}

/* Does a job that was claimed just now. */
static void do_job(struct job_runner *runner, const struct job *job)
{
	autofree(strbuf_clear) struct strbuf result = STRBUF(JOB_RESULT_MAX);
	struct error err = {0};
	int rc;

	runner->kind = kind_of(runner, job->kind);
	runner->is_cancelled = job->cancel_asked;
	runner->renewed_at_us = job->updated_at_us;
	runner->run = (struct job_run){.job = job,
		.writer = runner->plan.writer,
		.context = runner->plan.context,
		.result = &result,
		.runner = runner};
	strbuf_add_text(&result, job->result);
	if (runner->plan.moved)
		runner->plan.moved(runner->plan.context, job);
	rc = do_steps(runner, &err);
	/* Somebody else has it, and everything about it, in hand. */
	if (rc == ERR_CONFLICT && err.message == MSG_JOB_LEASE_LOST)
		tell(runner, &err);
	else
		settle(runner, rc, &err);
	runner->run.job = NULL;
}

struct claim {
	struct job_runner *runner;
	struct arena *arena;
	struct job job;
	bool found;
};

static int claim_work(struct store *store, void *context, struct error *err)
{
	struct claim *claim = context;
	const struct job_runner *runner = claim->runner;
	const struct job_claimant claimant = {runner->holder.text, runner->kinds,
		runner->plan.kind_count, JOB_LEASE_MS * INT64_C(1000)};

	return job_claim(
		store, &claimant, now_us(runner), claim->arena, &claim->job, &claim->found, err);
}

/* True if there was a job, which is done now. */
static bool do_next(struct job_runner *runner)
{
	autofree(arena_clear) struct arena arena = ARENA(JOB_ARENA_BYTES);
	struct claim claim = {.runner = runner, .arena = &arena};
	struct error err = {0};
	int rc = writer_run(runner->plan.writer, claim_work, &claim, &err);

	if (rc)
		tell(runner, &err);
	if (rc || !claim.found)
		return false;
	do_job(runner, &claim.job);
	return true;
}

static int release_all_work(struct store *store, void *context, struct error *err)
{
	return job_release_all(store, now_us(context), err);
}

/* Until somebody wakes us, or it is time to look again. */
static void rest(struct job_runner *runner)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += JOB_POLL_MS / 1000;
	pthread_mutex_lock(&runner->lock);
	while (!runner->is_woken)
		if (pthread_cond_timedwait(&runner->woken, &runner->lock, &until))
			break;
	runner->is_woken = false;
	pthread_mutex_unlock(&runner->lock);
}

static void *run_thread(void *context)
{
	struct job_runner *runner = context;

	while (!atomic_load(&runner->stopping))
		if (!do_next(runner))
			rest(runner);
	return NULL;
}

static int start_thread(struct job_runner *runner, struct error *err)
{
	pthread_condattr_t steady;
	int failed;

	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_mutex_init(&runner->lock, NULL);
	pthread_cond_init(&runner->woken, &steady);
	pthread_condattr_destroy(&steady);
	failed = pthread_create(&runner->thread, NULL, run_thread, runner);
	if (!failed)
		return 0;
	pthread_mutex_destroy(&runner->lock);
	pthread_cond_destroy(&runner->woken);
	return fail_no_thread(err);
}

int job_runner_new(
	const struct job_runner_plan *plan, struct job_runner **ret_runner, struct error *err)
{
	struct job_runner *runner = calloc(1, sizeof *runner);
	int rc = 0;

	if (!runner)
		return fail_no_memory(err);
	runner->plan = *plan;
	runner->news = ARENA(JOB_ARENA_BYTES);
	runner->holder = uuid_v7(clock_now_us(plan->clock), plan->randomness);
	for (size_t i = 0; i < plan->kind_count; i++)
		runner->kinds[i] = plan->kinds[i].name;
	if (plan->is_alone)
		rc = writer_run(plan->writer, release_all_work, runner, err);
	if (!rc)
		rc = start_thread(runner, err);
	if (rc) {
		free(runner);
		return rc;
	}
	*ret_runner = runner;
	return 0;
}

void job_runner_wake(struct job_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	runner->is_woken = true;
	pthread_cond_signal(&runner->woken);
	pthread_mutex_unlock(&runner->lock);
}

void job_runner_free(struct job_runner *runner)
{
	if (!runner)
		return;
	atomic_store(&runner->stopping, true);
	job_runner_wake(runner);
	pthread_join(runner->thread, NULL);
	pthread_mutex_destroy(&runner->lock);
	pthread_cond_destroy(&runner->woken);
	arena_clear(&runner->news);
	free(runner);
}
