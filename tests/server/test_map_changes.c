/* What has changed since a snapshot, held against a list that is walked. */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/map_changes.h"
#include "tests/random.h"
#include "tiles/blocks.h"

enum { IDS = 400, STEPS = 6000, PLACES = 1000 };

/* By id: the last change of a record that is not forgotten; seq 0 none. */
struct model {
	struct map_change of_id[IDS];
	int64_t known;
};

static struct unit_box random_box(struct random *random)
{
	double x = (double)random_below(random, PLACES), y = (double)random_below(random, PLACES);

	return (struct unit_box){x, y, x + (double)random_below(random, 50),
		y + (double)random_below(random, 50)};
}

static void model_add(struct model *model, int64_t id, int64_t seq, const struct unit_box *box)
{
	struct map_change *change = &model->of_id[id];

	if (!change->seq) {
		*change = (struct map_change){id, seq, *box};
		return;
	}
	change->seq = seq;
	change->box = (struct unit_box){fmin(change->box.min_x, box->min_x),
		fmin(change->box.min_y, box->min_y), fmax(change->box.max_x, box->max_x),
		fmax(change->box.max_y, box->max_y)};
}

static void model_forget(struct model *model, int64_t seq)
{
	for (size_t i = 0; i < IDS; i++)
		if (model->of_id[i].seq <= seq)
			model->of_id[i].seq = 0;
}

static void compare_at(
	const struct map_changes *changes, const struct model *model, const struct unit_box *place)
{
	struct id_list all = {0}, late = {0};
	size_t all_count = 0, late_count = 0;

	assert_true(map_changes_at(changes, place, &all, &late));
	for (int64_t id = 0; id < IDS; id++) {
		const struct map_change *change = &model->of_id[id];

		if (!change->seq || !unit_boxes_meet(&change->box, place))
			continue;
		assert_true(all_count < all.count);
		assert_int_equal(all.ids[all_count++], id);
		if (change->seq <= model->known)
			continue;
		assert_true(late_count < late.count);
		assert_int_equal(late.ids[late_count++], id);
	}
	assert_int_equal(all_count, all.count);
	assert_int_equal(late_count, late.count);
	id_list_clear(&all);
	id_list_clear(&late);
}

static size_t count_late(const struct model *model)
{
	size_t late = 0;

	for (size_t i = 0; i < IDS; i++)
		late += model->of_id[i].seq > model->known;
	return late;
}

static void changes_are_known_by_place_until_forgotten(void **state)
{
	struct random random = random_start(5);
	struct map_changes changes = {0};
	struct model model = {0};
	int64_t seq = 0;

	(void)state;
	for (int step = 0; step < STEPS; step++) {
		struct unit_box box = random_box(&random);
		size_t what = random_below(&random, 100);

		if (what < 70) {
			int64_t id = (int64_t)random_below(&random, IDS);

			map_changes_add(&changes, id, ++seq, &box);
			model_add(&model, id, seq, &box);
		} else if (what < 72) {
			int64_t until = (int64_t)random_below(&random, (size_t)seq + 1);

			map_changes_forget(&changes, until);
			model_forget(&model, until);
		} else if (what < 74) {
			model.known = (int64_t)random_below(&random, (size_t)seq + 1);
			map_changes_know(&changes, model.known);
		} else {
			compare_at(&changes, &model, &box);
		}
		assert_int_equal(changes.late, count_late(&model));
	}
	map_changes_clear(&changes);
}

static void what_is_not_known_is_everywhere_until_a_snapshot_has_it(void **state)
{
	struct map_changes changes = {0};
	const struct unit_box box = {1, 1, 2, 2};

	(void)state;
	map_changes_add(&changes, 1, 5, &box);
	map_changes_add_everywhere(&changes, 7);
	assert_true(changes.is_everywhere);
	assert_int_equal(changes.count, 0);
	map_changes_add(&changes, 2, 6, &box);
	assert_int_equal(changes.count, 0);
	map_changes_add(&changes, 2, 8, &box);
	map_changes_add_everywhere(&changes, 3);
	assert_int_equal(changes.everywhere_seq, 7);
	assert_int_equal(changes.count, 1);
	map_changes_forget(&changes, 6);
	assert_true(changes.is_everywhere);
	map_changes_forget(&changes, 7);
	assert_false(changes.is_everywhere);
	assert_int_equal(changes.count, 1);
	map_changes_clear(&changes);
}

static void too_many_changes_are_everywhere(void **state)
{
	struct map_changes changes = {0};
	const struct unit_box box = {1, 1, 2, 2};

	(void)state;
	for (int64_t i = 1; i <= 2 * MAP_CHANGES_MAX && !changes.is_everywhere; i++)
		map_changes_add(&changes, i, i, &box);
	assert_true(changes.is_everywhere);
	assert_int_equal(changes.count, 0);
	map_changes_clear(&changes);
}

/* Each corner of a place lies in a cell that is named, and no cell is named that lies beside it. */
static void cells_hold_the_places(void **state)
{
	struct random random = random_start(6);
	const struct grid_place origin = {INT64_C(1) << 34, INT64_C(1) << 34};
	const double side = ldexp(1, BLOCK_CELL_BITS);

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct map_changes changes = {0};
		struct id_list cells = {0};
		double x = (double)origin.x + side * ((double)random_below(&random, 400) / 10 - 20);
		double y = (double)origin.y + side * ((double)random_below(&random, 400) / 10 - 20);
		struct unit_box box = {x, y, x + side * (double)random_below(&random, 30) / 10,
			y + side * (double)random_below(&random, 30) / 10};
		double reached = 0;

		map_changes_add(&changes, 1, 1, &box);
		assert_true(map_changes_cells(&changes, origin, &box, &cells));
		for (size_t i = 0; i < cells.count; i++) {
			struct tile_box cell = block_cell_box(cells.ids[i]);
			struct unit_box units = {(double)origin.x + cell.min_x,
				(double)origin.y + cell.min_y, (double)origin.x + cell.max_x,
				(double)origin.y + cell.max_y};

			assert_true(unit_boxes_meet(&units, &box));
			reached += 1;
		}
		assert_true(reached >= 1 && reached <= 16);
		assert_true(reached >= floor((box.max_x - box.min_x) / side) *
				floor((box.max_y - box.min_y) / side));
		id_list_clear(&cells);
		map_changes_clear(&changes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_known_by_place_until_forgotten),
		cmocka_unit_test(what_is_not_known_is_everywhere_until_a_snapshot_has_it),
		cmocka_unit_test(too_many_changes_are_everywhere),
		cmocka_unit_test(cells_hold_the_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
