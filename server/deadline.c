#include "server/deadline.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/messages.h"

enum {
	IDLE_MS = 35000,     /* a little more than the library's own timeout */
	WORKING_MS = 120000, /* no answer takes so long; a worker that does is a fault */
	SENDING_MS = 30000,
	STREAMING_MS = 3700000, /* a stream ends by itself after an hour */
	SLOWEST_BYTES_A_MS = 10, /* 10 kB/s: below, an answer is given up */
	ROUND_MS = 1000,
};

struct deadline {
	struct deadline *previous, *next;
	int fd;
	int64_t deadline_ms;
};

struct deadlines {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	struct deadline *first;
	bool stopping, runs;
};

static void *deadline_thread(void *context)
{
	struct deadlines *deadlines = context;

	pthread_mutex_lock(&deadlines->lock);
	while (!deadlines->stopping) {
		struct timespec until;
		int64_t now_ms = clock_ticks_ms();

		for (struct deadline *at = deadlines->first; at; at = at->next)
			if (at->deadline_ms < now_ms)
				shutdown(at->fd, SHUT_RDWR);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += ROUND_MS / 1000;
		pthread_cond_timedwait(&deadlines->stopped, &deadlines->lock, &until);
	}
	pthread_mutex_unlock(&deadlines->lock);
	return NULL;
}

int deadlines_start(struct deadlines **ret_deadlines, struct error *err)
{
	struct deadlines *deadlines = calloc(1, sizeof *deadlines);

	if (!deadlines)
		return fail_no_memory(err);
	pthread_mutex_init(&deadlines->lock, NULL);
	pthread_cond_init(&deadlines->stopped, NULL);
	deadlines->runs = !pthread_create(&deadlines->thread, NULL, deadline_thread, deadlines);
	if (!deadlines->runs) {
		deadlines_stop(deadlines);
		return fail_no_thread(err);
	}
	*ret_deadlines = deadlines;
	return 0;
}

void deadlines_stop(struct deadlines *deadlines)
{
	if (!deadlines)
		return;
	pthread_mutex_lock(&deadlines->lock);
	deadlines->stopping = true;
	pthread_cond_signal(&deadlines->stopped);
	pthread_mutex_unlock(&deadlines->lock);
	if (deadlines->runs)
		pthread_join(deadlines->thread, NULL);
	while (deadlines->first)
		deadline_remove(deadlines, deadlines->first);
	pthread_mutex_destroy(&deadlines->lock);
	pthread_cond_destroy(&deadlines->stopped);
	free(deadlines);
}

struct deadline *deadline_add(struct deadlines *deadlines, int fd)
{
	struct deadline *deadline = calloc(1, sizeof *deadline);

	if (!deadline)
		return NULL;
	deadline->fd = fd;
	deadline->deadline_ms = clock_ticks_ms() + IDLE_MS;
	pthread_mutex_lock(&deadlines->lock);
	deadline->next = deadlines->first;
	if (deadlines->first)
		deadlines->first->previous = deadline;
	deadlines->first = deadline;
	pthread_mutex_unlock(&deadlines->lock);
	return deadline;
}

void deadline_phase(
	struct deadlines *deadlines, struct deadline *deadline, enum deadline_phase phase, size_t bytes)
{
	static const int64_t times_ms[] = {
		IDLE_MS, WORKING_MS, SENDING_MS, STREAMING_MS};

	if (!deadline)
		return;
	pthread_mutex_lock(&deadlines->lock);
	deadline->deadline_ms =
		clock_ticks_ms() + times_ms[phase] + (int64_t)bytes / SLOWEST_BYTES_A_MS;
	pthread_mutex_unlock(&deadlines->lock);
}

void deadline_remove(struct deadlines *deadlines, struct deadline *deadline)
{
	if (!deadline)
		return;
	pthread_mutex_lock(&deadlines->lock);
	if (deadline->previous)
		deadline->previous->next = deadline->next;
	else
		deadlines->first = deadline->next;
	if (deadline->next)
		deadline->next->previous = deadline->previous;
	pthread_mutex_unlock(&deadlines->lock);
	free(deadline);
}
