#include "tiles/blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/banned.h"
#include "base/messages.h"

enum {
	CLASS_DIGITS = 8,
	GRID_SHIFT = GRID_WORLD_BITS - BLOCK_ZOOM - 12, /* a unit of a tile, in world units */
	EDGES_AT_ONCE = DISSOLVE_EDGES_MAX / 2,
};

/* No id of a record is as high, and programs in JavaScript can still say it. */
static const int64_t first_id = INT64_C(1) << 52;

int64_t block_cell(const struct tile_box *box)
{
	return (int64_t)(hilbert_key(box) >> (2 * BLOCK_CELL_BITS));
}

/* The curve is followed from its first quarter down to the cell. */
struct tile_box block_cell_box(int64_t cell)
{
	int32_t side = INT32_C(1) << BLOCK_CELL_BITS;
	struct tile_box corner = {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN};

	for (int bit = 31; bit >= BLOCK_CELL_BITS; bit--) {
		uint64_t wanted = (uint64_t)cell >> (2 * (bit - BLOCK_CELL_BITS));
		int32_t x = corner.min_x, y = corner.min_y;

		for (int quarter = 0; quarter < 4; quarter++) {
			int64_t half = INT64_C(1) << bit;

			corner.min_x = corner.max_x = (int32_t)(x + half * (quarter & 1));
			corner.min_y = corner.max_y = (int32_t)(y + half * (quarter >> 1));
			if (hilbert_key(&corner) >> (2 * bit) == wanted)
				break;
		}
	}
	return (struct tile_box){corner.min_x, corner.min_y, corner.min_x + (side - 1),
		corner.min_y + (side - 1)};
}

int64_t block_id(int64_t cell, size_t class)
{
	return first_id + (cell << CLASS_DIGITS) + (int64_t)class;
}

/* Numbers the values of the classes. */
static int number_classes(struct blocks *blocks, struct error *err)
{
	const struct look *look = &blocks->layer->look;
	const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX];
	size_t count = snapshot_choose_columns(blocks->layer, columns);

	blocks->class_column = count;
	for (size_t i = 0; look->class_field && i < count; i++)
		if (!strcmp(columns[i]->id, look->class_field))
			blocks->class_column = i;
	blocks->class_values = calloc(look->class_count, sizeof *blocks->class_values);
	if (!blocks->class_values)
		return fail_no_memory(err);
	for (size_t i = 0; i < look->class_count; i++) {
		const char *text = look->classes[i].value;
		struct value value = {.kind = text ? VALUE_TEXT : VALUE_NULL};

		value.text = text;
		value.len = text ? strlen(text) : 0;
		if (!value_pool_number(&blocks->gather.pool, &value, FIELD_TEXT,
			    &blocks->class_values[i]))
			return fail_no_memory(err);
	}
	return 0;
}

int blocks_begin(struct blocks *blocks, const struct snapshot *areas, const struct value_table *base,
	const char *folder, struct error *err)
{
	int rc;

	*blocks = (struct blocks){.layer = areas->layer};
	rc = snapshot_gather_init(
		&blocks->gather, areas->layer, areas->origin, base, folder, err);
	return rc ? rc : number_classes(blocks, err);
}

void blocks_clear(struct blocks *blocks)
{
	snapshot_gather_clear(&blocks->gather);
	dissolver_clear(&blocks->dissolver);
	outline_clear(&blocks->outline);
	clip_path_clear(&blocks->rings);
	item_list_clear(&blocks->found);
	free(blocks->items);
	free(blocks->class_values);
	*blocks = (struct blocks){.layer = NULL};
}

static int32_t from_grid(int32_t value)
{
	int64_t units = (int64_t)value * (INT64_C(1) << GRID_SHIFT);

	return units > INT32_MAX ? INT32_MAX : (int32_t)units;
}

/* The rings of a block as its outline. */
static bool take_rings(struct blocks *blocks)
{
	const struct clip_path *rings = &blocks->rings;
	struct outline *outline = &blocks->outline;

	if (!outline_reserve(outline, rings->ring_count, rings->point_count))
		return false;
	for (size_t i = 0; i < 2 * rings->point_count; i++)
		outline->xy[i] = from_grid(rings->xy[i]);
	for (size_t i = 0; i < rings->ring_count; i++) {
		size_t start = clip_path_start(rings, i), count = rings->ends[i] - start;

		outline->rings[i] = (struct snapshot_ring){(uint32_t)start, (uint32_t)count,
			clip_ring_area2(rings->xy + 2 * start, count) < 0};
	}
	outline->ring_count = (uint32_t)rings->ring_count;
	outline->point_count = rings->point_count;
	return true;
}

static int put_block(struct blocks *blocks, int64_t cell, size_t class, struct error *err)
{
	struct snapshot_piece piece = {.record = {.id = block_id(cell, class),
					       .look = (uint8_t)class,
					       .safe_zoom = GRID_ZOOM_MAX + 1},
		.span = {INT64_MIN, INT32_MIN, INT32_MAX},
		.superseded_us = INT64_MAX,
		.body = BODY_NOW};
	int rc;

	if (!blocks->rings.ring_count)
		return 0;
	if (!take_rings(blocks))
		return fail_no_memory(err);
	for (size_t i = 0; i < blocks->gather.column_count; i++)
		piece.values[i] = i == blocks->class_column ? blocks->class_values[class]
							    : SNAPSHOT_NO_VALUE;
	rc = snapshot_gather_unit(&blocks->gather, 0, &piece.unit, err);
	return rc ? rc : snapshot_gather_add(&blocks->gather, &piece, &blocks->outline, err);
}

static int compare_items(const void *a, const void *b)
{
	const struct block_item *left = a, *right = b;

	if (left->look != right->look)
		return left->look < right->look ? -1 : 1;
	return (left->rank > right->rank) - (left->rank < right->rank);
}

/* Dissolves the items of one class, which begin at *at. */
static int add_class(struct blocks *blocks, const struct snapshot *areas, int64_t cell, size_t *at,
	struct error *err)
{
	struct dissolver *dissolver = &blocks->dissolver;
	size_t class = blocks->items[*at].look;

	clip_path_reset(&blocks->rings);
	dissolver_reset(dissolver);
	for (; *at < blocks->item_count && blocks->items[*at].look == class; ++*at) {
		if (!outline_read(areas, blocks->items[*at].item, &blocks->outline))
			return fail_no_memory(err);
		if (dissolver->edge_count + blocks->outline.point_count > EDGES_AT_ONCE) {
			if (!dissolver_finish(dissolver, &blocks->rings))
				return fail_no_memory(err);
			dissolver_reset(dissolver);
		}
		dissolver_add(dissolver, &blocks->outline, GRID_SHIFT);
	}
	if (!dissolver_finish(dissolver, &blocks->rings))
		return fail_no_memory(err);
	return put_block(blocks, cell, class, err);
}

/* Makes the blocks of the items in hand. */
static int finish_cell(
	struct blocks *blocks, const struct snapshot *areas, int64_t cell, struct error *err)
{
	size_t at = 0;
	int rc = 0;

	if (blocks->item_count)
		qsort(blocks->items, blocks->item_count, sizeof *blocks->items, compare_items);
	while (!rc && at < blocks->item_count)
		rc = add_class(blocks, areas, cell, &at, err);
	blocks->item_count = 0;
	return rc;
}

static bool add_item(struct blocks *blocks, const struct snapshot *areas, uint32_t item)
{
	const struct snapshot_record *record = &areas->records[item];

	void *items = blocks->items;
	bool enough = array_reserve(
		&items, &blocks->item_room, blocks->item_count + 1, sizeof *blocks->items);

	blocks->items = items;
	if (!enough)
		return false;
	blocks->items[blocks->item_count++] =
		(struct block_item){record->rank, item, record->look};
	return true;
}

int blocks_add_cell(struct blocks *blocks, const struct snapshot *areas, int64_t cell,
	struct error *err)
{
	struct tile_box box = block_cell_box(cell);
	struct item_list *found = &blocks->found;

	found->count = 0;
	if (!hilbert_tree_search(&areas->tree, &box, found))
		return fail_no_memory(err);
	for (size_t i = 0; i < found->count; i++)
		if (block_cell(&areas->tree.boxes[found->items[i]]) == cell &&
			!add_item(blocks, areas, found->items[i]))
			return fail_no_memory(err);
	return finish_cell(blocks, areas, cell, err);
}

int blocks_add_all(struct blocks *blocks, const struct snapshot *areas, struct error *err)
{
	int64_t cell = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < areas->record_count; i++) {
		int64_t next = block_cell(&areas->tree.boxes[i]);

		if (blocks->item_count && next != cell)
			rc = finish_cell(blocks, areas, cell, err);
		cell = next;
		if (!rc && !add_item(blocks, areas, (uint32_t)i))
			rc = fail_no_memory(err);
	}
	return rc ? rc : finish_cell(blocks, areas, cell, err);
}

int blocks_finish(struct blocks *blocks, struct snapshot **ret_snapshot, struct error *err)
{
	int rc = snapshot_gather_write(&blocks->gather, ret_snapshot, err);

	if (!rc)
		(*ret_snapshot)->is_blocks = true;
	return rc;
}

int blocks_build_file(const struct snapshot_file *areas, const char *folder, const char *path,
	struct error *err)
{
	const struct layer *layer = areas->now.layer;
	struct snapshot_header header = {.seq = areas->stamp.seq, .place = areas->stamp.place,
		.look = snapshot_form_look(layer)};
	struct blocks blocks;
	int rc = blocks_begin(&blocks, &areas->now, NULL, folder, err);

	snprintf(header.layer, sizeof header.layer, "%s" SNAPSHOT_BLOCKS, layer->id);
	snprintf(header.seal, sizeof header.seal, "%s", areas->stamp.seal.text);
	if (!rc)
		rc = blocks_add_all(&blocks, &areas->now, err);
	if (!rc)
		rc = snapshot_gather_write_file(&blocks.gather, &header, path, err);
	blocks_clear(&blocks);
	return rc;
}
