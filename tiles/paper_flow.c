#include "tiles/paper_flow.h"

#include <math.h>

/* Of the size of the letters: from line to line, and from the top of a line to its baseline. */
#define LINE_FACTOR 1.36
#define BASELINE_FACTOR 1.05
#define BLOCK_GAP_MM 0.5
#define LABEL_WIDTH_MM 45.0
#define FILL_COLOUR 0x777777

enum { INK = 0x000000 };

static double line_mm(const struct pdf_face *face)
{
	return face->size_pt * PDF_MM_A_PT * LINE_FACTOR;
}

/* --- lines of text -------------------------------------------------------------------------------- */

/* How many bytes of a text without blanks fit; at least one character. */
static size_t fit_characters(
	struct paper_flow *flow, const struct pdf_face *face, struct slice text, double width)
{
	size_t fits = text_cut(text.at, text.len < 4 ? text.len : 4);

	if (!fits)
		fits = text.len;
	for (size_t more = fits; more <= text.len; more++) {
		if (text_cut(text.at, more) != more)
			continue;
		if (pdf_text_width(flow->pdf, face, text.at, more) > width)
			break;
		fits = more;
	}
	return fits;
}

/* How many bytes stand on the next line: whole words, or what fits of one that is longer than the line. */
static size_t fit_line(
	struct paper_flow *flow, const struct pdf_face *face, struct slice text, double width)
{
	size_t fits = 0;

	while (fits < text.len) {
		const char *blank = memchr(text.at + fits + 1, ' ', text.len - fits - 1);
		size_t end = blank ? (size_t)(blank - text.at) : text.len;

		if (pdf_text_width(flow->pdf, face, text.at, end) > width)
			break;
		fits = end;
	}
	return fits ? fits : fit_characters(flow, face, text, width);
}

static double aligned(double x, double room, enum paper_side side)
{
	return side == PAPER_CENTRE ? x + room / 2 : side == PAPER_RIGHT ? x + room : x;
}

/* Sets a text in lines; returns the height. */
static double set_text(struct paper_flow *flow, const struct pdf_face *face, struct slice text,
	double x, double width, enum paper_side side)
{
	double y = flow->y, last_width = 0;

	while (text.len) {
		size_t len = fit_line(flow, face, text, width);

		if (flow->drawing) {
			last_width = pdf_text_width(flow->pdf, face, text.at, len);
			pdf_text(flow->pdf, face, aligned(x, width - last_width, side),
				y + face->size_pt * PDF_MM_A_PT * BASELINE_FACTOR, 0, text.at, len);
		}
		y += line_mm(face);
		text.at += len;
		text.len -= len;
		while (text.len && *text.at == ' ')
			text.at++, text.len--;
	}
	return y - flow->y;
}

static void draw_rule(struct paper_flow *flow, double x, double y, double width, uint32_t colour,
	double dash)
{
	const struct pdf_stroke stroke = {colour, 0.2, dash};

	if (!flow->drawing)
		return;
	pdf_move(flow->pdf, x, y);
	pdf_line(flow->pdf, x + width, y);
	pdf_draw(flow->pdf, &stroke);
}

/* --- blocks --------------------------------------------------------------------------------------- */

static struct pdf_face face_of(const struct paper_block *block)
{
	return (struct pdf_face){block->bold ? FONT_BOLD : FONT_REGULAR, block->size, INK};
}

static void begin(struct paper_flow *flow, const char *type)
{
	if (flow->drawing)
		pdf_begin(flow->pdf, type);
}

static void end(struct paper_flow *flow, const char *type)
{
	if (flow->drawing)
		pdf_end(flow->pdf, type);
}

static struct slice whole(const struct strbuf *text)
{
	return (struct slice){text->data, text->len};
}

static void set_paragraph(struct paper_flow *flow, const struct paper_block *block)
{
	const char *type = block->kind == PAPER_TITLE ? "H1" : "P";
	struct pdf_face face = face_of(block);

	begin(flow, type);
	flow->y += set_text(flow, &face, whole(&flow->text), flow->x, flow->width, block->side);
	end(flow, type);
	if (block->line) {
		double width = flow->width * 0.4;

		flow->y += 1.0;
		draw_rule(flow, aligned(flow->x, flow->width - width, block->side), flow->y, width, INK,
			0);
		flow->y += 0.8;
	}
}

/* A label, and beside it what is said; or a line where somebody will write. */
static void set_row(struct paper_flow *flow, const struct paper_block *block, bool said)
{
	struct pdf_face label = {FONT_REGULAR, block->size, INK}, face = face_of(block);
	double x = flow->x + LABEL_WIDTH_MM, width = flow->width - LABEL_WIDTH_MM, left, right;

	if (!flow->in_table)
		begin(flow, "Table");
	flow->in_table = true;
	begin(flow, "TR");
	begin(flow, "TH");
	left = set_text(flow, &label, block->label, flow->x, LABEL_WIDTH_MM - 2, PAPER_LEFT);
	end(flow, "TH");
	begin(flow, "TD");
	right = said ? set_text(flow, &face, whole(&flow->text), x, width, block->side)
		     : line_mm(&face);
	end(flow, "TD");
	end(flow, "TR");
	if (!said)
		draw_rule(flow, x, flow->y + line_mm(&face) * 0.9, width, FILL_COLOUR, 0.6);
	flow->y += fmax(left, right);
}

static void set_map(struct paper_flow *flow, const struct paper_block *block)
{
	const struct paper_frame frame = {flow->x, flow->y + 0.5, flow->width, flow->map_height};
	struct pdf_face face = {block->bold ? FONT_BOLD : FONT_REGULAR, 8.5, INK};

	begin(flow, "Figure");
	if (flow->drawing)
		paper_map_draw(flow->pdf, flow->map, &frame, flow->map_scale);
	end(flow, "Figure");
	flow->y += flow->map_height + 1;
	begin(flow, "P");
	flow->y += set_text(flow, &face, whole(&flow->text), flow->x, flow->width, block->side);
	end(flow, "P");
}

void paper_flow_end(struct paper_flow *flow)
{
	if (flow->in_table)
		end(flow, "Table");
	flow->in_table = false;
}

void paper_flow_block(struct paper_flow *flow, const struct paper_block *block)
{
	bool said;

	strbuf_reset(&flow->text);
	said = paper_fill(block->text, flow->values, &flow->text);
	if (block->if_any && !said)
		return;
	if (block->kind != PAPER_ROW)
		paper_flow_end(flow);
	if (block->kind == PAPER_ROW)
		set_row(flow, block, flow->text.len && (said || !memchr(block->text.at, '{', block->text.len)));
	else if (block->kind == PAPER_MAP)
		set_map(flow, block);
	else if (block->kind == PAPER_SPACE)
		flow->y += block->size;
	else
		set_paragraph(flow, block);
	flow->y += BLOCK_GAP_MM;
}

double paper_flow_height(const struct paper_flow *flow, const struct paper_block *block)
{
	struct paper_flow trial = *flow;
	double height;

	trial.drawing = trial.in_table = false;
	trial.text = STRBUF(PAPER_TEXT_BYTES);
	paper_flow_block(&trial, block);
	height = trial.y - flow->y;
	strbuf_clear(&trial.text);
	return height;
}
