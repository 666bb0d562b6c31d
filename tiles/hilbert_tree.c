#include "tiles/hilbert_tree.h"

#include "base/banned.h"

enum { KEY_BITS = 32 };

/* Distance along the Hilbert curve of order 32 (Hacker's Delight, the state-free form). */
static uint64_t key_of(uint32_t x, uint32_t y)
{
	uint64_t key = 0;

	for (uint32_t side = 1U << (KEY_BITS - 1); side; side >>= 1) {
		uint32_t right = (x & side) != 0, up = (y & side) != 0;

		key = key << 2 | ((3 * right) ^ up);
		if (!up) {
			uint32_t old_x = x;

			if (right) {
				x = ~x;
				y = ~y;
				old_x = x;
			}
			x = y;
			y = old_x;
		}
	}
	return key;
}

/* The middle of [min, max], counted from the least number. */
static uint32_t middle(int32_t min, int32_t max)
{
	return (uint32_t)((((int64_t)min + max) >> 1) - INT32_MIN);
}

uint64_t hilbert_key(const struct tile_box *box)
{
	return key_of(middle(box->min_x, box->max_x), middle(box->min_y, box->max_y));
}

static struct tile_box box_around(const struct tile_box *boxes, size_t count)
{
	struct tile_box all = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};

	for (size_t i = 0; i < count; i++) {
		all.min_x = boxes[i].min_x < all.min_x ? boxes[i].min_x : all.min_x;
		all.min_y = boxes[i].min_y < all.min_y ? boxes[i].min_y : all.min_y;
		all.max_x = boxes[i].max_x > all.max_x ? boxes[i].max_x : all.max_x;
		all.max_y = boxes[i].max_y > all.max_y ? boxes[i].max_y : all.max_y;
	}
	return all;
}

struct hilbert_tree hilbert_tree_over(const struct tile_box *boxes, size_t count)
{
	struct hilbert_tree tree = {.boxes = boxes};
	size_t total = 0, level = count;

	while (level) {
		tree.level_starts[tree.level_count++] = total;
		total += level;
		level = level == 1 ? 0 : (level + HILBERT_NODE_SIZE - 1) / HILBERT_NODE_SIZE;
	}
	tree.level_starts[tree.level_count] = total;
	return tree;
}

size_t hilbert_tree_size(size_t count)
{
	struct hilbert_tree tree = hilbert_tree_over(NULL, count);

	return tree.level_starts[tree.level_count];
}

void hilbert_tree_fill(struct tile_box *boxes, size_t count)
{
	struct hilbert_tree tree = hilbert_tree_over(boxes, count);

	for (size_t l = 1; l < tree.level_count; l++) {
		size_t below = tree.level_starts[l - 1], end = tree.level_starts[l];

		for (size_t at = below, node = end; at < end; at += HILBERT_NODE_SIZE, node++) {
			size_t left = end - at;

			boxes[node] = box_around(boxes + at,
				left < HILBERT_NODE_SIZE ? left : HILBERT_NODE_SIZE);
		}
	}
}

void item_list_clear(struct item_list *list)
{
	free(list->items);
	*list = (struct item_list){0};
}

static bool add_item(void *context, size_t item)
{
	struct item_list *list = context;

	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 1024;
		uint32_t *items = realloc(list->items, room * sizeof *items);

		if (!items)
			return false;
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = (uint32_t)item;
	return true;
}

static bool meet(const struct tile_box *a, const struct tile_box *b)
{
	return a->min_x <= b->max_x && a->max_x >= b->min_x && a->min_y <= b->max_y &&
		a->max_y >= b->min_y;
}

/* Visits below the children of node `node` of a level; recursion is as deep as the tree. */
static bool visit_node(const struct hilbert_tree *tree, size_t level, size_t node,
	const struct tile_box *box, struct item_visitor visitor)
{
	size_t start = tree->level_starts[level], width = tree->level_starts[level + 1] - start;
	size_t end = (node + 1) * HILBERT_NODE_SIZE;

	if (end > width)
		end = width;
	for (size_t i = node * HILBERT_NODE_SIZE; i < end; i++) {
		if (!meet(&tree->boxes[start + i], box))
			continue;
		if (level ? !visit_node(tree, level - 1, i, box, visitor)
			  : !visitor.visit(visitor.context, i))
			return false;
	}
	return true;
}

bool hilbert_tree_visit(const struct hilbert_tree *tree, const struct tile_box *box,
	struct item_visitor visitor)
{
	/* The top level has one node; it is looked at as the only child of one above it. */
	return !tree->level_count || visit_node(tree, tree->level_count - 1, 0, box, visitor);
}

bool hilbert_tree_search(
	const struct hilbert_tree *tree, const struct tile_box *box, struct item_list *found)
{
	return hilbert_tree_visit(tree, box, (struct item_visitor){add_item, found});
}
