/*
 * ogr_reader: the rows of a file of a user, read by dothi-ogr in its sandbox.
 *
 * The parent looks over the file (upload), lays it into a private folder, starts the program there
 * and takes its rows from a pipe, each of which is checked again: nothing of GDAL runs in this
 * process. What is wrong with one row stands in the row; what is wrong with the file is an error,
 * and then the rows so far are not the file: an import keeps none of them.
 *
 *	rc = ogr_reader_open(path, &options, &reader, err);
 *	while (!rc && (got = ogr_reader_next(reader, &row, err)) > 0)
 *		...
 *	ogr_reader_close(reader);
 *
 * Close it whenever; then the program is ended and the folder removed. One thread a reader.
 */
#ifndef GIS_OGR_READER_H
#define GIS_OGR_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "data/feature.h"
#include "gis/ogr_layer.h"
#include "gis/ogr_process.h" /* ogr_process_find() */
#include "gis/shape.h"
#include "gis/upload.h"

struct ogr_reader;

struct ogr_options {
	const char *program;	 /* path of dothi-ogr: ogr_process_find() */
	const char *work_folder; /* exists; a folder for this file is made in it and removed */
	const char *name;	 /* what the user calls the file; NULL as its path ends */
	const char *layer;	 /* NULL the only one */
	const char *encoding;	 /* of its texts; NULL as the file says, else UTF-8 */
	const char *east_column; /* of a CSV, both or none; NULL by their names */
	const char *north_column;
	enum upload_format format; /* UPLOAD_ANY, or the only one that will do */
	int64_t bytes_max;	   /* of the file, and of what it unpacks to */
	int64_t open_ms_max;	   /* until the layer is known */
	int64_t wait_ms_max;	   /* in all, waiting for rows; the caller's own time is free */
	bool (*cancelled)(void *context); /* asked several times a second; NULL nobody stops it */
	void *context;
};

struct ogr_info {
	struct ogr_layer layer;
	enum upload_format format;
	bool index_made; /* the .shx was missing and has been made anew */
};

/* What it points to is borrowed until the next row. */
struct ogr_row {
	int64_t number;		   /* in the file, from 1 */
	struct wkb wkb;		   /* ISO, little endian, with Z if the file has it; none without */
	const struct shape *shape; /* the same as a shape; NULL without geometry */
	const struct value *values;	    /* one for each column; texts are UTF-8, NFC */
	const struct error *geometry_error; /* why there is none although the file has one; NULL */
	const struct error *value_error; /* why a value is null although the file has one; NULL */
};

int ogr_reader_open(const char *path, const struct ogr_options *options,
	struct ogr_reader **ret_reader, struct error *err);

/* Borrowed from the reader. */
const struct ogr_info *ogr_reader_info(const struct ogr_reader *reader);

/*
 * 1 and a row, 0 behind the last one, or an error; after an end or an error always the same. The
 * file was complete only if 0 was returned.
 */
int ogr_reader_next(struct ogr_reader *reader, const struct ogr_row **ret_row, struct error *err);

/* NULL does nothing. */
void ogr_reader_close(struct ogr_reader *reader);
AUTOPTR(struct ogr_reader, ogr_reader_close);

#endif
