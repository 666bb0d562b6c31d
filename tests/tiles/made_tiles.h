/*
 * made_tiles: tiles for archives, made of their numbers alone; some have the same content.
 */
#ifndef TESTS_TILES_MADE_TILES_H
#define TESTS_TILES_MADE_TILES_H

#include "base/strbuf.h"
#include "tiles/archive.h"


/* The number of the n-th tile, from zoom 3 on with gaps between some; and what is in it. */
uint64_t made_tile_number(size_t n);
void made_tile_content(size_t n, struct strbuf *out);

extern const struct archive_about made_about;

/* Begins the archive, or goes on with it, and puts the tiles that are not in it, below `count`. */
struct archive *made_archive(const char *path, size_t count, bool resume);

/* Puts one of them; what archive_put says. */
int made_tile_put(struct archive *archive, size_t n, struct error *err);

#endif
