#include "server/worker.h"

#include <pthread.h>

#include "base/messages.h"
#include "server/standby.h"

enum {
	QUEUE_SIZE = 512,  /* a second of small answers; more would be stale when it is answered */
	THREADS_MAX = 64,
};

int worker_open(struct worker *worker, const struct app *app, struct error *err)
{
	int rc;

	*worker = (struct worker){.app = app};
	mvt_scratch_init(&worker->mvt);
	rc = register_connect(app->folder, STORE_READ, &worker->store, err);
	worker->records = worker->store;
	if (!rc)
		rc = crs_context_new(&worker->crs, err);
	if (!rc)
		rc = crs_pin(worker->crs, &app->opened.city, err);
	if (!rc)
		rc = geom_context_new(&worker->geom, err);
	if (!rc)
		rc = renderer_open(&worker->render, err);
	if (!rc && !(worker->compressor = compressor_new()))
		rc = fail_no_memory(err);
	return rc;
}

void worker_clear(struct worker *worker)
{
	renderer_clear(&worker->render);
	mvt_scratch_clear(&worker->mvt);
	compressor_free(take(worker->compressor));
	geom_context_free(take(worker->geom));
	crs_context_free(take(worker->crs));
	store_close(take(worker->standby));
	store_close(take(worker->store));
}

struct case_tools worker_tools(struct worker *worker, struct arena *arena)
{
	return (struct case_tools){worker->store, worker->crs, worker->geom,
		&worker->app->opened.city, worker->app->layers, arena};
}

void worker_face(struct worker *worker, bool only_reads)
{
	worker->records = worker->store;
	if (!only_reads || !standby_is_near(worker->app->standby))
		return;
	if (worker->standby ||
		!register_connect_standby(worker->app->folder, &worker->standby, NULL))
		worker->records = worker->standby;
}

struct worker_pool {
	worker_job *job;
	pthread_mutex_t lock;
	pthread_cond_t ready; /* there may be a job, and a worker for it */
	void *queue[QUEUE_SIZE];
	size_t first, count;
	bool stopping;
	unsigned size; /* of each of these three lists; of `idle` the first idle_count */
	struct worker workers[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	struct worker *idle[THREADS_MAX];
	unsigned idle_count;
};

static void *work(void *context)
{
	struct worker_pool *pool = context;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		struct worker *worker;
		void *job;

		while ((!pool->count && !pool->stopping) || (pool->count && !pool->idle_count))
			pthread_cond_wait(&pool->ready, &pool->lock);
		if (!pool->count)
			break;
		job = pool->queue[pool->first];
		pool->first = (pool->first + 1) % QUEUE_SIZE;
		pool->count--;
		worker = pool->idle[--pool->idle_count];
		pthread_mutex_unlock(&pool->lock);
		pool->job(worker, job);
		pthread_mutex_lock(&pool->lock);
		pool->idle[pool->idle_count++] = worker;
	}
	/* Others may wait for a worker that this thread needed for the last job. */
	pthread_cond_broadcast(&pool->ready);
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

int worker_pool_start(const struct app *app, unsigned thread_count, worker_job *job,
	struct worker_pool **ret_pool, struct error *err)
{
	struct worker_pool *pool = calloc(1, sizeof *pool);
	int rc = 0;

	if (!pool)
		return fail_no_memory(err);
	pool->job = job;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->ready, NULL);
	if (thread_count > THREADS_MAX)
		thread_count = THREADS_MAX;
	for (unsigned i = 0; !rc && i < thread_count; i++) {
		struct worker *worker = &pool->workers[i];

		rc = worker_open(worker, app, err);
		if (!rc && pthread_create(&pool->threads[i], NULL, work, pool))
			rc = fail_no_thread(err);
		if (rc) {
			worker_clear(worker);
			break;
		}
		pool->size++;
		worker_pool_return(pool, worker);
	}
	if (rc) {
		worker_pool_stop(pool);
		worker_pool_free(pool);
		return rc;
	}
	*ret_pool = pool;
	return 0;
}

bool worker_pool_add(struct worker_pool *pool, void *context)
{
	bool added;

	pthread_mutex_lock(&pool->lock);
	added = pool->count < QUEUE_SIZE && !pool->stopping;
	if (added) {
		pool->queue[(pool->first + pool->count) % QUEUE_SIZE] = context;
		pool->count++;
		pthread_cond_signal(&pool->ready);
	}
	pthread_mutex_unlock(&pool->lock);
	return added;
}

struct worker *worker_pool_borrow(struct worker_pool *pool)
{
	struct worker *worker;

	pthread_mutex_lock(&pool->lock);
	worker = pool->idle_count && !pool->stopping ? pool->idle[--pool->idle_count] : NULL;
	pthread_mutex_unlock(&pool->lock);
	return worker;
}

void worker_pool_return(struct worker_pool *pool, struct worker *worker)
{
	pthread_mutex_lock(&pool->lock);
	pool->idle[pool->idle_count++] = worker;
	if (pool->count)
		pthread_cond_signal(&pool->ready);
	pthread_mutex_unlock(&pool->lock);
}

void worker_pool_stop(struct worker_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->ready);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->size; i++)
		pthread_join(pool->threads[i], NULL);
}

void worker_pool_free(struct worker_pool *pool)
{
	if (!pool)
		return;
	for (unsigned i = 0; i < pool->size; i++)
		worker_clear(&pool->workers[i]);
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->ready);
	free(pool);
}
