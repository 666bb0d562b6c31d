/*
 * geojson_scan: looks over a GeoJSON file before another program reads it.
 *
 * The file is read once as a stream, in constant memory: it must be one JSON object, complete, not
 * nested too deeply, without a feature that is too large, and without a coordinate system given as
 * a link, which a reader would fetch from wherever it points.
 *
 * The library passes over shapes that it does not understand as if there were none. So the scan
 * says which features have one.
 */
#ifndef GIS_GEOJSON_SCAN_H
#define GIS_GEOJSON_SCAN_H

#include "base/error.h"
#include "base/strbuf.h"
#include "gis/watch.h"

enum {
	GEOJSON_DEPTH_MAX = 32,		  /* as the library that reads it has it; data need ten */
	GEOJSON_FEATURE_BYTES = 50 << 20, /* text of as many points as a shape may have */
};

/*
 * `shown` is what people call the file. Appends a byte for each feature, in their order: 1 if it has
 * a shape. An object that is no collection counts as one.
 */
int geojson_scan(const char *path, const char *shown, const struct watch *watch,
	struct strbuf *has_shape, struct error *err);

#endif
