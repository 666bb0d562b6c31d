#include "tests/tiles/made_snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "tiles/clearance.h"

const struct grid_place made_origin = {
	INT64_C(819) << (GRID_WORLD_BITS - 10), INT64_C(465) << (GRID_WORLD_BITS - 10)};

/* A test has memory, or it ends. */
static void must(bool done)
{
	if (!done)
		abort();
}

struct made_snapshot made_snapshot_begin(const struct layer *layer)
{
	struct made_snapshot made = {.count = 0};

	must(!snapshot_gather_init(&made.gather, layer, made_origin, NULL, NULL, NULL));
	return made;
}

void made_outline(struct outline *outline, const struct clip_path *path, enum geometry_kind kind)
{
	must(outline_reserve(outline, path->ring_count, path->point_count));
	if (path->point_count)
		memcpy(outline->xy, path->xy, path->point_count * 8);
	outline->point_count = path->point_count;
	for (size_t i = 0; i < path->ring_count; i++) {
		size_t start = clip_path_start(path, i), points = path->ends[i] - start;

		outline->rings[outline->ring_count++] = (struct snapshot_ring){(uint32_t)start,
			(uint32_t)points,
			i && kind == GEOMETRY_AREA &&
				clip_ring_area2(path->xy + 2 * start, points) < 0};
	}
}

void made_snapshot_add(struct made_snapshot *made, const struct clip_path *path)
{
	enum geometry_kind kind = made->gather.layer->geometry;
	struct snapshot_piece piece = {.record = {.id = ++made->count, .look = made->look}};

	for (size_t i = 0; i < made->gather.column_count; i++)
		piece.values[i] = SNAPSHOT_NO_VALUE;
	made_outline(&made->outline, path, kind);
	piece.record.safe_zoom = made->is_unsure ? GRID_ZOOM_MAX + 1
						 : clearance_safe_zoom(&made->outline, kind);
	must(!snapshot_gather_unit(&made->gather, 0, &piece.unit, NULL));
	must(!snapshot_gather_add(&made->gather, &piece, &made->outline, NULL));
}

struct snapshot *made_snapshot_finish(struct made_snapshot *made)
{
	struct snapshot *snapshot = NULL;

	must(!snapshot_gather_write(&made->gather, &snapshot, NULL));
	snapshot_gather_clear(&made->gather);
	outline_clear(&made->outline);
	return snapshot;
}

struct tile made_tile(unsigned z, int right, int down)
{
	int64_t last = (INT64_C(1) << z) - 1;
	int64_t x = (made_origin.x >> (GRID_WORLD_BITS - z)) + right;
	int64_t y = (made_origin.y >> (GRID_WORLD_BITS - z)) + down;

	return (struct tile){z, (uint32_t)(x & last), (uint32_t)(y & last)};
}
