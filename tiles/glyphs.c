#include "tiles/glyphs.h"

#include <hb-ot.h>
#include <hb.h>
#include <math.h>

#include "base/banned.h"
#include "base/messages.h"
#include "base/text.h"

enum {
	CHARACTERS = 0x1F00, /* of Unicode, up to where Vietnamese letters end */
	INKS = 2048,	     /* more glyphs than the typefaces have */
};

static const char ellipsis[] = "\xE2\x80\xA6"; /* U+2026 */

/* How far a straight piece may be from the curve that it stands for. */
static const double tolerance_px = 0.04;

/* The box of a glyph's ink, which takes long to find. */
struct ink {
	bool is_known, is_there;
	hb_glyph_extents_t box;
};

struct glyphs {
	hb_font_t *fonts[FONT_COUNT];
	hb_draw_funcs_t *draw;
	hb_buffer_t *buffer;
	float cap_heights[FONT_COUNT], x_heights[FONT_COUNT]; /* ems */
	float em_a_unit[FONT_COUNT];
	float widths[FONT_COUNT][CHARACTERS]; /* ems; 0 for what the typeface has not */
	struct ink inks[FONT_COUNT][INKS];    /* of glyphs by their number, once they were asked for */
};

/* --- outlines --------------------------------------------------------------------------------- */

struct outliner {
	struct path *path;
	struct transform transform;
};

static struct point transform_point(const struct outliner *outliner, float x, float y)
{
	const struct transform *t = &outliner->transform;

	return (struct point){(double)x * t->xx + (double)y * t->xy + t->dx,
		(double)x * t->yx + (double)y * t->yy + t->dy};
}

static void move_to(hb_draw_funcs_t *draw, void *data, hb_draw_state_t *state, float x, float y,
	void *user_data)
{
	struct outliner *outliner = data;
	struct point at = transform_point(outliner, x, y);

	(void)draw, (void)state, (void)user_data;
	path_move(outliner->path, at.x, at.y);
}

static void line_to(hb_draw_funcs_t *draw, void *data, hb_draw_state_t *state, float x, float y,
	void *user_data)
{
	struct outliner *outliner = data;
	struct point at = transform_point(outliner, x, y);

	(void)draw, (void)state, (void)user_data;
	path_line(outliner->path, at.x, at.y);
}

/* Straight pieces of a Bézier curve whose control points bend away by up to bend_px. */
static int count_pieces(double bend_px)
{
	/* A quadratic curve cut into n pieces is off by bend / 8 n². */
	return (int)fmin(fmax(ceil(sqrt(bend_px / (8 * tolerance_px))), 1), 64);
}

static void cubic(
	struct outliner *outliner, struct point a, struct point b, struct point c, struct point d)
{
	double bend = fmax(hypot(a.x - 2 * b.x + c.x, a.y - 2 * b.y + c.y),
		hypot(b.x - 2 * c.x + d.x, b.y - 2 * c.y + d.y));
	int pieces = count_pieces(6 * bend);

	for (int i = 1; i <= pieces; i++) {
		double t = (double)i / pieces, s = 1 - t;
		double ka = s * s * s, kb = 3 * s * s * t, kc = 3 * s * t * t, kd = t * t * t;

		path_line(outliner->path, ka * a.x + kb * b.x + kc * c.x + kd * d.x,
			ka * a.y + kb * b.y + kc * c.y + kd * d.y);
	}
}

static void quadratic_to(hb_draw_funcs_t *draw, void *data, hb_draw_state_t *state, float bx,
	float by, float x, float y, void *user_data)
{
	struct outliner *outliner = data;
	struct point a = transform_point(outliner, state->current_x, state->current_y);
	struct point b = transform_point(outliner, bx, by), c = transform_point(outliner, x, y);
	int pieces = count_pieces(2 * hypot(a.x - 2 * b.x + c.x, a.y - 2 * b.y + c.y));

	(void)draw, (void)user_data;
	for (int i = 1; i <= pieces; i++) {
		double t = (double)i / pieces, s = 1 - t;

		path_line(outliner->path, s * s * a.x + 2 * s * t * b.x + t * t * c.x,
			s * s * a.y + 2 * s * t * b.y + t * t * c.y);
	}
}

static void cubic_to(hb_draw_funcs_t *draw, void *data, hb_draw_state_t *state, float bx, float by,
	float cx, float cy, float x, float y, void *user_data)
{
	struct outliner *outliner = data;

	(void)draw, (void)user_data;
	cubic(outliner, transform_point(outliner, state->current_x, state->current_y),
		transform_point(outliner, bx, by), transform_point(outliner, cx, cy),
		transform_point(outliner, x, y));
}

static void close_path(hb_draw_funcs_t *draw, void *data, hb_draw_state_t *state, void *user_data)
{
	struct outliner *outliner = data;

	(void)draw, (void)state, (void)user_data;
	path_close(outliner->path, PATH_AS_DRAWN);
}

static hb_draw_funcs_t *make_draw_funcs(void)
{
	hb_draw_funcs_t *draw = hb_draw_funcs_create();

	hb_draw_funcs_set_move_to_func(draw, move_to, NULL, NULL);
	hb_draw_funcs_set_line_to_func(draw, line_to, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(draw, quadratic_to, NULL, NULL);
	hb_draw_funcs_set_cubic_to_func(draw, cubic_to, NULL, NULL);
	hb_draw_funcs_set_close_path_func(draw, close_path, NULL, NULL);
	hb_draw_funcs_make_immutable(draw);
	return draw;
}

void glyphs_add_outline(const struct glyphs *glyphs, enum font font, uint32_t glyph,
	const struct transform *transform, struct path *path)
{
	double em = (double)glyphs->em_a_unit[font];
	/* A font's y goes up, and its outer rings clockwise in that view. */
	struct outliner outliner = {
		path, {transform->xx * em, -transform->xy * em, transform->yx * em,
			      -transform->yy * em, transform->dx, transform->dy}};

	hb_font_get_glyph_shape(glyphs->fonts[font], glyph, glyphs->draw, &outliner);
}

/* --- fonts ------------------------------------------------------------------------------------ */

static float metric(hb_font_t *font, hb_ot_metrics_tag_t tag, float otherwise, float em_a_unit)
{
	hb_position_t units;

	if (!hb_ot_metrics_get_position(font, tag, &units) || units <= 0)
		return otherwise;
	return (float)units * em_a_unit;
}

/* True if the typeface has letters with ink: HarfBuzz reads damaged files as empty ones. */
static bool has_letters(hb_font_t *font)
{
	hb_codepoint_t glyph;
	hb_glyph_extents_t ink;

	return hb_font_get_nominal_glyph(font, 'x', &glyph) &&
	       hb_font_get_glyph_extents(font, glyph, &ink) && ink.width > 0;
}

static void measure_characters(struct glyphs *glyphs, enum font font)
{
	for (hb_codepoint_t i = 0; i < CHARACTERS; i++) {
		hb_codepoint_t glyph;

		if (hb_font_get_nominal_glyph(glyphs->fonts[font], i, &glyph))
			glyphs->widths[font][i] =
				(float)hb_font_get_glyph_h_advance(glyphs->fonts[font], glyph) *
				glyphs->em_a_unit[font];
	}
}

static int open_font(
	struct glyphs *glyphs, enum font font, struct font_file file, struct error *err)
{
	hb_blob_t *blob;
	hb_face_t *face;
	unsigned units;

	if (file.len > UINT32_MAX)
		return fail_font_unreadable(err);
	blob = hb_blob_create(
		(const char *)file.bytes, (unsigned)file.len, HB_MEMORY_MODE_READONLY, NULL, NULL);
	face = hb_face_create(blob, 0);
	hb_blob_destroy(blob);
	units = hb_face_get_upem(face);
	glyphs->fonts[font] = hb_font_create(face);
	hb_face_destroy(face);
	if (!has_letters(glyphs->fonts[font]))
		return fail_font_unreadable(err);
	hb_font_set_scale(glyphs->fonts[font], (int)units, (int)units);
	glyphs->em_a_unit[font] = 1 / (float)units;
	glyphs->cap_heights[font] = metric(
		glyphs->fonts[font], HB_OT_METRICS_TAG_CAP_HEIGHT, 0.7F, glyphs->em_a_unit[font]);
	glyphs->x_heights[font] = metric(
		glyphs->fonts[font], HB_OT_METRICS_TAG_X_HEIGHT, 0.5F, glyphs->em_a_unit[font]);
	measure_characters(glyphs, font);
	return 0;
}

int glyphs_new(
	const struct font_file files[FONT_COUNT], struct glyphs **ret_glyphs, struct error *err)
{
	autoptr(glyphs_free) struct glyphs *glyphs = calloc(1, sizeof *glyphs);
	int rc = 0;

	if (!glyphs)
		return fail_no_memory(err);
	glyphs->draw = make_draw_funcs();
	glyphs->buffer = hb_buffer_create();
	if (!hb_buffer_allocation_successful(glyphs->buffer))
		return fail_no_memory(err);
	for (int font = 0; font < FONT_COUNT && !rc; font++)
		rc = open_font(glyphs, (enum font)font, files[font], err);
	if (!rc)
		*ret_glyphs = take(glyphs);
	return rc;
}

void glyphs_free(struct glyphs *glyphs)
{
	if (!glyphs)
		return;
	for (int font = 0; font < FONT_COUNT; font++)
		hb_font_destroy(glyphs->fonts[font]);
	hb_draw_funcs_destroy(glyphs->draw);
	hb_buffer_destroy(glyphs->buffer);
	free(glyphs);
}

float glyphs_cap_height(const struct glyphs *glyphs, enum font font)
{
	return glyphs->cap_heights[font];
}

float glyphs_x_height(const struct glyphs *glyphs, enum font font)
{
	return glyphs->x_heights[font];
}

/* --- shaping ---------------------------------------------------------------------------------- */

/* The box of a glyph's ink in font units; false if there is none. */
static bool find_ink(
	struct glyphs *glyphs, enum font font, uint32_t glyph, hb_glyph_extents_t *ret_box)
{
	struct ink *ink = glyph < INKS ? &glyphs->inks[font][glyph] : NULL;
	bool is_there;

	if (ink && ink->is_known) {
		*ret_box = ink->box;
		return ink->is_there;
	}
	is_there = hb_font_get_glyph_extents(glyphs->fonts[font], glyph, ret_box) && ret_box->width;
	if (ink)
		*ink = (struct ink){true, is_there, *ret_box};
	return is_there;
}


/* Adds the ink of a glyph to the box of the text. */
static void add_ink(struct glyphs *glyphs, enum font font, const struct glyph *glyph,
	bool *first, struct shaped_text *text)
{
	float em = glyphs->em_a_unit[font], left, top, right, bottom;
	hb_glyph_extents_t ink = {0};

	if (!find_ink(glyphs, font, glyph->id, &ink))
		return;
	left = glyph->x + (float)ink.x_bearing * em;
	top = glyph->y - (float)ink.y_bearing * em;
	right = left + (float)ink.width * em;
	bottom = top - (float)ink.height * em; /* ink.height goes down, and is negative */
	text->left = *first || left < text->left ? left : text->left;
	text->top = *first || top < text->top ? top : text->top;
	text->right = *first || right > text->right ? right : text->right;
	text->bottom = *first || bottom > text->bottom ? bottom : text->bottom;
	*first = false;
}

static void read_glyphs(struct glyphs *glyphs, enum font font, struct shaped_text *text)
{
	unsigned count;
	const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(glyphs->buffer, &count);
	const hb_glyph_position_t *places = hb_buffer_get_glyph_positions(glyphs->buffer, NULL);
	float em = glyphs->em_a_unit[font], x = 0;
	bool first = true;

	for (unsigned i = 0; i < count && text->count < TEXT_GLYPHS_MAX; i++) {
		struct glyph *glyph = text->glyphs + text->count++;

		*glyph = (struct glyph){infos[i].codepoint, x + (float)places[i].x_offset * em,
			-(float)places[i].y_offset * em};
		x += (float)places[i].x_advance * em;
		text->missing += infos[i].codepoint == 0;
		add_ink(glyphs, font, glyph, &first, text);
	}
	text->width = x;
}

float glyphs_guess_width(
	const struct glyphs *glyphs, enum font font, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	float width = 0;

	for (size_t i = 0; i < len; i++) {
		uint32_t character = bytes[i];

		/* One to three bytes a character; the rest are not Latin. */
		if (character >= 0xE0 && i + 2 < len && character < 0xF0)
			character = (character & 15) << 12 | (bytes[i + 1] & 63U) << 6 |
				    (bytes[i + 2] & 63U);
		else if (character >= 0xC0 && i + 1 < len && character < 0xE0)
			character = (character & 31) << 6 | (bytes[i + 1] & 63U);
		else if (character >= 0x80)
			continue;
		if (character < CHARACTERS)
			width += glyphs->widths[font][character];
	}
	return width;
}

int glyphs_shape(struct glyphs *glyphs, enum font font, const char *text, size_t len,
	struct shaped_text *ret_text, struct error *err)
{
	hb_buffer_t *buffer = glyphs->buffer;
	size_t kept = len > TEXT_BYTES_MAX ? text_cut(text, TEXT_BYTES_MAX) : len;

	hb_buffer_clear_contents(buffer);
	hb_buffer_add_utf8(buffer, text, (int)kept, 0, (int)kept);
	if (kept < len)
		hb_buffer_add_utf8(buffer, ellipsis, -1, 0, -1);
	hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
	hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
	hb_buffer_set_language(buffer, hb_language_from_string("vi", -1));
	hb_shape(glyphs->fonts[font], buffer, NULL, 0);
	if (!hb_buffer_allocation_successful(buffer))
		return fail_no_memory(err);
	memset(ret_text, 0, sizeof *ret_text);
	read_glyphs(glyphs, font, ret_text);
	return 0;
}
