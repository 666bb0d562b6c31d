/*
 * events: changes as they happen, as a stream of server-sent events (WHATWG HTML §9.2).
 *
 * Each stream has its place in the feed. After a commit a thread of its own reads on from there,
 * as far as the client may see, into the stream's buffer; the network takes it from there. The id
 * of an event is its number in the feed, so a client that comes back goes on without gap and
 * without anything twice. A client that does not take its events loses the stream, not the events.
 */
#ifndef SERVER_EVENTS_H
#define SERVER_EVENTS_H

#include "data/register.h"
#include "data/rights.h"

struct events;
struct stream;

int events_start(const struct layer_table *layers, const char *folder, const struct city *city,
	struct events **ret_events, struct error *err);

/* Ends the thread and all streams; freed when they are closed. */
void events_stop(struct events *events);
void events_free(struct events *events);

/* There are changes up to this number. */
void events_wake(struct events *events, int64_t last_seq);

/*
 * Tells those who listen now, of one account and the administrators, what is not of the feed: an
 * event of a type, with a JSON document in one line. It has no number, and comes once.
 */
void events_tell(struct events *events, const char *type, int64_t account_id, const char *json);

/* The same to those who listen now and may write, in a unit, the layer of that number. */
void events_tell_writers(struct events *events, const char *type, size_t layer, int64_t unit_id,
	const char *json);

/*
 * Opens a stream for somebody with these rights, from behind `since`; ERR_BUSY when there are too
 * many. Belongs to the caller.
 */
int events_open(struct events *events, const struct rights *rights, int64_t since,
	struct stream **ret_stream, struct error *err);

/*
 * Bytes of the stream, at most `size`: 0 nothing now, and wake(context) is called once when there is
 * something; -1 the stream has ended.
 */
long stream_read(struct stream *stream, char *bytes, size_t size, void (*wake)(void *context),
	void *context);
void stream_close(struct stream *stream);

#endif
