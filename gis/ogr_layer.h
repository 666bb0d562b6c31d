/*
 * ogr_layer: what a file of a user holds, before its rows: columns, coordinate system, encoding.
 *
 * Plain data; its texts are UTF-8, NFC, and never NULL. Whoever hands it out owns it.
 */
#ifndef GIS_OGR_LAYER_H
#define GIS_OGR_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
	COLUMN_TEXT,
	COLUMN_INT,
	COLUMN_REAL,
	COLUMN_BOOL,	 /* an int, 0 or 1 */
	COLUMN_DATE,	 /* a text, "2026-11-21" */
	COLUMN_DATETIME, /* a text, "2026-11-21T08:00:00" with a fraction and an offset if known */
	COLUMN_OTHER,	 /* pictures and the like: always null */
	COLUMN_JSON,	 /* a text that is JSON; only written */
	COLUMN_TYPES,
};

struct ogr_column {
	const char *name;
	enum column_type type;
	bool name_unreadable; /* not of the stated encoding: each byte stands as U+00XX */
	uint8_t width, decimals; /* of a dBASE table that is written; 0 as it comes */
};

enum layer_geometry {
	LAYER_NO_GEOMETRY,
	LAYER_POINTS,
	LAYER_LINES,
	LAYER_AREAS,
	LAYER_MIXED, /* or not stated */
	LAYER_GEOMETRIES,
};

/* How the number of the coordinate system is known. */
enum crs_source {
	CRS_SOURCE_NONE,    /* it is not */
	CRS_SOURCE_STATED,  /* the file gives it */
	CRS_SOURCE_MATCHED, /* exactly one system of EPSG has the parameters of the file */
	CRS_SOURCE_IMPLIED, /* by the format, or by columns of longitude and latitude */
	CRS_SOURCES,
};

enum encoding_source {
	ENCODING_STATED,  /* by the file or its format */
	ENCODING_GIVEN,	  /* by the user */
	ENCODING_ASSUMED, /* nobody says */
	ENCODING_SOURCES,
};

struct ogr_layer {
	const char *name; /* as the file has it */
	enum layer_geometry geometry;
	bool has_z;
	bool axes_swapped; /* the file has north before east; the rows here have east first */
	int64_t count;	   /* of rows; -1 not known before the end */
	enum crs_source crs_source;
	int epsg;	      /* 0 not known */
	const char *crs_name; /* "" none */
	const char *crs_wkt;  /* WKT 2 (2019); "" none */
	const char *encoding; /* of its texts, as iconv calls it */
	enum encoding_source encoding_source;
	const struct ogr_column *columns;
	size_t column_count;
};

#endif
