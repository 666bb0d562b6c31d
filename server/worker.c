#include "server/worker.h"

#include "base/messages.h"

enum {
	QUEUE_SIZE = 512,  /* a second of small answers; more would be stale when it is answered */
	THREADS_MAX = 64,
	PATH_MAX_BYTES = 4096,
};

int worker_open(struct worker *worker, const struct app *app, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc;

	*worker = (struct worker){.app = app};
	mvt_scratch_init(&worker->mvt);
	register_database(&path, app->folder);
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = store_open(path.data, STORE_READ, &worker->store, err);
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
	store_close(take(worker->store));
}

struct worker_pool {
	worker_job *job;
	pthread_mutex_t lock;
	pthread_cond_t added;
	void *queue[QUEUE_SIZE];
	size_t first, count;
	bool stopping;
	unsigned thread_count;
	struct pool_thread {
		struct worker_pool *pool;
		struct worker worker;
		pthread_t thread;
	} threads[THREADS_MAX];
};

static void *work(void *context)
{
	struct pool_thread *thread = context;
	struct worker_pool *pool = thread->pool;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		void *job;

		while (!pool->count && !pool->stopping)
			pthread_cond_wait(&pool->added, &pool->lock);
		if (!pool->count)
			break;
		job = pool->queue[pool->first];
		pool->first = (pool->first + 1) % QUEUE_SIZE;
		pool->count--;
		pthread_mutex_unlock(&pool->lock);
		pool->job(&thread->worker, job);
		pthread_mutex_lock(&pool->lock);
	}
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
	pthread_cond_init(&pool->added, NULL);
	if (thread_count > THREADS_MAX)
		thread_count = THREADS_MAX;
	for (unsigned i = 0; !rc && i < thread_count; i++) {
		struct pool_thread *thread = &pool->threads[i];

		thread->pool = pool;
		rc = worker_open(&thread->worker, app, err);
		if (!rc && pthread_create(&thread->thread, NULL, work, thread))
			rc = fail_no_thread(err);
		if (rc)
			worker_clear(&thread->worker);
		else
			pool->thread_count++;
	}
	if (rc) {
		worker_pool_stop(pool);
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
		pthread_cond_signal(&pool->added);
	}
	pthread_mutex_unlock(&pool->lock);
	return added;
}

void worker_pool_stop(struct worker_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->added);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->thread_count; i++) {
		pthread_join(pool->threads[i].thread, NULL);
		worker_clear(&pool->threads[i].worker);
	}
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->added);
	free(pool);
}
