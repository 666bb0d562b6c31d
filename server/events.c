#include "server/events.h"

#include <pthread.h>
#include <time.h>

#include "base/log.h"
#include "base/messages.h"
#include "data/feed.h"
#include "server/tile_news.h"

enum {
	STREAMS_MAX = 1000,
	BUFFER_MAX_BYTES = 256 << 10, /* of a stream; a client so far behind begins anew */
	ROWS_A_ROUND = 200,
	HEARTBEAT_S = 15, /* proxies close what is silent for a minute */
	LIFE_S = 3600,	  /* then the client comes again, with the rights that it has then */
	RIGHTS_ARENA_BYTES = 4 << 20,
};

struct stream {
	struct events *events;
	struct arena arena; /* of the rights */
	struct rights rights;
	int64_t seq; /* of the feed: read so far */
	struct strbuf buffer;
	size_t taken; /* bytes of it */
	int64_t opened_s, spoke_s;
	void (*wake)(void *context); /* somebody waits */
	void *context;
	bool ended;
};

struct events {
	const struct layer_table *layers;
	/* Of the thread. */
	struct store *store;
	struct crs_context *crs;
	struct tile_news news;
	pthread_t thread;

	/* News, which whoever commits leaves here; held for no time at all. */
	pthread_mutex_t news_lock;
	pthread_cond_t changed;
	int64_t last_seq;
	bool is_new, stopping;

	/* The streams; held while one of them is written or read. */
	pthread_mutex_t lock;
	struct stream *streams[STREAMS_MAX];
	size_t count;
	bool closed; /* no stream begins any more */
};

static int64_t now_s(void)
{
	return clock_ticks_ms() / 1000;
}

/* Gives the waiting one its turn; the lock is held. */
static void wake(struct stream *stream)
{
	void (*call)(void *) = stream->wake;

	stream->wake = NULL;
	if (call)
		call(stream->context);
}

static void end(struct stream *stream)
{
	stream->ended = true;
	wake(stream);
}

/* A stream that is being filled. */
struct filling {
	struct events *events;
	struct strbuf *buffer;
};

static int add_event(void *context, const struct change_row *row, struct error *err)
{
	const struct filling *filling = context;
	const struct layer_table *layers = filling->events->layers;
	const struct layer *layer = layer_find(layers, row->layer, strlen(row->layer));
	struct strbuf *buffer = filling->buffer;
	struct json_writer json = JSON_WRITER(buffer);

	(void)err;
	if (layer)
		tile_news_add(&filling->events->news, (size_t)(layer - layers->layers),
			&row->change.box);
	strbuf_add_format(buffer, "id: %lld\nevent: change\ndata: ", (long long)row->seq);
	feed_write_json(&json, row);
	strbuf_add_text(buffer, "\n\n");
	return 0;
}

/* What was added is the client's; the lock is held. */
static void offer(struct stream *stream)
{
	if (stream->buffer.failed)
		end(stream);
	if (stream->buffer.len == stream->taken)
		return;
	stream->spoke_s = now_s();
	wake(stream);
}

/* Reads on in the feed for one stream; the lock is held. True if there may be more. */
static bool fill(struct events *events, struct stream *stream, int64_t last_seq)
{
	struct filling filling = {events, &stream->buffer};
	struct error err = {0};
	bool more = false;
	int rc;

	if (stream->ended || stream->seq >= last_seq)
		return false;
	rc = feed_read(events->store, events->layers, &stream->rights, stream->seq, ROWS_A_ROUND,
		add_event, &filling, &stream->seq, &more, &err);
	tile_news_write(&events->news, events->layers, &stream->buffer);
	if (rc)
		log_event(LOG_ERROR, "events could not be read", LOG_TEXT("detail", err.detail));
	if (rc)
		end(stream);
	offer(stream);
	return more && !stream->ended;
}

/* A word now and then, so that the connection is kept; the lock is held. */
static void tend(struct stream *stream)
{
	int64_t now = now_s();

	if (now - stream->opened_s > LIFE_S)
		end(stream);
	if (stream->ended || now - stream->spoke_s < HEARTBEAT_S)
		return;
	strbuf_add_text(&stream->buffer, ": \n\n");
	offer(stream);
}

/* Waits for news, a second at most; false when all ends. */
static bool wait_for_news(struct events *events, int64_t *ret_last_seq)
{
	struct timespec until;
	bool goes_on;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_mutex_lock(&events->news_lock);
	if (!events->is_new && !events->stopping)
		pthread_cond_timedwait(&events->changed, &events->news_lock, &until);
	events->is_new = false;
	*ret_last_seq = events->last_seq;
	goes_on = !events->stopping;
	pthread_mutex_unlock(&events->news_lock);
	return goes_on;
}

/* Wakes the thread; last_seq 0: for something else than changes. */
static void tell_news(struct events *events, int64_t last_seq)
{
	pthread_mutex_lock(&events->news_lock);
	if (last_seq)
		events->last_seq = last_seq;
	events->is_new = true;
	pthread_cond_signal(&events->changed);
	pthread_mutex_unlock(&events->news_lock);
}

/*
 * One turn of the thread. The lock is given back between streams, so that nobody waits for all of
 * them; one that takes the place of another that closed has its turn in the next round.
 */
static void fill_all(struct events *events, int64_t last_seq)
{
	bool more = false, at_end = false;

	for (size_t i = 0; !at_end; i++) {
		pthread_mutex_lock(&events->lock);
		at_end = i >= events->count;
		if (!at_end) {
			more |= fill(events, events->streams[i], last_seq);
			tend(events->streams[i]);
		}
		pthread_mutex_unlock(&events->lock);
	}
	if (more)
		tell_news(events, 0);
}

static void *event_thread(void *context)
{
	struct events *events = context;
	int64_t last_seq;

	while (wait_for_news(events, &last_seq))
		fill_all(events, last_seq);
	pthread_mutex_lock(&events->lock);
	events->closed = true;
	for (size_t i = 0; i < events->count; i++)
		end(events->streams[i]);
	pthread_mutex_unlock(&events->lock);
	return NULL;
}

static void drop(struct events *events)
{
	pthread_mutex_destroy(&events->lock);
	pthread_mutex_destroy(&events->news_lock);
	pthread_cond_destroy(&events->changed);
	store_close(events->store);
	crs_context_free(events->crs);
	free(events);
}

/* The way from the city's system to degrees. */
static int find_path(struct events *events, const struct city *city, struct error *err)
{
	int rc = crs_context_new(&events->crs, err);

	if (!rc)
		rc = crs_pin(events->crs, city, err);
	return rc ? rc
		  : crs_path_find(events->crs, city->epsg, CRS_WGS84, &events->news.to_degrees, err);
}

int events_start(const struct layer_table *layers, const char *folder, const struct city *city,
	struct events **ret_events, struct error *err)
{
	struct events *events = calloc(1, sizeof *events);
	int rc = 0;

	if (!events)
		return fail_no_memory(err);
	events->layers = layers;
	rc = register_connect(folder, STORE_READ, &events->store, err);
	if (!rc)
		rc = change_last_seq(events->store, &events->last_seq, err);
	if (!rc)
		rc = find_path(events, city, err);
	pthread_mutex_init(&events->lock, NULL);
	pthread_mutex_init(&events->news_lock, NULL);
	pthread_cond_init(&events->changed, NULL);
	if (!rc && pthread_create(&events->thread, NULL, event_thread, events))
		rc = fail_no_thread(err);
	if (rc) {
		drop(events);
		return rc;
	}
	*ret_events = events;
	return 0;
}

void events_stop(struct events *events)
{
	bool stopped;

	if (!events)
		return;
	pthread_mutex_lock(&events->news_lock);
	stopped = events->stopping;
	events->stopping = true;
	pthread_cond_broadcast(&events->changed);
	pthread_mutex_unlock(&events->news_lock);
	if (!stopped)
		pthread_join(events->thread, NULL);
}

void events_free(struct events *events)
{
	if (events)
		drop(events);
}

void events_wake(struct events *events, int64_t last_seq)
{
	if (events)
		tell_news(events, last_seq);
}

/* The lock is held. */
static bool is_for(const struct stream *stream, int64_t account_id)
{
	return !stream->ended &&
		(stream->rights.account_id == account_id || stream->rights.administers);
}

/* The lock is held. */
static void add_told(struct stream *stream, const char *type, const char *json)
{
	strbuf_add_format(&stream->buffer, "event: %s\ndata: %s\n\n", type, json);
	offer(stream);
}

void events_tell(struct events *events, const char *type, int64_t account_id, const char *json)
{
	if (!events)
		return;
	pthread_mutex_lock(&events->lock);
	for (size_t i = 0; i < events->count; i++) {
		struct stream *stream = events->streams[i];

		if (!is_for(stream, account_id))
			continue;
		add_told(stream, type, json);
	}
	pthread_mutex_unlock(&events->lock);
}

void events_tell_writers(struct events *events, const char *type, size_t layer, int64_t unit_id,
	const char *json)
{
	if (!events)
		return;
	pthread_mutex_lock(&events->lock);
	for (size_t i = 0; i < events->count; i++) {
		struct stream *stream = events->streams[i];

		if (stream->ended || !rights_write_in(&stream->rights, layer, unit_id))
			continue;
		add_told(stream, type, json);
	}
	pthread_mutex_unlock(&events->lock);
}

int events_open(struct events *events, const struct rights *rights, int64_t since,
	struct stream **ret_stream, struct error *err)
{
	struct stream *stream = calloc(1, sizeof *stream);
	bool is_full;

	if (!stream)
		return fail_no_memory(err);
	*stream = (struct stream){.events = events, .arena = ARENA(RIGHTS_ARENA_BYTES),
		.seq = since, .buffer = STRBUF(BUFFER_MAX_BYTES), .opened_s = now_s()};
	stream->spoke_s = stream->opened_s;
	if (!rights_copy(rights, events->layers, &stream->arena, &stream->rights)) {
		stream_close(stream);
		return fail_no_memory(err);
	}
	/* The first word tells the client, and every proxy between, that the stream stands. */
	strbuf_add_text(&stream->buffer, "retry: 2000\n\n");
	pthread_mutex_lock(&events->lock);
	is_full = events->count == STREAMS_MAX || events->closed;
	if (!is_full)
		events->streams[events->count++] = stream;
	pthread_mutex_unlock(&events->lock);
	if (is_full) {
		stream->events = NULL;
		stream_close(stream);
		return fail_busy(err);
	}
	tell_news(events, 0);
	*ret_stream = stream;
	return 0;
}

long stream_read(struct stream *stream, char *bytes, size_t size, void (*call)(void *context),
	void *context)
{
	size_t len;
	long taken = -1;

	pthread_mutex_lock(&stream->events->lock);
	len = stream->buffer.len - stream->taken;
	if (len > size)
		len = size;
	if (len) {
		memcpy(bytes, stream->buffer.data + stream->taken, len);
		stream->taken += len;
		if (stream->taken == stream->buffer.len) {
			strbuf_reset(&stream->buffer);
			stream->taken = 0;
		}
		taken = (long)len;
	} else if (!stream->ended) {
		stream->wake = call;
		stream->context = context;
		taken = 0;
	}
	pthread_mutex_unlock(&stream->events->lock);
	return taken;
}

void stream_close(struct stream *stream)
{
	struct events *events;

	if (!stream)
		return;
	events = stream->events;
	if (events) {
		pthread_mutex_lock(&events->lock);
		for (size_t i = 0; i < events->count; i++) {
			if (events->streams[i] != stream)
				continue;
			events->streams[i] = events->streams[--events->count];
			break;
		}
		pthread_mutex_unlock(&events->lock);
	}
	strbuf_clear(&stream->buffer);
	arena_clear(&stream->arena);
	free(stream);
}
