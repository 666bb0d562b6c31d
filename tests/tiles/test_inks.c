#include "tests/test.h"

#include "tests/random.h"
#include "tiles/canvas.h"
#include "tiles/inks.h"
#include "tiles/pixel.h"

enum { SIDE = 128, PARCEL_PX = 12 };

struct bench {
	struct inks inks;
	struct canvas indexed, exact;
	struct path path;
	struct error err;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	int rc;

	*state = bench;
	if (!bench)
		return -1;
	rc = canvas_init(&bench->indexed, SIDE, SIDE, &bench->err);
	return rc ? rc : canvas_init(&bench->exact, SIDE, SIDE, &bench->err);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	canvas_clear(&bench->indexed);
	canvas_clear(&bench->exact);
	path_clear(&bench->path);
	free(bench);
	return 0;
}

static uint8_t flat(struct inks *inks, uint32_t pixel)
{
	return ink_over(inks, inks_ramp(inks, pixel), INK_STEPS, 0);
}

static void colours_that_fill_are_exact(void **state)
{
	struct bench *bench = *state;

	inks_reset(&bench->inks);
	assert_int_equal(bench->inks.count, 1);
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t pixel = pixel_premultiply((i * 0x01030201U + 0x10203000U) | 0xFF);

		assert_int_equal(bench->inks.colours[flat(&bench->inks, pixel)], pixel);
	}
	assert_true(inks_are_good(&bench->inks));
}

static void nothing_leaves_all_as_it_is(void **state)
{
	struct bench *bench = *state;
	struct ink_ramp *ramp;

	inks_reset(&bench->inks);
	ramp = inks_ramp(&bench->inks, 0xFF336699);
	for (int i = 0; i < INK_COLOURS_MAX; i++)
		assert_int_equal(ink_over(&bench->inks, ramp, 0, (uint8_t)i), i);
	assert_int_equal(ink_step(0), 0);
	assert_int_equal(ink_step(255), INK_STEPS);
}

static void steps_between_two_colours_are_near(void **state)
{
	struct bench *bench = *state;
	const uint32_t below = 0xFFF7E3FF, above = 0xFFA38BA9;
	uint8_t ground;

	inks_reset(&bench->inks);
	ground = flat(&bench->inks, below);
	for (int step = 1; step <= INK_STEPS; step++) {
		uint8_t index = ink_over(
			&bench->inks, inks_ramp(&bench->inks, above), step, ground);
		uint32_t exact = pixel_blend(pixel_spread(above), below, (uint32_t)step * 255 / 16);

		for (int c = 0; c < 4; c++)
			assert_in_range(pixel_channel(bench->inks.colours[index], c) + 4,
				pixel_channel(exact, c), pixel_channel(exact, c) + 8);
	}
}

/* Draws parcels in a few colours, outlined, with gaps where the ground shows. */
static void draw_parcels(struct bench *bench, struct canvas *canvas, struct random random)
{
	static const uint32_t fills[] = {0xFFE3F7FF, 0xFDDDD9FF, 0xCDEBC5FF, 0xFAF8CFFF};

	for (size_t class = 0; class < 4; class++) {
		for (int y = 0; y < SIDE; y += PARCEL_PX) {
			for (int x = 0; x < SIDE; x += PARCEL_PX) {
				struct point *at;

				if (random_below(&random, 5) != class)
					continue;
				at = path_add_points(&bench->path, 3, true);
				for (int i = 0; i < 3; i++)
					at[i] = (struct point){x + random_between(&random, 0, 12),
						y + random_between(&random, 0, 12)};
			}
		}
		assert_int_equal(canvas_gather_areas(canvas, &bench->path, &bench->err), 0);
		canvas_paint_areas(canvas, fills[class]);
		assert_int_equal(canvas_gather_lines(canvas, &bench->path, 0.8, &bench->err), 0);
		canvas_paint_lines(canvas, 0x7A6B77FF);
		path_reset(&bench->path);
	}
}

static void a_map_looks_as_with_all_colours(void **state)
{
	struct bench *bench = *state;
	struct random random = random_start(20261122);

	for (int round = 0; round < 20; round++) {
		double sum = 0;

		random_bits(&random);
		assert_int_equal(canvas_wipe_indexed(&bench->indexed, &bench->err), 0);
		draw_parcels(bench, &bench->indexed, random);
		assert_true(canvas_is_good(&bench->indexed));
		canvas_wipe(&bench->exact, 0);
		draw_parcels(bench, &bench->exact, random);
		for (int i = 0; i < SIDE * SIDE; i++) {
			uint32_t exact = bench->exact.pixels[i];
			uint32_t drawn = bench->indexed.inks->colours[bench->indexed.indices[i]];

			for (int c = 0; c < 4; c++) {
				int off = abs(pixel_channel(exact, c) - pixel_channel(drawn, c));

				assert_in_range(off, 0, INK_ERROR_MAX);
				sum += off;
			}
		}
		assert_true(sum / 4 / SIDE / SIDE < 2);
	}
}

static void what_was_drawn_before_changes_nothing(void **state)
{
	struct bench *bench = *state;
	struct random first = {1}, second = {2};
	uint8_t *before = malloc(SIDE * SIDE);
	uint32_t colours[INK_COLOURS_MAX + 1];

	assert_non_null(before);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(canvas_wipe_indexed(&bench->indexed, &bench->err), 0);
		draw_parcels(bench, &bench->indexed, first);
		if (round) {
			assert_memory_equal(bench->indexed.indices, before, SIDE * SIDE);
			assert_memory_equal(bench->indexed.inks->colours, colours, sizeof colours);
		}
		memcpy(before, bench->indexed.indices, SIDE * SIDE);
		memcpy(colours, bench->indexed.inks->colours, sizeof colours);
		assert_int_equal(canvas_wipe_indexed(&bench->indexed, &bench->err), 0);
		draw_parcels(bench, &bench->indexed, second);
	}
	free(before);
}

/* More colours than a palette has: it says so, and nothing is written beyond it. */
static void too_many_colours_are_noticed(void **state)
{
	struct bench *bench = *state;
	struct random random = random_start(7);

	inks_reset(&bench->inks);
	for (int i = 0; i < 20000; i++) {
		uint32_t colour = (uint32_t)random_bits(&random) | (i % 2 ? 0xFF : 0);
		struct ink_ramp *ramp = inks_ramp(&bench->inks, pixel_premultiply(colour));
		uint8_t below = (uint8_t)random_below(&random, (size_t)bench->inks.count);
		uint8_t index = ink_over(
			&bench->inks, ramp, (int)random_below(&random, INK_STEPS + 1), below);

		assert_in_range(index, 0, bench->inks.count - 1);
		assert_in_range(bench->inks.count, 1, INK_COLOURS_MAX);
	}
	assert_false(inks_are_good(&bench->inks));
	inks_reset(&bench->inks);
	assert_true(inks_are_good(&bench->inks));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(colours_that_fill_are_exact),
		TEST(nothing_leaves_all_as_it_is),
		TEST(steps_between_two_colours_are_near),
		TEST(a_map_looks_as_with_all_colours),
		TEST(what_was_drawn_before_changes_nothing),
		TEST(too_many_colours_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
