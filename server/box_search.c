#include "server/box_search.h"

#include <math.h>

#include "base/messages.h"
#include "gis/box_transform.h"

enum { EDGE_POINTS = 20 }; /* of each edge: a city's edge bends by millimetres between them */

static struct box intersection(const struct box *a, const struct box *b)
{
	return (struct box){fmax(a->min_x, b->min_x), fmax(a->min_y, b->min_y),
		fmin(a->max_x, b->max_x), fmin(a->max_y, b->max_y)};
}

static void grow(struct box *box, double by)
{
	box->min_x -= by;
	box->min_y -= by;
	box->max_x += by;
	box->max_y += by;
}

/*
 * The largest box in the working CRS that surely lies inside `box` of the other: what the images
 * of its edges leave free.
 */
static bool inner_box(const struct crs_path *path, const struct box *box, struct box *ret_inner)
{
	struct box inner = {-INFINITY, -INFINITY, INFINITY, INFINITY};

	for (int i = 0; i < EDGE_POINTS; i++) {
		double share = (double)i / (EDGE_POINTS - 1);
		double x = box->min_x + share * (box->max_x - box->min_x);
		double y = box->min_y + share * (box->max_y - box->min_y);
		double xy[8] = {box->min_x, y, box->max_x, y, x, box->min_y, x, box->max_y};

		if (crs_path_move(path, xy, 4, NULL))
			return false;
		inner.min_x = fmax(inner.min_x, xy[0]);
		inner.max_x = fmin(inner.max_x, xy[2]);
		inner.min_y = fmax(inner.min_y, xy[5]);
		inner.max_y = fmin(inner.max_y, xy[7]);
	}
	/* Between the points an edge bends a little; boxes of the index are rounded to 0.13 m. */
	grow(&inner, -1 - 1e-3 * (inner.max_x - inner.min_x));
	*ret_inner = inner;
	return true;
}

static int add_box(struct box_search *search, const struct box *box, const struct box *extent,
	const struct crs_path *back, struct error *err)
{
	struct box part = intersection(box, extent), index_box, certain;

	(void)err;
	if (box_is_empty(&part))
		return 0;
	/* Where the images of its edges cannot be computed, the index is searched as a whole. */
	if (!box_transform(back, &part, &index_box))
		index_box = (struct box){-1e12, -1e12, 1e12, 1e12};
	grow(&index_box, 1 + 1e-3 * (index_box.max_x - index_box.min_x));
	box_add(&search->index_box, &index_box);
	if (search->params->box_count == 1 && inner_box(back, &part, &certain) &&
		!box_is_empty(&certain))
		search->certain_box = certain;
	return 0;
}

int box_search_begin(struct worker *worker, const struct view *view,
	const struct ogc_params *params, struct box_search *ret_search, struct error *err)
{
	struct box_search search = {.worker = worker, .view = *view, .params = params,
		.index_box = box_empty, .certain_box = box_empty,
		.everywhere = params->box_count == 0};
	int epsg = worker->app->opened.city.epsg;
	const struct crs_path *back = NULL;
	struct layer_state state;
	struct box extent;
	int rc = crs_path_find(
		worker->crs, epsg, params->bbox_crs.epsg, &search.to_bbox_crs, err);

	if (!rc)
		rc = crs_path_find(worker->crs, params->bbox_crs.epsg, epsg, &back, err);
	if (!rc)
		rc = layer_state_read(worker->records, view->layer, &state, err);
	if (rc)
		return rc;
	search.resting_count = state.resting_count;
	/* Only the part of a box near the data is looked at: a box of the world is no problem. */
	if (!search.everywhere && !box_is_empty(&state.box)) {
		if (!box_transform(search.to_bbox_crs, &state.box, &extent))
			extent = (struct box){-1e12, -1e12, 1e12, 1e12};
		grow(&extent, 1e-3 * (extent.max_x - extent.min_x) + 1e-6);
		for (size_t i = 0; !rc && i < params->box_count; i++)
			rc = add_box(&search, &params->boxes[i], &extent, back, err);
	}
	*ret_search = search;
	return rc;
}

static bool box_inside(const struct box *inner, const struct box *outer)
{
	return inner->min_x >= outer->min_x && inner->max_x <= outer->max_x &&
		inner->min_y >= outer->min_y && inner->max_y <= outer->max_y;
}

int box_search_meets(const struct box_search *search, const struct feature *feature,
	struct arena *arena, bool *ret_meets, struct error *err)
{
	struct shape shape;
	int rc;

	*ret_meets = true;
	if (search->everywhere || !feature->wkb.bytes ||
		box_inside(&feature->box, &search->certain_box))
		return 0;
	*ret_meets = boxes_meet(&feature->box, &search->index_box);
	if (!*ret_meets)
		return 0;
	rc = shape_read_wkb(arena, feature->wkb, &shape, err);
	if (!rc)
		rc = crs_path_move(search->to_bbox_crs, shape.xy, shape.point_count, err);
	if (rc)
		return rc;
	*ret_meets = false;
	for (size_t i = 0; !*ret_meets && i < search->params->box_count; i++)
		*ret_meets = shape_meets_box(&shape, &search->params->boxes[i]);
	return 0;
}

void box_hits_clear(struct box_hits *hits)
{
	id_list_clear(&hits->ids);
	free(hits->doubtful);
	hits->doubtful = NULL;
}

/* What the index says, each id with its doubt in the lowest bit: so they are sorted together. */
struct sifting {
	const struct box_search *search;
	struct id_list marked;
	size_t most;
	bool many; /* there are more */
};

static int sift_id(struct sifting *sifting, int64_t id, bool doubtful, struct error *err)
{
	if (sifting->marked.count == sifting->most) {
		sifting->many = true;
		return 1;
	}
	return id_list_add(&sifting->marked, id << 1 | doubtful, err);
}

static int sift_box(void *context, int64_t id, const struct box *box, struct error *err)
{
	struct sifting *sifting = context;

	return sift_id(sifting, id, !box_inside(box, &sifting->search->certain_box), err);
}

/* Records without geometry meet every box, as far as they are in force. */
static int sift_without_geometry(struct sifting *sifting, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	const struct box_search *search = sifting->search;
	struct store *store = search->worker->records;
	int64_t without = 0;
	int rc = feature_count_without_geometry(store, &search->view, &without, err);

	if (!rc && without)
		rc = feature_ids_in_box(store, &search->view, &box_empty, true, 0, sifting->most,
			&ids, &sifting->many, err);
	for (size_t i = 0; !rc && i < ids.count; i++)
		rc = sift_id(sifting, ids.ids[i], true, err);
	return rc < 0 ? rc : 0;
}

int box_search_hits(const struct box_search *search, size_t most, struct box_hits *ret_hits,
	bool *ret_many, struct error *err)
{
	struct sifting sifting = {.search = search, .most = most};
	struct box_hits hits = {0};
	int rc = sift_without_geometry(&sifting, err);

	if (!rc && !sifting.many && !box_is_empty(&search->index_box))
		rc = feature_boxes_in_box(search->worker->records, &search->view, &search->index_box,
			sift_box, &sifting, err);
	hits.ids = sifting.marked;
	*ret_many = sifting.many;
	if (!rc && !sifting.many && hits.ids.count) {
		hits.doubtful = malloc(hits.ids.count * sizeof *hits.doubtful);
		rc = hits.doubtful ? 0 : fail_no_memory(err);
	}
	if (rc || sifting.many) {
		box_hits_clear(&hits);
		return rc;
	}
	id_list_sort(&hits.ids);
	for (size_t i = 0; i < hits.ids.count; i++) {
		hits.doubtful[i] = hits.ids.ids[i] & 1;
		hits.ids.ids[i] >>= 1;
	}
	*ret_hits = hits;
	return 0;
}

struct counting {
	const struct box_search *search;
	int64_t certain;
	struct id_list doubtful, resting;
	struct arena *arena;
};

static void counting_clear(struct counting *counting)
{
	id_list_clear(&counting->doubtful);
	id_list_clear(&counting->resting);
}

static int count_doubtful(void *context, const struct feature *feature, struct error *err)
{
	struct counting *counting = context;
	bool meets = false;
	int rc;

	arena_reset(counting->arena);
	rc = box_search_meets(counting->search, feature, counting->arena, &meets, err);
	counting->certain += meets;
	return rc;
}

/* Looks at each of the doubtful ones. */
static int settle(struct counting *counting, struct error *err)
{
	const struct box_search *search = counting->search;

	return feature_read_list(search->worker->records, &search->view, counting->doubtful.ids,
		counting->doubtful.count, count_doubtful, counting, err);
}

int box_search_count_hits(const struct box_search *search, const struct box_hits *hits, size_t first,
	size_t end, struct arena *arena, int64_t *ret_count, struct error *err)
{
	autofree(counting_clear) struct counting counting = {.search = search, .arena = arena};
	autofree(id_list_clear) struct id_list certain = {0};
	int rc = 0;

	for (size_t i = first; !rc && i < end; i++)
		rc = id_list_add(hits->doubtful[i] ? &counting.doubtful : &certain,
			hits->ids.ids[i], err);
	if (!rc && search->resting_count)
		rc = feature_ids_at_rest(search->worker->records, &search->view, &certain,
			&counting.resting, err);
	if (!rc)
		rc = settle(&counting, err);
	*ret_count = counting.certain + (int64_t)(certain.count - counting.resting.count);
	return rc;
}

static int count_box(void *context, int64_t id, const struct box *box, struct error *err)
{
	struct counting *counting = context;

	if (!box_inside(box, &counting->search->certain_box))
		return id_list_add(&counting->doubtful, id, err);
	counting->certain += !id_list_has(&counting->resting, id);
	return 0;
}

int box_search_count(const struct box_search *search, struct arena *arena, int64_t *ret_count,
	struct error *err)
{
	autofree(counting_clear) struct counting counting = {.search = search, .arena = arena};
	struct store *store = search->worker->records;
	struct layer_state state;
	int64_t without = 0;
	int rc;

	*ret_count = -1;
	if (!view_can_count(&search->view))
		return 0;
	if (search->everywhere) {
		rc = layer_state_read(store, search->view.layer, &state, err);
		*ret_count = state.record_count;
		return rc;
	}
	rc = feature_count_without_geometry(store, &search->view, &without, err);
	if (!rc && search->resting_count)
		rc = feature_ids_at_rest(store, &search->view, NULL, &counting.resting, err);
	if (!rc && !box_is_empty(&search->index_box))
		rc = feature_boxes_in_box(store, &search->view, &search->index_box, count_box,
			&counting, err);
	if (!rc)
		rc = settle(&counting, err);
	*ret_count = counting.certain + without;
	return rc;
}
