/*
 * map_changes: what of a layer has changed since its snapshot was made: which records, and where.
 *
 * A record stands in it once, with the last change of it in the feed and with all the places where
 * it lay meanwhile.
 */
#ifndef SERVER_MAP_CHANGES_H
#define SERVER_MAP_CHANGES_H

#include "data/id_list.h"
#include "tiles/grid.h"

enum { MAP_CHANGES_MAX = 100000 }; /* beyond, the layer as a whole is out of date */

struct map_change {
	int64_t id, seq;
	struct unit_box box;
};

/* Zero is empty. */
struct map_changes {
	struct map_change *list; /* heap */
	size_t count, room;
	uint32_t *slots; /* heap: places in the list by hash of the id, plus one; 0 empty */
	size_t slot_count;
	int64_t known_seq; /* the small snapshot beside knows what was changed up to this one */
	size_t late;	   /* how many were changed after it */
	bool is_everywhere;	/* it is not known what has changed up to everywhere_seq */
	int64_t everywhere_seq;
};
void map_changes_clear(struct map_changes *changes);

/* A record has changed. Too many, or no memory: everything has. */
void map_changes_add(
	struct map_changes *changes, int64_t id, int64_t seq, const struct unit_box *box);
void map_changes_add_everywhere(struct map_changes *changes, int64_t seq);

/* Forgets what a snapshot with all changes up to this one has. */
void map_changes_forget(struct map_changes *changes, int64_t seq);

/* There is a small snapshot of all that has changed, up to this one. */
void map_changes_know(struct map_changes *changes, int64_t seq);

/* The ids of those that changed at a place; *ret_late are the late ones of them. In order. False without
 * memory. */
bool map_changes_at(const struct map_changes *changes, const struct unit_box *place,
	struct id_list *ret_all, struct id_list *ret_late);

/* The cells of blocks (blocks.h) that those changes may be in; false if there are too many. */
bool map_changes_cells(const struct map_changes *changes, struct grid_place origin,
	const struct unit_box *place, struct id_list *ret_cells);

#endif
