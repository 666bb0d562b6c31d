/* What clip does with areas and lines that were drawn by hand; test_clip_random has the rest. */
#include "tests/test.h"

#include "base/banned.h"
#include "base/strbuf.h"
#include "tests/tiles/paths.h"
#include "tiles/clip.h"

/* The box that everything here is cut by. */
static const struct tile_box box = {0, 0, 100, 100};

/* Cuts a path given as text (paths.h) and compares what comes out, as text. */
static void cuts_to(const char *area, const char *wanted)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(1 << 16);
	autofree(clip_path_clear) struct clip_path in = {0}, out = {0};
	autofree(clipper_clear) struct clipper clipper = {0};

	path_read(&in, area);
	clip_area(&clipper, &in, &box, &out);
	assert_false(out.failed);
	path_print(&said, &out, true);
	assert_string_equal(said.data, wanted);
}

static void lines_cut_to(const char *lines, const char *wanted)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(1 << 16);
	autofree(clip_path_clear) struct clip_path in = {0}, out = {0};

	path_read(&in, lines);
	clip_lines(&in, &box, &out);
	assert_false(out.failed);
	path_print(&said, &out, false);
	assert_string_equal(said.data, wanted);
}

static void what_is_inside_stays_and_what_is_outside_goes(void **state)
{
	(void)state;
	cuts_to("10 10, 20 10, 20 20", "10 10, 20 10, 20 20");
	cuts_to("0 0, 100 0, 100 100, 0 100", "0 0, 100 0, 100 100, 0 100");
	cuts_to("110 10, 120 10, 120 20", "");
	cuts_to("-50 -50, 150 -50, 150 -10", "");
	cuts_to("", "");
}

static void a_cover_becomes_the_box(void **state)
{
	(void)state;
	cuts_to("-50 -50, 150 -50, 150 150, -50 150", "0 0, 100 0, 100 100, 0 100");
	cuts_to("0 0, 200 0, 200 200, 0 200", "0 0, 100 0, 100 100, 0 100");
	cuts_to("-1000 50, 50 -1000, 1000 50, 50 1000", "0 0, 100 0, 100 100, 0 100");
	/* The box lies in a hole. */
	cuts_to("-50 -50, 150 -50, 150 150, -50 150; -9 -9, -9 109, 109 109, 109 -9", "");
	cuts_to("-50 -50, 150 -50, 150 150, -50 150; 0 0, 0 100, 100 100, 100 0", "");
}

static void a_corner_is_cut_off(void **state)
{
	(void)state;
	cuts_to("50 50, 150 50, 150 150, 50 150", "50 50, 100 50, 100 100, 50 100");
	cuts_to("-50 50, 50 -50, 50 50", "0 0, 50 0, 50 50, 0 50");
	cuts_to("-60 50, 50 -60, 50 50", "0 0, 50 0, 50 50, 0 50");
	cuts_to("-40 50, 50 -40, 50 50", "10 0, 50 0, 50 50, 0 50, 0 10");
}

static void an_area_that_returns_becomes_several(void **state)
{
	(void)state;
	/* A comb from the right: three teeth reach in. */
	cuts_to("150 0, 150 70, 50 70, 50 60, 140 60, 140 40, 50 40, 50 30, 140 30, 140 10, 50 10,"
		" 50 0",
		"50 0, 100 0, 100 10, 50 10; 50 30, 100 30, 100 40, 50 40;"
		" 50 60, 100 60, 100 70, 50 70");
	/* A C around the box, which reaches in from two sides at its ends. */
	cuts_to("-20 -20, 120 -20, 120 120, -20 120, -20 60, 10 60, 10 80, -10 80, -10 110, 110 110,"
		" 110 -10, -10 -10, -10 30, 10 30, 10 40, -20 40",
		"0 30, 10 30, 10 40, 0 40; 0 60, 10 60, 10 80, 0 80");
	/* A tooth of the outline stands in the notch of another. */
	cuts_to("150 0, 150 100, 20 100, 20 0, 140 0, 140 10, 30 10, 30 90, 140 90, 140 60, 50 60,"
		" 50 40, 145 40, 145 0",
		"20 0, 100 0, 100 10, 30 10, 30 90, 100 90, 100 100, 20 100;"
		" 50 40, 100 40, 100 60, 50 60");
}

static void holes_stay_behind_their_outline(void **state)
{
	(void)state;
	cuts_to("10 10, 150 10, 150 90, 10 90; 20 20, 20 30, 30 30, 30 20; 60 20, 60 30, 70 30, 70"
		" 20",
		"10 10, 100 10, 100 90, 10 90; hole 20 20, 20 30, 30 30, 30 20;"
		" hole 60 20, 60 30, 70 30, 70 20");
	/* A hole on the side opens to it, one that touches it does not. */
	cuts_to("10 10, 150 10, 150 90, 10 90; 80 40, 80 60, 100 60, 100 40",
		"10 10, 100 10, 100 40, 80 40, 80 60, 100 60, 100 90, 10 90");
	cuts_to("10 10, 150 10, 150 90, 10 90; 80 40, 80 60, 100 50",
		"10 10, 100 10, 100 90, 10 90; hole 80 40, 80 60, 100 50");
	/* A hole that meets the side becomes part of the outline, or parts the area. */
	cuts_to("10 10, 150 10, 150 90, 10 90; 80 40, 80 60, 120 60, 120 40",
		"10 10, 100 10, 100 40, 80 40, 80 60, 100 60, 100 90, 10 90");
	cuts_to("10 -10, 90 -10, 90 110, 10 110; 40 -5, 40 105, 60 105, 60 -5",
		"10 0, 40 0, 40 100, 10 100; 60 0, 90 0, 90 100, 60 100");
	/* Two parts, each with its own hole; those come in the wrong order. */
	cuts_to("120 0, 120 90, 0 90, 0 60, 110 60, 110 30, 0 30, 0 0;"
		" 20 10, 20 20, 30 20, 30 10; 20 70, 20 80, 30 80, 30 70",
		"0 0, 100 0, 100 30, 0 30; hole 20 10, 20 20, 30 20, 30 10;"
		" 0 60, 100 60, 100 90, 0 90; hole 20 70, 20 80, 30 80, 30 70");
	/* A hole that touches its outline with the first of its points. */
	cuts_to("120 0, 120 90, 0 90, 0 60, 110 60, 110 30, 0 30, 0 0; 0 70, 20 80, 20 70",
		"0 0, 100 0, 100 30, 0 30; 0 60, 100 60, 100 90, 0 90; hole 0 70, 20 80, 20 70");
}

static void edges_on_the_side_are_not_doubled(void **state)
{
	(void)state;
	/* Along the side from inside, and from outside. */
	cuts_to("50 0, 100 0, 100 50, 120 50, 120 70, 50 70", "50 0, 100 0, 100 70, 50 70");
	cuts_to("100 0, 150 0, 150 50, 100 50", "");
	cuts_to("100 20, 150 20, 150 50, 100 50, 100 40, 90 40, 90 30, 100 30",
		"90 30, 100 30, 100 40, 90 40");
	/* It goes along the side against the turn before it leaves. */
	cuts_to("50 20, 100 60, 100 30, 150 30, 150 90, 50 90", "50 20, 100 60, 100 90, 50 90");
	/* Touching points, from inside and from outside. */
	cuts_to("100 50, 150 40, 150 60", "");
	cuts_to("50 40, 100 50, 50 60", "50 40, 100 50, 50 60");
	cuts_to("50 20, 150 20, 150 80, 50 80, 50 60, 100 50, 50 40",
		"50 20, 100 20, 100 50, 50 40; 100 50, 100 80, 50 80, 50 60");
	cuts_to("100 100, 150 100, 150 150, 100 150", "");
}

static void what_is_no_polygon_is_cut_all_the_same(void **state)
{
	(void)state;
	cuts_to("10 10", "");
	cuts_to("10 10, 20 20", "");
	cuts_to("50 50, 150 50", "");
	cuts_to("50 50, 150 50, 70 50", "");
	cuts_to("10 10, 10 10, 10 10", "");
	/* A bow tie: one half has the wrong turn. */
	cuts_to("50 20, 150 80, 150 20, 50 80", "50 20, 100 50, 50 80");
	cuts_to("50 80, 150 20, 150 80, 50 20", "");
	/* A hole without an outline around it. */
	cuts_to("10 10, 150 10, 150 20, 10 20; 10 70, 10 80, 20 80, 20 70; 50 70, 50 80, 120 80",
		"10 10, 100 10, 100 20, 10 20");
}

static void lines_are_cut_into_their_parts(void **state)
{
	(void)state;
	lines_cut_to("10 10, 20 10, 20 20", "10 10, 20 10, 20 20");
	lines_cut_to("-10 50, 110 50", "0 50, 100 50");
	lines_cut_to("110 50, -10 50", "100 50, 0 50");
	lines_cut_to("50 50, 150 50, 150 60, 50 60", "50 50, 100 50; 100 60, 50 60");
	lines_cut_to("-10 -10, 110 110", "0 0, 100 100");
	lines_cut_to("-50 60, 60 -50", "0 10, 10 0");
	lines_cut_to("-50 20, 20 -50", "");
	lines_cut_to("10 10, 20 10; 110 10, 120 10; 30 30, 30 200", "10 10, 20 10; 30 30, 30 100");
	lines_cut_to("10 10, 10 10, 20 10, 20 10", "10 10, 20 10");
}

static void lines_on_the_side_stay_and_touching_ones_go(void **state)
{
	(void)state;
	lines_cut_to("100 20, 100 80", "100 20, 100 80");
	lines_cut_to("100 -20, 100 180", "100 0, 100 100");
	lines_cut_to("50 50, 100 50, 150 60", "50 50, 100 50");
	lines_cut_to("150 60, 100 50, 50 50", "100 50, 50 50");
	lines_cut_to("150 40, 100 50, 150 60", "");
	lines_cut_to("50 150, 150 50", "");
	lines_cut_to("100 100, 150 150", "");
	lines_cut_to("50 50, 100 50, 50 60", "50 50, 100 50, 50 60");
	lines_cut_to("10 10", "");
}

/* Offsets reach from one end of 32 bits to the other. */
static void the_ends_of_the_numbers_are_cut_too(void **state)
{
	static const struct tile_box half = {INT32_MIN, INT32_MIN, 0, INT32_MAX};
	const int32_t world[] = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MAX,
		INT32_MIN, INT32_MAX};
	autofree(strbuf_clear) struct strbuf said = STRBUF(1 << 16);
	autofree(clip_path_clear) struct clip_path in = {0}, out = {0};
	autofree(clipper_clear) struct clipper clipper = {0};

	(void)state;
	clip_path_add(&in, world, 4);
	clip_lines(&in, &half, &out);
	path_print(&said, &out, false);
	assert_string_equal(said.data, "-2147483648 -2147483648, 0 -2147483648;"
				       " 0 2147483647, -2147483648 2147483647");
	clip_path_reset(&out);
	strbuf_reset(&said);
	clip_area(&clipper, &in, &half, &out);
	path_print(&said, &out, false);
	/* Its area has more than 63 bits, so what it is cannot be promised; it does not overflow. */
	assert_true(out.ring_count <= 1);
	assert_true(clip_ring_area2((const int32_t[]){0, 0, INT32_MAX, 0, INT32_MAX, INT32_MAX, 0,
					    INT32_MAX},
			    4) == 2 * (int64_t)INT32_MAX * INT32_MAX);
}

/* A saw of 100,000 teeth across the side: joining them must not look at all pairs. */
static void many_pieces_are_joined_at_once(void **state)
{
	enum { TEETH = 100000 };
	autofree(clip_path_clear) struct clip_path in = {0}, out = {0};
	autofree(clipper_clear) struct clipper clipper = {0};
	const struct tile_box wide = {0, -10, 100, 4 * TEETH};
	int32_t *xy = calloc(2 * TEETH + 2, 2 * sizeof *xy);
	size_t count = 0;

	(void)state;
	assert_non_null(xy);
	for (int32_t i = 0; i < TEETH; i++) {
		memcpy(xy + 2 * count++, (const int32_t[]){200, 4 * i}, 8);
		memcpy(xy + 2 * count++, (const int32_t[]){0, 4 * i + 2}, 8);
	}
	memcpy(xy + 2 * count++, (const int32_t[]){200, 4 * TEETH}, 8);
	memcpy(xy + 2 * count++, (const int32_t[]){300, 0}, 8);
	for (size_t i = 0; i < count / 2; i++) {
		int32_t kept[2];

		memcpy(kept, xy + 2 * i, 8);
		memcpy(xy + 2 * i, xy + 2 * (count - 1 - i), 8);
		memcpy(xy + 2 * (count - 1 - i), kept, 8);
	}
	clip_path_add(&in, xy, count);
	clip_area(&clipper, &in, &wide, &out);
	assert_false(out.failed);
	assert_int_equal(out.ring_count, TEETH);
	assert_int_equal(out.point_count, 3 * TEETH);
	free(xy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_inside_stays_and_what_is_outside_goes),
		cmocka_unit_test(a_cover_becomes_the_box),
		cmocka_unit_test(a_corner_is_cut_off),
		cmocka_unit_test(an_area_that_returns_becomes_several),
		cmocka_unit_test(holes_stay_behind_their_outline),
		cmocka_unit_test(edges_on_the_side_are_not_doubled),
		cmocka_unit_test(what_is_no_polygon_is_cut_all_the_same),
		cmocka_unit_test(lines_are_cut_into_their_parts),
		cmocka_unit_test(lines_on_the_side_stay_and_touching_ones_go),
		cmocka_unit_test(the_ends_of_the_numbers_are_cut_too),
		cmocka_unit_test(many_pieces_are_joined_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
