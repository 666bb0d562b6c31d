/*
 * pmtiles: an archive as a PMTiles file (PMTiles Version 3 Specification).
 *
 * The header and the root directory have the first 16,384 bytes to themselves (clause 2), zeros
 * behind them; the tiles follow in the order of their numbers, each content where it is first
 * needed ("clustered", 3.2), then the leaf directories (one level, clause 4) and the metadata
 * (clause 5). So tiles are written once, and where they stay. Directories, metadata and tiles are
 * gzip.
 *
 * Beside the partial file "path.partial" stands "path.partial.list" with a row a tile, which never
 * tells of bytes that are not on the disk.
 */
#ifndef TILES_PMTILES_H
#define TILES_PMTILES_H

#include "base/strbuf.h"
#include "tiles/archive.h"

enum {
	PMTILES_HEADER_BYTES = 127, /* clause 3 */
	PMTILES_FRONT_BYTES = 16384,
	PMTILES_ROOT_BYTES_MAX = PMTILES_FRONT_BYTES - PMTILES_HEADER_BYTES, /* clause 4 */
	PMTILES_LEAF_ENTRIES = 4096, /* some 10 KB of gzip */
};

/* An entry of a directory (4.1). */
struct pmtiles_entry {
	uint64_t number; /* of the first tile: its TileID, as tile_order counts */
	uint64_t offset; /* of the tile among the tiles, of the leaf among the leaves */
	uint32_t length; /* bytes, not 0 */
	uint32_t run;	 /* so many tiles in a row have it; 0: a leaf */
};

/* Appends a directory (4.2) before its compression; there is at least one entry. */
void pmtiles_add_directory(struct strbuf *out, const struct pmtiles_entry *entries, size_t count);

/*
 * Puts the root directory and the leaf directories of entries with tiles, compressed, into two
 * empty buffers. A leaf has so many entries, or more where the root would not fit; there is none if
 * all find room in the root. ERR_NOMEM.
 */
int pmtiles_add_directories(const struct pmtiles_entry *entries, size_t count, size_t leaf_entries,
	struct strbuf *root, struct strbuf *leaves, struct error *err);

#endif
