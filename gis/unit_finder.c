#include "gis/unit_finder.h"

#include <math.h>

#include "base/messages.h"
#include "data/feature_read.h"

enum {
	UNITS_MAX = 20000, /* the country had 10,600 communes at most */
	UNITS_ARENA_BYTES = 1 << 30,
	CROSSINGS_MAX = 4096,
	BANDS = 256, /* of the height of a unit, with the edges that reach into each */
};

struct unit {
	int64_t id;
	struct shape shape;
	struct box box;
	double area_m2;
	uint32_t band_ends[BANDS + 1]; /* in edges[], of the bands before */
	uint32_t *edges;	       /* number of their first point */
};

struct unit_finder {
	struct arena arena;
	struct unit *units; /* heap */
	size_t count, room;
};

static int band_of(const struct unit *unit, double y)
{
	double share = (y - unit->box.min_y) / (unit->box.max_y - unit->box.min_y);

	return share > 0 ? (int)fmin(share * BANDS, BANDS - 1) : 0;
}

/* Goes through the edges: counts them by band, or puts them there. */
static void sort_edges(struct unit *unit, uint32_t next[BANDS], bool put)
{
	const struct shape *shape = &unit->shape;
	size_t first = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		for (size_t i = first; i + 1 < shape->ring_ends[ring]; i++) {
			double from = shape->xy[2 * i + 1], to = shape->xy[2 * i + 3];
			int low = band_of(unit, fmin(from, to)), high = band_of(unit, fmax(from, to));

			for (int band = low; from != to && band <= high; band++) {
				if (put)
					unit->edges[next[band]] = (uint32_t)i;
				next[band]++;
			}
		}
		first = shape->ring_ends[ring];
	}
}

static int make_bands(struct unit *unit, struct arena *arena, struct error *err)
{
	uint32_t next[BANDS] = {0};

	sort_edges(unit, next, false);
	unit->band_ends[0] = 0;
	for (int i = 0; i < BANDS; i++) {
		unit->band_ends[i + 1] = unit->band_ends[i] + next[i];
		next[i] = unit->band_ends[i];
	}
	unit->edges = arena_alloc(arena, (unit->band_ends[BANDS] + 1) * sizeof *unit->edges);
	if (!unit->edges)
		return fail_no_memory(err);
	sort_edges(unit, next, true);
	return 0;
}

/* Even-odd, along the level of the point. */
static bool covers(const struct unit *unit, double x, double y)
{
	const double *xy = unit->shape.xy;
	int band = band_of(unit, y);
	bool inside = false;

	for (uint32_t i = unit->band_ends[band]; i < unit->band_ends[band + 1]; i++) {
		const double *from = xy + 2 * unit->edges[i], *to = from + 2;

		if ((from[1] > y) != (to[1] > y) &&
			x < from[0] + (y - from[1]) / (to[1] - from[1]) * (to[0] - from[0]))
			inside = !inside;
	}
	return inside;
}

static int take_unit(void *context, const struct feature *feature, struct error *err)
{
	struct unit_finder *finder = context;
	struct unit *unit;
	int rc;

	if (!feature->wkb.bytes)
		return 0;
	if (finder->count == finder->room) {
		size_t room = finder->room ? 2 * finder->room : 16;
		struct unit *units = realloc(finder->units, room * sizeof *units);

		if (!units)
			return fail_no_memory(err);
		finder->units = units;
		finder->room = room;
	}
	unit = &finder->units[finder->count];
	*unit = (struct unit){.id = feature->id, .box = feature->box};
	rc = shape_read_wkb(&finder->arena, feature->wkb, &unit->shape, err);
	if (rc)
		return rc;
	unit->area_m2 = shape_area(&unit->shape);
	rc = make_bands(unit, &finder->arena, err);
	return rc ? rc : ++finder->count == UNITS_MAX;
}

static int read_units(struct unit_finder *finder, struct store *store, const struct view *view,
	const struct box *box, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	bool more = false, found;
	int rc;

	if (!box)
		return feature_read_after(store, view, 0, take_unit, finder, err);
	rc = feature_ids_in_box(store, view, box, false, 0, UNITS_MAX, &ids, &more, err);
	for (size_t i = 0; !rc && i < ids.count; i++)
		rc = feature_read_one(store, view, ids.ids[i], take_unit, finder, &found, err);
	return rc;
}

int unit_finder_open(struct store *store, const struct layer_table *layers, const struct date *day,
	const struct box *box, struct unit_finder **ret_finder, struct error *err)
{
	const struct layer *layer = layer_of_units(layers);
	struct view view = VIEW_NOW(layer);
	autoptr(unit_finder_close) struct unit_finder *finder = calloc(1, sizeof *finder);
	int rc = 0;

	if (!finder)
		return fail_no_memory(err);
	finder->arena = ARENA(UNITS_ARENA_BYTES);
	if (day) {
		view.is_dated = true;
		view.first_day = view.last_day = *day;
		view.recorded_us = INT64_MAX;
	}
	if (layer)
		rc = read_units(finder, store, &view, box, err);
	if (rc)
		return rc;
	*ret_finder = take(finder);
	return 0;
}

void unit_finder_close(struct unit_finder *finder)
{
	if (!finder)
		return;
	arena_clear(&finder->arena);
	free(finder->units);
	free(finder);
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Where the outlines cross the level y, as far as there is room. */
static size_t crossings_at(const struct shape *shape, double y, double crossings[CROSSINGS_MAX])
{
	size_t count = 0, first = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		for (size_t i = first; i + 1 < shape->ring_ends[ring]; i++) {
			const double *from = shape->xy + 2 * i, *to = from + 2;

			if ((from[1] > y) == (to[1] > y) || count == CROSSINGS_MAX)
				continue;
			crossings[count++] =
				from[0] + (y - from[1]) / (to[1] - from[1]) * (to[0] - from[0]);
		}
		first = shape->ring_ends[ring];
	}
	qsort(crossings, count, sizeof *crossings, compare_doubles);
	return count;
}

void shape_inner_point(const struct shape *shape, double ret_xy[2])
{
	double crossings[CROSSINGS_MAX], widest = -1;
	struct box box = shape_box(shape);
	size_t count;

	memcpy(ret_xy, shape->xy + 2 * (shape->point_count / 2), 2 * sizeof *ret_xy);
	if (shape->kind != GEOMETRY_AREA)
		return;
	/* Not at a corner, if that can be: most outlines have none just there. */
	ret_xy[1] = box.min_y + 0.503 * (box.max_y - box.min_y);
	count = crossings_at(shape, ret_xy[1], crossings);
	for (size_t i = 0; i + 1 < count; i += 2) {
		if (crossings[i + 1] - crossings[i] <= widest)
			continue;
		widest = crossings[i + 1] - crossings[i];
		ret_xy[0] = (crossings[i] + crossings[i + 1]) / 2;
	}
}

int64_t unit_finder_find(const struct unit_finder *finder, const struct shape *shape)
{
	const struct unit *best = NULL;
	double xy[2];

	if (!shape->point_count)
		return 0;
	shape_inner_point(shape, xy);
	for (size_t i = 0; i < finder->count; i++) {
		const struct unit *unit = &finder->units[i];

		if (xy[0] < unit->box.min_x || xy[0] > unit->box.max_x || xy[1] < unit->box.min_y ||
			xy[1] > unit->box.max_y || (best && best->area_m2 <= unit->area_m2))
			continue;
		if (covers(unit, xy[0], xy[1]))
			best = unit;
	}
	return best ? best->id : 0;
}

void unit_put(int64_t unit, bool is_new, const struct layer *layer, struct value *values)
{
	for (size_t i = 0; i < layer->field_count; i++) {
		enum field_source source = layer->fields[i].source;

		if (source != FIELD_UNIT_NOW && (source != FIELD_UNIT_ISSUED || !is_new))
			continue;
		values[i] = unit ? (struct value){.kind = VALUE_INT, .integer = unit}
				 : (struct value){.kind = VALUE_NULL};
	}
}
