/*
 * archive: one file of many vector tiles, for who serves or shows them without Dothi.
 *
 *	rc = archive_begin("city.pmtiles", &about, false, &archive, err);
 *	while (...) rc = archive_put(archive, &tile, err);	in the order of tile_order
 *	rc = archive_finish(archive, err);
 *	archive_free(archive);
 *
 * The ending of the path says the form: .pmtiles (pmtiles.h) or .mbtiles (mbtiles.h). The file
 * grows beside its name as "path.partial" and gets the name when it is whole, in one step; what had
 * the name before stays until then. A partial file that was kept can be gone on with, also after a
 * crash; one without a tile is removed. Each content stands once, however many tiles have it. The
 * bytes depend on the tiles and `about` alone. One process writes a path at a time; one thread.
 */
#ifndef TILES_ARCHIVE_H
#define TILES_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/secret.h"
#include "tiles/content_table.h"
#include "tiles/grid.h"

enum {
	/* The entries of so many are held in memory while a file is made: 6 GB at the very worst. */
	ARCHIVE_TILES_MAX = 100000000,
	ARCHIVE_TILE_BYTES_MAX = 64 << 20,
};

/* What the file says of itself. Borrowed while the archive lives. */
struct archive_about {
	const char *name;
	const char *vector_layers; /* a JSON array, as TileJSON 3.0.0, 3.3 has it */
	struct lonlat_box bounds;  /* with an area */
	struct digest source; /* of all that makes the tiles what they are: to go on it must be equal */
};

/* A tile that is not empty: an MVT as a gzip member. */
struct archive_tile {
	struct tile tile;
	const void *bytes;
	size_t len;
	struct content_key key; /* of the bytes */
};

struct archive_counts {
	uint64_t tiles, contents;
	uint64_t content_bytes;
	unsigned min_zoom, max_zoom; /* of the tiles; they mean nothing while there is none */
	uint64_t next;		     /* the number behind that of the last tile */
};

struct archive;

/* Whether the ending of a path is one of an archive. */
bool archive_has_form(const char *path);

/*
 * Begins a file, or goes on with what was kept if there is something (archive_counts tells).
 * ERR_CONFLICT if that is of another source, ERR_IO if it is damaged.
 */
int archive_begin(const char *path, const struct archive_about *about, bool resume,
	struct archive **ret_archive, struct error *err);

const struct archive_counts *archive_counts(const struct archive *archive);
const char *archive_partial_path(const struct archive *archive);

/* Adds a tile behind the last one. After a failure the file can only be kept or freed. */
int archive_put(struct archive *archive, const struct archive_tile *tile, struct error *err);

/* Makes durable what there is, so that it can be gone on with from the last tile on. */
int archive_keep(struct archive *archive, struct error *err);

/* Ends the file and gives it its name; ERR_NOT_FOUND if it has no tile. */
int archive_finish(struct archive *archive, struct error *err);

/* Lets go of it; what was kept, and is not finished, stays. */
void archive_free(struct archive *archive);
AUTOPTR(struct archive, archive_free);

#endif
