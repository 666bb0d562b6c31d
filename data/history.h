/*
 * history: every version of every record of a layer, in a table beside it.
 *
 * Versions of a record are numbered from 1 without a gap. A version holds from recorded_at until
 * superseded_at in the register, and from valid_from until valid_to in law; at any two times at
 * most one version of a record holds. Rows are never changed but for superseded_at, and never
 * removed. That a record was ended is a version too (HISTORY_END), which holds at no time.
 *
 * The key of a row is id * 2^20 + version, so the versions of a record stand side by side. Versions
 * that reach out of the box of the row in the layer's own table have an index over place and time.
 */
#ifndef DATA_HISTORY_H
#define DATA_HISTORY_H

#include "data/feature_read.h"
#include "data/partition.h"

enum {
	HISTORY_KEY_BITS = 20,
	HISTORY_VERSIONS_MAX = 1 << HISTORY_KEY_BITS, /* of a record */
	HISTORY_LIVE_MAX = 64, /* versions of a record that hold now, for different days in law */
};

/* Ids of records that a key can hold. */
#define HISTORY_ID_MAX (((int64_t)1 << (63 - HISTORY_KEY_BITS)) - 1)

/* In the index: days since 1970 of a date, `open` when it is ""; seconds of an instant. */
#define HISTORY_FAR 1e9
double history_day(const struct date *date, double open);
double history_second(int64_t at_us);

enum history_action { HISTORY_CREATE, HISTORY_UPDATE, HISTORY_END };

/* The key of a version. */
int64_t history_key(int64_t id, int64_t version);

/* Makes the table and its index; call inside a transaction. */
int history_table_create(struct store *store, const struct layer *layer,
	const struct partitions *partitions, struct error *err);

/* Adds a version; HISTORY_END is superseded at once. */
int history_put(struct store *store, const struct layer *layer, const struct feature *feature,
	enum history_action action, int epsg, struct error *err);

/* A version that holds now. */
struct history_span {
	int64_t version;
	struct date from, to; /* in law, half open; "" open */
};
struct history_spans {
	struct history_span spans[HISTORY_LIVE_MAX];
	size_t count;
	int64_t last_version; /* the highest number of the record; 0 no such record */
};

/* The row that the layer's table shows of a record. */
struct history_row {
	bool found, in_force;
	int64_t version;
	struct box box; /* empty: no geometry */
	struct content_hash shape; /* of its geometry; "" none */
	struct date from;
	uint64_t search_sum; /* of what it is found by (search_sum.h) */
};

/* Those of a record, in the order of their numbers, and, if ret_row, with them the row shown. */
int history_live(struct store *store, const struct layer *layer, int64_t id,
	struct history_spans *ret_spans, struct history_row *ret_row, struct error *err);

/* Asks ahead what history_live with its row will ask (query_ask); the record is the subject. */
int history_ask_live(
	struct store *store, const struct layer *layer, int64_t id, struct error *err);

/* From now on the version does not hold; the index is told, unless it is the one that the row shows. */
int history_supersede(struct store *store, const struct layer *layer, int64_t id,
	int64_t version, bool is_shown, int64_t at_us, struct error *err);

/* Visits one version with all its bytes. */
int history_read(struct store *store, const struct layer *layer, int64_t id, int64_t version,
	feature_visit *visit, void *context, bool *ret_found, struct error *err);

/*
 * The index of place and time. Who looks for versions at a place looks into the index of the
 * layer's table too; so versions that lie within the box of the record's row there need no entry,
 * and most changes, which leave the place as it is, cost no work here.
 *
 * history_index_put: one version, if it reaches out of that box (empty: the row has none);
 * superseded_at_us 0: it holds. history_index_fill: all of a record that are neither the row nor in
 * the index, for when the box of the row does not hold the one before any more.
 */
int history_index_put(struct store *store, const struct layer *layer,
	const struct feature *feature, int64_t superseded_at_us, const struct box *row_box,
	struct error *err);
int history_index_fill(struct store *store, const struct layer *layer, int64_t id,
	int64_t row_version, const struct box *row_box, struct error *err);
/* What its sides of places are called in this database. */
const char *history_index_sides(const struct store *store);
int history_index_remove(struct store *store, const struct layer *layer, int64_t id,
	int64_t version, struct error *err);

/* Who made a version, and how it came to be. */
struct history_entry {
	const struct feature *feature;
	enum history_action action;
	int64_t superseded_at_us; /* 0 holds now */
	const char *actor, *reason; /* of the change; borrowed */
};
typedef int history_visit(void *context, const struct history_entry *entry, struct error *err);

/*
 * Visits all versions that are not what the layer's table shows as in force, of the records of a list
 * or of all (NULL), by their keys; those that never held are left out. Nobody is named.
 */
int history_past(struct store *store, const struct layer *layer, const struct id_list *ids,
	history_visit *visit, void *context, struct error *err);

/*
 * Visits the versions of a record that the view allows (its wards and fields; its times do not
 * count), with numbers over `after`, at most `most` of them, in their order.
 */
int history_versions(struct store *store, const struct view *view, int64_t id, int64_t after,
	int64_t most, history_visit *visit, void *context, struct error *err);

#endif
