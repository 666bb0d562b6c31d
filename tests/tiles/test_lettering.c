#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/lettering.h"

enum { SIDE = 128 };

static const struct text_look plain = {.size_px = 12, .colour = 0x000000FF};
static const struct text_look haloed = {
	.size_px = 12, .halo_px = 2, .colour = 0x000000FF, .halo = 0xFFFFFFFF};

struct bench {
	struct lettering *lettering;
	struct canvas canvas, other;
	struct error err;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	*state = bench;
	if (!bench || canvas_init(&bench->canvas, SIDE, SIDE, &bench->err) ||
		canvas_init(&bench->other, SIDE, SIDE, &bench->err))
		return -1;
	return lettering_new(&bench->lettering, &bench->err);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	lettering_free(bench->lettering);
	canvas_clear(&bench->canvas);
	canvas_clear(&bench->other);
	free(bench);
	return 0;
}

static struct text text_of(const char *bytes, struct text_look look)
{
	return (struct text){bytes, strlen(bytes), look};
}

static void draw(struct bench *bench, struct canvas *canvas, const struct text *text, int x, int y,
	double angle)
{
	canvas_wipe(canvas, 0);
	assert_int_equal(
		lettering_draw(bench->lettering, canvas, text, x, y, angle, &bench->err), 0);
}

static void assert_same(const struct canvas *a, const struct canvas *b)
{
	assert_memory_equal(
		a->pixels, b->pixels, (size_t)a->width * (size_t)a->height * sizeof *a->pixels);
}

static void ink_is_in_the_box_however_turned(void **state)
{
	struct bench *bench = *state;
	struct text text = text_of("Đường Ễ 12g", haloed);
	struct text_box box;

	assert_int_equal(lettering_measure(bench->lettering, &text, &box, &bench->err), 0);
	assert_int_equal(box.missing, 0);
	assert_true(box.left < 0 && box.right > 0 && box.top < 0 && box.bottom > 0);
	for (int i = 0; i < 16; i++) {
		double angle = i * M_PI / 8;
		int inked = 0;

		draw(bench, &bench->canvas, &text, SIDE / 2, SIDE / 2, angle);
		for (int k = 0; k < SIDE * SIDE; k++) {
			double x = k % SIDE + 0.5 - SIDE / 2, y = k / SIDE + 0.5 - SIDE / 2;
			double along = x * cos(angle) + y * sin(angle);
			double down = y * cos(angle) - x * sin(angle);

			if (!bench->canvas.pixels[k])
				continue;
			inked++;
			assert_true(along > (double)box.left - 2 && along < (double)box.right + 2);
			assert_true(down > (double)box.top - 2 && down < (double)box.bottom + 2);
		}
		assert_in_range(inked, 800, 2400);
	}
}

static void a_text_looks_the_same_everywhere(void **state)
{
	struct bench *bench = *state;
	struct text text = text_of("Hẻm 47", haloed);

	for (int turned = 0; turned < 2; turned++) {
		double angle = turned * 0.4;

		draw(bench, &bench->canvas, &text, 40, 50, angle);
		draw(bench, &bench->other, &text, 47, 61, angle);
		for (int y = 20; y < 80; y++)
			assert_memory_equal(bench->canvas.pixels + y * SIDE + 10,
				bench->other.pixels + (y + 11) * SIDE + 17, 60 * 4);
	}
}

static void forgetting_changes_nothing(void **state)
{
	struct bench *bench = *state;
	struct text text = text_of("Phường Phú Cường", haloed);

	draw(bench, &bench->canvas, &text, 64, 64, 0);
	for (int i = 0; i < 6000; i++) {
		char bytes[32];
		struct text other = {bytes, 0, haloed};

		other.len = (size_t)snprintf(bytes, sizeof bytes, "%d/%d", i, i * 7);
		other.look.size_px = 10 + (float)(i % 50);
		draw(bench, &bench->other, &other, 64, 64, i % 3 ? 0 : i * 0.01);
	}
	draw(bench, &bench->other, &text, 64, 64, 0);
	assert_same(&bench->canvas, &bench->other);
}

static void measuring_first_changes_nothing(void **state)
{
	struct bench *bench = *state;
	struct text a = text_of("12", plain), b = text_of("12", plain);
	struct text_box box;

	assert_int_equal(lettering_measure(bench->lettering, &a, &box, &bench->err), 0);
	draw(bench, &bench->canvas, &a, 64, 64, 0);
	draw(bench, &bench->other, &b, 64, 64, -0.0);
	assert_same(&bench->canvas, &bench->other);
	b.look.colour = 0xFF0000FF; /* colours are not part of what is remembered */
	draw(bench, &bench->other, &b, 64, 64, 0);
	for (int i = 0; i < SIDE * SIDE; i++)
		assert_int_equal(bench->canvas.pixels[i] >> 24, bench->other.pixels[i] >> 24);
}

static void composed_and_decomposed_look_the_same(void **state)
{
	struct bench *bench = *state;
	struct text composed = text_of("Nguy\xE1\xBB\x85n", plain);
	struct text decomposed = text_of("Nguye\xCC\x82\xCC\x83n", plain);

	draw(bench, &bench->canvas, &composed, 64, 64, 0);
	draw(bench, &bench->other, &decomposed, 64, 64, 0);
	assert_same(&bench->canvas, &bench->other);
}

static void small_letters_are_crisp(void **state)
{
	struct bench *bench = *state;

	/* A row of x: above its top and below its foot nothing at all is covered. */
	for (int size = 9; size <= 16; size++) {
		struct text text = text_of("zzzz", plain);
		int rows = 0, faint = 0;

		text.look.size_px = (float)size;
		draw(bench, &bench->canvas, &text, 64, 64, 0);
		for (int y = 0; y < SIDE; y++) {
			uint32_t most = 0;

			for (int x = 0; x < SIDE; x++) {
				uint32_t alpha = bench->canvas.pixels[y * SIDE + x] >> 24;

				most = alpha > most ? alpha : most;
			}
			rows += most >= 100;
			faint += most > 12 && most < 100;
		}
		assert_int_equal(rows, (int)lrint(size * 0.536));
		assert_int_equal(faint, 0);
	}
}

static void halos_are_behind_all_letters(void **state)
{
	struct bench *bench = *state;
	struct text text = text_of("lllll", haloed);
	int dark = 0, light = 0;

	text.look.size_px = 30;
	draw(bench, &bench->canvas, &text, 64, 64, 0);
	for (int i = 0; i < SIDE * SIDE; i++) {
		dark += bench->canvas.pixels[i] == 0xFF000000;
		light += bench->canvas.pixels[i] == 0xFFFFFFFF;
	}
	assert_true(dark >= 5 && light > 100);
	/* A translucent halo is even, also where those of two letters meet. */
	text.look.halo = 0xFFFFFF80;
	text.look.colour = 0;
	draw(bench, &bench->canvas, &text, 64, 64, 0);
	for (int i = 0; i < SIDE * SIDE; i++)
		assert_true(bench->canvas.pixels[i] >> 24 <= 0x80);
	text.look.size_px = 12;
	draw(bench, &bench->canvas, &text, 64, 64, 0);
	assert_int_equal(bench->canvas.pixels[62 * SIDE + 64] >> 24, 0x80);
}

static void empty_texts_draw_nothing(void **state)
{
	struct bench *bench = *state;
	const char *texts[] = {"", " ", "\xE2\x80\x8B"};
	struct text_box box;

	canvas_wipe(&bench->other, 0);
	for (int i = 0; i < 3; i++) {
		struct text text = text_of(texts[i], haloed);

		assert_int_equal(lettering_measure(bench->lettering, &text, &box, &bench->err), 0);
		assert_true(box.left == box.right);
		draw(bench, &bench->canvas, &text, 64, 64, 0.3);
		assert_same(&bench->canvas, &bench->other);
	}
}

static void refuses_impossible_looks(void **state)
{
	struct bench *bench = *state;
	const float sizes[] = {0, -3, NAN, INFINITY, LETTERING_SIZE_MAX_PX + 1};
	struct text text = text_of("x", plain);
	struct text_box box;

	for (int i = 0; i < 5; i++) {
		text.look = plain;
		text.look.size_px = sizes[i];
		assert_int_equal(
			lettering_measure(bench->lettering, &text, &box, &bench->err), ERR_INVALID);
		text.look = plain;
		text.look.halo_px = sizes[i] + (i == 0 ? 9 : 0);
		assert_int_equal(
			lettering_measure(bench->lettering, &text, &box, &bench->err), ERR_INVALID);
	}
	text.look = plain;
	assert_int_equal(lettering_draw(bench->lettering, &bench->canvas, &text, 0, 0, (double)NAN,
				 &bench->err),
		ERR_INVALID);
}

static void refuses_what_takes_too_much(void **state)
{
	struct bench *bench = *state;
	char bytes[400];
	struct text text = {bytes, sizeof bytes, plain};

	memset(bytes, 'W', sizeof bytes);
	text.look.size_px = LETTERING_SIZE_MAX_PX;
	assert_int_equal(lettering_draw(bench->lettering, &bench->canvas, &text, 64, 64, M_PI / 4,
				 &bench->err),
		ERR_TOO_LARGE);
	draw(bench, &bench->canvas, &text, 64, 64, 0);
	draw(bench, &bench->canvas, &text, INT32_MIN, INT32_MAX, 0);
	draw(bench, &bench->canvas, &text, INT32_MAX, INT32_MIN, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(ink_is_in_the_box_however_turned),
		TEST(a_text_looks_the_same_everywhere),
		TEST(forgetting_changes_nothing),
		TEST(measuring_first_changes_nothing),
		TEST(composed_and_decomposed_look_the_same),
		TEST(small_letters_are_crisp),
		TEST(halos_are_behind_all_letters),
		TEST(empty_texts_draw_nothing),
		TEST(refuses_impossible_looks),
		TEST(refuses_what_takes_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
