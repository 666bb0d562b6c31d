/*
 * job_runner: the one thread that does the jobs of a process, from a table of kinds.
 *
 *	static const struct job_step import_steps[] = {{"read", read_rows}, {"apply", apply}};
 *	static const struct job_kind kinds[] = {{"import", import_steps, 2}};
 *
 * It claims the oldest job of its kinds, does its steps in order, and keeps the lease through the
 * writer. A process that dies, at whatever instant, loses nothing: the next runner goes on behind
 * the last finished step. A step that fails makes the job fail, with the error as its result.
 *
 * The steps of a kind may not change while jobs of it are about: changed work is another kind.
 */
#ifndef DATA_JOB_RUNNER_H
#define DATA_JOB_RUNNER_H

#include "base/clock.h"
#include "base/secret.h"
#include "data/job.h"
#include "data/writer.h"

enum {
	JOB_LEASE_MS = 30000, /* a process that says nothing for so long has died */
	JOB_RENEW_MS = 1000,  /* progress is written, and a wish to cancel seen, so often */
	JOB_POLL_MS = 1000,   /* jobs that another process added are looked for so often */
};

struct job_runner;

/* What a step has in its hand, on the runner's thread. */
struct job_run {
	const struct job *job; /* as it was claimed */
	int step;	       /* number of this step, from 0 */
	struct writer *writer;
	void *context;	       /* of the plan */
	struct strbuf *result; /* JSON, the job's result once this step is finished; it comes as
				  the step before left it */
	struct job_runner *runner;
};

/*
 * A step: works outside of any transaction, as long as it takes, and calls job_run_progress at
 * least every second. It ends with job_run_finish; one that writes nothing may just return 0.
 * After a negative code the job has failed. What a step leaves outside of the register must bear
 * being made again.
 */
typedef int job_step_work(struct job_run *run, struct error *err);

struct job_step {
	const char *name;
	job_step_work *work;
};

struct job_kind {
	const char *name;
	const struct job_step *steps;
	int step_count;
};

/*
 * Says how far the step is (total 0: unknown), and whether to go on: negative when the job was
 * cancelled (ERR_CANCELLED), the program ends (ERR_CANCELLED too) or another process has the job
 * (ERR_CONFLICT); the step then returns that code at once. May be called as often as one likes.
 */
int job_run_progress(struct job_run *run, int64_t done, int64_t total, struct error *err);

/*
 * Does the work (NULL: none) and finishes the step, both in one transaction: exactly once. The
 * last thing that a step does.
 */
int job_run_finish(struct job_run *run, writer_work *work, void *context, struct error *err);

/* All of it is borrowed until job_runner_free. */
struct job_runner_plan {
	struct writer *writer;
	const struct job_kind *kinds;
	size_t kind_count; /* 1 to JOB_CLAIMABLE_KINDS_MAX */
	void *context;	   /* for the steps */
	const struct clock *clock;
	const struct randomness *randomness;
	bool is_alone; /* no other process runs jobs of this register: a job that one had in hand
			  when it died goes on at once */
	/* Told of a job as it stands after each change that was committed; on the runner's thread.
	 * NULL nobody. */
	void (*moved)(void *context, const struct job *job);
	/* Told what nobody else is told, for the log: what a job failed of, or, where job is NULL,
	 * why none could be taken. On the runner's thread; NULL nobody. */
	void (*trouble)(void *context, const struct job *job, const struct error *err);
};

/* Starts the thread. */
int job_runner_new(
	const struct job_runner_plan *plan, struct job_runner **ret_runner, struct error *err);

/* Lets it look for jobs now; after job_add. From any thread. */
void job_runner_wake(struct job_runner *runner);

/* Stops the step at work and ends the thread; the job stays, to be gone on with. */
void job_runner_free(struct job_runner *runner);
AUTOPTR(struct job_runner, job_runner_free);

#endif
