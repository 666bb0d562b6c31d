#include "tests/tiles/made_snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "tiles/clearance.h"

/* A test has memory, or it ends. */
static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

/* Room for `count` things, growing by doubling: `count` more are added at a time. */
static void *room_for(void *array, size_t used, size_t more, size_t size)
{
	size_t room = 64;

	while (room < used + more)
		room *= 2;
	return used && used + more <= room / 2 ? array : need(realloc(array, room * size));
}

struct snapshot *made_snapshot_new(const struct layer *layer)
{
	struct snapshot *snapshot = need(calloc(1, sizeof *snapshot));

	snapshot->layer = layer;
	snapshot->origin_x = snapshot->origin_y = INT64_C(1) << (GRID_WORLD_BITS - 1);
	snapshot->bytes = need(calloc(1, 1));
	return snapshot;
}

static size_t rings_of(const struct snapshot *snapshot)
{
	const struct snapshot_record *last;

	if (!snapshot->record_count)
		return 0;
	last = &snapshot->records[snapshot->record_count - 1];
	return (size_t)last->first_ring + last->ring_count;
}

void made_snapshot_add(struct snapshot *snapshot, const struct clip_path *path)
{
	size_t count = snapshot->record_count, ring_count = rings_of(snapshot);
	struct snapshot_record *record;

	snapshot->records = room_for(snapshot->records, count, 1, sizeof *snapshot->records);
	snapshot->rings =
		room_for(snapshot->rings, ring_count, path->ring_count, sizeof *snapshot->rings);
	snapshot->xy = room_for(snapshot->xy, snapshot->point_count, path->point_count,
		2 * sizeof *snapshot->xy);
	if (path->point_count)
		memcpy(snapshot->xy + 2 * snapshot->point_count, path->xy, path->point_count * 8);
	for (size_t i = 0; i < path->ring_count; i++) {
		size_t start = clip_path_start(path, i), points = path->ends[i] - start;

		snapshot->rings[ring_count + i] = (struct snapshot_ring){
			(uint32_t)(snapshot->point_count + start), (uint32_t)points,
			i && snapshot->layer->geometry == GEOMETRY_AREA &&
				clip_ring_area2(path->xy + 2 * start, points) < 0};
	}
	snapshot->point_count += path->point_count;
	record = &snapshot->records[snapshot->record_count++];
	*record = (struct snapshot_record){.id = (int64_t)count + 1, .rank = (uint32_t)count,
		.first_ring = (uint32_t)ring_count, .ring_count = (uint32_t)path->ring_count};
	record->safe_zoom = clearance_safe_zoom(snapshot, record);
}

static struct tile_box box_of(const struct snapshot *snapshot, const struct snapshot_record *record)
{
	struct tile_box box = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};

	for (uint32_t ring = 0; ring < record->ring_count; ring++) {
		const struct snapshot_ring *at = &snapshot->rings[record->first_ring + ring];

		for (uint32_t i = 0; i < at->point_count; i++) {
			const int32_t *xy = snapshot->xy + 2 * ((size_t)at->first_point + i);

			box.min_x = xy[0] < box.min_x ? xy[0] : box.min_x;
			box.max_x = xy[0] > box.max_x ? xy[0] : box.max_x;
			box.min_y = xy[1] < box.min_y ? xy[1] : box.min_y;
			box.max_y = xy[1] > box.max_y ? xy[1] : box.max_y;
		}
	}
	return box;
}

void made_snapshot_finish(struct snapshot *snapshot)
{
	struct tile_box *boxes = need(calloc(snapshot->record_count + 1, sizeof *boxes));

	for (size_t i = 0; i < snapshot->record_count; i++)
		boxes[i] = box_of(snapshot, &snapshot->records[i]);
	if (!hilbert_tree_build(&snapshot->tree, boxes, snapshot->record_count))
		abort();
	free(boxes);
}
