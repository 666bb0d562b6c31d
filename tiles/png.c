#include "tiles/png.h"

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/compress.h"
#include "tiles/palette.h"

/* Colour types of PNG, 11.2.1. */
enum { TYPE_RGB = 2, TYPE_PALETTE = 3, TYPE_RGBA = 6 };

struct png_encoder {
	struct compressor *compressor;
	struct palette_maker *maker;
	uint8_t *indices; /* of the pixels in the palette */
	uint8_t *rows;	  /* what is compressed: each row behind the type of its filter */
	size_t pixel_room;
};

/* A PNG in work. */
struct image {
	const struct canvas *canvas;
	int type;
	int depth; /* bits of a palette index, or of a channel */
	struct palette palette;
	size_t row_bytes; /* with the filter type */
};

void png_encoder_free(struct png_encoder *encoder)
{
	if (!encoder)
		return;
	compressor_free(encoder->compressor);
	palette_maker_free(encoder->maker);
	free(encoder->indices);
	free(encoder->rows);
	free(encoder);
}

int png_encoder_new(struct png_encoder **ret_encoder, struct error *err)
{
	autoptr(png_encoder_free) struct png_encoder *encoder = calloc(1, sizeof *encoder);

	if (!encoder)
		return fail_no_memory(err);
	encoder->compressor = compressor_new();
	encoder->maker = palette_maker_new();
	if (!encoder->compressor || !encoder->maker)
		return fail_no_memory(err);
	*ret_encoder = take(encoder);
	return 0;
}

/* Room for the indices and the rows of a canvas, up to four bytes a pixel. */
static bool reserve(struct png_encoder *encoder, const struct canvas *canvas)
{
	size_t pixels = (size_t)canvas->width * (size_t)canvas->height;

	if (pixels <= encoder->pixel_room)
		return true;
	free(encoder->indices);
	free(encoder->rows);
	encoder->pixel_room = 0;
	encoder->indices = malloc(pixels);
	encoder->rows = malloc(5 * pixels); /* a row has a pixel and one byte more at least */
	if (!encoder->indices || !encoder->rows)
		return false;
	encoder->pixel_room = pixels;
	return true;
}

/* --- pixels ----------------------------------------------------------------------------------- */

static uint32_t alpha_of(uint32_t pixel)
{
	return pixel >> 24;
}

/* A channel, 0 to 2, as it was before it was multiplied by alpha. */
static uint8_t straight(uint32_t pixel, int channel)
{
	uint32_t alpha = alpha_of(pixel), value = pixel >> 8 * channel & 255;

	return (uint8_t)(alpha ? (value * 255 + alpha / 2) / alpha : 0);
}

static bool is_opaque(const struct canvas *canvas)
{
	size_t count = (size_t)canvas->width * (size_t)canvas->height;
	uint32_t all = UINT32_MAX;

	for (size_t i = 0; i < count; i++)
		all &= canvas->pixels[i];
	return alpha_of(all) == 255;
}

/* The fewest bits that hold the index of so many colours. */
static int depth_for(int colours)
{
	return colours <= 2 ? 1 : colours <= 4 ? 2 : colours <= 16 ? 4 : 8;
}

/* Moves translucent colours to the front: the others need no alpha in the file. */
static int sort_palette(struct palette *palette, uint8_t places[PALETTE_COLOURS_MAX])
{
	uint32_t sorted[PALETTE_COLOURS_MAX];
	int translucent = 0, count = 0;

	for (int opaque = 0; opaque < 2; opaque++) {
		for (int i = 0; i < palette->count; i++) {
			if ((alpha_of(palette->colours[i]) == 255) != opaque)
				continue;
			places[i] = (uint8_t)count;
			sorted[count++] = palette->colours[i];
		}
		if (!opaque)
			translucent = count;
	}
	memcpy(palette->colours, sorted, (size_t)count * sizeof *sorted);
	return translucent;
}

/* Rows of indices, several in a byte from the high bits down (PNG, 7.2). */
static void pack_indices(struct png_encoder *encoder, const struct image *image,
	const uint8_t *indices, const uint8_t places[PALETTE_COLOURS_MAX])
{
	uint8_t *to = encoder->rows;
	int width = image->canvas->width, depth = image->depth;

	for (int y = 0; y < image->canvas->height; y++, indices += width) {
		*to++ = 0;
		if (depth == 8 && image->canvas->is_indexed) {
			memcpy(to, indices, (size_t)width);
			to += width;
			continue;
		}
		if (depth == 8) {
			for (int x = 0; x < width; x++)
				*to++ = places[indices[x]];
			continue;
		}
		for (int x = 0; x < width; x += 8 / depth) {
			int byte = 0;

			for (int i = 0; i < 8 / depth && x + i < width; i++)
				byte |= places[indices[x + i]] << (8 - depth * (i + 1));
			*to++ = (uint8_t)byte;
		}
	}
}

static void pack_colours(struct png_encoder *encoder, const struct image *image)
{
	const uint32_t *pixel = image->canvas->pixels;
	uint8_t *to = encoder->rows;

	for (int y = 0; y < image->canvas->height; y++) {
		*to++ = 0;
		for (int x = 0; x < image->canvas->width; x++, pixel++) {
			for (int channel = 0; channel < 3; channel++)
				*to++ = straight(*pixel, channel);
			if (image->type == TYPE_RGBA)
				*to++ = (uint8_t)alpha_of(*pixel);
		}
	}
}

/* --- the file --------------------------------------------------------------------------------- */

static void add_u32(struct strbuf *out, uint32_t value)
{
	const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value};

	strbuf_add(out, bytes, sizeof bytes);
}

/* Ends a chunk whose type and data stand behind `start`, where its length is to come. */
static void end_chunk(struct strbuf *out, size_t start)
{
	size_t len = out->len - start - 8;

	if (out->failed)
		return;
	for (int i = 0; i < 4; i++)
		out->data[start + (size_t)i] = (char)(uint8_t)(len >> (24 - 8 * i));
	add_u32(out, compress_crc32(out->data + start + 4, len + 4));
}

static size_t begin_chunk(struct strbuf *out, const char *type)
{
	size_t start = out->len;

	add_u32(out, 0);
	strbuf_add(out, type, 4);
	return start;
}

static void add_header(struct strbuf *out, const struct image *image)
{
	static const char signature[] = "\x89PNG\r\n\x1A\n";
	const uint8_t form[] = {(uint8_t)image->depth, (uint8_t)image->type, 0, 0, 0};
	size_t start;

	strbuf_add(out, signature, 8);
	start = begin_chunk(out, "IHDR");
	add_u32(out, (uint32_t)image->canvas->width);
	add_u32(out, (uint32_t)image->canvas->height);
	strbuf_add(out, form, sizeof form);
	end_chunk(out, start);
}

static void add_palette(struct strbuf *out, const struct palette *palette, int translucent)
{
	size_t start = begin_chunk(out, "PLTE");

	for (int i = 0; i < palette->count; i++) {
		for (int channel = 0; channel < 3; channel++)
			strbuf_add_char(out, (char)straight(palette->colours[i], channel));
	}
	end_chunk(out, start);
	if (!translucent)
		return;
	start = begin_chunk(out, "tRNS");
	for (int i = 0; i < translucent; i++)
		strbuf_add_char(out, (char)alpha_of(palette->colours[i]));
	end_chunk(out, start);
}

static int add_data(struct png_encoder *encoder, const struct image *image, int level,
	struct strbuf *out, struct error *err)
{
	size_t len = image->row_bytes * (size_t)image->canvas->height, start;

	start = begin_chunk(out, "IDAT");
	if (!compressor_add(encoder->compressor, COMPRESS_ZLIB, level, encoder->rows, len, out))
		return out->failed ? strbuf_check(out, err) : fail_no_memory(err);
	end_chunk(out, start);
	return 0;
}

/* The same for a canvas that is in indices already; they stay as they are. */
static void lay_out_indices(struct png_encoder *encoder, struct image *image, struct strbuf *out)
{
	const struct inks *inks = image->canvas->inks;
	int translucent = 0;
	uint8_t places[PALETTE_COLOURS_MAX];

	image->palette.count = inks->count;
	for (int i = 0; i < inks->count; i++) {
		image->palette.colours[i] = inks->colours[i];
		places[i] = (uint8_t)i;
		if (alpha_of(inks->colours[i]) < 255)
			translucent = i + 1;
	}
	image->type = TYPE_PALETTE;
	image->depth = depth_for(inks->count);
	image->row_bytes = 1 + ((size_t)image->canvas->width * (size_t)image->depth + 7) / 8;
	pack_indices(encoder, image, image->canvas->indices, places);
	add_header(out, image);
	add_palette(out, &image->palette, translucent);
}

/* Chooses the form of the file and lays out its rows; the head of the file goes to `out`. */
static void lay_out(struct png_encoder *encoder, struct image *image, struct strbuf *out)
{
	const struct canvas *canvas = image->canvas;
	size_t width = (size_t)canvas->width;
	uint8_t places[PALETTE_COLOURS_MAX];

	if (canvas->is_indexed) {
		lay_out_indices(encoder, image, out);
		return;
	}
	if (palette_make(encoder->maker, canvas->pixels, width * (size_t)canvas->height,
		    &image->palette, encoder->indices)) {
		int translucent = sort_palette(&image->palette, places);

		image->type = TYPE_PALETTE;
		image->depth = depth_for(image->palette.count);
		image->row_bytes = 1 + (width * (size_t)image->depth + 7) / 8;
		pack_indices(encoder, image, encoder->indices, places);
		add_header(out, image);
		add_palette(out, &image->palette, translucent);
		return;
	}
	image->type = is_opaque(canvas) ? TYPE_RGB : TYPE_RGBA;
	image->depth = 8;
	image->row_bytes = 1 + width * (image->type == TYPE_RGB ? 3 : 4);
	pack_colours(encoder, image);
	add_header(out, image);
}

int png_encode(struct png_encoder *encoder, const struct canvas *canvas, int level,
	struct strbuf *out, struct error *err)
{
	struct image image = {.canvas = canvas};
	int rc;

	if (!reserve(encoder, canvas))
		return fail_no_memory(err);
	lay_out(encoder, &image, out);
	rc = add_data(encoder, &image, level, out, err);
	if (rc)
		return rc;
	end_chunk(out, begin_chunk(out, "IEND"));
	return strbuf_check(out, err);
}
