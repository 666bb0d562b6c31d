#include "tiles/dissolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/banned.h"
#include "base/cleanup.h"

enum {
	FIRST_SLOTS = 1024,
	BUCKET_BITS = 4,     /* points are looked for in squares of 16 units */
	SPLITS_MAX = 64,     /* corners on one edge */
	BUCKETS_MAX = 4096,  /* looked into for one edge: one that long has no neighbours missed */
};

/* A point in its square. */
struct bucket_item {
	uint64_t square;
	uint32_t point;
};

void dissolver_clear(struct dissolver *dissolver)
{
	free(dissolver->xy);
	free(dissolver->slots);
	free(dissolver->edges);
	free(dissolver->split);
	free(dissolver->buckets);
	free(dissolver->keys);
	free(dissolver->used);
	clip_path_clear(&dissolver->rings);
	clipper_clear(&dissolver->clipper);
	*dissolver = (struct dissolver){.failed = false};
}

void dissolver_reset(struct dissolver *dissolver)
{
	dissolver->point_count = dissolver->edge_count = dissolver->split_count = 0;
	if (dissolver->slots)
		memset(dissolver->slots, 0xFF, dissolver->slot_count * sizeof *dissolver->slots);
	dissolver->failed = false;
	clip_path_reset(&dissolver->rings);
}

/* The array with room for so many; want of memory sticks. */
static void *roomy(struct dissolver *dissolver, void *array, size_t *room, size_t need, size_t size)
{
	dissolver->failed |= !array_reserve(&array, room, need, size);
	return array;
}

/* --- points and edges ---------------------------------------------------------------------------- */

static size_t slot_of(const struct dissolver *dissolver, int32_t x, int32_t y)
{
	uint64_t hash = ((uint64_t)(uint32_t)x << 32 | (uint32_t)y) * UINT64_C(0x9E3779B97F4A7C15);
	size_t slot = (size_t)(hash >> 32) & (dissolver->slot_count - 1);

	while (dissolver->slots[slot] != UINT32_MAX) {
		const int32_t *at = dissolver->xy + 2 * (size_t)dissolver->slots[slot];

		if (at[0] == x && at[1] == y)
			break;
		slot = (slot + 1) & (dissolver->slot_count - 1);
	}
	return slot;
}

static void make_slots(struct dissolver *dissolver)
{
	size_t count = dissolver->slot_count ? dissolver->slot_count * 2 : FIRST_SLOTS;
	uint32_t *slots;

	if (dissolver->point_count * 2 < dissolver->slot_count)
		return;
	slots = malloc(count * sizeof *slots);
	if (!slots) {
		dissolver->failed = true;
		return;
	}
	memset(slots, 0xFF, count * sizeof *slots);
	free(dissolver->slots);
	dissolver->slots = slots;
	dissolver->slot_count = count;
	for (size_t i = 0; i < dissolver->point_count; i++)
		slots[slot_of(dissolver, dissolver->xy[2 * i], dissolver->xy[2 * i + 1])] =
			(uint32_t)i;
}

static uint32_t number_of(struct dissolver *dissolver, int32_t x, int32_t y)
{
	size_t slot;

	make_slots(dissolver);
	dissolver->xy = roomy(dissolver, dissolver->xy, &dissolver->point_room,
		dissolver->point_count + 1, 2 * sizeof *dissolver->xy);
	if (dissolver->failed)
		return 0;
	slot = slot_of(dissolver, x, y);
	if (dissolver->slots[slot] == UINT32_MAX) {
		dissolver->slots[slot] = (uint32_t)dissolver->point_count;
		dissolver->xy[2 * dissolver->point_count] = x;
		dissolver->xy[2 * dissolver->point_count++ + 1] = y;
	}
	return dissolver->slots[slot];
}

static void add_edge(struct dissolver *dissolver, uint32_t from, uint32_t to)
{
	if (from == to)
		return;
	dissolver->edges = roomy(dissolver, dissolver->edges, &dissolver->edge_room,
		dissolver->edge_count + 1, sizeof *dissolver->edges);
	if (dissolver->edge_count >= DISSOLVE_EDGES_MAX)
		dissolver->failed = true;
	if (!dissolver->failed)
		dissolver->edges[dissolver->edge_count++] = (struct dissolve_edge){from, to};
}

static int32_t rounded(int32_t value, int shift)
{
	return (int32_t)(((int64_t)value + (INT64_C(1) << (shift - 1))) >> shift);
}

void dissolver_add(struct dissolver *dissolver, const struct outline *outline, int shift)
{
	for (uint32_t ring = 0; ring < outline->ring_count; ring++) {
		const int32_t *xy = outline_points(outline, ring);
		uint32_t count = outline->rings[ring].point_count, first = 0, last = 0;

		for (uint32_t i = 0; i < count && !dissolver->failed; i++) {
			uint32_t point = number_of(
				dissolver, rounded(xy[2 * i], shift), rounded(xy[2 * i + 1], shift));

			if (i)
				add_edge(dissolver, last, point);
			else
				first = point;
			last = point;
		}
		add_edge(dissolver, last, first);
	}
}

/* --- what is inside goes ------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* An edge as a number whose lowest bit is its direction; the same edge either way stands together. */
static uint64_t key_of(const struct dissolve_edge *edge)
{
	bool turned = edge->from > edge->to;
	uint64_t low = turned ? edge->to : edge->from, high = turned ? edge->from : edge->to;

	return low << 33 | high << 1 | turned;
}

/* Leaves of each edge what is drawn one way more often than the other. */
static void cancel(struct dissolver *dissolver)
{
	size_t count = dissolver->edge_count, kept = 0;
	uint64_t *keys = roomy(
		dissolver, dissolver->keys, &dissolver->key_room, count, sizeof *keys);

	dissolver->keys = keys;
	if (dissolver->failed || !count)
		return;
	for (size_t i = 0; i < count; i++)
		keys[i] = key_of(&dissolver->edges[i]);
	qsort(keys, count, sizeof *keys, compare_keys);
	for (size_t i = 0; i < count;) {
		uint64_t edge = keys[i] >> 1;
		long surplus = 0;

		for (; i < count && keys[i] >> 1 == edge; i++)
			surplus += keys[i] & 1 ? -1 : 1;
		for (; surplus; surplus += surplus > 0 ? -1 : 1) {
			uint32_t low = (uint32_t)(edge >> 32), high = (uint32_t)edge;

			dissolver->edges[kept++] = surplus > 0 ? (struct dissolve_edge){low, high}
							       : (struct dissolve_edge){high, low};
		}
	}
	dissolver->edge_count = kept;
}

/* --- corners that lie on edges ------------------------------------------------------------------- */

static uint64_t square_of(int32_t x, int32_t y)
{
	return (uint64_t)(uint32_t)(y >> BUCKET_BITS) << 32 | (uint32_t)(x >> BUCKET_BITS);
}

static int compare_items(const void *a, const void *b)
{
	const struct bucket_item *left = a, *right = b;

	if (left->square != right->square)
		return left->square < right->square ? -1 : 1;
	return (left->point > right->point) - (left->point < right->point);
}

/* Sorts the points of the edges that remain by their squares; how many there are. */
static size_t fill_buckets(struct dissolver *dissolver)
{
	size_t count = 0;

	dissolver->buckets = roomy(dissolver, dissolver->buckets, &dissolver->bucket_room,
		dissolver->edge_count, sizeof *dissolver->buckets);
	if (dissolver->failed)
		return 0;
	/* What remains is closed: every corner is where an edge begins. */
	for (size_t i = 0; i < dissolver->edge_count; i++) {
		uint32_t point = dissolver->edges[i].from;
		const int32_t *at = dissolver->xy + 2 * (size_t)point;

		dissolver->buckets[count++] =
			(struct bucket_item){square_of(at[0], at[1]), point};
	}
	if (count)
		qsort(dissolver->buckets, count, sizeof *dissolver->buckets, compare_items);
	return count;
}

/* The first item of a square, or of those behind. */
static size_t first_of(const struct dissolver *dissolver, size_t count, uint64_t square)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (dissolver->buckets[middle].square < square)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Corners on an edge, by how far along they are. */
struct splits {
	struct {
		int64_t along;
		uint32_t point;
	} at[SPLITS_MAX];
	size_t count;
};

static void note_split(struct splits *splits, int64_t along, uint32_t point)
{
	size_t at = splits->count;

	for (size_t i = 0; i < splits->count; i++)
		if (splits->at[i].point == point)
			return;
	if (splits->count == SPLITS_MAX)
		return;
	for (; at && splits->at[at - 1].along > along; at--)
		splits->at[at] = splits->at[at - 1];
	splits->at[at].along = along;
	splits->at[at].point = point;
	splits->count++;
}

/* Whether a point lies within half a unit's diagonal of the edge, between its ends. */
static void look_at(const struct dissolver *dissolver, const struct dissolve_edge *edge,
	uint32_t point, struct splits *splits)
{
	const int32_t *a = dissolver->xy + 2 * (size_t)edge->from;
	const int32_t *b = dissolver->xy + 2 * (size_t)edge->to;
	const int32_t *p = dissolver->xy + 2 * (size_t)point;
	int64_t ex = (int64_t)b[0] - a[0], ey = (int64_t)b[1] - a[1];
	int64_t px = (int64_t)p[0] - a[0], py = (int64_t)p[1] - a[1];
	int64_t length2 = ex * ex + ey * ey, along = ex * px + ey * py;
	double across = (double)(ex * py - ey * px);

	if (point == edge->from || point == edge->to || along <= 0 || along >= length2 ||
		2 * across * across > (double)length2)
		return;
	note_split(splits, along, point);
}

static void find_splits(const struct dissolver *dissolver, size_t bucket_count,
	const struct dissolve_edge *edge, struct splits *splits)
{
	const int32_t *a = dissolver->xy + 2 * (size_t)edge->from;
	const int32_t *b = dissolver->xy + 2 * (size_t)edge->to;
	int32_t min_x = (a[0] < b[0] ? a[0] : b[0]) - 1, max_x = (a[0] > b[0] ? a[0] : b[0]) + 1;
	int32_t min_y = (a[1] < b[1] ? a[1] : b[1]) - 1, max_y = (a[1] > b[1] ? a[1] : b[1]) + 1;
	int64_t wide = (max_x >> BUCKET_BITS) - (min_x >> BUCKET_BITS) + 1;
	int64_t high = (max_y >> BUCKET_BITS) - (min_y >> BUCKET_BITS) + 1;

	splits->count = 0;
	if (wide * high > BUCKETS_MAX)
		return;
	for (int32_t y = min_y >> BUCKET_BITS; y <= max_y >> BUCKET_BITS; y++)
		for (int32_t x = min_x >> BUCKET_BITS; x <= max_x >> BUCKET_BITS; x++) {
			uint64_t square = (uint64_t)(uint32_t)y << 32 | (uint32_t)x;

			for (size_t i = first_of(dissolver, bucket_count, square);
				i < bucket_count && dissolver->buckets[i].square == square; i++)
				look_at(dissolver, edge, dissolver->buckets[i].point, splits);
		}
}

static void add_split(struct dissolver *dissolver, uint32_t from, uint32_t to)
{
	dissolver->split = roomy(dissolver, dissolver->split, &dissolver->split_room,
		dissolver->split_count + 1, sizeof *dissolver->split);
	if (!dissolver->failed)
		dissolver->split[dissolver->split_count++] = (struct dissolve_edge){from, to};
}

/* Splits the edges at the corners that lie on them. */
static void split_edges(struct dissolver *dissolver)
{
	size_t bucket_count = fill_buckets(dissolver);
	struct dissolve_edge *edges = dissolver->edges;
	size_t room = dissolver->edge_room;
	struct splits splits;

	for (size_t i = 0; i < dissolver->edge_count && !dissolver->failed; i++) {
		uint32_t from = edges[i].from;

		find_splits(dissolver, bucket_count, &edges[i], &splits);
		for (size_t k = 0; k < splits.count; k++) {
			add_split(dissolver, from, splits.at[k].point);
			from = splits.at[k].point;
		}
		add_split(dissolver, from, edges[i].to);
	}
	if (dissolver->failed)
		return;
	dissolver->edges = dissolver->split;
	dissolver->edge_room = dissolver->split_room;
	dissolver->edge_count = dissolver->split_count;
	dissolver->split = edges;
	dissolver->split_room = room;
}

/* --- rings --------------------------------------------------------------------------------------- */

static int64_t cross(const struct dissolver *dissolver, const struct dissolve_edge *one,
	const struct dissolve_edge *other)
{
	const int32_t *xy = dissolver->xy;
	const int32_t *a = xy + 2 * (size_t)one->from, *b = xy + 2 * (size_t)one->to;
	const int32_t *c = xy + 2 * (size_t)other->from, *d = xy + 2 * (size_t)other->to;

	return ((int64_t)b[0] - a[0]) * ((int64_t)d[1] - c[1]) -
		((int64_t)b[1] - a[1]) * ((int64_t)d[0] - c[0]);
}

/* Whether after `came` the one turns more to the inner side, from x to y, than the other. */
static bool turns_more(const struct dissolver *dissolver, const struct dissolve_edge *came,
	const struct dissolve_edge *one, const struct dissolve_edge *other)
{
	bool one_in = cross(dissolver, came, one) > 0, other_in = cross(dissolver, came, other) > 0;

	if (one_in != other_in)
		return one_in;
	return cross(dissolver, other, one) > 0;
}

static int compare_edges(const void *a, const void *b)
{
	const struct dissolve_edge *left = a, *right = b;

	if (left->from != right->from)
		return left->from < right->from ? -1 : 1;
	return (left->to > right->to) - (left->to < right->to);
}

static size_t first_from(const struct dissolver *dissolver, uint32_t point)
{
	size_t low = 0, high = dissolver->edge_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (dissolver->edges[middle].from < point)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The edge that goes on behind one; edge_count if all are used. */
static size_t next_of(const struct dissolver *dissolver, size_t came)
{
	const struct dissolve_edge *edges = dissolver->edges;
	size_t best = dissolver->edge_count;

	for (size_t i = first_from(dissolver, edges[came].to);
		i < dissolver->edge_count && edges[i].from == edges[came].to; i++)
		if (!dissolver->used[i] &&
			(best == dissolver->edge_count ||
				turns_more(dissolver, &edges[came], &edges[i], &edges[best])))
			best = i;
	return best;
}

/* Whether b lies on the way from a to c. */
static bool is_between(const int32_t *a, const int32_t *b, const int32_t *c)
{
	int64_t x0 = (int64_t)b[0] - a[0], y0 = (int64_t)b[1] - a[1];
	int64_t x1 = (int64_t)c[0] - b[0], y1 = (int64_t)c[1] - b[1];

	return x0 * y1 == y0 * x1 && x0 * x1 + y0 * y1 > 0;
}

/* Takes out of a ring the points that lie on the way; how many are left. */
static size_t straighten(int32_t *xy, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const int32_t *before = kept ? xy + 2 * (kept - 1) : xy + 2 * (count - 1);
		const int32_t *behind = xy + 2 * ((i + 1) % count);

		if (i + 1 == count && kept)
			behind = xy;
		if (is_between(before, xy + 2 * i, behind))
			continue;
		xy[2 * kept] = xy[2 * i];
		xy[2 * kept++ + 1] = xy[2 * i + 1];
	}
	return kept;
}

/* Walks a ring from an edge on, and adds it. */
static void walk_ring(struct dissolver *dissolver, size_t start, struct clip_path *ring)
{
	clip_path_reset(ring);
	for (size_t at = start; at != dissolver->edge_count && !dissolver->used[at];
		at = next_of(dissolver, at)) {
		dissolver->used[at] = true;
		clip_path_add(ring, dissolver->xy + 2 * (size_t)dissolver->edges[at].from, 1);
		/* Back where it began: what touches here is another ring. */
		if (dissolver->edges[at].to == dissolver->edges[start].from)
			break;
	}
	if (ring->failed)
		dissolver->failed = true;
	else
		clip_path_add(&dissolver->rings, ring->xy,
			straighten(ring->xy, ring->point_count));
}

static void gather_rings(struct dissolver *dissolver)
{
	autofree(clip_path_clear) struct clip_path ring = {0};

	dissolver->used = roomy(dissolver, dissolver->used, &dissolver->used_room,
		dissolver->edge_count + 1, sizeof *dissolver->used);
	if (dissolver->failed || !dissolver->edge_count)
		return;
	memset(dissolver->used, 0, dissolver->edge_count * sizeof *dissolver->used);
	qsort(dissolver->edges, dissolver->edge_count, sizeof *dissolver->edges, compare_edges);
	for (size_t i = 0; i < dissolver->edge_count && !dissolver->failed; i++)
		if (!dissolver->used[i])
			walk_ring(dissolver, i, &ring);
}

bool dissolver_finish(struct dissolver *dissolver, struct clip_path *out)
{
	cancel(dissolver);
	split_edges(dissolver);
	cancel(dissolver);
	gather_rings(dissolver);
	if (!dissolver->failed)
		clip_arrange(&dissolver->clipper, &dissolver->rings, out);
	return !dissolver->failed && !dissolver->rings.failed && !out->failed;
}
