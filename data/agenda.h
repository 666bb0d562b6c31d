/*
 * agenda: the days on which a record begins, ceases or changes by what was decided before.
 *
 * When such a day comes, the row of the layer's table must become the version that is then in
 * force (revision_turn), so that maps and feeds follow.
 */
#ifndef DATA_AGENDA_H
#define DATA_AGENDA_H

#include "data/feature.h"
#include "data/store.h"

/* Notes the days of a version that lie after today. */
int agenda_add(struct store *store, const struct layer *layer, const struct feature *feature,
	const struct date *today, struct error *err);

/* A record whose day has come. */
struct agenda_entry {
	char layer[64];
	int64_t feature_id;
};

/* Takes up to `most` entries of today and before off the agenda, records each once. */
int agenda_take(struct store *store, const struct date *today, struct agenda_entry *ret_entries,
	size_t most, size_t *ret_count, struct error *err);

/* The first day that has an entry; "" if there is none. */
int agenda_first_day(struct store *store, struct date *ret_day, struct error *err);

#endif
