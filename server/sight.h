/*
 * sight: what the asker of a request sees: of which layers, which records, and as of when.
 *
 * The one place where a request becomes a view (data/view.h). Handlers never make one themselves.
 */
#ifndef SERVER_SIGHT_H
#define SERVER_SIGHT_H

#include "data/view.h"
#include "server/app.h"
#include "server/request.h"

/* As of when: the parameters datetime (or date) and recorded. */
struct moment {
	bool is_dated;
	struct date first_day, last_day; /* in law; "" open */
	int64_t recorded_us;
	bool all_versions; /* each one of a span, not the last alone */
};

/*
 * Reads them. datetime is a day, an instant (its day in Vietnam) or a span "a/b" with ".." for
 * open; recorded is an instant, or a day, which means its end. With recorded alone the day in law
 * is that of the instant: what the screen showed then.
 */
int sight_moment(const struct request *request, struct moment *ret_moment, struct error *err);

/* The same of texts that came otherwise, NULL where nothing was said; `name` is that of the day. */
int moment_read(const char *name, const char *day, const char *recorded, struct moment *ret_moment,
	struct error *err);

/* Makes a view one of that moment. */
void moment_apply(const struct moment *moment, struct view *view);

/* The layer of that id if the asker may know of it; else ERR_NOT_FOUND. */
int sight_layer(const struct request *request, const char *id, const struct layer **ret_layer,
	struct error *err);

/* The layers of a list "parcel,street"; one of them unknown to the asker is ERR_NOT_FOUND. */
int sight_layers(const struct request *request, const char *ids, struct layer_choice *ret_choice,
	struct error *err);

/* True if the asker may read the layer at all. */
bool sight_admits(const struct request *request, const struct layer *layer);

/* True if the asker may change something of the layer. */
bool sight_may_write(const struct request *request, const struct layer *layer);

/*
 * 0 if the asker may change something of the layer; else why not: it is hidden (or NULL: there is none),
 * somebody must log in, or may not.
 */
int sight_check_writer(
	const struct request *request, const struct layer *layer, struct error *err);

/*
 * True if the asker sees all that tiles of today show of the layer, so that they can be made from
 * what everybody's are made from.
 */
bool sight_is_whole(const struct request *request, const struct layer *layer);

/* The asker's view of a layer; moment NULL: today. */
struct view sight_view(const struct request *request, const struct layer *layer,
	const struct moment *moment);

#endif
