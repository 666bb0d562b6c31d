#include "server/standby.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/messages.h"
#include "data/change.h"
#include "server/app.h"

enum {
	LOOK_MS = 50,
	MARKS = 64, /* places of the primary in its log, with the time: for so many looks */
};

/* Where the primary was in its log. */
struct mark {
	int64_t at_ms, position;
};

struct standby {
	struct store *primary, *far;
	const char *folder;
	int64_t lag_ms;
	pthread_t thread;
	atomic_bool stopping, hears;
	/* All that was committed before covered_ms is there, and the feed up to fed_seq. */
	atomic_int_fast64_t covered_ms, fed_seq;
	atomic_int_fast64_t committed_ms, known_seq; /* what this server knows of */
	struct mark marks[MARKS];
	size_t next_mark;
};

/* The newest mark that the standby has passed. */
static int64_t covered_by(const struct standby *standby, int64_t position)
{
	int64_t covered = 0;

	for (size_t i = 0; i < MARKS; i++)
		if (standby->marks[i].at_ms > covered && standby->marks[i].position <= position)
			covered = standby->marks[i].at_ms;
	return covered;
}

static int look(struct standby *standby, struct error *err)
{
	struct mark mark = {.at_ms = clock_ticks_ms()};
	int64_t reached = 0, seq = 0;
	int rc = standby->far
		? 0
		: register_connect_standby(standby->folder, &standby->far, err);

	if (!rc)
		rc = store_position(standby->primary, &mark.position, err);
	if (!rc)
		rc = store_position(standby->far, &reached, err);
	if (!rc)
		rc = change_last_seq(standby->far, &seq, err);
	if (rc)
		return rc;
	standby->marks[standby->next_mark++ % MARKS] = mark;
	atomic_store(&standby->fed_seq, seq);
	atomic_store(&standby->covered_ms, covered_by(standby, reached));
	return 0;
}

/* Says once that it went away, and once that it is back. */
static void note(struct standby *standby, bool hears, const struct error *err)
{
	if (!hears)
		atomic_store(&standby->covered_ms, 0);
	if (atomic_exchange(&standby->hears, hears) == hears)
		return;
	log_event(LOG_WARNING, hears ? "the standby answers" : "the standby does not answer",
		LOG_TEXT("code", hears ? "" : error_message_code(err)));
}

static void *watch_thread(void *context)
{
	const struct timespec rest = {.tv_nsec = LOOK_MS * 1000000L};
	struct standby *standby = context;

	while (!atomic_load(&standby->stopping)) {
		struct error err = {0};

		note(standby, !look(standby, &err), &err);
		nanosleep(&rest, NULL);
	}
	return NULL;
}

int standby_start(const struct app *app, struct standby **ret_standby, struct error *err)
{
	struct standby *standby;
	int64_t lag_ms = 0;
	int rc = register_standby_lag(app->folder, &lag_ms, err);

	if (rc || !lag_ms)
		return rc;
	standby = calloc(1, sizeof *standby);
	if (!standby)
		return fail_no_memory(err);
	standby->folder = app->folder;
	standby->lag_ms = lag_ms;
	atomic_store(&standby->hears, true);
	atomic_store(&standby->known_seq, app->followed_seq);
	rc = register_connect(app->folder, STORE_READ, &standby->primary, err);
	if (!rc && pthread_create(&standby->thread, NULL, watch_thread, standby))
		rc = fail_no_thread(err);
	if (rc) {
		store_close(standby->primary);
		free(standby);
		return rc;
	}
	*ret_standby = standby;
	return 0;
}

void standby_stop(struct standby *standby)
{
	if (!standby)
		return;
	atomic_store(&standby->stopping, true);
	pthread_join(standby->thread, NULL);
	store_close(standby->primary);
	store_close(standby->far);
	free(standby);
}

void standby_note_commit(struct standby *standby)
{
	if (standby)
		atomic_store(&standby->committed_ms, clock_ticks_ms());
}

void standby_note_feed(struct standby *standby, int64_t seq)
{
	if (standby)
		atomic_store(&standby->known_seq, seq);
}

bool standby_is_near(struct standby *standby)
{
	int64_t covered;

	if (!standby)
		return false;
	covered = atomic_load(&standby->covered_ms);
	return covered > atomic_load(&standby->committed_ms) &&
		atomic_load(&standby->fed_seq) >= atomic_load(&standby->known_seq) &&
		clock_ticks_ms() - covered <= standby->lag_ms;
}
