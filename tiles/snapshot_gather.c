#include "tiles/snapshot_gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/banned.h"
#include "base/messages.h"

enum {
	MEMORY_BYTES = 64 << 20, /* of records, before a file helps */
	UNITS_MAX = 1 << 20,
};

int snapshot_gather_init(struct snapshot_gather *gather, const struct layer *layer,
	struct grid_place origin, const struct value_table *base, const char *folder, struct error *err)
{
	const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX];
	const char *label = layer->look.label.field;

	*gather = (struct snapshot_gather){
		.layer = layer, .origin = origin, .column_count = snapshot_choose_columns(layer, columns)};
	value_pool_init(&gather->pool, base);
	gather->label_column = gather->column_count;
	for (size_t i = 0; label && i < gather->column_count; i++)
		if (!strcmp(columns[i]->id, label))
			gather->label_column = i;
	return curve_sort_new(MEMORY_BYTES, folder, &gather->sort, err);
}

void snapshot_gather_clear(struct snapshot_gather *gather)
{
	curve_sort_free(gather->sort);
	value_pool_clear(&gather->pool);
	free(gather->units);
	free(gather->piece);
	*gather = (struct snapshot_gather){0};
}

static bool make_unit(struct snapshot_gather *gather)
{
	void *units = gather->units;
	bool enough = array_reserve(
		&units, &gather->unit_room, gather->unit_count + 1, sizeof *gather->units);

	gather->units = units;
	return enough;
}

int snapshot_gather_unit(
	struct snapshot_gather *gather, int64_t id, uint32_t *ret_number, struct error *err)
{
	size_t low = 0, high = gather->unit_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (gather->units[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == gather->unit_count || gather->units[low].id != id) {
		if (gather->unit_count >= UNITS_MAX || !make_unit(gather))
			return fail_no_memory(err);
		memmove(gather->units + low + 1, gather->units + low,
			(gather->unit_count - low) * sizeof *gather->units);
		gather->units[low] = (struct unit_number){id, (uint32_t)gather->unit_count++};
	}
	*ret_number = gather->units[low].number;
	return 0;
}

/* Bytes of a piece before the words of its outline. */
static size_t head_bytes(const struct snapshot_gather *gather)
{
	return offsetof(struct snapshot_piece, values) + gather->column_count * sizeof(uint32_t);
}

static bool make_piece(struct snapshot_gather *gather, size_t len)
{
	void *piece = gather->piece;
	bool enough = array_reserve(&piece, &gather->piece_room, len, 1);

	gather->piece = piece;
	return enough;
}

/* Notes how long labels may be. */
static void measure_label(struct snapshot_gather *gather, const struct snapshot_piece *piece)
{
	const struct value_pool *pool = &gather->pool;
	const struct value_table *table = pool->base;
	uint32_t number, len;

	if (gather->label_column == gather->column_count)
		return;
	number = piece->values[gather->label_column];
	if (number == SNAPSHOT_NO_VALUE)
		return;
	if (number >= pool->first) {
		len = pool->values[number - pool->first].text_len;
	} else {
		table = value_table_of(table, number);
		len = table->values[number - table->first].text_len;
	}
	if (len > gather->label_bytes_max)
		gather->label_bytes_max = len;
}

int snapshot_gather_add(struct snapshot_gather *gather, struct snapshot_piece *piece,
	const struct outline *outline, struct error *err)
{
	struct snapshot_body *body = &gather->bodies[piece->body];
	size_t head = head_bytes(gather), len;

	piece->box = outline_box(outline);
	piece->record.rank = (uint32_t)body->record_count;
	piece->point_count = (uint32_t)outline->point_count;
	piece->word_count = (uint32_t)outline_words(outline, &piece->box);
	len = (head + piece->word_count * sizeof(uint32_t) + 7) / 8 * 8;
	/* Places of words and ranks have 32 bits; so many would be 16 GB. */
	if (body->word_count + piece->word_count > UINT32_MAX || body->record_count >= UINT32_MAX ||
		!make_piece(gather, len))
		return fail_no_memory(err);
	memset(gather->piece + len - 8, 0, 8);
	memcpy(gather->piece, piece, head);
	outline_write(outline, &piece->box, (uint32_t *)(void *)(gather->piece + head));
	measure_label(gather, piece);
	body->record_count++;
	body->word_count += piece->word_count;
	body->point_count += piece->point_count;
	return curve_sort_add(gather->sort, hilbert_key(&piece->box), gather->piece, len, err);
}

/* A block while it is filled. */
struct filling {
	char *block;
	const struct snapshot_header *header;
	size_t records[BODIES], words[BODIES];
};

static void *section_of(const struct filling *filling, uint32_t body, enum snapshot_section section)
{
	return snapshot_form_section(filling->block, body * SECTIONS_A_BODY + (unsigned)section);
}

static void put_piece(struct filling *filling, const struct snapshot_piece *piece, size_t head)
{
	uint32_t body = piece->body;
	size_t at = filling->records[body]++, count = filling->header->bodies[body].record_count;
	struct snapshot_record *record = (struct snapshot_record *)section_of(filling, body, SECTION_RECORDS) + at;
	uint32_t *columns = section_of(filling, body, SECTION_COLUMNS);

	*record = piece->record;
	record->shape_at = (uint32_t)filling->words[body];
	memcpy((uint32_t *)section_of(filling, body, SECTION_SHAPES) + filling->words[body],
		(const char *)piece + head, piece->word_count * sizeof(uint32_t));
	filling->words[body] += piece->word_count;
	((struct tile_box *)section_of(filling, body, SECTION_BOXES))[at] = piece->box;
	((struct snapshot_span *)section_of(filling, body, SECTION_SPANS))[at] = piece->span;
	((uint32_t *)section_of(filling, body, SECTION_UNITS))[at] = piece->unit;
	if (body == BODY_PAST)
		((int64_t *)section_of(filling, body, SECTION_SUPERSEDED))[at] = piece->superseded_us;
	for (size_t i = 0; i < filling->header->column_count; i++)
		columns[i * count + at] = piece->values[i];
}

static void put_shared(const struct filling *filling, const struct snapshot_gather *gather)
{
	const struct value_pool *pool = &gather->pool;
	int64_t *ids = snapshot_form_section(filling->block, SECTION_UNIT_IDS);

	if (pool->count)
		memcpy(snapshot_form_section(filling->block, SECTION_VALUES), pool->values,
			pool->count * sizeof *pool->values);
	if (pool->slot_count)
		memcpy(snapshot_form_section(filling->block, SECTION_SLOTS), pool->slots,
			pool->slot_count * sizeof *pool->slots);
	if (pool->bytes.len)
		memcpy(snapshot_form_section(filling->block, SECTION_BYTES), pool->bytes.data,
			pool->bytes.len);
	for (size_t i = 0; i < gather->unit_count; i++)
		ids[gather->units[i].number] = gather->units[i].id;
}

/* Fills a block whose header is laid out. */
static int fill(struct snapshot_gather *gather, struct filling *filling, struct error *err)
{
	const void *piece = NULL;
	size_t len = 0;
	int rc;

	memcpy(filling->block, filling->header, sizeof *filling->header);
	rc = curve_sort_finish(gather->sort, err);
	while (!rc && (rc = curve_sort_next(gather->sort, &piece, &len, err)) > 0) {
		put_piece(filling, piece, head_bytes(gather));
		rc = 0;
	}
	for (uint32_t body = 0; !rc && body < BODIES; body++)
		hilbert_tree_fill(
			section_of(filling, body, SECTION_BOXES), filling->records[body]);
	if (!rc)
		put_shared(filling, gather);
	return rc;
}

static void lay_out(const struct snapshot_gather *gather, struct snapshot_header *header)
{
	header->column_count = (uint32_t)gather->column_count;
	header->label_bytes_max = gather->label_bytes_max;
	header->value_count = gather->pool.count;
	header->slot_count = gather->pool.slot_count;
	header->byte_count = gather->pool.bytes.len;
	header->unit_count = gather->unit_count;
	header->origin_x = gather->origin.x;
	header->origin_y = gather->origin.y;
	memcpy(header->bodies, gather->bodies, sizeof header->bodies);
	snapshot_form_lay_out(header);
}

int snapshot_gather_write(
	struct snapshot_gather *gather, struct snapshot **ret_snapshot, struct error *err)
{
	struct snapshot_header header = {.magic = ""};
	struct filling filling = {.header = &header};
	struct snapshot *snapshot = calloc(BODIES, sizeof *snapshot);
	int rc;

	if (!snapshot)
		return fail_no_memory(err);
	lay_out(gather, &header);
	filling.block = calloc(1, header.len);
	rc = filling.block ? fill(gather, &filling, err) : fail_no_memory(err);
	if (rc) {
		free(filling.block);
		free(snapshot);
		return rc;
	}
	for (unsigned body = 0; body < BODIES; body++) {
		snapshot_form_bind(filling.block, body, gather->layer, &snapshot[body]);
		snapshot[body].pool.base = gather->pool.base;
		snapshot[body].pool.first = gather->pool.first;
	}
	snapshot->past = &snapshot[BODY_PAST];
	snapshot->block = filling.block;
	*ret_snapshot = snapshot;
	return 0;
}

int snapshot_gather_write_file(struct snapshot_gather *gather, struct snapshot_header *header,
	const char *path, struct error *err)
{
	struct filling filling = {.header = header};
	struct file_map map = {0};
	int rc;

	if (!header->look)
		return fail_no_memory(err);
	lay_out(gather, header);
	rc = file_map_create(path, header->len, &map, err);
	if (rc)
		return rc;
	filling.block = map.bytes;
	rc = fill(gather, &filling, err);
	if (!rc) {
		snapshot_form_seal(map.bytes);
		return file_map_finish(&map, err);
	}
	file_map_close(&map);
	return rc;
}
