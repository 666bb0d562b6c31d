/*
 * pmtiles_reader: reads a PMTiles file (Version 3 Specification, 4.3 and appendix A) for the tests,
 * from its clauses and with nothing of ours; what breaks a clause fails the test.
 */
#ifndef TESTS_TILES_PMTILES_READER_H
#define TESTS_TILES_PMTILES_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct pmtiles_file {
	struct strbuf bytes;
	uint64_t root_at, root_len, metadata_at, metadata_len, leaves_at, leaves_len;
	uint64_t tiles_at, tiles_len, tile_count, entry_count, content_count;
	unsigned min_zoom, max_zoom, centre_zoom;
	int32_t west, south, east, north, centre_lon, centre_lat; /* 1e-7 degrees */
	struct strbuf metadata; /* JSON */
};

/* Reads the header and the metadata, and walks all directories. */
void pmtiles_file_open(struct pmtiles_file *file, const char *path);
void pmtiles_file_close(struct pmtiles_file *file);

/* The bytes of a tile, NULL if it is not there. Borrowed. */
const char *pmtiles_file_tile(
	const struct pmtiles_file *file, unsigned z, uint32_t x, uint32_t y, size_t *ret_len);

struct read_entry {
	uint64_t number, offset, length, run;
};

/* Decodes a directory before its compression; the caller frees the entries. */
struct read_entry *read_directory(const void *bytes, size_t len, size_t *ret_count);

/* What a gzip member holds. */
void read_gzip(const void *bytes, size_t len, struct strbuf *out);

#endif
