#include <cairo-ft.h>
#include <cairo-pdf.h>

#include "tiles/pdf.h"

#include <math.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/text.h"
#include "tiles/glyphs.h"

enum {
	LINE_GLYPHS_MAX = 1024, /* of a line; more would not fit on the page */
	LETTER_MAX_BYTES = 8,
};

struct pdf {
	struct strbuf bytes;
	cairo_surface_t *surface;
	cairo_t *cairo;
	cairo_font_face_t *faces[FONT_COUNT];
	struct glyphs *glyphs;
	struct shaped_text shaped; /* of the word in hand */
	cairo_glyph_t line[LINE_GLYPHS_MAX];
	cairo_text_cluster_t clusters[LINE_GLYPHS_MAX];
	int failed;	/* enum error_code; 0 none */
	char letter[LETTER_MAX_BYTES]; /* the first that no typeface has; "" none */
};

/* --- life ------------------------------------------------------------------------------------- */

/* What a face of cairo holds until it lets go, which may be long after the document. */
struct held_font {
	FT_Library library;
	FT_Face face;
};

static void free_font(void *data)
{
	struct held_font *held = data;

	if (held->face)
		FT_Done_Face(held->face);
	if (held->library)
		FT_Done_FreeType(held->library);
	free(held);
}

static cairo_font_face_t *open_face(enum font font)
{
	static const cairo_user_data_key_t key;
	struct font_file file = font_file(font);
	struct held_font *held = calloc(1, sizeof *held);
	cairo_font_face_t *face = NULL;

	if (!held || FT_Init_FreeType(&held->library) ||
		FT_New_Memory_Face(held->library, file.bytes, (FT_Long)file.len, 0, &held->face)) {
		if (held)
			free_font(held);
		return NULL;
	}
	face = cairo_ft_font_face_create_for_ft_face(held->face, FT_LOAD_NO_HINTING);
	if (cairo_font_face_set_user_data(face, &key, held, free_font)) {
		cairo_font_face_destroy(face);
		free_font(held);
		return NULL;
	}
	return face;
}

static cairo_status_t take_bytes(void *context, const unsigned char *bytes, unsigned len)
{
	struct strbuf *out = context;

	strbuf_add(out, bytes, len);
	return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static int open_fonts(struct pdf *pdf, struct error *err)
{
	struct font_file files[FONT_COUNT];

	for (int i = 0; i < FONT_COUNT; i++) {
		files[i] = font_file((enum font)i);
		pdf->faces[i] = open_face((enum font)i);
		if (!pdf->faces[i])
			return fail_no_memory(err);
	}
	return glyphs_new(files, &pdf->glyphs, err);
}

int pdf_new(const struct pdf_about *about, struct pdf **ret_pdf, struct error *err)
{
	autoptr(pdf_free) struct pdf *pdf = calloc(1, sizeof *pdf);
	autofree(strbuf_clear) struct strbuf made = STRBUF(64);
	int rc;

	if (!pdf)
		return fail_no_memory(err);
	pdf->bytes = STRBUF(PDF_BYTES_MAX);
	rc = open_fonts(pdf, err);
	if (rc)
		return rc;
	/* To the second: cairo reads no fractions. */
	clock_print_utc(&made, about->made_at_us / 1000000 * 1000000);
	pdf->surface = cairo_pdf_surface_create_for_stream(take_bytes, &pdf->bytes,
		PDF_WIDTH_MM / PDF_MM_A_PT, PDF_HEIGHT_MM / PDF_MM_A_PT);
	cairo_pdf_surface_restrict_to_version(pdf->surface, CAIRO_PDF_VERSION_1_5);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, about->title);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "Dothi");
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, made.data);
	pdf->cairo = cairo_create(pdf->surface);
	cairo_scale(pdf->cairo, 1 / PDF_MM_A_PT, 1 / PDF_MM_A_PT);
	cairo_set_line_join(pdf->cairo, CAIRO_LINE_JOIN_ROUND);
	cairo_set_fill_rule(pdf->cairo, CAIRO_FILL_RULE_EVEN_ODD);
	*ret_pdf = take(pdf);
	return 0;
}

void pdf_free(struct pdf *pdf)
{
	if (!pdf)
		return;
	if (pdf->cairo)
		cairo_destroy(pdf->cairo);
	if (pdf->surface)
		cairo_surface_destroy(pdf->surface);
	for (int i = 0; i < FONT_COUNT; i++)
		if (pdf->faces[i])
			cairo_font_face_destroy(pdf->faces[i]);
	glyphs_free(pdf->glyphs);
	strbuf_clear(&pdf->bytes);
	free(pdf);
}

void pdf_next_page(struct pdf *pdf)
{
	cairo_show_page(pdf->cairo);
}

void pdf_begin(struct pdf *pdf, const char *type)
{
	cairo_tag_begin(pdf->cairo, type, NULL);
}

void pdf_end(struct pdf *pdf, const char *type)
{
	cairo_tag_end(pdf->cairo, type);
}

/* --- text ------------------------------------------------------------------------------------- */

/* A line that grows word by word; widths are in ems. */
struct line {
	struct pdf *pdf;
	const struct pdf_face *face;
	double width;
	int glyph_count, cluster_count;
	bool is_full; /* it has no room for all */
};

static void add_cluster(struct line *line, int bytes, int glyphs)
{
	line->pdf->clusters[line->cluster_count++] = (cairo_text_cluster_t){bytes, glyphs};
}

/* Bytes of the character that begins there. */
static size_t character_len(const char *text, size_t len)
{
	size_t n = 1;

	while (n < len && ((unsigned char)text[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* Which bytes are which glyph: one a character, or all together. */
static void add_clusters(struct line *line, const char *text, size_t len, size_t glyphs)
{
	size_t characters = 0;

	for (size_t at = 0; at < len; at += character_len(text + at, len - at))
		characters++;
	if (characters != glyphs) {
		add_cluster(line, (int)len, (int)glyphs);
		return;
	}
	for (size_t at = 0, n; at < len; at += n) {
		n = character_len(text + at, len - at);
		add_cluster(line, (int)n, 1);
	}
}

/* The first letter that the typeface has not. */
static void note_missing(struct line *line, const char *text, size_t len)
{
	struct pdf *pdf = line->pdf;

	for (size_t at = 0, n; at < len && !*pdf->letter; at += n) {
		struct error err;

		n = character_len(text + at, len - at);
		if (glyphs_shape(pdf->glyphs, line->face->font, text + at, n, &pdf->shaped, &err) ||
			!pdf->shaped.missing)
			continue;
		snprintf(pdf->letter, sizeof pdf->letter, "%.*s", (int)n, text + at);
	}
}

/* A word that is no longer than the shaper takes. */
static void add_word(struct line *line, const char *text, size_t len)
{
	struct pdf *pdf = line->pdf;
	struct shaped_text *shaped = &pdf->shaped;
	struct error err;
	int rc = glyphs_shape(pdf->glyphs, line->face->font, text, len, shaped, &err);

	line->is_full = !rc &&
		((size_t)line->glyph_count + shaped->count > LINE_GLYPHS_MAX ||
			(size_t)line->cluster_count + len > LINE_GLYPHS_MAX);
	if (rc)
		pdf->failed = rc;
	if (rc || line->is_full)
		return;
	for (size_t i = 0; i < shaped->count; i++)
		pdf->line[line->glyph_count++] = (cairo_glyph_t){shaped->glyphs[i].id,
			line->width + (double)shaped->glyphs[i].x, (double)shaped->glyphs[i].y};
	add_clusters(line, text, len, shaped->count);
	line->width += (double)shaped->width;
	if (shaped->missing)
		note_missing(line, text, len);
}

/* Blanks are words of their own, so that each has its cluster. */
static struct line set_line(
	struct pdf *pdf, const struct pdf_face *face, const char *text, size_t len)
{
	struct line line = {.pdf = pdf, .face = face};

	for (size_t at = 0, n; at < len && !pdf->failed && !line.is_full; at += n) {
		if (text[at] == ' ') {
			n = 1;
		} else {
			const char *blank = memchr(text + at, ' ', len - at);

			n = blank ? (size_t)(blank - text) - at : len - at;
			if (n > TEXT_BYTES_MAX)
				n = text_cut(text + at, TEXT_BYTES_MAX);
		}
		if (n)
			add_word(&line, text + at, n);
		else
			break;
	}
	return line;
}

static double em_mm(const struct pdf_face *face)
{
	return face->size_pt * PDF_MM_A_PT;
}

double pdf_text_width(struct pdf *pdf, const struct pdf_face *face, const char *text, size_t len)
{
	struct line line = set_line(pdf, face, text, len);

	return line.is_full ? (double)INFINITY : line.width * em_mm(face);
}

static void use_colour(struct pdf *pdf, uint32_t colour)
{
	cairo_set_source_rgb(pdf->cairo, (double)(colour >> 16 & 0xFF) / 255,
		(double)(colour >> 8 & 0xFF) / 255, (double)(colour & 0xFF) / 255);
}

void pdf_text(struct pdf *pdf, const struct pdf_face *face, double x, double y, double turn,
	const char *text, size_t len)
{
	struct line line = set_line(pdf, face, text, len);
	double em = em_mm(face);

	if (line.is_full)
		pdf->failed = ERR_TOO_LARGE;
	if (!line.glyph_count || pdf->failed)
		return;
	for (int i = 0; i < line.glyph_count; i++) {
		pdf->line[i].x *= em;
		pdf->line[i].y *= em;
	}
	cairo_save(pdf->cairo);
	cairo_translate(pdf->cairo, x, y);
	if (turn != 0)
		cairo_rotate(pdf->cairo, turn);
	use_colour(pdf, face->colour);
	cairo_set_font_face(pdf->cairo, pdf->faces[face->font]);
	cairo_set_font_size(pdf->cairo, em);
	cairo_show_text_glyphs(pdf->cairo, text, (int)len, pdf->line, line.glyph_count,
		pdf->clusters, line.cluster_count, 0);
	cairo_restore(pdf->cairo);
}

/* --- paths ------------------------------------------------------------------------------------ */

void pdf_move(struct pdf *pdf, double x, double y)
{
	cairo_move_to(pdf->cairo, x, y);
}

void pdf_line(struct pdf *pdf, double x, double y)
{
	cairo_line_to(pdf->cairo, x, y);
}

void pdf_close(struct pdf *pdf)
{
	cairo_close_path(pdf->cairo);
}

void pdf_rectangle(struct pdf *pdf, double x, double y, double width, double height)
{
	cairo_rectangle(pdf->cairo, x, y, width, height);
}

void pdf_circle(struct pdf *pdf, double x, double y, double radius)
{
	cairo_new_sub_path(pdf->cairo);
	cairo_arc(pdf->cairo, x, y, radius, 0, 2 * acos(-1));
	cairo_close_path(pdf->cairo);
}

void pdf_fill(struct pdf *pdf, uint32_t colour, bool keep_path)
{
	use_colour(pdf, colour);
	if (keep_path)
		cairo_fill_preserve(pdf->cairo);
	else
		cairo_fill(pdf->cairo);
}

void pdf_draw(struct pdf *pdf, const struct pdf_stroke *stroke)
{
	use_colour(pdf, stroke->colour);
	cairo_set_line_width(pdf->cairo, stroke->width_mm);
	cairo_set_dash(pdf->cairo, &stroke->dash_mm, stroke->dash_mm > 0 ? 1 : 0, 0);
	cairo_stroke(pdf->cairo);
}

void pdf_clip(struct pdf *pdf, double x, double y, double width, double height)
{
	cairo_save(pdf->cairo);
	cairo_rectangle(pdf->cairo, x, y, width, height);
	cairo_clip(pdf->cairo);
}

void pdf_unclip(struct pdf *pdf)
{
	cairo_restore(pdf->cairo);
}

int pdf_finish(struct pdf *pdf, struct strbuf *out, struct error *err)
{
	if (*pdf->letter)
		return fail_paper_letter(err, pdf->letter);
	if (pdf->failed == ERR_TOO_LARGE)
		return fail_paper_line(err);
	if (pdf->failed || cairo_status(pdf->cairo)) {
		int rc = fail_internal(err);

		error_detail(err, "cairo: %s", cairo_status_to_string(cairo_status(pdf->cairo)));
		return rc;
	}
	cairo_show_page(pdf->cairo);
	cairo_surface_finish(pdf->surface);
	if (cairo_surface_status(pdf->surface))
		return pdf->bytes.failed ? strbuf_check(&pdf->bytes, err) : fail_internal(err);
	strbuf_add(out, pdf->bytes.data, pdf->bytes.len);
	return strbuf_check(out, err);
}
