/*
 * revision: changing one record: nothing is overwritten, all is a new version.
 *
 * A version says what holds in law from valid_from until valid_to. A revision replaces its base:
 * from the new valid_from on the base does not hold any more, and other versions give way where
 * the new one overlaps them; what of them remains is said again by versions of their own. So:
 *
 *   valid_from as before            a correction: it was so from the start
 *   valid_from later                the base ends there, the new version begins
 *   valid_to                        the record ends there
 *
 * All inside one transaction of the caller. After it the row of the layer's table is the version
 * in force today, or the last that was, or the first that will be.
 */
#ifndef DATA_REVISION_H
#define DATA_REVISION_H

#include "data/change.h"
#include "data/feature_row.h"
#include "data/history.h"

/* What a transaction that changes records of a layer works with. */
struct revision {
	struct store *store;
	const struct layer *layer;
	int epsg; /* working CRS */
	struct date today;
	struct change_set *changes;
	const struct randomness *randomness; /* of the uids */
	struct digest_order order;
};

/* Fills what follows from the layer and the changes. */
struct revision revision_of(struct store *store, const struct layer *layer, int epsg,
	struct change_set *changes, const struct randomness *randomness);

/*
 * Asks ahead what who looks at the row (feature_read_row) and then changes the record needs to know of
 * it, so that the database is waited for once; the record is the subject.
 */
int revision_ask(
	struct store *store, const struct layer *layer, int64_t id, struct error *err);

/* A new record; its id, uid and version are set. */
int revision_create(struct revision *revision, struct feature *feature, struct error *err);

/*
 * A new version of feature->id, whose version is set. The base is the version that the author
 * knows: one that holds now, or the last one of a record that was ended. Errors: ERR_NOT_FOUND;
 * ERR_CONFLICT when the base does not hold any more (somebody was quicker); ERR_INVALID when the
 * dates are turned round, or the new version begins after its base has ended.
 */
int revision_replace(struct revision *revision, int64_t base_version, struct feature *feature,
	struct error *err);

/*
 * Ends the record from that day on; from its first day on, it never was. *ret_version is the
 * version that says so. Errors as above.
 */
int revision_end(struct revision *revision, int64_t id, int64_t base_version,
	const struct date *from, int64_t *ret_version, struct error *err);

/* The day has come: the table follows, and the feed tells what began or ceased. */
int revision_turn(struct revision *revision, int64_t id, struct error *err);

#endif
