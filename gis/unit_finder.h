/*
 * unit_finder: in which administrative unit (đơn vị hành chính) a record lies today.
 *
 * A record belongs to the unit that holds its representative point: of areas a point surely inside,
 * of lines the middle one of its corners. Where units lie in one another (a ward in a province) it
 * is the smallest.
 */
#ifndef GIS_UNIT_FINDER_H
#define GIS_UNIT_FINDER_H

#include "data/store.h"
#include "gis/shape.h"

struct unit_finder;

/* Reads the units in force on a day (NULL today) that meet the box (working CRS; NULL all). */
int unit_finder_open(struct store *store, const struct layer_table *layers, const struct date *day,
	const struct box *box, struct unit_finder **ret_finder, struct error *err);
void unit_finder_close(struct unit_finder *finder);
AUTOPTR(struct unit_finder, unit_finder_close);

/* The id of the unit of a shape in the working CRS; 0 none. */
int64_t unit_finder_find(const struct unit_finder *finder, const struct shape *shape);

/*
 * Puts it into the fields of the layer that hold units: as it was issued, if the record is new, and
 * as it is now.
 */
void unit_put(int64_t unit, bool is_new, const struct layer *layer, struct value *values);

/* A point inside an area, the middle corner of a line, the point itself. */
void shape_inner_point(const struct shape *shape, double ret_xy[2]);

#endif
