#include "tiles/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/banned.h"
#include "tiles/snapshot.h"

/*
 * The head: the lowest bit says that points take two words, the next that there are several rings;
 * the others count the points, or the rings. A word of a ring counts its points, its highest bit says
 * that it is a hole.
 */
enum { HEAD_WIDE = 1, HEAD_RINGS = 2, HEAD_BITS = 2 };

void outline_clear(struct outline *outline)
{
	free(outline->rings);
	free(outline->xy);
	*outline = (struct outline){0};
}

bool outline_reserve(struct outline *outline, size_t rings, size_t points)
{
	void *ring_array = outline->rings, *xy = outline->xy;
	bool enough = array_reserve(&ring_array, &outline->ring_room, rings, sizeof *outline->rings);

	outline->rings = ring_array;
	enough = enough && array_reserve(&xy, &outline->point_room, points, 2 * sizeof *outline->xy);
	outline->xy = xy;
	outline->ring_count = 0;
	outline->point_count = 0;
	return enough;
}

size_t outline_count_points(const uint32_t *words)
{
	uint32_t head = words[0], rings = head >> HEAD_BITS;
	size_t points = 0;

	if (!(head & HEAD_RINGS))
		return rings;
	for (uint32_t i = 0; i < rings; i++)
		points += words[1 + i] & ~outline_hole;
	return points;
}

size_t outline_length(const uint32_t *words)
{
	uint32_t head = words[0], rings = head & HEAD_RINGS ? head >> HEAD_BITS : 0;

	return 1 + rings + outline_count_points(words) * (head & HEAD_WIDE ? 2 : 1);
}

struct outline_words outline_at(const uint32_t *words, size_t *ret_points)
{
	uint32_t head = words[0], count = head >> HEAD_BITS;
	bool has_rings = head & HEAD_RINGS;

	*ret_points = outline_count_points(words);
	return (struct outline_words){
		.rings = has_rings ? words + 1 : NULL,
		.points = words + 1 + (has_rings ? count : 0),
		.ring_count = has_rings ? count : 1,
		.is_wide = head & HEAD_WIDE,
	};
}

static void read_points(
	const struct outline_words *lying, const struct tile_box *box, struct outline *outline)
{
	const uint32_t *words = lying->points;
	int32_t *xy = outline->xy;
	uint32_t x = (uint32_t)box->min_x, y = (uint32_t)box->min_y;

	if (lying->is_wide) {
		for (size_t i = 0; i < outline->point_count; i++, words += 2) {
			xy[2 * i] = (int32_t)(x + words[0]);
			xy[2 * i + 1] = (int32_t)(y + words[1]);
		}
		return;
	}
	for (size_t i = 0; i < outline->point_count; i++) {
		xy[2 * i] = (int32_t)(x + (words[i] & OUTLINE_NARROW_MAX));
		xy[2 * i + 1] = (int32_t)(y + (words[i] >> 16));
	}
}

bool outline_read(const struct snapshot *snapshot, size_t item, struct outline *outline)
{
	size_t points;
	struct outline_words lying =
		outline_at(snapshot->shapes + snapshot->records[item].shape_at, &points);
	uint32_t first = 0;

	if (!outline_reserve(outline, lying.ring_count, points))
		return false;
	outline->ring_count = lying.ring_count;
	outline->point_count = points;
	for (uint32_t i = 0; i < lying.ring_count; i++) {
		uint32_t ring = lying.rings ? lying.rings[i] : (uint32_t)points;

		outline->rings[i] = (struct snapshot_ring){
			first, ring & ~outline_hole, (ring & outline_hole) != 0};
		first += ring & ~outline_hole;
	}
	read_points(&lying, &snapshot->tree.boxes[item], outline);
	return true;
}

struct tile_box outline_box(const struct outline *outline)
{
	struct tile_box box = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
	const int32_t *xy = outline->xy;

	for (size_t i = 0; i < outline->point_count; i++, xy += 2) {
		box.min_x = xy[0] < box.min_x ? xy[0] : box.min_x;
		box.max_x = xy[0] > box.max_x ? xy[0] : box.max_x;
		box.min_y = xy[1] < box.min_y ? xy[1] : box.min_y;
		box.max_y = xy[1] > box.max_y ? xy[1] : box.max_y;
	}
	return box;
}

static bool is_wide(const struct tile_box *box)
{
	return (int64_t)box->max_x - box->min_x > OUTLINE_NARROW_MAX ||
		(int64_t)box->max_y - box->min_y > OUTLINE_NARROW_MAX;
}

/* One ring that is no hole needs no word of its own. */
static bool has_ring_words(const struct outline *outline)
{
	return outline->ring_count != 1 || outline->rings[0].hole;
}

size_t outline_words(const struct outline *outline, const struct tile_box *box)
{
	return 1 + (has_ring_words(outline) ? outline->ring_count : 0) +
		outline->point_count * (is_wide(box) ? 2 : 1);
}

void outline_write(const struct outline *outline, const struct tile_box *box, uint32_t *words)
{
	bool wide = is_wide(box), rings = has_ring_words(outline);
	uint32_t count = rings ? outline->ring_count : outline->rings[0].point_count;

	*words++ = count << HEAD_BITS | (rings ? HEAD_RINGS : 0) | (wide ? HEAD_WIDE : 0);
	for (uint32_t i = 0; rings && i < count; i++)
		*words++ = outline->rings[i].point_count | (outline->rings[i].hole ? outline_hole : 0);
	for (size_t i = 0; i < outline->point_count; i++) {
		uint32_t x = (uint32_t)outline->xy[2 * i] - (uint32_t)box->min_x;
		uint32_t y = (uint32_t)outline->xy[2 * i + 1] - (uint32_t)box->min_y;

		if (wide) {
			*words++ = x;
			*words++ = y;
		} else {
			*words++ = x | y << 16;
		}
	}
}

/* The points are within the box, so no sum of theirs overflows. */
static bool are_within(const uint32_t *words, size_t points, bool wide, const struct tile_box *box)
{
	uint32_t width = (uint32_t)box->max_x - (uint32_t)box->min_x;
	uint32_t height = (uint32_t)box->max_y - (uint32_t)box->min_y;

	for (size_t i = 0; i < points; i++) {
		uint32_t x = wide ? words[2 * i] : words[i] & OUTLINE_NARROW_MAX;
		uint32_t y = wide ? words[2 * i + 1] : words[i] >> 16;

		if (x > width || y > height)
			return false;
	}
	return true;
}

bool outline_check(const uint32_t *words, size_t count, const struct tile_box *box,
	enum geometry_kind kind, size_t *ret_used)
{
	uint32_t head, number;
	size_t points = 0, ring_words;

	if (!count || box->min_x > box->max_x || box->min_y > box->max_y)
		return false;
	head = words[0];
	number = head >> HEAD_BITS;
	ring_words = head & HEAD_RINGS ? number : 0;
	if (!number || ring_words > count - 1 ||
		(kind == GEOMETRY_AREA && ring_words && words[1] & outline_hole))
		return false;
	for (size_t i = 0; i < ring_words; i++) {
		if (!(words[1 + i] & ~outline_hole))
			return false;
		points += words[1 + i] & ~outline_hole;
	}
	if (!ring_words)
		points = number;
	*ret_used = 1 + ring_words + points * (head & HEAD_WIDE ? 2 : 1);
	return *ret_used <= count &&
		are_within(words + 1 + ring_words, points, head & HEAD_WIDE, box);
}
