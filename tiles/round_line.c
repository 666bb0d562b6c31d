#include "tiles/round_line.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"

/* A pen at work: its share of a pixel falls from `most` to nothing on the way out to `reach`. */
struct nib {
	double reach; /* px from the middle of the line, beyond which no pixel is covered */
	double most;  /* of 255, in the middle */
};

static struct nib make_nib(double width_px)
{
	return (struct nib){width_px / 2 + 0.5, 255 * fmin(width_px, 1)};
}

static uint8_t share_at(const struct nib *nib, double distance)
{
	return (uint8_t)(fmin((nib->reach - distance) * 255, nib->most) + 0.5);
}

void round_line_clear(struct round_line *line)
{
	free(line->coverage);
	free(line->rows);
	*line = (struct round_line){0};
}

static void forget_rows(struct round_line *line)
{
	for (int row = line->first_row; row <= line->last_row; row++)
		line->rows[row] = (struct round_line_row){line->width, -1};
	line->first_row = line->height;
	line->last_row = -1;
}

int round_line_init(struct round_line *line, int width, int height, struct error *err)
{
	*line = (struct round_line){.width = width, .height = height, .last_row = height - 1};
	line->coverage = calloc((size_t)width * (size_t)height, 1);
	line->rows = malloc((size_t)height * sizeof *line->rows);
	if (!line->coverage || !line->rows) {
		round_line_clear(line);
		return fail_no_memory(err);
	}
	forget_rows(line);
	return 0;
}

/* Pixels whose middles lie within [least, most], as far as there are any. */
static bool pixels_between(double least, double most, int limit, int *ret_first, int *ret_last)
{
	if (!(most >= 0.5 && least <= limit - 0.5))
		return false;
	*ret_first = least <= 0.5 ? 0 : (int)ceil(least - 0.5);
	*ret_last = most >= limit - 0.5 ? limit - 1 : (int)floor(most - 0.5);
	return *ret_first <= *ret_last;
}

static uint8_t *mark_row(struct round_line *line, int row, int first, int last)
{
	struct round_line_row *marked = line->rows + row;

	marked->first = first < marked->first ? first : marked->first;
	marked->last = last > marked->last ? last : marked->last;
	line->first_row = row < line->first_row ? row : line->first_row;
	line->last_row = row > line->last_row ? row : line->last_row;
	return line->coverage + (size_t)row * (size_t)line->width;
}

static void keep_larger(uint8_t *at, uint8_t share)
{
	if (share > *at)
		*at = share;
}

/* A segment, seen from its start: (x, y) along and across it are its first two coordinates. */
struct segment {
	struct point from, to, direction; /* of length 1 */
	double length;
};

/* Widens [least, most] to where a disc around the point is cut at a height. */
static void widen_to_disc(
	struct point centre, double reach, double y, double *least, double *most)
{
	double up = y - centre.y, half = reach * reach - up * up;

	if (half < 0)
		return;
	half = sqrt(half);
	*least = fmin(*least, centre.x - half);
	*most = fmax(*most, centre.x + half);
}

/* Where `slope * x + offset` lies within [low, high], as a range of x cut from [least, most]. */
static void cut_range(
	double slope, double offset, double low, double high, double *least, double *most)
{
	double one, other;

	if (fabs(slope) < 1e-12) {
		if (offset < low || offset > high)
			*most = -INFINITY;
		return;
	}
	one = (low - offset) / slope;
	other = (high - offset) / slope;
	*least = fmax(*least, fmin(one, other));
	*most = fmin(*most, fmax(one, other));
}

/* Draws the pixels of a row. */
static void draw_row(
	struct round_line *line, const struct segment *segment, const struct nib *nib, int row)
{
	struct point d = segment->direction;
	double y = row + 0.5, up = y - segment->from.y;
	double least = -INFINITY, most = INFINITY, along, across;
	int first, last;
	uint8_t *at;

	/* The band beside the segment, and the discs at its ends: together one range. */
	cut_range(-d.y, d.x * up + d.y * segment->from.x, -nib->reach, nib->reach, &least, &most);
	cut_range(d.x, d.y * up - d.x * segment->from.x, 0, segment->length, &least, &most);
	if (least > most) {
		least = INFINITY;
		most = -INFINITY;
	}
	widen_to_disc(segment->from, nib->reach, y, &least, &most);
	widen_to_disc(segment->to, nib->reach, y, &least, &most);
	if (!pixels_between(least, most, line->width, &first, &last))
		return;
	at = mark_row(line, row, first, last);
	along = d.x * (first + 0.5 - segment->from.x) + d.y * up;
	across = d.x * up - d.y * (first + 0.5 - segment->from.x);
	for (int x = first; x <= last; x++, along += d.x, across -= d.y) {
		double beyond = along < 0 ? along : along > segment->length ? along - segment->length : 0;
		double distance = beyond == 0 ? fabs(across) : sqrt(across * across + beyond * beyond);

		if (distance < nib->reach)
			keep_larger(at + x, share_at(nib, distance));
	}
}

void round_line_add(struct round_line *line, struct point from, struct point to, double width_px)
{
	struct nib nib = make_nib(width_px);
	struct segment segment = {from, to, {1, 0}, hypot(to.x - from.x, to.y - from.y)};
	int first, last;

	if (!pixels_between(fmin(from.x, to.x) - nib.reach, fmax(from.x, to.x) + nib.reach,
		    line->width, &first, &last) ||
		!pixels_between(fmin(from.y, to.y) - nib.reach, fmax(from.y, to.y) + nib.reach,
			line->height, &first, &last))
		return;
	if (segment.length > 0)
		segment.direction = (struct point){
			(to.x - from.x) / segment.length, (to.y - from.y) / segment.length};
	for (int row = first; row <= last; row++)
		draw_row(line, &segment, &nib, row);
}

void round_line_add_ring(
	struct round_line *line, struct point centre, double radius_px, double width_px)
{
	struct nib nib = make_nib(width_px);
	double reach = radius_px + nib.reach;
	int first, last, top, end;

	if (!pixels_between(centre.x - reach, centre.x + reach, line->width, &first, &last) ||
		!pixels_between(centre.y - reach, centre.y + reach, line->height, &top, &end))
		return;
	for (int row = top; row <= end; row++) {
		uint8_t *at = mark_row(line, row, first, last);

		for (int x = first; x <= last; x++) {
			double off = fabs(hypot(x + 0.5 - centre.x, row + 0.5 - centre.y) - radius_px);

			if (off < nib.reach)
				keep_larger(at + x, share_at(&nib, off));
		}
	}
}

void round_line_emit(struct round_line *line, struct span_sink sink)
{
	for (int row = line->first_row; row <= line->last_row; row++) {
		const struct round_line_row *marked = line->rows + row;
		uint8_t *at = line->coverage + (size_t)row * (size_t)line->width + marked->first;
		int count = marked->last - marked->first + 1;

		if (count <= 0)
			continue;
		sink.cover(sink.context, marked->first, row, count, at);
		memset(at, 0, (size_t)count);
	}
	forget_rows(line);
}
