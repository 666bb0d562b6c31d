#include "tiles/mvt_layer.h"

#include "base/banned.h"
#include "tiles/pbf.h"
#include "tiles/ring_order.h"

/* Of geometries (vector-tile-spec 2.1, 4.3). */
enum { COMMAND_MOVE = 1, COMMAND_LINE = 2, COMMAND_CLOSE = 7 };
enum { COMMAND_BYTES = 5 }; /* a varint of 32 bits */

static inline uint8_t *put_point(uint8_t *at, int32_t x, int32_t y, int32_t cursor[2])
{
	at = pbf_varint(at, pbf_zigzag(x - cursor[0]));
	at = pbf_varint(at, pbf_zigzag(y - cursor[1]));
	cursor[0] = x;
	cursor[1] = y;
	return at;
}

/* The end of scratch->geometry with room for so many points and rings; NULL without memory. */
static uint8_t *geometry_room(struct mvt_scratch *scratch, size_t points, size_t rings)
{
	return (uint8_t *)strbuf_room(&scratch->geometry,
		(points * 2 + rings * 3) * COMMAND_BYTES + MVT_SHORT_COPY);
}

static void geometry_end(struct mvt_scratch *scratch, const uint8_t *end)
{
	scratch->geometry.len = (size_t)(end - (uint8_t *)scratch->geometry.data);
}

/* The corner of a record's box in a tile, in units of the snapshot, with the half that rounds. */
struct corner {
	int64_t x, y;
	int shift;
};

static struct corner corner_of(const struct snap_grid *grid, const struct tile_box *box)
{
	int64_t half = INT64_C(1) << (grid->shift - 1);

	return (struct corner){
		box->min_x - grid->left + half, box->min_y - grid->top + half, grid->shift};
}

/* MoveTo(1) LineTo(n) [ClosePath] for each ring or line, in tile units. */
static bool put_rings(struct layer_tile *layer, const struct clip_path *rings, int32_t cursor[2])
{
	bool closed = layer->geometry == GEOMETRY_AREA;
	uint8_t *at = geometry_room(layer->scratch, rings->point_count, rings->ring_count);
	size_t point = 0;

	if (rings->failed || !at)
		return false;
	for (size_t ring = 0; ring < rings->ring_count; ring++) {
		at = pbf_varint(at, COMMAND_MOVE | 1 << 3);
		at = put_point(at, rings->xy[2 * point], rings->xy[2 * point + 1], cursor);
		at = pbf_varint(at, COMMAND_LINE | (rings->ends[ring] - point - 1) << 3);
		for (point++; point < rings->ends[ring]; point++)
			at = put_point(at, rings->xy[2 * point], rings->xy[2 * point + 1], cursor);
		if (closed)
			at = pbf_varint(at, COMMAND_CLOSE | 1 << 3);
	}
	geometry_end(layer->scratch, at);
	return true;
}

/* The same of a ring as it lies in the snapshot: inside the tile, and safe to round. */
static inline uint8_t *put_lying(uint8_t *at, const struct corner *corner, const uint32_t *words,
	uint32_t count, bool is_wide, int32_t cursor[2])
{
	for (uint32_t i = 0; i < count; i++, words += is_wide ? 2 : 1) {
		uint32_t x = is_wide ? words[0] : words[0] & OUTLINE_NARROW_MAX;
		uint32_t y = is_wide ? words[1] : words[0] >> 16;

		if (i == 1)
			at = pbf_varint(at, COMMAND_LINE | (count - 1) << 3);
		at = put_point(at, (int32_t)((corner->x + x) >> corner->shift),
			(int32_t)((corner->y + y) >> corner->shift), cursor);
	}
	return at;
}

static bool put_whole(struct layer_tile *layer, size_t item)
{
	const struct snapshot *snapshot = layer->snapshot;
	const struct tile_box *box = &snapshot->tree.boxes[item];
	bool closed = layer->geometry == GEOMETRY_AREA;
	struct corner corner = corner_of(&layer->grid, box);
	int32_t cursor[2] = {0, 0};
	size_t points;
	struct outline_words lying =
		outline_at(snapshot->shapes + snapshot->records[item].shape_at, &points);
	uint8_t *at = geometry_room(layer->scratch, points, lying.ring_count);

	if (!at)
		return false;
	for (uint32_t ring = 0; ring < lying.ring_count; ring++) {
		uint32_t count = lying.rings ? lying.rings[ring] & ~outline_hole : (uint32_t)points;

		at = pbf_varint(at, COMMAND_MOVE | 1 << 3);
		if (lying.is_wide)
			at = put_lying(at, &corner, lying.points, count, true, cursor);
		else
			at = put_lying(at, &corner, lying.points, count, false, cursor);
		lying.points += (size_t)count * (lying.is_wide ? 2 : 1);
		if (closed)
			at = pbf_varint(at, COMMAND_CLOSE | 1 << 3);
	}
	geometry_end(layer->scratch, at);
	return true;
}

static bool is_within(const struct tile_box *box, const int32_t *xy)
{
	return xy[0] >= box->min_x && xy[0] <= box->max_x && xy[1] >= box->min_y &&
		xy[1] <= box->max_y;
}

static bool put_points(struct layer_tile *layer)
{
	const struct outline *outline = &layer->scratch->outline;
	const int32_t *first = outline->xy, *end = first + 2 * outline->point_count;
	uint8_t *at = geometry_room(layer->scratch, outline->point_count, 1);
	int32_t cursor[2] = {0, 0};
	uint32_t count = 0;

	if (!at)
		return false;
	for (const int32_t *xy = first; xy < end; xy += 2)
		count += is_within(&layer->clip_box, xy);
	if (!count)
		return true;
	at = pbf_varint(at, COMMAND_MOVE | count << 3);
	for (const int32_t *xy = first; xy < end; xy += 2)
		if (is_within(&layer->clip_box, xy))
			at = put_point(at, snap_x(&layer->grid, xy[0]), snap_y(&layer->grid, xy[1]),
				cursor);
	geometry_end(layer->scratch, at);
	return true;
}

bool mvt_put_point(struct layer_tile *layer, int32_t x, int32_t y)
{
	uint8_t *at;
	int32_t cursor[2] = {0, 0};

	strbuf_reset(&layer->scratch->geometry);
	if (!is_within(&layer->clip_box, (const int32_t[]){x, y}))
		return true;
	at = geometry_room(layer->scratch, 1, 1);
	if (!at)
		return false;
	at = pbf_varint(at, COMMAND_MOVE | 1 << 3);
	geometry_end(layer->scratch,
		put_point(at, snap_x(&layer->grid, x), snap_y(&layer->grid, y), cursor));
	return true;
}

bool mvt_put_lines(struct layer_tile *layer, const struct clip_path *lines)
{
	struct clip_path *snapped = &layer->scratch->snapped;
	int32_t cursor[2] = {0, 0};

	strbuf_reset(&layer->scratch->geometry);
	clip_path_reset(snapped);
	snap_lines(&layer->scratch->snapper, &layer->grid, lines, snapped);
	return put_rings(layer, snapped, cursor);
}

static bool box_holds(const struct tile_box *outer, const struct tile_box *inner)
{
	return inner->min_x >= outer->min_x && inner->max_x <= outer->max_x &&
		inner->min_y >= outer->min_y && inner->max_y <= outer->max_y;
}

/* Gathers the rings of the record from *ring on: of an area one polygon, else all. */
static void gather_part(struct layer_tile *layer, uint32_t *ring)
{
	const struct outline *outline = &layer->scratch->outline;
	struct clip_path *whole = &layer->scratch->whole;
	bool area = layer->geometry == GEOMETRY_AREA;

	clip_path_reset(whole);
	do {
		clip_path_add(whole, outline_points(outline, *ring),
			outline->rings[*ring].point_count);
		(*ring)++;
	} while (*ring < outline->ring_count && (!area || outline->rings[*ring].hole));
}

/* What was gathered, clipped where it crosses the tile's box, and rounded. */
static void cut_part(struct layer_tile *layer, bool is_inside)
{
	struct mvt_scratch *scratch = layer->scratch;
	const struct clip_path *part = is_inside ? &scratch->whole : &scratch->clipped;

	clip_path_reset(&scratch->clipped);
	clip_path_reset(&scratch->snapped);
	if (layer->geometry == GEOMETRY_AREA) {
		if (!is_inside)
			clip_area(&scratch->clipper, &scratch->whole, &layer->clip_box,
				&scratch->clipped);
		snap_area(&scratch->snapper, &scratch->clipper, &layer->grid, part,
			&scratch->snapped);
	} else {
		if (!is_inside)
			clip_lines(&scratch->whole, &layer->clip_box, &scratch->clipped);
		snap_lines(&scratch->snapper, &layer->grid, part, &scratch->snapped);
	}
	scratch->snapped.failed |= scratch->whole.failed || scratch->clipped.failed;
}

/* Of a block the tile shows rings in an order that what lies beyond it has no part in. */
static bool put_block(struct layer_tile *layer, bool is_inside)
{
	autofree(clip_path_clear) struct clip_path all = {0}, ordered = {0};
	const struct clip_path *snapped = &layer->scratch->snapped;
	int32_t cursor[2] = {0, 0};
	uint32_t ring = 0;

	while (ring < layer->scratch->outline.ring_count) {
		gather_part(layer, &ring);
		cut_part(layer, is_inside);
		for (size_t i = 0; i < snapped->ring_count; i++) {
			size_t start = clip_path_start(snapped, i);

			clip_path_add(&all, snapped->xy + 2 * start, snapped->ends[i] - start);
		}
		all.failed |= snapped->failed;
	}
	return !all.failed && ring_order(&all, &ordered) && put_rings(layer, &ordered, cursor);
}

bool mvt_put_geometry(struct layer_tile *layer, size_t item)
{
	const struct snapshot *snapshot = layer->snapshot;
	bool is_inside = box_holds(&layer->clip_box, &snapshot->tree.boxes[item]);
	int32_t cursor[2] = {0, 0};
	uint32_t ring = 0;

	strbuf_reset(&layer->scratch->geometry);
	if (layer->geometry != GEOMETRY_POINT && is_inside &&
		layer->tile.z >= snapshot->records[item].safe_zoom)
		return put_whole(layer, item);
	if (!outline_read(snapshot, item, &layer->scratch->outline))
		return false;
	if (layer->geometry == GEOMETRY_POINT)
		return put_points(layer);
	if (snapshot->is_blocks)
		return put_block(layer, is_inside);
	while (ring < layer->scratch->outline.ring_count) {
		gather_part(layer, &ring);
		cut_part(layer, is_inside);
		if (!put_rings(layer, &layer->scratch->snapped, cursor))
			return false;
	}
	return true;
}
