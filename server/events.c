#include "server/events.h"

#include <pthread.h>
#include <time.h>

#include "base/log.h"
#include "base/messages.h"
#include "data/feed.h"

enum {
	STREAMS_MAX = 1000,
	BUFFER_MAX_BYTES = 256 << 10, /* of a stream; a client so far behind begins anew */
	ROWS_A_ROUND = 200,
	HEARTBEAT_S = 15, /* proxies close what is silent for a minute */
	LIFE_S = 3600,	  /* then the client comes again, with the rights that it has then */
	PATH_MAX_BYTES = 4096,
	RIGHTS_ARENA_BYTES = 4 << 20,
};

struct stream {
	struct events *events;
	struct stream *next;
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
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct stream *streams;
	size_t count;
	int64_t last_seq;
	bool stopping;
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

static int add_event(void *context, const struct change_row *row, struct error *err)
{
	struct strbuf *buffer = context;
	struct json_writer json = JSON_WRITER(buffer);

	(void)err;
	strbuf_add_format(buffer, "id: %lld\nevent: change\ndata: ", (long long)row->seq);
	feed_write_json(&json, row);
	strbuf_add_text(buffer, "\n\n");
	return 0;
}

/* Reads on in the feed for one stream; the lock is held. True if there may be more. */
static bool fill(struct events *events, struct stream *stream)
{
	struct error err = {0};
	bool more = false;
	int rc;

	if (stream->ended || stream->seq >= events->last_seq)
		return false;
	rc = feed_read(events->store, events->layers, &stream->rights, stream->seq, ROWS_A_ROUND,
		add_event, &stream->buffer, &stream->seq, &more, &err);
	if (rc)
		log_event(LOG_ERROR, "events could not be read", LOG_TEXT("detail", err.detail));
	if (rc || stream->buffer.failed) {
		end(stream);
		return false;
	}
	if (stream->buffer.len > stream->taken) {
		stream->spoke_s = now_s();
		wake(stream);
	}
	return more;
}

/* A word now and then, so that the connection is kept; the lock is held. */
static void tend(struct stream *stream)
{
	int64_t now = now_s();

	if (now - stream->opened_s > LIFE_S)
		end(stream);
	if (stream->ended || now - stream->spoke_s < HEARTBEAT_S)
		return;
	stream->spoke_s = now;
	strbuf_add_text(&stream->buffer, ": \n\n");
	if (stream->buffer.failed)
		end(stream);
	else
		wake(stream);
}

static void *event_thread(void *context)
{
	struct events *events = context;
	struct timespec until;
	bool more = false;

	pthread_mutex_lock(&events->lock);
	while (!events->stopping) {
		if (!more) {
			clock_gettime(CLOCK_REALTIME, &until);
			until.tv_sec++;
			pthread_cond_timedwait(&events->changed, &events->lock, &until);
		}
		more = false;
		for (struct stream *stream = events->streams; stream; stream = stream->next) {
			more |= fill(events, stream);
			tend(stream);
		}
	}
	for (struct stream *stream = events->streams; stream; stream = stream->next)
		end(stream);
	pthread_mutex_unlock(&events->lock);
	return NULL;
}

int events_start(const struct layer_table *layers, const char *folder,
	struct events **ret_events, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	struct events *events = calloc(1, sizeof *events);
	int rc = 0;

	if (!events)
		return fail_no_memory(err);
	events->layers = layers;
	register_database(&path, folder);
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = store_open(path.data, STORE_READ, &events->store, err);
	if (!rc)
		rc = change_last_seq(events->store, &events->last_seq, err);
	pthread_mutex_init(&events->lock, NULL);
	pthread_cond_init(&events->changed, NULL);
	if (!rc && pthread_create(&events->thread, NULL, event_thread, events))
		rc = fail_no_thread(err);
	if (rc) {
		pthread_mutex_destroy(&events->lock);
		pthread_cond_destroy(&events->changed);
		store_close(events->store);
		free(events);
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
	pthread_mutex_lock(&events->lock);
	stopped = events->stopping;
	events->stopping = true;
	pthread_cond_broadcast(&events->changed);
	pthread_mutex_unlock(&events->lock);
	if (!stopped)
		pthread_join(events->thread, NULL);
}

void events_free(struct events *events)
{
	if (!events)
		return;
	pthread_mutex_destroy(&events->lock);
	pthread_cond_destroy(&events->changed);
	store_close(events->store);
	free(events);
}

void events_wake(struct events *events, int64_t last_seq)
{
	if (!events)
		return;
	pthread_mutex_lock(&events->lock);
	events->last_seq = last_seq;
	pthread_cond_signal(&events->changed);
	pthread_mutex_unlock(&events->lock);
}

int events_open(struct events *events, const struct rights *rights, int64_t since,
	struct stream **ret_stream, struct error *err)
{
	struct stream *stream = calloc(1, sizeof *stream);

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
	if (events->count == STREAMS_MAX || events->stopping) {
		pthread_mutex_unlock(&events->lock);
		stream->events = NULL;
		stream_close(stream);
		return fail_busy(err);
	}
	stream->next = events->streams;
	events->streams = stream;
	events->count++;
	pthread_cond_signal(&events->changed);
	pthread_mutex_unlock(&events->lock);
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
		for (struct stream **at = &events->streams; *at; at = &(*at)->next) {
			if (*at != stream)
				continue;
			*at = stream->next;
			events->count--;
			break;
		}
		pthread_mutex_unlock(&events->lock);
	}
	strbuf_clear(&stream->buffer);
	arena_clear(&stream->arena);
	free(stream);
}
