/*
 * made_snapshot: a snapshot put together by hand, for shapes that no register would give.
 *
 *	snapshot = made_snapshot_new(&layer);
 *	made_snapshot_add(snapshot, &path);	once a record
 *	made_snapshot_finish(snapshot);		it can be searched from here on
 *	snapshot_free(snapshot);
 */
#ifndef TESTS_TILES_MADE_SNAPSHOT_H
#define TESTS_TILES_MADE_SNAPSHOT_H

#include "tiles/clip.h"
#include "tiles/snapshot.h"

/* Its origin is the middle of the world. */
struct snapshot *made_snapshot_new(const struct layer *layer);

/*
 * Adds a record with the next id, from 1. Each ring of the path with negative area is a hole, but
 * for the first; of a layer of points each ring is one point.
 */
void made_snapshot_add(struct snapshot *snapshot, const struct clip_path *path);
void made_snapshot_finish(struct snapshot *snapshot);

#endif
