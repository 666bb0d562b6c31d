#include "tiles/lettering.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/letters.h"

enum {
	/* Places in the cache: a city's street names at two sizes. */
	RUN_SLOTS = 8192,
	/* What the cache may hold; it is emptied when it would hold more. */
	CACHE_BYTES_MAX = 8 << 20,
};

/* A text as it was drawn, or measured. */
struct run {
	struct letters_picture picture;
	char text[TEXT_BYTES_MAX + 1]; /* one more byte tells a cut text from a whole one */
	struct letters_shape shape;    /* of level text; its glyphs stand behind */
	struct glyph glyphs[];
};

struct lettering {
	struct glyphs *glyphs;
	struct letters *letters;
	struct shaped_text shaped;
	struct run *runs[RUN_SLOTS];
	size_t run_bytes;
};

/* --- memory ----------------------------------------------------------------------------------- */

static size_t coverage_size(const struct run *run)
{
	return run->picture.coverage
		? 2 * (size_t)run->picture.width * (size_t)run->picture.height
		: 0;
}

static size_t run_size(const struct run *run)
{
	return sizeof *run + run->shape.count * sizeof *run->glyphs + coverage_size(run);
}

static void forget_run(struct lettering *lettering, size_t slot)
{
	struct run *run = lettering->runs[slot];

	if (!run)
		return;
	lettering->run_bytes -= run_size(run);
	free(run->picture.coverage);
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
	rc = glyphs_new(files, &lettering->glyphs, err);
	if (!rc)
		rc = letters_new(lettering->glyphs, &lettering->letters, err);
	if (!rc)
		*ret_lettering = take(lettering);
	return rc;
}

void lettering_free(struct lettering *lettering)
{
	if (!lettering)
		return;
	forget_runs(lettering);
	letters_free(lettering->letters);
	glyphs_free(lettering->glyphs);
	free(lettering);
}

static bool same_text(const struct run *run, const struct letters_key *key, const char *text)
{
	const struct letters_key *own = &run->picture.key;

	return own->font == key->font && own->len == key->len && own->size_px == key->size_px &&
	       own->halo_px == key->halo_px && own->angle == key->angle &&
	       memcmp(run->text, text, key->len) == 0;
}

/* --- one text --------------------------------------------------------------------------------- */

/* A run that is not drawn yet, with its glyphs behind it or, turned, without. */
static int make_run(struct lettering *lettering, const struct letters_key *key,
	const struct text *text, const struct letters_shape *shape, struct run **ret_run,
	struct error *err)
{
	bool is_level = key->angle == 0;
	struct run *run = calloc(1, sizeof *run + (is_level ? shape->count * sizeof *run->glyphs : 0));

	if (!run)
		return fail_no_memory(err);
	run->picture.key = *key;
	memcpy(run->text, text->bytes, key->len);
	if (is_level) {
		run->shape = *shape;
		run->shape.glyphs = run->glyphs;
		memcpy(run->glyphs, shape->glyphs, shape->count * sizeof *run->glyphs);
	}
	letters_measure(lettering->letters, shape, &run->picture);
	*ret_run = run;
	return 0;
}

static int shape_text(struct lettering *lettering, const struct text *text,
	struct letters_shape *ret_shape, struct error *err)
{
	const struct shaped_text *shaped = &lettering->shaped;
	int rc = glyphs_shape(lettering->glyphs, text->look.font, text->bytes, text->len,
		&lettering->shaped, err);

	if (!rc)
		*ret_shape = (struct letters_shape){shaped->width, shaped->left, shaped->top, shaped->right,
			shaped->bottom, shaped->missing, shaped->count, shaped->glyphs};
	return rc;
}

static int find_run(struct lettering *lettering, const struct text *text, double angle, bool drawn,
	const struct run **ret_run, struct error *err);

/* Makes the run that is not in the cache, drawn if it is turned: else by whoever wants it so. */
static int add_run(struct lettering *lettering, const struct letters_key *key, const struct text *text,
	size_t slot, struct error *err)
{
	const struct run *level = NULL;
	struct run *run = NULL;
	struct letters_shape shape;
	int rc;

	if (key->angle == 0) {
		rc = shape_text(lettering, text, &shape, err);
	} else {
		rc = find_run(lettering, text, 0, false, &level, err);
		if (!rc)
			shape = level->shape;
	}
	if (!rc)
		rc = make_run(lettering, key, text, &shape, &run, err);
	if (!rc && key->angle != 0)
		rc = letters_draw(lettering->letters, &run->picture, &shape, err);
	if (rc) {
		free(run);
		return rc;
	}
	forget_run(lettering, slot);
	if (lettering->run_bytes > CACHE_BYTES_MAX)
		forget_runs(lettering);
	lettering->run_bytes += run_size(run);
	lettering->runs[slot] = run;
	return 0;
}

/* The run of a text, from the cache; with its pictures if it is to be drawn. Borrowed. */
static int find_run(struct lettering *lettering, const struct text *text, double angle, bool drawn,
	const struct run **ret_run, struct error *err)
{
	const struct text_look *look = &text->look;
	size_t len = text->len > TEXT_BYTES_MAX ? TEXT_BYTES_MAX + 1 : text->len;
	struct letters_key key = {.font = look->font,
		.len = (uint32_t)len,
		.size_px = look->size_px,
		.halo_px = look->halo_px,
		.angle = angle == 0 ? 0 : angle};
	size_t slot;
	struct run *run;
	int rc = 0;

	if (!(look->size_px >= 1 && look->size_px <= LETTERING_SIZE_MAX_PX && look->halo_px >= 0 &&
		    look->halo_px <= LETTERING_HALO_MAX_PX))
		return fail_text_size(err, LETTERING_SIZE_MAX_PX);
	if (!isfinite(angle))
		return fail_coordinate_not_finite(err);
	slot = letters_hash(letters_hash(LETTERS_HASH_START, &key, sizeof key), text->bytes, len) % RUN_SLOTS;
	run = lettering->runs[slot];
	if (!run || !same_text(run, &key, text->bytes))
		rc = add_run(lettering, &key, text, slot, err);
	if (rc)
		return rc;
	run = lettering->runs[slot];
	if (drawn && !run->picture.coverage) {
		rc = letters_draw(lettering->letters, &run->picture, &run->shape, err);
		lettering->run_bytes += coverage_size(run);
	}
	if (!rc)
		*ret_run = run;
	return rc;
}

/* --- drawing ---------------------------------------------------------------------------------- */

int lettering_measure(struct lettering *lettering, const struct text *text,
	struct text_box *ret_box, struct error *err)
{
	const struct run *run = NULL;
	int rc = find_run(lettering, text, 0, false, &run, err);

	if (!rc)
		*ret_box = run->picture.box;
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
	const struct letters_picture *picture;
	const struct run *run = NULL;
	struct mask letters, halo;
	int64_t left, top;
	int rc = find_run(lettering, text, angle, true, &run, err);

	if (rc)
		return rc;
	picture = &run->picture;
	left = (int64_t)x + picture->left;
	top = (int64_t)y + picture->top;
	if (left > canvas->width || left + picture->width < 0 || top > canvas->height ||
		top + picture->height < 0)
		return 0;
	letters = halo = (struct mask){picture->width, picture->height, picture->coverage};
	halo.coverage += (size_t)picture->width * (size_t)picture->height;
	if (picture->key.halo_px > 0)
		canvas_stamp(canvas, &halo, (int)left, (int)top, text->look.halo);
	canvas_stamp(canvas, &letters, (int)left, (int)top, text->look.colour);
	return 0;
}
