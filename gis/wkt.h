/*
 * wkt: a shape as well-known text (OGC 06-103r4 §7), with numbers that read back as they are.
 */
#ifndef GIS_WKT_H
#define GIS_WKT_H

#include "gis/shape.h"

/*
 * Appends Point (Z if it has a height), MultiPoint, MultiLineString or MultiPolygon; nothing without
 * points. decimals 0 to 9, or WKT_EXACT: the shortest decimals that are the same doubles.
 */
enum { WKT_EXACT = -1 };
void wkt_write(const struct shape *shape, int decimals, struct strbuf *out);

#endif
