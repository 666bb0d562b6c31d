#include "tiles/snapshot.h"

#include "base/banned.h"

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	hilbert_tree_clear(&snapshot->tree);
	for (size_t i = 0; i < snapshot->column_count; i++)
		free(snapshot->column_values[i]);
	free(snapshot->records);
	free(snapshot->rings);
	free(snapshot->xy);
	free(snapshot->values);
	free(snapshot->bytes);
	free(snapshot);
}

static int32_t clamp(int64_t value)
{
	return value < INT32_MIN ? INT32_MIN : value > INT32_MAX ? INT32_MAX : (int32_t)value;
}

struct tile_box snapshot_tile_box(const struct snapshot *snapshot, struct tile tile, int64_t buffer)
{
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - tile.z);
	int64_t x = (int64_t)tile.x * side - snapshot->origin_x;
	int64_t y = (int64_t)tile.y * side - snapshot->origin_y;

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

	*ret_len = 0;
	if (number == SNAPSHOT_NO_VALUE)
		return "";
	*ret_len = snapshot->values[number].text_len;
	return snapshot->bytes + snapshot->values[number].text_at;
}
