#include "data/writer.h"

#include <pthread.h>

#include "base/messages.h"

/* Pieces of work that share a COMMIT: an fsync costs what about so many writes cost. */
enum { GROUP_MAX = 500 };

struct piece {
	struct piece *next;
	writer_work *work;
	void *context;
	struct error *err; /* the caller's; may be NULL */
	int rc;
	bool done;
};

struct writer {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t queued, finished;
	struct piece *first, **last;
	bool stopping;
};

/*
 * Runs one piece so that its failure leaves no trace. Fails itself only where that is impossible:
 * a full disk takes the whole transaction with it.
 */
static int run_piece(struct store *store, struct piece *piece, struct error *err)
{
	struct error own = {0};
	int rc = store_savepoint(store, err);

	if (rc)
		return rc;
	piece->rc = piece->work(store, piece->context, &own);
	if (!piece->rc)
		piece->rc = store_savepoint_keep(store, &own);
	if (!piece->rc)
		return 0;
	error_copy(piece->err, &own);
	if (!store_savepoint_undo(store, NULL))
		return 0;
	error_copy(err, &own);
	return piece->rc;
}

/* Runs a list in one transaction. When that fails, all that had succeeded has failed. */
static void run_group(struct store *store, struct piece *first)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct error err = {0};
	int rc = transaction_begin(store, &transaction, &err);

	for (struct piece *piece = first; !rc && piece; piece = piece->next)
		rc = run_piece(store, piece, &err);
	if (!rc)
		rc = transaction_commit(&transaction, &err);
	if (!rc)
		return;
	for (struct piece *piece = first; piece; piece = piece->next) {
		if (piece->rc)
			continue;
		piece->rc = rc;
		error_copy(piece->err, &err);
	}
}

/* Takes up to GROUP_MAX pieces off the queue; the lock is held. */
static struct piece *take_group(struct writer *writer)
{
	struct piece *first = writer->first, *last = first;

	for (int count = 1; last->next && count < GROUP_MAX; count++)
		last = last->next;
	writer->first = last->next;
	if (!writer->first)
		writer->last = &writer->first;
	last->next = NULL;
	return first;
}

static void *write_thread(void *context)
{
	struct writer *writer = context;

	pthread_mutex_lock(&writer->lock);
	for (;;) {
		struct piece *group;

		while (!writer->first && !writer->stopping)
			pthread_cond_wait(&writer->queued, &writer->lock);
		if (!writer->first)
			break;
		group = take_group(writer);
		pthread_mutex_unlock(&writer->lock);
		run_group(writer->store, group);
		pthread_mutex_lock(&writer->lock);
		/* A piece is on its caller's stack: once it is done it may be gone. */
		while (group) {
			struct piece *next = group->next;

			group->done = true;
			group = next;
		}
		pthread_cond_broadcast(&writer->finished);
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

int writer_new(struct store *store, struct writer **ret_writer, struct error *err)
{
	struct writer *writer = calloc(1, sizeof *writer);

	if (!writer)
		return fail_no_memory(err);
	writer->store = store;
	writer->last = &writer->first;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->queued, NULL);
	pthread_cond_init(&writer->finished, NULL);
	if (pthread_create(&writer->thread, NULL, write_thread, writer)) {
		pthread_mutex_destroy(&writer->lock);
		pthread_cond_destroy(&writer->queued);
		pthread_cond_destroy(&writer->finished);
		free(writer);
		return fail_no_thread(err);
	}
	*ret_writer = writer;
	return 0;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	pthread_mutex_lock(&writer->lock);
	writer->stopping = true;
	pthread_cond_signal(&writer->queued);
	pthread_mutex_unlock(&writer->lock);
	pthread_join(writer->thread, NULL);
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->queued);
	pthread_cond_destroy(&writer->finished);
	free(writer);
}

int writer_run(struct writer *writer, writer_work *work, void *context, struct error *err)
{
	struct piece piece = {.work = work, .context = context, .err = err};

	pthread_mutex_lock(&writer->lock);
	*writer->last = &piece;
	writer->last = &piece.next;
	pthread_cond_signal(&writer->queued);
	while (!piece.done)
		pthread_cond_wait(&writer->finished, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
	return piece.rc;
}
