/*
 * export_measure: what must be known of all records before the first is written: of a shapefile how
 * wide its columns are and how large it becomes, of native coordinates which systems they are of.
 */
#ifndef GIS_EXPORT_MEASURE_H
#define GIS_EXPORT_MEASURE_H

#include "gis/export_columns.h"

enum {
	DBASE_TEXT_MAX = 254, /* bytes of a text */
	DBASE_NUMBER_MAX = 32, /* characters of a number; many programs read no more */
	DBASE_INT_DIGITS_MAX = 18, /* of more digits a whole number is read as a real */
	EXPORT_ZONES_MAX = 8,
};

/* How much room the values of a column take, as a dBASE table has them. */
struct column_room {
	size_t whole, decimals; /* characters before and behind the point; of a text its bytes */
};

/* Start with zeros. */
struct export_measure {
	struct column_room rooms[EXPORT_COLUMNS_MAX];
	int64_t rows, shape_bytes;
	int64_t with_shape, with_height;
	/* Systems that records came in, the working one as its number, and how many of each. */
	struct {
		int epsg;
		int64_t count;
	} zones[EXPORT_ZONES_MAX];
	size_t zone_count; /* one more than EXPORT_ZONES_MAX: there are others */
};

/* Adds a record with its values in these columns (NULL: only where it came from). */
void export_measure_add(struct export_measure *measure, const struct export_columns *columns,
	const struct feature *feature, const struct value *values, int working_epsg);

/* Whether a dBASE table cannot hold the value exactly: too long, or what looks like nothing there. */
bool export_value_overflows(const struct value *value);

/* Sets the widths of the columns; and the bytes of the table and of the shapes that will be. */
void export_measure_apply(const struct export_measure *measure, struct export_columns *columns,
	int64_t *ret_table_bytes, int64_t *ret_shape_bytes);

#endif
