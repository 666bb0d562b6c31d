#include "tiles/lettering.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/glyphs.h"

enum {
	/* Side of the picture in which one glyph is drawn: the largest, turned. */
	GLYPH_SIDE = 320,
	/* Glyphs of level text stand at quarters of a pixel. */
	QUARTERS = 4,
	/* Places in the caches: a city's street names at two sizes; its glyphs at each quarter. */
	RUN_SLOTS = 8192,
	GLYPH_SLOTS = 4096,
	/* What each of the caches may hold; it is emptied when it would hold more. */
	CACHE_BYTES_MAX = 8 << 20,
};

/* What a cached picture is a picture of. No padding: it is hashed as bytes. */
struct glyph_key {
	uint32_t font, glyph;
	uint32_t quarter_x, quarter_y;
	float size_px;
};

struct run_key {
	uint32_t font, len;
	float size_px, halo_px;
	double angle;
};

/* A glyph in pixels from its place on the baseline. */
struct glyph_picture {
	struct glyph_key key;
	int left, top, width, height;
	uint8_t coverage[]; /* width * height */
};

/* A text in pixels from its anchor: its letters, and behind them its halo. */
struct run {
	struct run_key key;
	char text[TEXT_BYTES_MAX + 1]; /* one more byte tells a cut text from a whole one */
	struct text_box box;
	int left, top, width, height;
	uint8_t *coverage; /* of the letters, then of the halo; NULL as long as none are drawn */
};

struct lettering {
	struct glyphs *glyphs;
	struct raster raster; /* GLYPH_SIDE square */
	struct path path;
	struct shaped_text shaped;
	struct glyph_picture *pictures[GLYPH_SLOTS];
	struct run *runs[RUN_SLOTS];
	size_t picture_bytes, run_bytes;
};

/* --- memory ----------------------------------------------------------------------------------- */

static void forget_pictures(struct lettering *lettering)
{
	for (size_t i = 0; i < GLYPH_SLOTS; i++) {
		free(lettering->pictures[i]);
		lettering->pictures[i] = NULL;
	}
	lettering->picture_bytes = 0;
}

static size_t run_size(const struct run *run)
{
	return sizeof *run + (run->coverage ? 2 * (size_t)run->width * (size_t)run->height : 0);
}

static void forget_run(struct lettering *lettering, size_t slot)
{
	struct run *run = lettering->runs[slot];

	if (!run)
		return;
	lettering->run_bytes -= run_size(run);
	free(run->coverage);
	free(run);
	lettering->runs[slot] = NULL;
}

static void forget_runs(struct lettering *lettering)
{
	for (size_t i = 0; i < RUN_SLOTS; i++)
		forget_run(lettering, i);
}

int lettering_new(struct lettering **ret_lettering, struct error *err)
{
	autoptr(lettering_free) struct lettering *lettering = calloc(1, sizeof *lettering);
	struct font_file files[FONT_COUNT];
	int rc;

	if (!lettering)
		return fail_no_memory(err);
	for (int font = 0; font < FONT_COUNT; font++)
		files[font] = font_file((enum font)font);
	rc = raster_init(&lettering->raster, GLYPH_SIDE, GLYPH_SIDE, err);
	if (!rc)
		rc = glyphs_new(files, &lettering->glyphs, err);
	if (!rc)
		*ret_lettering = take(lettering);
	return rc;
}

void lettering_free(struct lettering *lettering)
{
	if (!lettering)
		return;
	forget_pictures(lettering);
	forget_runs(lettering);
	glyphs_free(lettering->glyphs);
	raster_clear(&lettering->raster);
	path_clear(&lettering->path);
	free(lettering);
}

/* As FNV-1a, but for eight bytes at once, folded since the low bits choose the slot. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	while (len) {
		size_t part = len < 8 ? len : 8;
		uint64_t word = 0;

		memcpy(&word, at, part);
		hash = (hash ^ word) * 0x9E3779B97F4A7C15;
		hash ^= hash >> 32;
		at += part;
		len -= part;
	}
	return hash;
}

static const uint64_t hash_start = 0xCBF29CE484222325;

static bool same_glyph(const struct glyph_key *a, const struct glyph_key *b)
{
	return a->font == b->font && a->glyph == b->glyph && a->quarter_x == b->quarter_x &&
	       a->quarter_y == b->quarter_y && a->size_px == b->size_px;
}

static bool same_text(const struct run *run, const struct run_key *key, const char *text)
{
	return run->key.font == key->font && run->key.len == key->len &&
	       run->key.size_px == key->size_px && run->key.halo_px == key->halo_px &&
	       run->key.angle == key->angle && memcmp(run->text, text, key->len) == 0;
}

/* --- one glyph -------------------------------------------------------------------------------- */

/* How text of a look is turned and where its start is, from the anchor. */
struct placing {
	double size_px, stretch; /* of the height */
	double cosine, sine;
	double start_x, start_y; /* before it is turned */
};

/* Small letters become a whole number of pixels high, at least one, if that is not far off. */
static double stretch_of(const struct lettering *lettering, const struct text_look *look)
{
	double height = (double)(look->size_px * glyphs_x_height(lettering->glyphs, look->font));

	return fmax(rint(height), 1) / height;
}

static struct placing placing_of(const struct lettering *lettering, const struct text_look *look,
	double angle, const struct shaped_text *shaped)
{
	double size = (double)look->size_px, stretch = stretch_of(lettering, look);
	double capitals = (double)glyphs_cap_height(lettering->glyphs, look->font) * size * stretch;

	return (struct placing){.size_px = size,
		.stretch = stretch,
		.cosine = cos(angle),
		.sine = sin(angle),
		.start_x = -rint((double)shaped->width * size / 2),
		.start_y = rint(capitals / 2)};
}

static void cover_picture(void *context, int x, int y, int count, const uint8_t *coverage)
{
	struct glyph_picture *picture = context;
	uint8_t *at = picture->coverage + (size_t)y * (size_t)picture->width + x;

	/* A side on the right border ends in pixels behind it, of which nothing is covered. */
	if (count > picture->width - x)
		count = picture->width - x;
	if (y >= picture->height || count <= 0)
		return;
	if (coverage)
		memcpy(at, coverage, (size_t)count);
	else
		memset(at, 255, (size_t)count);
}

/* The box of all points in whole pixels, no larger than the raster. */
static void find_box(const struct path *path, struct glyph_picture *box)
{
	double left = GLYPH_SIDE, top = GLYPH_SIDE, right = 0, bottom = 0;

	for (size_t i = 0; i < path->point_count; i++) {
		left = fmin(left, path->points[i].x);
		top = fmin(top, path->points[i].y);
		right = fmax(right, path->points[i].x);
		bottom = fmax(bottom, path->points[i].y);
	}
	box->left = (int)fmax(floor(left), 0);
	box->top = (int)fmax(floor(top), 0);
	box->width = (int)fmax(fmin(ceil(right), GLYPH_SIDE) - box->left, 0);
	box->height = (int)fmax(fmin(ceil(bottom), GLYPH_SIDE) - box->top, 0);
}

/* Draws a glyph whose place is (x, y) from a whole pixel. The caller frees the picture. */
static int draw_glyph(struct lettering *lettering, const struct glyph_key *key,
	const struct placing *placing, double x, double y, struct glyph_picture **ret_picture,
	struct error *err)
{
	const int middle = GLYPH_SIDE / 2;
	const struct transform transform = {.xx = placing->size_px * placing->cosine,
		.xy = -placing->size_px * placing->stretch * placing->sine,
		.yx = placing->size_px * placing->sine,
		.yy = placing->size_px * placing->stretch * placing->cosine,
		.dx = x + middle,
		.dy = y + middle};
	struct path *path = &lettering->path;
	struct glyph_picture box = {.key = *key}, *picture;
	int rc;

	path_reset(path);
	glyphs_add_outline(lettering->glyphs, (enum font)key->font, key->glyph, &transform, path);
	find_box(path, &box);
	picture = calloc(1, sizeof *picture + (size_t)box.width * (size_t)box.height);
	if (!picture)
		return fail_no_memory(err);
	*picture = box;
	for (size_t i = 0; i < path->point_count; i++) {
		path->points[i].x -= box.left;
		path->points[i].y -= box.top;
	}
	picture->left -= middle;
	picture->top -= middle;
	rc = raster_fill(
		&lettering->raster, path, (struct span_sink){cover_picture, picture}, err);
	if (rc)
		free(picture);
	else
		*ret_picture = picture;
	return rc;
}

/* The picture of a glyph of level text, from the cache. Borrowed until the next call. */
static int find_glyph(struct lettering *lettering, const struct glyph_key *key,
	const struct placing *placing, const struct glyph_picture **ret_picture, struct error *err)
{
	size_t slot = hash_bytes(hash_start, key, sizeof *key) % GLYPH_SLOTS;
	struct glyph_picture *picture = lettering->pictures[slot];
	int rc;

	if (picture && same_glyph(&picture->key, key)) {
		*ret_picture = picture;
		return 0;
	}
	rc = draw_glyph(lettering, key, placing, (double)key->quarter_x / QUARTERS,
		(double)key->quarter_y / QUARTERS, &picture, err);
	if (rc)
		return rc;
	if (lettering->picture_bytes > CACHE_BYTES_MAX)
		forget_pictures(lettering);
	free(lettering->pictures[slot]);
	lettering->pictures[slot] = picture;
	lettering->picture_bytes +=
		sizeof *picture + (size_t)picture->width * (size_t)picture->height;
	*ret_picture = picture;
	return 0;
}

/* --- one text --------------------------------------------------------------------------------- */

/* Adds a glyph at (x, y) to the letters of a run; where they overlap they blend. */
static void add_picture(struct run *run, const struct glyph_picture *picture, int x, int y)
{
	int left = x + picture->left - run->left, top = y + picture->top - run->top;
	int first = left < 0 ? -left : 0, last = picture->width;

	if (last > run->width - left)
		last = run->width - left;
	for (int row = 0; row < picture->height; row++) {
		const uint8_t *from = picture->coverage + (size_t)row * (size_t)picture->width;
		uint8_t *to = run->coverage;

		if (top + row < 0 || top + row >= run->height)
			continue;
		to += (size_t)(top + row) * (size_t)run->width;
		for (int i = first; i < last; i++) {
			if (from[i])
				to[left + i] = (uint8_t)(to[left + i] +
							 (255 - to[left + i]) * from[i] / 255);
		}
	}
}

static int add_level_glyph(struct lettering *lettering, struct run *run,
	const struct placing *placing, uint32_t glyph, double x, double y, struct error *err)
{
	double quarters_x = rint(x * QUARTERS), quarters_y = rint(y * QUARTERS);
	int whole_x = (int)floor(quarters_x / QUARTERS);
	int whole_y = (int)floor(quarters_y / QUARTERS);
	const struct glyph_key key = {.font = run->key.font,
		.glyph = glyph,
		.quarter_x = (uint32_t)((int)quarters_x - whole_x * QUARTERS),
		.quarter_y = (uint32_t)((int)quarters_y - whole_y * QUARTERS),
		.size_px = run->key.size_px};
	const struct glyph_picture *picture = NULL;
	int rc = find_glyph(lettering, &key, placing, &picture, err);

	if (!rc)
		add_picture(run, picture, whole_x, whole_y);
	return rc;
}

static int add_glyph(struct lettering *lettering, struct run *run, const struct placing *placing,
	const struct glyph *glyph, struct error *err)
{
	double x = placing->start_x + (double)glyph->x * placing->size_px;
	double y = placing->start_y + (double)glyph->y * placing->size_px * placing->stretch;
	double turned_x = x * placing->cosine - y * placing->sine;
	double turned_y = x * placing->sine + y * placing->cosine;
	const struct glyph_key key = {
		.font = run->key.font, .glyph = glyph->id, .size_px = run->key.size_px};
	struct glyph_picture *picture;
	int rc;

	if (run->key.angle == 0)
		return add_level_glyph(lettering, run, placing, glyph->id, x, y, err);
	rc = draw_glyph(lettering, &key, placing, turned_x - floor(turned_x),
		turned_y - floor(turned_y), &picture, err);
	if (rc)
		return rc;
	add_picture(run, picture, (int)floor(turned_x), (int)floor(turned_y));
	free(picture);
	return 0;
}

/* One pixel of the disc that a halo is drawn with. */
struct tap {
	ptrdiff_t offset; /* in the picture */
	int share;	  /* of 256 */
};

enum {
	HALO_REACH_MAX = LETTERING_HALO_MAX_PX + 1,
	TAPS_MAX = (2 * HALO_REACH_MAX + 1) * (2 * HALO_REACH_MAX + 1),
};

/* How many pixels a halo goes to each side. */
static int halo_reach(double radius)
{
	return radius > 0 ? (int)ceil(radius + 0.5) : 0;
}

static int make_taps(double radius, int stride, struct tap taps[TAPS_MAX])
{
	int reach = halo_reach(radius), count = 0;

	for (int y = -reach; y <= reach; y++) {
		for (int x = -reach; x <= reach; x++) {
			double share = fmin(radius + 0.5 - sqrt(x * x + y * y), 1);

			if (share > 0)
				taps[count++] =
					(struct tap){(ptrdiff_t)y * stride + x, (int)(share * 256)};
		}
	}
	return count;
}

/*
 * Makes the halo: each pixel of the letters drawn as a disc, the most of any counting. A stem may
 * lie half on one pixel and half on the next, so half a pixel already gives a whole halo.
 */
static void draw_halo(struct run *run)
{
	struct tap taps[TAPS_MAX];
	int count = make_taps((double)run->key.halo_px, run->width, taps);
	int reach = halo_reach((double)run->key.halo_px);

	for (int y = reach; y < run->height - reach; y++) {
		const uint8_t *letters = run->coverage + (size_t)y * (size_t)run->width;
		uint8_t *halo = run->coverage + (size_t)(run->height + y) * (size_t)run->width;

		for (int x = reach; x < run->width - reach; x++) {
			int level = letters[x] < 128 ? 2 * letters[x] : 255;

			for (int i = 0; i < count && level; i++) {
				uint8_t *to = halo + x + taps[i].offset;
				int share = level * taps[i].share >> 8;

				if (share > *to)
					*to = (uint8_t)share;
			}
		}
	}
}

/* Finds the whole pixels that the turned box of a run meets. */
static int frame_run(struct run *run, const struct placing *placing, struct error *err)
{
	double least_x = 0, least_y = 0, most_x = 0, most_y = 0;

	for (int corner = 0; corner < 4; corner++) {
		double x = (double)(corner & 1 ? run->box.left : run->box.right);
		double y = (double)(corner & 2 ? run->box.top : run->box.bottom);
		double turned_x = x * placing->cosine - y * placing->sine;
		double turned_y = x * placing->sine + y * placing->cosine;

		least_x = fmin(least_x, turned_x);
		least_y = fmin(least_y, turned_y);
		most_x = fmax(most_x, turned_x);
		most_y = fmax(most_y, turned_y);
	}
	/* Glyphs stand at quarters, and a halo ends in a pixel that it hardly covers. */
	run->left = (int)floor(least_x) - 3;
	run->top = (int)floor(least_y) - 3;
	run->width = (int)ceil(most_x) + 3 - run->left;
	run->height = (int)ceil(most_y) + 3 - run->top;
	if ((double)run->width * run->height > LETTERING_PIXELS_MAX)
		return fail_text_too_large(err);
	return 0;
}

/* Draws the letters and the halo of a run whose text is in lettering->shaped. */
static int draw_run(struct lettering *lettering, struct run *run, const struct placing *placing,
	struct error *err)
{
	const struct shaped_text *shaped = &lettering->shaped;
	size_t pixels;
	int rc = frame_run(run, placing, err);

	if (rc)
		return rc;
	pixels = (size_t)run->width * (size_t)run->height;
	run->coverage = calloc(2, pixels);
	if (!run->coverage)
		return fail_no_memory(err);
	for (size_t i = 0; i < shaped->count && !rc; i++)
		rc = add_glyph(lettering, run, placing, shaped->glyphs + i, err);
	if (!rc && run->key.halo_px > 0)
		draw_halo(run);
	if (rc) {
		free(run->coverage);
		run->coverage = NULL;
	}
	return rc;
}

static void measure_run(
	struct run *run, const struct placing *placing, const struct shaped_text *shaped)
{
	double size = placing->size_px, high = size * placing->stretch,
	       halo = (double)run->key.halo_px;

	run->box.missing = shaped->missing;
	if (shaped->right <= shaped->left)
		return;
	run->box.left = (float)(placing->start_x + (double)shaped->left * size - halo);
	run->box.right = (float)(placing->start_x + (double)shaped->right * size + halo);
	run->box.top = (float)(placing->start_y + (double)shaped->top * high - halo);
	run->box.bottom = (float)(placing->start_y + (double)shaped->bottom * high + halo);
}

static int make_run(struct lettering *lettering, const struct run_key *key, const struct text *text,
	bool drawn, struct run **ret_run, struct error *err)
{
	struct run *run;
	struct placing placing;
	int rc = glyphs_shape(lettering->glyphs, text->look.font, text->bytes, text->len,
		&lettering->shaped, err);

	if (rc)
		return rc;
	run = calloc(1, sizeof *run);
	if (!run)
		return fail_no_memory(err);
	run->key = *key;
	memcpy(run->text, text->bytes, key->len);
	placing = placing_of(lettering, &text->look, key->angle, &lettering->shaped);
	measure_run(run, &placing, &lettering->shaped);
	if (drawn)
		rc = draw_run(lettering, run, &placing, err);
	if (rc)
		free(run);
	else
		*ret_run = run;
	return rc;
}

/* The run of a text, from the cache; with its pictures if it is to be drawn. Borrowed. */
static int find_run(struct lettering *lettering, const struct text *text, double angle, bool drawn,
	const struct run **ret_run, struct error *err)
{
	const struct text_look *look = &text->look;
	size_t len = text->len > TEXT_BYTES_MAX ? TEXT_BYTES_MAX + 1 : text->len;
	struct run_key key = {.font = look->font,
		.len = (uint32_t)len,
		.size_px = look->size_px,
		.halo_px = look->halo_px,
		.angle = angle == 0 ? 0 : angle};
	size_t slot;
	struct run *run;
	int rc;

	if (!(look->size_px >= 1 && look->size_px <= LETTERING_SIZE_MAX_PX && look->halo_px >= 0 &&
		    look->halo_px <= LETTERING_HALO_MAX_PX))
		return fail_text_size(err, LETTERING_SIZE_MAX_PX);
	if (!isfinite(angle))
		return fail_coordinate_not_finite(err);
	slot = hash_bytes(hash_bytes(hash_start, &key, sizeof key), text->bytes, len) % RUN_SLOTS;
	run = lettering->runs[slot];
	if (run && same_text(run, &key, text->bytes) && (run->coverage || !drawn)) {
		*ret_run = run;
		return 0;
	}
	rc = make_run(lettering, &key, text, drawn, &run, err);
	if (rc)
		return rc;
	forget_run(lettering, slot);
	if (lettering->run_bytes > CACHE_BYTES_MAX)
		forget_runs(lettering);
	lettering->run_bytes += run_size(run);
	lettering->runs[slot] = run;
	*ret_run = run;
	return 0;
}

/* --- drawing ---------------------------------------------------------------------------------- */

int lettering_measure(struct lettering *lettering, const struct text *text,
	struct text_box *ret_box, struct error *err)
{
	const struct run *run = NULL;
	int rc = find_run(lettering, text, 0, false, &run, err);

	if (!rc)
		*ret_box = run->box;
	return rc;
}

double lettering_guess_width(const struct lettering *lettering, const struct text *text)
{
	size_t len = text->len < TEXT_BYTES_MAX ? text->len : TEXT_BYTES_MAX;

	return (double)(glyphs_guess_width(
				lettering->glyphs, text->look.font, text->bytes, len) *
			text->look.size_px);
}

int lettering_draw(struct lettering *lettering, struct canvas *canvas, const struct text *text,
	int x, int y, double angle, struct error *err)
{
	const struct run *run = NULL;
	struct mask letters, halo;
	int64_t left, top;
	int rc = find_run(lettering, text, angle, true, &run, err);

	if (rc)
		return rc;
	left = (int64_t)x + run->left;
	top = (int64_t)y + run->top;
	if (left > canvas->width || left + run->width < 0 || top > canvas->height ||
		top + run->height < 0)
		return 0;
	letters = halo = (struct mask){run->width, run->height, run->coverage};
	halo.coverage += (size_t)run->width * (size_t)run->height;
	if (run->key.halo_px > 0)
		canvas_stamp(canvas, &halo, (int)left, (int)top, text->look.halo);
	canvas_stamp(canvas, &letters, (int)left, (int)top, text->look.colour);
	return 0;
}
