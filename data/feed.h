/*
 * feed: the change feed as somebody may see it.
 *
 * A change is shown if the version that it tells of, or the one that it replaces, is; who loses
 * sight of a record by it is told so as if it had been deleted, without its new place. Who made it
 * and why is not told to the public.
 */
#ifndef DATA_FEED_H
#define DATA_FEED_H

#include "data/change.h"
#include "data/rights.h"

/*
 * Visits changes with seq > after, at most `most` of them shown, and looks at FEED_LOOK_MAX rows at
 * most. *ret_last is the last row looked at: where to go on. *ret_more: there are others.
 */
enum { FEED_LOOK_MAX = 20000 };
int feed_read(struct store *store, const struct layer_table *layers, const struct rights *rights,
	int64_t after_seq, int64_t most, change_visit *visit, void *context, int64_t *ret_last,
	bool *ret_more, struct error *err);

/* Appends a row as JSON: {seq, link, layer, id, version, action, …}. */
void feed_write_json(struct json_writer *json, const struct change_row *row);

#endif
