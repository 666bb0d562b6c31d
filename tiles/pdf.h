/*
 * pdf: a document of A4 pages: text in the typefaces that Dothi brings along, lines and areas, and
 * what is what of them (cairo).
 *
 * Everything is measured in millimetres from the left upper corner of the page, x to the right, y down;
 * letters in points. The same calls give the same bytes on every machine with the same cairo: neither
 * the fonts of the machine nor its clock are asked. What fails sticks, and pdf_finish tells it.
 *
 * Structure (ISO 32000-1 §14.8): what is drawn between pdf_begin and pdf_end is of that type: "Document",
 * "H1", "P", "Table", "TR", "TH", "TD", "Figure".
 *
 * One object a document, on one thread.
 */
#ifndef TILES_PDF_H
#define TILES_PDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "tiles/fonts.h"

#define PDF_WIDTH_MM 210.0
#define PDF_HEIGHT_MM 297.0
#define PDF_MM_A_PT (25.4 / 72)

enum { PDF_BYTES_MAX = 16 << 20 };

struct pdf;

/* Both are seen by who looks at the properties of the file. */
struct pdf_about {
	const char *title;
	int64_t made_at_us; /* UTC */
};

int pdf_new(const struct pdf_about *about, struct pdf **ret_pdf, struct error *err);
void pdf_free(struct pdf *pdf);
AUTOPTR(struct pdf, pdf_free);

/* Goes on with an empty page. */
void pdf_next_page(struct pdf *pdf);

void pdf_begin(struct pdf *pdf, const char *type);
void pdf_end(struct pdf *pdf, const char *type);

/* How letters look; the colour is 0xRRGGBB. */
struct pdf_face {
	enum font font;
	double size_pt;
	uint32_t colour;
};

/* The width of a line of UTF-8, mm; INFINITY of one that is too long to be written. */
double pdf_text_width(struct pdf *pdf, const struct pdf_face *face, const char *text, size_t len);

/*
 * Writes a line: x and y are where its first letter stands on the baseline; it is turned by so many
 * radians clockwise around that.
 */
void pdf_text(struct pdf *pdf, const struct pdf_face *face, double x, double y, double turn,
	const char *text, size_t len);

/* A path, which is then filled or drawn and so used up. Colours are 0xRRGGBB. */
void pdf_move(struct pdf *pdf, double x, double y);
void pdf_line(struct pdf *pdf, double x, double y);
void pdf_close(struct pdf *pdf);
void pdf_rectangle(struct pdf *pdf, double x, double y, double width, double height);
void pdf_circle(struct pdf *pdf, double x, double y, double radius);
struct pdf_stroke {
	uint32_t colour;
	double width_mm;
	double dash_mm; /* 0 a full line */
};
void pdf_fill(struct pdf *pdf, uint32_t colour, bool keep_path); /* under the even-odd rule */
void pdf_draw(struct pdf *pdf, const struct pdf_stroke *stroke);

/* From here on only what is inside the rectangle is seen, until pdf_unclip. */
void pdf_clip(struct pdf *pdf, double x, double y, double width, double height);
void pdf_unclip(struct pdf *pdf);

/*
 * Appends the file, and ends the drawing. ERR_INVALID (fail_paper_letter) names a letter that the
 * typefaces have not: a paper with an empty box for it would say something else.
 */
int pdf_finish(struct pdf *pdf, struct strbuf *out, struct error *err);

#endif
