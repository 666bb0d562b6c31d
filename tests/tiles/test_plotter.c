#include "tests/test.h"

#include "tests/random.h"
#include "tiles/plotter.h"

enum { SIDE = 96 };

struct bench {
	struct plotter plotter;
	struct canvas plotted, drawn;
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
	rc = canvas_init(&bench->plotted, SIDE, SIDE, &bench->err);
	return rc ? rc : canvas_init(&bench->drawn, SIDE, SIDE, &bench->err);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	canvas_clear(&bench->plotted);
	canvas_clear(&bench->drawn);
	path_clear(&bench->path);
	free(bench);
	return 0;
}

/* Hundredths of a pixel, and the picture's corner at (-1000, 500). */
static void begin(struct bench *bench)
{
	plotter_begin(&bench->plotter, &bench->plotted, 0.01, 10, -5);
}

static void add_to_path(struct bench *bench, const int32_t *xy, size_t count, bool closed)
{
	struct point *at = path_add_points(&bench->path, count, closed);

	assert_non_null(at);
	for (size_t i = 0; i < count; i++)
		at[i] = (struct point){xy[2 * i] * 0.01 + 10, xy[2 * i + 1] * 0.01 - 5};
}

static int largest_difference(const struct bench *bench)
{
	int largest = 0;

	for (int i = 0; i < SIDE * SIDE; i++) {
		int off = abs((int)(bench->plotted.pixels[i] >> 24) -
			(int)(bench->drawn.pixels[i] >> 24));

		largest = off > largest ? off : largest;
	}
	return largest;
}

/* A strip of plots that share their sides, some of them outside the picture. */
static void make_plot(int number, int32_t plot[8])
{
	int32_t left = number * 700 - 2000, top = (number % 5) * 100;

	memcpy(plot, (const int32_t[]){left, top, left + 700, top, left + 700, 9000, left, 9000},
		8 * sizeof *plot);
}

static void areas_are_as_the_canvas_fills_them(void **state)
{
	struct bench *bench = *state;

	begin(bench);
	for (int i = 0; i < 20; i++) {
		int32_t plot[8];

		make_plot(i, plot);
		plotter_fill_ring(&bench->plotter, plot, 4);
		add_to_path(bench, plot, 4, true);
	}
	plotter_paint_areas(&bench->plotter, 0x204060FF);
	assert_int_equal(canvas_gather_areas(&bench->drawn, &bench->path, &bench->err), 0);
	canvas_paint_areas(&bench->drawn, 0x204060FF);
	assert_in_range(largest_difference(bench), 0, 1);
	assert_int_equal(bench->plotted.pixels[SIDE * SIDE / 2 + SIDE / 2] >> 24, 255);
}

static void outlines_are_as_the_canvas_draws_them(void **state)
{
	struct bench *bench = *state;

	begin(bench);
	for (int i = 0; i < 20; i++) {
		int32_t plot[8];

		make_plot(i, plot);
		plotter_draw_ring(&bench->plotter, plot, 4, 0.7);
		add_to_path(bench, plot, 4, true);
	}
	plotter_paint_lines(&bench->plotter, 0x204060FF);
	assert_int_equal(canvas_gather_lines(&bench->drawn, &bench->path, 0.7, &bench->err), 0);
	canvas_paint_lines(&bench->drawn, 0x204060FF);
	assert_in_range(largest_difference(bench), 0, 1);
}

/* Lines of any length, in and out of the picture, thin and wide. */
static void lines_are_as_the_canvas_draws_them(void **state)
{
	struct bench *bench = *state;
	struct random random = random_start(3);

	for (int round = 0; round < 300; round++) {
		int32_t line[2 * 3 * PLOTTER_RUN];
		size_t count = 1 + random_below(&random, 3 * PLOTTER_RUN);
		double width_px = random_between(&random, 0.3, 20);
		int32_t step = round % 2 ? 300 : 30000;

		for (size_t i = 0; i < 2 * count; i++)
			line[i] = (i > 1 ? line[i - 2] : 3000) +
				(int32_t)random_between(&random, -step, step);
		begin(bench);
		canvas_wipe(&bench->plotted, 0);
		canvas_wipe(&bench->drawn, 0);
		plotter_draw_line(&bench->plotter, line, count, width_px);
		plotter_paint_lines(&bench->plotter, 0x204060FF);
		path_reset(&bench->path);
		add_to_path(bench, line, count, false);
		assert_int_equal(
			canvas_gather_lines(&bench->drawn, &bench->path, width_px, &bench->err), 0);
		canvas_paint_lines(&bench->drawn, 0x204060FF);
		/* Points next to a straight line are left out; not in the same places. */
		assert_in_range(largest_difference(bench), 0, 24);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(areas_are_as_the_canvas_fills_them),
		TEST(outlines_are_as_the_canvas_draws_them),
		TEST(lines_are_as_the_canvas_draws_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
