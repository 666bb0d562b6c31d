/*
 * feature_write: puts new records into a layer, with their place in the change feed.
 *
 *	feature_writer_open(store, layer, epsg, &changes, source, &writer, err);
 *	feature_writer_add(&writer, &feature, err);   once a record; sets id, uid, version
 *	feature_writer_close(&writer, err);           counts and index are right only after it
 *
 * All inside one transaction of the caller, whose end undoes what was not closed.
 */
#ifndef DATA_FEATURE_WRITE_H
#define DATA_FEATURE_WRITE_H

#include "base/secret.h"
#include "data/change.h"
#include "data/feature.h"
#include "data/feature_row.h"
#include "data/feature_table.h"
#include "data/search_index.h"

struct feature_writer {
	struct store *store;
	const struct layer *layer;
	int epsg; /* working CRS */
	struct change_set *changes;
	const struct randomness *randomness; /* of the uids */
	struct strbuf sql;
	struct layer_state state;
	int64_t first_id, next_id;
	struct date today;
	struct digest_order order;
	struct search_writer search;
};

int feature_writer_open(struct store *store, const struct layer *layer, int epsg,
	struct change_set *changes, const struct randomness *randomness,
	struct feature_writer *ret_writer, struct error *err);
int feature_writer_add(
	struct feature_writer *writer, struct feature *feature, struct error *err);
int feature_writer_close(struct feature_writer *writer, struct error *err);
void feature_writer_clear(struct feature_writer *writer); /* frees; for autofree */

#endif
