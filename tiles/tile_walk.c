#include "tiles/tile_walk.h"

#include "base/banned.h"
#include "tiles/mvt.h"
#include "tiles/tile_order.h"

static void wait_for(struct tile_walk *walk, unsigned depth, uint64_t place)
{
	walk->waiting[walk->waiting_count++] = (struct tile_walk_branch){depth, place};
}

void tile_walk_begin(struct tile_walk *walk, const struct snapshot *const *snapshots, size_t count,
	unsigned first_zoom, unsigned last_zoom, uint64_t from)
{
	*walk = (struct tile_walk){.snapshots = snapshots,
		.count = count,
		.zoom = first_zoom,
		.last_zoom = last_zoom,
		.from = from};
	if (first_zoom <= last_zoom)
		wait_for(walk, 0, 0);
}

static bool stop(void *context, size_t item)
{
	(void)context;
	(void)item;
	return false;
}

/* Whether a tile of the zoom in hand within this one can see a record. */
static bool can_hold(const struct tile_walk *walk, struct tile tile)
{
	const struct item_visitor first = {stop, NULL};
	int64_t buffer = (int64_t)MVT_BUFFER
		<< (GRID_WORLD_BITS - (int)walk->zoom - MVT_EXTENT_BITS);

	for (size_t i = 0; i < walk->count; i++) {
		struct tile_box box = snapshot_tile_box(walk->snapshots[i]->origin, tile, buffer);
		const struct look *look = &walk->snapshots[i]->layer->look;

		if (walk->zoom >= look->min_zoom && walk->zoom <= look->max_zoom &&
			!hilbert_tree_visit(&walk->snapshots[i]->tree, &box, first))
			return true;
	}
	return false;
}

/* Whether all tiles of the zoom in hand within this branch come before those that are wanted. */
static bool is_behind(const struct tile_walk *walk, const struct tile_walk_branch *branch)
{
	uint64_t end = (branch->place + 1) << 2 * (walk->zoom - branch->depth);

	return tile_order_first(walk->zoom) + end <= walk->from;
}

bool tile_walk_next(struct tile_walk *walk, struct tile *ret_tile)
{
	for (;;) {
		struct tile_walk_branch branch;
		struct tile tile;

		if (!walk->waiting_count) {
			if (walk->zoom >= walk->last_zoom)
				return false;
			walk->zoom++;
			wait_for(walk, 0, 0);
		}
		branch = walk->waiting[--walk->waiting_count];
		tile = tile_order_tile(tile_order_first(branch.depth) + branch.place);
		if (is_behind(walk, &branch) || !can_hold(walk, tile))
			continue;
		if (branch.depth == walk->zoom) {
			*ret_tile = tile;
			return true;
		}
		/* The nearest part of the curve last: it is taken first. */
		for (unsigned part = 4; part--;)
			wait_for(walk, branch.depth + 1, branch.place << 2 | part);
	}
}
