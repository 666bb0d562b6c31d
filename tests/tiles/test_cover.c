#include "tests/test.h"

#include <math.h>

#include "tests/random.h"
#include "tiles/canvas.h"

enum { SIDE = 70 }; /* not a whole number of blocks */

static const uint32_t black = 0x000000FF;

struct drawing {
	struct canvas canvas, exact;
	struct path path;
	struct error err;
};

static int set_up(void **state)
{
	struct drawing *drawing = calloc(1, sizeof *drawing);

	*state = drawing;
	if (!drawing || canvas_init(&drawing->exact, SIDE, SIDE, &drawing->err))
		return -1;
	return canvas_init(&drawing->canvas, SIDE, SIDE, &drawing->err);
}

static int tear_down(void **state)
{
	struct drawing *drawing = *state;

	canvas_clear(&drawing->canvas);
	canvas_clear(&drawing->exact);
	path_clear(&drawing->path);
	free(drawing);
	return 0;
}

static int alpha(const struct canvas *canvas, int x, int y)
{
	return (int)(canvas->pixels[y * SIDE + x] >> 24);
}

static void gather(struct drawing *drawing)
{
	assert_int_equal(
		canvas_gather_areas(&drawing->canvas, &drawing->path, &drawing->err), 0);
}

static void box(struct path *path, double left, double top, double right, double bottom)
{
	path_move(path, left, top);
	path_line(path, right, top);
	path_line(path, right, bottom);
	path_line(path, left, bottom);
	path_close(path, PATH_OUTER);
}

static void star(struct path *path, struct random *random, double reach)
{
	double x = random_between(random, -20, SIDE + 20), y = random_between(random, -20, SIDE + 20);
	int corners = 3 + (int)random_between(random, 0, 12);

	path_reset(path);
	for (int i = 0; i < corners; i++) {
		double angle = 2 * M_PI * (i + random_between(random, 0, 0.8)) / corners;
		double far = reach * random_between(random, 0.4, 1);

		path_line(path, x + far * cos(angle), y + far * sin(angle));
	}
	path_close(path, PATH_OUTER);
}

static void covers_shares_of_pixels(void **state)
{
	struct drawing *drawing = *state;

	box(&drawing->path, 10.25, 20.5, 12.5, 22);
	gather(drawing);
	canvas_paint_areas(&drawing->canvas, black);
	assert_int_equal(alpha(&drawing->canvas, 10, 20), 96); /* 3/4 * 1/2 */
	assert_int_equal(alpha(&drawing->canvas, 11, 20), 128);
	assert_int_equal(alpha(&drawing->canvas, 12, 21), 128);
	assert_int_equal(alpha(&drawing->canvas, 11, 21), 255);
	assert_int_equal(alpha(&drawing->canvas, 9, 21), 0);
	assert_int_equal(alpha(&drawing->canvas, 13, 21), 0);
	assert_int_equal(alpha(&drawing->canvas, 11, 22), 0);
}

static void is_empty_after_it_was_painted(void **state)
{
	struct drawing *drawing = *state;

	box(&drawing->path, -5, -5, SIDE + 5, SIDE + 5);
	gather(drawing);
	canvas_paint_areas(&drawing->canvas, 0);
	canvas_paint_areas(&drawing->canvas, black);
	for (int i = 0; i < SIDE * SIDE; i++)
		assert_int_equal(drawing->canvas.pixels[i], 0);
}

static void agrees_with_exact_filling(void **state)
{
	struct drawing *drawing = *state;
	const double reaches[] = {0.4, 3, 40, 300, 1e5, 6e9};
	struct random random = {20261121};

	for (int i = 0; i < 3000; i++) {
		star(&drawing->path, &random, reaches[i % 6]);
		canvas_wipe(&drawing->canvas, 0);
		canvas_wipe(&drawing->exact, 0);
		gather(drawing);
		canvas_paint_areas(&drawing->canvas, black);
		assert_int_equal(canvas_fill(&drawing->exact, &drawing->path, black, &drawing->err), 0);
		for (int k = 0; k < SIDE * SIDE; k++)
			assert_in_range(alpha(&drawing->canvas, k % SIDE, k / SIDE) + 3 -
					alpha(&drawing->exact, k % SIDE, k / SIDE), 0, 6);
	}
}

/* A net of quadrilaterals with common corners, turned either way: no seams, and nothing beside. */
static void neighbours_leave_no_seam(void **state)
{
	enum { CELLS = 40 };
	struct drawing *drawing = *state;
	struct point net[CELLS + 1][CELLS + 1];
	struct random random = {7};

	for (int y = 0; y <= CELLS; y++)
		for (int x = 0; x <= CELLS; x++)
			net[y][x] = (struct point){x * 2.1 - 7 + random_between(&random, -0.9, 0.9),
				y * 2.1 - 7 + random_between(&random, -0.9, 0.9)};
	for (int y = 0; y < CELLS; y++) {
		for (int x = 0; x < CELLS; x++) {
			struct point *ring = path_add_points(&drawing->path, 4, true);

			assert_non_null(ring);
			ring[0] = net[y][x];
			ring[1] = net[y][x + 1];
			ring[2] = net[y + 1][x + 1];
			ring[3] = net[y + 1][x];
		}
	}
	gather(drawing);
	canvas_paint_areas(&drawing->canvas, black);
	for (int i = 0; i < SIDE * SIDE; i++)
		assert_int_equal(drawing->canvas.pixels[i], 0xFF000000);
}

static void holes_are_left_out(void **state)
{
	struct drawing *drawing = *state;

	box(&drawing->path, 5, 5, 60, 60);
	path_move(&drawing->path, 10, 10);
	path_line(&drawing->path, 20, 10);
	path_line(&drawing->path, 20, 20);
	path_line(&drawing->path, 10, 20);
	path_close(&drawing->path, PATH_HOLE);
	gather(drawing);
	canvas_paint_areas(&drawing->canvas, black);
	assert_int_equal(alpha(&drawing->canvas, 7, 15), 255);
	assert_int_equal(alpha(&drawing->canvas, 15, 15), 0);
	assert_int_equal(alpha(&drawing->canvas, 25, 15), 255);
	assert_int_equal(alpha(&drawing->canvas, 65, 15), 0);
}

static void refuses_what_is_no_number(void **state)
{
	struct drawing *drawing = *state;

	path_line(&drawing->path, 1, 1);
	path_line(&drawing->path, NAN, 2);
	assert_int_equal(
		canvas_gather_areas(&drawing->canvas, &drawing->path, NULL), ERR_INVALID);
	assert_int_equal(
		canvas_gather_lines(&drawing->canvas, &drawing->path, 1, NULL), ERR_INVALID);
	canvas_paint_areas(&drawing->canvas, black);
	canvas_paint_lines(&drawing->canvas, black);
	for (int i = 0; i < SIDE * SIDE; i++)
		assert_int_equal(drawing->canvas.pixels[i], 0);
}

/* Of a pen as wide as a pixel, to an eighth: so much are lines near 45 degrees off. */
static void lines_have_their_ink_wherever_they_run(void **state)
{
	struct drawing *drawing = *state;
	struct random random = {11};

	for (int i = 0; i < 500; i++) {
		double angle = random_between(&random, -4, 4), length = random_between(&random, 8, 30);
		double dx = cos(angle) * length / 2, dy = sin(angle) * length / 2, ink = 0;

		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		path_move(&drawing->path, 35 - dx, 35 - dy);
		path_line(&drawing->path, 35 + dx, 35 + dy);
		path_line(&drawing->path, 35 - dx, 35 - dy); /* there and back: no darker */
		assert_int_equal(canvas_gather_lines(
			&drawing->canvas, &drawing->path, 1, &drawing->err), 0);
		canvas_paint_lines(&drawing->canvas, black);
		for (int k = 0; k < SIDE * SIDE; k++)
			ink += alpha(&drawing->canvas, k % SIDE, k / SIDE) / 255.0;
		assert_float_equal((float)(ink / (length + 1)), 1, 0.13);
	}
}

static void far_lines_are_drawn_where_they_pass(void **state)
{
	struct drawing *drawing = *state;
	const double far[] = {100, 1e4, 4e9};

	for (int i = 0; i < 3; i++) {
		canvas_wipe(&drawing->canvas, 0);
		path_reset(&drawing->path);
		path_move(&drawing->path, -far[i], 20.5);
		path_line(&drawing->path, far[i], 20.5);
		path_move(&drawing->path, 30.5 - far[i], 40.5 - far[i]);
		path_line(&drawing->path, 30.5 + far[i], 40.5 + far[i]);
		path_move(&drawing->path, far[i], -1e6);
		path_line(&drawing->path, far[i], 1e6);
		assert_int_equal(canvas_gather_lines(
			&drawing->canvas, &drawing->path, 3, &drawing->err), 0);
		canvas_paint_lines(&drawing->canvas, black);
		for (int x = 0; x < SIDE; x++) {
			assert_int_equal(alpha(&drawing->canvas, x, 20), 255);
			if (x + 10 < SIDE)
				assert_int_equal(alpha(&drawing->canvas, x, x + 10), 255);
		}
		assert_int_equal(alpha(&drawing->canvas, 60, 30), 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(covers_shares_of_pixels),
		TEST(is_empty_after_it_was_painted),
		TEST(agrees_with_exact_filling),
		TEST(neighbours_leave_no_seam),
		TEST(holes_are_left_out),
		TEST(refuses_what_is_no_number),
		TEST(lines_have_their_ink_wherever_they_run),
		TEST(far_lines_are_drawn_where_they_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
