/*
 * worker: the bounded pool of threads that do what may block: queries, tiles.
 *
 * A worker has its own connection, contexts and working memory, and does one job at a time, on a
 * thread of the pool or lent to another. The queue is bounded: when it is full the caller is told
 * at once, and answers 503.
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "data/store.h"
#include "gis/crs.h"
#include "gis/geom.h"
#include "server/app.h"
#include "server/cases/tools.h"
#include "tiles/compress.h"
#include "tiles/mvt.h"
#include "tiles/render.h"

struct worker {
	const struct app *app;
	struct store *store; /* reading */
	struct store *standby; /* of the database; NULL not connected */
	struct store *records; /* where records are read for the request in hand: one of the two */
	struct crs_context *crs;
	struct geom_context *geom;
	struct compressor *compressor;
	struct mvt_scratch mvt;
	struct renderer render;
};

/* What a worker and its command line relatives need; clear in any case. */
int worker_open(struct worker *worker, const struct app *app, struct error *err);
void worker_clear(struct worker *worker);

/* Before each request: one that only reads records may be answered by a standby. */
void worker_face(struct worker *worker, bool only_reads);

/* What cases work with, of this worker and of the arena of a request. */
struct case_tools worker_tools(struct worker *worker, struct arena *arena);

struct worker_pool;

/* A job: run by one of the workers, exactly once. */
typedef void worker_job(struct worker *worker, void *context);

int worker_pool_start(const struct app *app, unsigned thread_count, worker_job *job,
	struct worker_pool **ret_pool, struct error *err);

/* Queues a job; false when the queue is full or the pool is stopping. */
bool worker_pool_add(struct worker_pool *pool, void *context);

/*
 * Lends an idle worker to the calling thread, for something short; NULL if all are at work, or the
 * pool is stopping. The caller gives it back.
 */
struct worker *worker_pool_borrow(struct worker_pool *pool);
void worker_pool_return(struct worker_pool *pool, struct worker *worker);

/*
 * Runs what is queued to its end and ends the threads. From then on nothing is queued or lent; the
 * calls that say so are still allowed until the pool is freed.
 */
void worker_pool_stop(struct worker_pool *pool);

/* After worker_pool_stop, when all that was lent is back. */
void worker_pool_free(struct worker_pool *pool);

#endif
