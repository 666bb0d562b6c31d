/*
 * tile_export: writes the vector tiles of some snapshots into an archive.
 *
 * Threads of its own make the tiles; the thread of the caller finds them and puts them into the
 * archive in their order, so that the bytes do not depend on who is when ready. Tiles that the
 * archive has already are left out.
 */
#ifndef TILES_TILE_EXPORT_H
#define TILES_TILE_EXPORT_H

#include "tiles/archive.h"
#include "tiles/snapshot.h"

enum { TILE_EXPORT_THREADS_MAX = 16 };

struct tile_export_progress {
	uint64_t done, total; /* tiles in which something may be */
};

struct tile_export {
	const struct snapshot *const *snapshots;
	size_t count;
	unsigned first_zoom, last_zoom;
	unsigned thread_count; /* 1 to TILE_EXPORT_THREADS_MAX */
	/* On the caller's thread, now and then; false ends it with ERR_CANCELLED. */
	bool (*progress)(void *context, const struct tile_export_progress *progress);
	void *context;
};

struct tile_export_report {
	uint64_t full_tiles; /* of those made now: had more than MVT_FEATURES_MAX in a layer */
};

/* Whatever comes of it, the archive can be kept. */
int tile_export_run(const struct tile_export *plan, struct archive *archive,
	struct tile_export_report *ret_report, struct error *err);

#endif
