#include "tiles/mvt_layer.h"

#include "base/array.h"
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
enum {
	LAYER_MAX_BYTES = 64 << 20,
	FEATURE_HEAD_BYTES = 64,
	POINT_BYTES = 6, /* of a corner, in most tiles; where it takes more there are few */
	FETCH_AHEAD = 16, /* records */
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
	pole_finder_clear(&scratch->pole);
	label_line_joiner_clear(&scratch->joiner);
	mvt_scratch_init(scratch);
}

/* The number in the tile of a value of the snapshot. */
bool mvt_number_value(struct mvt_scratch *scratch, uint32_t value, uint32_t *ret_number)
{
	struct mvt_value_number *number = &scratch->value_numbers[value];
	void *used = scratch->values_used;

	if (number->stamp != scratch->stamp) {
		if (!array_reserve(&used, &scratch->values_used_room, scratch->values_used_count + 1,
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
		if (!mvt_number_value(layer->scratch, value, &number))
			return -1;
		at = pbf_varint(pbf_varint(at, i), number);
	}
	return (int)(at - tags);
}

/* Copies what is mostly short, between places with room for MVT_SHORT_COPY bytes at least. */
static uint8_t *copy_short(uint8_t *at, const void *bytes, size_t len)
{
	if (len <= MVT_SHORT_COPY)
		memcpy(at, bytes, MVT_SHORT_COPY);
	else
		memcpy(at, bytes, len);
	return at + len;
}

/* Appends the Feature message around the geometry in scratch. */
bool mvt_put_feature(struct layer_tile *layer, size_t item)
{
	static const uint8_t types[] = {TYPE_POINT, TYPE_LINE, TYPE_POLYGON};
	const struct strbuf *geometry = &layer->scratch->geometry;
	struct strbuf *out = &layer->scratch->features;
	uint64_t id = (uint64_t)layer->snapshot->records[item].id;
	uint8_t tags[FEATURE_TAGS_BYTES], *at;
	int tags_len = put_tags(layer, item, tags);
	size_t len;

	if (tags_len < 0)
		return false;
	len = 1 + pbf_varint_len(id) + 2 + 1 + pbf_varint_len(geometry->len) + geometry->len;
	if (tags_len)
		len += 1 + pbf_varint_len((size_t)tags_len) + (size_t)tags_len;
	at = (uint8_t *)strbuf_room(out, FEATURE_HEAD_BYTES + MVT_SHORT_COPY + len);
	if (!at)
		return false;
	at = pbf_varint(pbf_tag(at, LAYER_FEATURES, PBF_BYTES), len);
	at = pbf_varint(pbf_tag(at, FEATURE_ID, PBF_VARINT), id);
	if (tags_len) {
		at = pbf_varint(pbf_tag(at, FEATURE_TAGS, PBF_BYTES), (size_t)tags_len);
		at = copy_short(at, tags, (size_t)tags_len);
	}
	at = pbf_varint(pbf_tag(at, FEATURE_TYPE, PBF_VARINT),
		types[layer->geometry]);
	at = pbf_varint(pbf_tag(at, FEATURE_GEOMETRY, PBF_BYTES), geometry->len);
	at = copy_short(at, geometry->data, geometry->len);
	strbuf_came(out, (char *)at);
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

/* Sorts scratch->sorted[count] by the sizes of its records, the largest first; of equal ones as they are. */
static void sort_by_size(struct layer_tile *layer, size_t count)
{
	struct radix_item *sorted = layer->scratch->sorted;

	for (size_t i = 0; i < count; i++)
		sorted[i].key = ~box_size(&layer->snapshot->tree.boxes[sorted[i].item]);
	radix_sort(sorted, sorted + count, count);
}

/* Leaves the largest of the records sorted by their ids; of equal ones the first. */
static void keep_largest(struct layer_tile *layer, size_t count, size_t most)
{
	sort_by_size(layer, count);
	sort_by_rank(layer, count < most ? count : most);
}

/* The words of an outline; they lie in the order of the records. */
static size_t words_of(const struct snapshot *snapshot, size_t item)
{
	const struct snapshot_record *record = &snapshot->records[item];

	if (item + 1 == snapshot->record_count)
		return outline_length(snapshot->shapes + record->shape_at);
	return record[1].shape_at - record->shape_at;
}

/*
 * Puts the numbers of the records found that are drawn into scratch->sorted; returns how many. They lie
 * along the curve here, near each other, so now what is looked at later is fetched: memory is slower
 * than all that is done with it.
 */
static size_t choose_drawn(struct layer_tile *layer)
{
	const struct item_list *found = &layer->scratch->found;
	const struct snapshot *snapshot = layer->snapshot;
	size_t count = 0;

	for (size_t i = 0; i < found->count; i++) {
		size_t item = found->items[i];

		if (i + FETCH_AHEAD < found->count)
			__builtin_prefetch(&snapshot->records[found->items[i + FETCH_AHEAD]]);
		if (!is_drawn(layer, item))
			continue;
		__builtin_prefetch(snapshot->shapes + snapshot->records[item].shape_at);
		layer->words += words_of(snapshot, item);
		for (size_t j = 0; j < layer->column_count; j++)
			__builtin_prefetch(&snapshot->column_values[layer->columns[j]][item]);
		layer->scratch->sorted[count++].item = (uint32_t)item;
	}
	return count;
}

bool mvt_find_records(
	struct layer_tile *layer, size_t most, size_t *ret_count, size_t *ret_dropped)
{
	struct mvt_scratch *scratch = layer->scratch;
	struct item_list *found = &scratch->found;
	void *sorted = scratch->sorted;
	size_t count;

	found->count = 0;
	if (!hilbert_tree_search(&layer->snapshot->tree, &layer->clip_box, found) ||
		!array_reserve(&sorted, &scratch->sorted_room, found->count * 2 + 1,
			sizeof *scratch->sorted))
		return false;
	scratch->sorted = sorted;
	count = choose_drawn(layer);
	sort_by_rank(layer, count);
	*ret_dropped = 0;
	if (count > most) {
		keep_largest(layer, count, most);
		*ret_dropped = count - most;
	}
	*ret_count = count - *ret_dropped;
	return true;
}

/* Writes one record, if it shows something. */
static bool put_record(struct layer_tile *layer, size_t item, size_t *written)
{
	if (!mvt_put_geometry(layer, item))
		return false;
	if (!layer->scratch->geometry.len)
		return true;
	(*written)++;
	return mvt_put_feature(layer, item);
}

/* Writes the records that were found; *ret_written of them show something. */
static bool put_features(struct layer_tile *layer, size_t count, size_t *ret_written)
{
	*ret_written = 0;
	strbuf_reset(&layer->scratch->features);
	for (size_t i = 0; i < count; i++)
		if (!put_record(layer, layer->scratch->sorted[i].item, ret_written))
			return false;
	return true;
}

/*
 * The number of the largest records that have room in MVT_BYTES_MAX together. They are measured one
 * by one, in the order of their sizes, in which they are left.
 */
static bool count_fitting(struct layer_tile *layer, size_t count, size_t *ret_fitting)
{
	struct strbuf *features = &layer->scratch->features;
	size_t bytes = 0, written = 0;

	sort_by_size(layer, count);
	*ret_fitting = 0;
	while (*ret_fitting < count) {
		strbuf_reset(features);
		if (!put_record(layer, layer->scratch->sorted[*ret_fitting].item, &written))
			return false;
		bytes += features->len;
		if (bytes > MVT_BYTES_MAX)
			break;
		++*ret_fitting;
	}
	return true;
}

/* Whether the records found could take more than MVT_BYTES_MAX. */
static bool may_be_too_much(const struct layer_tile *layer, size_t count)
{
	return count * (FEATURE_HEAD_BYTES + 6 * layer->column_count) + POINT_BYTES * layer->words >
		MVT_BYTES_MAX;
}

/* Leaves of the records found what has room. */
static bool keep_fitting(struct layer_tile *layer, size_t *count, size_t *dropped)
{
	size_t fitting;

	if (!may_be_too_much(layer, *count))
		return true;
	if (!count_fitting(layer, *count, &fitting))
		return false;
	sort_by_rank(layer, fitting);
	*dropped += *count - fitting;
	*count = fitting;
	return reset_values(layer->scratch, layer->snapshot);
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

bool mvt_put_layer(const struct layer_tile *layer, struct strbuf *out)
{
	const struct strbuf *features = &layer->scratch->features;
	const char *name = layer->snapshot->layer->id;
	size_t name_len = strlen(name) + strlen(layer->ending);
	autofree(strbuf_clear) struct strbuf tail = STRBUF(LAYER_MAX_BYTES);
	uint8_t length[2 * PBF_VARINT_MAX_BYTES], head[4 * PBF_VARINT_MAX_BYTES], *end;
	size_t len;

	put_tail(layer, &tail);
	end = pbf_varint(pbf_tag(head, LAYER_VERSION, PBF_VARINT), 2);
	end = pbf_varint(pbf_tag(end, LAYER_NAME, PBF_BYTES), name_len);
	len = (size_t)(end - head) + name_len + features->len + tail.len;
	end = pbf_varint(pbf_tag(length, TILE_LAYERS, PBF_BYTES), len);
	strbuf_add(out, length, (size_t)(end - length));
	strbuf_add(out, head, len - name_len - features->len - tail.len);
	strbuf_add_text(out, name);
	strbuf_add_text(out, layer->ending);
	strbuf_add(out, features->data, features->len);
	strbuf_add(out, tail.data, tail.len);
	return !tail.failed;
}

/* What may be seen of a tile: with the buffer around it. */
static struct tile_box clip_box_of(const struct snapshot *snapshot, struct tile tile)
{
	int shift = GRID_WORLD_BITS - (int)tile.z - MVT_EXTENT_BITS;

	return snapshot_tile_box(snapshot->origin, tile, (int64_t)MVT_BUFFER << shift);
}

bool mvt_begin_layer(struct mvt_scratch *scratch, const struct snapshot *snapshot, struct tile tile,
	struct layer_tile *ret_layer)
{
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - tile.z);

	*ret_layer = (struct layer_tile){
		.scratch = scratch,
		.snapshot = snapshot,
		.tile = tile,
		.ending = "",
		.geometry = snapshot->layer->geometry,
		.grid = {(int64_t)tile.x * side - snapshot->origin.x,
			(int64_t)tile.y * side - snapshot->origin.y,
			GRID_WORLD_BITS - (int)tile.z - MVT_EXTENT_BITS},
		.clip_box = clip_box_of(snapshot, tile),
	};
	strbuf_reset(&scratch->features);
	return reset_values(scratch, snapshot);
}

static void choose_columns(struct layer_tile *layer)
{
	const struct snapshot *snapshot = layer->snapshot;

	for (size_t i = 0; i < snapshot->column_count; i++)
		if (snapshot->columns[i]->tile_zoom && layer->tile.z >= snapshot->columns[i]->tile_zoom)
			layer->columns[layer->column_count++] = i;
}

static bool write_layer(struct mvt_scratch *scratch, const struct snapshot *snapshot,
	struct tile tile, struct strbuf *out, struct mvt_report *report)
{
	struct layer_tile layer;
	size_t count, dropped, written;

	if (!mvt_begin_layer(scratch, snapshot, tile, &layer))
		return false;
	choose_columns(&layer);
	if (!mvt_find_records(&layer, MVT_FEATURES_MAX, &count, &dropped) ||
		!keep_fitting(&layer, &count, &dropped) || !put_features(&layer, count, &written))
		return false;
	report->features += written;
	report->dropped += dropped;
	return !written || mvt_put_layer(&layer, out);
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
		struct tile_box box = clip_box_of(snapshots[i], tile);

		found.snapshot = snapshot_at(snapshots[i], tile.z);
		if (!hilbert_tree_visit(&found.snapshot->tree, &box,
			    (struct item_visitor){count_points, &found}))
			return false;
	}
	return true;
}
