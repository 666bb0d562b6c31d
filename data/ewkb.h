/*
 * ewkb: the bytes in which PostGIS sends a geometry, and WKB.
 *
 * EWKB (PostGIS, "Extended WKB") is WKB with the SRID behind the type, marked by a bit in it; parts
 * have none. 2D, little endian, as shape_write_wkb writes it and as PostGIS sends it here.
 */
#ifndef DATA_EWKB_H
#define DATA_EWKB_H

#include <stdbool.h>
#include <stddef.h>

#include "data/feature.h"

enum { EWKB_FRAME_BYTES = 4 };

/* Writes wkb.len + EWKB_FRAME_BYTES bytes; false if the bytes are no such WKB. */
bool ewkb_write(unsigned char *ewkb, struct wkb wkb, int srid);

/* Writes the WKB (less than len bytes) and its box; false if the bytes are no 2D geometry. */
bool ewkb_read(const unsigned char *ewkb, size_t len, unsigned char *wkb, size_t *ret_len,
	struct box *ret_box);

#endif
