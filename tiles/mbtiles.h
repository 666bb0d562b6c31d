/*
 * mbtiles: an archive as an MBTiles file (MBTiles 1.3), an SQLite database.
 *
 * The table `tiles` ("Tiles") is a view over `map` and `images`, so that each content stands once;
 * rows are counted from the south (TMS), and the tiles are gzip of `pbf` ("Metadata"). While it is
 * partial, its metadata hold one row of ours alone, which says what it is being made from.
 */
#ifndef TILES_MBTILES_H
#define TILES_MBTILES_H

#include "tiles/archive.h"

/* "MPBX", the number that is set aside for the format in SQLite's magic.txt. */
enum { MBTILES_APPLICATION_ID = 0x4d504258 };

#endif
