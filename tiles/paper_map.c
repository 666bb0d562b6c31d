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
enum {
	SCALE_COUNT = sizeof scales / sizeof scales[0],
	BAR_PARTS = 4,
	WALK_MAX = 4000, /* points of a street in the frame */
	ROOMS_MAX = 1500, /* texts of a map */
};

/* Along a street; how straight it must be under its name. */
#define STEP_MM 1.5
#define STRAIGHT 0.985
#define EDGE_MM 2.0 /* names keep so far from the frame */

/* Points along a line inside the frame, near to each other. */
struct walk {
	struct {
		double x, y, way; /* way: mm along the line so far */
	} points[WALK_MAX];
	size_t count;
	double way;
	double stretch[WALK_MAX]; /* where the stretch without a gap begins that a point is on, mm */
};

/* A map while it is drawn. */
struct drawing {
	struct pdf *pdf;
	const struct paper_map *map;
	struct paper_frame frame;
	double mm_a_m, middle_x, middle_y; /* mm on the page; metres */
	struct paper_frame rooms[ROOMS_MAX]; /* where something is written */
	size_t room_count;
	struct walk walk; /* along the street in hand */
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

static void step_to(struct walk *walk, double x, double y, bool is_new)
{
	size_t at = walk->count;

	if (at == WALK_MAX)
		return;
	if (!is_new)
		walk->way += hypot(x - walk->points[at - 1].x, y - walk->points[at - 1].y);
	walk->stretch[at] = is_new ? walk->way : walk->stretch[at - 1];
	walk->points[at].x = x;
	walk->points[at].y = y;
	walk->points[at].way = walk->way;
	walk->count++;
}

static void walk_piece(const struct drawing *drawing, double a[2], double b[2], struct walk *walk)
{
	const struct paper_frame *frame = &drawing->frame;
	const struct paper_frame inside = {frame->x + EDGE_MM, frame->y + EDGE_MM,
		frame->width - 2 * EDGE_MM, frame->height - 2 * EDGE_MM};
	const double from_x = a[0], from_y = a[1];
	bool is_new, was = walk->count > 0;
	int steps;

	if (!cut_piece(&inside, a, b))
		return;
	/* It goes on where the piece before ended, inside. */
	is_new = !was || a[0] != from_x || a[1] != from_y ||
		walk->points[walk->count - 1].x != a[0] || walk->points[walk->count - 1].y != a[1];
	if (is_new)
		step_to(walk, a[0], a[1], true);
	steps = (int)ceil(hypot(b[0] - a[0], b[1] - a[1]) / STEP_MM);
	for (int i = 1; i <= steps && walk->count; i++)
		step_to(walk, a[0] + (b[0] - a[0]) * i / steps, a[1] + (b[1] - a[1]) * i / steps, false);
}

static void walk_line(const struct drawing *drawing, const struct shape *shape, struct walk *walk)
{
	size_t at = 0;

	walk->count = 0;
	walk->way = 0;
	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		for (size_t i = at; i + 1 < shape->ring_ends[ring]; i++) {
			double a[2] = {page_x(drawing, shape->xy[2 * i]),
				page_y(drawing, shape->xy[2 * i + 1])};
			double b[2] = {page_x(drawing, shape->xy[2 * i + 2]),
				page_y(drawing, shape->xy[2 * i + 3])};

			walk_piece(drawing, a, b, walk);
		}
		at = shape->ring_ends[ring];
	}
}

/* Where a text stands: its middle, and how it is turned. */
struct stand {
	double x, y, turn;
};

/* The place for a text of that width that is nearest to the middle of the frame, if the line is straight there. */
static bool find_stand(
	const struct drawing *drawing, const struct walk *walk, double width, struct stand *ret)
{
	double nearest = (double)INFINITY;
	size_t to = 0;

	for (size_t from = 0; from < walk->count; from++) {
		double x, y, dx, dy, away;

		while (to < walk->count && walk->points[to].way - walk->points[from].way < width)
			to++;
		if (to == walk->count || walk->stretch[to] > walk->points[from].way)
			continue;
		dx = walk->points[to].x - walk->points[from].x;
		dy = walk->points[to].y - walk->points[from].y;
		if (hypot(dx, dy) < STRAIGHT * (walk->points[to].way - walk->points[from].way))
			continue;
		x = (walk->points[to].x + walk->points[from].x) / 2;
		y = (walk->points[to].y + walk->points[from].y) / 2;
		away = hypot(x - drawing->frame.x - drawing->frame.width / 2,
			y - drawing->frame.y - drawing->frame.height / 2);
		if (away >= nearest)
			continue;
		nearest = away;
		*ret = (struct stand){x, y, dx == 0 ? -acos(0) : atan(dy / dx)};
	}
	return isfinite(nearest);
}

/* Whether nothing is written there yet; then it is taken. */
static bool take_room(struct drawing *drawing, double x, double y, double width, double height)
{
	const struct paper_frame room = {x - width / 2, y - height / 2, width, height};

	for (size_t i = 0; i < drawing->room_count; i++) {
		const struct paper_frame *other = &drawing->rooms[i];

		if (room.x < other->x + other->width && other->x < room.x + room.width &&
			room.y < other->y + other->height && other->y < room.y + room.height)
			return false;
	}
	if (drawing->room_count == ROOMS_MAX)
		return false;
	drawing->rooms[drawing->room_count++] = room;
	return true;
}

static void name_street(struct drawing *drawing, const struct paper_street *street)
{
	size_t len = strlen(street->name);
	struct pdf_face face = {FONT_REGULAR, 7, ROAD_INK};
	double width, rise = face.size_pt * PDF_MM_A_PT * 0.26;
	struct stand stand = {0, 0, 0};

	if (!len)
		return;
	width = pdf_text_width(drawing->pdf, &face, street->name, len);
	walk_line(drawing, &street->shape, &drawing->walk);
	if (!find_stand(drawing, &drawing->walk, width + 2, &stand) ||
		!take_room(drawing, stand.x, stand.y, fabs(cos(stand.turn)) * width + 1,
			fabs(sin(stand.turn)) * width + 1))
		return;
	pdf_text(drawing->pdf, &face,
		stand.x - cos(stand.turn) * width / 2 - sin(stand.turn) * rise,
		stand.y - sin(stand.turn) * width / 2 + cos(stand.turn) * rise, stand.turn,
		street->name, len);
}

/* Writes a text where there is room for it; its middle is there. */
static void write_in_room(struct drawing *drawing, const struct pdf_face *face, double x, double y,
	const char *text)
{
	double height = face->size_pt * PDF_MM_A_PT * 0.72;
	double width = pdf_text_width(drawing->pdf, face, text, strlen(text));

	if (*text && take_room(drawing, x, y, width + 0.4, height + 0.2))
		write_centred(drawing, face, x, y + height / 2, text);
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
	write_in_room(drawing, &plate, x, y - 0.6, parcel->plate);
	write_in_room(drawing, &lot, x, y + (parcel->is_subject ? 2.5 : *parcel->plate ? 1.6 : 0), parcel->number);
}

/* What the paper is about first, then streets, then the neighbours, as far as there is room. */
static void write_names(struct drawing *drawing)
{
	const struct paper_map *map = drawing->map;

	for (size_t i = 0; i < map->parcel_count; i++)
		if (map->parcels[i].is_subject)
			name_parcel(drawing, &map->parcels[i]);
	for (size_t i = 0; i < map->street_count; i++)
		name_street(drawing, &map->streets[i]);
	for (size_t i = 0; i < map->parcel_count; i++)
		if (!map->parcels[i].is_subject)
			name_parcel(drawing, &map->parcels[i]);
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
	write_names(&drawing);
	draw_door(&drawing);
	draw_north(&drawing);
	draw_bar(&drawing, scale);
	pdf_unclip(pdf);
	pdf_rectangle(pdf, frame->x, frame->y, frame->width, frame->height);
	pdf_draw(pdf, &rim);
}
