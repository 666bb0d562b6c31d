#include "tiles/hilbert_tree.h"

#include "base/banned.h"
#include "tiles/radix_sort.h"

enum { KEY_BITS = 16 };

/* Distance along the Hilbert curve of order 16 (Hacker's Delight, the state-free form). */
static uint32_t hilbert_key(uint32_t x, uint32_t y)
{
	uint32_t key = 0;

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

/* The middle of [min, max] in 16 bits of [from, to]. */
static uint32_t place(int32_t min, int32_t max, int32_t from, int32_t to)
{
	double width = (double)to - from;
	double middle = ((double)min + max) / 2 - from;

	return width > 0 ? (uint32_t)(middle / width * ((1 << KEY_BITS) - 1)) : 0;
}

bool hilbert_order(const struct tile_box *boxes, size_t count, uint32_t *order)
{
	struct tile_box all = box_around(boxes, count);
	struct radix_item *keyed = calloc(count ? count : 1, 2 * sizeof *keyed);

	if (!keyed)
		return false;
	for (size_t i = 0; i < count; i++)
		keyed[i] = (struct radix_item){
			hilbert_key(place(boxes[i].min_x, boxes[i].max_x, all.min_x, all.max_x),
				place(boxes[i].min_y, boxes[i].max_y, all.min_y, all.max_y)),
			(uint32_t)i};
	radix_sort(keyed, keyed + count, count);
	for (size_t i = 0; i < count; i++)
		order[i] = keyed[i].item;
	free(keyed);
	return true;
}

bool hilbert_tree_build(struct hilbert_tree *ret_tree, const struct tile_box *boxes, size_t count)
{
	struct hilbert_tree tree = {0};
	size_t total = 0, level = count;

	*ret_tree = tree;
	if (!count)
		return true;
	for (;;) {
		tree.level_starts[tree.level_count++] = total;
		total += level;
		if (level == 1)
			break;
		level = (level + HILBERT_NODE_SIZE - 1) / HILBERT_NODE_SIZE;
	}
	tree.level_starts[tree.level_count] = total;
	tree.boxes = calloc(total, sizeof *tree.boxes);
	if (!tree.boxes)
		return false;
	memcpy(tree.boxes, boxes, count * sizeof *boxes);
	for (size_t l = 1; l < tree.level_count; l++) {
		size_t below = tree.level_starts[l - 1], end = tree.level_starts[l];

		for (size_t at = below, node = end; at < end; at += HILBERT_NODE_SIZE, node++) {
			size_t left = end - at;

			tree.boxes[node] = box_around(tree.boxes + at,
				left < HILBERT_NODE_SIZE ? left : HILBERT_NODE_SIZE);
		}
	}
	*ret_tree = tree;
	return true;
}

void hilbert_tree_clear(struct hilbert_tree *tree)
{
	free(tree->boxes);
	*tree = (struct hilbert_tree){0};
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
