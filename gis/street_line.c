#include "gis/street_line.h"

#include <math.h>

#include "base/messages.h"
#include "gis/side.h"

enum {
	RUN = 16, /* segments that share a box */
	CROSSINGS_MAX_SEGMENTS = 20000, /* compared with each other, box by box */
};

/* Metres of a city: no square overflows. */
static double distance(const double *a, const double *b)
{
	double x = a[0] - b[0], y = a[1] - b[1];

	return sqrt(x * x + y * y);
}

/* Of numbers, not of what may be none: fmin and fmax are calls. */
static double lesser(double a, double b)
{
	return a < b ? a : b;
}

static double greater(double a, double b)
{
	return a > b ? a : b;
}

/* --- making ------------------------------------------------------------------------------------- */

/* A piece of a line, from its first point to its last. */
struct piece {
	size_t first, count;
	bool is_used;
};

/* The line while its pieces are put together. */
struct joining {
	const struct shape *shape;
	struct piece pieces[STREET_PIECES_MAX];
	size_t piece_count;
	double *xy; /* room for all points twice: the line grows at both ends */
	size_t first, end;
	bool *is_gap;
};

static const double *point(const struct joining *joining, size_t i)
{
	return joining->shape->xy + 2 * i;
}

static const double *piece_end(const struct joining *joining, const struct piece *piece, bool last)
{
	return point(joining, piece->first + (last ? piece->count - 1 : 0));
}

static void append(struct joining *joining, const struct piece *piece, bool turned, bool meets)
{
	for (size_t i = meets; i < piece->count; i++) {
		const double *at = point(joining,
			piece->first + (turned ? piece->count - 1 - i : i));

		joining->xy[2 * joining->end] = at[0];
		joining->xy[2 * joining->end + 1] = at[1];
		joining->end++;
	}
}

static void prepend(struct joining *joining, const struct piece *piece, bool turned)
{
	/* turned: its first point is the one that meets. */
	for (size_t i = 1; i < piece->count; i++) {
		const double *at = point(joining,
			piece->first + (turned ? i : piece->count - 1 - i));

		joining->first--;
		joining->xy[2 * joining->first] = at[0];
		joining->xy[2 * joining->first + 1] = at[1];
	}
}

/* Adds the nearest piece that meets an end of the line; false if none does. */
static bool join_one(struct joining *joining)
{
	const double *start = joining->xy + 2 * joining->first;
	const double *end = joining->xy + 2 * (joining->end - 1);
	struct piece *best = NULL;
	double least = STREET_JOIN_M;
	int how = 0;

	for (size_t i = 0; i < joining->piece_count; i++) {
		struct piece *piece = &joining->pieces[i];
		const double *ends[] = {end, end, start, start};

		for (int k = 0; !piece->is_used && k < 4; k++) {
			/* 0, 1: behind its end, by our first or last point; 2, 3: before its start. */
			double d = distance(ends[k], piece_end(joining, piece, k % 2));

			if (d < least || (d == least && !best)) {
				least = d;
				best = piece;
				how = k;
			}
		}
	}
	if (!best)
		return false;
	best->is_used = true;
	if (how < 2)
		append(joining, best, how == 1, true);
	else
		prepend(joining, best, how == 2);
	return true;
}

static void join_all(struct joining *joining)
{
	for (size_t i = 0; i < joining->piece_count; i++) {
		struct piece *piece = &joining->pieces[i];

		if (piece->is_used)
			continue;
		piece->is_used = true;
		if (joining->end > joining->first)
			joining->is_gap[joining->end - 1] = true;
		append(joining, piece, false, false);
		while (join_one(joining)) {
		}
	}
}

static int begin_joining(
	struct arena *arena, const struct shape *shape, struct joining *joining, struct error *err)
{
	size_t first = 0, room = 2 * shape->point_count + 2;

	joining->shape = shape;
	for (size_t i = 0; i < shape->ring_count; i++) {
		struct piece piece = {first, shape->ring_ends[i] - first, false};

		first = shape->ring_ends[i];
		if (piece.count < 2)
			continue;
		if (joining->piece_count == STREET_PIECES_MAX)
			return fail_street_pieces(err, STREET_PIECES_MAX);
		joining->pieces[joining->piece_count++] = piece;
	}
	joining->xy = arena_alloc(arena, 2 * room * sizeof *joining->xy);
	joining->is_gap = arena_zero(arena, room, sizeof *joining->is_gap);
	joining->first = joining->end = shape->point_count;
	return joining->xy && joining->is_gap ? 0 : fail_no_memory(err);
}

static void turn(struct street_line *line)
{
	size_t last = line->point_count - 1;

	for (size_t i = 0; i < line->point_count / 2; i++)
		for (int k = 0; k < 2; k++) {
			double swap = line->xy[2 * i + (size_t)k];

			line->xy[2 * i + (size_t)k] = line->xy[2 * (last - i) + (size_t)k];
			line->xy[2 * (last - i) + (size_t)k] = swap;
		}
	for (size_t i = 0; i < last / 2; i++) {
		bool swap = line->is_gap[i];

		line->is_gap[i] = line->is_gap[last - 1 - i];
		line->is_gap[last - 1 - i] = swap;
	}
}

/* Points on top of one another are one. */
static void thin(struct street_line *line)
{
	size_t count = 0;

	for (size_t i = 0; i < line->point_count; i++) {
		if (count && distance(line->xy + 2 * (count - 1), line->xy + 2 * i) == 0) {
			line->is_gap[count - 1] = line->is_gap[i];
			continue;
		}
		line->xy[2 * count] = line->xy[2 * i];
		line->xy[2 * count + 1] = line->xy[2 * i + 1];
		line->is_gap[count++] = line->is_gap[i];
	}
	line->point_count = count;
}

static struct box segment_box(const struct street_line *line, size_t i)
{
	const double *a = line->xy + 2 * i, *b = a + 2;

	return (struct box){lesser(a[0], b[0]), lesser(a[1], b[1]), greater(a[0], b[0]),
		greater(a[1], b[1])};
}

static int measure(struct arena *arena, struct street_line *line, struct error *err)
{
	size_t segments = line->point_count - 1;
	const double *end = line->xy + 2 * segments;

	line->chainage_m = arena_alloc(arena, line->point_count * sizeof *line->chainage_m);
	line->box_count = (segments + RUN - 1) / RUN;
	line->boxes = arena_alloc(arena, line->box_count * sizeof *line->boxes);
	line->inverse = arena_alloc(arena, line->point_count * sizeof *line->inverse);
	if (!line->chainage_m || !line->boxes || !line->inverse)
		return fail_no_memory(err);
	line->chainage_m[0] = 0;
	for (size_t i = 0; i < line->box_count; i++)
		line->boxes[i] = box_empty;
	for (size_t i = 0; i < segments; i++) {
		struct box box = segment_box(line, i);
		double length = distance(line->xy + 2 * i, line->xy + 2 * i + 2);

		line->inverse[i] = 1 / (length * length);
		if (!line->is_gap[i])
			box_add(&line->boxes[i / RUN], &box);
		line->chainage_m[i + 1] = line->chainage_m[i] + (line->is_gap[i] ? 0 : length);
	}
	line->length_m = line->chainage_m[segments];
	line->is_closed = segments > 1 && distance(line->xy, end) <= STREET_JOIN_M;
	return isfinite(line->length_m) && line->length_m > 0 ? 0 : fail_street_line(err);
}

int street_line_make(struct arena *arena, const struct shape *shape, bool backward,
	struct street_line *ret, struct error *err)
{
	struct joining *joining = arena_zero(arena, 1, sizeof *joining);
	struct street_line line = {.point_count = 0};
	int rc;

	if (!joining)
		return fail_no_memory(err);
	if (shape->point_count > STREET_POINTS_MAX)
		return fail_street_points(err, STREET_POINTS_MAX);
	rc = begin_joining(arena, shape, joining, err);
	if (rc)
		return rc;
	join_all(joining);
	if (joining->end - joining->first < 2)
		return fail_street_line(err);
	line.xy = joining->xy + 2 * joining->first;
	/* Gaps were noted where pieces were put behind one another: never before `first`. */
	line.is_gap = joining->is_gap + joining->first;
	line.point_count = joining->end - joining->first;
	thin(&line);
	if (line.point_count < 2)
		return fail_street_line(err);
	if (backward)
		turn(&line);
	rc = measure(arena, &line, err);
	if (!rc)
		*ret = line;
	return rc;
}

/* --- measuring ---------------------------------------------------------------------------------- */

static double box_distance_2(const struct box *box, double east, double north)
{
	double x = greater(greater(box->min_x - east, east - box->max_x), 0);
	double y = greater(greater(box->min_y - north, north - box->max_y), 0);

	return x * x + y * y;
}

/* A look for the nearest place. */
struct looking {
	const struct street_line *line;
	double east, north;
	double least_2; /* square of the distance */
	size_t segment;
	double share; /* of the segment */
	bool found;
};

static void look_at(struct looking *looking, size_t i, double low, double high)
{
	const double *a = looking->line->xy + 2 * i, *b = a + 2;
	double dx = b[0] - a[0], dy = b[1] - a[1];
	double along = ((looking->east - a[0]) * dx + (looking->north - a[1]) * dy) *
		looking->line->inverse[i];
	double share = lesser(greater(along, low), high), x, y, d;

	x = looking->east - (a[0] + share * dx);
	y = looking->north - (a[1] + share * dy);
	d = x * x + y * y;
	if (looking->found && (d > looking->least_2 || (d == looking->least_2 && i > looking->segment)))
		return;
	looking->found = true;
	looking->least_2 = d;
	looking->segment = i;
	looking->share = share;
}

/* Who stands outside of a bend lies behind one segment and before the next: on its outer side. */
static double outside_bend(const struct street_line *line, size_t before, size_t after,
	double distance_m, double aside_m)
{
	const double *a = line->xy + 2 * before, *b = line->xy + 2 * after;
	double turn = (a[2] - a[0]) * (b[3] - b[1]) - (a[3] - a[1]) * (b[2] - b[0]);

	if (line->is_gap[before] || line->is_gap[after] || turn == 0)
		return aside_m;
	return turn > 0 ? -distance_m : distance_m;
}

static void tell_foot(const struct looking *looking, struct street_foot *ret)
{
	const struct street_line *line = looking->line;
	size_t i = looking->segment, last = line->point_count - 2;
	const double *a = line->xy + 2 * i, *b = a + 2;
	double length = distance(a, b), way[2] = {(b[0] - a[0]) / length, (b[1] - a[1]) / length};
	double along = (looking->east - a[0]) * way[0] + (looking->north - a[1]) * way[1];

	*ret = (struct street_foot){
		.chainage_m = line->chainage_m[i] + looking->share * length,
		.east = a[0] + looking->share * (b[0] - a[0]),
		.north = a[1] + looking->share * (b[1] - a[1]),
		.distance_m = sqrt(looking->least_2),
		.aside_m = way[0] * (looking->north - a[1]) - way[1] * (looking->east - a[0]),
		.segment = i,
	};
	if (!line->is_closed && i == 0 && along < 0)
		ret->ahead_m = along;
	if (!line->is_closed && i == last && along > length)
		ret->ahead_m = along - length;
	if (looking->share == 1 && i < last && along > length)
		ret->aside_m = outside_bend(line, i, i + 1, ret->distance_m, ret->aside_m);
	else if (line->is_closed && i == 0 && looking->share == 0 && along < 0)
		ret->aside_m = outside_bend(line, last, 0, ret->distance_m, ret->aside_m);
}

static void look_at_run(struct looking *looking, size_t run)
{
	size_t segments = looking->line->point_count - 1;

	for (size_t i = run * RUN; i < segments && i < (run + 1) * RUN; i++)
		if (!looking->line->is_gap[i])
			look_at(looking, i, 0, 1);
}

/* The run whose box is nearest comes first: it leaves little of the others to look at. */
void street_line_foot(
	const struct street_line *line, double east, double north, struct street_foot *ret)
{
	struct looking looking = {.line = line, .east = east, .north = north};
	double least = INFINITY;
	size_t nearest = 0;

	for (size_t k = 0; k < line->box_count; k++) {
		double distance = box_distance_2(&line->boxes[k], east, north);

		if (distance < least) {
			least = distance;
			nearest = k;
		}
	}
	look_at_run(&looking, nearest);
	for (size_t k = 0; k < line->box_count; k++)
		if (k != nearest && (!looking.found || box_distance_2(&line->boxes[k], east,
								north) <= looking.least_2))
			look_at_run(&looking, k);
	tell_foot(&looking, ret);
}

void street_part_add(struct street_part *part, size_t segment)
{
	part->is_whole |= part->count == STREET_PART_MAX;
	if (!part->is_whole)
		part->segments[part->count++] = (uint32_t)segment;
}

struct box street_segment_box(const struct street_line *line, size_t segment)
{
	return line->is_gap[segment] ? box_empty : segment_box(line, segment);
}

void street_line_part(
	const struct street_line *line, const struct box *box, struct street_part *ret)
{
	double east = (box->min_x + box->max_x) / 2, north = (box->min_y + box->max_y) / 2;
	double half = hypot(box->max_x - east, box->max_y - north), reach;
	struct box grown;
	struct street_foot foot;

	*ret = (struct street_part){.line = line};
	street_line_foot(line, east, north, &foot);
	/* No place of the box is farther from the street. */
	reach = foot.distance_m + half;
	grown = (struct box){box->min_x - reach, box->min_y - reach, box->max_x + reach,
		box->max_y + reach};
	for (size_t k = 0; k < line->box_count; k++) {
		if (!boxes_meet(&line->boxes[k], &grown))
			continue;
		for (size_t i = k * RUN; i + 1 < line->point_count && i < (k + 1) * RUN; i++) {
			struct box segment = segment_box(line, i);

			if (line->is_gap[i] || !boxes_meet(&segment, &grown))
				continue;
			street_part_add(ret, i);
		}
	}
}

void street_part_foot(
	const struct street_part *part, double east, double north, struct street_foot *ret)
{
	struct looking looking = {.line = part->line, .east = east, .north = north};

	if (part->is_whole || !part->count) {
		street_line_foot(part->line, east, north, ret);
		return;
	}
	for (size_t i = 0; i < part->count; i++)
		look_at(&looking, part->segments[i], 0, 1);
	tell_foot(&looking, ret);
}

/* Looks between two chainages inside of the line. */
static void look_between(struct looking *looking, double from_m, double to_m)
{
	const struct street_line *line = looking->line;

	for (size_t i = 0; i + 1 < line->point_count; i++) {
		double a = line->chainage_m[i], b = line->chainage_m[i + 1];

		if (line->is_gap[i] || b < from_m || a > to_m)
			continue;
		look_at(looking, i, fmax((from_m - a) / (b - a), 0), fmin((to_m - a) / (b - a), 1));
	}
}

void street_line_foot_between(const struct street_line *line, double east, double north,
	double from_m, double to_m, struct street_foot *ret)
{
	struct looking looking = {.line = line, .east = east, .north = north};

	look_between(&looking, from_m, to_m);
	if (line->is_closed && from_m < 0)
		look_between(&looking, from_m + line->length_m, line->length_m);
	if (line->is_closed && to_m > line->length_m)
		look_between(&looking, 0, to_m - line->length_m);
	if (looking.found)
		tell_foot(&looking, ret);
	else
		street_line_foot(line, east, north, ret);
}

void street_line_at(const struct street_line *line, double chainage_m, double ret_place[2],
	double ret_way[2])
{
	size_t i = 0;
	double length, share;

	while (i + 2 < line->point_count &&
		(line->is_gap[i] || line->chainage_m[i + 1] < chainage_m))
		i++;
	length = distance(line->xy + 2 * i, line->xy + 2 * i + 2);
	share = fmin(fmax((chainage_m - line->chainage_m[i]) / length, 0), 1);
	for (size_t k = 0; k < 2; k++) {
		double d = line->xy[2 * i + 2 + k] - line->xy[2 * i + k];

		ret_place[k] = line->xy[2 * i + k] + share * d;
		ret_way[k] = d / length;
	}
}

static void box_add_place(struct box *box, const double place[2])
{
	box_add(box, &(struct box){place[0], place[1], place[0], place[1]});
}

struct box street_line_box(const struct street_line *line, double from_m, double to_m)
{
	struct box box = box_empty;
	double place[2], way[2];

	street_line_at(line, from_m, place, way);
	box_add_place(&box, place);
	street_line_at(line, to_m, place, way);
	box_add_place(&box, place);
	for (size_t i = 0; i < line->point_count; i++)
		if (line->chainage_m[i] >= from_m && line->chainage_m[i] <= to_m)
			box_add_place(&box, line->xy + 2 * i);
	return box;
}

double street_line_azimuth(const struct street_line *line)
{
	const double *a = line->xy, *b = line->xy + 2 * (line->point_count - 1);
	double degrees;

	if (line->is_closed)
		return (double)NAN;
	degrees = atan2(b[0] - a[0], b[1] - a[1]) * (180 / acos(-1));
	return degrees < 0 ? degrees + 360 : degrees;
}

static bool segments_meet(const double *a, const double *c)
{
	return side_of(a, a + 2, c[0], c[1]) * side_of(a, a + 2, c[2], c[3]) <= 0 &&
		side_of(c, c + 2, a[0], a[1]) * side_of(c, c + 2, a[2], a[3]) <= 0;
}

bool street_line_crosses_itself(const struct street_line *line)
{
	size_t segments = line->point_count - 1;

	if (segments > CROSSINGS_MAX_SEGMENTS)
		return false;
	for (size_t i = 0; i < segments; i++) {
		struct box box = segment_box(line, i);

		for (size_t k = i + 2; !line->is_gap[i] && k < segments; k++) {
			struct box other;

			if (k % RUN == 0 && !boxes_meet(&box, &line->boxes[k / RUN])) {
				k += RUN - 1;
				continue;
			}
			other = segment_box(line, k);
			if (line->is_gap[k] || !boxes_meet(&box, &other) ||
				(line->is_closed && i == 0 && k == segments - 1))
				continue;
			if (segments_meet(line->xy + 2 * i, line->xy + 2 * k))
				return true;
		}
	}
	return false;
}
