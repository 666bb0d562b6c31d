#include "tiles/paper_map.h"

#include <math.h>
#include <string.h>

#include "gis/unit_finder.h"

/* Around what the paper is about, so that who stands there knows where it is. */
#define AROUND_M 8.0
#define AROUND_SHARE 0.35
#define STREET_WIDTH_M 3.0 /* where nobody has measured it */
#define STREET_LEAST_MM 1.2

enum { INK = 0x222222, SUBJECT = 0xB3261E, SUBJECT_FILL = 0xFBE3DF, LOT = 0x8D8D8D, LOT_INK = 0x8A8A8A,
	ROAD = 0xEFEBE2, ROAD_EDGE = 0xBDB6A6, ROAD_INK = 0x5A5344, PLATE = 0x1B4A7A };

/* Scales, and how long the bar of each is, m. */
static const struct {
	int scale, bar_m;
} scales[] = {{200, 10}, {500, 20}, {1000, 50}, {2000, 100}, {5000, 200}, {PAPER_SCALE_WORST, 400}};
enum { SCALE_COUNT = sizeof scales / sizeof scales[0], BAR_PARTS = 4 };

/* A map while it is drawn. */
struct drawing {
	struct pdf *pdf;
	const struct paper_map *map;
	struct paper_frame frame;
	double mm_a_m, middle_x, middle_y; /* mm on the page; metres */
};

static double around(double extent_m)
{
	return fmax(AROUND_M, extent_m * AROUND_SHARE);
}

int paper_map_scale(const struct paper_map *map, double width_mm, double height_mm)
{
	double width = map->focus.max_x - map->focus.min_x, height = map->focus.max_y - map->focus.min_y;
	double wide = width + 2 * around(width), high = height + 2 * around(height);

	for (int i = 0; i < SCALE_COUNT; i++)
		if (wide * 1000 <= width_mm * scales[i].scale &&
			high * 1000 <= height_mm * scales[i].scale)
			return scales[i].scale;
	return PAPER_SCALE_WORST;
}

struct box paper_map_window(
	const struct paper_map *map, double width_mm, double height_mm, int scale)
{
	double x = (map->focus.min_x + map->focus.max_x) / 2;
	double y = (map->focus.min_y + map->focus.max_y) / 2;
	double half_width = width_mm * scale / 2000, half_height = height_mm * scale / 2000;

	return (struct box){x - half_width, y - half_height, x + half_width, y + half_height};
}

static double page_x(const struct drawing *drawing, double east)
{
	return drawing->frame.x + drawing->frame.width / 2 +
		(east - drawing->middle_x) * drawing->mm_a_m;
}

static double page_y(const struct drawing *drawing, double north)
{
	return drawing->frame.y + drawing->frame.height / 2 -
		(north - drawing->middle_y) * drawing->mm_a_m;
}

static void add_rings(struct drawing *drawing, const struct shape *shape, bool close)
{
	size_t at = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		size_t end = shape->ring_ends[ring] - (close ? 1 : 0);

		for (size_t i = at; i < end; i++) {
			double x = page_x(drawing, shape->xy[2 * i]);
			double y = page_y(drawing, shape->xy[2 * i + 1]);

			if (i == at)
				pdf_move(drawing->pdf, x, y);
			else
				pdf_line(drawing->pdf, x, y);
		}
		if (close)
			pdf_close(drawing->pdf);
		at = shape->ring_ends[ring];
	}
}

static void write_centred(struct drawing *drawing, const struct pdf_face *face, double x, double y,
	const char *text)
{
	size_t len = strlen(text);

	pdf_text(drawing->pdf, face, x - pdf_text_width(drawing->pdf, face, text, len) / 2, y, 0, text,
		len);
}

/* --- what is on the ground ------------------------------------------------------------------------ */

static void draw_parcel(struct drawing *drawing, const struct paper_parcel *parcel)
{
	const struct pdf_stroke lot = {LOT, 0.13, 0}, subject = {SUBJECT, 0.5, 0};

	add_rings(drawing, &parcel->shape, true);
	if (parcel->is_subject)
		pdf_fill(drawing->pdf, SUBJECT_FILL, true);
	pdf_draw(drawing->pdf, parcel->is_subject ? &subject : &lot);
}

static double street_width_mm(const struct drawing *drawing, const struct paper_street *street)
{
	double width_m = street->width_m > 0 ? street->width_m : STREET_WIDTH_M;

	return fmax(width_m * drawing->mm_a_m, STREET_LEAST_MM);
}

/* First the edges of all, then what is between them, so that they join. */
static void draw_streets(struct drawing *drawing)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < drawing->map->street_count; i++) {
			const struct paper_street *street = &drawing->map->streets[i];
			double width = street_width_mm(drawing, street);
			const struct pdf_stroke stroke = {
				pass ? ROAD : ROAD_EDGE, width + (pass ? 0 : 0.3), 0};

			add_rings(drawing, &street->shape, false);
			pdf_draw(drawing->pdf, &stroke);
		}
}

/* Where a text may stand along a line: the middle of its longest straight piece in the frame. */
struct straight {
	double x, y, turn, length;
};

static bool cut_piece(const struct paper_frame *frame, double a[2], double b[2])
{
	double from = 0, to = 1, dx = b[0] - a[0], dy = b[1] - a[1];
	const double p[4] = {-dx, dx, -dy, dy};
	const double q[4] = {a[0] - frame->x, frame->x + frame->width - a[0], a[1] - frame->y,
		frame->y + frame->height - a[1]};

	for (int i = 0; i < 4; i++) {
		if (p[i] == 0 && q[i] < 0)
			return false;
		if (p[i] < 0)
			from = fmax(from, q[i] / p[i]);
		else if (p[i] > 0)
			to = fmin(to, q[i] / p[i]);
	}
	if (from >= to)
		return false;
	b[0] = a[0] + dx * to, b[1] = a[1] + dy * to;
	a[0] += dx * from, a[1] += dy * from;
	return true;
}

static struct straight find_straight(const struct drawing *drawing, const struct shape *shape)
{
	struct straight best = {.length = 0};
	size_t at = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		for (size_t i = at; i + 1 < shape->ring_ends[ring]; i++) {
			double a[2] = {page_x(drawing, shape->xy[2 * i]),
				page_y(drawing, shape->xy[2 * i + 1])};
			double b[2] = {page_x(drawing, shape->xy[2 * i + 2]),
				page_y(drawing, shape->xy[2 * i + 3])};

			if (!cut_piece(&drawing->frame, a, b) ||
				hypot(b[0] - a[0], b[1] - a[1]) <= best.length)
				continue;
			best = (struct straight){(a[0] + b[0]) / 2, (a[1] + b[1]) / 2,
				atan((b[1] - a[1]) / (b[0] - a[0])), hypot(b[0] - a[0], b[1] - a[1])};
			if (b[0] == a[0])
				best.turn = -acos(0);
		}
		at = shape->ring_ends[ring];
	}
	return best;
}

static void name_street(struct drawing *drawing, const struct paper_street *street)
{
	struct straight place = find_straight(drawing, &street->shape);
	size_t len = strlen(street->name);
	struct pdf_face face = {FONT_REGULAR, 7, ROAD_INK};
	double width, rise = face.size_pt * PDF_MM_A_PT * 0.26;

	if (!len || place.length == 0)
		return;
	width = pdf_text_width(drawing->pdf, &face, street->name, len);
	if (width > place.length * 1.3)
		return;
	pdf_text(drawing->pdf, &face,
		place.x - cos(place.turn) * width / 2 - sin(place.turn) * rise,
		place.y - sin(place.turn) * width / 2 + cos(place.turn) * rise, place.turn,
		street->name, len);
}

/* The number of the house large, that of the parcel small below. */
static void name_parcel(struct drawing *drawing, const struct paper_parcel *parcel)
{
	const struct pdf_face plate = {FONT_BOLD, parcel->is_subject ? 11 : 7.5,
		parcel->is_subject ? SUBJECT : PLATE};
	const struct pdf_face lot = {FONT_REGULAR, 5, LOT_INK};
	double at[2], x, y;

	if (!parcel->shape.point_count)
		return;
	shape_inner_point(&parcel->shape, at);
	x = page_x(drawing, at[0]);
	y = page_y(drawing, at[1]);
	if (x < drawing->frame.x || x > drawing->frame.x + drawing->frame.width ||
		y < drawing->frame.y || y > drawing->frame.y + drawing->frame.height)
		return;
	if (*parcel->plate)
		write_centred(drawing, &plate, x, y, parcel->plate);
	write_centred(drawing, &lot, x, y + (*parcel->plate ? 2.2 : 0.6), parcel->number);
}

static void draw_door(struct drawing *drawing)
{
	const struct pdf_stroke rim = {0xFFFFFF, 0.25, 0};

	pdf_circle(drawing->pdf, page_x(drawing, drawing->map->door[0]),
		page_y(drawing, drawing->map->door[1]), 0.9);
	pdf_fill(drawing->pdf, SUBJECT, true);
	pdf_draw(drawing->pdf, &rim);
}

/* --- what explains it ----------------------------------------------------------------------------- */

static void draw_north(struct drawing *drawing)
{
	const struct pdf_face face = {FONT_BOLD, 8, INK};
	double x = drawing->frame.x + drawing->frame.width - 6, y = drawing->frame.y + 4.5;

	pdf_rectangle(drawing->pdf, x - 4, y - 3.5, 8, 14);
	pdf_fill(drawing->pdf, 0xFFFFFF, false);
	write_centred(drawing, &face, x, y, "B");
	pdf_move(drawing->pdf, x, y + 0.8);
	pdf_line(drawing->pdf, x + 2, y + 9);
	pdf_line(drawing->pdf, x, y + 7.4);
	pdf_line(drawing->pdf, x - 2, y + 9);
	pdf_close(drawing->pdf);
	pdf_fill(drawing->pdf, INK, false);
}

static int bar_metres(int scale)
{
	for (int i = 0; i < SCALE_COUNT; i++)
		if (scales[i].scale == scale)
			return scales[i].bar_m;
	return scales[SCALE_COUNT - 1].bar_m;
}

/* Black and white in turn, from 0 to its length. */
static void draw_bar(struct drawing *drawing, int scale)
{
	const struct pdf_face face = {FONT_REGULAR, 6.5, INK};
	const struct pdf_stroke rim = {INK, 0.15, 0};
	int metres = bar_metres(scale);
	double length = metres * 1000.0 / scale, part = length / BAR_PARTS;
	double x = drawing->frame.x + 5, y = drawing->frame.y + drawing->frame.height - 5;
	char text[24];

	pdf_rectangle(drawing->pdf, x - 3, y - 4.5, length + 13, 7.5);
	pdf_fill(drawing->pdf, 0xFFFFFF, false);
	for (int i = 0; i < BAR_PARTS; i += 2)
		pdf_rectangle(drawing->pdf, x + i * part, y, part, 1.2);
	pdf_fill(drawing->pdf, 0x000000, false);
	pdf_rectangle(drawing->pdf, x, y, length, 1.2);
	pdf_draw(drawing->pdf, &rim);
	write_centred(drawing, &face, x, y - 1, "0");
	snprintf(text, sizeof text, "%d", metres / 2);
	write_centred(drawing, &face, x + length / 2, y - 1, text);
	snprintf(text, sizeof text, "%d m", metres);
	write_centred(drawing, &face, x + length, y - 1, text);
}

void paper_map_draw(
	struct pdf *pdf, const struct paper_map *map, const struct paper_frame *frame, int scale)
{
	struct drawing drawing = {.pdf = pdf, .map = map, .frame = *frame, .mm_a_m = 1000.0 / scale,
		.middle_x = (map->focus.min_x + map->focus.max_x) / 2,
		.middle_y = (map->focus.min_y + map->focus.max_y) / 2};
	const struct pdf_stroke rim = {INK, 0.25, 0};

	pdf_clip(pdf, frame->x, frame->y, frame->width, frame->height);
	draw_streets(&drawing);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < map->parcel_count; i++)
			if (map->parcels[i].is_subject == (pass == 1))
				draw_parcel(&drawing, &map->parcels[i]);
	for (size_t i = 0; i < map->street_count; i++)
		name_street(&drawing, &map->streets[i]);
	for (size_t i = 0; i < map->parcel_count; i++)
		name_parcel(&drawing, &map->parcels[i]);
	draw_door(&drawing);
	draw_north(&drawing);
	draw_bar(&drawing, scale);
	pdf_unclip(pdf);
	pdf_rectangle(pdf, frame->x, frame->y, frame->width, frame->height);
	pdf_draw(pdf, &rim);
}
