/*
 * hilbert_tree: a packed R-tree over boxes that are sorted along a Hilbert curve.
 *
 * Filled once and then only read, by any number of threads. All nodes are full but the last of a
 * level, so there are no pointers: the children of node i of a level are 16*i ... of the level
 * below. The lowest level is the items themselves, by their hilbert_key. (In another order it finds
 * the same, in more time.)
 */
#ifndef TILES_HILBERT_TREE_H
#define TILES_HILBERT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HILBERT_NODE_SIZE = 16,	 /* four boxes a cache line, four lines a node */
	HILBERT_LEVELS_MAX = 10, /* 16^10 items are more than memory holds */
};

/* Closed; a point has min = max. */
struct tile_box {
	int32_t min_x, min_y, max_x, max_y;
};

struct hilbert_tree {
	const struct tile_box *boxes; /* borrowed: all levels, the items first */
	size_t level_starts[HILBERT_LEVELS_MAX + 1];
	size_t level_count; /* 0 when there is no item */
};

/* Where the middle of a box lies along the Hilbert curve through all of the plane. */
uint64_t hilbert_key(const struct tile_box *box);

/* How many boxes a tree over that many items has; fills those behind the items; begins to use them. */
size_t hilbert_tree_size(size_t count);
void hilbert_tree_fill(struct tile_box *boxes, size_t count);
struct hilbert_tree hilbert_tree_over(const struct tile_box *boxes, size_t count);

/* What is done with each item; false ends the search. */
struct item_visitor {
	bool (*visit)(void *context, size_t item);
	void *context;
};

/* Visits the items whose boxes meet `box`, in ascending order. False if a visit ended it. */
bool hilbert_tree_visit(const struct hilbert_tree *tree, const struct tile_box *box,
	struct item_visitor visitor);

/* A growing list of item numbers; reuse it for the next search. */
struct item_list {
	uint32_t *items; /* heap */
	size_t count, room;
};
void item_list_clear(struct item_list *list);

/* Appends the items whose boxes meet `box`, in ascending order. False without memory. */
bool hilbert_tree_search(
	const struct hilbert_tree *tree, const struct tile_box *box, struct item_list *found);

#endif
