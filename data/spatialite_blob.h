/*
 * spatialite_blob: the bytes in which SpatiaLite keeps a geometry, and WKB.
 *
 * SpatiaLite's BLOB-Geometry (libspatialite, "internal BLOB format") is WKB in a frame: a start
 * mark, the byte order, the SRID and the bounding box before, an end mark behind, and the mark
 * 0x69 in place of the byte order of each part. Only the frame is touched here; the coordinates
 * pass through. Doing it without SQL functions lets readers open a plain SQLite connection.
 */
#ifndef DATA_SPATIALITE_BLOB_H
#define DATA_SPATIALITE_BLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "data/feature.h"

/* Bytes of the blob for a WKB of this length. */
size_t spatialite_blob_size(size_t wkb_len);

/*
 * Writes the blob of little-endian 2D WKB (Point, MultiPoint, MultiLineString, MultiPolygon).
 * blob has spatialite_blob_size(wkb.len) bytes. False if the bytes are no such WKB.
 */
bool spatialite_blob_write(unsigned char *blob, struct wkb wkb, const struct box *box, int srid);

/*
 * Writes the WKB of a blob into wkb (at least blob_len bytes) and sets its length and box. False
 * if the bytes are no 2D geometry of the kinds above.
 */
bool spatialite_blob_read(const unsigned char *blob, size_t blob_len, unsigned char *wkb,
	size_t *ret_len, struct box *ret_box);

#endif
