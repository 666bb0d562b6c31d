/*
 * made_snapshot: a snapshot put together by hand, for shapes that no register would give.
 *
 *	struct made_snapshot made = made_snapshot_begin(&layer);
 *	made_snapshot_add(&made, &path);		once a record
 *	snapshot = made_snapshot_finish(&made);
 *	snapshot_free(snapshot);
 */
#ifndef TESTS_TILES_MADE_SNAPSHOT_H
#define TESTS_TILES_MADE_SNAPSHOT_H

#include "tiles/clip.h"
#include "tiles/snapshot_gather.h"

/* The origin of all of them, in the middle of Vietnam. */
extern const struct grid_place made_origin;

struct made_snapshot {
	struct snapshot_gather gather;
	struct outline outline;
	int64_t count;
	bool is_unsure; /* outlines that are added may be invalid */
	uint8_t look;	/* of what is added */
};

struct made_snapshot made_snapshot_begin(const struct layer *layer);

/*
 * Adds a record with the next id, from 1. Each ring of the path with negative area is a hole, but
 * for the first; of a layer of points each ring is one point.
 */
void made_snapshot_add(struct made_snapshot *made, const struct clip_path *path);
struct snapshot *made_snapshot_finish(struct made_snapshot *made);

/* The path as an outline, of which the rings behind the first may be holes. */
void made_outline(struct outline *outline, const struct clip_path *path, enum geometry_kind kind);

/* The tile that has the origin of snapshots within, from zoom 10 on in its corner; and those beside. */
struct tile made_tile(unsigned z, int right, int down);

#endif
