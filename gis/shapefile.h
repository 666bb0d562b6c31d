/*
 * shapefile: looks over the parts of a shapefile before another program reads them.
 *
 * A library that reads a cut-off shapefile gives what it finds and stops, which looks complete. So
 * the lengths that the headers and the index state are compared with the files, and the rows of the
 * table with the shapes, before the first row is read.
 */
#ifndef GIS_SHAPEFILE_H
#define GIS_SHAPEFILE_H

#include <stdbool.h>

#include "base/error.h"
#include "gis/watch.h"

/*
 * Checks a.shp, a.shx and a.dbf in a folder of our own; `name` is what people call them, without
 * ".shp". A missing a.shx is made anew if every record of a.shp follows the one before it without
 * a gap; *ret_index_made says so. Errors: a part missing, cut off, damaged, or of another delivery.
 */
int shapefile_check(const char *folder, const char *name, const struct watch *watch,
	bool *ret_index_made, struct error *err);

#endif
