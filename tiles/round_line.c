#include "tiles/round_line.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"

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
	double reach; /* px from the middle of the line, beyond which no pixel is covered */
	double most;  /* of 255, in the middle */
};

static struct nib make_nib(double width_px)
{
	return (struct nib){width_px / 2 + 0.5, 255 * smaller(width_px, 1)};
}

/* At a distance below the reach. */
static uint8_t share_at(const struct nib *nib, double distance)
{
	return (uint8_t)(smaller((nib->reach - distance) * 255, nib->most) + 0.5);
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
static inline bool pixels_between(double least, double most, int limit, int *ret_first, int *ret_last)
{
	if (!(most >= 0.5 && least <= limit - 0.5))
		return false;
	*ret_first = least <= 0.5 ? 0 : (int)(least - 0.5);
	*ret_first += *ret_first + 0.5 < least;
	*ret_last = most >= limit - 0.5 ? limit - 1 : (int)(most - 0.5);
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

/* A segment, and the band of all that is within the pen's reach beside it. */
struct segment {
	struct point from, direction; /* of length 1 */
	double length;
	double least, most; /* how far the pen reaches across the picture */
	double x_a_row;	    /* how far the middle of the band moves from one row to the next */
	double half;	    /* of its width in a row; infinite if it lies level */
};

static struct segment make_segment(struct point from, struct point to, double reach)
{
	double dx = to.x - from.x, dy = to.y - from.y, length = sqrt(dx * dx + dy * dy);
	struct segment segment = {.from = from,
		.direction = {1, 0},
		.length = length,
		.least = smaller(from.x, to.x) - reach,
		.most = larger(from.x, to.x) + reach,
		.half = INFINITY};

	if (length > 0)
		segment.direction = (struct point){dx / length, dy / length};
	if (fabs(segment.direction.y) > 1e-6) {
		segment.x_a_row = dx / dy;
		segment.half = reach / fabs(segment.direction.y);
	}
	return segment;
}

/* Draws the pixels of a row. */
static inline void draw_row(
	struct round_line *line, const struct segment *segment, const struct nib *nib, int row)
{
	struct point d = segment->direction;
	double up = row + 0.5 - segment->from.y, right;
	double middle = segment->from.x + up * segment->x_a_row, along, across;
	int first, last;
	uint8_t *at;

	if (!pixels_between(larger(segment->least, middle - segment->half),
		    smaller(segment->most, middle + segment->half), line->width, &first, &last))
		return;
	at = mark_row(line, row, first, last);
	right = first + 0.5 - segment->from.x;
	along = d.x * right + d.y * up;
	across = d.x * up - d.y * right;
	for (int x = first; x <= last; x++, along += d.x, across -= d.y) {
		double distance = fabs(across), beyond = 0;

		if (along < 0)
			beyond = along;
		else if (along > segment->length)
			beyond = along - segment->length;
		if (beyond != 0)
			distance = sqrt(across * across + beyond * beyond);
		if (distance < nib->reach)
			keep_larger(at + x, share_at(nib, distance));
	}
}

void round_line_add(struct round_line *line, struct point from, struct point to, double width_px)
{
	struct nib nib = make_nib(width_px);
	struct segment segment;
	int first, last;

	if (!pixels_between(smaller(from.y, to.y) - nib.reach, larger(from.y, to.y) + nib.reach,
		    line->height, &first, &last))
		return;
	segment = make_segment(from, to, nib.reach);
	if (segment.most < 0 || segment.least > line->width)
		return;
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
			double dx = x + 0.5 - centre.x, dy = row + 0.5 - centre.y;
			double off = fabs(sqrt(dx * dx + dy * dy) - radius_px);

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
