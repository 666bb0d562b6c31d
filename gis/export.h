/*
 * export: records of a layer as a file for a user, through dothi-ogr.
 *
 * Records come from the register, as a view shows them, all as they were at one moment, in the order
 * of their ids; memory does not grow with their number. Coordinates are those of the register, digit
 * by digit; in another system they go the pinned way, as items do (crs.h).
 */
#ifndef GIS_EXPORT_H
#define GIS_EXPORT_H

#include "data/view.h"
#include "gis/export_area.h"
#include "gis/export_columns.h"
#include "gis/export_measure.h"
#include "gis/ogr_writer.h"

enum {
	EXPORT_WORKING = 0, /* the working CRS of the city */
	EXPORT_NATIVE = -1, /* the one that all chosen records came in */
	EXPORT_LOST_MAX = 20, /* records that are named */
};

struct export_tools {
	struct store *store;
	const struct city *city;
	struct crs_context *crs; /* with the pinned operation */
	struct geom_context *geom;
};

struct export_plan {
	const struct view *view;
	enum export_format format;
	bool packed; /* of a shapefile: as one zip */
	bool plain;  /* of a CSV: for programs, not for Excel */
	int epsg;    /* or one of the above */
	const char *fields; /* names with commas between; NULL all */
	const struct export_area *area; /* NULL everywhere */
	int64_t unit_id; /* administrative unit that records lie in today; 0 all */
	enum lang lang;	 /* of the title */
	struct ogr_writer_plan writer; /* program, folder, name and limits; the rest is filled here */
	/* How many of how many records (-1 unknown) in this pass; false: stop. Called often. */
	bool (*progress)(void *context, int64_t done, int64_t total);
	void *context;
};

struct export_report {
	int64_t rows, without_geometry;
	int64_t left_out; /* of a FlatGeobuf, which holds none without geometry */
	int epsg; /* of the coordinates */
	int64_t bytes;
	/* Values that the format cannot hold exactly; they stand in full in another part. */
	int64_t lost_values;
	int64_t lost_ids[EXPORT_LOST_MAX];
	size_t lost_id_count;
	bool too_long_for_excel; /* of a CSV: rows or cells beyond what Excel opens */
};

/* Writes all; the caller takes the file from the writer, and closes that in any case. */
int export_run(const struct export_tools *tools, const struct export_plan *plan,
	struct export_report *ret_report, struct ogr_writer **ret_writer, struct error *err);

#endif
