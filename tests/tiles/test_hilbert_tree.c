#include "tests/test.h"

#include <math.h>

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/hilbert_tree.h"

static bool meet(const struct tile_box *a, const struct tile_box *b)
{
	return a->min_x <= b->max_x && a->max_x >= b->min_x && a->min_y <= b->max_y &&
		a->max_y >= b->min_y;
}

/* Where boxes lie and how large they are. */
struct field {
	double reach; /* coordinates from -reach to reach */
	double size;
};

static struct tile_box random_box(struct random *random, const struct field *field)
{
	double x = random_between(random, -field->reach, field->reach);
	double y = random_between(random, -field->reach, field->reach);
	double width = random_between(random, 0, field->size);
	double height = random_between(random, 0, field->size);

	return (struct tile_box){(int32_t)x, (int32_t)y, (int32_t)fmin(x + width, INT32_MAX),
		(int32_t)fmin(y + height, INT32_MAX)};
}

/* The boxes in Hilbert order, and their tree. */
struct forest {
	struct tile_box *boxes; /* with room for the nodes */
	size_t count;
	struct hilbert_tree tree;
};

static int compare_keys(const void *a, const void *b)
{
	uint64_t left = hilbert_key(a), right = hilbert_key(b);

	return (left > right) - (left < right);
}

static void plant(struct forest *forest, struct random *random, size_t count,
	const struct field *field)
{
	forest->boxes = calloc(hilbert_tree_size(count) + 1, sizeof *forest->boxes);
	forest->count = count;
	assert_non_null(forest->boxes);
	for (size_t i = 0; i < count; i++)
		forest->boxes[i] = random_box(random, field);
	qsort(forest->boxes, count, sizeof *forest->boxes, compare_keys);
	hilbert_tree_fill(forest->boxes, count);
	forest->tree = hilbert_tree_over(forest->boxes, count);
}

static void fell(struct forest *forest)
{
	free(forest->boxes);
}

/* The search finds what looking at every box finds, in ascending order. */
static void check_search(const struct forest *forest, const struct tile_box *box)
{
	struct item_list found = {0};
	size_t at = 0;

	assert_true(hilbert_tree_search(&forest->tree, box, &found));
	for (size_t i = 0; i < forest->count; i++)
		if (meet(&forest->boxes[i], box))
			assert_true(at < found.count && found.items[at++] == i);
	assert_int_equal(at, found.count);
	item_list_clear(&found);
}

static const struct field fields[] = {{1e6, 3e4}, {50, 3}, {2147483647, 1e9}, {1e6, 0}, {0.5, 0}};

static void finds_what_looking_at_all_finds(void **state)
{
	static const size_t counts[] = {0, 1, 2, 15, 16, 17, 255, 256, 257, 3000};
	struct random random = random_start(3);

	(void)state;
	for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++)
		for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
			struct forest forest;

			plant(&forest, &random, counts[c], &fields[f]);
			for (int i = 0; i < 50; i++) {
				struct field wide = {fields[f].reach, fields[f].reach};
				struct tile_box box = random_box(&random, i % 2 ? &wide : &fields[f]);

				check_search(&forest, &box);
			}
			check_search(&forest, &(struct tile_box){INT32_MIN, INT32_MIN, INT32_MAX,
						      INT32_MAX});
			fell(&forest);
		}
}

static void a_hundred_thousand_are_found(void **state)
{
	struct random random = random_start(4);
	struct forest forest;

	(void)state;
	plant(&forest, &random, 100000, &fields[0]);
	assert_int_equal(forest.tree.level_count, 6); /* 16^4 < 100,000 <= 16^5 */
	for (int i = 0; i < 100; i++) {
		struct tile_box box = random_box(&random, &fields[0]);

		check_search(&forest, &box);
	}
	fell(&forest);
}

static void touching_is_meeting(void **state)
{
	struct forest forest = {.count = 1, .boxes = &(struct tile_box){10, 20, 30, 40}};
	struct item_list found = {0};

	(void)state;
	forest.tree = hilbert_tree_over(forest.boxes, 1);
	check_search(&forest, &(struct tile_box){30, 40, 50, 50});
	check_search(&forest, &(struct tile_box){0, 0, 10, 20});
	assert_true(hilbert_tree_search(&forest.tree, &(struct tile_box){30, 40, 50, 50}, &found));
	assert_true(hilbert_tree_search(&forest.tree, &(struct tile_box){31, 0, 50, 50}, &found));
	assert_int_equal(found.count, 1); /* appended by the first, nothing by the second */
	item_list_clear(&found);
	forest.tree = hilbert_tree_over(NULL, 0);
	assert_true(hilbert_tree_search(&forest.tree, &forest.boxes[0], &found));
	assert_int_equal(found.count, 0);
}

static double apart(const struct tile_box *a, const struct tile_box *b)
{
	return hypot((double)a->min_x - b->min_x, (double)a->min_y - b->min_y);
}

/*
 * On a full lattice the curve goes from each place to one of its neighbours: a step is as long as
 * the lattice is wide, not as the field is. In any order by rows the nodes would be 16 wide and 1
 * high; here they are compact, so that a tile touches few of them.
 */
static void what_is_near_stands_near(void **state)
{
	enum { SIDE = 256, PITCH = 1024, COUNT = SIDE * SIDE };
	struct tile_box *boxes = calloc(COUNT, sizeof *boxes);
	double way = 0, nodes = 0;

	(void)state;
	assert_non_null(boxes);
	for (int i = 0; i < COUNT; i++) {
		int32_t x = i % SIDE * PITCH, y = i / SIDE * PITCH;

		boxes[i] = (struct tile_box){x, y, x, y};
	}
	qsort(boxes, COUNT, sizeof *boxes, compare_keys);
	for (size_t i = 1; i < COUNT; i++)
		way += apart(&boxes[i - 1], &boxes[i]);
	assert_true(way / (COUNT - 1) < 1.05 * PITCH);
	for (size_t i = 0; i < COUNT; i += HILBERT_NODE_SIZE) {
		struct tile_box node = boxes[i];

		for (size_t k = i; k < i + HILBERT_NODE_SIZE; k++) {
			node.min_x = boxes[k].min_x < node.min_x ? boxes[k].min_x : node.min_x;
			node.min_y = boxes[k].min_y < node.min_y ? boxes[k].min_y : node.min_y;
			node.max_x = boxes[k].max_x > node.max_x ? boxes[k].max_x : node.max_x;
			node.max_y = boxes[k].max_y > node.max_y ? boxes[k].max_y : node.max_y;
		}
		nodes += (double)(node.max_x - node.min_x + node.max_y - node.min_y);
	}
	/* 3 + 3 for a square of 4 x 4 places, 15 for a row of 16. */
	assert_true(nodes / (COUNT / HILBERT_NODE_SIZE) < 7.0 * PITCH);
	free(boxes);
}

/* The ends of the plane have the ends of the curve's square. */
static void every_place_has_its_key(void **state)
{
	const struct tile_box least = {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN};
	const struct tile_box most = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
	const struct tile_box all = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};

	(void)state;
	assert_true(hilbert_key(&least) == 0);
	assert_true(hilbert_key(&most) == UINT64_MAX / 3 * 2);
	assert_true(hilbert_key(&all) < hilbert_key(&most));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_looking_at_all_finds),
		cmocka_unit_test(a_hundred_thousand_are_found),
		cmocka_unit_test(touching_is_meeting),
		cmocka_unit_test(what_is_near_stands_near),
		cmocka_unit_test(every_place_has_its_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
