#include "tiles/snapshot.h"

#include <math.h>

#include "base/messages.h"
#include "data/feature_read.h"
#include "data/history.h"
#include "gis/shape.h"
#include "tiles/blocks.h"
#include "tiles/clearance.h"
#include "tiles/mercator.h"
#include "tiles/snapshot_file.h"
#include "tiles/snapshot_gather.h"

enum { SHAPE_ARENA_BYTES = 128 << 20 }; /* of one record: its points several times over */

/* A snapshot while its records come in, in the order of their ids. */
struct build {
	const struct snapshot_source *source;
	const struct view *view;
	const struct layer *layer;
	struct snapshot_gather gather;
	const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX];
	struct mercator mercator;
	struct arena arena;
	struct outline outline; /* of the record in hand */
	const struct layer_field *class_field, *width_field;
};

static double signed_area2(const double *xy, size_t count)
{
	double sum = 0;

	for (size_t i = 1; i + 1 < count; i++)
		sum += (xy[2 * i] - xy[0]) * (xy[2 * i + 3] - xy[1]) -
			(xy[2 * i + 2] - xy[0]) * (xy[2 * i + 1] - xy[1]);
	return sum;
}

/* A place as offset; false where 32 bits cannot say it (2,500 km from the origin). */
static bool to_offset(struct grid_place origin, const double *mercator, int32_t *ret_xy)
{
	int64_t x = grid_unit_x(mercator[0]) - origin.x;
	int64_t y = grid_unit_y(mercator[1]) - origin.y;

	if (x < INT32_MIN || x > INT32_MAX || y < INT32_MIN || y > INT32_MAX)
		return false;
	ret_xy[0] = (int32_t)x;
	ret_xy[1] = (int32_t)y;
	return true;
}

/* Adds one ring in the turn that it shall have; false if it cannot be drawn. */
static bool add_ring(struct build *build, const double *xy, size_t count, bool is_area, bool is_hole)
{
	struct outline *outline = &build->outline;
	int32_t *to = outline->xy + 2 * outline->point_count;
	/* North is up in Mercator and down in tiles: a clockwise outer ring has negative area. */
	bool turn = is_area && (signed_area2(xy, count) > 0) != is_hole;

	if (is_area && count > 1 && xy[0] == xy[2 * count - 2] && xy[1] == xy[2 * count - 1])
		count--;
	for (size_t i = 0; i < count; i++)
		if (!to_offset(build->gather.origin, xy + 2 * (turn ? count - 1 - i : i), to + 2 * i))
			return false;
	outline->rings[outline->ring_count++] = (struct snapshot_ring){
		(uint32_t)outline->point_count, (uint32_t)count, is_hole};
	outline->point_count += count;
	return true;
}

/* False if something of the shape cannot be drawn. There is room for it. */
static bool add_rings(struct build *build, const struct shape *shape)
{
	bool is_area = shape->kind == GEOMETRY_AREA;
	size_t ring = 0, first = 0;

	for (size_t part = 0; part < shape->part_count; part++) {
		for (bool is_inner = false; ring < shape->part_ends[part]; ring++, is_inner = true) {
			size_t end = shape->ring_ends[ring];

			if (!add_ring(build, shape->xy + 2 * first, end - first, is_area,
				    is_inner && is_area))
				return false;
			first = end;
		}
	}
	return true;
}

static uint8_t look_of(const struct build *build, const struct feature *feature)
{
	const struct layer *layer = build->layer;
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
	value = &feature->values[layer_field_index(build->layer, build->width_field)];
	return value->kind == VALUE_REAL && value->real > 0 && value->real < 1000
		? (float)value->real
		: 0;
}

static int number_values(struct build *build, const struct feature *feature,
	struct snapshot_piece *piece, struct error *err)
{
	for (size_t i = 0; i < build->gather.column_count; i++) {
		const struct layer_field *field = build->columns[i];
		const struct value *value = &feature->values[layer_field_index(build->layer, field)];

		if (!value_pool_number(
			    &build->gather.pool, value, field->type, &piece->values[i]))
			return fail_no_memory(err);
	}
	return 0;
}

static int32_t day_of(const struct date *date, int32_t open)
{
	return *date->text ? (int32_t)date_days(date) : open;
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

/* What is known of a version beside its outline. */
static int describe(struct build *build, const struct feature *feature, struct snapshot_piece *piece,
	struct error *err)
{
	int64_t unit = view_unit(build->layer, feature);
	int rc = number_values(build, feature, piece, err);

	piece->record.id = feature->id;
	piece->record.look = look_of(build, feature);
	piece->record.width_m = width_of(build, feature);
	piece->record.safe_zoom = clearance_safe_zoom(&build->outline, build->layer->geometry);
	piece->span = (struct snapshot_span){feature->recorded_at_us,
		day_of(&feature->valid_from, INT32_MIN), day_of(&feature->valid_to, INT32_MAX)};
	return rc ? rc : snapshot_gather_unit(&build->gather, unit, &piece->unit, err);
}

static int add_version(struct build *build, const struct feature *feature,
	struct snapshot_piece *piece, struct error *err)
{
	struct shape shape = {0};
	int rc = 0;

	arena_reset(&build->arena);
	if (feature->wkb.bytes)
		rc = prepare_shape(build, feature, &shape);
	if (rc == ERR_NOMEM ||
		!outline_reserve(&build->outline, shape.ring_count, shape.point_count))
		return fail_no_memory(err);
	if (!shape.point_count || !add_rings(build, &shape)) {
		build->gather.bodies[piece->body].undrawn++;
		return 0;
	}
	rc = describe(build, feature, piece, err);
	return rc ? rc : snapshot_gather_add(&build->gather, piece, &build->outline, err);
}

static int add_record(void *context, const struct feature *feature, struct error *err)
{
	struct snapshot_piece piece = {.body = BODY_NOW, .superseded_us = INT64_MAX};

	return add_version(context, feature, &piece, err);
}

static int add_past(void *context, const struct history_entry *entry, struct error *err)
{
	struct snapshot_piece piece = {.body = BODY_PAST, .superseded_us = INT64_MAX};

	if (entry->superseded_at_us)
		piece.superseded_us = entry->superseded_at_us;
	return add_version(context, entry->feature, &piece, err);
}

/* The corner of a tile in the middle of where the city's system is used; else in Vietnam's. */
static int find_origin(
	const struct snapshot_source *source, struct grid_place *ret_origin, struct error *err)
{
	struct crs_info info;
	int rc = crs_describe(source->crs, source->city->epsg, &info, err);
	bool known = !rc && info.west <= info.east;
	struct tile tile = tile_at(known ? (info.west + info.east) / 2 : 108,
		known ? (info.south + info.north) / 2 : 16, SNAPSHOT_ORIGIN_ZOOM);
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - SNAPSHOT_ORIGIN_ZOOM);

	*ret_origin = (struct grid_place){tile.x * side, tile.y * side};
	return rc;
}

static int begin(struct build *build, const struct snapshot_source *source, const struct view *view,
	const struct snapshot *base, const char *folder, struct error *err)
{
	const struct layer *layer = view->layer;
	const struct look *look = &layer->look;
	struct grid_place origin = {0, 0};
	int rc = 0;

	*build = (struct build){.source = source, .view = view, .layer = layer,
		.arena = ARENA(SHAPE_ARENA_BYTES)};
	snapshot_choose_columns(layer, build->columns);
	if (look->class_field)
		build->class_field =
			layer_field_find(layer, look->class_field, strlen(look->class_field));
	if (look->width_field)
		build->width_field =
			layer_field_find(layer, look->width_field, strlen(look->width_field));
	if (base)
		origin = base->origin;
	else
		rc = find_origin(source, &origin, err);
	if (!rc)
		rc = snapshot_gather_init(
			&build->gather, layer, origin, base ? &base->pool : NULL, folder, err);
	return rc ? rc : mercator_init(&build->mercator, source->crs, source->city->epsg, err);
}

static void end(struct build *build)
{
	snapshot_gather_clear(&build->gather);
	mercator_clear(&build->mercator);
	outline_clear(&build->outline);
	arena_clear(&build->arena);
}

int snapshot_build_of(const struct snapshot_source *source, const struct view *view,
	const struct snapshot_wish *wish, struct snapshot **ret_snapshot, struct error *err)
{
	const struct id_list *ids = wish->ids;
	struct build build;
	int rc = begin(&build, source, view, wish->base, NULL, err);

	if (!rc && ids)
		rc = feature_read_list(source->store, view, ids->ids, ids->count, add_record,
			&build, err);
	else if (!rc)
		rc = feature_read_after(source->store, view, 0, add_record, &build, err);
	if (!rc && wish->with_past)
		rc = history_past(source->store, view->layer, ids, add_past, &build, err);
	if (!rc)
		rc = snapshot_gather_write(&build.gather, ret_snapshot, err);
	end(&build);
	return rc;
}

/* The blocks of a whole layer; without them there is no snapshot. */
static int add_blocks(struct snapshot *snapshot, struct error *err)
{
	struct snapshot *made = NULL;
	struct blocks blocks;
	int rc = blocks_begin(&blocks, snapshot, NULL, NULL, err);

	if (!rc)
		rc = blocks_add_all(&blocks, snapshot, err);
	if (!rc)
		rc = blocks_finish(&blocks, &made, err);
	blocks_clear(&blocks);
	snapshot->blocks = made;
	if (rc)
		snapshot_free(snapshot);
	return rc;
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
	if (!rc)
		rc = snapshot_build_of(source, view,
			&(struct snapshot_wish){.ids = area ? &ids : NULL}, ret_snapshot, err);
	if (!rc && !area && view->layer->look.block_zoom)
		rc = add_blocks(*ret_snapshot, err);
	return rc;
}

int snapshot_build_file(const struct snapshot_source *source, const struct layer *layer,
	const struct snapshot_stamp *stamp, const char *folder, const char *path,
	struct error *err)
{
	struct snapshot_header header = {.seq = stamp->seq, .place = stamp->place,
		.look = snapshot_form_look(layer)};
	struct view view = VIEW_NOW(layer);
	struct build build;
	int rc = begin(&build, source, &view, NULL, folder, err);

	snprintf(header.layer, sizeof header.layer, "%s", layer->id);
	snprintf(header.seal, sizeof header.seal, "%s", stamp->seal.text);
	if (!rc)
		rc = feature_read_after(source->store, &view, 0, add_record, &build, err);
	if (!rc)
		rc = history_past(source->store, layer, NULL, add_past, &build, err);
	if (!rc)
		rc = snapshot_gather_write_file(&build.gather, &header, path, err);
	end(&build);
	return rc;
}
