/*
 * job: work that takes longer than a request, kept in the register until it has ended.
 *
 *	queued --> running --> done | failed | cancelled
 *	   \________________________________/   (a queued one is cancelled at once)
 *
 * A job has steps, done in their order. Who runs it holds a lease that it renews; a lease that
 * ran out is taken by the next one, who goes on behind the last finished step. So a step may be
 * begun more than once, and must not mind. What a step writes to the register in the transaction
 * that finishes it (job_finish_step) stands exactly once, whatever dies when.
 *
 * All functions that write run inside a transaction of the caller, best through the writer.
 * Times are UTC microseconds, handed in as now_us.
 */
#ifndef DATA_JOB_H
#define DATA_JOB_H

#include "base/arena.h"
#include "base/error.h"
#include "data/store.h"

enum {
	JOB_KIND_MAX = 60,	   /* bytes of the name of a kind */
	JOB_KEY_MAX = 200,	   /* bytes of a key, as clients make them up */
	JOB_PAYLOAD_MAX = 1 << 16, /* bytes; files are blobs, and named in it */
	JOB_RESULT_MAX = 1 << 18,  /* bytes; more belongs into a blob */
	JOB_CLAIMABLE_KINDS_MAX = 64,
	JOB_LIST_MAX = 200,   /* jobs that job_list gives at most: a page */
	JOB_CLAIMS_MAX = 5,   /* a step that was cut off so often is not begun again */
	JOB_SWEEP_MAX = 1000, /* removed in one transaction */
};

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, JOB_STATE_COUNT };

/* A job as it stands. Its texts are in the arena of the call that read it. */
struct job {
	int64_t id;
	const char *kind;
	enum job_state state;
	int step;		  /* finished steps */
	int64_t done, total;	  /* of the step at work; total 0: unknown */
	int claims;		  /* times it was taken since a step was finished */
	int64_t lease_until_us;	  /* 0 none */
	const char *lease_holder; /* "" none */
	bool cancel_asked;
	const char *key;     /* "" none */
	const char *payload; /* JSON */
	const char *result;  /* JSON; "" none yet */
	int64_t account_id;  /* 0: the system itself */
	int64_t created_at_us, updated_at_us;
};

/* "queued", "running" ...; and back, false for another word. */
const char *job_state_name(enum job_state state);
bool job_state_parse(const char *text, enum job_state *ret_state);

/* What is to be done, for whom. */
struct job_order {
	const char *kind;
	const char *payload; /* JSON, made by json_write */
	const char *key;     /* NULL none */
	int64_t account_id;
};

/* Tells the other servers of the register that the job has moved (store_tell: "job ID"). */
int job_tell(struct store *store, int64_t id, struct error *err);

/*
 * Puts a job into the queue. The same order under the same key of the same account, as long as
 * that job is kept, gives that job again; another order under it fails with ERR_CONFLICT.
 */
int job_add(struct store *store, const struct job_order *order, int64_t now_us, int64_t *ret_id,
	struct error *err);

/* Who has a job in hand, and how long nobody else may take it. */
struct job_lease {
	int64_t id;
	const char *holder; /* of one process of one start: a UUID */
	int64_t until_us;
};

/* Who takes jobs, and of which kinds. */
struct job_claimant {
	const char *holder;
	const char *const *kinds;
	size_t kind_count; /* 1 to JOB_CLAIMABLE_KINDS_MAX */
	int64_t lease_us;  /* from now on */
};

/*
 * Takes the oldest job that is queued or whose lease ran out. One that was cut off JOB_CLAIMS_MAX
 * times in the same step fails instead (JOB-LOST-01). *ret_found is false when there is none.
 */
int job_claim(struct store *store, const struct job_claimant *claimant, int64_t now_us,
	struct arena *arena, struct job *ret_job, bool *ret_found, struct error *err);

/*
 * Renews the lease and says how far the step is; at least every 2 s. *ret_cancel: somebody wants
 * the job to stop. ERR_CONFLICT when the lease was lost: then another one goes on with it.
 */
int job_renew(struct store *store, const struct job_lease *lease, int64_t done, int64_t total,
	int64_t now_us, bool *ret_cancel, struct error *err);

/*
 * Finishes step number `step` (from 0) and keeps the result so far (JSON; NULL: as it is). Fails
 * as job_renew, and so undoes what the same transaction wrote, when the lease was lost.
 */
int job_finish_step(struct store *store, const struct job_lease *lease, int step,
	const char *result, int64_t now_us, bool *ret_cancel, struct error *err);

/* Ends it: done, failed or cancelled, with a result (JSON; NULL: as it is). Fails as job_renew. */
int job_end(struct store *store, const struct job_lease *lease, enum job_state state,
	const char *result, int64_t now_us, struct error *err);

/* Gives the lease back unused, so that the next one takes the job at once. Fails as job_renew. */
int job_release(
	struct store *store, const struct job_lease *lease, int64_t now_us, struct error *err);

/* Lets all leases run out: for the one process of a register, which knows that no other lives. */
int job_release_all(struct store *store, int64_t now_us, struct error *err);

/*
 * Cancels a job that nobody has in hand, or asks who has it to stop. Doing so twice is no error;
 * ERR_CONFLICT when it is done or has failed, ERR_NOT_FOUND when there is none.
 */
int job_cancel(struct store *store, int64_t id, int64_t now_us, struct error *err);

int job_read(struct store *store, int64_t id, struct arena *arena, struct job *ret_job,
	struct error *err);

/* Which jobs; the newest come first. */
struct job_filter {
	const enum job_state *state; /* NULL any */
	const int64_t *account_id;   /* NULL any */
	int64_t before_id;	     /* 0 from the newest on */
	size_t most;		     /* at most JOB_LIST_MAX are given */
};
int job_list(struct store *store, const struct job_filter *filter, struct arena *arena,
	struct job **ret_jobs, size_t *ret_count, struct error *err);

/*
 * Removes jobs that ended before an instant, up to JOB_SWEEP_MAX; the newest job always stays, so
 * that no id comes twice. *ret_count tells how many: call again while there are any.
 */
int job_sweep(struct store *store, int64_t before_us, size_t *ret_count, struct error *err);

/* Appends an error as the result of a job: {"error":{"code":..,"text":{"vi":..,"en":..},..}}. */
void job_print_error(struct strbuf *out, const struct error *error);

#endif
