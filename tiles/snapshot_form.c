#include "tiles/snapshot_form.h"

#include <stdio.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "tiles/compress.h"

enum { FORMAT = 1, ALIGNMENT = 64, DESCRIPTION_MAX = 1 << 20 };

static const char magic[16] = "dothi snapshot\n";

/* How many bytes a section has. */
static uint64_t length_of(const struct snapshot_header *header, unsigned section)
{
	const struct snapshot_body *body = &header->bodies[section / SECTIONS_A_BODY % BODIES];
	uint64_t count = body->record_count;

	switch (section) {
	case SECTION_VALUES:
		return header->value_count * sizeof(struct snapshot_value);
	case SECTION_SLOTS:
		return header->slot_count * sizeof(uint32_t);
	case SECTION_BYTES:
		return header->byte_count;
	case SECTION_UNIT_IDS:
		return header->unit_count * sizeof(int64_t);
	default:
		break;
	}
	switch ((enum snapshot_section)(section % SECTIONS_A_BODY)) {
	case SECTION_RECORDS:
		return count * sizeof(struct snapshot_record);
	case SECTION_SHAPES:
		return body->word_count * sizeof(uint32_t);
	case SECTION_BOXES:
		return hilbert_tree_size(count) * sizeof(struct tile_box);
	case SECTION_SPANS:
		return count * sizeof(struct snapshot_span);
	case SECTION_SUPERSEDED:
		return section / SECTIONS_A_BODY == BODY_PAST ? count * sizeof(int64_t) : 0;
	case SECTION_UNITS:
		return count * sizeof(uint32_t);
	case SECTION_COLUMNS:
		return count * sizeof(uint32_t) * header->column_count;
	case SECTIONS_A_BODY:
		break;
	}
	return 0;
}

static uint64_t aligned(uint64_t at)
{
	return (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void snapshot_form_lay_out(struct snapshot_header *header)
{
	uint64_t at = aligned(sizeof *header);

	for (unsigned i = 0; i < SECTIONS; i++) {
		header->sections[i].at = at;
		header->sections[i].len = length_of(header, i);
		at = aligned(at + header->sections[i].len);
	}
	header->len = at;
}

static bool is_origin(int64_t unit)
{
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - SNAPSHOT_ORIGIN_ZOOM);

	return unit >= 0 && unit < INT64_C(1) << GRID_WORLD_BITS && unit % side == 0;
}

bool snapshot_form_is_sound(const struct snapshot_header *header, uint64_t len)
{
	struct snapshot_header wanted = *header;

	if (header->column_count > SNAPSHOT_COLUMNS_MAX || header->len != len ||
		header->value_count > len || header->slot_count > len ||
		header->byte_count > len || header->unit_count > len ||
		(header->slot_count & (header->slot_count - 1)))
		return false;
	if (!is_origin(header->origin_x) || !is_origin(header->origin_y))
		return false;
	for (unsigned i = 0; i < BODIES; i++)
		if (header->bodies[i].record_count > len || header->bodies[i].word_count > len)
			return false;
	snapshot_form_lay_out(&wanted);
	for (unsigned i = 0; i < SECTIONS; i++)
		if (wanted.sections[i].at != header->sections[i].at ||
			wanted.sections[i].len != header->sections[i].len)
			return false;
	return wanted.len == len;
}

static uint32_t header_sum(const struct snapshot_header *header)
{
	struct snapshot_header copy = *header;

	copy.crc = 0;
	return compress_crc32(&copy, sizeof copy);
}

void snapshot_form_seal(void *block)
{
	struct snapshot_header *header = block;

	memcpy(header->magic, magic, sizeof magic);
	header->format = FORMAT;
	for (unsigned i = 0; i < SECTIONS; i++)
		header->sections[i].crc = compress_crc32(
			snapshot_form_section(block, i), aligned(header->sections[i].len));
	header->crc = header_sum(header);
}

bool snapshot_form_is_whole(const void *block, uint64_t len)
{
	const struct snapshot_header *header = block;
	bool is_whole;

	if (len < sizeof *header || memcmp(header->magic, magic, sizeof magic) != 0 ||
		header->format != FORMAT || header->crc != header_sum(header))
		return false;
	is_whole = snapshot_form_is_sound(header, len);
	for (unsigned i = 0; is_whole && i < SECTIONS; i++)
		is_whole = header->sections[i].crc ==
			compress_crc32((const char *)block + header->sections[i].at,
				aligned(header->sections[i].len));
	return is_whole;
}

static struct value_table pool_of(void *block)
{
	const struct snapshot_header *header = block;

	return (struct value_table){
		.values = snapshot_form_section(block, SECTION_VALUES),
		.bytes = snapshot_form_section(block, SECTION_BYTES),
		.slots = snapshot_form_section(block, SECTION_SLOTS),
		.count = (uint32_t)header->value_count,
		.slot_count = (uint32_t)header->slot_count};
}

void snapshot_form_bind(
	void *block, unsigned body, const struct layer *layer, struct snapshot *ret_snapshot)
{
	const struct snapshot_header *header = block;
	const struct snapshot_body *counts = &header->bodies[body];
	unsigned first = body * SECTIONS_A_BODY;
	const uint32_t *columns = snapshot_form_section(block, first + SECTION_COLUMNS);
	struct snapshot snapshot = {.layer = layer,
		.origin = {header->origin_x, header->origin_y},
		.record_count = counts->record_count,
		.records = snapshot_form_section(block, first + SECTION_RECORDS),
		.shapes = snapshot_form_section(block, first + SECTION_SHAPES),
		.tree = hilbert_tree_over(snapshot_form_section(block, first + SECTION_BOXES),
			counts->record_count),
		.spans = snapshot_form_section(block, first + SECTION_SPANS),
		.superseded_us = body == BODY_PAST
			? snapshot_form_section(block, first + SECTION_SUPERSEDED)
			: NULL,
		.units = snapshot_form_section(block, first + SECTION_UNITS),
		.unit_ids = snapshot_form_section(block, SECTION_UNIT_IDS),
		.pool = pool_of(block),
		.label_bytes_max = header->label_bytes_max,
		.undrawn = counts->undrawn,
		.point_count = counts->point_count};

	snapshot.column_count = snapshot_choose_columns(layer, snapshot.columns);
	for (size_t i = 0; i < snapshot.column_count; i++)
		snapshot.column_values[i] = columns + i * counts->record_count;
	*ret_snapshot = snapshot;
}

uint64_t snapshot_form_look(const struct layer *layer)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(DESCRIPTION_MAX);
	const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX];
	size_t count = snapshot_choose_columns(layer, columns);
	const struct look *look = &layer->look;

	strbuf_add_format(&said, "%s %d %d %s %s;", layer->id, (int)layer->geometry, look->block_zoom,
		look->class_field ? look->class_field : "", look->width_field ? look->width_field : "");
	for (size_t i = 0; i < count; i++)
		strbuf_add_format(&said, "%s %d,", columns[i]->id, (int)columns[i]->type);
	for (size_t i = 0; i < look->class_count; i++)
		strbuf_add_format(
			&said, "%s,", look->classes[i].value ? look->classes[i].value : "");
	return said.failed ? 0 : text_hash(said.data);
}
