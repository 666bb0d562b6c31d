/*
 * feature_read: gets records of a layer, as far as a view shows them.
 *
 * Rows come in the order of their ids, so that a page can go on behind the last id of the one
 * before (keyset paging), and no page costs more than the first.
 */
#ifndef DATA_FEATURE_READ_H
#define DATA_FEATURE_READ_H

#include "data/feature.h"
#include "data/feature_table.h"
#include "data/id_list.h"
#include "data/store.h"
#include "data/view.h"

/*
 * Called with a record that is borrowed until it returns. 0: go on, 1: enough, negative: failed
 * (and err filled).
 */
typedef int feature_visit(void *context, const struct feature *feature, struct error *err);

/* Visits records with id > after_id, in order, until the visitor has enough. */
int feature_read_after(struct store *store, const struct view *view, int64_t after_id,
	feature_visit *visit, void *context, struct error *err);

/* Visits one record; *ret_found tells whether there is one. */
int feature_read_one(struct store *store, const struct view *view, int64_t id,
	feature_visit *visit, void *context, bool *ret_found, struct error *err);

/*
 * Visits the records of a list, in its order, until the visitor has enough. Ids are between 1 and
 * HISTORY_ID_MAX; what is not seen is left out.
 */
int feature_read_list(struct store *store, const struct view *view, const int64_t *ids,
	size_t count, feature_visit *visit, void *context, struct error *err);

/* The same as feature_read_one of the row that the table has, in force or not, with all its bytes. */
int feature_read_row(struct store *store, const struct layer *layer, int64_t id,
	feature_visit *visit, void *context, bool *ret_found, struct error *err);
/* Asks ahead what it will ask (query_ask); the record is the subject. */
int feature_ask_row(
	struct store *store, const struct layer *layer, int64_t id, struct error *err);

/*
 * Ids, in order and each once, of the records with id > after_id whose box may meet `box` (as the
 * index knows it, which is a little larger; of a dated view also in another version) and, if
 * wished, of those without geometry. Whether a record is seen at all, reading it tells. Stops at
 * `most` ids: then *ret_more tells that there are others, and the list is any of them, not the
 * first.
 */
int feature_ids_in_box(struct store *store, const struct view *view, const struct box *box,
	bool without_geometry, int64_t after_id, size_t most, struct id_list *ret_list,
	bool *ret_more, struct error *err);

/*
 * Counting without reading the records, for views of today that show everything: id and box (as the
 * index knows it) of every record that meets `box`, those at rest too, in no order; which are at
 * rest, of a list or of all (NULL), in order; and how many in force have no geometry. The visitor
 * must not use the store.
 */
bool view_can_count(const struct view *view);
typedef int feature_box_visit(void *context, int64_t id, const struct box *box, struct error *err);
int feature_boxes_in_box(struct store *store, const struct view *view, const struct box *box,
	feature_box_visit *visit, void *context, struct error *err);
int feature_ids_at_rest(struct store *store, const struct view *view, const struct id_list *among,
	struct id_list *ret_list, struct error *err);
int feature_count_without_geometry(
	struct store *store, const struct view *view, int64_t *ret_count, struct error *err);

#endif
