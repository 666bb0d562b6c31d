/*
 * Compares tiles/png with libpng's defaults (RGBA, level 6, adaptive filters) on pictures of
 * outlined parcels: the size of the files, and with --time the time of both in turns.
 *
 *	png_libpng             fails when ours is not less than a third of libpng's
 *	png_libpng --time      prints the times too
 */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/parcels.h"
#include "tiles/canvas.h"
#include "tiles/compress.h"
#include "tiles/png.h"

enum { SIDE = 256, ROUNDS = 21 };

static const uint32_t land_colours[] = {0xFFEFD5FF, 0xE0F2D0FF, 0xFFE0CCB0, 0xD8E8F8FF, 0xF0E0F0C0};

struct bench {
	struct canvas canvas;
	struct png_encoder *encoder;
	struct strbuf file;
	unsigned char straight[SIDE * SIDE * 4];
	struct error err;
};

static void draw_parcel(void *context, const struct path *parcel, int use)
{
	const struct pen outline = {.width_px = 1, .join = JOIN_MITER, .miter_limit = 4};
	struct bench *bench = context;

	if (canvas_fill(&bench->canvas, parcel, land_colours[use], &bench->err) ||
		canvas_stroke(&bench->canvas, parcel, &outline, 0x706050FF, &bench->err))
		abort();
}

static void take_bytes(png_structp png, png_bytep bytes, png_size_t len)
{
	strbuf_add(png_get_io_ptr(png), bytes, len);
}

static void encode_libpng(struct bench *bench)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);

	strbuf_reset(&bench->file);
	if (setjmp(png_jmpbuf(png)))
		abort();
	png_set_write_fn(png, &bench->file, take_bytes, NULL);
	png_set_IHDR(png, info, SIDE, SIDE, 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int y = 0; y < SIDE; y++)
		png_write_row(png, bench->straight + y * SIDE * 4);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
}

static void encode_ours(struct bench *bench, int level)
{
	strbuf_reset(&bench->file);
	if (png_encode(bench->encoder, &bench->canvas, level, &bench->file, &bench->err))
		abort();
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Which: 0 libpng, else the level of ours. Returns the bytes, and the median of the rounds. */
static size_t run(struct bench *bench, int which, int rounds, double *ret_ms)
{
	double ms[ROUNDS];

	for (int i = 0; i < rounds; i++) {
		clock_t start = clock();

		if (which)
			encode_ours(bench, which);
		else
			encode_libpng(bench);
		ms[i] = (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC;
	}
	qsort(ms, (size_t)rounds, sizeof *ms, compare_numbers);
	*ret_ms = ms[rounds / 2];
	return bench->file.len;
}

static int compare(struct bench *bench, size_t parcels, bool timed)
{
	int rounds = timed ? ROUNDS : 1;
	double ms[3];
	size_t bytes[3];

	canvas_wipe(&bench->canvas, 0);
	parcels_each(parcels, SIDE, draw_parcel, bench);
	for (int i = 0; i < SIDE * SIDE; i++) {
		uint32_t pixel = bench->canvas.pixels[i], alpha = pixel >> 24;

		for (int c = 0; c < 3; c++)
			bench->straight[4 * i + c] =
				(unsigned char)((pixel >> 8 * c & 255) * 255 / (alpha ? alpha : 1));
		bench->straight[4 * i + 3] = (unsigned char)alpha;
	}
	bytes[0] = run(bench, 0, rounds, ms);
	bytes[1] = run(bench, COMPRESS_LIVE, rounds, ms + 1);
	bytes[2] = run(bench, COMPRESS_STORED, rounds, ms + 2);
	printf("%zu parcels: libpng %zu bytes, live %zu, stored %zu\n", parcels, bytes[0], bytes[1],
		bytes[2]);
	if (timed)
		printf("  libpng %.2f ms, live %.2f ms (%.1f times), stored %.2f ms (%.1f times)\n",
			ms[0], ms[1], ms[0] / ms[1], ms[2], ms[0] / ms[2]);
	return 3 * bytes[1] >= bytes[0] || bytes[2] > bytes[1];
}

int main(int argc, char **argv)
{
	static struct bench bench;
	bool timed = argc == 2 && strcmp(argv[1], "--time") == 0;
	int failed;

	bench.file = STRBUF(1 << 24);
	if (canvas_init(&bench.canvas, SIDE, SIDE, &bench.err) ||
		png_encoder_new(&bench.encoder, &bench.err))
		return 1;
	failed = compare(&bench, 306, timed);
	failed |= compare(&bench, 3025, timed);
	png_encoder_free(bench.encoder);
	canvas_clear(&bench.canvas);
	strbuf_clear(&bench.file);
	return failed;
}
