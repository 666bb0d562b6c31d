#include "tiles/mvt.h"

#include "base/messages.h"
#include "tiles/pbf.h"

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
enum { LAYER_MAX_BYTES = 64 << 20 };

void mvt_scratch_init(struct mvt_scratch *scratch)
{
	*scratch = (struct mvt_scratch){
		.features = STRBUF(LAYER_MAX_BYTES), .geometry = STRBUF(LAYER_MAX_BYTES)};
}

void mvt_scratch_clear(struct mvt_scratch *scratch)
{
	item_list_clear(&scratch->found);
	clipper_clear(&scratch->clipper);
	clip_path_clear(&scratch->whole);
	clip_path_clear(&scratch->clipped);
	strbuf_clear(&scratch->features);
	strbuf_clear(&scratch->geometry);
	free(scratch->sorted);
	free(scratch->ring);
	free(scratch->value_numbers);
	free(scratch->value_stamps);
	free(scratch->values_used);
	mvt_scratch_init(scratch);
}

/* A layer of a tile while it is written. */
struct layer_tile {
	struct mvt_scratch *scratch;
	const struct snapshot *snapshot;
	struct tile tile;
	int64_t left, top; /* of the tile, in the snapshot's coordinates */
	int shift;	   /* from world units to tile units */
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

/* Rounds to the nearest tile unit, the same for all tiles that see the point. */
static int32_t to_tile(int64_t coordinate, int64_t origin, int shift)
{
	return (int32_t)((coordinate - origin + (INT64_C(1) << (shift - 1))) >> shift);
}

static bool same_point(const int32_t *a, const int32_t *b)
{
	return a[0] == b[0] && a[1] == b[1];
}

/* Takes repeated points and spikes away where the end of a ring meets its start. */
static size_t trim_seam(int32_t *ring, size_t count)
{
	while (count > 2) {
		const int32_t *last = ring + 2 * count - 2;

		if (same_point(last, ring)) {
			count--;
		} else if (same_point(last - 2, ring)) {
			count -= 2;
		} else if (same_point(last, ring + 2)) {
			/* The start is a spike: it goes, and one of the two points at its foot. */
			memmove(ring, ring + 2, (count - 2) * 2 * sizeof *ring);
			count -= 2;
		} else {
			break;
		}
	}
	return count;
}

/*
 * Rounds a ring into scratch->ring without repeated points and without spikes, which rounding
 * leaves where a ring was thinner than a unit. Returns how many points are left.
 */
static size_t round_ring(struct layer_tile *layer, const int32_t *xy, size_t count, bool closed)
{
	int32_t *ring = layer->scratch->ring;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		int32_t x = to_tile(xy[2 * i], layer->left, layer->shift);
		int32_t y = to_tile(xy[2 * i + 1], layer->top, layer->shift);

		ring[2 * kept] = x;
		ring[2 * kept + 1] = y;
		if (kept && same_point(ring + 2 * kept, ring + 2 * kept - 2))
			continue;
		if (closed && kept > 1 && same_point(ring + 2 * kept, ring + 2 * kept - 4))
			kept--; /* there and back again */
		else
			kept++;
	}
	return closed ? trim_seam(ring, kept) : kept;
}

/* Appends commands and moves the cursor. */
static uint8_t *put_points(uint8_t *at, const int32_t *xy, size_t count, int32_t cursor[2])
{
	for (size_t i = 0; i < count; i++) {
		at = pbf_varint(at, pbf_zigzag(xy[2 * i] - cursor[0]));
		at = pbf_varint(at, pbf_zigzag(xy[2 * i + 1] - cursor[1]));
		cursor[0] = xy[2 * i];
		cursor[1] = xy[2 * i + 1];
	}
	return at;
}

/* One ring or line: MoveTo(1) LineTo(n) [ClosePath]. */
static bool put_ring(struct layer_tile *layer, size_t count, bool closed, int32_t cursor[2])
{
	struct strbuf *out = &layer->scratch->geometry;
	const int32_t *ring = layer->scratch->ring;
	uint8_t *at;

	if (!strbuf_reserve(out, (count * 2 + 3) * PBF_VARINT_MAX_BYTES))
		return false;
	at = (uint8_t *)out->data + out->len;
	at = pbf_varint(at, COMMAND_MOVE | 1 << 3);
	at = put_points(at, ring, 1, cursor);
	at = pbf_varint(at, COMMAND_LINE | (count - 1) << 3);
	at = put_points(at, ring + 2, count - 1, cursor);
	if (closed)
		at = pbf_varint(at, COMMAND_CLOSE | 1 << 3);
	out->len = (size_t)(at - (uint8_t *)out->data);
	return true;
}

static size_t ring_start(const struct clip_path *path, size_t ring)
{
	return ring ? path->ends[ring - 1] : 0;
}

/* The rings of one polygon, outer ones each before its holes. */
static bool put_area(struct layer_tile *layer, const struct clip_path *area, int32_t cursor[2])
{
	bool outer_written = false;

	for (size_t i = 0; i < area->ring_count; i++) {
		const int32_t *xy = area->xy + 2 * ring_start(area, i);
		size_t count = area->ends[i] - ring_start(area, i);
		bool outer = clip_ring_area2(xy, count) > 0;
		int64_t area2;

		count = round_ring(layer, xy, count, true);
		area2 = count > 2 ? clip_ring_area2(layer->scratch->ring, count) : 0;
		if (outer)
			outer_written = area2 > 0;
		/* Where rounding left nothing of an outer ring, its holes go too. */
		if (!area2 || !outer_written)
			continue;
		if (!put_ring(layer, count, true, cursor))
			return false;
	}
	return true;
}

static bool put_lines(struct layer_tile *layer, const struct clip_path *lines, int32_t cursor[2])
{
	size_t first = 0;

	for (size_t i = 0; i < lines->ring_count; i++) {
		size_t end = lines->ends[i], count;

		count = round_ring(layer, lines->xy + 2 * first, end - first, false);
		first = end;
		if (count > 1 && !put_ring(layer, count, false, cursor))
			return false;
	}
	return true;
}

static bool put_points_feature(
	struct layer_tile *layer, const struct clip_path *points, int32_t cursor[2])
{
	struct strbuf *out = &layer->scratch->geometry;
	uint8_t *at;

	if (!points->point_count ||
		!strbuf_reserve(out, (points->point_count * 2 + 1) * PBF_VARINT_MAX_BYTES))
		return !points->point_count;
	at = (uint8_t *)out->data + out->len;
	at = pbf_varint(at, COMMAND_MOVE | points->point_count << 3);
	for (size_t i = 0; i < points->point_count; i++) {
		int32_t xy[2] = {to_tile(points->xy[2 * i], layer->left, layer->shift),
			to_tile(points->xy[2 * i + 1], layer->top, layer->shift)};

		at = put_points(at, xy, 1, cursor);
	}
	out->len = (size_t)(at - (uint8_t *)out->data);
	return true;
}

static bool inside(const struct tile_box *inner, const struct tile_box *outer)
{
	return inner->min_x >= outer->min_x && inner->max_x <= outer->max_x &&
		inner->min_y >= outer->min_y && inner->max_y <= outer->max_y;
}

/* Gathers the rings of a record from *ring on: of an area one polygon, else all. */
static void gather_part(
	struct layer_tile *layer, const struct snapshot_record *record, uint32_t *ring)
{
	const struct snapshot *snapshot = layer->snapshot;
	struct clip_path *whole = &layer->scratch->whole;
	bool area = snapshot->layer->geometry == GEOMETRY_AREA;

	clip_path_reset(whole);
	do {
		const struct snapshot_ring *next = &snapshot->rings[record->first_ring + *ring];

		clip_path_add(whole, snapshot->xy + 2 * (size_t)next->first_point,
			next->point_count);
		(*ring)++;
	} while (*ring < record->ring_count &&
		(!area || snapshot->rings[record->first_ring + *ring].hole));
}

/* What was gathered, clipped where it crosses the tile's box. */
static const struct clip_path *clip_part(struct layer_tile *layer, size_t item)
{
	struct mvt_scratch *scratch = layer->scratch;
	enum geometry_kind kind = layer->snapshot->layer->geometry;

	if (kind == GEOMETRY_POINT ||
		inside(&layer->snapshot->tree.boxes[item], &layer->clip_box))
		return &scratch->whole;
	clip_path_reset(&scratch->clipped);
	if (kind == GEOMETRY_AREA)
		clip_area(&scratch->clipper, &scratch->whole, &layer->clip_box, &scratch->clipped);
	else
		clip_lines(&scratch->whole, &layer->clip_box, &scratch->clipped);
	scratch->clipped.failed |= scratch->whole.failed;
	return &scratch->clipped;
}

/* Appends what the tile shows of one part to scratch->geometry. */
static bool put_part(struct layer_tile *layer, const struct clip_path *part, int32_t cursor[2])
{
	struct mvt_scratch *scratch = layer->scratch;
	void *ring = scratch->ring;

	if (part->failed ||
		!grow(&ring, &scratch->ring_room, part->point_count + 1, 2 * sizeof *scratch->ring))
		return false;
	scratch->ring = ring;
	switch (layer->snapshot->layer->geometry) {
	case GEOMETRY_AREA:
		return put_area(layer, part, cursor);
	case GEOMETRY_LINE:
		return put_lines(layer, part, cursor);
	default:
		return put_points_feature(layer, part, cursor);
	}
}

/* The number in the tile of a value of the snapshot. */
static bool number_value(struct mvt_scratch *scratch, uint32_t value, uint32_t *ret_number)
{
	void *used = scratch->values_used;

	if (scratch->value_stamps[value] != scratch->stamp) {
		if (!grow(&used, &scratch->values_used_room, scratch->values_used_count + 1,
			    sizeof *scratch->values_used))
			return false;
		scratch->values_used = used;
		scratch->value_stamps[value] = scratch->stamp;
		scratch->value_numbers[value] = (uint32_t)scratch->values_used_count;
		scratch->values_used[scratch->values_used_count++] = value;
	}
	*ret_number = scratch->value_numbers[value];
	return true;
}

/* Appends the Feature message around the geometry in scratch. */
static bool put_feature(
	struct layer_tile *layer, const struct snapshot_record *record, size_t item)
{
	static const uint8_t types[] = {TYPE_POINT, TYPE_LINE, TYPE_POLYGON};
	struct mvt_scratch *scratch = layer->scratch;
	struct strbuf *out = &scratch->features;
	uint8_t tags[SNAPSHOT_COLUMNS_MAX * 2 * PBF_VARINT_MAX_BYTES], *tag = tags;
	uint8_t head[64], *at = head, prefix[16], *prefix_at = prefix;
	size_t body;

	for (size_t i = 0; i < layer->column_count; i++) {
		uint32_t number,
			value = layer->snapshot->column_values[layer->columns[i]][item];

		if (value == SNAPSHOT_NO_VALUE)
			continue;
		if (!number_value(scratch, value, &number))
			return false;
		tag = pbf_varint(pbf_varint(tag, i), number);
	}
	at = pbf_varint(pbf_tag(at, FEATURE_ID, PBF_VARINT), (uint64_t)record->id);
	at = pbf_varint(pbf_tag(at, FEATURE_TYPE, PBF_VARINT),
		types[layer->snapshot->layer->geometry]);
	if (tag > tags)
		at = pbf_varint(pbf_tag(at, FEATURE_TAGS, PBF_BYTES), (size_t)(tag - tags));
	body = (size_t)(at - head) + (size_t)(tag - tags);
	prefix_at = pbf_varint(pbf_tag(prefix, FEATURE_GEOMETRY, PBF_BYTES), scratch->geometry.len);
	body += (size_t)(prefix_at - prefix) + scratch->geometry.len;
	if (!strbuf_reserve(out, body + 2 * PBF_VARINT_MAX_BYTES))
		return false;
	out->len = (size_t)(pbf_varint(pbf_tag((uint8_t *)out->data + out->len, LAYER_FEATURES,
					       PBF_BYTES),
				    body) -
		(uint8_t *)out->data);
	strbuf_add(out, head, (size_t)(at - head));
	strbuf_add(out, tags, (size_t)(tag - tags));
	strbuf_add(out, prefix, (size_t)(prefix_at - prefix));
	strbuf_add(out, scratch->geometry.data, scratch->geometry.len);
	return true;
}

/* Writes one record; *ret_written tells whether anything of it was left. */
static bool write_record(struct layer_tile *layer, size_t item, bool *ret_written)
{
	const struct snapshot_record *record = &layer->snapshot->records[item];
	int32_t cursor[2] = {0, 0};
	uint32_t ring = 0;

	strbuf_reset(&layer->scratch->geometry);
	while (ring < record->ring_count) {
		gather_part(layer, record, &ring);
		if (!put_part(layer, clip_part(layer, item), cursor))
			return false;
	}
	*ret_written = layer->scratch->geometry.len > 0;
	return !*ret_written || put_feature(layer, record, item);
}

/* Numbers of the values start anew; the arrays fit the snapshot. */
static bool reset_values(struct mvt_scratch *scratch, const struct snapshot *snapshot)
{
	scratch->values_used_count = 0;
	if (snapshot->value_count > scratch->value_room) {
		free(scratch->value_numbers);
		free(scratch->value_stamps);
		scratch->value_room = 0;
		scratch->value_numbers = calloc(snapshot->value_count, sizeof(uint32_t));
		scratch->value_stamps = calloc(snapshot->value_count, sizeof(uint32_t));
		if (!scratch->value_numbers || !scratch->value_stamps)
			return false;
		scratch->value_room = snapshot->value_count;
		scratch->stamp = 0;
	}
	if (++scratch->stamp == 0) {
		memset(scratch->value_stamps, 0, scratch->value_room * sizeof(uint32_t));
		scratch->stamp = 1;
	}
	return true;
}

static bool is_drawn(const struct layer_tile *layer, size_t item)
{
	const struct look *look = &layer->snapshot->layer->look;

	return layer->tile.z >= look->classes[layer->snapshot->records[item].look].min_zoom;
}

/* Larger boxes first: what to keep when there are too many. */
static int64_t box_size(const struct tile_box *box)
{
	return (int64_t)box->max_x - box->min_x + box->max_y - box->min_y;
}

static int compare_sizes(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left < right) - (left > right);
}

/* Leaves out the smallest of the found records until MVT_FEATURES_MAX are left. */
static bool keep_largest(struct layer_tile *layer, size_t *ret_dropped)
{
	struct item_list *found = &layer->scratch->found;
	const struct tile_box *boxes = layer->snapshot->tree.boxes;
	int64_t *sizes, least;
	size_t kept = 0;

	*ret_dropped = 0;
	if (found->count <= MVT_FEATURES_MAX)
		return true;
	sizes = malloc(found->count * sizeof *sizes);
	if (!sizes)
		return false;
	for (size_t i = 0; i < found->count; i++)
		sizes[i] = box_size(&boxes[found->items[i]]);
	qsort(sizes, found->count, sizeof *sizes, compare_sizes);
	least = sizes[MVT_FEATURES_MAX];
	free(sizes);
	for (size_t i = 0; i < found->count; i++)
		if (box_size(&boxes[found->items[i]]) > least)
			found->items[kept++] = found->items[i];
	*ret_dropped = found->count - kept;
	found->count = kept;
	return true;
}

/* Puts the numbers of the records of this tile into scratch->sorted, by their ids. */
static bool find_records(struct layer_tile *layer, size_t *ret_count, size_t *ret_dropped)
{
	struct mvt_scratch *scratch = layer->scratch;
	const struct snapshot *snapshot = layer->snapshot;
	void *sorted = scratch->sorted;
	size_t count = 0;

	scratch->found.count = 0;
	if (!hilbert_tree_search(&snapshot->tree, &layer->clip_box, &scratch->found))
		return false;
	for (size_t i = 0; i < scratch->found.count; i++)
		if (is_drawn(layer, scratch->found.items[i]))
			scratch->found.items[count++] = scratch->found.items[i];
	scratch->found.count = count;
	if (!keep_largest(layer, ret_dropped) ||
		!grow(&sorted, &scratch->sorted_room, scratch->found.count * 2 + 1,
			sizeof *scratch->sorted))
		return false;
	scratch->sorted = sorted;
	for (size_t i = 0; i < scratch->found.count; i++)
		scratch->sorted[i] =
			(struct radix_item){snapshot->records[scratch->found.items[i]].rank,
				scratch->found.items[i]};
	radix_sort(scratch->sorted, scratch->sorted + scratch->found.count, scratch->found.count);
	*ret_count = scratch->found.count;
	return true;
}

/* The Layer message around the features in scratch. */
static bool put_layer(const struct layer_tile *layer, struct strbuf *out)
{
	struct mvt_scratch *scratch = layer->scratch;
	const struct snapshot *snapshot = layer->snapshot;
	autofree(strbuf_clear) struct strbuf tail = STRBUF(LAYER_MAX_BYTES);
	uint8_t head[160], *at = head, prefix[16], *prefix_at;
	size_t total;

	at = pbf_varint(pbf_tag(at, LAYER_VERSION, PBF_VARINT), 2);
	at = pbf_bytes(at, LAYER_NAME, snapshot->layer->id, strlen(snapshot->layer->id));
	for (size_t i = 0; i < layer->column_count; i++) {
		const char *key = snapshot->columns[layer->columns[i]]->id;
		uint8_t bytes[96];

		strbuf_add(&tail, bytes,
			(size_t)(pbf_bytes(bytes, LAYER_KEYS, key, strlen(key)) - bytes));
	}
	for (size_t i = 0; i < scratch->values_used_count; i++) {
		const struct snapshot_value *value = &snapshot->values[scratch->values_used[i]];
		uint8_t *end = pbf_varint(pbf_tag(prefix, LAYER_VALUES, PBF_BYTES), value->bytes_len);

		strbuf_add(&tail, prefix, (size_t)(end - prefix));
		strbuf_add(&tail, snapshot->bytes + value->bytes_at, value->bytes_len);
	}
	prefix_at = pbf_varint(pbf_tag(prefix, LAYER_EXTENT, PBF_VARINT), MVT_EXTENT);
	strbuf_add(&tail, prefix, (size_t)(prefix_at - prefix));
	total = (size_t)(at - head) + scratch->features.len + tail.len;
	prefix_at = pbf_varint(pbf_tag(prefix, TILE_LAYERS, PBF_BYTES), total);
	strbuf_add(out, prefix, (size_t)(prefix_at - prefix));
	strbuf_add(out, head, (size_t)(at - head));
	strbuf_add(out, scratch->features.data, scratch->features.len);
	strbuf_add(out, tail.data, tail.len);
	return !tail.failed;
}

static struct layer_tile begin_layer(
	struct mvt_scratch *scratch, const struct snapshot *snapshot, struct tile tile)
{
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - tile.z);
	struct layer_tile layer = {
		.scratch = scratch,
		.snapshot = snapshot,
		.tile = tile,
		.left = (int64_t)tile.x * side - snapshot->origin_x,
		.top = (int64_t)tile.y * side - snapshot->origin_y,
		.shift = GRID_WORLD_BITS - (int)tile.z - MVT_EXTENT_BITS,
	};

	layer.clip_box = snapshot_tile_box(snapshot, tile, (int64_t)MVT_BUFFER << layer.shift);
	for (size_t i = 0; i < snapshot->column_count; i++)
		if (snapshot->columns[i]->tile_zoom && tile.z >= snapshot->columns[i]->tile_zoom)
			layer.columns[layer.column_count++] = i;
	return layer;
}

static bool write_layer(struct mvt_scratch *scratch, const struct snapshot *snapshot,
	struct tile tile, struct strbuf *out, struct mvt_report *report)
{
	struct layer_tile layer = begin_layer(scratch, snapshot, tile);
	size_t count, dropped, written_count = 0;

	if (!reset_values(scratch, snapshot) || !find_records(&layer, &count, &dropped))
		return false;
	strbuf_reset(&scratch->features);
	for (size_t i = 0; i < count; i++) {
		bool written;

		if (!write_record(&layer, scratch->sorted[i].item, &written))
			return false;
		written_count += written;
	}
	report->features += written_count;
	report->dropped += dropped;
	return !written_count || put_layer(&layer, out);
}

int mvt_write(struct mvt_scratch *scratch, const struct snapshot *const *snapshots, size_t count,
	struct tile tile, struct strbuf *out, struct mvt_report *ret_report, struct error *err)
{
	struct mvt_report report = {0};

	for (size_t i = 0; i < count; i++) {
		const struct look *look = &snapshots[i]->layer->look;

		if (tile.z < look->min_zoom || tile.z > look->max_zoom)
			continue;
		if (!write_layer(scratch, snapshots[i], tile, out, &report))
			return fail_no_memory(err);
	}
	*ret_report = report;
	return strbuf_check(out, err);
}
