/*
 * export_columns: the columns of an exported layer: what items show of a record, and what the format
 * needs beside it.
 */
#ifndef GIS_EXPORT_COLUMNS_H
#define GIS_EXPORT_COLUMNS_H

#include "base/arena.h"
#include "data/feature.h"
#include "data/feature_row.h"
#include "gis/crs.h"
#include "gis/ogr_layer.h"
#include "gis/shape.h"
#include "gis/short_names.h"

enum export_format {
	EXPORT_GEOPACKAGE,
	EXPORT_SHAPEFILE,
	EXPORT_GEOJSON,
	EXPORT_FLATGEOBUF,
	EXPORT_CSV,
	EXPORT_FORMATS,
};

/* "gpkg", "shp", "geojson", "fgb", "csv"; as people call it. Static. And back; false: none. */
const char *export_format_ending(enum export_format format);
const char *export_format_name(enum export_format format);
bool export_format_parse(const char *ending, enum export_format *ret_format);

/* What a column holds. */
enum export_source {
	EXPORT_ID,
	EXPORT_FIELD,
	EXPORT_VALID_FROM,
	EXPORT_VALID_TO,
	EXPORT_VERSION,
	EXPORT_SOURCE_ATTRIBUTES,
	EXPORT_NATIVE_EPSG,
	EXPORT_UID,
	EXPORT_EAST, /* of a point as text; the longitude where it is in degrees */
	EXPORT_NORTH,
	EXPORT_HEIGHT, /* of a point, where the geometry cannot have it */
	EXPORT_WKT,
};

enum { EXPORT_COLUMNS_MAX = FEATURE_FIELDS_MAX + EXPORT_WKT };

struct export_column {
	enum export_source source;
	size_t field; /* of EXPORT_FIELD */
	enum field_type type;
	const char *name; /* in full */
	struct short_name short_name;
};

struct export_columns {
	const struct layer *layer;
	enum export_format format;
	bool plain; /* texts of a table of text as they are, for programs */
	bool in_degrees;
	struct export_column columns[EXPORT_COLUMNS_MAX];
	struct ogr_column ogr[EXPORT_COLUMNS_MAX]; /* as dothi-ogr hears of them */
	size_t count;
};

/* Which ones; the id is always there. */
struct export_choice {
	const struct layer *layer;
	enum export_format format;
	const char *names; /* "parcel_no,land_use,uid"; NULL all */
	bool plain;
	bool with_height; /* a column for it, in formats whose points have none */
	const struct crs_info *crs; /* of the coordinates */
};
int export_columns_choose(
	const struct export_choice *choice, struct export_columns *ret_columns, struct error *err);

/* The column that a name of ten characters stands for: a field of the layer; NULL none. */
const struct layer_field *export_field_of_short(const struct layer *layer, const char *name);

/* The values of a record; the shape is as it will be written, for the columns that hold it. */
int export_columns_fill(const struct export_columns *columns, const struct feature *feature,
	const struct shape *shape, struct arena *arena, struct value *ret_values,
	struct error *err);

#endif
