/*
 * box_search: which records of a layer meet the boxes of a request, exactly.
 *
 * The index answers in the working CRS, with boxes a little too large; whether a record really
 * meets a box is decided on its coordinates in the CRS of the box. Records without geometry meet
 * every box (OGC 17-069r4, /req/core/fc-bbox-response).
 */
#ifndef SERVER_BOX_SEARCH_H
#define SERVER_BOX_SEARCH_H

#include "data/feature_read.h"
#include "server/ogc_params.h"
#include "server/worker.h"

struct box_search {
	struct worker *worker;
	struct view view;
	const struct ogc_params *params;
	const struct crs_path *to_bbox_crs;
	struct box index_box;	/* working CRS: around all boxes; empty when nothing can meet them */
	struct box certain_box; /* working CRS: what lies in it meets a box for sure */
	bool everywhere;	/* no box was given */
	int64_t resting_count;	/* records of the layer that are not in force */
};

int box_search_begin(struct worker *worker, const struct view *view,
	const struct ogc_params *params, struct box_search *ret_search, struct error *err);

/* True if the record meets a box; the arena is for its coordinates. */
int box_search_meets(const struct box_search *search, const struct feature *feature,
	struct arena *arena, bool *ret_meets, struct error *err);

/*
 * The records that the index names, in order: some meet a box for sure, the others are doubtful.
 * *ret_many instead when there are more than `most`. Where view_can_count; those at rest too.
 */
struct box_hits {
	struct id_list ids;
	bool *doubtful; /* heap, for each */
};
void box_hits_clear(struct box_hits *hits);
int box_search_hits(const struct box_search *search, size_t most, struct box_hits *ret_hits,
	bool *ret_many, struct error *err);

/* How many of the hits first to end - 1 meet a box; the arena is for coordinates. */
int box_search_count_hits(const struct box_search *search, const struct box_hits *hits, size_t first,
	size_t end, struct arena *arena, int64_t *ret_count, struct error *err);

/* How many records meet the boxes; -1 where nobody counts them (view_can_count). */
int box_search_count(const struct box_search *search, struct arena *arena, int64_t *ret_count,
	struct error *err);

#endif
