#include "tiles/paper.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/paper_flow.h"
#include "tiles/pdf_revision.h"
#include "tiles/qr.h"

/* The page of NĐ 30/2020/NĐ-CP (phụ lục I): 20 mm at top and bottom, 30 left, 15 right; here a little
 * less above and left, so that all stands on one page. */
#define LEFT_MM 25.0
#define RIGHT_MM 15.0
#define TOP_MM 13.0
#define BOTTOM_MM 13.0
#define BODY_MM (PDF_WIDTH_MM - LEFT_MM - RIGHT_MM)
#define HEAD_LEFT_MM 70.0
#define QR_MM 27.0
#define BESIDE_MM 62.0
#define SIGN_MM 75.0
#define MAP_LEAST_MM 45.0
#define MAP_MOST_MM 200.0

enum { TITLE_MAX = 1 << 10 };

/* A paper while it is drawn. */
struct setting {
	struct paper *paper;
	struct pdf *pdf;
	struct qr qr;
	struct paper_flow flow;
};

static struct paper_flow column(struct setting *setting, double x, double width, double y)
{
	struct paper_flow flow = setting->flow;

	flow.x = x;
	flow.width = width;
	flow.y = y;
	flow.text = STRBUF(PAPER_TEXT_BYTES);
	return flow;
}

/* Sets a section in a column of its own; returns where it ends. */
static double set_section(
	struct setting *setting, enum paper_place place, double x, double width, double y)
{
	const struct paper_section *section = &setting->paper->layout->sections[place];
	struct paper_flow flow = column(setting, x, width, y);

	for (size_t i = 0; i < section->count; i++)
		paper_flow_block(&flow, &section->blocks[i]);
	paper_flow_end(&flow);
	strbuf_clear(&flow.text);
	return flow.y;
}

/* Words across the page, under everything. */
static void draw_marks(struct setting *setting)
{
	struct pdf_face face = {FONT_BOLD, 58, 0xECECEC};
	double turn = -0.9;

	for (int i = 0; i < 2; i++) {
		const char *mark = setting->paper->marks[i];
		size_t len = mark ? strlen(mark) : 0;
		double width = len ? pdf_text_width(setting->pdf, &face, mark, len) : 0;
		double y = PDF_HEIGHT_MM * (i ? 0.72 : 0.42);

		if (!len)
			continue;
		pdf_begin(setting->pdf, "P");
		pdf_text(setting->pdf, &face, PDF_WIDTH_MM / 2 - cos(turn) * width / 2,
			y - sin(turn) * width / 2, turn, mark, len);
		pdf_end(setting->pdf, "P");
	}
}

static void next_page(struct setting *setting)
{
	pdf_next_page(setting->pdf);
	draw_marks(setting);
}

static void draw_qr(struct setting *setting, double x, double y)
{
	const struct qr *qr = &setting->qr;
	double module = QR_MM / (qr->size + 2 * QR_QUIET);

	pdf_begin(setting->pdf, "Figure");
	pdf_rectangle(setting->pdf, x, y, QR_MM, QR_MM);
	pdf_fill(setting->pdf, 0xFFFFFF, false);
	for (int row = 0; row < qr->size; row++)
		for (int i = 0, n; i < qr->size; i += n) {
			n = 1;
			if (!qr->dark[row][i])
				continue;
			while (i + n < qr->size && qr->dark[row][i + n])
				n++;
			pdf_rectangle(setting->pdf, x + (i + QR_QUIET) * module,
				y + (row + QR_QUIET) * module, n * module, module);
		}
	pdf_fill(setting->pdf, 0x000000, false);
	pdf_end(setting->pdf, "Figure");
}

/* The code and what it is for on the left, the signature on the right; returns where it ends. */
static double set_foot(struct setting *setting, double y)
{
	double beside = LEFT_MM, end, sign;

	if (setting->paper->url) {
		if (setting->flow.drawing)
			draw_qr(setting, LEFT_MM, y);
		beside += QR_MM + 1;
	}
	end = set_section(setting, PAPER_BESIDE, beside, LEFT_MM + QR_MM + BESIDE_MM - beside, y + 1.5);
	sign = set_section(
		setting, PAPER_SIGN, PDF_WIDTH_MM - RIGHT_MM - SIGN_MM, SIGN_MM, y);
	end = fmax(end, sign);
	return setting->paper->url ? fmax(end, y + QR_MM) : end;
}

static double body_height(struct setting *setting)
{
	bool drawing = setting->flow.drawing;
	double end;

	setting->flow.drawing = false;
	end = set_section(setting, PAPER_BODY, LEFT_MM, BODY_MM, 0);
	setting->flow.drawing = drawing;
	return end;
}

static double foot_height(struct setting *setting)
{
	bool drawing = setting->flow.drawing;
	double end;

	setting->flow.drawing = false;
	end = set_foot(setting, 0);
	setting->flow.drawing = drawing;
	return end;
}

/* The height that the template wishes for the map. */
static double map_wish(const struct paper_template *layout)
{
	const struct paper_section *body = &layout->sections[PAPER_BODY];

	for (size_t i = 0; i < body->count; i++)
		if (body->blocks[i].kind == PAPER_MAP)
			return fmin(fmax(body->blocks[i].size, MAP_LEAST_MM), MAP_MOST_MM);
	return MAP_LEAST_MM;
}

/* The map takes what the words leave of the page; from its height follows its scale. */
static void choose_map(struct setting *setting, double y)
{
	struct paper *paper = setting->paper;
	double room;

	setting->flow.map_height = 0;
	room = PDF_HEIGHT_MM - BOTTOM_MM - y - body_height(setting) - foot_height(setting) - 2;
	setting->flow.map_height = fmax(fmin(room, map_wish(paper->layout)), MAP_LEAST_MM);
	setting->flow.map_scale =
		paper_map_scale(paper->map, BODY_MM, setting->flow.map_height);
	snprintf(paper->scale, sizeof paper->scale, "1:%d", setting->flow.map_scale);
	for (struct paper_value *value = paper->values; value->name; value++)
		if (!strcmp(value->name, "scale"))
			value->text = paper->scale;
}

/* Block by block, on as many pages as it takes. */
static double set_body(struct setting *setting, double y)
{
	const struct paper_section *body = &setting->paper->layout->sections[PAPER_BODY];
	struct paper_flow flow = column(setting, LEFT_MM, BODY_MM, y);

	for (size_t i = 0; i < body->count; i++) {
		const struct paper_block *block = &body->blocks[i];

		if (flow.y + paper_flow_height(&flow, block) > PDF_HEIGHT_MM - BOTTOM_MM) {
			paper_flow_end(&flow);
			next_page(setting);
			flow.y = TOP_MM;
		}
		paper_flow_block(&flow, block);
	}
	paper_flow_end(&flow);
	strbuf_clear(&flow.text);
	return flow.y;
}

static void set_page(struct setting *setting)
{
	double left, right, y;

	pdf_begin(setting->pdf, "Document");
	draw_marks(setting);
	left = set_section(setting, PAPER_HEAD_LEFT, LEFT_MM - 8, HEAD_LEFT_MM, TOP_MM);
	right = set_section(setting, PAPER_HEAD_RIGHT, LEFT_MM + HEAD_LEFT_MM - 6,
		BODY_MM - HEAD_LEFT_MM + 6, TOP_MM);
	y = fmax(left, right);
	choose_map(setting, y);
	y = set_body(setting, y) + 1;
	if (y + foot_height(setting) > PDF_HEIGHT_MM - BOTTOM_MM) {
		next_page(setting);
		y = TOP_MM;
	}
	(void)set_foot(setting, y);
	pdf_end(setting->pdf, "Document");
}

struct box paper_window(const struct paper_map *map)
{
	int scale = paper_map_scale(map, BODY_MM, MAP_LEAST_MM);

	return paper_map_window(map, BODY_MM, MAP_MOST_MM, scale);
}

int paper_draw(struct paper *paper, struct strbuf *out, struct error *err)
{
	autofree(strbuf_clear) struct strbuf title = STRBUF(TITLE_MAX);
	autoptr(pdf_free) struct pdf *pdf = NULL;
	struct setting setting = {.paper = paper};
	struct pdf_about about = {.made_at_us = paper->made_at_us};
	int rc = paper->url ? qr_encode(paper->url, &setting.qr, err) : 0;

	paper_fill(paper->layout->title, paper->values, &title);
	about.title = title.data;
	if (!rc)
		rc = pdf_new(&about, &pdf, err);
	if (rc)
		return rc;
	setting.pdf = pdf;
	setting.flow = (struct paper_flow){
		.pdf = pdf, .values = paper->values, .map = paper->map, .drawing = true};
	set_page(&setting);
	rc = pdf_finish(pdf, out, err);
	return rc ? rc : pdf_add_language(out, err);
}
