#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/canvas.h"

enum { SIDE = 64 };

static const uint32_t black = 0x000000FF, red = 0xFF0000FF, half_blue = 0x0000FF80;

struct drawing {
	struct canvas canvas;
	struct path path;
	struct error err;
};

static int set_up(void **state)
{
	struct drawing *drawing = calloc(1, sizeof *drawing);

	*state = drawing;
	return drawing ? canvas_init(&drawing->canvas, SIDE, SIDE, &drawing->err) : -1;
}

static int tear_down(void **state)
{
	struct drawing *drawing = *state;

	canvas_clear(&drawing->canvas);
	path_clear(&drawing->path);
	free(drawing);
	return 0;
}

static uint32_t pixel(const struct drawing *drawing, int x, int y)
{
	return drawing->canvas.pixels[y * drawing->canvas.width + x];
}

static int alpha(const struct drawing *drawing, int x, int y)
{
	return (int)(pixel(drawing, x, y) >> 24);
}

/* Sum of alpha over the picture, in covered pixels. */
static double covered_area(const struct drawing *drawing)
{
	double sum = 0;

	for (int i = 0; i < drawing->canvas.width * drawing->canvas.height; i++)
		sum += drawing->canvas.pixels[i] >> 24;
	return sum / 255;
}

static void add_box(struct path *path, double left, double top, double right, double bottom,
	bool clockwise, enum path_ring ring)
{
	path_move(path, left, top);
	if (clockwise)
		path_line(path, right, top);
	else
		path_line(path, left, bottom);
	path_line(path, right, bottom);
	if (clockwise)
		path_line(path, left, bottom);
	else
		path_line(path, right, top);
	path_close(path, ring);
}

static void fill(struct drawing *drawing, uint32_t colour)
{
	assert_int_equal(canvas_fill(&drawing->canvas, &drawing->path, colour, &drawing->err), 0);
}

static void stroke(struct drawing *drawing, const struct pen *pen, uint32_t colour)
{
	assert_int_equal(
		canvas_stroke(&drawing->canvas, &drawing->path, pen, colour, &drawing->err), 0);
}

static void line(struct drawing *drawing, double x0, double y0, double x1, double y1)
{
	path_move(&drawing->path, x0, y0);
	path_line(&drawing->path, x1, y1);
}

static void covers_shares_of_pixels(void **state)
{
	struct drawing *drawing = *state;

	add_box(&drawing->path, 10.25, 20.5, 12.5, 22, true, PATH_OUTER);
	fill(drawing, black);
	assert_int_equal(alpha(drawing, 10, 20), 96); /* 3/4 * 1/2 */
	assert_int_equal(alpha(drawing, 11, 20), 128);
	assert_int_equal(alpha(drawing, 12, 21), 128);
	assert_int_equal(alpha(drawing, 11, 21), 255);
	assert_int_equal(alpha(drawing, 9, 21), 0);
	assert_int_equal(alpha(drawing, 13, 21), 0);
	assert_int_equal(alpha(drawing, 11, 22), 0);
}

static void blends_premultiplied(void **state)
{
	struct drawing *drawing = *state;

	add_box(&drawing->path, 0, 0, 8, 8, true, PATH_OUTER);
	fill(drawing, half_blue);
	assert_int_equal(pixel(drawing, 3, 3), 0x80800000);
	canvas_wipe(&drawing->canvas, red);
	fill(drawing, half_blue);
	assert_int_equal(pixel(drawing, 3, 3), 0xFF80007F);
	assert_int_equal(pixel(drawing, 9, 3), 0xFF0000FF);
	canvas_wipe(&drawing->canvas, 0);
	fill(drawing, 0x12345600);
	assert_int_equal(pixel(drawing, 3, 3), 0);
}

static void no_channel_passes_alpha(void **state)
{
	struct drawing *drawing = *state;

	for (int i = 0; i < 200; i++) {
		path_reset(&drawing->path);
		line(drawing, 0.3 * i, 3.7, 60 - 0.2 * i, 61.3);
		stroke(drawing, &(struct pen){.width_px = 3}, 0xFFFEFD00U + (uint32_t)i + 1);
	}
	for (int i = 0; i < SIDE * SIDE; i++) {
		uint32_t value = drawing->canvas.pixels[i];

		for (int shift = 0; shift < 24; shift += 8)
			assert_true((value >> shift & 255) <= value >> 24);
	}
}

static void holes_stay_holes_however_wound(void **state)
{
	struct drawing *drawing = *state;

	for (int i = 0; i < 4; i++) {
		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		add_box(&drawing->path, 5, 5, 60, 60, i & 1, PATH_OUTER);
		add_box(&drawing->path, 10, 10, 20, 20, i & 2, PATH_HOLE);
		add_box(&drawing->path, 30, 10, 40, 20, !(i & 2), PATH_HOLE);
		fill(drawing, black);
		assert_int_equal(alpha(drawing, 7, 7), 255);
		assert_int_equal(alpha(drawing, 15, 15), 0);
		assert_int_equal(alpha(drawing, 35, 15), 0);
		assert_float_equal((float)covered_area(drawing), 55 * 55 - 200, 0.01);
	}
}

static void overlapping_parts_count_once(void **state)
{
	struct drawing *drawing = *state;

	add_box(&drawing->path, 5.5, 5.5, 30.5, 30.5, true, PATH_OUTER);
	add_box(&drawing->path, 5.5, 5.5, 30.5, 30.5, false, PATH_OUTER);
	add_box(&drawing->path, 20, 5.5, 40.5, 30.5, true, PATH_AS_DRAWN);
	fill(drawing, black);
	assert_int_equal(alpha(drawing, 5, 15), 128);
	assert_int_equal(alpha(drawing, 25, 5), 128);
	assert_float_equal((float)covered_area(drawing), 35 * 25, 1);
}

static void a_bow_tie_fills_both_halves(void **state)
{
	struct drawing *drawing = *state;

	path_move(&drawing->path, 10, 10);
	path_line(&drawing->path, 50, 50);
	path_line(&drawing->path, 50, 10);
	path_line(&drawing->path, 10, 50);
	path_close(&drawing->path, PATH_OUTER);
	fill(drawing, black);
	assert_int_equal(alpha(drawing, 12, 30), 255);
	assert_int_equal(alpha(drawing, 47, 30), 255);
	assert_int_equal(alpha(drawing, 30, 12), 0);
	assert_float_equal((float)covered_area(drawing), 800, 0.5);
}

static void a_line_that_turns_back_counts_once(void **state)
{
	struct drawing *drawing = *state;
	const enum pen_join joins[] = {JOIN_MITER, JOIN_ROUND, JOIN_BEVEL};

	for (int i = 0; i < 3; i++) {
		struct pen pen = {.width_px = 0.5, .join = joins[i], .miter_limit = 4};

		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		line(drawing, 10, 20.5, 40, 20.5);
		path_line(&drawing->path, 10, 20.5);
		path_line(&drawing->path, 35, 20.5);
		stroke(drawing, &pen, black);
		assert_int_equal(alpha(drawing, 20, 20), 128);
		assert_int_equal(alpha(drawing, 20, 19), 0);
		assert_int_equal(alpha(drawing, 20, 21), 0);
	}
}

static void draws_caps(void **state)
{
	struct drawing *drawing = *state;
	const double area[] = {200, 300, 200 + 25 * M_PI};

	for (int i = 0; i < 3; i++) {
		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		line(drawing, 20, 30, 40, 30);
		stroke(drawing, &(struct pen){.width_px = 10, .cap = (enum pen_cap)i}, black);
		assert_float_equal((float)covered_area(drawing), (float)area[i], 0.5);
	}
}

static void draws_joins(void **state)
{
	struct drawing *drawing = *state;
	const double corner[] = {25, 25 * M_PI / 4, 12.5};

	for (int i = 0; i < 3; i++) {
		struct pen pen = {.width_px = 10, .join = (enum pen_join)i, .miter_limit = 2};

		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		line(drawing, 10, 10, 40, 10);
		path_line(&drawing->path, 40, 50);
		stroke(drawing, &pen, black);
		assert_float_equal(
			(float)covered_area(drawing), (float)(700 - 25 + corner[i]), 0.5);
	}
}

static void sharp_corners_are_bevelled(void **state)
{
	struct drawing *drawing = *state;
	struct pen pen = {.width_px = 4, .join = JOIN_MITER, .miter_limit = 4};

	line(drawing, 10, 30, 40, 30);
	path_line(&drawing->path, 10, 32);
	stroke(drawing, &pen, black);
	assert_int_equal(alpha(drawing, 43, 31), 0);
	pen.miter_limit = 100;
	stroke(drawing, &pen, black);
	assert_in_range(alpha(drawing, 43, 31), 128, 255);
}

static void a_ring_has_no_ends(void **state)
{
	struct drawing *drawing = *state;
	struct pen pen = {.width_px = 2, .join = JOIN_MITER, .miter_limit = 4};

	add_box(&drawing->path, 10, 10, 50, 50, true, PATH_AS_DRAWN);
	stroke(drawing, &pen, half_blue);
	assert_float_equal((float)covered_area(drawing), (42 * 42 - 38 * 38) * 128 / 255.0F, 0.5);
	assert_int_equal(alpha(drawing, 9, 9), 128);
}

static void a_ring_smaller_than_the_pen_is_full(void **state)
{
	struct drawing *drawing = *state;
	struct pen pen = {.width_px = 30, .join = JOIN_ROUND};

	path_circle(&drawing->path, (struct point){32, 32}, 5, PATH_AS_DRAWN);
	stroke(drawing, &pen, black);
	assert_float_equal((float)covered_area(drawing), (float)(400 * M_PI), 2);
}

static void points_are_dots(void **state)
{
	struct drawing *drawing = *state;
	const double area[] = {0, 64, 16 * M_PI};

	for (int i = 0; i < 3; i++) {
		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		line(drawing, 30, 30, 30, 30);
		stroke(drawing, &(struct pen){.width_px = 8, .cap = (enum pen_cap)i}, black);
		assert_float_equal((float)covered_area(drawing), (float)area[i], 0.2);
	}
}

static void draws_every_width(void **state)
{
	struct drawing *drawing = *state;
	const double widths[] = {0.1, 0.5, 1, 3, 60};

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		line(drawing, -500, 32, 500, 32);
		stroke(drawing, &(struct pen){.width_px = widths[i]}, black);
		assert_float_equal((float)covered_area(drawing), (float)(SIDE * widths[i]), 0.5);
	}
	stroke(drawing, &(struct pen){.width_px = 200}, black);
	assert_float_equal((float)covered_area(drawing), SIDE * SIDE, 0.01);
	canvas_wipe(&drawing->canvas, 0);
	stroke(drawing, &(struct pen){.width_px = 0}, black);
	stroke(drawing, &(struct pen){.width_px = -3}, black);
	assert_float_equal((float)covered_area(drawing), 0, 0);
}

static void dashes_go_on_outside(void **state)
{
	struct drawing *drawing = *state;
	const double dashes[] = {6, 2};
	struct pen pen = {.width_px = 2, .dashes_px = dashes, .dash_count = 2};

	/* Begins a million rounds to the left of the picture. */
	line(drawing, -8e6, 10, 8e6, 10);
	stroke(drawing, &pen, black);
	for (int x = 0; x < SIDE; x++)
		assert_int_equal(alpha(drawing, x, 10), x % 8 < 6 ? 255 : 0);
	canvas_wipe(&drawing->canvas, 0);
	pen.dash_start_px = 6;
	stroke(drawing, &pen, black);
	assert_int_equal(alpha(drawing, 0, 10), 0);
	assert_int_equal(alpha(drawing, 2, 10), 255);
}

static void odd_dashes_are_harmless(void **state)
{
	struct drawing *drawing = *state;
	const double lists[][3] = {{0, 0, 0}, {-5, NAN, 3}, {1e-9, 1e-9, 1e-9}, {1e300, 1, 1},
		{INFINITY, 2, 2}, {0, 4, 0}};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		for (size_t count = 1; count <= 3; count++) {
			struct pen pen = {.width_px = 2,
				.cap = CAP_ROUND,
				.dashes_px = lists[i],
				.dash_count = count,
				.dash_start_px = -7.5};

			path_reset(&drawing->path);
			line(drawing, -1e5, 10, 1e5, 50);
			add_box(&drawing->path, -20, -20, 40, 40, true, PATH_AS_DRAWN);
			stroke(drawing, &pen, black);
		}
	}
}

static void far_coordinates_cost_nothing(void **state)
{
	struct drawing *drawing = *state;
	struct pen pen = {.width_px = 2, .cap = CAP_ROUND, .join = JOIN_ROUND};

	line(drawing, -1e300, 10, 1e300, 10);
	path_line(&drawing->path, 1e9, -1e9);
	path_line(&drawing->path, -1e9, 3e9);
	stroke(drawing, &pen, black);
	assert_int_equal(alpha(drawing, 30, 10), 255);
	assert_int_equal(alpha(drawing, 30, 12), 0);
	path_reset(&drawing->path);
	canvas_wipe(&drawing->canvas, 0);
	add_box(&drawing->path, -1e9, -1e9, 1e9, 32.5, true, PATH_OUTER);
	fill(drawing, black);
	assert_float_equal((float)covered_area(drawing), SIDE * 32.5F, 0.2);
}

static void what_crosses_a_border_is_the_same_on_both_sides(void **state)
{
	struct drawing *drawing = *state;
	struct canvas part = {0};
	struct path moved = {0};
	struct pen pen = {.width_px = 2.6, .join = JOIN_MITER, .miter_limit = 4};

	for (int i = 0; i < 12; i++)
		path_line(&drawing->path, 32 + (20 + i * 3) * cos(i * 2.4),
			32 + (20 + i * 3) * sin(i * 2.4));
	path_close(&drawing->path, PATH_OUTER);
	fill(drawing, half_blue);
	stroke(drawing, &pen, black);
	assert_int_equal(canvas_init(&part, 32, 32, &drawing->err), 0);
	for (int tile = 0; tile < 4; tile++) {
		int left = tile % 2 * 32, top = tile / 2 * 32;

		path_reset(&moved);
		for (size_t i = 0; i < drawing->path.point_count; i++)
			path_line(&moved, drawing->path.points[i].x - left,
				drawing->path.points[i].y - top);
		path_close(&moved, PATH_OUTER);
		canvas_wipe(&part, 0);
		assert_int_equal(canvas_fill(&part, &moved, half_blue, &drawing->err), 0);
		assert_int_equal(canvas_stroke(&part, &moved, &pen, black, &drawing->err), 0);
		for (int i = 0; i < 32 * 32 * 4; i++) {
			const uint8_t *ours = (const uint8_t *)(part.pixels + i / 4);
			uint32_t whole = pixel(drawing, left + i / 4 % 32, top + i / 4 / 32);

			/* Crossings are cut on a grid: they may be rounded to the next level. */
			assert_in_range(ours[i % 4] + 1 - (int)(whole >> 8 * (i % 4) & 255), 0, 2);
		}
	}
	path_clear(&moved);
	canvas_clear(&part);
}

static void crowded_rows_are_sampled(void **state)
{
	struct drawing *drawing = *state;

	/* A comb of 20,000 teeth, each half as wide as the gap to the next: half of everything. */
	for (int i = 0; i < 20000; i++) {
		double x = i * (SIDE / 20000.0);

		path_line(&drawing->path, x, 64);
		path_line(&drawing->path, x, 0);
		path_line(&drawing->path, x + SIDE / 40000.0, 0);
		path_line(&drawing->path, x + SIDE / 40000.0, 64);
	}
	path_close(&drawing->path, PATH_OUTER);
	fill(drawing, black);
	for (int i = 0; i < SIDE * SIDE; i++)
		assert_in_range(drawing->canvas.pixels[i] >> 24, 126, 129);
	/* A thousand saw teeth in one row. */
	canvas_wipe(&drawing->canvas, 0);
	path_reset(&drawing->path);
	for (int i = 0; i <= 1000; i++)
		path_line(&drawing->path, i * (SIDE / 1000.0), i % 2 ? 10.1 : 10.9);
	path_line(&drawing->path, SIDE, 40);
	path_line(&drawing->path, 0, 40);
	path_close(&drawing->path, PATH_OUTER);
	fill(drawing, black);
	for (int x = 0; x < SIDE; x++) {
		assert_in_range(alpha(drawing, x, 10), 120, 135);
		assert_int_equal(alpha(drawing, x, 11), 255);
	}
}

static void discs_have_their_area(void **state)
{
	struct drawing *drawing = *state;
	struct point centre = {30.3, 31.7};

	canvas_disc(&drawing->canvas, centre, 9.5, red, 0, 0);
	assert_float_equal((float)covered_area(drawing), (float)(9.5 * 9.5 * M_PI), 0.5);
	canvas_disc(&drawing->canvas, centre, 9.5, red, black, 2);
	assert_float_equal((float)covered_area(drawing), (float)(10.5 * 10.5 * M_PI), 0.5);
	assert_int_equal(pixel(drawing, 30, 31), 0xFF0000FF);
	assert_int_equal(pixel(drawing, 40, 31) & 0xFFFFFF, 0);
	canvas_disc(&drawing->canvas, centre, 0.001, red, black, 0.5);
	canvas_disc(&drawing->canvas, centre, -3, red, black, 1);
}

static void stamps_are_clipped(void **state)
{
	struct drawing *drawing = *state;
	uint8_t coverage[20 * 10];
	struct mask mask = {20, 10, coverage};

	memset(coverage, 255, sizeof coverage);
	canvas_stamp(&drawing->canvas, &mask, -15, -7, black);
	canvas_stamp(&drawing->canvas, &mask, SIDE - 2, SIDE - 3, black);
	canvas_stamp(&drawing->canvas, &mask, -20, 5, black);
	canvas_stamp(&drawing->canvas, &mask, 5, SIDE, black);
	canvas_stamp(&drawing->canvas, &mask, INT32_MIN, INT32_MAX, black);
	assert_float_equal((float)covered_area(drawing), 5 * 3 + 2 * 3, 0.01);
}

static void refuses_what_is_no_number(void **state)
{
	struct drawing *drawing = *state;
	const double bad[] = {NAN, INFINITY, -INFINITY};

	for (int i = 0; i < 3; i++) {
		path_reset(&drawing->path);
		line(drawing, 1, 1, bad[i], 5);
		path_line(&drawing->path, 5, 5);
		path_close(&drawing->path, PATH_OUTER);
		assert_int_equal(
			canvas_fill(&drawing->canvas, &drawing->path, black, NULL), ERR_INVALID);
		assert_int_equal(canvas_stroke(&drawing->canvas, &drawing->path,
					 &(struct pen){.width_px = 1}, black, &drawing->err),
			ERR_INVALID);
		path_reset(&drawing->path);
		line(drawing, 1, 1, 5, 5);
		assert_int_equal(canvas_stroke(&drawing->canvas, &drawing->path,
					 &(struct pen){.width_px = bad[i]}, black, &drawing->err),
			ERR_INVALID);
	}
	assert_float_equal((float)covered_area(drawing), 0, 0);
	fill(drawing, black); /* usable again */
}

static void refuses_too_many_points(void **state)
{
	struct drawing *drawing = *state;

	for (int i = 0; i <= PATH_POINTS_MAX; i++)
		path_line(&drawing->path, i, i);
	assert_int_equal(
		canvas_fill(&drawing->canvas, &drawing->path, black, &drawing->err), ERR_TOO_LARGE);
}

static void refuses_impossible_sizes(void **state)
{
	const int bad[] = {0, -1, CANVAS_SIDE_MAX + 1};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct canvas canvas;
		struct error err = {0};

		assert_int_equal(canvas_init(&canvas, bad[i], 10, &err), ERR_TOO_LARGE);
		assert_int_equal(canvas_init(&canvas, 10, bad[i], &err), ERR_TOO_LARGE);
		canvas_clear(&canvas);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(covers_shares_of_pixels),
		TEST(blends_premultiplied),
		TEST(no_channel_passes_alpha),
		TEST(holes_stay_holes_however_wound),
		TEST(overlapping_parts_count_once),
		TEST(a_bow_tie_fills_both_halves),
		TEST(a_line_that_turns_back_counts_once),
		TEST(draws_caps),
		TEST(draws_joins),
		TEST(sharp_corners_are_bevelled),
		TEST(a_ring_has_no_ends),
		TEST(a_ring_smaller_than_the_pen_is_full),
		TEST(points_are_dots),
		TEST(draws_every_width),
		TEST(dashes_go_on_outside),
		TEST(odd_dashes_are_harmless),
		TEST(far_coordinates_cost_nothing),
		TEST(what_crosses_a_border_is_the_same_on_both_sides),
		TEST(crowded_rows_are_sampled),
		TEST(discs_have_their_area),
		TEST(stamps_are_clipped),
		TEST(refuses_what_is_no_number),
		TEST(refuses_too_many_points),
		TEST(refuses_impossible_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
