#include "tiles/snapshot_pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/messages.h"
#include "tiles/outline.h"
#include "tiles/radix_sort.h"

/* The records of a part that are taken. */
struct taken {
	const struct snapshot *snapshot;
	struct taken_item {
		uint64_t key; /* along the curve; equal ones by their ids */
		uint32_t item, at; /* where it comes to stand */
	} *items; /* heap */
	struct radix_item *by_id; /* heap: ranks, and numbers of items; twice the room */
	size_t count, next;
};

/* When is looked at, and what the view shows of the records of the unit asked last. */
struct eye {
	const struct view *view;
	int32_t day;
	int64_t unit;
	bool is_known, sees;
	uint64_t fields;
};

struct picking {
	const struct layer *layer;
	struct eye eye;
	struct taken taken[2 * PICK_PARTS_MAX]; /* what holds today, and the past */
	size_t part_count, record_count, word_count;
	/* By column, and of the look: the bit of its field. */
	uint64_t column_bits[SNAPSHOT_COLUMNS_MAX], class_bit, width_bit;
	/* In the block. */
	struct snapshot_record *records;
	struct tile_box *boxes;
	uint32_t *columns, *shapes;
};

bool pick_can(const struct view *view)
{
	return !view->is_dated ||
		(*view->first_day.text && !strcmp(view->first_day.text, view->last_day.text));
}

/* Whether a version held then; the past of today does not. */
static bool held(const struct eye *eye, const struct snapshot *snapshot, size_t item)
{
	const struct snapshot_span *span = &snapshot->spans[item];
	int64_t then_us = eye->view->recorded_us, until_us;

	if (!eye->view->is_dated)
		return true;
	until_us = snapshot->superseded_us ? snapshot->superseded_us[item] : INT64_MAX;
	return span->recorded_us <= then_us && (until_us > then_us || until_us == INT64_MAX) &&
		span->first_day <= eye->day && span->end_day > eye->day;
}

static bool sees(struct eye *eye, const struct snapshot *snapshot, size_t item)
{
	int64_t unit;
	bool source;

	if (!eye->view->grants)
		return true;
	unit = snapshot->unit_ids[snapshot->units[item]];
	if (!eye->is_known || eye->unit != unit) {
		eye->sees = view_admits_unit(eye->view, unit, &eye->fields, &source);
		eye->unit = unit;
		eye->is_known = true;
	}
	return eye->sees;
}

/* Finds the records of one part, and how many words their outlines take. */
static int take_part(struct picking *picking, const struct snapshot *snapshot,
	const struct id_list *without, const struct tile_box *box, struct item_list *found,
	struct error *err)
{
	struct taken *taken = &picking->taken[picking->part_count++];

	found->count = 0;
	taken->snapshot = snapshot;
	if (!hilbert_tree_search(&snapshot->tree, box, found))
		return fail_no_memory(err);
	if (found->count + picking->record_count > PICK_MAX)
		return fail_tile_too_full(err, PICK_MAX);
	taken->items = calloc(found->count + 1, sizeof *taken->items);
	taken->by_id = calloc(2 * found->count + 1, sizeof *taken->by_id);
	if (!taken->items || !taken->by_id)
		return fail_no_memory(err);
	for (size_t i = 0; i < found->count; i++) {
		uint32_t item = found->items[i];
		const struct snapshot_record *record = &snapshot->records[item];

		if ((without && id_list_has(without, record->id)) ||
			!held(&picking->eye, snapshot, item) || !sees(&picking->eye, snapshot, item))
			continue;
		taken->by_id[taken->count] = (struct radix_item){record->rank, (uint32_t)taken->count};
		taken->items[taken->count++] = (struct taken_item){
			hilbert_key(&snapshot->tree.boxes[item]), item, 0};
		picking->word_count += outline_length(snapshot->shapes + record->shape_at);
	}
	radix_sort(taken->by_id, taken->by_id + taken->count, taken->count);
	picking->record_count += taken->count;
	return 0;
}

static uint64_t bit_of(const struct layer *layer, const char *field)
{
	const struct layer_field *found = field ? layer_field_find(layer, field, strlen(field)) : NULL;

	return found ? UINT64_C(1) << layer_field_index(layer, found) : 0;
}

/* Makes room for what was taken, in one block, and lays the snapshot over it. */
static int make_room(struct picking *picking, struct snapshot *snapshot, struct error *err)
{
	size_t count = picking->record_count, boxes = hilbert_tree_size(count);
	size_t columns = snapshot_choose_columns(picking->layer, snapshot->columns);
	char *block = malloc(count * (sizeof *picking->records + columns * sizeof(uint32_t)) +
		boxes * sizeof *picking->boxes + picking->word_count * sizeof(uint32_t) + 1);

	if (!block)
		return fail_no_memory(err);
	picking->records = (void *)block;
	picking->boxes = (void *)(picking->records + count);
	picking->columns = (void *)(picking->boxes + boxes);
	picking->shapes = picking->columns + columns * count;
	snapshot->block = block;
	snapshot->layer = picking->layer;
	snapshot->record_count = count;
	snapshot->records = picking->records;
	snapshot->shapes = picking->shapes;
	snapshot->tree = hilbert_tree_over(picking->boxes, count);
	snapshot->column_count = columns;
	for (size_t i = 0; i < columns; i++) {
		snapshot->column_values[i] = picking->columns + i * count;
		picking->column_bits[i] = UINT64_C(1)
			<< layer_field_index(picking->layer, snapshot->columns[i]);
	}
	picking->class_bit = bit_of(picking->layer, picking->layer->look.class_field);
	picking->width_bit = bit_of(picking->layer, picking->layer->look.width_field);
	return 0;
}

/* Copies a record as far as it is seen. */
static void copy_record(struct picking *picking, const struct snapshot *from, size_t item, size_t at,
	uint32_t shape_at)
{
	const struct layer *layer = picking->layer;
	size_t count = picking->record_count, words;
	struct snapshot_record *record = &picking->records[at];
	uint64_t fields = picking->eye.view->grants ? picking->eye.fields : UINT64_MAX;

	*record = from->records[item];
	words = outline_length(from->shapes + record->shape_at);
	memcpy(picking->shapes + shape_at, from->shapes + record->shape_at,
		words * sizeof *picking->shapes);
	record->shape_at = shape_at;
	if (picking->class_bit && !(fields & picking->class_bit))
		record->look = (uint8_t)(layer->look.class_count - 1);
	if (!(fields & picking->width_bit))
		record->width_m = 0;
	picking->boxes[at] = from->tree.boxes[item];
	for (size_t c = 0; c < from->column_count; c++)
		picking->columns[c * count + at] = fields & picking->column_bits[c]
			? from->column_values[c][item]
			: SNAPSHOT_NO_VALUE;
}

static int64_t id_of(const struct taken *taken, size_t item)
{
	return taken->snapshot->records[taken->items[item].item].id;
}

/* Whether the next one of a part comes before that of another along the curve. */
static bool lies_before(const struct taken *one, const struct taken *other)
{
	uint64_t key = one->items[one->next].key, other_key = other->items[other->next].key;

	return key != other_key ? key < other_key
				: id_of(one, one->next) < id_of(other, other->next);
}

static bool has_less_id(const struct taken *one, const struct taken *other)
{
	return id_of(one, one->by_id[one->next].item) < id_of(other, other->by_id[other->next].item);
}

/* The part with the next one of all. */
static struct taken *find_next(
	struct picking *picking, bool is_before(const struct taken *, const struct taken *))
{
	struct taken *first = NULL;

	for (size_t i = 0; i < picking->part_count; i++) {
		struct taken *taken = &picking->taken[i];

		if (taken->next < taken->count && (!first || is_before(taken, first)))
			first = taken;
	}
	return first;
}

static void begin_again(struct picking *picking)
{
	for (size_t i = 0; i < picking->part_count; i++)
		picking->taken[i].next = 0;
}

/* Copies the records along the curve, as if they had been in one snapshot, and ranks them by ids. */
static void copy_records(struct picking *picking)
{
	uint32_t shape_at = 0;

	for (size_t at = 0; at < picking->record_count; at++) {
		struct taken *taken = find_next(picking, lies_before);
		struct taken_item *item = &taken->items[taken->next++];

		item->at = (uint32_t)at;
		sees(&picking->eye, taken->snapshot, item->item);
		copy_record(picking, taken->snapshot, item->item, at, shape_at);
		shape_at += (uint32_t)outline_length(picking->shapes + shape_at);
	}
	begin_again(picking);
	for (size_t rank = 0; rank < picking->record_count; rank++) {
		struct taken *taken = find_next(picking, has_less_id);

		picking->records[taken->items[taken->by_id[taken->next++].item].at].rank =
			(uint32_t)rank;
	}
	hilbert_tree_fill(picking->boxes, picking->record_count);
}

static uint32_t longest_label(const struct pick_part *parts, size_t count)
{
	uint32_t longest = 0;

	for (size_t i = 0; i < count; i++)
		if (parts[i].snapshot->label_bytes_max > longest)
			longest = parts[i].snapshot->label_bytes_max;
	return longest;
}

int snapshot_pick(const struct pick_part *parts, size_t count, const struct view *view,
	const struct tile_box *box, struct snapshot **ret_snapshot, struct error *err)
{
	struct snapshot *snapshot = calloc(1, sizeof *snapshot);
	struct picking picking = {.layer = view->layer, .eye = {.view = view}};
	struct item_list found = {0};
	int rc = snapshot ? 0 : fail_no_memory(err);

	if (view->is_dated)
		picking.eye.day = (int32_t)date_days(&view->first_day);
	for (size_t i = 0; !rc && i < count; i++) {
		rc = take_part(&picking, parts[i].snapshot, parts[i].without, box, &found, err);
		if (!rc && view->is_dated)
			rc = take_part(&picking, parts[i].snapshot->past, parts[i].without, box,
				&found, err);
	}
	if (!rc)
		rc = make_room(&picking, snapshot, err);
	if (!rc) {
		copy_records(&picking);
		snapshot->pool = parts[count - 1].snapshot->pool;
		snapshot->label_bytes_max = longest_label(parts, count);
		snapshot->is_blocks = parts[0].snapshot->is_blocks;
		snapshot->origin = parts[0].snapshot->origin;
	}
	for (size_t i = 0; i < picking.part_count; i++) {
		free(picking.taken[i].items);
		free(picking.taken[i].by_id);
	}
	item_list_clear(&found);
	if (rc)
		snapshot_free(snapshot);
	else
		*ret_snapshot = snapshot;
	return rc;
}
