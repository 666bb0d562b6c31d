#include "tiles/letters.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/cover.h"
#include "tiles/raster.h"

enum {
	/* Side of the picture in which one glyph is drawn: the largest, turned. */
	GLYPH_SIDE = 320,
	/* Glyphs of level text stand at quarters of a pixel. */
	QUARTERS = 4,
	/* A city's glyphs at two sizes and at each quarter. */
	GLYPH_SLOTS = 4096,
	/* The outlines of glyphs that are turned: a typeface's at a size or two. */
	OUTLINE_SLOTS = 512,
	/* Turned text that fits into such a picture is drawn at once. */
	COVER_SIDE = 384,
	/* What the pictures of glyphs may take; they are forgotten when it would be more. */
	CACHE_BYTES_MAX = 8 << 20,
};

/* What a cached picture is a picture of. No padding: it is hashed as bytes. */
struct glyph_key {
	uint32_t font, glyph;
	uint32_t quarter_x, quarter_y;
	float size_px;
};

/* A glyph in pixels from its place on the baseline. */
struct glyph_picture {
	struct glyph_key key;
	int left, top, width, height;
	uint8_t coverage[]; /* width * height */
};

/* The outline of a glyph of a size in level text, from its place, as straight pieces. */
struct outline {
	struct glyph_key key;
	struct path path;
};

struct letters {
	struct glyphs *glyphs;
	struct raster raster; /* GLYPH_SIDE square */
	struct cover cover;   /* COVER_SIDE square */
	struct path path;
	struct outline outlines[OUTLINE_SLOTS];
	struct glyph_picture *pictures[GLYPH_SLOTS];
	size_t picture_bytes;
};

static void forget_pictures(struct letters *letters)
{
	for (size_t i = 0; i < GLYPH_SLOTS; i++) {
		free(letters->pictures[i]);
		letters->pictures[i] = NULL;
	}
	letters->picture_bytes = 0;
}

int letters_new(struct glyphs *glyphs, struct letters **ret_letters, struct error *err)
{
	autoptr(letters_free) struct letters *letters = calloc(1, sizeof *letters);
	int rc;

	if (!letters)
		return fail_no_memory(err);
	letters->glyphs = glyphs;
	rc = raster_init(&letters->raster, GLYPH_SIDE, GLYPH_SIDE, err);
	if (!rc)
		rc = cover_init(&letters->cover, COVER_SIDE, COVER_SIDE, err);
	if (!rc)
		*ret_letters = take(letters);
	return rc;
}

void letters_free(struct letters *letters)
{
	if (!letters)
		return;
	forget_pictures(letters);
	raster_clear(&letters->raster);
	cover_clear(&letters->cover);
	path_clear(&letters->path);
	for (size_t i = 0; i < OUTLINE_SLOTS; i++)
		path_clear(&letters->outlines[i].path);
	free(letters);
}

static bool same_glyph(const struct glyph_key *a, const struct glyph_key *b)
{
	return a->font == b->font && a->glyph == b->glyph && a->quarter_x == b->quarter_x &&
	       a->quarter_y == b->quarter_y && a->size_px == b->size_px;
}

/* --- one glyph -------------------------------------------------------------------------------- */

/* How text of a look is turned and where its start is, from the anchor. */
struct placing {
	double size_px, stretch; /* of the height */
	double cosine, sine;
	double start_x, start_y; /* before it is turned */
};

/* Small letters become a whole number of pixels high, at least one, if that is not far off. */
static double stretch_of(const struct letters *letters, const struct text_look *look)
{
	double height = (double)(look->size_px * glyphs_x_height(letters->glyphs, look->font));

	return fmax(rint(height), 1) / height;
}

static struct placing placing_of(const struct letters *letters, const struct text_look *look,
	double angle, const struct letters_shape *shape)
{
	double size = (double)look->size_px, stretch = stretch_of(letters, look);
	double capitals = (double)glyphs_cap_height(letters->glyphs, look->font) * size * stretch;

	return (struct placing){.size_px = size,
		.stretch = stretch,
		.cosine = cos(angle),
		.sine = sin(angle),
		.start_x = -rint((double)shape->width * size / 2),
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
static int draw_glyph(struct letters *letters, const struct glyph_key *key,
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
	struct path *path = &letters->path;
	struct glyph_picture box = {.key = *key}, *picture;
	int rc;

	path_reset(path);
	glyphs_add_outline(letters->glyphs, (enum font)key->font, key->glyph, &transform, path);
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
		&letters->raster, path, (struct span_sink){cover_picture, picture}, err);
	if (rc)
		free(picture);
	else
		*ret_picture = picture;
	return rc;
}

/* The picture of a glyph of level text, from the cache. Borrowed until the next call. */
static int find_glyph(struct letters *letters, const struct glyph_key *key,
	const struct placing *placing, const struct glyph_picture **ret_picture, struct error *err)
{
	size_t slot = letters_hash(LETTERS_HASH_START, key, sizeof *key) % GLYPH_SLOTS;
	struct glyph_picture *picture = letters->pictures[slot];
	int rc;

	if (picture && same_glyph(&picture->key, key)) {
		*ret_picture = picture;
		return 0;
	}
	rc = draw_glyph(letters, key, placing, (double)key->quarter_x / QUARTERS,
		(double)key->quarter_y / QUARTERS, &picture, err);
	if (rc)
		return rc;
	if (letters->picture_bytes > CACHE_BYTES_MAX)
		forget_pictures(letters);
	free(letters->pictures[slot]);
	letters->pictures[slot] = picture;
	letters->picture_bytes +=
		sizeof *picture + (size_t)picture->width * (size_t)picture->height;
	*ret_picture = picture;
	return 0;
}

/* --- one text --------------------------------------------------------------------------------- */

/* Adds a glyph at (x, y) to the letters of a run; where they overlap they blend. */
static void add_picture(struct letters_picture *run, const struct glyph_picture *picture, int x, int y)
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

static int add_level_glyph(struct letters *letters, struct letters_picture *run,
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
	int rc = find_glyph(letters, &key, placing, &picture, err);

	if (!rc)
		add_picture(run, picture, whole_x, whole_y);
	return rc;
}

static int add_glyph(struct letters *letters, struct letters_picture *run, const struct placing *placing,
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
		return add_level_glyph(letters, run, placing, glyph->id, x, y, err);
	rc = draw_glyph(letters, &key, placing, turned_x - floor(turned_x),
		turned_y - floor(turned_y), &picture, err);
	if (rc)
		return rc;
	add_picture(run, picture, (int)floor(turned_x), (int)floor(turned_y));
	free(picture);
	return 0;
}

/* The outline of a glyph, from the cache. Borrowed until the next call. */
static const struct path *find_outline(struct letters *letters, const struct letters_key *run,
	const struct placing *placing, uint32_t glyph)
{
	const struct glyph_key key = {.font = run->font, .glyph = glyph, .size_px = run->size_px};
	const struct transform transform = {
		.xx = placing->size_px, .yy = placing->size_px * placing->stretch};
	struct outline *outline =
		&letters->outlines[letters_hash(LETTERS_HASH_START, &key, sizeof key) % OUTLINE_SLOTS];

	if (outline->path.failed || !same_glyph(&outline->key, &key)) {
		path_reset(&outline->path);
		outline->key = key;
		glyphs_add_outline(letters->glyphs, (enum font)key.font, glyph, &transform,
			&outline->path);
	}
	return &outline->path;
}

/* Adds an outline that is turned and then moved. */
static void add_outline(struct cover *cover, const struct path *path,
	const struct placing *placing, double x, double y)
{
	for (size_t i = 0, at = 0; i < path->subpath_count; i++) {
		size_t end = path->subpaths[i].end;
		struct point last = path->points[end - 1];

		last = (struct point){x + last.x * placing->cosine - last.y * placing->sine,
			y + last.x * placing->sine + last.y * placing->cosine};
		for (; at < end; at++) {
			const struct point *level = &path->points[at];
			struct point point = {
				x + level->x * placing->cosine - level->y * placing->sine,
				y + level->x * placing->sine + level->y * placing->cosine};

			cover_add_side(cover, last, point);
			last = point;
		}
	}
}

static void cover_letters(void *context, int x, int y, int count, const uint8_t *coverage)
{
	const struct letters_picture *run = context;
	uint8_t *at = run->coverage + (size_t)y * (size_t)run->width + x;

	if (count > run->width - x)
		count = run->width - x;
	if (y >= run->height || count <= 0)
		return;
	if (coverage)
		memcpy(at, coverage, (size_t)count);
	else
		memset(at, 255, (size_t)count);
}

/* Draws all letters of a turned text at once; where they overlap they count once. */
static int draw_turned(struct letters *letters, struct letters_picture *run,
	const struct placing *placing, const struct letters_shape *shape, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < shape->count && !rc; i++) {
		const struct glyph *glyph = &shape->glyphs[i];
		const struct path *path =
			find_outline(letters, &run->key, placing, glyph->id);
		double x = placing->start_x + (double)glyph->x * placing->size_px;
		double y = placing->start_y +
			   (double)glyph->y * placing->size_px * placing->stretch;

		rc = path_check(path, err);
		if (!rc)
			add_outline(&letters->cover, path, placing,
				x * placing->cosine - y * placing->sine - run->left,
				x * placing->sine + y * placing->cosine - run->top);
	}
	cover_emit(&letters->cover, (struct span_sink){cover_letters, run});
	return rc;
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
static void draw_halo(struct letters_picture *run)
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
static int frame_run(struct letters_picture *run, const struct placing *placing, struct error *err)
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

static int draw_letters(struct letters *letters, struct letters_picture *run, const struct placing *placing,
	const struct letters_shape *shape, struct error *err)
{
	int rc = 0;

	if (run->key.angle != 0 && run->width <= COVER_SIDE && run->height <= COVER_SIDE)
		return draw_turned(letters, run, placing, shape, err);
	for (size_t i = 0; i < shape->count && !rc; i++)
		rc = add_glyph(letters, run, placing, shape->glyphs + i, err);
	return rc;
}

/* Draws the letters and the halo of a run. */
int letters_draw(
	struct letters *letters, struct letters_picture *run, const struct letters_shape *shape, struct error *err)
{
	const struct text_look look = {.font = (enum font)run->key.font, .size_px = run->key.size_px};
	struct placing placing = placing_of(letters, &look, run->key.angle, shape);
	size_t pixels;
	int rc = frame_run(run, &placing, err);

	if (rc)
		return rc;
	pixels = (size_t)run->width * (size_t)run->height;
	run->coverage = calloc(2, pixels);
	if (!run->coverage)
		return fail_no_memory(err);
	rc = draw_letters(letters, run, &placing, shape, err);
	if (!rc && run->key.halo_px > 0)
		draw_halo(run);
	if (rc) {
		free(run->coverage);
		run->coverage = NULL;
	}
	return rc;
}

void letters_measure(const struct letters *letters, const struct letters_shape *shape,
	struct letters_picture *run)
{
	const struct text_look look = {.font = (enum font)run->key.font, .size_px = run->key.size_px};
	struct placing placing = placing_of(letters, &look, run->key.angle, shape);
	double size = placing.size_px, high = size * placing.stretch, halo = (double)run->key.halo_px;

	run->box.missing = shape->missing;
	if (shape->right <= shape->left)
		return;
	run->box.left = (float)(placing.start_x + (double)shape->left * size - halo);
	run->box.right = (float)(placing.start_x + (double)shape->right * size + halo);
	run->box.top = (float)(placing.start_y + (double)shape->top * high - halo);
	run->box.bottom = (float)(placing.start_y + (double)shape->bottom * high + halo);
}

