#include "tests/test.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/messages.h"
#include "tiles/canvas.h"
#include "tiles/compress.h"
#include "tiles/palette.h"
#include "tiles/png.h"

enum { FILE_MAX = 1 << 24 };

struct bench {
	struct png_encoder *encoder;
	struct canvas canvas;
	struct strbuf file;
	struct error err;
	uint64_t random;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	*state = bench;
	if (!bench)
		return -1;
	bench->file = STRBUF(FILE_MAX);
	bench->random = 20261121; /* the seed */
	return png_encoder_new(&bench->encoder, &bench->err);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	png_encoder_free(bench->encoder);
	canvas_clear(&bench->canvas);
	strbuf_clear(&bench->file);
	free(bench);
	return 0;
}

static uint32_t next_random(struct bench *bench)
{
	bench->random ^= bench->random << 13;
	bench->random ^= bench->random >> 7;
	bench->random ^= bench->random << 17;
	return (uint32_t)(bench->random >> 32);
}

static void start(struct bench *bench, int width, int height)
{
	canvas_clear(&bench->canvas);
	assert_int_equal(canvas_init(&bench->canvas, width, height, &bench->err), 0);
}

static void encode(struct bench *bench, int level)
{
	strbuf_reset(&bench->file);
	assert_int_equal(
		png_encode(bench->encoder, &bench->canvas, level, &bench->file, &bench->err), 0);
}

/* The largest difference of a channel between the canvas and the file that libpng reads. */
static int largest_difference(struct bench *bench)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	size_t count = (size_t)bench->canvas.width * (size_t)bench->canvas.height;
	uint8_t *rgba = malloc(4 * count);
	int largest = 0;

	assert_true(png_image_begin_read_from_memory(&image, bench->file.data, bench->file.len));
	assert_int_equal(image.width, bench->canvas.width);
	assert_int_equal(image.height, bench->canvas.height);
	image.format = PNG_FORMAT_RGBA;
	assert_true(png_image_finish_read(&image, NULL, rgba, 0, NULL));
	for (size_t i = 0; i < 4 * count; i++) {
		int alpha = rgba[i | 3], value = rgba[i];
		int premultiplied = i % 4 == 3 ? alpha : (2 * value * alpha + 255) / 510;
		int difference =
			abs(premultiplied - (int)(bench->canvas.pixels[i / 4] >> i % 4 * 8 & 255));

		largest = difference > largest ? difference : largest;
	}
	free(rgba);
	return largest;
}

static int colour_type(const struct bench *bench)
{
	return bench->file.data[25];
}

static int depth(const struct bench *bench)
{
	return bench->file.data[24];
}

static uint32_t premultiplied(uint32_t red, uint32_t green, uint32_t blue, uint32_t alpha)
{
	return red * alpha / 255 | green * alpha / 255 << 8 | blue * alpha / 255 << 16 |
	       alpha << 24;
}

static void one_colour_is_tiny(void **state)
{
	struct bench *bench = *state;
	const uint32_t colours[] = {0, 0xF4F1EAFF, 0x3366CC80};

	start(bench, 256, 256);
	for (int i = 0; i < 3; i++) {
		canvas_wipe(&bench->canvas, colours[i]);
		encode(bench, COMPRESS_LIVE);
		assert_int_equal(largest_difference(bench), 0);
		assert_in_range(bench->file.len, 60, 140);
		assert_int_equal(depth(bench), 1);
	}
}

static void few_colours_are_exact(void **state)
{
	struct bench *bench = *state;
	const int counts[] = {1, 2, 3, 4, 5, 16, 17, 256}, depths[] = {1, 1, 2, 2, 4, 4, 8, 8};

	for (int i = 0; i < 8; i++) {
		start(bench, 61, 37); /* no whole number of bytes a row */
		for (int k = 0; k < 61 * 37; k++) {
			uint32_t c = (uint32_t)(k % counts[i]);

			bench->canvas.pixels[k] = premultiplied(
				c * 37 % 256, 255 - c, c * 91 % 256, c % 3 ? 255 : c * 5 % 256);
		}
		encode(bench, COMPRESS_STORED);
		assert_int_equal(largest_difference(bench), 0);
		assert_int_equal(colour_type(bench), 3);
		assert_true(depth(bench) <= depths[i]);
	}
}

static void draw_map(struct bench *bench)
{
	struct path path = {0};

	for (int i = 0; i < 60; i++) {
		struct point centre = {next_random(bench) % 256, next_random(bench) % 256};
		struct pen pen = {.width_px = 1 + i % 3, .join = JOIN_ROUND};
		uint32_t colour = next_random(bench);

		path_reset(&path);
		for (int k = 0; k < 7; k++)
			path_line(&path, centre.x + next_random(bench) % 60,
				centre.y + next_random(bench) % 60);
		path_close(&path, PATH_OUTER);
		assert_int_equal(canvas_fill(&bench->canvas, &path, colour, &bench->err), 0);
		assert_int_equal(
			canvas_stroke(&bench->canvas, &path, &pen, 0x403020FF, &bench->err), 0);
	}
	path_clear(&path);
}

static void maps_stay_within_the_bound(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 6; i++) {
		start(bench, 256, 256);
		canvas_wipe(&bench->canvas, i % 2 ? 0xF4F1EAFF : 0);
		draw_map(bench);
		encode(bench, COMPRESS_LIVE);
		assert_int_equal(colour_type(bench), 3);
		assert_in_range(largest_difference(bench), 1, PALETTE_ERROR_MAX);
	}
}

static void flat_colours_are_exact(void **state)
{
	struct bench *bench = *state;
	uint32_t ground;

	start(bench, 256, 256);
	canvas_wipe(&bench->canvas, 0xEDE7DBFF);
	ground = bench->canvas.pixels[0];
	draw_map(bench);
	bench->canvas.pixels[0] = ground;
	encode(bench, COMPRESS_LIVE);
	/* The first pixel, alone: what libpng reads is what was drawn. */
	assert_int_equal(colour_type(bench), 3);
	{
		png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGBA};
		uint8_t *rgba = malloc(4 * 256 * 256);

		assert_true(png_image_begin_read_from_memory(
			&image, bench->file.data, bench->file.len));
		image.format = PNG_FORMAT_RGBA;
		assert_true(png_image_finish_read(&image, NULL, rgba, 0, NULL));
		assert_memory_equal(rgba, &ground, 4);
		free(rgba);
	}
}

static void photographs_keep_their_colours(void **state)
{
	struct bench *bench = *state;

	start(bench, 100, 80);
	for (int i = 0; i < 100 * 80; i++) {
		uint32_t random = next_random(bench);

		bench->canvas.pixels[i] = premultiplied(
			random & 255, random >> 8 & 255, random >> 16 & 255, random >> 24);
	}
	encode(bench, COMPRESS_LIVE);
	assert_int_equal(colour_type(bench), 6);
	assert_int_equal(largest_difference(bench), 0);
	for (int i = 0; i < 100 * 80; i++)
		bench->canvas.pixels[i] |= 0xFF000000;
	encode(bench, COMPRESS_LIVE);
	assert_int_equal(colour_type(bench), 2);
	assert_int_equal(largest_difference(bench), 0);
}

static void smooth_pictures_pass_the_bound_or_stay_within(void **state)
{
	struct bench *bench = *state;

	/* A gradient over three channels: more colours than a palette can stand for. */
	start(bench, 256, 256);
	for (uint32_t i = 0; i < 256 * 256; i++)
		bench->canvas.pixels[i] =
			premultiplied(i % 256, i / 256, (i % 256 * 7 + i / 256 * 3) % 256, 255);
	encode(bench, COMPRESS_LIVE);
	assert_int_equal(colour_type(bench), 2);
	assert_int_equal(largest_difference(bench), 0);
}

static void the_same_picture_gives_the_same_bytes(void **state)
{
	struct bench *bench = *state;
	autoptr(png_encoder_free) struct png_encoder *other = NULL;
	autofree(strbuf_clear) struct strbuf file = STRBUF(FILE_MAX);

	start(bench, 256, 256);
	draw_map(bench);
	assert_int_equal(png_encoder_new(&other, &bench->err), 0);
	for (int level = 1; level <= COMPRESS_LEVEL_MAX; level += 5) {
		encode(bench, level);
		strbuf_reset(&file);
		assert_int_equal(png_encode(other, &bench->canvas, level, &file, &bench->err), 0);
		assert_int_equal(file.len, bench->file.len);
		assert_memory_equal(file.data, bench->file.data, file.len);
	}
}

static void all_sizes_work(void **state)
{
	struct bench *bench = *state;
	const int sizes[][2] = {{1, 1}, {1, 300}, {4096, 3}, {9, 9}, {513, 2}};

	for (int i = 0; i < 5; i++) {
		start(bench, sizes[i][0], sizes[i][1]);
		canvas_disc(&bench->canvas, (struct point){4, 3}, 3, 0xFF0000FF, 0x000000FF, 1);
		encode(bench, i - 2); /* a level out of range is moved into it */
		assert_in_range(largest_difference(bench), 0, PALETTE_ERROR_MAX);
	}
}

/* A picture drawn in indices is written as it is, in as few bits as its colours need. */
static void indices_are_written_as_they_are(void **state)
{
	struct bench *bench = *state;

	start(bench, 61, 37);
	for (int colours = 0; colours < 40; colours += 13) {
		assert_int_equal(canvas_wipe_indexed(&bench->canvas, &bench->err), 0);
		for (int i = 0; i < colours; i++)
			canvas_disc(&bench->canvas, (struct point){i + 3.3, i / 2 + 4.1}, 2.5,
				0x306090FFU + (uint32_t)i * 0x04050600U, 0, 0);
		for (int i = 0; i < 61 * 37; i++)
			bench->canvas.pixels[i] =
				bench->canvas.inks->colours[bench->canvas.indices[i]];
		encode(bench, COMPRESS_LIVE);
		assert_int_equal(largest_difference(bench), 0);
		assert_int_equal(colour_type(bench), 3);
		assert_int_equal(depth(bench), colours ? 8 : 1);
	}
}

static void appends_and_reports_a_full_buffer(void **state)
{
	struct bench *bench = *state;
	autofree(strbuf_clear) struct strbuf small = STRBUF(100);

	start(bench, 256, 256);
	strbuf_add_text(&bench->file, "before");
	assert_int_equal(
		png_encode(bench->encoder, &bench->canvas, 1, &bench->file, &bench->err), 0);
	assert_memory_equal(bench->file.data, "before\x89PNG", 10);
	assert_int_equal(
		png_encode(bench->encoder, &bench->canvas, 1, &small, &bench->err), ERR_TOO_LARGE);
	png_encoder_free(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(one_colour_is_tiny),
		TEST(few_colours_are_exact),
		TEST(maps_stay_within_the_bound),
		TEST(flat_colours_are_exact),
		TEST(photographs_keep_their_colours),
		TEST(smooth_pictures_pass_the_bound_or_stay_within),
		TEST(the_same_picture_gives_the_same_bytes),
		TEST(all_sizes_work),
		TEST(indices_are_written_as_they_are),
		TEST(appends_and_reports_a_full_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
