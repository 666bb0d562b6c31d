#include "tiles/snapshot_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"
#include "base/text.h"
#include "data/change.h"
#include "tiles/outline.h"

static bool holds(const struct tile_box *outer, const struct tile_box *inner)
{
	return inner->min_x >= outer->min_x && inner->min_y >= outer->min_y &&
		inner->max_x <= outer->max_x && inner->max_y <= outer->max_y;
}

/* Every node holds what is below it. */
static bool tree_is_sound(const struct hilbert_tree *tree)
{
	for (size_t l = 1; l < tree->level_count; l++) {
		const struct tile_box *below = tree->boxes + tree->level_starts[l - 1];
		const struct tile_box *nodes = tree->boxes + tree->level_starts[l];
		size_t count = tree->level_starts[l] - tree->level_starts[l - 1];

		for (size_t i = 0; i < count; i++)
			if (!holds(&nodes[i / HILBERT_NODE_SIZE], &below[i]))
				return false;
	}
	return true;
}

static bool values_are_sound(const struct snapshot_header *header, const struct value_table *pool)
{
	bool has_empty = !pool->slot_count;

	if (pool->count >= SNAPSHOT_NO_VALUE || (pool->count && !pool->slot_count))
		return false;
	for (size_t i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i] == SNAPSHOT_NO_VALUE)
			has_empty = true;
		else if (pool->slots[i] >= pool->count)
			return false;
	}
	for (size_t i = 0; i < pool->count; i++) {
		const struct snapshot_value *value = &pool->values[i];

		if ((uint64_t)value->bytes_at + value->bytes_len > header->byte_count ||
			(uint64_t)value->text_at + value->text_len > header->byte_count)
			return false;
	}
	return has_empty;
}

static bool record_is_sound(const struct snapshot *snapshot, size_t i, size_t *word, size_t words)
{
	const struct snapshot_record *record = &snapshot->records[i];
	size_t used = 0;

	/* Outlines lie one after the other. */
	if (record->shape_at != *word || record->rank >= snapshot->record_count ||
		record->look >= snapshot->layer->look.class_count ||
		!(record->width_m >= 0 && record->width_m < 1000) ||
		!outline_check(snapshot->shapes + *word, words - *word, &snapshot->tree.boxes[i],
			snapshot->layer->geometry, &used))
		return false;
	*word += used;
	return true;
}

bool snapshot_is_sound(const struct snapshot *snapshot, const struct snapshot_header *header,
	unsigned body)
{
	size_t count = snapshot->record_count, word = 0;

	if (!values_are_sound(header, &snapshot->pool) || snapshot->column_count != header->column_count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!record_is_sound(snapshot, i, &word, header->bodies[body].word_count) ||
			snapshot->units[i] >= header->unit_count)
			return false;
	for (size_t c = 0; c < snapshot->column_count; c++)
		for (size_t i = 0; i < count; i++)
			if (snapshot->column_values[c][i] != SNAPSHOT_NO_VALUE &&
				snapshot->column_values[c][i] >= snapshot->pool.count)
				return false;
	return word == header->bodies[body].word_count && tree_is_sound(&snapshot->tree);
}

int snapshot_stamp_read(struct store *store, const struct city *city,
	struct snapshot_stamp *ret_stamp, struct error *err)
{
	int rc = change_last_seq(store, &ret_stamp->seq, err);

	ret_stamp->place = text_hash(city->pipeline) + (uint64_t)city->epsg;
	return rc ? rc : change_seal_of(store, ret_stamp->seq, &ret_stamp->seal, err);
}

static struct snapshot_stamp stamp_of(const struct snapshot_header *header)
{
	struct snapshot_stamp stamp = {.seq = header->seq, .place = header->place};

	snprintf(stamp.seal.text, sizeof stamp.seal.text, "%.64s", header->seal);
	return stamp;
}

static bool is_named(const struct snapshot_header *header, const struct layer *layer, bool is_blocks)
{
	char name[sizeof header->layer];

	snprintf(name, sizeof name, "%s%s", layer->id, is_blocks ? SNAPSHOT_BLOCKS : "");
	return !strncmp(header->layer, name, sizeof name);
}

int snapshot_file_open(const char *path, const struct layer *layer, bool is_blocks,
	struct snapshot_file **ret_file, struct error *err)
{
	autoptr(snapshot_file_close) struct snapshot_file *file = calloc(1, sizeof *file);
	uint64_t look = snapshot_form_look(layer);
	const struct snapshot_header *header;
	int rc = file && look ? file_map_open(path, &file->map, err) : fail_no_memory(err);

	if (rc)
		return rc;
	header = file->map.bytes;
	if (!snapshot_form_is_whole(file->map.bytes, file->map.len) ||
		!is_named(header, layer, is_blocks) ||
		header->look != look)
		return fail_snapshot_damaged(err, layer->id);
	snapshot_form_bind(file->map.bytes, BODY_NOW, layer, &file->now);
	snapshot_form_bind(file->map.bytes, BODY_PAST, layer, &file->past);
	file->now.past = &file->past;
	file->now.is_blocks = is_blocks;
	if (!snapshot_is_sound(&file->now, header, BODY_NOW) ||
		!snapshot_is_sound(&file->past, header, BODY_PAST))
		return fail_snapshot_damaged(err, layer->id);
	file->stamp = stamp_of(header);
	*ret_file = take(file);
	return 0;
}

void snapshot_file_close(struct snapshot_file *file)
{
	if (!file)
		return;
	file_map_close(&file->map);
	free(file);
}
