/*
 * hilbert_tree: a packed R-tree over boxes that are sorted along a Hilbert curve.
 *
 * Built once and then only read, by any number of threads. All nodes are full but the last of a
 * level, so there are no pointers: the children of node i of a level are 16*i ... of the level
 * below. The lowest level is the items themselves, in the order that hilbert_order gives.
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
	struct tile_box *boxes; /* heap: all levels, the items first */
	size_t level_starts[HILBERT_LEVELS_MAX + 1];
	size_t level_count; /* 0 when there is no item */
};

/*
 * Fills order[count] so that boxes[order[0]], boxes[order[1]], ... follow a Hilbert curve through
 * their centres. Equal places keep their order. False without memory.
 */
bool hilbert_order(const struct tile_box *boxes, size_t count, uint32_t *order);

/* Builds over boxes in that order (copied). False without memory; then it is empty. */
bool hilbert_tree_build(struct hilbert_tree *ret_tree, const struct tile_box *boxes, size_t count);
void hilbert_tree_clear(struct hilbert_tree *tree);

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
