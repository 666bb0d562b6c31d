#include "tiles/mvt.h"

#include "base/messages.h"
#include "tiles/pbf.h"
#include "tiles/ring_order.h"

/* Fields of the messages (vector-tile-spec 2.1, appendix A). */
enum { TILE_LAYERS = 3 };
enum {
	LAYER_NAME = 1,
	LAYER_FEATURES = 2,
	LAYER_KEYS = 3,
	LAYER_VALUES = 4,
	LAYER_EXTENT = 5,
	LAYER_VERSION = 15,
};
enum { FEATURE_ID = 1, FEATURE_TAGS = 2, FEATURE_TYPE = 3, FEATURE_GEOMETRY = 4 };
enum { TYPE_POINT = 1, TYPE_LINE = 2, TYPE_POLYGON = 3 };
enum { COMMAND_MOVE = 1, COMMAND_LINE = 2, COMMAND_CLOSE = 7 };
enum {
	LAYER_MAX_BYTES = 64 << 20,
	COMMAND_BYTES = 5, /* a varint of 32 bits */
	FEATURE_HEAD_BYTES = 64,
	FEATURE_TAGS_BYTES = SNAPSHOT_COLUMNS_MAX * 2 * 5,
};

void mvt_scratch_init(struct mvt_scratch *scratch)
{
	*scratch = (struct mvt_scratch){
		.features = STRBUF(LAYER_MAX_BYTES), .geometry = STRBUF(LAYER_MAX_BYTES)};
}

void mvt_scratch_clear(struct mvt_scratch *scratch)
{
	item_list_clear(&scratch->found);
	clipper_clear(&scratch->clipper);
	snapper_clear(&scratch->snapper);
	outline_clear(&scratch->outline);
	clip_path_clear(&scratch->whole);
	clip_path_clear(&scratch->clipped);
	clip_path_clear(&scratch->snapped);
	strbuf_clear(&scratch->features);
	strbuf_clear(&scratch->geometry);
	free(scratch->sorted);
	free(scratch->value_numbers);
	free(scratch->values_used);
	mvt_scratch_init(scratch);
}

/* A layer of a tile while it is written. */
struct layer_tile {
	struct mvt_scratch *scratch;
	const struct snapshot *snapshot;
	struct tile tile;
	struct snap_grid grid;
	struct tile_box clip_box;
	/* Fields of this zoom: numbers of the snapshot's columns. */
	size_t columns[SNAPSHOT_COLUMNS_MAX], column_count;
};

static bool grow(void **array, size_t *room, size_t need, size_t size)
{
	void *moved;

	if (need <= *room)
		return true;
	need += need / 2;
	moved = realloc(*array, need * size);
	if (!moved)
		return false;
	*array = moved;
	*room = need;
	return true;
}

static uint8_t *put_point(uint8_t *at, int32_t x, int32_t y, int32_t cursor[2])
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
	struct strbuf *out = &scratch->geometry;

	if (!strbuf_reserve(out, (points * 2 + rings * 3) * COMMAND_BYTES))
		return NULL;
	return (uint8_t *)out->data + out->len;
}

static void geometry_end(struct mvt_scratch *scratch, const uint8_t *end)
{
	scratch->geometry.len = (size_t)(end - (uint8_t *)scratch->geometry.data);
}

/* MoveTo(1) LineTo(n) [ClosePath] for each ring or line, in tile units. */
static bool put_rings(struct layer_tile *layer, const struct clip_path *rings, int32_t cursor[2])
{
	bool closed = layer->snapshot->layer->geometry == GEOMETRY_AREA;
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

/* The same of a record that is inside and safe to round. */
static bool put_whole(struct layer_tile *layer)
{
	const struct outline *outline = &layer->scratch->outline;
	const int32_t *xy = outline->xy;
	bool closed = layer->snapshot->layer->geometry == GEOMETRY_AREA;
	struct snap_grid grid = layer->grid;
	int32_t cursor[2] = {0, 0};
	uint8_t *at = geometry_room(layer->scratch, outline->point_count, outline->ring_count);

	if (!at)
		return false;
	for (uint32_t ring = 0; ring < outline->ring_count; ring++) {
		uint32_t count = outline->rings[ring].point_count;

		at = pbf_varint(at, COMMAND_MOVE | 1 << 3);
		for (uint32_t i = 0; i < count; i++, xy += 2) {
			if (i == 1)
				at = pbf_varint(at, COMMAND_LINE | (count - 1) << 3);
			at = put_point(at, snap_x(&grid, xy[0]), snap_y(&grid, xy[1]), cursor);
		}
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
	bool area = layer->snapshot->layer->geometry == GEOMETRY_AREA;

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
	if (layer->snapshot->layer->geometry == GEOMETRY_AREA) {
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

/* Fills scratch->geometry with what the tile shows of a record. */
static bool put_geometry(struct layer_tile *layer, size_t item)
{
	const struct snapshot *snapshot = layer->snapshot;
	bool is_inside = box_holds(&layer->clip_box, &snapshot->tree.boxes[item]);
	int32_t cursor[2] = {0, 0};
	uint32_t ring = 0;

	strbuf_reset(&layer->scratch->geometry);
	if (!outline_read(snapshot, item, &layer->scratch->outline))
		return false;
	if (snapshot->layer->geometry == GEOMETRY_POINT)
		return put_points(layer);
	if (is_inside && layer->tile.z >= snapshot->records[item].safe_zoom)
		return put_whole(layer);
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

/* The number in the tile of a value of the snapshot. */
static bool number_value(struct mvt_scratch *scratch, uint32_t value, uint32_t *ret_number)
{
	struct mvt_value_number *number = &scratch->value_numbers[value];
	void *used = scratch->values_used;

	if (number->stamp != scratch->stamp) {
		if (!grow(&used, &scratch->values_used_room, scratch->values_used_count + 1,
			    sizeof *scratch->values_used))
			return false;
		scratch->values_used = used;
		number->stamp = scratch->stamp;
		number->number = (uint32_t)scratch->values_used_count;
		scratch->values_used[scratch->values_used_count++] = value;
	}
	*ret_number = number->number;
	return true;
}

/* Writes the tags of a record; how many bytes they are, or -1 without memory. */
static int put_tags(struct layer_tile *layer, size_t item, uint8_t tags[FEATURE_TAGS_BYTES])
{
	uint8_t *at = tags;

	for (size_t i = 0; i < layer->column_count; i++) {
		uint32_t number;
		uint32_t value = layer->snapshot->column_values[layer->columns[i]][item];

		if (value == SNAPSHOT_NO_VALUE)
			continue;
		if (!number_value(layer->scratch, value, &number))
			return -1;
		at = pbf_varint(pbf_varint(at, i), number);
	}
	return (int)(at - tags);
}

/* Appends the Feature message around the geometry in scratch. */
static bool put_feature(
	struct layer_tile *layer, const struct snapshot_record *record, size_t item)
{
	static const uint8_t types[] = {TYPE_POINT, TYPE_LINE, TYPE_POLYGON};
	const struct strbuf *geometry = &layer->scratch->geometry;
	struct strbuf *out = &layer->scratch->features;
	uint8_t tags[FEATURE_TAGS_BYTES], message[FEATURE_HEAD_BYTES + FEATURE_TAGS_BYTES];
	uint8_t *end = message, *at;
	int tags_len = put_tags(layer, item, tags);
	size_t len;

	if (tags_len < 0)
		return false;
	end = pbf_varint(pbf_tag(end, FEATURE_ID, PBF_VARINT), (uint64_t)record->id);
	if (tags_len)
		end = pbf_bytes(end, FEATURE_TAGS, tags, (size_t)tags_len);
	end = pbf_varint(pbf_tag(end, FEATURE_TYPE, PBF_VARINT),
		types[layer->snapshot->layer->geometry]);
	end = pbf_varint(pbf_tag(end, FEATURE_GEOMETRY, PBF_BYTES), geometry->len);
	len = (size_t)(end - message);
	if (!strbuf_reserve(out, 2 * PBF_VARINT_MAX_BYTES + len + geometry->len))
		return false;
	at = (uint8_t *)out->data + out->len;
	at = pbf_varint(pbf_tag(at, LAYER_FEATURES, PBF_BYTES), len + geometry->len);
	memcpy(at, message, len);
	memcpy(at + len, geometry->data, geometry->len);
	out->len = (size_t)(at - (uint8_t *)out->data) + len + geometry->len;
	return true;
}

/* Numbers of the values start anew; the array fits the snapshot. */
static bool reset_values(struct mvt_scratch *scratch, const struct snapshot *snapshot)
{
	size_t count = (size_t)snapshot->pool.first + snapshot->pool.count;

	scratch->values_used_count = 0;
	if (count > scratch->value_room) {
		free(scratch->value_numbers);
		scratch->value_room = 0;
		scratch->value_numbers = calloc(count, sizeof *scratch->value_numbers);
		if (!scratch->value_numbers)
			return false;
		scratch->value_room = count;
		scratch->stamp = 0;
	}
	if (++scratch->stamp == 0 && scratch->value_room) {
		memset(scratch->value_numbers, 0,
			scratch->value_room * sizeof *scratch->value_numbers);
		scratch->stamp = 1;
	}
	return true;
}

static bool is_drawn(const struct layer_tile *layer, size_t item)
{
	const struct look *look = &layer->snapshot->layer->look;

	return layer->tile.z >= look->classes[layer->snapshot->records[item].look].min_zoom;
}

/* Width and height together, halved so that it fits: what to keep when there are too many. */
static uint32_t box_size(const struct tile_box *box)
{
	return (uint32_t)(((int64_t)box->max_x - box->min_x + box->max_y - box->min_y) / 2);
}

/* Sorts scratch->sorted[count] by the ids of its records. */
static void sort_by_rank(struct layer_tile *layer, size_t count)
{
	struct radix_item *sorted = layer->scratch->sorted;

	for (size_t i = 0; i < count; i++)
		sorted[i].key = layer->snapshot->records[sorted[i].item].rank;
	radix_sort(sorted, sorted + count, count);
}

/* Leaves the largest of the records sorted by their ids; of equal ones the first. */
static void keep_largest(struct layer_tile *layer, size_t count)
{
	struct radix_item *sorted = layer->scratch->sorted;

	for (size_t i = 0; i < count; i++)
		sorted[i].key = ~box_size(&layer->snapshot->tree.boxes[sorted[i].item]);
	radix_sort(sorted, sorted + count, count);
	sort_by_rank(layer, MVT_FEATURES_MAX);
}

/* Puts the numbers of the records of this tile into scratch->sorted, by their ids. */
static bool find_records(struct layer_tile *layer, size_t *ret_count, size_t *ret_dropped)
{
	struct mvt_scratch *scratch = layer->scratch;
	struct item_list *found = &scratch->found;
	void *sorted = scratch->sorted;
	size_t count = 0;

	found->count = 0;
	if (!hilbert_tree_search(&layer->snapshot->tree, &layer->clip_box, found) ||
		!grow(&sorted, &scratch->sorted_room, found->count * 2 + 1,
			sizeof *scratch->sorted))
		return false;
	scratch->sorted = sorted;
	for (size_t i = 0; i < found->count; i++)
		if (is_drawn(layer, found->items[i]))
			scratch->sorted[count++].item = found->items[i];
	sort_by_rank(layer, count);
	*ret_dropped = 0;
	if (count > MVT_FEATURES_MAX) {
		keep_largest(layer, count);
		*ret_dropped = count - MVT_FEATURES_MAX;
	}
	*ret_count = count - *ret_dropped;
	return true;
}

/* Writes the records that were found; *ret_written of them show something. */
static bool put_features(struct layer_tile *layer, size_t count, size_t *ret_written)
{
	struct mvt_scratch *scratch = layer->scratch;
	const struct snapshot *snapshot = layer->snapshot;

	*ret_written = 0;
	strbuf_reset(&scratch->features);
	for (size_t i = 0; i < count; i++) {
		size_t item = scratch->sorted[i].item;
		const struct snapshot_record *record = &snapshot->records[item];

		if (!put_geometry(layer, item))
			return false;
		if (!scratch->geometry.len)
			continue;
		if (!put_feature(layer, record, item))
			return false;
		(*ret_written)++;
	}
	return true;
}

/* What stands behind the features of a layer: its keys, values and extent. */
static void put_tail(const struct layer_tile *layer, struct strbuf *tail)
{
	const struct snapshot *snapshot = layer->snapshot;
	uint8_t head[2 * PBF_VARINT_MAX_BYTES], *end;

	for (size_t i = 0; i < layer->column_count; i++) {
		const char *key = snapshot->columns[layer->columns[i]]->id;

		end = pbf_varint(pbf_tag(head, LAYER_KEYS, PBF_BYTES), strlen(key));
		strbuf_add(tail, head, (size_t)(end - head));
		strbuf_add_text(tail, key);
	}
	for (size_t i = 0; i < layer->scratch->values_used_count; i++) {
		uint32_t number = layer->scratch->values_used[i];
		const struct value_table *table = value_table_of(&snapshot->pool, number);
		const struct snapshot_value *value = &table->values[number - table->first];

		end = pbf_varint(pbf_tag(head, LAYER_VALUES, PBF_BYTES), value->bytes_len);
		strbuf_add(tail, head, (size_t)(end - head));
		strbuf_add(tail, table->bytes + value->bytes_at, value->bytes_len);
	}
	end = pbf_varint(pbf_tag(head, LAYER_EXTENT, PBF_VARINT), MVT_EXTENT);
	strbuf_add(tail, head, (size_t)(end - head));
}

/* The Layer message around the features in scratch. */
static bool put_layer(const struct layer_tile *layer, struct strbuf *out)
{
	const struct strbuf *features = &layer->scratch->features;
	const char *name = layer->snapshot->layer->id;
	autofree(strbuf_clear) struct strbuf tail = STRBUF(LAYER_MAX_BYTES);
	uint8_t length[2 * PBF_VARINT_MAX_BYTES], head[4 * PBF_VARINT_MAX_BYTES], *end;
	size_t len;

	put_tail(layer, &tail);
	end = pbf_varint(pbf_tag(head, LAYER_VERSION, PBF_VARINT), 2);
	end = pbf_varint(pbf_tag(end, LAYER_NAME, PBF_BYTES), strlen(name));
	len = (size_t)(end - head) + strlen(name) + features->len + tail.len;
	end = pbf_varint(pbf_tag(length, TILE_LAYERS, PBF_BYTES), len);
	strbuf_add(out, length, (size_t)(end - length));
	strbuf_add(out, head, len - strlen(name) - features->len - tail.len);
	strbuf_add_text(out, name);
	strbuf_add(out, features->data, features->len);
	strbuf_add(out, tail.data, tail.len);
	return !tail.failed;
}

/* What may be seen of a tile: with the buffer around it. */
static struct tile_box clip_box_of(struct tile tile)
{
	int shift = GRID_WORLD_BITS - (int)tile.z - MVT_EXTENT_BITS;

	return snapshot_tile_box(tile, (int64_t)MVT_BUFFER << shift);
}

static struct layer_tile begin_layer(
	struct mvt_scratch *scratch, const struct snapshot *snapshot, struct tile tile)
{
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - tile.z);
	struct layer_tile layer = {
		.scratch = scratch,
		.snapshot = snapshot,
		.tile = tile,
		.grid = {(int64_t)tile.x * side - SNAPSHOT_ORIGIN_X,
			(int64_t)tile.y * side - SNAPSHOT_ORIGIN_Y,
			GRID_WORLD_BITS - (int)tile.z - MVT_EXTENT_BITS},
	};

	layer.clip_box = clip_box_of(tile);
	for (size_t i = 0; i < snapshot->column_count; i++)
		if (snapshot->columns[i]->tile_zoom && tile.z >= snapshot->columns[i]->tile_zoom)
			layer.columns[layer.column_count++] = i;
	return layer;
}

static bool write_layer(struct mvt_scratch *scratch, const struct snapshot *snapshot,
	struct tile tile, struct strbuf *out, struct mvt_report *report)
{
	struct layer_tile layer = begin_layer(scratch, snapshot, tile);
	size_t count, dropped, written;

	if (!reset_values(scratch, snapshot) || !find_records(&layer, &count, &dropped) ||
		!put_features(&layer, count, &written))
		return false;
	report->features += written;
	report->dropped += dropped;
	return !written || put_layer(&layer, out);
}

int mvt_write(struct mvt_scratch *scratch, const struct snapshot *const *snapshots, size_t count,
	struct tile tile, struct strbuf *out, struct mvt_report *ret_report, struct error *err)
{
	struct mvt_report report = {0};

	for (size_t i = 0; i < count; i++) {
		const struct look *look = &snapshots[i]->layer->look;

		if (tile.z < look->min_zoom || tile.z > look->max_zoom)
			continue;
		if (!write_layer(scratch, snapshot_at(snapshots[i], tile.z), tile, out, &report))
			return fail_no_memory(err);
	}
	*ret_report = report;
	return strbuf_check(out, err);
}

struct point_count {
	const struct snapshot *snapshot;
	size_t points;
};

static bool count_points(void *context, size_t item)
{
	struct point_count *count = context;
	const struct snapshot *snapshot = count->snapshot;

	count->points += outline_count_points(snapshot->shapes + snapshot->records[item].shape_at);
	return count->points <= MVT_SHORT_POINTS;
}

bool mvt_is_short(const struct snapshot *const *snapshots, size_t count, struct tile tile)
{
	struct point_count found = {0};

	for (size_t i = 0; i < count; i++) {
		struct tile_box box = clip_box_of(tile);

		found.snapshot = snapshot_at(snapshots[i], tile.z);
		if (!hilbert_tree_visit(&found.snapshot->tree, &box,
			    (struct item_visitor){count_points, &found}))
			return false;
	}
	return true;
}
