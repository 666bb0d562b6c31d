#include "tests/test.h"

#include "base/banned.h"
#include "tests/tiles/made_snapshot.h"
#include "tests/tiles/random_area.h"

static const struct look_class plain_class = {.title = {"", ""}};
static const struct layer areas = {.id = "areas", .geometry = GEOMETRY_AREA,
	.look = {.classes = &plain_class, .class_count = 1}};

static void assert_same(const struct outline *a, const struct outline *b)
{
	assert_int_equal(a->ring_count, b->ring_count);
	assert_int_equal(a->point_count, b->point_count);
	for (uint32_t i = 0; i < a->ring_count; i++) {
		assert_int_equal(a->rings[i].first_point, b->rings[i].first_point);
		assert_int_equal(a->rings[i].point_count, b->rings[i].point_count);
		assert_int_equal(a->rings[i].hole, b->rings[i].hole);
	}
	assert_memory_equal(a->xy, b->xy, a->point_count * 8);
}

/* Small and large ones, with holes and without, near and far. */
static void what_is_written_is_read(void **state)
{
	enum { COUNT = 1000 };
	static const int32_t sizes[] = {20, 30000, 70000, 1 << 28};
	struct made_snapshot made = made_snapshot_begin(&areas);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	static struct outline put[COUNT + 1];
	struct random random = random_start(5);
	struct clip_path path = {0};
	struct outline read = {0};

	(void)state;
	for (int i = 1; i <= COUNT; i++) {
		int32_t x = (int32_t)random_between(&random, -1e9, 1e9);

		random_area(&path, &random, x, -x, sizes[i % 4]);
		made_outline(&put[i], &path, GEOMETRY_AREA);
		made_snapshot_add(&made, &path);
	}
	snapshot = made_snapshot_finish(&made);
	assert_int_equal(snapshot->record_count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		const uint32_t *words = snapshot->shapes + snapshot->records[i].shape_at;
		const struct outline *wanted = &put[snapshot->records[i].id];
		size_t words_used = 0, words_wanted = outline_words(wanted, &snapshot->tree.boxes[i]);

		assert_true(outline_read(snapshot, i, &read));
		assert_same(&read, wanted);
		assert_int_equal(outline_count_points(words), wanted->point_count);
		assert_true(outline_check(words, words_wanted, &snapshot->tree.boxes[i],
			GEOMETRY_AREA, &words_used));
		assert_int_equal(words_used, words_wanted);
		assert_false(outline_check(words, words_wanted - 1, &snapshot->tree.boxes[i],
			GEOMETRY_AREA, &words_used));
	}
	for (int i = 1; i <= COUNT; i++)
		outline_clear(&put[i]);
	outline_clear(&read);
	clip_path_clear(&path);
}

static void the_ends_of_the_numbers_are_kept(void **state)
{
	static const int32_t world[] = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MAX};
	static const int32_t sixteen[] = {7, 7, 65542, 7, 65542, 65542};
	static const int32_t more[] = {7, 7, 65543, 7, 65542, 65542};
	struct made_snapshot made = made_snapshot_begin(&areas);
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	autofree(clip_path_clear) struct clip_path path = {0};
	autofree(outline_clear) struct outline outline = {0}, wanted = {0};
	const int32_t *const all[] = {world, sixteen, more};
	static const size_t words[] = {7, 4, 7};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		clip_path_reset(&path);
		clip_path_add(&path, all[i], 3);
		made_snapshot_add(&made, &path);
	}
	snapshot = made_snapshot_finish(&made);
	for (size_t i = 0; i < 3; i++) {
		size_t number = (size_t)snapshot->records[i].id - 1;

		clip_path_reset(&path);
		clip_path_add(&path, all[number], 3);
		made_outline(&wanted, &path, GEOMETRY_AREA);
		assert_true(outline_read(snapshot, i, &outline));
		assert_same(&outline, &wanted);
		assert_int_equal(
			outline_words(&outline, &snapshot->tree.boxes[i]), words[number]);
	}
}

static void words_that_are_no_outline_are_told(void **state)
{
	const struct tile_box box = {0, 0, 100, 100};
	size_t used;
	const struct {
		uint32_t words[4];
		size_t count;
	} wrong[] = {
		{{0}, 0},
		{{0}, 1},				 /* no point */
		{{3 << 2, 0, 0}, 3},			 /* a point is missing */
		{{1 << 2, 101}, 2},			 /* beyond its box */
		{{1 << 2, 101U << 16}, 2},
		{{1 << 2 | 1, 0}, 2},			 /* a wide point is half there */
		{{2 << 2 | 2, 1}, 2},			 /* a ring's word is missing */
		{{1 << 2 | 2, 0, 0}, 3},		 /* a ring without points */
		{{1 << 2 | 2, 1U << 31 | 1, 0}, 3},	 /* begins with a hole */
		{{1 << 2 | 2, 0x7FFFFFFF, 0}, 3},	 /* more points than can be */
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(outline_check(
			wrong[i].words, wrong[i].count, &box, GEOMETRY_AREA, &used));
	assert_true(outline_check((uint32_t[]){1 << 2, 100U << 16 | 100}, 2, &box, GEOMETRY_AREA, &used));
	assert_int_equal(used, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(the_ends_of_the_numbers_are_kept),
		cmocka_unit_test(words_that_are_no_outline_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
