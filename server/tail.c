#include "server/tail.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/log.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "server/app.h"
#include "server/follow.h"
#include "server/jobs.h"

enum {
	NEWS_MAX_BYTES = 400,
	WAIT_MS = 250,	/* so long the end waits */
	LOOK_MS = 2000, /* it looks by itself */
	REST_MS = 250,	/* where the database does not answer */
	SILENT_MS = 3000, /* who has not answered for so long may not come back for longer */
};

struct tail {
	struct app *app;
	struct store *store;
	pthread_t thread;
	atomic_bool stopping, hears;
	atomic_int_fast64_t answered_ms; /* when the database did, or had nothing to say */
	int64_t looked_ms;
};

/* All of it, when something may have been missed. */
static void look(struct tail *tail)
{
	tail->looked_ms = clock_ticks_ms();
	follow_feed(tail->store, tail->app);
	app_rights_changed(tail->app, tail->store);
}

static void take_news(struct tail *tail, const char *news)
{
	int64_t job;

	if (!strcmp(news, "feed"))
		follow_feed(tail->store, tail->app);
	else if (!strcmp(news, "rights"))
		app_rights_changed(tail->app, tail->store);
	else if (text_starts_with(news, "job ") &&
		number_parse_int(news + 4, strlen(news + 4), 1, INT64_MAX, &job))
		jobs_heard(tail->app, tail->store, job);
	else
		look(tail);
}

/* Says once that the database went away, and once that it is back. */
static void note(struct tail *tail, bool hears, const struct error *err)
{
	if (atomic_exchange(&tail->hears, hears) == hears)
		return;
	if (hears)
		log_event(LOG_INFO, "the database is back", LOG_TEXT("code", ""));
	else
		log_event(LOG_ERROR, "the database does not answer",
			LOG_TEXT("code", error_message_code(err)), LOG_TEXT("detail", err->detail));
}

static void *listen_thread(void *context)
{
	const struct timespec rest = {.tv_nsec = REST_MS * 1000000L};
	autofree(strbuf_clear) struct strbuf news = STRBUF(NEWS_MAX_BYTES);
	struct tail *tail = context;

	while (!atomic_load(&tail->stopping)) {
		struct error err = {0};
		int rc = store_hear(tail->store, WAIT_MS, &news, &err);

		atomic_store(&tail->answered_ms, clock_ticks_ms());
		note(tail, rc >= 0, &err);
		if (rc < 0)
			nanosleep(&rest, NULL);
		else if (rc > 0)
			take_news(tail, news.data);
		else if (clock_ticks_ms() - tail->looked_ms >= LOOK_MS)
			look(tail);
	}
	return NULL;
}

int tail_start(struct app *app, struct tail **ret_tail, struct error *err)
{
	struct tail *tail;
	int rc;

	if (!store_is_shared(app->opened.store))
		return 0;
	tail = calloc(1, sizeof *tail);
	if (!tail)
		return fail_no_memory(err);
	tail->app = app;
	atomic_store(&tail->hears, true);
	atomic_store(&tail->answered_ms, clock_ticks_ms());
	rc = register_connect(app->folder, STORE_READ, &tail->store, err);
	if (!rc && pthread_create(&tail->thread, NULL, listen_thread, tail))
		rc = fail_no_thread(err);
	if (rc) {
		store_close(tail->store);
		free(tail);
		return rc;
	}
	*ret_tail = tail;
	return 0;
}

void tail_stop(struct tail *tail)
{
	if (!tail)
		return;
	atomic_store(&tail->stopping, true);
	pthread_join(tail->thread, NULL);
	store_close(tail->store);
	free(tail);
}

bool tail_hears(const struct tail *tail)
{
	/* It hangs in a question long before the network gives it up. */
	return !tail || (atomic_load(&tail->hears) &&
			clock_ticks_ms() - atomic_load(&tail->answered_ms) < SILENT_MS);
}
