#include "tests/tiles/paths.h"

#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 1000, RINGS_MAX = 100 };

void path_read(struct clip_path *path, const char *text)
{
	int32_t xy[2 * POINTS_MAX];
	size_t count = 0;

	while (*text) {
		char *end = NULL;

		if (count == POINTS_MAX)
			abort();
		xy[2 * count] = (int32_t)strtol(text, &end, 10);
		xy[2 * count + 1] = (int32_t)strtol(end, &end, 10);
		count++;
		if (*end != ',') {
			clip_path_add(path, xy, count);
			count = 0;
		}
		text = end + (*end != '\0');
	}
}

/* A ring, the point that it is printed from, and the ring that it lies in. */
struct ring {
	const int32_t *xy;
	size_t count, first;
	const struct ring *outer;
	bool is_hole;
};

static bool is_lower(const int32_t *a, const int32_t *b)
{
	return a[1] < b[1] || (a[1] == b[1] && a[0] < b[0]);
}

static int compare_points(const int32_t *a, const int32_t *b)
{
	return is_lower(b, a) - is_lower(a, b);
}

static int by_place(const void *a, const void *b)
{
	const struct ring *left = *(const struct ring *const *)a;
	const struct ring *right = *(const struct ring *const *)b;
	int order = compare_points(left->outer->xy + 2 * left->outer->first,
		right->outer->xy + 2 * right->outer->first);

	if (!order)
		order = left->is_hole - right->is_hole;
	return order ? order
		     : compare_points(left->xy + 2 * left->first, right->xy + 2 * right->first);
}

static void print_points(struct strbuf *out, const struct ring *ring)
{
	strbuf_add_text(out, out->len ? "; " : "");
	strbuf_add_text(out, ring->is_hole ? "hole " : "");
	for (size_t i = 0; i < ring->count; i++) {
		const int32_t *at = ring->xy + 2 * ((ring->first + i) % ring->count);

		strbuf_add_format(out, "%s%d %d", i ? ", " : "", (int)at[0], (int)at[1]);
	}
}

void path_print(struct strbuf *out, const struct clip_path *path, bool rings)
{
	struct ring all[RINGS_MAX];
	const struct ring *sorted[RINGS_MAX];
	size_t outer = 0;

	if (path->ring_count > RINGS_MAX)
		abort();
	for (size_t i = 0; i < path->ring_count; i++) {
		size_t start = clip_path_start(path, i);
		struct ring *ring = &all[i];

		*ring = (struct ring){.xy = path->xy + 2 * start, .count = path->ends[i] - start};
		sorted[i] = ring;
		for (size_t k = 1; rings && k < ring->count; k++)
			if (is_lower(ring->xy + 2 * k, ring->xy + 2 * ring->first))
				ring->first = k;
		ring->is_hole = rings && clip_ring_area2(ring->xy, ring->count) < 0;
		outer = ring->is_hole ? outer : i;
		ring->outer = &all[outer];
	}
	if (rings && path->ring_count)
		qsort(sorted, path->ring_count, sizeof *sorted, by_place);
	for (size_t i = 0; i < path->ring_count; i++)
		print_points(out, sorted[i]);
}
