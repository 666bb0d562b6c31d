#include "tiles/round_line.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/marks.h"
#include "tiles/pen.h"

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
	int most;    /* of 255, in the middle */
};

static struct nib make_nib(double width_px)
{
	return (struct nib){(float)(width_px / 2 + 0.5), (int)(255 * smaller(width_px, 1) + 0.5)};
}

/* Keeps the larger share; without branches, which nobody could foretell at the sides of a line. */
static inline void dab(uint8_t *at, const struct nib *nib, float distance)
{
	/* Below 0 out of reach, but not by much. */
	int byte = (int)((nib->reach - distance) * 255 + 0.5F);

	byte = byte < nib->most ? byte : nib->most;
	*at = (uint8_t)(byte > *at ? byte : *at);
}

void round_line_clear(struct round_line *line)
{
	free(line->coverage);
	free(line->marks);
	free(line->seen);
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
		.width = width, .height = height, .mark_room = marks_words(width), .round = 1};
	line->coverage = calloc((size_t)width * (size_t)height, 1);
	line->marks = calloc((size_t)height * line->mark_room, sizeof *line->marks);
	line->seen = calloc(ROUND_LINE_SEEN, sizeof *line->seen);
	if (!line->coverage || !line->marks || !line->seen) {
		round_line_clear(line);
		return fail_no_memory(err);
	}
	forget_rows(line);
	return 0;
}

/* Pixels whose middles lie within [least, most], as far as there are any. */
static inline bool pixels_between(
	double least, double most, int limit, int *ret_first, int *ret_last)
{
	if (!(most >= 0.5 && least <= limit - 0.5))
		return false;
	*ret_first = least <= 0.5 ? 0 : (int)(least - 0.5);
	*ret_first += *ret_first + 0.5 < least;
	*ret_last = most >= limit - 0.5 ? limit - 1 : (int)(most - 0.5);
	return *ret_first <= *ret_last;
}

/* Marks the pixels left to right in the rows top to bottom. */
static void mark(struct round_line *line, int left, int right, int top, int bottom)
{
	line->first_row = top < line->first_row ? top : line->first_row;
	line->last_row = bottom > line->last_row ? bottom : line->last_row;
	for (int row = top; row <= bottom; row++)
		marks_set(line->marks + (size_t)row * line->mark_room, left, right);
}

/* --- segments --------------------------------------------------------------------------------- */

enum {
	STEPS = 16, /* drawn at once */
	/* While steps are drawn they are no further from the picture than they and the pen reach. */
	FAR_PX = STEPS + PEN_WIDTH_MAX_PX,
};

/*
 * A segment, seen along the axis in which it is longer: u, in which it is walked pixel by pixel;
 * v is the other one.
 */
struct track {
	bool steep;	   /* u is y */
	double u, v;	   /* its start */
	double du, dv;	   /* its direction, of length 1 */
	double length;
	double slope;	   /* of v a step, at most 1 either way */
	double half;	   /* of what the pen reaches in v at each step */
	int across;	   /* pixels that this is at most */
	int limit_u, limit_v;
	ptrdiff_t next_u, next_v; /* from one pixel to the next in memory */
};

static struct track make_track(
	const struct round_line *line, struct point from, struct point to, double reach)
{
	double dx = to.x - from.x, dy = to.y - from.y, length = sqrt(dx * dx + dy * dy);
	bool is_dot = length < 1e-9;
	double a_px = is_dot ? 0 : 1 / length, a_step;
	struct point direction = {dx * a_px, is_dot ? 1 : dy * a_px};
	struct track track = {.steep = fabs(direction.y) >= fabs(direction.x), .length = length};

	if (track.steep) {
		track.u = from.y, track.v = from.x;
		track.du = direction.y, track.dv = direction.x;
		track.limit_u = line->height, track.limit_v = line->width;
		track.next_u = line->width, track.next_v = 1;
	} else {
		track.u = from.x, track.v = from.y;
		track.du = direction.x, track.dv = direction.y;
		track.limit_u = line->width, track.limit_v = line->height;
		track.next_u = 1, track.next_v = line->width;
	}
	a_step = 1 / track.du;
	track.slope = track.dv * a_step;
	track.half = reach * fabs(a_step);
	track.across = (int)(2 * track.half) + 1;
	return track;
}

/* How a pixel lies to the segment: px before its start, behind its end, and beside it. */
struct place {
	float before, after, beside;
};

static inline void draw_pixel(uint8_t *at, struct place place, const struct nib *nib)
{
	float beyond = place.before > place.after ? place.before : place.after;

	beyond = (beyond + fabsf(beyond)) / 2; /* or 0 if it is less, without a branch */
	dab(at, nib, sqrtf(place.beside * place.beside + beyond * beyond));
}

/* Draws the steps from u to before `end`, all near the picture. */
static void draw_steps(
	struct round_line *line, const struct track *track, const struct nib *nib, int u, int end)
{
	float du = (float)track->du, dv = (float)track->dv;

	for (; u < end; u++) {
		double on = u + 0.5 - track->u, start = track->v + on * track->slope - track->half;
		int first = (int)(start + 0.5 + FAR_PX) - FAR_PX, count = track->across;
		struct place place;
		double off, along;
		uint8_t *at;

		if (first < 0) {
			count += first;
			first = 0;
		}
		count = count < track->limit_v - first ? count : track->limit_v - first;
		off = first + 0.5 - track->v;
		along = on * track->du + off * track->dv;
		at = line->coverage + u * track->next_u + first * track->next_v;
		place = (struct place){(float)-along, (float)(along - track->length),
			(float)(off * track->du - on * track->dv)};
		for (int i = 0; i < count; i++, at += track->next_v) {
			draw_pixel(at, place, nib);
			place.before -= dv;
			place.after += dv;
			place.beside += du;
		}
	}
}

static void draw_track(struct round_line *line, const struct track *track, const struct nib *nib)
{
	double reach = (double)nib->reach, other = track->u + track->du * track->length;
	int first, last;

	if (!pixels_between(smaller(track->u, other) - reach, larger(track->u, other) + reach,
		    track->limit_u, &first, &last))
		return;
	for (int u = first; u <= last; u += STEPS) {
		int end = u + STEPS <= last ? u + STEPS : last + 1, low, high;
		double v = track->v + (u + 0.5 - track->u) * track->slope;
		double v_end = v + (end - 1 - u) * track->slope;

		if (!pixels_between(smaller(v, v_end) - track->half,
			    larger(v, v_end) + track->half, track->limit_v, &low, &high))
			continue;
		if (track->steep)
			mark(line, low, high, u, end - 1);
		else
			mark(line, u, end - 1, low, high);
		draw_steps(line, track, nib, u, end);
	}
}

static uint64_t bits_of(double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof bits);
	return bits;
}

/* Whether the segment is drawn already; if not, it is noted. */
static bool was_seen(
	struct round_line *line, struct point from, struct point to, double width_px)
{
	uint64_t hash = (bits_of(from.x) * 3 + bits_of(from.y) * 5 + bits_of(to.x) * 7 +
				bits_of(to.y) * 11) *
			0x9E3779B97F4A7C15;
	struct round_line_seen *seen = line->seen + (hash >> 32) % ROUND_LINE_SEEN;

	if (seen->round == line->round && seen->from.x == from.x && seen->from.y == from.y &&
		seen->to.x == to.x && seen->to.y == to.y && seen->width_px == width_px)
		return true;
	*seen = (struct round_line_seen){from, to, width_px, line->round};
	return false;
}

void round_line_add(struct round_line *line, struct point from, struct point to, double width_px)
{
	struct nib nib = make_nib(width_px);
	double reach = (double)nib.reach;
	struct track track;

	if (larger(from.x, to.x) < -reach || smaller(from.x, to.x) > line->width + reach ||
		larger(from.y, to.y) < -reach || smaller(from.y, to.y) > line->height + reach)
		return;
	/* Always upwards, so that a segment is the same from both of its ends. */
	if (from.y < to.y || (from.y == to.y && from.x < to.x)) {
		struct point swap = from;

		from = to;
		to = swap;
	}
	if (was_seen(line, from, to, width_px))
		return;
	track = make_track(line, from, to, reach);
	draw_track(line, &track, &nib);
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
	size_t from = 0;

	for (size_t i = 2; i < count; i++) {
		bool straight = i - from <= LEFT_OUT_MAX;

		for (size_t k = from + 1; straight && k < i; k++)
			straight = is_on_the_way(points[from], points[i], points[k]);
		if (!straight) {
			round_line_add(line, points[from], points[i - 1], width_px);
			from = i - 1;
		}
	}
	round_line_add(line, points[from], points[count - 1], width_px);
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
		uint8_t *at = line->coverage + (size_t)row * (size_t)line->width;

		for (int x = left; x <= right; x++) {
			double dx = x + 0.5 - centre.x, dy = row + 0.5 - centre.y;

			dab(at + x, &nib, (float)fabs(sqrt(dx * dx + dy * dy) - radius_px));
		}
	}
}

static void emit_row(struct round_line *line, int row, struct span_sink sink)
{
	uint64_t *marks = line->marks + (size_t)row * line->mark_room;
	uint8_t *coverage = line->coverage + (size_t)row * (size_t)line->width;
	int blocks = marks_blocks(line->width), block = 0;

	while ((block = marks_run_end(marks, block, blocks, false)) < blocks) {
		int start = block * MARK_PX, end;

		block = marks_run_end(marks, block, blocks, true);
		end = block * MARK_PX < line->width ? block * MARK_PX : line->width;
		sink.cover(sink.context, start, row, end - start, coverage + start);
		memset(coverage + start, 0, (size_t)(end - start));
	}
	memset(marks, 0, line->mark_room * sizeof *marks);
}

void round_line_emit(struct round_line *line, struct span_sink sink)
{
	for (int row = line->first_row; row <= line->last_row; row++)
		emit_row(line, row, sink);
	forget_rows(line);
	if (!++line->round) {
		memset(line->seen, 0, ROUND_LINE_SEEN * sizeof *line->seen);
		line->round = 1;
	}
}
