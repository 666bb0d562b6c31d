#include "server/map_changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"
#include "tiles/blocks.h"

enum {
	FIRST_SLOTS = 256,
	CELLS_MAX = 20000, /* with those that are named twice */
};

void map_changes_clear(struct map_changes *changes)
{
	free(changes->list);
	free(changes->slots);
	*changes = (struct map_changes){.list = NULL};
}

/* The slot of an id, or the one where it would be. */
static size_t slot_of(const struct map_changes *changes, int64_t id)
{
	uint64_t hash = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
	size_t slot = (size_t)(hash >> 32) & (changes->slot_count - 1);

	while (changes->slots[slot] && changes->list[changes->slots[slot] - 1].id != id)
		slot = (slot + 1) & (changes->slot_count - 1);
	return slot;
}

/* Puts all into the slots anew; at most half of them are full. */
static bool make_slots(struct map_changes *changes, size_t wish)
{
	size_t count = FIRST_SLOTS;
	uint32_t *slots;

	while (count < 2 * wish)
		count *= 2;
	slots = calloc(count, sizeof *slots);
	if (!slots)
		return false;
	free(changes->slots);
	changes->slots = slots;
	changes->slot_count = count;
	for (size_t i = 0; i < changes->count; i++)
		slots[slot_of(changes, changes->list[i].id)] = (uint32_t)i + 1;
	return true;
}

/* First the slots: the list must never be longer than they have room for. */
static bool make_room(struct map_changes *changes)
{
	size_t room = changes->room ? changes->room * 2 : FIRST_SLOTS / 2;
	void *moved;

	if (changes->count < changes->room)
		return true;
	if (changes->count >= MAP_CHANGES_MAX || !make_slots(changes, room))
		return false;
	moved = realloc(changes->list, room * sizeof *changes->list);
	if (!moved)
		return false;
	changes->list = moved;
	changes->room = room;
	return true;
}

static void grow(struct unit_box *box, const struct unit_box *by)
{
	box->min_x = fmin(box->min_x, by->min_x);
	box->min_y = fmin(box->min_y, by->min_y);
	box->max_x = fmax(box->max_x, by->max_x);
	box->max_y = fmax(box->max_y, by->max_y);
}

void map_changes_add(
	struct map_changes *changes, int64_t id, int64_t seq, const struct unit_box *box)
{
	struct map_change *change;
	size_t slot;

	if (changes->is_everywhere && seq <= changes->everywhere_seq)
		return;
	if (!make_room(changes)) {
		map_changes_add_everywhere(changes, seq);
		return;
	}
	slot = slot_of(changes, id);
	if (!changes->slots[slot]) {
		changes->list[changes->count++] = (struct map_change){id, seq, *box};
		changes->slots[slot] = (uint32_t)changes->count;
		changes->late += seq > changes->known_seq;
		return;
	}
	change = &changes->list[changes->slots[slot] - 1];
	grow(&change->box, box);
	changes->late += change->seq <= changes->known_seq && seq > changes->known_seq;
	if (seq > change->seq)
		change->seq = seq;
}

void map_changes_add_everywhere(struct map_changes *changes, int64_t seq)
{
	if (changes->is_everywhere && changes->everywhere_seq > seq)
		seq = changes->everywhere_seq;
	/* What came before is in it. */
	map_changes_forget(changes, seq);
	changes->is_everywhere = true;
	changes->everywhere_seq = seq;
}

void map_changes_forget(struct map_changes *changes, int64_t seq)
{
	size_t kept = 0;

	for (size_t i = 0; i < changes->count; i++)
		if (changes->list[i].seq > seq)
			changes->list[kept++] = changes->list[i];
	changes->count = kept;
	if (changes->slots) {
		memset(changes->slots, 0, changes->slot_count * sizeof *changes->slots);
		for (size_t i = 0; i < kept; i++)
			changes->slots[slot_of(changes, changes->list[i].id)] = (uint32_t)i + 1;
	}
	if (changes->everywhere_seq <= seq)
		changes->is_everywhere = false;
	map_changes_know(changes, changes->known_seq);
}

void map_changes_know(struct map_changes *changes, int64_t seq)
{
	changes->known_seq = seq;
	changes->late = 0;
	for (size_t i = 0; i < changes->count; i++)
		changes->late += changes->list[i].seq > seq;
}

bool map_changes_at(const struct map_changes *changes, const struct unit_box *place,
	struct id_list *ret_all, struct id_list *ret_late)
{
	bool enough = true;

	for (size_t i = 0; enough && i < changes->count; i++) {
		const struct map_change *change = &changes->list[i];

		if (!unit_boxes_meet(&change->box, place))
			continue;
		enough = !id_list_add(ret_all, change->id, NULL) &&
			(change->seq <= changes->known_seq ||
				!id_list_add(ret_late, change->id, NULL));
	}
	id_list_sort(ret_all);
	id_list_sort(ret_late);
	return enough;
}

static int32_t offset(double unit, int64_t origin)
{
	double at = floor(unit) - (double)origin;

	return at < INT32_MIN ? INT32_MIN : at > INT32_MAX ? INT32_MAX : (int32_t)at;
}

/* The cells that a place meets. */
static bool add_cells(
	const struct unit_box *box, struct grid_place origin, struct id_list *cells)
{
	const int64_t side = INT64_C(1) << BLOCK_CELL_BITS;
	const struct tile_box at = {offset(box->min_x, origin.x),
		offset(box->min_y, origin.y), offset(box->max_x, origin.x),
		offset(box->max_y, origin.y)};
	const struct tile_box last = {at.max_x, at.max_y, at.max_x, at.max_y};
	const struct tile_box first = {at.min_x, at.min_y, at.min_x, at.min_y};
	struct tile_box from = block_cell_box(block_cell(&first));
	struct tile_box to = block_cell_box(block_cell(&last));

	for (int64_t y = from.min_y; y <= to.min_y; y += side)
		for (int64_t x = from.min_x; x <= to.min_x; x += side) {
			const struct tile_box corner = {
				(int32_t)x, (int32_t)y, (int32_t)x, (int32_t)y};

			if (cells->count >= CELLS_MAX ||
				id_list_add(cells, block_cell(&corner), NULL))
				return false;
		}
	return true;
}

bool map_changes_cells(const struct map_changes *changes, struct grid_place origin,
	const struct unit_box *place, struct id_list *ret_cells)
{
	bool few = true;

	for (size_t i = 0; few && i < changes->count; i++)
		if (unit_boxes_meet(&changes->list[i].box, place))
			few = add_cells(&changes->list[i].box, origin, ret_cells);
	id_list_sort(ret_cells);
	return few;
}
