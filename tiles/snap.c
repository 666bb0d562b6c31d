#include "tiles/snap.h"

#include "base/banned.h"

void snapper_clear(struct snapper *snapper)
{
	free(snapper->stack);
	free(snapper->slots);
	clip_path_clear(&snapper->loops);
	*snapper = (struct snapper){0};
}

static bool same_point(const int32_t *a, const int32_t *b)
{
	return a[0] == b[0] && a[1] == b[1];
}

/* True if the way a-b-c turns back on itself at b. */
static bool is_spike(const int32_t *a, const int32_t *b, const int32_t *c)
{
	int64_t ux = (int64_t)b[0] - a[0], uy = (int64_t)b[1] - a[1];
	int64_t vx = (int64_t)c[0] - b[0], vy = (int64_t)c[1] - b[1];

	return ux * vy == uy * vx && ux * vx + uy * vy < 0;
}

/*
 * A ring on its way round: a stack of points that are all different, without spikes. The slots
 * find a point of the stack by its place. They hold its index from 1, 0 is empty; a point that
 * left the stack stays in its slot and is known by that, so that nothing need be removed.
 */
struct walk {
	int32_t *stack;
	uint32_t depth;
	uint32_t *slots;
	uint32_t mask;
	bool is_hole;
	struct clip_path *loops;
	size_t outer_count; /* loops with the area of an outer ring */
};

/* The slot that has the point, or an empty one. */
static uint32_t *slot_of(const struct walk *walk, const int32_t *point)
{
	uint32_t hash = (uint32_t)point[0] * 0x9E3779B1U ^ (uint32_t)point[1] * 0x85EBCA77U;
	uint32_t slot = (hash ^ hash >> 15) & walk->mask;

	for (; walk->slots[slot]; slot = (slot + 1) & walk->mask) {
		uint32_t at = walk->slots[slot];

		if (at <= walk->depth && same_point(walk->stack + 2 * (at - 1), point))
			break;
	}
	return &walk->slots[slot];
}

/*
 * Adds the points of the stack from `first` on as a ring, less spikes where its ends meet. What
 * came off a hole with the area of an outer ring is a fold, not land.
 */
static void close_loop(struct walk *walk, uint32_t first)
{
	const int32_t *stack = walk->stack;
	uint32_t end = walk->depth;
	int64_t area2;

	for (;;) {
		if (end - first < 3)
			return;
		if (is_spike(stack + 2 * (end - 2), stack + 2 * (end - 1), stack + 2 * first))
			end--;
		else if (is_spike(stack + 2 * (end - 1), stack + 2 * first, stack + 2 * (first + 1)))
			first++;
		else
			break;
	}
	area2 = clip_ring_area2(stack + 2 * first, end - first);
	if (!area2 || (area2 > 0 && walk->is_hole))
		return;
	walk->outer_count += area2 > 0;
	clip_path_add(walk->loops, stack + 2 * first, end - first);
}

/* Goes on to a point. Where the way was there before, what lies between is a ring of its own. */
static void go_to(struct walk *walk, const int32_t *point)
{
	int32_t *top = walk->stack + 2 * walk->depth;
	uint32_t *slot;

	while (walk->depth > 1 && is_spike(top - 4, top - 2, point)) {
		walk->depth--;
		top -= 2;
	}
	if (walk->depth && same_point(top - 2, point))
		return;
	slot = slot_of(walk, point);
	if (*slot) {
		close_loop(walk, *slot - 1);
		walk->depth = *slot;
		return;
	}
	top[0] = point[0];
	top[1] = point[1];
	*slot = ++walk->depth;
}

/* Room for the walk along `count` points; false without memory. */
static bool start_walk(struct snapper *snapper, size_t count, struct walk *walk)
{
	walk->mask = 15;
	while (walk->mask < 2 * count)
		walk->mask = walk->mask * 2 + 1;
	if (walk->mask >= snapper->slot_room) {
		free(snapper->stack);
		free(snapper->slots);
		snapper->slot_room = (size_t)walk->mask + 1;
		snapper->stack = calloc(snapper->slot_room, sizeof *snapper->stack);
		snapper->slots = calloc(snapper->slot_room, sizeof *snapper->slots);
		if (!snapper->stack || !snapper->slots) {
			snapper->slot_room = 0;
			return false;
		}
	}
	walk->stack = snapper->stack;
	walk->slots = snapper->slots;
	walk->loops = &snapper->loops;
	return true;
}

/* Gathers the loops of a ring; *ret_outers of them have the area of an outer ring. */
static bool walk_ring(struct snapper *snapper, const struct snap_grid *grid, const int32_t *xy,
	size_t count, bool is_hole, size_t *ret_outers)
{
	struct walk walk = {.is_hole = is_hole};

	if (!start_walk(snapper, count, &walk))
		return false;
	memset(walk.slots, 0, ((size_t)walk.mask + 1) * sizeof *walk.slots);
	for (size_t i = 0; i < count; i++)
		go_to(&walk, (const int32_t[]){snap_x(grid, xy[2 * i]), snap_y(grid, xy[2 * i + 1])});
	close_loop(&walk, 0);
	*ret_outers = walk.outer_count;
	return !snapper->loops.failed;
}

static void drop_rings(struct clip_path *path, size_t ring_count)
{
	path->ring_count = ring_count;
	path->point_count = clip_path_start(path, ring_count);
}

void snap_area(struct snapper *snapper, struct clipper *clipper, const struct snap_grid *grid,
	const struct clip_path *area, struct clip_path *out)
{
	struct clip_path *loops = &snapper->loops;
	bool has_outer = false, is_split = false;

	clip_path_reset(loops);
	for (size_t ring = 0; ring < area->ring_count; ring++) {
		size_t start = clip_path_start(area, ring), count = area->ends[ring] - start;
		const int32_t *xy = area->xy + 2 * start;
		size_t before = loops->ring_count, outers = 0;
		bool is_hole = ring && clip_ring_area2(xy, count) <= 0;

		if (is_hole && !has_outer)
			continue;
		if (!walk_ring(snapper, grid, xy, count, is_hole, &outers)) {
			out->failed = true;
			return;
		}
		if (!is_hole) {
			has_outer = outers > 0;
			if (!has_outer)
				drop_rings(loops, before);
		}
		is_split |= loops->ring_count > before + 1;
	}
	if (is_split) {
		clip_arrange(clipper, loops, out);
		return;
	}
	for (size_t ring = 0; ring < loops->ring_count; ring++) {
		size_t start = clip_path_start(loops, ring);

		clip_path_add(out, loops->xy + 2 * start, loops->ends[ring] - start);
	}
}

void snap_lines(struct snapper *snapper, const struct snap_grid *grid,
	const struct clip_path *lines, struct clip_path *out)
{
	for (size_t line = 0; line < lines->ring_count; line++) {
		size_t start = clip_path_start(lines, line), count = lines->ends[line] - start;
		struct walk walk = {0};

		if (!start_walk(snapper, count, &walk)) {
			out->failed = true;
			return;
		}
		for (size_t i = start; i < start + count; i++) {
			int32_t *top = walk.stack + 2 * walk.depth;

			top[0] = snap_x(grid, lines->xy[2 * i]);
			top[1] = snap_y(grid, lines->xy[2 * i + 1]);
			walk.depth += !walk.depth || !same_point(top - 2, top);
		}
		if (walk.depth > 1)
			clip_path_add(out, walk.stack, walk.depth);
	}
}
