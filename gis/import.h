/*
 * import: takes the rows of a user's file into a layer of the register.
 *
 * All in one transaction: the register is as before until the caller's confirm() agrees to the
 * report, and after any failure. Nothing of the file is lost: columns without a field are kept in
 * source_attributes, and coordinates of another system beside the working ones. What is odd about
 * a row is a finding with its number, its place and its reason:
 *
 *   note     worth knowing; stored
 *   warning  stored as it is (an invalid outline, no geometry, a value that does not fit its field)
 *   error    cannot be stored; the row is left out if confirm() agrees to that
 */
#ifndef GIS_IMPORT_H
#define GIS_IMPORT_H

#include "data/change.h"
#include "data/feature_write.h"
#include "data/writer.h"
#include "gis/crs.h"
#include "gis/geom.h"
#include "gis/ogr_reader.h"

enum { IMPORT_MAPPINGS_MAX = 64, IMPORT_COLUMNS_MAX = 256 };

/* Which column fills which field, as the user says it. */
struct import_mapping {
	const char *field, *column;
};

enum import_severity { IMPORT_NOTE, IMPORT_WARNING, IMPORT_ERROR };

struct import_finding {
	enum import_severity severity;
	int64_t row;		    /* in the file, from 1; 0 the file as a whole */
	const struct error *reason; /* a message of the catalogue */
	bool has_place;
	double lon, lat;	    /* WGS 84 */
	double east, north;	    /* working CRS */
};

struct import_report {
	const struct ogr_info *info; /* of the file */
	int epsg;		     /* CRS that its coordinates were read in */
	int64_t rows, stored;
	int64_t without_geometry, invalid, repaired, refused;
	int64_t findings[3];	     /* by severity */
	struct box box;		     /* of what was stored, working CRS */
	double area_m2, length_m;    /* of what was stored, in the zone of the file */
	const char *columns[IMPORT_COLUMNS_MAX]; /* by field: the column that fills it, or NULL */
	size_t kept_columns;	     /* columns without a field */
};

struct import_plan {
	const char *path;
	const struct layer *layer;
	int epsg; /* CRS of the coordinates as the user says it; 0 as the file says */
	const struct import_mapping *mappings;
	size_t mapping_count;
	bool repair; /* make invalid areas valid */
	struct date valid_from; /* of all rows; "" unknown */
	struct ogr_options options;
	struct change_author author;
	const struct randomness *randomness;

	void (*finding)(void *context, const struct import_finding *finding);
	/* done rows of total (-1 unknown); false cancels. */
	bool (*progress)(void *context, int64_t done, int64_t total);
	/* Called at the end, before anything is kept: true keeps it. */
	bool (*confirm)(void *context, const struct import_report *report);
	void *context;
};

/* What import works with; borrowed. */
struct import_tools {
	struct store *store; /* writing; not used if `write` is given */
	/*
	 * Runs the work in a transaction on the writing connection, and undoes it when it fails;
	 * NULL: the import does so itself. `desk` is its first argument.
	 */
	int (*write)(void *desk, writer_work *work, void *context, struct error *err);
	void *desk;
	const struct layer_table *layers;
	const struct city *city;
	struct crs_context *crs; /* pinned to the city */
	struct geom_context *geom;
};

/* Runs the whole import. ret_report is filled as far as it came, also when it fails. */
int import_run(const struct import_tools *tools, const struct import_plan *plan,
	struct import_report *ret_report, struct error *err);

#endif
