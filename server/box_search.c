#include "server/box_search.h"

#include <math.h>

#include "base/messages.h"

enum { EDGE_POINTS = 20 }; /* of each edge: a city's edge bends by millimetres between them */

bool box_transform(const struct crs_path *path, const struct box *box, struct box *ret_box)
{
	double xy[4 * EDGE_POINTS * 2];
	struct shape edge = {.kind = GEOMETRY_POINT, .point_count = 4 * EDGE_POINTS, .xy = xy};

	for (int i = 0; i < EDGE_POINTS; i++) {
		double share = (double)i / (EDGE_POINTS - 1);
		double x = box->min_x + share * (box->max_x - box->min_x);
		double y = box->min_y + share * (box->max_y - box->min_y);
		const double points[8] = {
			x, box->min_y, x, box->max_y, box->min_x, y, box->max_x, y};

		memcpy(xy + 8 * i, points, sizeof points);
	}
	if (crs_path_apply(path, xy, edge.point_count, NULL))
		return false;
	*ret_box = shape_box(&edge);
	return true;
}

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

		if (crs_path_apply(path, xy, 4, NULL))
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
		rc = layer_state_read(worker->store, view->layer, &state, err);
	if (rc)
		return rc;
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

/* Counting: what the index alone decides, and the ids of the others. */
struct counting {
	const struct box_search *search;
	int64_t certain;
	struct id_list doubtful;
	size_t room;
	struct arena *arena;
};

static int count_box(void *context, int64_t id, const struct box *box, struct error *err)
{
	struct counting *counting = context;

	if (box_inside(box, &counting->search->certain_box)) {
		counting->certain++;
		return 0;
	}
	if (counting->doubtful.count == counting->room) {
		size_t room = counting->room ? counting->room * 2 : 256;
		int64_t *ids = realloc(counting->doubtful.ids, room * sizeof *ids);

		if (!ids)
			return fail_no_memory(err);
		counting->doubtful.ids = ids;
		counting->room = room;
	}
	counting->doubtful.ids[counting->doubtful.count++] = id;
	return 0;
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

int box_search_count(const struct box_search *search, struct arena *arena, int64_t *ret_count,
	struct error *err)
{
	struct counting counting = {.search = search, .arena = arena};
	struct store *store = search->worker->store;
	struct layer_state state;
	int64_t without = 0;
	bool found;
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
	if (!rc && !box_is_empty(&search->index_box))
		rc = feature_boxes_in_box(store, &search->view, &search->index_box, count_box,
			&counting, err);
	for (size_t i = 0; !rc && i < counting.doubtful.count; i++)
		rc = feature_read_one(store, &search->view, counting.doubtful.ids[i],
			count_doubtful, &counting, &found, err);
	id_list_clear(&counting.doubtful);
	*ret_count = counting.certain + without;
	return rc;
}
