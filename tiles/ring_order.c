#include "tiles/ring_order.h"

#include <stdlib.h>

/* A ring, where it shall begin, and the corner that its polygon begins with. */
struct place {
	int32_t polygon_x, polygon_y, x, y;
	uint32_t polygon, ring, first;
	bool is_hole;
};

static bool is_before(const int32_t *a, const int32_t *b)
{
	return a[1] != b[1] ? a[1] < b[1] : a[0] < b[0];
}

static uint32_t first_corner(const int32_t *xy, size_t count)
{
	uint32_t first = 0;

	for (uint32_t i = 1; i < count; i++)
		if (is_before(xy + 2 * (size_t)i, xy + 2 * (size_t)first))
			first = i;
	return first;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;
	const int differences[] = {compare_numbers(left->polygon_y, right->polygon_y),
		compare_numbers(left->polygon_x, right->polygon_x),
		compare_numbers(left->polygon, right->polygon),
		compare_numbers(left->is_hole, right->is_hole), compare_numbers(left->y, right->y),
		compare_numbers(left->x, right->x), compare_numbers(left->ring, right->ring)};

	for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++)
		if (differences[i])
			return differences[i];
	return 0;
}

static void fill(const struct clip_path *rings, struct place *places)
{
	const struct place *outer = NULL;
	uint32_t polygon = 0;

	for (uint32_t i = 0; i < rings->ring_count; i++) {
		size_t start = clip_path_start(rings, i), count = rings->ends[i] - start;
		const int32_t *xy = rings->xy + 2 * start;
		uint32_t first = first_corner(xy, count);
		struct place place = {.x = xy[2 * (size_t)first], .y = xy[2 * (size_t)first + 1],
			.ring = i, .first = first,
			.is_hole = outer && clip_ring_area2(xy, count) < 0};

		if (!place.is_hole) {
			outer = &places[i];
			polygon++;
		}
		place.polygon = polygon;
		places[i] = place;
		places[i].polygon_x = outer->x;
		places[i].polygon_y = outer->y;
	}
}

bool ring_order(const struct clip_path *rings, struct clip_path *out)
{
	struct place *places = calloc(rings->ring_count + 1, sizeof *places);

	if (!places)
		return false;
	fill(rings, places);
	qsort(places, rings->ring_count, sizeof *places, compare_places);
	for (size_t i = 0; i < rings->ring_count; i++) {
		size_t start = clip_path_start(rings, places[i].ring);
		size_t count = rings->ends[places[i].ring] - start, first = places[i].first;

		clip_path_add(out, rings->xy + 2 * (start + first), count - first);
		/* What was before the first corner stands behind. */
		clip_path_extend(out, rings->xy + 2 * start, first);
	}
	free(places);
	return !out->failed;
}
