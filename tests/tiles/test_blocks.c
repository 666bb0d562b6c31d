#include "tests/test.h"

#include "base/banned.h"
#include "tests/random.h"
#include "tests/tiles/made_snapshot.h"
#include "tiles/blocks.h"
#include "tiles/mvt.h"
#include "tiles/snapshot_pick.h"

enum { SIDE = 60, PITCH = 40000 }; /* a lattice of 47 m: it lies in some twenty cells */

static const struct layer_field kind = {.id = "kind", .type = FIELD_TEXT, .tile_zoom = 10};
static const struct look_class classes[] = {
	{.value = "house", .title = {"", ""}}, {.value = NULL, .title = {"", ""}}};
static const struct layer layer = {.id = "lots", .geometry = GEOMETRY_AREA, .fields = &kind,
	.field_count = 1,
	.look = {.min_zoom = 10, .max_zoom = 22, .block_zoom = 14, .class_field = "kind",
		.classes = classes, .class_count = 2}};

/* Lots side by side with corners moved about, of two classes. */
static struct snapshot *make_lots(void)
{
	struct made_snapshot made = made_snapshot_begin(&layer);
	autofree(clip_path_clear) struct clip_path path = {0};
	static int32_t at[SIDE + 1][SIDE + 1][2];
	struct random random = random_start(23);

	for (int y = 0; y <= SIDE; y++)
		for (int x = 0; x <= SIDE; x++) {
			at[y][x][0] = (x - 30) * PITCH + (int32_t)random_below(&random, PITCH / 3);
			at[y][x][1] = (y - 30) * PITCH + (int32_t)random_below(&random, PITCH / 3);
		}
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++) {
			clip_path_reset(&path);
			clip_path_add(&path,
				(int32_t[]){at[y][x][0], at[y][x][1], at[y][x + 1][0], at[y][x + 1][1],
					at[y + 1][x + 1][0], at[y + 1][x + 1][1], at[y + 1][x][0],
					at[y + 1][x][1]},
				4);
			made.look = (uint8_t)random_below(&random, 2);
			made_snapshot_add(&made, &path);
		}
	return made_snapshot_finish(&made);
}

static struct snapshot *make_blocks(const struct snapshot *lots)
{
	struct snapshot *made = NULL;
	struct blocks blocks;

	assert_int_equal(blocks_begin(&blocks, lots, NULL, NULL, NULL), 0);
	assert_int_equal(blocks_add_all(&blocks, lots, NULL), 0);
	assert_int_equal(blocks_finish(&blocks, &made, NULL), 0);
	blocks_clear(&blocks);
	return made;
}

static double area_of(const struct snapshot *snapshot, int look)
{
	autofree(outline_clear) struct outline outline = {0};
	double sum = 0;

	for (size_t i = 0; i < snapshot->record_count; i++) {
		if (snapshot->records[i].look != look)
			continue;
		assert_true(outline_read(snapshot, i, &outline));
		for (uint32_t r = 0; r < outline.ring_count; r++)
			sum += (double)clip_ring_area2(
				outline_points(&outline, r), outline.rings[r].point_count);
	}
	return sum / 2;
}

static void a_cell_has_its_square(void **state)
{
	struct random random = random_start(29);

	(void)state;
	for (int i = 0; i < 10000; i++) {
		int32_t x = (int32_t)random_between(&random, -2147483000, 2147483000);
		int32_t y = (int32_t)random_between(&random, -2147483000, 2147483000);
		const struct tile_box at = {x, y, x, y};
		struct tile_box box = block_cell_box(block_cell(&at));

		assert_true(box.min_x <= x && box.max_x >= x && box.min_y <= y && box.max_y >= y);
		assert_int_equal((int64_t)box.max_x - box.min_x, (1 << BLOCK_CELL_BITS) - 1);
		assert_int_equal((int64_t)box.max_y - box.min_y, (1 << BLOCK_CELL_BITS) - 1);
	}
}

static void blocks_have_the_area_of_their_lots(void **state)
{
	autoptr(snapshot_free) struct snapshot *lots = make_lots();
	autoptr(snapshot_free) struct snapshot *blocks = make_blocks(lots);

	(void)state;
	assert_true(blocks->is_blocks);
	assert_true(blocks->record_count < lots->record_count / 20);
	for (int look = 0; look < 2; look++) {
		double lots_area = area_of(lots, look), blocks_area = area_of(blocks, look);

		/* Corners are rounded by up to 0.6 m of 47. */
		assert_true(blocks_area > lots_area * 0.998 && blocks_area < lots_area * 1.002);
	}
	/* Ranks follow the ids. */
	for (size_t i = 1; i < blocks->record_count; i++)
		assert_true((blocks->records[i].id > blocks->records[i - 1].id) ==
			(blocks->records[i].rank > blocks->records[i - 1].rank));
}

/* Cell by cell, from lots in another order, they are the same. */
static void a_cell_made_anew_is_the_same(void **state)
{
	autoptr(snapshot_free) struct snapshot *lots = make_lots();
	autoptr(snapshot_free) struct snapshot *blocks = make_blocks(lots);
	const struct pick_part all = {lots, NULL};
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < blocks->record_count; i++) {
		int64_t cell = (blocks->records[i].id - (INT64_C(1) << 52)) >> 8;
		struct tile_box box = block_cell_box(cell);
		autoptr(snapshot_free) struct snapshot *some = NULL, *again = NULL;
		struct blocks made;

		assert_int_equal(snapshot_pick(&all, 1, &VIEW_NOW(&layer), &box, &some, NULL), 0);
		assert_int_equal(blocks_begin(&made, some, &blocks->pool, NULL, NULL), 0);
		assert_int_equal(blocks_add_cell(&made, some, cell, NULL), 0);
		assert_int_equal(blocks_finish(&made, &again, NULL), 0);
		blocks_clear(&made);
		assert_true(again->record_count > 0 && again->record_count <= 2);
		for (size_t k = 0; k < again->record_count; k++) {
			size_t words = outline_length(again->shapes + again->records[k].shape_at);

			if (again->records[k].id != blocks->records[i].id)
				continue;
			seen++;
			assert_memory_equal(&again->tree.boxes[k], &blocks->tree.boxes[i],
				sizeof blocks->tree.boxes[i]);
			assert_memory_equal(again->shapes + again->records[k].shape_at,
				blocks->shapes + blocks->records[i].shape_at, words * 4);
			assert_int_equal(again->column_values[0][k], blocks->column_values[0][i]);
		}
	}
	assert_int_equal(seen, blocks->record_count);
}

/* Tiles below the layer's block_zoom show them, others the lots. */
static void tiles_show_blocks_at_low_zooms(void **state)
{
	autoptr(snapshot_free) struct snapshot *lots = make_lots();
	const struct snapshot *const shown[] = {lots};
	struct mvt_report report;
	struct mvt_scratch scratch;

	(void)state;
	lots->blocks = make_blocks(lots);
	mvt_scratch_init(&scratch);
	for (unsigned z = 11; z <= 15; z++) {
		autofree(strbuf_clear) struct strbuf out = STRBUF(1 << 24);

		assert_int_equal(mvt_write(&scratch, shown, 1, made_tile(z, 0, 0), &out, &report, NULL), 0);
		assert_true(z < 14 ? report.features < 60 && report.features > 4
				   : report.features > 100);
	}
	mvt_scratch_clear(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_has_its_square),
		cmocka_unit_test(blocks_have_the_area_of_their_lots),
		cmocka_unit_test(a_cell_made_anew_is_the_same),
		cmocka_unit_test(tiles_show_blocks_at_low_zooms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
