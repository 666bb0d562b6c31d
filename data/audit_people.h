/*
 * audit_people: whether the persons of the register are those that the feed tells of.
 */
#ifndef DATA_AUDIT_PEOPLE_H
#define DATA_AUDIT_PEOPLE_H

#include "data/layer.h"
#include "data/store.h"

/* What persons are called in the feed: no layer that anybody can ask for. */
extern const struct layer people_in_feed;

/*
 * Calls found() for each person that is not as the feed says: without its change, with another
 * hash, with values that have another hash, erased or not against the feed, or gone.
 */
int audit_people(struct store *store, void (*found)(void *context, int64_t id), void *context,
	struct error *err);

#endif
