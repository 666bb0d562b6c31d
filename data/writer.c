#include "data/writer.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/messages.h"

enum {
	GROUP_MAX = 500, /* pieces that share a COMMIT: an fsync costs what so many writes cost */
	QUEUE_MAX = 4000, /* beyond, the last one would wait for seconds */
	WATCH_MS = 250,
	ASKED_AHEAD = 6, /* pieces that ask together, before the first of them is done */
};

struct writer {
	struct store *store;
	writer_committed *committed;
	void *context;
	pthread_t thread, watch; /* who writes; who gives back what has waited too long */
	pthread_mutex_t lock;
	pthread_cond_t queued, stopped;
	struct writer_piece *first, **last;
	int count;
	bool stopping;
	bool gives_back; /* the watch has pieces in hand: nothing begins before they are answered */
};

/*
 * Runs one piece so that its failure leaves no trace. Fails itself only where that is impossible:
 * a full disk takes the whole transaction with it.
 */
static int run_in_savepoint(struct store *store, struct writer_piece *piece, struct error *err)
{
	int rc = store_savepoint(store, err);

	if (rc)
		return rc;
	piece->err = (struct error){0};
	piece->rc = piece->work(store, piece->context, &piece->err);
	if (!piece->rc)
		piece->rc = store_savepoint_keep(store, &piece->err);
	if (!piece->rc || !store_savepoint_undo(store, NULL))
		return 0;
	error_copy(err, &piece->err);
	return piece->rc;
}

/* Runs all pieces, each in a savepoint. */
static int run_carefully(struct transaction *transaction, struct writer_piece *first, struct error *err)
{
	int rc = 0;

	for (struct writer_piece *piece = first; !rc && piece; piece = piece->next)
		rc = run_in_savepoint(transaction->store, piece, err);
	return rc;
}

/* So that one turn with the database is enough for some of them together. */
static int ask_ahead(struct store *store, struct writer_piece *first, struct error *err)
{
	int rc = 0, number = 0;

	for (struct writer_piece *piece = first; !rc && piece && number < ASKED_AHEAD; number++) {
		if (piece->ask)
			rc = piece->ask(store, piece->context, err);
		piece = piece->next;
	}
	return rc;
}

/*
 * Runs all pieces without savepoints, which most do not need: nearly all succeed, and most that fail
 * have not written yet. False: one has failed that needed it, or what failed is not known.
 */
static bool run_boldly(struct transaction *transaction, struct writer_piece *first, struct error *err)
{
	int number = 0;

	for (struct writer_piece *piece = first; piece; piece = piece->next, number++) {
		int64_t written = store_written(transaction->store);

		if (number % ASKED_AHEAD == 0 && ask_ahead(transaction->store, piece, err))
			return false;
		piece->rc = piece->work(transaction->store, piece->context, &piece->err);
		if (piece->rc && (store_written(transaction->store) != written ||
					 !transaction_is_sound(transaction)))
			return false;
	}
	return !transaction_settle(transaction, err);
}

/* One alone takes the transaction with it. */
static int run_one(struct transaction *transaction, struct writer_piece *piece, struct error *err)
{
	int rc = piece->work(transaction->store, piece->context, err);

	return rc ? rc : transaction_settle(transaction, err);
}

static int run_several(struct transaction *transaction, struct writer_piece *first, struct error *err)
{
	struct store *store = transaction->store;
	int rc;

	if (run_boldly(transaction, first, err))
		return 0;
	transaction_end(transaction);
	*err = (struct error){0};
	rc = transaction_begin(store, transaction, err);
	return rc ? rc : run_carefully(transaction, first, err);
}

/* Runs a list in one transaction. When that fails, all that had succeeded has failed. */
static void run_group(struct writer *writer, struct writer_piece *first)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct error err = {0};
	int rc = transaction_begin(writer->store, &transaction, &err);

	if (!rc)
		rc = first->next ? run_several(&transaction, first, &err)
				 : run_one(&transaction, first, &err);
	if (!rc)
		rc = transaction_commit(&transaction, &err);
	if (!rc && writer->committed)
		writer->committed(writer->store, writer->context);
	for (struct writer_piece *piece = first; rc && piece; piece = piece->next) {
		if (piece->rc)
			continue;
		piece->rc = rc;
		error_copy(&piece->err, &err);
	}
}

/* Takes up to GROUP_MAX pieces off the queue; the lock is held. */
static struct writer_piece *take_group(struct writer *writer)
{
	struct writer_piece *first = writer->first, *last = first;
	int count = 1;

	while (last->next && !first->company && !last->next->company && count < GROUP_MAX) {
		last = last->next;
		count++;
	}
	writer->first = last->next;
	writer->count -= count;
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
		struct writer_piece *group;

		while (writer->gives_back || (!writer->first && !writer->stopping))
			pthread_cond_wait(&writer->queued, &writer->lock);
		if (!writer->first)
			break;
		group = take_group(writer);
		pthread_mutex_unlock(&writer->lock);
		if (group->company == WRITER_ALONE)
			group->rc = group->work(writer->store, group->context, &group->err);
		else
			run_group(writer, group);
		while (group) {
			struct writer_piece *next = group->next;

			group->done(group);
			group = next;
		}
		pthread_mutex_lock(&writer->lock);
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

/* Takes those off the queue whose patience has ended; the lock is held. */
static struct writer_piece *take_impatient(struct writer *writer)
{
	struct writer_piece *taken = NULL, **at = &writer->first;
	int64_t now_ms = clock_ticks_ms();

	while (*at) {
		struct writer_piece *piece = *at;

		if (!piece->until_ms || piece->until_ms > now_ms) {
			at = &piece->next;
			continue;
		}
		*at = piece->next;
		piece->next = taken;
		taken = piece;
		writer->count--;
	}
	writer->last = at;
	return taken;
}

static void *watch_thread(void *context)
{
	struct writer *writer = context;
	struct timespec until;

	pthread_mutex_lock(&writer->lock);
	while (!writer->stopping) {
		struct writer_piece *piece = take_impatient(writer);

		writer->gives_back = piece != NULL;
		pthread_mutex_unlock(&writer->lock);
		while (piece) {
			struct writer_piece *next = piece->next;

			piece->rc = fail_writing_waits(&piece->err);
			piece->done(piece);
			piece = next;
		}
		pthread_mutex_lock(&writer->lock);
		if (writer->gives_back)
			pthread_cond_signal(&writer->queued);
		writer->gives_back = false;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += WATCH_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (!writer->stopping)
			pthread_cond_timedwait(&writer->stopped, &writer->lock, &until);
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

static void drop(struct writer *writer)
{
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->queued);
	pthread_cond_destroy(&writer->stopped);
	free(writer);
}

static void stop(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	writer->stopping = true;
	pthread_cond_signal(&writer->queued);
	pthread_cond_signal(&writer->stopped);
	pthread_mutex_unlock(&writer->lock);
}

int writer_new(struct store *store, writer_committed *committed, void *context,
	struct writer **ret_writer, struct error *err)
{
	struct writer *writer = calloc(1, sizeof *writer);
	pthread_condattr_t steady;

	if (!writer)
		return fail_no_memory(err);
	writer->store = store;
	writer->committed = committed;
	writer->context = context;
	writer->last = &writer->first;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->queued, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->stopped, &steady);
	pthread_condattr_destroy(&steady);
	if (pthread_create(&writer->thread, NULL, write_thread, writer)) {
		drop(writer);
		return fail_no_thread(err);
	}
	if (pthread_create(&writer->watch, NULL, watch_thread, writer)) {
		stop(writer);
		pthread_join(writer->thread, NULL);
		drop(writer);
		return fail_no_thread(err);
	}
	*ret_writer = writer;
	return 0;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	stop(writer);
	pthread_join(writer->watch, NULL);
	pthread_join(writer->thread, NULL);
	drop(writer);
}

bool writer_submit(struct writer *writer, struct writer_piece *piece)
{
	bool room;

	piece->rc = 0;
	piece->next = NULL;
	piece->until_ms = piece->patience_ms ? clock_ticks_ms() + piece->patience_ms : 0;
	pthread_mutex_lock(&writer->lock);
	room = writer->count < QUEUE_MAX;
	if (room) {
		*writer->last = piece;
		writer->last = &piece->next;
		writer->count++;
		pthread_cond_signal(&writer->queued);
	}
	pthread_mutex_unlock(&writer->lock);
	return room;
}

/* Somebody who waits for a piece. */
struct waiting {
	struct writer_piece piece; /* first: its address is the waiting's */
	pthread_mutex_t lock;
	pthread_cond_t finished;
	bool is_done;
};

static void wake(struct writer_piece *piece)
{
	struct waiting *waiting = (struct waiting *)piece;

	pthread_mutex_lock(&waiting->lock);
	waiting->is_done = true;
	pthread_cond_signal(&waiting->finished);
	pthread_mutex_unlock(&waiting->lock);
}

static int run_and_wait(struct writer *writer, writer_work *work, void *context,
	enum writer_company company, struct error *err)
{
	struct waiting waiting = {.piece = {.work = work,
					  .context = context,
					  .done = wake,
					  .company = company}};
	int rc;

	pthread_mutex_init(&waiting.lock, NULL);
	pthread_cond_init(&waiting.finished, NULL);
	pthread_mutex_lock(&waiting.lock);
	if (writer_submit(writer, &waiting.piece)) {
		while (!waiting.is_done)
			pthread_cond_wait(&waiting.finished, &waiting.lock);
		rc = waiting.piece.rc;
		if (rc)
			error_copy(err, &waiting.piece.err);
	} else {
		rc = fail_busy(err);
	}
	pthread_mutex_unlock(&waiting.lock);
	pthread_mutex_destroy(&waiting.lock);
	pthread_cond_destroy(&waiting.finished);
	return rc;
}

int writer_run(struct writer *writer, writer_work *work, void *context, struct error *err)
{
	return run_and_wait(writer, work, context, WRITER_TOGETHER, err);
}

int writer_run_apart(struct writer *writer, writer_work *work, void *context, struct error *err)
{
	return run_and_wait(writer, work, context, WRITER_APART, err);
}

int writer_run_alone(struct writer *writer, writer_work *work, void *context, struct error *err)
{
	return run_and_wait(writer, work, context, WRITER_ALONE, err);
}
