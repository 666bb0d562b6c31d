/*
 * outline: the rings, lines or points of a record, as snapshots keep them and as they are drawn.
 *
 * Outlines are without their closing point, outer rings turn clockwise on the map and holes the
 * other way, each hole behind its outer ring. In a snapshot an outline is words of 32 bits: a head,
 * for several rings a word for each, then the points, from the corner of the record's box: one word
 * each where 16 bits suffice (78 m), else two.
 */
#ifndef TILES_OUTLINE_H
#define TILES_OUTLINE_H

#include <stdbool.h>

#include "data/layer.h"
#include "tiles/hilbert_tree.h"

struct snapshot;

struct snapshot_ring {
	uint32_t first_point;
	uint32_t point_count;
	bool hole;
};

/* Room for one after the other. Zero is empty. */
struct outline {
	struct snapshot_ring *rings; /* heap */
	int32_t *xy;		     /* heap: pairs */
	uint32_t ring_count;
	size_t point_count;
	size_t ring_room, point_room;
};
void outline_clear(struct outline *outline);

/* Makes it empty, with room for so many; false without memory. */
bool outline_reserve(struct outline *outline, size_t rings, size_t points);

/* Reads that of a record. False without memory. */
bool outline_read(const struct snapshot *snapshot, size_t item, struct outline *outline);

/* An outline as it lies in a snapshot. */
struct outline_words {
	const uint32_t *rings;	/* NULL: one ring, which is no hole */
	const uint32_t *points; /* two words each if it is wide */
	uint32_t ring_count;
	bool is_wide;
};
enum { OUTLINE_NARROW_MAX = UINT16_MAX };
static const uint32_t outline_hole = UINT32_C(1) << 31; /* in the word of a ring */

/* Where the outline of a record lies, and how many points it has. */
struct outline_words outline_at(const uint32_t *words, size_t *ret_points);

/* The points of a ring. */
static inline const int32_t *outline_points(const struct outline *outline, uint32_t ring)
{
	return outline->xy + 2 * (size_t)outline->rings[ring].first_point;
}

struct tile_box outline_box(const struct outline *outline);

/* How many words it takes, and writes them; `box` is its own. */
size_t outline_words(const struct outline *outline, const struct tile_box *box);
void outline_write(const struct outline *outline, const struct tile_box *box, uint32_t *words);

/* How many points the outline at `words` has, and how many words. */
size_t outline_count_points(const uint32_t *words);
size_t outline_length(const uint32_t *words);

/*
 * Whether `count` words from `words` on hold a whole outline of that kind in that box, and how many
 * of them it takes; for what comes from a file.
 */
bool outline_check(const uint32_t *words, size_t count, const struct tile_box *box,
	enum geometry_kind kind, size_t *ret_used);

#endif
