#include "tiles/round_line.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/marks.h"
#include "tiles/pen.h"

enum {
	LANES = 4,  /* pixels that are drawn at once */
	MARGIN = 4, /* pixels around the picture that may be drawn on, too */
};

static const double far_px = 1e12; /* more than any coordinate */

/*
 * Calls of the mathematical library would cost more than all the rest here: the compiler makes
 * them, but for sqrt, also where the processor knows better.
 */
static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

/* A pen at work: its share of a pixel falls from `most` to nothing on the way out to `reach`. */
struct nib {
	float reach; /* px from the middle of the line, beyond which no pixel is covered */
	float most;  /* of 255, in the middle */
	double width_px;
};

static struct nib make_nib(double width_px)
{
	return (struct nib){(float)(width_px / 2 + 0.5),
		rintf((float)(255 * smaller(width_px, 1))), width_px};
}

void round_line_clear(struct round_line *line)
{
	free(line->coverage);
	free(line->marks);
	*line = (struct round_line){0};
}

static void forget_rows(struct round_line *line)
{
	line->first_row = line->height;
	line->last_row = -1;
}

int round_line_init(struct round_line *line, int width, int height, struct error *err)
{
	*line = (struct round_line){
		.width = width, .height = height, .mark_room = marks_words(width)};
	line->row_room = (size_t)width + 2 * MARGIN;
	line->coverage = calloc(((size_t)height + 2 * MARGIN) * line->row_room, 1);
	line->marks = calloc(((size_t)height / MARK_PX + 1) * line->mark_room, sizeof *line->marks);
	if (!line->coverage || !line->marks) {
		round_line_clear(line);
		return fail_no_memory(err);
	}
	forget_rows(line);
	return 0;
}

static inline uint8_t *pixel_at(const struct round_line *line, int x, int y)
{
	return line->coverage + (size_t)(y + MARGIN) * line->row_room + (x + MARGIN);
}

/* The marks of a row, which MARK_PX rows have together. */
static inline uint64_t *marks_at(const struct round_line *line, int y)
{
	return line->marks + (size_t)(y >> MARK_SHIFT) * line->mark_room;
}

/* Marks the pixels left to right in the rows top to bottom. */
static inline void mark(struct round_line *line, int left, int right, int top, int bottom)
{
	line->first_row = top < line->first_row ? top : line->first_row;
	line->last_row = bottom > line->last_row ? bottom : line->last_row;
	for (int band = top >> MARK_SHIFT; band <= bottom >> MARK_SHIFT; band++)
		marks_set(marks_at(line, band << MARK_SHIFT), left, right);
}

/* Pixels whose middles lie within [least, most], as far as there are any. */
static inline bool pixels_between(
	double least, double most, int limit, int *ret_first, int *ret_last)
{
	*ret_first = (int)(larger(smaller(least, limit), 0) + 0.5);
	*ret_last = (int)(larger(smaller(most, limit), 0) + 0.5) - 1;
	return *ret_first <= *ret_last;
}

/* --- segments --------------------------------------------------------------------------------- */

/*
 * A segment that is drawn. A pixel of a row is reached if it lies within three stretches: of the
 * box, of what is beside the line, and of what is along it.
 */
struct track {
	double x, y;	    /* its start */
	double dx, dy;	    /* its direction, of length 1 */
	double length;
	double left, right; /* of what the pen reaches */
	double slope, half; /* across: of the middle from row to row, and of a px beside the line */
	float half_length;
	float reach, most; /* in shares */
	float step_along[LANES], step_beside[LANES];

	/* Of a wide pen: */
	double ahead, behind; /* how far it goes beyond the start and the end */
	double px_along;      /* across a row, a px along the line; 0 next to upright */
	double inner;	      /* no further than this beside the line all is covered */
};

/* Lines that are next to level, or upright, reach as far as they are long. */
static const double next_to = 1e-3;

/* From (x0, y0) to (x1, y1). Scalars: pairs would be taken apart and put together at each step. */
static inline void make_track(struct track *track, double x0, double y0, double x1, double y1,
	const struct nib *nib)
{
	double dx = x1 - x0, dy = y1 - y0, length = sqrt(dx * dx + dy * dy);
	double reach = (double)nib->reach, a_px = length < 1e-9 ? 0 : 1 / length;

	dx *= a_px;
	dy = a_px == 0 ? 1 : dy * a_px;
	track->x = x0;
	track->y = y0;
	track->dx = dx;
	track->dy = dy;
	track->length = length;
	track->left = smaller(x0, x1) - reach;
	track->right = larger(x0, x1) + reach;
	track->slope = 0;
	track->half = far_px;
	if (fabs(dy) > next_to) {
		double a_row = 1 / dy;

		track->slope = dx * a_row;
		track->half = fabs(a_row);
	}
	track->half_length = (float)(length / 2);
	track->reach = nib->reach * 255 + 0.5F;
	track->most = nib->most;
	for (int i = 0; i < LANES; i++) {
		track->step_along[i] = (float)i * (float)dx;
		track->step_beside[i] = (float)-i * (float)dy;
	}
}

/* What only wide pens look at. */
static void widen_track(struct track *track, const struct nib *nib, bool has_start, bool has_end)
{
	double reach = (double)nib->reach;

	track->ahead = has_start ? reach : 0;
	track->behind = has_end ? reach : 0;
	track->inner = reach - 1.01;
	track->px_along = fabs(track->dx) > next_to ? 1 / track->dx : 0;
}

/* The larger one of each of LANES bytes, and of as many shares up to 255. */
static inline uint32_t larger_bytes(uint32_t bytes, const int32_t shares[LANES])
{
	const uint64_t high = 0x8000800080008000, low = 0x0001000100010001;
	uint64_t first, second, a, b, is_larger;

	_Static_assert(LANES == 4 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "order of lanes");
	memcpy(&first, shares, sizeof first);
	memcpy(&second, shares + 2, sizeof second);
	/* Each in 16 bits of its own, in the order 0, 2, 1, 3. */
	a = first | second << 16;
	b = (bytes & 0x00FF00FF) | (uint64_t)(bytes & 0xFF00FF00) << 24;
	is_larger = (((a | high) - b) >> 15 & low) * 255;
	b ^= (a ^ b) & is_larger;
	return (uint32_t)(b | b >> 24);
}

/*
 * Draws LANES pixels, of which the first lies so far along the segment from its middle, and beside
 * it. All at once and without branches, which nobody could foretell at the sides of a line.
 */
static inline void draw_pixels(
	uint8_t *at, float along, float beside, const struct track *track)
{
	int32_t shares[LANES];
	uint32_t bytes;

	for (int i = 0; i < LANES; i++) {
		float beyond = fabsf(along + track->step_along[i]) - track->half_length;
		float off = beside + track->step_beside[i], share;

		beyond = (beyond + fabsf(beyond)) * 0.5F; /* or 0 if it is less */
		share = track->reach - sqrtf(beyond * beyond + off * off) * 255;
		share = share < track->most ? share : track->most;
		share = share > 0 ? share : 0;
		shares[i] = (int32_t)share;
	}
	memcpy(&bytes, at, sizeof bytes);
	bytes = larger_bytes(bytes, shares);
	memcpy(at, &bytes, sizeof bytes);
}

/* Draws the pixels first to last of a row, and some more perhaps, of which the line covers nothing. */
static inline void draw_stretch(
	struct round_line *line, const struct track *track, int y, int first, int last)
{
	double down = y + 0.5 - track->y, right = first + 0.5 - track->x;
	double along = right * track->dx + down * track->dy - track->length / 2;
	double beside = down * track->dx - right * track->dy;
	uint8_t *at = pixel_at(line, first, y);

	for (int x = first; x <= last; x += LANES, at += LANES) {
		draw_pixels(at, (float)along, (float)beside, track);
		along += LANES * track->dx;
		beside -= LANES * track->dy;
	}
}

/* The stretch of a row that is no further beside and along the line, if it has a width. */
struct stretch {
	double left, right;
};

static inline struct stretch stretch_beside(
	const struct track *track, double down, double beside)
{
	double middle = track->x + down * track->slope;

	return (struct stretch){middle - track->half * beside, middle + track->half * beside};
}

static struct stretch stretch_of(const struct track *track, double down, double beside,
	double along_least, double along_most)
{
	struct stretch stretch = stretch_beside(track, down, beside);
	double along = down * track->dy;

	if (track->px_along != 0) {
		double a = track->x + (along_least - along) * track->px_along;
		double b = track->x + (along_most - along) * track->px_along;

		stretch.left = larger(stretch.left, smaller(a, b));
		stretch.right = smaller(stretch.right, larger(a, b));
	} else if (along < along_least || along > along_most) {
		stretch.right = stretch.left;
	}
	return stretch;
}

enum { WIDE_PX = 12 }; /* what is covered wholly is worth looking for */

static void draw_wide_row(struct round_line *line, const struct track *track, int y)
{
	double down = y + 0.5 - track->y;
	struct stretch outer = stretch_of(track, down, (double)track->reach / 255,
		-track->ahead, track->length + track->behind);
	int first, last, inner_first, inner_last;

	if (!pixels_between(larger(track->left, outer.left), smaller(track->right, outer.right),
		    line->width, &first, &last))
		return;
	marks_set(marks_at(line, y), first, last);
	if (track->inner > 0 && last - first >= WIDE_PX) {
		struct stretch inner = stretch_of(track, down, track->inner, 0, track->length);

		if (pixels_between(inner.left, inner.right, line->width, &inner_first, &inner_last)) {
			memset(pixel_at(line, inner_first, y), 255,
				(size_t)(inner_last - inner_first + 1));
			draw_stretch(line, track, y, first, inner_first - 1);
			first = inner_last + 1;
		}
	}
	draw_stretch(line, track, y, first, last);
}

/* --- thin lines ------------------------------------------------------------------------------- */

enum {
	FIXED_BITS = 16, /* of positions across a thin line, behind the point */
	PLACE_BITS = 5,
	STEPS = 16, /* marked together */
};

static const double thin_px = 1.25; /* no pixel further off than LANES reach is covered then */

static const double far_thin_px = 1e10; /* keeps positions above 0 while they become whole numbers */

/*
 * Finds what a line of that width covers of LANES pixels across it, of which the second has its
 * middle so far before the line, by how far that is; of lines that are so much slanted.
 */
static void make_weights(struct round_line *line, int slant, const struct nib *nib)
{
	float slope = (float)slant / ROUND_LINE_SLANTS, shrink = 1 / sqrtf(1 + slope * slope);

	line->weight_widths_px[slant] = nib->width_px;
	line->half_px_along[slant] = shrink / 2;
	for (int place = 0; place < ROUND_LINE_PLACES; place++) {
		float at = ((float)place + 0.5F) / ROUND_LINE_PLACES;

		for (int i = 0; i < LANES; i++) {
			float off = fabsf((float)(i - 1) - at) * shrink;
			float share = (nib->reach - off) * 255 + 0.5F;

			share = share < nib->most ? share : nib->most;
			line->weights[slant][place][i] = (uint8_t)(share > 0 ? share : 0);
		}
	}
}

/* The larger one of each of LANES bytes. */
static inline uint32_t larger_of(uint32_t a, uint32_t b)
{
	const uint64_t mask = 0x00FF00FF00FF00FF, high = 0x8000800080008000;
	uint64_t x = (a & mask) | (uint64_t)(a & ~(uint32_t)mask) << 24;
	uint64_t y = (b & mask) | (uint64_t)(b & ~(uint32_t)mask) << 24;
	uint64_t is_larger = (((x | high) - y) >> 15 & 0x0001000100010001) * 255;

	y ^= (x ^ y) & is_larger;
	return (uint32_t)(y | y >> 24);
}

/* A thin line, walked along the axis in which it is longer, u, pixel by pixel; v is the other. */
struct walk {
	bool is_steep;		/* u is y */
	int64_t v, slope;	/* in 1 / 2^FIXED_BITS, of the middles of pixels */
	uint8_t (*weights)[LANES];
	int limit_u, limit_v;
};

/* What is covered at the walk's v. */
static inline uint32_t weights_at(const struct walk *walk)
{
	uint32_t shares;

	memcpy(&shares,
		walk->weights[walk->v >> (FIXED_BITS - PLACE_BITS) & (ROUND_LINE_PLACES - 1)],
		sizeof shares);
	return shares;
}

/* Draws the shares of a step, and goes on to the next. */
static inline void draw_step(struct round_line *line, struct walk *walk, int u, uint32_t shares)
{
	int64_t first = (walk->v >> FIXED_BITS) - 1;
	uint32_t bytes;
	uint8_t *at;

	walk->v += walk->slope;
	if (first < -MARGIN || first > walk->limit_v)
		return;
	if (walk->is_steep) {
		at = pixel_at(line, (int)first, u);
		memcpy(&bytes, at, sizeof bytes);
		bytes = larger_of(bytes, shares);
		memcpy(at, &bytes, sizeof bytes);
		return;
	}
	at = pixel_at(line, u, (int)first);
	for (int i = 0; i < LANES; i++, at += line->row_room, shares >>= 8)
		*at = (uint8_t)((shares & 255) > *at ? shares & 255 : *at);
}

/* Each of the shares, as far as the line goes within the pixel. */
static uint32_t part_of(uint32_t shares, double part)
{
	const uint32_t mask = 0x00FF00FF;
	uint32_t scale = (uint32_t)(part * 256);

	return ((shares & mask) * scale >> 8 & mask) | ((shares >> 8 & mask) * scale & ~mask);
}

static int clamp(int64_t value, int most)
{
	return value < 0 ? 0 : value > most ? most : (int)value;
}

/* Marks what the steps from u to `last` are about to draw on. */
static void mark_steps(struct round_line *line, const struct walk *walk, int u, int last)
{
	int64_t v = walk->v, end = v + (last - u) * walk->slope;
	int64_t low = ((v < end ? v : end) >> FIXED_BITS) - 1;
	int64_t high = ((v < end ? end : v) >> FIXED_BITS) + LANES - 2;
	int from = clamp(low, walk->limit_v - 1), to = clamp(high, walk->limit_v - 1);

	if (high < 0 || low >= walk->limit_v)
		return;
	if (walk->is_steep)
		mark(line, from, to, u, last);
	else
		mark(line, u, last, from, to);
}

/* Walks from one place of u to another. */
static void draw_walk(struct round_line *line, struct walk *walk, double start, double end)
{
	int first = start > 0 ? (int)start : 0;
	int last = end < walk->limit_u ? (int)end : walk->limit_u - 1;
	double at_first = smaller(smaller(first + 1, end) - start, 1);
	double at_last = smaller(end - last, 1);

	for (int u = first; u <= last; u += STEPS) {
		int next = u + STEPS <= last ? u + STEPS : last + 1, k = u;

		mark_steps(line, walk, u, next - 1);
		if (k == first)
			draw_step(line, walk, k++, part_of(weights_at(walk), at_first));
		for (; k < next - (next > last); k++)
			draw_step(line, walk, k, weights_at(walk));
		if (k < next)
			draw_step(line, walk, k, part_of(weights_at(walk), at_last));
	}
}

/* Adds a segment of a thin line, which goes on half a pixel beyond its ends, as a round end has ink. */
static void add_thin(struct round_line *line, const struct point *from, const struct point *to,
	const struct nib *nib)
{
	double dx = fabs(to->x - from->x), dy = fabs(to->y - from->y);
	bool is_steep = dy >= dx;
	double u0 = is_steep ? from->y : from->x, v0 = is_steep ? from->x : from->y;
	double u1 = is_steep ? to->y : to->x, v1 = is_steep ? to->x : to->y;
	double slope = u1 != u0 ? (v1 - v0) / (u1 - u0) : 0, beyond, start, end;
	/* The same from both ends. */
	double low = smaller(u0, u1), low_v = u0 < u1 ? v0 : v1;
	int slant = (int)(fabs(slope) * ROUND_LINE_SLANTS + 0.5);
	struct walk walk = {.is_steep = is_steep,
		.slope = (int64_t)(slope * (1 << FIXED_BITS)),
		.weights = line->weights[slant],
		.limit_u = is_steep ? line->height : line->width,
		.limit_v = is_steep ? line->width : line->height};

	if (line->weight_widths_px[slant] != nib->width_px)
		make_weights(line, slant, nib);
	beyond = line->half_px_along[slant];
	start = low - beyond;
	end = larger(u0, u1) + beyond;
	if (larger(v0, v1) < -MARGIN || smaller(v0, v1) > walk.limit_v + MARGIN || end <= 0 ||
		start >= walk.limit_u)
		return;
	walk.v = (int64_t)((low_v + ((start > 0 ? (int)start : 0) + 0.5 - low) * slope - 0.5 +
				  far_thin_px) *
			   (1 << FIXED_BITS)) -
		 ((int64_t)far_thin_px << FIXED_BITS);
	draw_walk(line, &walk, start, end);
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Adds a segment; one that goes on where another ends need not go ahead of its start. */
static void add_segment(struct round_line *line, const struct point *from, const struct point *to,
	const struct nib *nib, bool goes_on)
{
	double reach = (double)nib->reach;
	double x0 = from->x, y0 = from->y, x1 = to->x, y1 = to->y;
	/* Always upwards, so that a segment is the same from both of its ends. */
	bool is_turned = y0 < y1 || (y0 == y1 && x0 < x1);
	struct track track;
	int first, last;

	if (larger(x0, x1) < -reach || smaller(x0, x1) > line->width + reach ||
		!pixels_between(smaller(y0, y1) - reach, larger(y0, y1) + reach, line->height,
			&first, &last))
		return;
	make_track(&track, is_turned ? x1 : x0, is_turned ? y1 : y0, is_turned ? x0 : x1,
		is_turned ? y0 : y1, nib);
	line->first_row = first < line->first_row ? first : line->first_row;
	line->last_row = last > line->last_row ? last : line->last_row;
	widen_track(&track, nib, is_turned || !goes_on, !is_turned || !goes_on);
	for (int y = first; y <= last; y++)
		draw_wide_row(line, &track, y);
}

static void add(struct round_line *line, const struct point *from, const struct point *to,
	const struct nib *nib, bool goes_on)
{
	if (nib->width_px <= thin_px)
		add_thin(line, from, to, nib);
	else
		add_segment(line, from, to, nib, goes_on);
}

void round_line_add(struct round_line *line, struct point from, struct point to, double width_px)
{
	struct nib nib = make_nib(width_px);

	add(line, &from, &to, &nib, false);
}

enum { LEFT_OUT_MAX = 16 }; /* points one after the other; each is looked at so often */

static const double straightness_px = 1.0 / 16;

/* Whether a point lies on the way from a to b. */
static inline bool is_on_the_way(struct point a, struct point b, struct point at)
{
	const double least = straightness_px * straightness_px;
	double dx = b.x - a.x, dy = b.y - a.y, x = at.x - a.x, y = at.y - a.y;
	double across = x * dy - y * dx, length2 = dx * dx + dy * dy;

	return across * across <= least * length2 && x * dx + y * dy >= 0 &&
	       x * x + y * y <= length2 + least;
}

void round_line_add_line(
	struct round_line *line, const struct point *points, size_t count, double width_px)
{
	struct nib nib = make_nib(width_px);
	size_t from = 0;

	for (size_t i = 2; i < count; i++) {
		bool straight = i - from <= LEFT_OUT_MAX;

		for (size_t k = from + 1; straight && k < i; k++)
			straight = is_on_the_way(points[from], points[i], points[k]);
		if (!straight) {
			add(line, &points[from], &points[i - 1], &nib, from > 0);
			from = i - 1;
		}
	}
	add(line, &points[from], &points[count - 1], &nib, from > 0);
}

void round_line_add_ring(
	struct round_line *line, struct point centre, double radius_px, double width_px)
{
	struct nib nib = make_nib(width_px);
	double reach = radius_px + (double)nib.reach;
	int left, right, top, bottom;

	if (!pixels_between(centre.x - reach, centre.x + reach, line->width, &left, &right) ||
		!pixels_between(centre.y - reach, centre.y + reach, line->height, &top, &bottom))
		return;
	mark(line, left, right, top, bottom);
	for (int row = top; row <= bottom; row++) {
		for (int x = left; x <= right; x++) {
			double dx = x + 0.5 - centre.x, dy = row + 0.5 - centre.y;
			double distance = fabs(sqrt(dx * dx + dy * dy) - radius_px);
			float share = (nib.reach - (float)distance) * 255 + 0.5F;
			uint8_t *at = pixel_at(line, x, row);

			share = share < nib.most ? share : nib.most;
			if (share > *at)
				*at = (uint8_t)share;
		}
	}
}

static void emit_row(struct round_line *line, int row, struct span_sink sink)
{
	const uint64_t *marks = marks_at(line, row);
	uint8_t *coverage = pixel_at(line, 0, row);
	int blocks = marks_blocks(line->width), block = 0;

	while ((block = marks_run_end(marks, block, blocks, false)) < blocks) {
		int start = block * MARK_PX, end;

		block = marks_run_end(marks, block, blocks, true);
		end = block * MARK_PX < line->width ? block * MARK_PX : line->width;
		sink.cover(sink.context, start, row, end - start, coverage + start);
		memset(coverage + start, 0, (size_t)(end - start));
	}
}

void round_line_emit(struct round_line *line, struct span_sink sink)
{
	for (int row = line->first_row; row <= line->last_row; row++)
		emit_row(line, row, sink);
	for (int row = line->first_row; row <= line->last_row; row = (row | (MARK_PX - 1)) + 1)
		memset(marks_at(line, row), 0, line->mark_room * sizeof *line->marks);
	forget_rows(line);
}
