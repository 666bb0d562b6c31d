#include "tiles/anchor.h"

#include <math.h>

#include "base/banned.h"
#include "tiles/clip.h"

enum {
	CROSSINGS_MAX = 256, /* of a level line with the rings; a coast has fewer in its middle */
	SPACING_PX = 400,    /* between the labels of a line */
};

static const double straightness = 0.35; /* how far a line may leave its chord, in heights */

/* The part with the largest outer ring: its first ring and how many it has. */
static bool largest_part(
	const struct outline *outline, uint32_t *ret_first, uint32_t *ret_count)
{
	int64_t largest = 0;

	for (uint32_t i = 0; i < outline->ring_count; i++) {
		const struct snapshot_ring *ring = &outline->rings[i];
		int64_t area2;
		uint32_t end = i + 1;

		if (ring->hole)
			continue;
		area2 = clip_ring_area2(outline_points(outline, i), ring->point_count);
		if (area2 <= largest)
			continue;
		while (end < outline->ring_count && outline->rings[end].hole)
			end++;
		largest = area2;
		*ret_first = i;
		*ret_count = end - i;
	}
	return largest > 0;
}

/* Where the rings cross the level y, in no order. */
static size_t crossings_at(const struct outline *outline, uint32_t first, uint32_t count,
	double y, double crossings[CROSSINGS_MAX])
{
	size_t found = 0;

	for (uint32_t r = first; r < first + count; r++) {
		const struct snapshot_ring *ring = &outline->rings[r];
		const int32_t *xy = outline_points(outline, r);

		for (uint32_t i = 0, j = ring->point_count - 1; i < ring->point_count; j = i++) {
			double y0 = xy[2 * j + 1], y1 = xy[2 * i + 1];

			if ((y0 > y) == (y1 > y) || found == CROSSINGS_MAX)
				continue;
			crossings[found++] =
				xy[2 * j] + (y - y0) / (y1 - y0) * ((double)xy[2 * i] - xy[2 * j]);
		}
	}
	return found;
}

static void sort(double *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		double number = numbers[i];
		size_t at = i;

		for (; at && numbers[at - 1] > number; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = number;
	}
}

bool anchor_of_area(const struct outline *outline, const struct pixel_grid *grid,
	struct anchor *ret_anchor)
{
	/* A level through the very middle would run along many an edge. */
	static const double levels[] = {0.5 + 1e-6, 0.38, 0.62};
	double crossings[CROSSINGS_MAX], widest = 0, low = INFINITY, high = -INFINITY;
	struct anchor best = {0};
	uint32_t first, count;

	if (!largest_part(outline, &first, &count))
		return false;
	for (uint32_t i = 0; i < outline->rings[first].point_count; i++) {
		double y = outline_points(outline, first)[2 * (size_t)i + 1];

		low = fmin(low, y);
		high = fmax(high, y);
	}
	for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++) {
		double y = low + levels[l] * (high - low);
		size_t found = crossings_at(outline, first, count, y, crossings);

		sort(crossings, found);
		for (size_t i = 0; i + 1 < found; i += 2) {
			double width = crossings[i + 1] - crossings[i];

			/* The middle goes before others that are only a little wider. */
			if (width <= widest * (l ? 1.5 : 1))
				continue;
			widest = width;
			best.x = grid->origin_x +
				(crossings[i] + crossings[i + 1]) / 2 * grid->px_a_unit;
			best.y = grid->origin_y + y * grid->px_a_unit;
			best.width_px = width * grid->px_a_unit;
		}
	}
	*ret_anchor = best;
	return widest > 0;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double distance(double dx, double dy)
{
	return sqrt(dx * dx + dy * dy);
}

/* A line in pixels, walked by length. */
struct walk {
	const int32_t *xy;
	uint32_t count;
	const struct pixel_grid *grid;
};

static void point_of(const struct walk *walk, uint32_t i, double *x, double *y)
{
	*x = walk->grid->origin_x + walk->xy[2 * (size_t)i] * walk->grid->px_a_unit;
	*y = walk->grid->origin_y + walk->xy[2 * (size_t)i + 1] * walk->grid->px_a_unit;
}

static double length_of(const struct walk *walk)
{
	double length = 0, x0, y0, x1, y1;

	point_of(walk, 0, &x0, &y0);
	for (uint32_t i = 1; i < walk->count; i++) {
		point_of(walk, i, &x1, &y1);
		length += distance(x1 - x0, y1 - y0);
		x0 = x1;
		y0 = y1;
	}
	return length;
}

/* The point at a distance along the line, and the number of the point behind it. */
static uint32_t point_at(const struct walk *walk, double so_far, double *ret_x, double *ret_y)
{
	double x0, y0, x1 = 0, y1 = 0;
	uint32_t i = 1;

	point_of(walk, 0, &x0, &y0);
	for (; i < walk->count; i++) {
		double step;

		point_of(walk, i, &x1, &y1);
		step = distance(x1 - x0, y1 - y0);
		if (so_far <= step || i + 1 == walk->count) {
			double share = step > 0 && so_far < step ? so_far / step : step > 0;

			*ret_x = x0 + share * (x1 - x0);
			*ret_y = y0 + share * (y1 - y0);
			return i;
		}
		so_far -= step;
		x0 = x1;
		y0 = y1;
	}
	*ret_x = x0;
	*ret_y = y0;
	return walk->count;
}

/* An anchor in the middle of a stretch, if the line stays near its chord there. */
static bool anchor_at(const struct walk *walk, double middle, double width_px, double height_px,
	struct anchor *ret_anchor)
{
	double ax, ay, bx, by, chord;
	uint32_t from = point_at(walk, middle - width_px / 2, &ax, &ay);
	uint32_t to = point_at(walk, middle + width_px / 2, &bx, &by);

	chord = distance(bx - ax, by - ay);
	if (chord < width_px * 0.9)
		return false;
	for (uint32_t i = from; i < to; i++) {
		double x, y;

		point_of(walk, i, &x, &y);
		if (fabs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / chord >
			height_px * straightness)
			return false;
	}
	*ret_anchor = (struct anchor){
		.x = (ax + bx) / 2, .y = (ay + by) / 2, .angle = atan2(by - ay, bx - ax)};
	if (ret_anchor->angle > M_PI / 2)
		ret_anchor->angle -= M_PI;
	else if (ret_anchor->angle <= -M_PI / 2)
		ret_anchor->angle += M_PI;
	return true;
}

/* Whether a point lies in the window, or as far outside as half the width of a label. */
static bool is_near(
	const struct walk *walk, double middle, double width_px, const double window[4])
{
	double x, y, far = width_px / 2 + 1;

	point_at(walk, middle, &x, &y);
	return x >= window[0] - far && y >= window[1] - far && x <= window[2] + far &&
	       y <= window[3] + far;
}

/* How many labels a line of that length has. */
static double places_of(double length)
{
	return larger(1, floor(length / SPACING_PX));
}

bool anchor_may_stand(const struct outline *outline, const struct pixel_grid *grid,
	double least_px, double most_px, const double window[4])
{
	for (uint32_t r = 0; r < outline->ring_count; r++) {
		const struct snapshot_ring *ring = &outline->rings[r];
		struct walk walk = {outline_points(outline, r), ring->point_count, grid};
		double length = length_of(&walk), places = places_of(length);

		for (double i = 0; length >= least_px && i < places; i++)
			if (is_near(&walk, length * (i + 0.5) / places, most_px, window))
				return true;
	}
	return false;
}

size_t anchors_of_line(const struct outline *outline, const struct pixel_grid *grid, double width_px, double height_px,
	const double window[4], struct anchor ret_anchors[ANCHORS_A_LINE_MAX])
{
	size_t found = 0;

	for (uint32_t r = 0; r < outline->ring_count; r++) {
		const struct snapshot_ring *ring = &outline->rings[r];
		struct walk walk = {outline_points(outline, r), ring->point_count, grid};
		double length = length_of(&walk), places = places_of(length);

		if (length < width_px * 1.1)
			continue;
		for (double i = 0; i < places && found < ANCHORS_A_LINE_MAX; i++) {
			struct anchor *anchor = &ret_anchors[found];
			double middle = length * (i + 0.5) / places;

			if (is_near(&walk, middle, width_px, window) &&
				anchor_at(&walk, middle, width_px, height_px, anchor) &&
				anchor->x >= window[0] && anchor->y >= window[1] &&
				anchor->x <= window[2] && anchor->y <= window[3])
				found++;
		}
	}
	return found;
}
