#include "tiles/snapshot.h"

#include "base/banned.h"

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	if (snapshot->block)
		snapshot_free((struct snapshot *)(uintptr_t)snapshot->blocks);
	free(snapshot->block);
	free(snapshot);
}

size_t snapshot_choose_columns(
	const struct layer *layer, const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX])
{
	const char *label = layer->look.label.field;
	size_t count = 0;

	for (size_t i = 0; i < layer->field_count && count < SNAPSHOT_COLUMNS_MAX; i++) {
		const struct layer_field *field = &layer->fields[i];

		if (field->tile_zoom || (label && !strcmp(label, field->id)))
			columns[count++] = field;
	}
	return count;
}

const struct snapshot *snapshot_at(const struct snapshot *snapshot, unsigned zoom)
{
	return snapshot->blocks && zoom < snapshot->layer->look.block_zoom ? snapshot->blocks
									   : snapshot;
}

static int32_t clamp(int64_t value)
{
	return value < INT32_MIN ? INT32_MIN : value > INT32_MAX ? INT32_MAX : (int32_t)value;
}

struct tile_box snapshot_tile_box(struct grid_place origin, struct tile tile, int64_t buffer)
{
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - tile.z);
	int64_t x = (int64_t)tile.x * side - origin.x;
	int64_t y = (int64_t)tile.y * side - origin.y;

	return (struct tile_box){clamp(x - buffer), clamp(y - buffer), clamp(x + side + buffer),
		clamp(y + side + buffer)};
}

size_t snapshot_column(const struct snapshot *snapshot, const char *field_id)
{
	size_t column = 0;

	while (field_id && column < snapshot->column_count &&
		strcmp(snapshot->columns[column]->id, field_id) != 0)
		column++;
	return field_id ? column : snapshot->column_count;
}

const char *snapshot_text(
	const struct snapshot *snapshot, size_t column, size_t record, size_t *ret_len)
{
	uint32_t number = snapshot->column_values[column][record];
	const struct value_table *table;
	const struct snapshot_value *value;

	*ret_len = 0;
	if (number == SNAPSHOT_NO_VALUE)
		return "";
	table = value_table_of(&snapshot->pool, number);
	value = &table->values[number - table->first];
	*ret_len = value->text_len;
	return table->bytes + value->text_at;
}
