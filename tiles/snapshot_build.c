#include "tiles/snapshot.h"

#include <math.h>

#include "base/messages.h"
#include "data/feature_read.h"
#include "gis/shape.h"
#include "tiles/clearance.h"
#include "tiles/mercator.h"
#include "tiles/value_pool.h"

enum {
	SHAPE_ARENA_BYTES = 128 << 20, /* of one record: its points several times over */
	ORIGIN_ZOOM = 10,	       /* the origin is the corner of a tile of this zoom */
	SAMPLE_SIZE = 999,	       /* records asked where the middle of the layer is */
};

/* A snapshot while its records come in, in the order of their ids. */
struct build {
	const struct snapshot_source *source;
	const struct view *view;
	const struct id_list *ids; /* of an area; NULL the whole layer */
	struct snapshot *snapshot;
	struct mercator mercator;
	struct arena arena;
	struct value_pool pool;
	size_t record_room, ring_room, point_room;
	struct tile_box *boxes; /* heap: by record */
	const struct layer_field *class_field, *width_field;
};

/* An array with room for one more; grows by half again. NULL without memory. */
static void *roomy(void *array, size_t count, size_t more, size_t *room, size_t size)
{
	size_t wish = count + more, larger = *room + *room / 2 + 1024;
	void *moved;

	if (wish <= *room)
		return array;
	if (larger < wish)
		larger = wish;
	moved = realloc(array, larger * size);
	if (moved)
		*room = larger;
	return moved;
}

/* Rings of the records so far. */
static size_t rings_used(const struct snapshot *snapshot)
{
	const struct snapshot_record *last;

	if (!snapshot->record_count)
		return 0;
	last = &snapshot->records[snapshot->record_count - 1];
	return (size_t)last->first_ring + last->ring_count;
}

static bool make_record_room(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	size_t room = build->record_room;
	void *moved;

	if (snapshot->record_count < room)
		return true;
	moved = roomy(build->boxes, snapshot->record_count, 1, &room, sizeof *build->boxes);
	if (!moved)
		return false;
	build->boxes = moved;
	moved = realloc(snapshot->records, room * sizeof *snapshot->records);
	if (!moved)
		return false;
	snapshot->records = moved;
	for (size_t i = 0; i < snapshot->column_count; i++) {
		moved = realloc(snapshot->column_values[i], room * sizeof(uint32_t));
		if (!moved)
			return false;
		snapshot->column_values[i] = moved;
	}
	build->record_room = room;
	return true;
}

static bool make_room(struct build *build, const struct shape *shape)
{
	struct snapshot *snapshot = build->snapshot;
	size_t rings = rings_used(snapshot);
	void *moved;

	/* Numbers of points have 32 bits; so many would be 32 GB. */
	if (snapshot->point_count > UINT32_MAX - shape->point_count || !make_record_room(build))
		return false;
	moved = roomy(
		snapshot->rings, rings, shape->ring_count, &build->ring_room, sizeof *snapshot->rings);
	if (!moved)
		return false;
	snapshot->rings = moved;
	moved = roomy(snapshot->xy, snapshot->point_count, shape->point_count, &build->point_room,
		2 * sizeof *snapshot->xy);
	if (!moved)
		return false;
	snapshot->xy = moved;
	return true;
}

static double signed_area2(const double *xy, size_t count)
{
	double sum = 0;

	for (size_t i = 1; i + 1 < count; i++)
		sum += (xy[2 * i] - xy[0]) * (xy[2 * i + 3] - xy[1]) -
			(xy[2 * i + 2] - xy[0]) * (xy[2 * i + 1] - xy[1]);
	return sum;
}

/* A place as offset; false where 32 bits cannot say it (2,500 km from the origin). */
static bool to_offset(const struct snapshot *snapshot, const double *mercator, int32_t *ret_xy)
{
	int64_t x = grid_unit_x(mercator[0]) - snapshot->origin_x;
	int64_t y = grid_unit_y(mercator[1]) - snapshot->origin_y;

	if (x < INT32_MIN || x > INT32_MAX || y < INT32_MIN || y > INT32_MAX)
		return false;
	ret_xy[0] = (int32_t)x;
	ret_xy[1] = (int32_t)y;
	return true;
}

/* Adds one ring in the turn that it shall have; false if it cannot be drawn. */
static bool add_ring(struct build *build, const double *xy, size_t count, bool area, bool hole,
	struct snapshot_ring *ret_ring, struct tile_box *box)
{
	struct snapshot *snapshot = build->snapshot;
	int32_t *to = snapshot->xy + 2 * snapshot->point_count;
	/* North is up in Mercator and down in tiles: a clockwise outer ring has negative area. */
	bool turn = area && (signed_area2(xy, count) > 0) != hole;

	if (area && count > 1 && xy[0] == xy[2 * count - 2] && xy[1] == xy[2 * count - 1])
		count--;
	for (size_t i = 0; i < count; i++) {
		const double *from = xy + 2 * (turn ? count - 1 - i : i);

		if (!to_offset(snapshot, from, to + 2 * i))
			return false;
		box->min_x = to[2 * i] < box->min_x ? to[2 * i] : box->min_x;
		box->max_x = to[2 * i] > box->max_x ? to[2 * i] : box->max_x;
		box->min_y = to[2 * i + 1] < box->min_y ? to[2 * i + 1] : box->min_y;
		box->max_y = to[2 * i + 1] > box->max_y ? to[2 * i + 1] : box->max_y;
	}
	*ret_ring = (struct snapshot_ring){
		(uint32_t)snapshot->point_count, (uint32_t)count, hole};
	snapshot->point_count += count;
	return true;
}

static bool add_rings(struct build *build, const struct shape *shape,
	struct snapshot_record *record, struct tile_box *box)
{
	struct snapshot_ring *rings = build->snapshot->rings + record->first_ring;
	size_t ring = 0, first = 0;

	for (size_t part = 0; part < shape->part_count; part++) {
		for (bool hole = false; ring < shape->part_ends[part]; ring++, hole = true) {
			size_t end = shape->ring_ends[ring];

			if (!add_ring(build, shape->xy + 2 * first, end - first,
				    shape->kind == GEOMETRY_AREA, hole && shape->kind == GEOMETRY_AREA,
				    &rings[ring], box))
				return false;
			first = end;
		}
	}
	return true;
}

static uint8_t look_of(const struct build *build, const struct feature *feature)
{
	const struct layer *layer = build->snapshot->layer;
	const struct look *look = &layer->look;
	size_t last = look->class_count - 1;

	if (build->class_field) {
		const struct value *value =
			&feature->values[layer_field_index(layer, build->class_field)];

		for (size_t i = 0; value->kind == VALUE_TEXT && i < last; i++)
			if (look->classes[i].value &&
				!strcmp(look->classes[i].value, value->text))
				return (uint8_t)i;
	}
	return (uint8_t)last;
}

static float width_of(const struct build *build, const struct feature *feature)
{
	const struct value *value;

	if (!build->width_field)
		return 0;
	value = &feature->values[layer_field_index(build->snapshot->layer, build->width_field)];
	return value->kind == VALUE_REAL && value->real > 0 && value->real < 1000
		? (float)value->real
		: 0;
}

static int add_values(struct build *build, const struct feature *feature, struct error *err)
{
	struct snapshot *snapshot = build->snapshot;

	for (size_t i = 0; i < snapshot->column_count; i++) {
		const struct layer_field *field = snapshot->columns[i];
		size_t index = layer_field_index(snapshot->layer, field);

		if (!value_pool_number(&build->pool, &feature->values[index], field->type,
			    &snapshot->column_values[i][snapshot->record_count]))
			return fail_no_memory(err);
	}
	return 0;
}

/* The shape as it is drawn: valid, in Mercator. What fails is not drawn, and nobody is told why. */
static int prepare_shape(
	struct build *build, const struct feature *feature, struct shape *ret_shape)
{
	struct geom_finding finding;
	struct shape shape;
	int rc = shape_read_wkb(&build->arena, feature->wkb, &shape, NULL);

	if (!rc)
		rc = geom_check(build->source->geom, &shape, &finding, NULL);
	if (!rc && finding.fault)
		rc = geom_repair(build->source->geom, &build->arena, &shape, &shape, NULL);
	if (!rc)
		rc = mercator_move(&build->mercator, shape.xy, shape.point_count, NULL);
	if (!rc)
		*ret_shape = shape;
	return rc;
}

/* Adds the record's outline; false if it cannot be drawn. */
static bool add_outline(struct build *build, const struct shape *shape,
	struct snapshot_record *record, struct tile_box *box)
{
	struct snapshot *snapshot = build->snapshot;
	size_t points_before = snapshot->point_count;

	record->first_ring = (uint32_t)rings_used(snapshot);
	record->ring_count = (uint32_t)shape->ring_count;
	if (!add_rings(build, shape, record, box)) {
		snapshot->point_count = points_before;
		return false;
	}
	record->safe_zoom = clearance_safe_zoom(snapshot, record);
	return true;
}

static int add_record(void *context, const struct feature *feature, struct error *err)
{
	struct build *build = context;
	struct snapshot *snapshot = build->snapshot;
	struct tile_box box = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
	struct snapshot_record record = {.id = feature->id, .rank = (uint32_t)snapshot->record_count};
	struct shape shape = {0};
	int rc = 0;

	arena_reset(&build->arena);
	if (feature->wkb.bytes)
		rc = prepare_shape(build, feature, &shape);
	if (rc == ERR_NOMEM || (shape.point_count && !make_room(build, &shape)))
		return fail_no_memory(err);
	if (!shape.point_count || !add_outline(build, &shape, &record, &box)) {
		snapshot->undrawn++;
		return 0;
	}
	record.look = look_of(build, feature);
	record.width_m = width_of(build, feature);
	rc = add_values(build, feature, err);
	if (rc)
		return rc;
	build->boxes[snapshot->record_count] = box;
	snapshot->records[snapshot->record_count++] = record;
	return 0;
}

/* Copies the outline of a record behind those copied before. */
static void move_outline(const struct snapshot *from, struct snapshot *to,
	struct snapshot_record *record)
{
	const struct snapshot_ring *rings = from->rings + record->first_ring;
	uint32_t first_ring = (uint32_t)rings_used(to);

	for (uint32_t i = 0; i < record->ring_count; i++) {
		struct snapshot_ring *ring = &to->rings[first_ring + i];

		*ring = rings[i];
		ring->first_point = (uint32_t)to->point_count;
		memcpy(to->xy + 2 * to->point_count, from->xy + 2 * (size_t)rings[i].first_point,
			ring->point_count * 2 * sizeof *to->xy);
		to->point_count += ring->point_count;
	}
	record->first_ring = first_ring;
}

/* Moves the records into that order, and their outlines with them. False without memory. */
static bool move_records(struct snapshot *snapshot, const uint32_t *order)
{
	size_t count = snapshot->record_count;
	struct snapshot moved = {
		.records = calloc(count + 1, sizeof *moved.records),
		.rings = calloc(rings_used(snapshot) + 1, sizeof *moved.rings),
		.xy = calloc(snapshot->point_count + 1, 2 * sizeof *moved.xy),
	};
	bool ok = moved.records && moved.rings && moved.xy;

	for (size_t i = 0; ok && i < count; i++) {
		struct snapshot_record record = snapshot->records[order[i]];

		move_outline(snapshot, &moved, &record);
		moved.records[moved.record_count++] = record;
	}
	free(ok ? snapshot->records : moved.records);
	free(ok ? snapshot->rings : moved.rings);
	free(ok ? snapshot->xy : moved.xy);
	if (ok) {
		snapshot->records = moved.records;
		snapshot->rings = moved.rings;
		snapshot->xy = moved.xy;
	}
	return ok;
}

/* The same for their values; `spare` has room for a column. */
static void move_values(struct snapshot *snapshot, const uint32_t *order, uint32_t *spare)
{
	for (size_t c = 0; c < snapshot->column_count && snapshot->record_count; c++) {
		for (size_t i = 0; i < snapshot->record_count; i++)
			spare[i] = snapshot->column_values[c][order[i]];
		memcpy(snapshot->column_values[c], spare, snapshot->record_count * sizeof *spare);
	}
}

/* Puts all that is known of the records into Hilbert order. */
static int sort_records(struct build *build, struct error *err)
{
	struct snapshot *snapshot = build->snapshot;
	size_t count = snapshot->record_count;
	uint32_t *order = calloc(count + 1, sizeof *order);
	uint32_t *spare = calloc(count + 1, sizeof *spare);
	struct tile_box *boxes = calloc(count + 1, sizeof *boxes);
	bool ok = order && spare && boxes && hilbert_order(build->boxes, count, order) &&
		move_records(snapshot, order);

	for (size_t i = 0; ok && i < count; i++)
		boxes[i] = build->boxes[order[i]];
	if (ok)
		move_values(snapshot, order, spare);
	ok = ok && hilbert_tree_build(&snapshot->tree, boxes, count);
	free(order);
	free(spare);
	free(boxes);
	return ok ? 0 : fail_no_memory(err);
}

/* Finds how long labels may be. */
static void measure_labels(struct snapshot *snapshot)
{
	size_t column = snapshot_column(snapshot, snapshot->layer->look.label.field), len;

	for (size_t i = 0; column < snapshot->column_count && i < snapshot->record_count; i++) {
		snapshot_text(snapshot, column, i, &len);
		if (len > snapshot->label_bytes_max)
			snapshot->label_bytes_max = (uint32_t)len;
	}
}

/* Fields that tiles carry, and the one that labels show. */
static void choose_columns(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	const struct layer *layer = snapshot->layer;
	const struct look *look = &layer->look;

	for (size_t i = 0; i < layer->field_count; i++) {
		const struct layer_field *field = &layer->fields[i];
		bool label = look->label.field && !strcmp(look->label.field, field->id);

		if ((field->tile_zoom || label) && snapshot->column_count < SNAPSHOT_COLUMNS_MAX)
			snapshot->columns[snapshot->column_count++] = field;
	}
	if (look->class_field)
		build->class_field =
			layer_field_find(layer, look->class_field, strlen(look->class_field));
	if (look->width_field)
		build->width_field =
			layer_field_find(layer, look->width_field, strlen(look->width_field));
}

/* A visitor that is asked record by record. */
struct chosen {
	feature_visit *visit;
	void *context;
	bool enough;
};

static int visit_chosen(void *context, const struct feature *feature, struct error *err)
{
	struct chosen *chosen = context;
	int rc = chosen->visit(chosen->context, feature, err);

	chosen->enough = rc > 0;
	return rc;
}

/* Visits the records in the order of their ids, until the visitor has enough. */
static int read_records(struct build *build, feature_visit *visit, void *context, struct error *err)
{
	struct store *store = build->source->store;
	struct chosen chosen = {visit, context, false};
	bool found;
	int rc = 0;

	if (!build->ids)
		return feature_read_after(store, build->view, 0, visit, context, err);
	for (size_t i = 0; !rc && !chosen.enough && i < build->ids->count; i++)
		rc = feature_read_one(
			store, build->view, build->ids->ids[i], visit_chosen, &chosen, &found, err);
	return rc;
}

/* Middles of the boxes of some records. */
struct sample {
	double x[SAMPLE_SIZE], y[SAMPLE_SIZE];
	size_t count;
};

static int add_sample(void *context, const struct feature *feature, struct error *err)
{
	struct sample *sample = context;

	(void)err;
	if (feature->wkb.bytes) {
		sample->x[sample->count] = (feature->box.min_x + feature->box.max_x) / 2;
		sample->y[sample->count++] = (feature->box.min_y + feature->box.max_y) / 2;
	}
	return sample->count == SAMPLE_SIZE;
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/*
 * The origin is near the median of the first records, so that one stray record cannot push all
 * others out of reach.
 */
static int choose_origin(struct build *build, struct error *err)
{
	struct snapshot *snapshot = build->snapshot;
	int64_t corner = INT64_C(1) << (GRID_WORLD_BITS - ORIGIN_ZOOM);
	struct sample *sample = calloc(1, sizeof *sample);
	double middle[2];
	int rc;

	if (!sample)
		return fail_no_memory(err);
	rc = read_records(build, add_sample, sample, err);
	qsort(sample->x, sample->count, sizeof *sample->x, compare_doubles);
	qsort(sample->y, sample->count, sizeof *sample->y, compare_doubles);
	middle[0] = sample->x[sample->count / 2];
	middle[1] = sample->y[sample->count / 2];
	if (!rc && sample->count && !mercator_move(&build->mercator, middle, 1, NULL)) {
		snapshot->origin_x = grid_unit_x(middle[0]) / corner * corner;
		snapshot->origin_y = grid_unit_y(middle[1]) / corner * corner;
	}
	free(sample);
	return rc;
}

static int fill(struct build *build, struct error *err)
{
	struct snapshot *snapshot = build->snapshot;
	int rc = mercator_init(&build->mercator, build->source->crs, build->source->city->epsg, err);

	if (!rc)
		rc = choose_origin(build, err);
	if (!rc)
		rc = read_records(build, add_record, build, err);
	if (!rc)
		rc = sort_records(build, err);
	if (rc)
		return rc;
	snapshot->values = take(build->pool.values);
	snapshot->value_count = build->pool.count;
	snapshot->bytes = strbuf_take(&build->pool.bytes, NULL);
	if (!snapshot->bytes)
		return fail_no_memory(err);
	measure_labels(snapshot);
	return 0;
}

static int build_of(const struct snapshot_source *source, const struct view *view,
	const struct id_list *ids, struct snapshot **ret_snapshot, struct error *err)
{
	autoptr(snapshot_free) struct snapshot *snapshot = calloc(1, sizeof *snapshot);
	struct build build = {.source = source, .view = view, .ids = ids, .snapshot = snapshot,
		.arena = ARENA(SHAPE_ARENA_BYTES)};
	int rc;

	if (!snapshot)
		return fail_no_memory(err);
	snapshot->layer = view->layer;
	value_pool_init(&build.pool);
	choose_columns(&build);
	rc = fill(&build, err);
	value_pool_clear(&build.pool);
	mercator_clear(&build.mercator);
	arena_clear(&build.arena);
	free(build.boxes);
	if (rc)
		return rc;
	*ret_snapshot = take(snapshot);
	return 0;
}

int snapshot_build(const struct snapshot_source *source, const struct view *view,
	const struct box *area, struct snapshot **ret_snapshot, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	bool more = false;
	int rc = 0;

	if (area)
		rc = feature_ids_in_box(source->store, view, area, false, 0, SNAPSHOT_AREA_MAX,
			&ids, &more, err);
	if (!rc && more)
		rc = fail_tile_too_full(err, SNAPSHOT_AREA_MAX);
	return rc ? rc : build_of(source, view, area ? &ids : NULL, ret_snapshot, err);
}
