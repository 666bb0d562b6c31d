#include "tiles/tile_export.h"

#include <pthread.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/compress.h"
#include "tiles/mvt.h"
#include "tiles/tile_order.h"
#include "tiles/tile_walk.h"

enum {
	PLACES = 32,	     /* tiles under way: a slow one holds up none but those behind it */
	COUNT_A_LOOK = 4096, /* tiles counted between two looks at whether to go on */
};

/* A tile under way. */
struct place {
	struct tile tile;
	bool is_done;
	int rc;
	struct error err;
	size_t dropped;
	struct strbuf plain, packed;
	struct content_key key;
};

/* Tiles first..taken are being made or done, taken..last wait for a thread. */
struct pipe {
	const struct tile_export *plan;
	struct place places[PLACES];
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	/* Under the lock. */
	uint64_t taken, last;
	bool stopping;
};

/* What a thread makes tiles with. */
struct maker {
	struct mvt_scratch scratch;
	struct compressor *compressor;
};

static int make(const struct tile_export *plan, struct maker *maker, struct place *place)
{
	struct mvt_report report = {0};
	int rc;

	strbuf_reset(&place->plain);
	strbuf_reset(&place->packed);
	rc = mvt_write(&maker->scratch, plan->snapshots, plan->count, place->tile, &place->plain,
		&report, &place->err);
	place->dropped = report.dropped;
	if (rc || !place->plain.len)
		return rc;
	if (!maker->compressor ||
		!compressor_add(maker->compressor, COMPRESS_GZIP, COMPRESS_STORED,
			place->plain.data, place->plain.len, &place->packed))
		return fail_no_memory(&place->err);
	place->key = content_key_of(place->packed.data, place->packed.len);
	return 0;
}

static void *make_tiles(void *context)
{
	struct pipe *pipe = context;
	struct maker maker = {.compressor = compressor_new()};

	mvt_scratch_init(&maker.scratch);
	pthread_mutex_lock(&pipe->lock);
	for (;;) {
		struct place *place;

		while (!pipe->stopping && pipe->taken == pipe->last)
			pthread_cond_wait(&pipe->work, &pipe->lock);
		if (pipe->stopping)
			break;
		place = &pipe->places[pipe->taken++ % PLACES];
		pthread_mutex_unlock(&pipe->lock);
		place->rc = make(pipe->plan, &maker, place);
		pthread_mutex_lock(&pipe->lock);
		place->is_done = true;
		pthread_cond_signal(&pipe->done);
	}
	pthread_mutex_unlock(&pipe->lock);
	mvt_scratch_clear(&maker.scratch);
	compressor_free(maker.compressor);
	return NULL;
}

/* Fills the free places; how many tiles were ever handed out. */
static uint64_t hand_out(struct pipe *pipe, struct tile_walk *walk, uint64_t first)
{
	uint64_t last;
	struct tile tile;

	pthread_mutex_lock(&pipe->lock);
	while (pipe->last - first < PLACES && tile_walk_next(walk, &tile)) {
		struct place *place = &pipe->places[pipe->last++ % PLACES];

		place->tile = tile;
		place->is_done = false;
	}
	last = pipe->last;
	pthread_cond_broadcast(&pipe->work);
	pthread_mutex_unlock(&pipe->lock);
	return last;
}

static void wait_until_done(struct pipe *pipe, const struct place *place)
{
	pthread_mutex_lock(&pipe->lock);
	while (!place->is_done)
		pthread_cond_wait(&pipe->done, &pipe->lock);
	pthread_mutex_unlock(&pipe->lock);
}

static int put(struct place *place, struct archive *archive, struct tile_export_report *report,
	struct error *err)
{
	const struct archive_tile tile = {
		place->tile, place->packed.data, place->packed.len, place->key};

	if (place->rc)
		return error_copy(err, &place->err);
	report->full_tiles += place->dropped > 0;
	return place->packed.len ? archive_put(archive, &tile, err) : 0;
}

static int put_tiles(struct pipe *pipe, struct archive *archive,
	struct tile_export_progress *progress, struct tile_export_report *report,
	struct error *err)
{
	const struct tile_export *plan = pipe->plan;
	struct tile_walk walk;
	int rc = 0;

	tile_walk_begin(&walk, plan->snapshots, plan->count, plan->first_zoom, plan->last_zoom,
		archive_counts(archive)->next);
	for (uint64_t first = 0; !rc && first < hand_out(pipe, &walk, first); first++) {
		struct place *place = &pipe->places[first % PLACES];

		wait_until_done(pipe, place);
		rc = put(place, archive, report, err);
		progress->done++;
		if (!rc && !plan->progress(plan->context, progress))
			rc = fail_export_stopped(err);
	}
	return rc;
}

static int run_threads(struct pipe *pipe, struct archive *archive,
	struct tile_export_progress *progress, struct tile_export_report *report,
	struct error *err)
{
	pthread_t threads[TILE_EXPORT_THREADS_MAX];
	unsigned started = 0;
	int rc = 0;

	while (started < pipe->plan->thread_count && !rc) {
		if (pthread_create(&threads[started], NULL, make_tiles, pipe))
			rc = fail_no_thread(err);
		else
			started++;
	}
	if (!rc)
		rc = put_tiles(pipe, archive, progress, report, err);
	pthread_mutex_lock(&pipe->lock);
	pipe->stopping = true;
	pthread_cond_broadcast(&pipe->work);
	pthread_mutex_unlock(&pipe->lock);
	while (started)
		pthread_join(threads[--started], NULL);
	return rc;
}

/* How many tiles there may be, and how many of them the archive has behind it. */
static int count_tiles(const struct tile_export *plan, const struct archive *archive,
	struct tile_export_progress *progress, struct error *err)
{
	const struct tile_export_progress nothing = {0};
	uint64_t next = archive_counts(archive)->next;
	struct tile_walk walk;
	struct tile tile;

	tile_walk_begin(
		&walk, plan->snapshots, plan->count, plan->first_zoom, plan->last_zoom, 0);
	while (tile_walk_next(&walk, &tile)) {
		if (++progress->total > ARCHIVE_TILES_MAX)
			return fail_archive_tiles(err, ARCHIVE_TILES_MAX);
		progress->done += tile_order_number(tile) < next;
		if (progress->total % COUNT_A_LOOK == 0 && !plan->progress(plan->context, &nothing))
			return fail_export_stopped(err);
	}
	return 0;
}

int tile_export_run(const struct tile_export *plan, struct archive *archive,
	struct tile_export_report *ret_report, struct error *err)
{
	struct tile_export_progress progress = {0};
	struct tile_export_report report = {0};
	struct pipe *pipe = calloc(1, sizeof *pipe);
	int rc;

	if (!pipe)
		return fail_no_memory(err);
	pipe->plan = plan;
	pthread_mutex_init(&pipe->lock, NULL);
	pthread_cond_init(&pipe->work, NULL);
	pthread_cond_init(&pipe->done, NULL);
	for (size_t i = 0; i < PLACES; i++)
		pipe->places[i].plain = pipe->places[i].packed = STRBUF(ARCHIVE_TILE_BYTES_MAX);
	rc = count_tiles(plan, archive, &progress, err);
	if (!rc)
		rc = run_threads(pipe, archive, &progress, &report, err);
	for (size_t i = 0; i < PLACES; i++) {
		strbuf_clear(&pipe->places[i].plain);
		strbuf_clear(&pipe->places[i].packed);
	}
	pthread_mutex_destroy(&pipe->lock);
	pthread_cond_destroy(&pipe->work);
	pthread_cond_destroy(&pipe->done);
	free(pipe);
	if (!rc)
		*ret_report = report;
	return rc;
}
