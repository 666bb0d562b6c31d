#include "gis/shape.h"

#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "gis/side.h"

enum { POINTS_AT_FIRST = 500, RINGS_AT_FIRST = 4 };

/* Types of OGC 06-103r4, table 7; ISO adds 1000 for Z, 2000 for M, 3000 for both. */
enum wkb_type {
	WKB_POINT = 1,
	WKB_LINESTRING = 2,
	WKB_POLYGON = 3,
	WKB_MULTIPOINT = 4,
	WKB_MULTILINESTRING = 5,
	WKB_MULTIPOLYGON = 6,
};

static const uint32_t ewkb_z = 0x80000000, ewkb_m = 0x40000000, ewkb_srid = 0x20000000;

const struct box box_empty = {INFINITY, INFINITY, -INFINITY, -INFINITY};

struct reader {
	const unsigned char *at, *end;
	bool swap;	/* the bytes of this geometry are big-endian */
	int dimensions; /* ordinates of a point: 2 to 4 */
	bool has_z;
	struct arena *arena;
	struct shape *shape;
	size_t points_room, rings_room, parts_room;
	struct error *err;
};

static bool read_u32(struct reader *reader, uint32_t *ret)
{
	if (reader->end - reader->at < 4)
		return false;
	memcpy(ret, reader->at, 4);
	if (reader->swap)
		*ret = __builtin_bswap32(*ret);
	reader->at += 4;
	return true;
}

static double read_f64(struct reader *reader)
{
	uint64_t bits;
	double value;

	memcpy(&bits, reader->at, 8);
	if (reader->swap)
		bits = __builtin_bswap64(bits);
	reader->at += 8;
	memcpy(&value, &bits, 8);
	return value;
}

/* Byte order and type; the type without its Z and M. */
static bool read_header(struct reader *reader, uint32_t *ret_type)
{
	uint32_t raw, base, extra;

	if (reader->at == reader->end || *reader->at > 1)
		return false;
	reader->swap = *reader->at++ == 0;
	if (!read_u32(reader, &raw))
		return false;
	if (raw & ewkb_srid) {
		uint32_t srid;

		if (!read_u32(reader, &srid))
			return false;
	}
	base = (raw & ~(ewkb_z | ewkb_m | ewkb_srid)) % 1000;
	extra = (raw & ~(ewkb_z | ewkb_m | ewkb_srid)) / 1000;
	reader->has_z = (raw & ewkb_z) || extra == 1 || extra == 3;
	reader->dimensions = 2 + reader->has_z + ((raw & ewkb_m) || extra == 2 || extra == 3);
	*ret_type = base;
	return extra <= 3;
}

/* The array with room for `more` elements behind `used`, moved within the arena; NULL without. */
static void *grow(
	struct arena *arena, void *array, size_t *room, size_t used, size_t more, size_t size)
{
	size_t wish, bytes;
	void *larger;

	if (array && more <= *room - used)
		return array;
	wish = used + more > *room * 2 ? used + more : *room * 2;
	if (!checked_mul(wish, size, &bytes))
		return NULL;
	larger = arena_alloc(arena, bytes);
	if (!larger)
		return NULL;
	if (used)
		memcpy(larger, array, used * size);
	*room = wish;
	return larger;
}

/* Room for what a shape of an ordinary record has, so that its arrays need not move. */
static bool make_room(struct reader *reader, size_t wkb_len)
{
	struct shape *shape = reader->shape;
	size_t points = wkb_len / 16 < POINTS_AT_FIRST ? wkb_len / 16 : POINTS_AT_FIRST;

	shape->xy = arena_alloc(reader->arena, points * 16 + 2 * RINGS_AT_FIRST * sizeof(uint32_t));
	if (!shape->xy)
		return false;
	shape->ring_ends = (uint32_t *)(shape->xy + 2 * points);
	shape->part_ends = shape->ring_ends + RINGS_AT_FIRST;
	reader->points_room = points;
	reader->rings_room = reader->parts_room = RINGS_AT_FIRST;
	return true;
}

static int end_ring(struct reader *reader)
{
	struct shape *shape = reader->shape;

	if (shape->ring_count >= SHAPE_RINGS_MAX)
		return fail_geometry_too_many_rings(reader->err, SHAPE_RINGS_MAX);
	shape->ring_ends = grow(reader->arena, shape->ring_ends, &reader->rings_room,
		shape->ring_count, 1, sizeof *shape->ring_ends);
	if (!shape->ring_ends)
		return fail_no_memory(reader->err);
	shape->ring_ends[shape->ring_count++] = (uint32_t)shape->point_count;
	return 0;
}

static int end_part(struct reader *reader)
{
	struct shape *shape = reader->shape;

	shape->part_ends = grow(reader->arena, shape->part_ends, &reader->parts_room,
		shape->part_count, 1, sizeof *shape->part_ends);
	if (!shape->part_ends)
		return fail_no_memory(reader->err);
	shape->part_ends[shape->part_count++] = (uint32_t)shape->ring_count;
	return 0;
}

/* The first two ordinates of each; of the heights the last one is kept. */
static void copy_points(struct reader *reader, double *xy, size_t count)
{
	if (reader->dimensions == 2 && !reader->swap) {
		memcpy(xy, reader->at, count * 16);
		reader->at += count * 16;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		xy[2 * i] = read_f64(reader);
		xy[2 * i + 1] = read_f64(reader);
		if (reader->has_z)
			reader->shape->z_m = read_f64(reader);
		reader->at += (reader->dimensions - 2 - reader->has_z) * 8;
	}
}

/* Less itself is 0 for a number, and NaN for what is none. */
static bool all_finite(const double *xy, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < 2 * count; i++)
		sum += xy[i] - xy[i];
	return sum == 0;
}

static int read_points(struct reader *reader, size_t count)
{
	struct shape *shape = reader->shape;
	size_t point_bytes = (size_t)reader->dimensions * 8;

	if (count > (size_t)(reader->end - reader->at) / point_bytes)
		return fail_geometry_unreadable(reader->err);
	if (count > SHAPE_POINTS_MAX - shape->point_count)
		return fail_geometry_too_large(reader->err, SHAPE_POINTS_MAX);
	shape->xy = grow(reader->arena, shape->xy, &reader->points_room, shape->point_count, count,
		2 * sizeof *shape->xy);
	if (!shape->xy)
		return fail_no_memory(reader->err);
	copy_points(reader, shape->xy + 2 * shape->point_count, count);
	if (!all_finite(shape->xy + 2 * shape->point_count, count))
		return fail_coordinate_not_finite(reader->err);
	shape->point_count += count;
	return 0;
}

static bool is_closed(const double *xy, size_t count)
{
	const double *last = xy + 2 * (count - 1);

	return xy[0] == last[0] && xy[1] == last[1];
}

/* A line or a ring: a count and its points. Empty ones leave no trace. */
static int read_ring(struct reader *reader)
{
	struct shape *shape = reader->shape;
	size_t first = shape->point_count;
	uint32_t count;
	int rc;

	if (!read_u32(reader, &count))
		return fail_geometry_unreadable(reader->err);
	rc = read_points(reader, count);
	if (rc || !count)
		return rc;
	if (shape->kind == GEOMETRY_AREA && !is_closed(shape->xy + 2 * first, count))
		return fail_ring_not_closed(reader->err);
	return end_ring(reader);
}

/* An empty point is written as NaN NaN (OGC 12-128r19, clause 2.1.3.1.1). */
static bool skip_empty_point(struct reader *reader)
{
	struct reader ahead = *reader;

	if ((size_t)(reader->end - reader->at) < (size_t)reader->dimensions * 8)
		return false;
	if (!isnan(read_f64(&ahead)) || !isnan(read_f64(&ahead)))
		return false;
	reader->at += reader->dimensions * 8;
	return true;
}

static int read_simple(struct reader *reader, uint32_t type)
{
	size_t rings_before = reader->shape->ring_count;
	uint32_t rings;
	int rc = 0;

	switch (type) {
	case WKB_POINT:
		if (skip_empty_point(reader))
			return 0;
		rc = read_points(reader, 1);
		if (!rc)
			rc = end_ring(reader);
		break;
	case WKB_LINESTRING:
		rc = read_ring(reader);
		break;
	default:
		if (!read_u32(reader, &rings))
			return fail_geometry_unreadable(reader->err);
		for (uint32_t i = 0; !rc && i < rings; i++)
			rc = read_ring(reader);
		break;
	}
	if (rc || reader->shape->ring_count == rings_before)
		return rc;
	return end_part(reader);
}

static enum geometry_kind kind_of(uint32_t type)
{
	if (type == WKB_POINT || type == WKB_MULTIPOINT)
		return GEOMETRY_POINT;
	if (type == WKB_LINESTRING || type == WKB_MULTILINESTRING)
		return GEOMETRY_LINE;
	return GEOMETRY_AREA;
}

int shape_read_wkb(struct arena *arena, struct wkb wkb, struct shape *ret_shape, struct error *err)
{
	struct shape shape = {.z_m = NAN};
	struct reader reader = {.at = wkb.bytes, .end = wkb.bytes + wkb.len, .arena = arena,
		.shape = &shape, .err = err};
	uint32_t type, parts, part_type;
	int rc = 0;

	if (!wkb.bytes || !read_header(&reader, &type))
		return fail_geometry_unreadable(err);
	if (type < WKB_POINT || type > WKB_MULTIPOLYGON)
		return fail_geometry_kind_unknown(err);
	shape.kind = kind_of(type);
	if (!make_room(&reader, wkb.len))
		return fail_no_memory(err);
	if (type <= WKB_POLYGON) {
		rc = read_simple(&reader, type);
	} else {
		if (!read_u32(&reader, &parts))
			return fail_geometry_unreadable(err);
		for (uint32_t i = 0; !rc && i < parts; i++) {
			if (!read_header(&reader, &part_type) || part_type != type - 3)
				return fail_geometry_unreadable(err);
			rc = read_simple(&reader, part_type);
		}
	}
	if (rc)
		return rc;
	if (reader.at != reader.end)
		return fail_geometry_unreadable(err);
	if (shape.kind != GEOMETRY_POINT || shape.point_count != 1 || !isfinite(shape.z_m))
		shape.z_m = NAN;
	*ret_shape = shape;
	return 0;
}

static void add_u32(struct strbuf *out, size_t value)
{
	uint32_t narrow = (uint32_t)value;

	strbuf_add(out, &narrow, 4);
}

static void add_header(struct strbuf *out, enum wkb_type type)
{
	strbuf_add_char(out, 1);
	add_u32(out, type);
}

static void add_ring(const struct shape *shape, size_t ring, struct strbuf *out)
{
	size_t first = ring ? shape->ring_ends[ring - 1] : 0;
	size_t count = shape->ring_ends[ring] - first;

	add_u32(out, count);
	strbuf_add(out, shape->xy + 2 * first, count * 16);
}

void shape_write_wkb(const struct shape *shape, struct strbuf *out)
{
	size_t ring = 0;

	if (shape->kind == GEOMETRY_POINT && shape->point_count == 1) {
		add_header(out, WKB_POINT);
		strbuf_add(out, shape->xy, 16);
		return;
	}
	add_header(out, shape->kind == GEOMETRY_POINT  ? WKB_MULTIPOINT
			: shape->kind == GEOMETRY_LINE ? WKB_MULTILINESTRING
						       : WKB_MULTIPOLYGON);
	add_u32(out, shape->part_count);
	for (size_t part = 0; part < shape->part_count; part++) {
		size_t end = shape->part_ends[part];

		if (shape->kind == GEOMETRY_POINT) {
			add_header(out, WKB_POINT);
			strbuf_add(out, shape->xy + 2 * part, 16);
		} else if (shape->kind == GEOMETRY_LINE) {
			add_header(out, WKB_LINESTRING);
			add_ring(shape, part, out);
		} else {
			add_header(out, WKB_POLYGON);
			add_u32(out, end - ring);
			for (; ring < end; ring++)
				add_ring(shape, ring, out);
		}
	}
}

int shape_copy(
	struct arena *arena, const struct shape *from, struct shape *ret_copy, struct error *err)
{
	*ret_copy = *from;
	ret_copy->xy = arena_alloc(arena, from->point_count * 2 * sizeof *from->xy);
	if (!ret_copy->xy)
		return fail_no_memory(err);
	memcpy(ret_copy->xy, from->xy, from->point_count * 2 * sizeof *from->xy);
	return 0;
}

bool box_is_empty(const struct box *box)
{
	return !(box->min_x <= box->max_x && box->min_y <= box->max_y);
}

bool boxes_meet(const struct box *a, const struct box *b)
{
	return a->min_x <= b->max_x && a->max_x >= b->min_x && a->min_y <= b->max_y &&
		a->max_y >= b->min_y;
}

void box_add(struct box *box, const struct box *other)
{
	box->min_x = fmin(box->min_x, other->min_x);
	box->min_y = fmin(box->min_y, other->min_y);
	box->max_x = fmax(box->max_x, other->max_x);
	box->max_y = fmax(box->max_y, other->max_y);
}

struct box shape_box(const struct shape *shape)
{
	struct box box = box_empty;

	for (size_t i = 0; i < shape->point_count; i++) {
		double x = shape->xy[2 * i], y = shape->xy[2 * i + 1];

		box.min_x = x < box.min_x ? x : box.min_x;
		box.max_x = x > box.max_x ? x : box.max_x;
		box.min_y = y < box.min_y ? y : box.min_y;
		box.max_y = y > box.max_y ? y : box.max_y;
	}
	return box;
}

/* Twice the signed area, about the ring's first point so that large coordinates cost no digits. */
static double ring_area2(const double *xy, size_t count)
{
	double sum = 0;

	for (size_t i = 1; i + 1 < count; i++) {
		double ax = xy[2 * i] - xy[0], ay = xy[2 * i + 1] - xy[1];
		double bx = xy[2 * i + 2] - xy[0], by = xy[2 * i + 3] - xy[1];

		sum += ax * by - bx * ay;
	}
	return sum;
}

double shape_area(const struct shape *shape)
{
	double area = 0;
	size_t ring = 0, first = 0;

	if (shape->kind != GEOMETRY_AREA)
		return 0;
	for (size_t part = 0; part < shape->part_count; part++) {
		for (bool outer = true; ring < shape->part_ends[part]; ring++, outer = false) {
			size_t end = shape->ring_ends[ring];
			double ring_m2 = fabs(ring_area2(shape->xy + 2 * first, end - first)) / 2;

			area += outer ? ring_m2 : -ring_m2;
			first = end;
		}
	}
	return area;
}

/*
 * Calls each(from, to) for every segment until it says true. A point alone is a segment from
 * itself to itself, whatever the kind of the shape.
 */
static bool any_segment(const struct shape *shape,
	bool (*each)(void *context, const double *from, const double *to), void *context)
{
	size_t first = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		size_t end = shape->ring_ends[ring], last = end - 1;

		if (first == last && each(context, shape->xy + 2 * first, shape->xy + 2 * first))
			return true;
		for (size_t i = first; i < last; i++)
			if (each(context, shape->xy + 2 * i, shape->xy + 2 * i + 2))
				return true;
		/* An outline that was left open is taken as closed; a closed one adds a point. */
		if (shape->kind == GEOMETRY_AREA &&
			each(context, shape->xy + 2 * (end - 1), shape->xy + 2 * first))
			return true;
		first = end;
	}
	return false;
}

static bool add_length(void *context, const double *from, const double *to)
{
	*(double *)context += hypot(to[0] - from[0], to[1] - from[1]);
	return false;
}

double shape_length(const struct shape *shape)
{
	double length = 0;

	any_segment(shape, add_length, &length);
	return length;
}

static bool box_covers(const struct box *box, const double *xy)
{
	return xy[0] >= box->min_x && xy[0] <= box->max_x && xy[1] >= box->min_y &&
		xy[1] <= box->max_y;
}

static bool segment_meets_box(void *context, const double *from, const double *to)
{
	const struct box *box = context;
	struct box own = {fmin(from[0], to[0]), fmin(from[1], to[1]), fmax(from[0], to[0]),
		fmax(from[1], to[1])};
	int corners[4];
	bool left, right;

	if (!boxes_meet(&own, box))
		return false;
	if (box_covers(box, from) || box_covers(box, to))
		return true;
	/* Boxes meet: they miss each other only if all corners lie strictly on one side. */
	corners[0] = side_of(from, to, box->min_x, box->min_y);
	corners[1] = side_of(from, to, box->max_x, box->min_y);
	corners[2] = side_of(from, to, box->max_x, box->max_y);
	corners[3] = side_of(from, to, box->min_x, box->max_y);
	left = corners[0] > 0 && corners[1] > 0 && corners[2] > 0 && corners[3] > 0;
	right = corners[0] < 0 && corners[1] < 0 && corners[2] < 0 && corners[3] < 0;
	return !left && !right;
}

bool shape_meets_box(const struct shape *shape, const struct box *box)
{
	if (box_is_empty(box))
		return false;
	if (any_segment(shape, segment_meets_box, (void *)(uintptr_t)box))
		return true;
	/* No edge meets the box: it is inside the area as a whole, or not at all. */
	return shape->kind == GEOMETRY_AREA && shape_covers(shape, box->min_x, box->min_y);
}

struct crossing {
	double x, y;
	bool inside, on_edge;
};

static bool count_crossing(void *context, const double *from, const double *to)
{
	struct crossing *crossing = context;
	double x = crossing->x, y = crossing->y;
	bool in_box = x >= fmin(from[0], to[0]) && x <= fmax(from[0], to[0]) &&
		y >= fmin(from[1], to[1]) && y <= fmax(from[1], to[1]);
	bool beside = (from[1] <= y) != (to[1] <= y);
	int side = in_box || beside ? side_of(from, to, x, y) : 0;

	if (in_box && side == 0) {
		crossing->on_edge = true;
		return true;
	}
	/* A ray to the right: an edge counts from its lower end up to, not with, its upper end. */
	if (beside && (side > 0) == (to[1] > from[1]))
		crossing->inside = !crossing->inside;
	return false;
}

bool shape_covers(const struct shape *shape, double x, double y)
{
	struct crossing crossing = {x, y, false, false};

	if (shape->kind != GEOMETRY_AREA)
		return false;
	any_segment(shape, count_crossing, &crossing);
	return crossing.on_edge || crossing.inside;
}

struct nearest {
	double x, y, least;
};

static bool measure_segment(void *context, const double *from, const double *to)
{
	struct nearest *nearest = context;
	double dx = to[0] - from[0], dy = to[1] - from[1], square = dx * dx + dy * dy;
	double along = 0, apart;

	if (square > 0)
		along = ((nearest->x - from[0]) * dx + (nearest->y - from[1]) * dy) / square;
	along = fmin(1, fmax(0, along));
	apart = hypot(from[0] + along * dx - nearest->x, from[1] + along * dy - nearest->y);
	nearest->least = fmin(nearest->least, apart);
	return false;
}

double shape_distance(const struct shape *shape, double x, double y)
{
	struct nearest nearest = {x, y, INFINITY};

	if (shape_covers(shape, x, y))
		return 0;
	any_segment(shape, measure_segment, &nearest);
	return nearest.least;
}
