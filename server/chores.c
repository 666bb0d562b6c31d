#include "server/chores.h"

#include <pthread.h>
#include <time.h>

#include "base/log.h"
#include "base/messages.h"
#include "data/access_log.h"
#include "data/agenda.h"
#include "data/dossier_list.h"
#include "data/login.h"
#include "data/one_time_link.h"
#include "data/person.h"
#include "data/revision.h"
#include "data/session.h"
#include "server/export_files.h"

enum {
	TURNS_A_COMMIT = 200, /* so that other writes need not wait for long */
	ROUND_S = 1,
	SWEEP_S = 600,
};

struct chores {
	const struct app *app;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	bool stopping;
	struct date turned; /* the day that was looked at last */
	int64_t swept_ms;
};

/* --- midnight --------------------------------------------------------------------------------- */

struct turning {
	const struct app *app;
	int64_t now_us;
	size_t count;
};

static int turn_one(struct store *store, const struct turning *turning, struct change_set *changes,
	const struct agenda_entry *entry, struct error *err)
{
	const struct layer *layer =
		layer_find(turning->app->layers, entry->layer, strlen(entry->layer));
	struct revision revision;

	if (!layer)
		return 0;
	revision = revision_of(
		store, layer, turning->app->opened.city.epsg, changes, &randomness_system);
	return revision_turn(&revision, entry->feature_id, err);
}

/* A writer_work: some of those whose day has come. */
static int turn_some(struct store *store, void *context, struct error *err)
{
	static const char reason[] = "midnight";
	struct turning *turning = context;
	const struct change_author author = {"system", reason, turning->now_us};
	struct date today = clock_date_vietnam(turning->now_us);
	struct agenda_entry entries[TURNS_A_COMMIT];
	struct change_set changes;
	int rc = agenda_take(store, &today, entries, TURNS_A_COMMIT, &turning->count, err);

	if (!rc)
		rc = change_begin(store, &author, &changes, err);
	for (size_t i = 0; !rc && i < turning->count; i++)
		rc = turn_one(store, turning, &changes, &entries[i], err);
	return rc ? rc : change_end(&changes, err);
}

/* Case files lie where their land lies on this day. */
static int move_dossiers(struct store *store, void *context, struct error *err)
{
	const struct turning *turning = context;
	int64_t count;

	return dossier_follow_units(store, layer_of_land(turning->app->layers), &count, err);
}

static bool is_stopping(struct chores *chores)
{
	bool stopping;

	pthread_mutex_lock(&chores->lock);
	stopping = chores->stopping;
	pthread_mutex_unlock(&chores->lock);
	return stopping;
}

static void turn_day(struct chores *chores, int64_t now_us)
{
	struct turning turning = {.app = chores->app, .now_us = now_us};
	struct error err = {0};
	size_t turned = 0;

	do {
		turning.count = 0;
		if (writer_run(chores->app->writer, turn_some, &turning, &err)) {
			/* The next round tries again: the day is not noted as done. */
			log_event(LOG_ERROR, "records of this day could not be turned",
				LOG_TEXT("code", error_message_code(&err)),
				LOG_TEXT("detail", err.detail));
			return;
		}
		turned += turning.count;
	} while (turning.count == TURNS_A_COMMIT && !is_stopping(chores));
	if (writer_run(chores->app->writer, move_dossiers, &turning, &err))
		log_event(LOG_ERROR, "case files could not follow their wards",
			LOG_TEXT("detail", err.detail));
	chores->turned = clock_date_vietnam(now_us);
	if (turned)
		log_event(LOG_INFO, "records of this day turned", LOG_INT("records", (int64_t)turned));
}

/* --- sweeping --------------------------------------------------------------------------------- */

/* What a sweep knows, and finds. */
struct sweeping {
	int64_t now_us;
	int64_t wipe_due; /* erased persons whose bytes may still be in the files */
};

static int sweep(struct store *store, void *context, struct error *err)
{
	struct sweeping *sweeping = context;
	int64_t now_us = sweeping->now_us;
	int rc = session_sweep(store, now_us, err);

	if (!rc)
		rc = person_wipe_due(store, &sweeping->wipe_due, err);

	if (!rc)
		rc = login_sweep(store, now_us, err);
	return rc ? rc : one_time_link_sweep(store, now_us, err);
}

static int wipe(struct store *store, void *context, struct error *err)
{
	return person_wipe(store, *(const int64_t *)context, err);
}

/* Bytes of erased persons that a reader still saw when they were to go. */
static void wipe_erased(struct chores *chores, int64_t now_us)
{
	struct error err = {0};

	if (writer_run_alone(chores->app->writer, wipe, &now_us, &err))
		log_event(LOG_WARNING, "erased persons are not yet out of the files",
			LOG_TEXT("code", error_message_code(&err)));
}

/* --- who read of people ------------------------------------------------------------------------- */

struct noting {
	struct access_log *log;
	size_t count;
};

static int write_accesses(struct store *store, void *context, struct error *err)
{
	struct noting *noting = context;

	return access_write(noting->log, store, &noting->count, err);
}

static void keep_accesses(struct chores *chores)
{
	struct noting noting = {.log = chores->app->access_log};
	struct error err = {0};

	if (!access_waiting(noting.log))
		return;
	if (writer_run(chores->app->writer, write_accesses, &noting, &err))
		log_event(LOG_ERROR, "who read of people could not be written",
			LOG_TEXT("detail", err.detail));
	else
		access_written(noting.log, noting.count);
}

static void do_round(struct chores *chores)
{
	int64_t now_us = clock_now_us(chores->app->clock), now_ms = clock_ticks_ms();
	struct date today = clock_date_vietnam(now_us);
	struct sweeping sweeping = {.now_us = now_us};
	struct error err = {0};

	keep_accesses(chores);
	if (strcmp(today.text, chores->turned.text) != 0)
		turn_day(chores, now_us);
	if (chores->swept_ms && now_ms - chores->swept_ms < SWEEP_S * 1000)
		return;
	chores->swept_ms = now_ms;
	if (writer_run(chores->app->writer, sweep, &sweeping, &err))
		log_event(LOG_ERROR, "what is over could not be swept away",
			LOG_TEXT("detail", err.detail));
	export_files_sweep(chores->app->folder, now_us, export_files_bytes_max);
	if (sweeping.wipe_due)
		wipe_erased(chores, now_us);
}

static void *do_chores(void *context)
{
	struct chores *chores = context;
	struct timespec until;

	while (!is_stopping(chores)) {
		do_round(chores);
		pthread_mutex_lock(&chores->lock);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += ROUND_S;
		if (!chores->stopping)
			pthread_cond_timedwait(&chores->stopped, &chores->lock, &until);
		pthread_mutex_unlock(&chores->lock);
	}
	keep_accesses(chores);
	return NULL;
}

int chores_start(const struct app *app, struct chores **ret_chores, struct error *err)
{
	struct chores *chores = calloc(1, sizeof *chores);

	if (!chores)
		return fail_no_memory(err);
	chores->app = app;
	pthread_mutex_init(&chores->lock, NULL);
	pthread_cond_init(&chores->stopped, NULL);
	if (pthread_create(&chores->thread, NULL, do_chores, chores)) {
		pthread_mutex_destroy(&chores->lock);
		pthread_cond_destroy(&chores->stopped);
		free(chores);
		return fail_no_thread(err);
	}
	*ret_chores = chores;
	return 0;
}

void chores_stop(struct chores *chores)
{
	if (!chores)
		return;
	pthread_mutex_lock(&chores->lock);
	chores->stopping = true;
	pthread_cond_signal(&chores->stopped);
	pthread_mutex_unlock(&chores->lock);
	pthread_join(chores->thread, NULL);
	pthread_mutex_destroy(&chores->lock);
	pthread_cond_destroy(&chores->stopped);
	free(chores);
}
