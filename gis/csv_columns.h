/*
 * csv_columns: which columns of a table of text hold the coordinates, and which of them is east.
 *
 * Names are compared without case, marks, blanks and "_", so "Kinh độ" is kinh_do. East and north,
 * longitude and latitude name themselves. X and Y do not: in a Vietnamese survey X is the northing,
 * elsewhere the easting, so the values decide (in Viet Nam a northing is larger than any easting).
 */
#ifndef GIS_CSV_COLUMNS_H
#define GIS_CSV_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum csv_axes {
	CSV_NO_COORDINATES,
	CSV_WKT,	/* one column with shapes as text */
	CSV_EAST_NORTH, /* metres, or whatever the coordinate system has */
	CSV_LON_LAT,	/* degrees */
	CSV_X_Y,	/* to be decided by the values */
};

/* Positions count from 0. */
struct csv_columns {
	enum csv_axes axes;
	size_t first;  /* of the shapes, the east, the longitude or X */
	size_t second; /* of the north, the latitude or Y */
	bool has_height;
	size_t height; /* "z_m" */
};

/* Finds the columns by their names; several pairs: shapes, then east/north, lon/lat, x/y. */
struct csv_columns csv_columns_find(const char *const *names, size_t count);

/* The column of that name; false if there is none. */
bool csv_columns_named(const char *const *names, size_t count, const char *name, size_t *ret);

/* What rows say about X and Y. Start with zeros, add rows, then ask. */
struct csv_vote {
	int64_t x_is_east, x_is_north, degrees, unclear;
};

enum csv_order { CSV_UNCLEAR, CSV_X_IS_EAST, CSV_X_IS_NORTH };

void csv_vote_add(struct csv_vote *vote, double x, double y);

/* Clear if nine in ten rows say one thing and none the other. */
enum csv_order csv_vote_order(const struct csv_vote *vote);

/* True if the values are longitudes and latitudes. */
bool csv_vote_is_degrees(const struct csv_vote *vote);

/*
 * Reads "601234.56", "601234,56" or "106.65", blanks and a guard around it aside (csv_cell); false
 * for anything else.
 */
bool csv_parse_coordinate(const char *text, double *ret);

#endif
