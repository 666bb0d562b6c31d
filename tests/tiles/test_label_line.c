#include "tests/test.h"

#include <math.h>

#include "base/banned.h"
#include "tests/random.h"
#include "tests/tiles/paths.h"
#include "tiles/label_line.h"

/* The lines of the pieces as text. */
static void join(const struct clip_path *pieces, double least, struct strbuf *out)
{
	struct label_line_joiner joiner = {0};
	struct clip_path lines = {0};

	assert_true(label_line_join(&joiner, pieces, least, &lines));
	for (size_t i = 0; i < lines.ring_count; i++) {
		if (i)
			strbuf_add_text(out, "; ");
		for (size_t p = clip_path_start(&lines, i); p < lines.ends[i]; p++)
			strbuf_add_format(out, "%s%d %d", p > clip_path_start(&lines, i) ? ", " : "",
				lines.xy[2 * p], lines.xy[2 * p + 1]);
	}
	clip_path_clear(&lines);
	label_line_joiner_clear(&joiner);
	label_line_joiner_clear(&joiner);
}

static void check(const char *pieces, double least, const char *wanted)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(10000);
	struct clip_path path = {0};

	if (*pieces)
		path_read(&path, pieces);
	join(&path, least, &out);
	assert_string_equal(out.data, wanted);
	clip_path_clear(&path);
}

static void pieces_that_meet_are_one_line(void **state)
{
	(void)state;
	check("", 0, "");
	check("0 0, 10 0", 0, "0 0, 10 0");
	check("10 0, 20 0; 0 0, 10 0", 0, "0 0, 10 0, 20 0");
	/* However they were drawn. */
	check("10 0, 0 0; 10 0, 20 3; 30 0, 20 3", 0, "0 0, 10 0, 20 3, 30 0");
	check("0 0, 10 0; 11 0, 20 0", 0, "0 0, 10 0; 11 0, 20 0");
	check("0 0, 0 0, 10 0, 10 0; 10 0, 10 0, 20 0", 0, "0 0, 10 0, 20 0");
	/* A line that meets in the midst of another is not cut. */
	check("0 0, 20 0; 10 0, 10 9", 0, "0 0, 20 0; 10 0, 10 9");
}

static void of_several_that_meet_the_straightest_go_on(void **state)
{
	(void)state;
	/* A fork, and a crossing. */
	check("0 0, 10 0; 10 0, 20 1; 10 0, 20 8", 0, "0 0, 10 0, 20 1; 10 0, 20 8");
	check("0 0, 10 0; 10 0, 22 1; 10 -10, 10 0; 10 0, 9 10", 0,
		"0 0, 10 0, 22 1; 9 10, 10 0, 10 -10");
	/* A name does not run around a corner, or back. */
	check("0 0, 10 0; 10 0, 10 9", 0, "0 0, 10 0; 10 0, 10 9");
	check("0 0, 10 0; 10 0, 1 1", 0, "0 0, 10 0; 1 1, 10 0");
	check("0 0, 10 0; 10 0, 11 9", 0, "0 0, 10 0, 11 9");
}

static void a_street_that_was_drawn_twice_stands_once(void **state)
{
	(void)state;
	check("0 0, 10 0; 10 0, 0 0; 0 0, 10 0", 0, "0 0, 10 0");
	check("0 0, 10 0; 10 0, 0 0; 10 0, 20 0", 0, "0 0, 10 0, 20 0");
}

static void a_ring_is_left_open(void **state)
{
	(void)state;
	check("0 0, 10 0, 17 7, 17 17, 10 24, 0 24, -7 17, -7 7, 0 0", 0,
		"0 0, -7 7, -7 17, 0 24, 10 24, 17 17, 17 7, 10 0, 0 0");
	/* Of pieces, where they go on least straight. */
	check("0 0, 10 0, 17 7, 17 17; 17 17, 10 24, 0 24; 0 24, -7 17, -7 7, 0 0", 0,
		"17 17, 10 24, 0 24, -7 17, -7 7, 0 0, 10 0, 17 7, 17 17");
}

static void what_carries_no_name_is_left_out_and_the_longest_comes_first(void **state)
{
	(void)state;
	check("0 0, 10 0; 0 50, 30 50; 0 90, 20 90", 0, "0 50, 30 50; 0 90, 20 90; 0 0, 10 0");
	check("0 0, 10 0; 0 50, 30 50; 0 90, 20 90", 20, "0 50, 30 50; 0 90, 20 90");
	check("0 0, 10 0; 0 50, 30 50; 0 90, 20 90", 31, "");
	/* Together they are long enough. */
	check("0 0, 10 0; 10 0, 20 0; 20 0, 30 0", 30, "0 0, 10 0, 20 0, 30 0");
	check("5 5, 5 5; 1 1", 0, "");
	assert_true(fabs(label_line_least(10, 12, 8) - 480) < 1e-9);
}

/* A town of streets on a grid, in pieces; some of them bend. */
static void draw_town(struct clip_path *path, struct random *random)
{
	clip_path_reset(path);
	for (int32_t i = 0; i < 60; i++) {
		int32_t x = (int32_t)random_below(random, 6) * 100;
		int32_t y = (int32_t)random_below(random, 6) * 100;
		bool level = random_below(random, 2);
		int32_t xy[6] = {x, y, x + 50, y + (int32_t)random_below(random, 60) - 30,
			x + 100, y + (int32_t)random_below(random, 2) * 100};

		if (!level) {
			xy[2] = x + (int32_t)random_below(random, 60) - 30;
			xy[3] = y + 50;
			xy[4] = x;
			xy[5] = y + 100;
		}
		clip_path_add(path, xy, 3);
	}
}

/* The same lines in another order, and each drawn the other way round or not. */
static void shuffle(const struct clip_path *path, struct random *random, struct clip_path *out)
{
	size_t order[60];

	clip_path_reset(out);
	for (size_t i = 0; i < path->ring_count; i++) {
		size_t at = random_below(random, i + 1);

		order[i] = order[at];
		order[at] = i;
	}
	for (size_t i = 0; i < path->ring_count; i++) {
		const int32_t *xy = path->xy + 2 * clip_path_start(path, order[i]);
		const int32_t turned[6] = {xy[4], xy[5], xy[2], xy[3], xy[0], xy[1]};

		clip_path_add(out, random_below(random, 2) ? turned : xy, 3);
	}
}

static double length_of(const struct clip_path *path)
{
	double length = 0;

	for (size_t i = 0; i < path->ring_count; i++)
		for (size_t p = clip_path_start(path, i); p + 1 < path->ends[i]; p++)
			length += hypot((double)path->xy[2 * p + 2] - path->xy[2 * p],
				(double)path->xy[2 * p + 3] - path->xy[2 * p + 1]);
	return length;
}

static void order_and_direction_of_the_pieces_do_not_matter(void **state)
{
	struct random random = random_start(51);
	struct clip_path town = {0}, other = {0};

	(void)state;
	for (int round = 0; round < 300; round++) {
		autofree(strbuf_clear) struct strbuf first = STRBUF(100000);
		struct label_line_joiner joiner = {0};
		struct clip_path lines = {0};

		draw_town(&town, &random);
		join(&town, 0, &first);
		assert_int_equal(strbuf_check(&first, NULL), 0);
		for (int i = 0; i < 3; i++) {
			autofree(strbuf_clear) struct strbuf again = STRBUF(100000);

			shuffle(&town, &random, &other);
			join(&other, 0, &again);
			assert_string_equal(first.data, again.data);
		}
		/* Nothing is lost or added but what was drawn twice, and lines grow. */
		assert_true(label_line_join(&joiner, &town, 0, &lines));
		assert_true(length_of(&lines) <= length_of(&town) + 1e-6);
		assert_true(lines.ring_count < town.ring_count);
		other.point_count = other.ring_count = 0;
		assert_true(label_line_join(&joiner, &lines, 0, &other));
		assert_true(fabs(length_of(&other) - length_of(&lines)) < 1e-6);
		clip_path_clear(&lines);
		label_line_joiner_clear(&joiner);
	}
	clip_path_clear(&town);
	clip_path_clear(&other);
}

/* A star of streets: more ends than are compared. */
static void a_place_with_too_many_ends_is_left_in_pieces(void **state)
{
	struct label_line_joiner joiner = {0};
	struct clip_path star = {0}, lines = {0};

	(void)state;
	for (int32_t i = 0; i < 5000; i++) {
		int32_t xy[4] = {0, 0, i % 2 ? 10000 : -10000, i - 2500};

		clip_path_add(&star, xy, 2);
	}
	assert_true(label_line_join(&joiner, &star, 0, &lines));
	assert_in_range(lines.ring_count, 5000 - LABEL_LINE_ENDS_MAX, 5000);
	clip_path_clear(&star);
	clip_path_clear(&lines);
	label_line_joiner_clear(&joiner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_that_meet_are_one_line),
		cmocka_unit_test(of_several_that_meet_the_straightest_go_on),
		cmocka_unit_test(a_street_that_was_drawn_twice_stands_once),
		cmocka_unit_test(a_ring_is_left_open),
		cmocka_unit_test(what_carries_no_name_is_left_out_and_the_longest_comes_first),
		cmocka_unit_test(order_and_direction_of_the_pieces_do_not_matter),
		cmocka_unit_test(a_place_with_too_many_ends_is_left_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
