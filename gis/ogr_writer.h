/*
 * ogr_writer: a file for a user, written by dothi-ogr in its sandbox.
 *
 * The mirror of ogr_reader: the parent makes a private folder, starts the program there, gives it a
 * layer and its rows through a socket, and hears that the file stands. Nothing of GDAL runs in this
 * process. Then the caller takes the file away; what is not taken goes with the folder.
 *
 *	rc = ogr_writer_open(&plan, &layer, &writer, err);
 *	while (!rc && ...)
 *		rc = ogr_writer_add(writer, &row, err);
 *	if (!rc)
 *		rc = ogr_writer_finish(writer, err);
 *	if (!rc)
 *		rc = ogr_writer_take(writer, path, err);
 *	ogr_writer_close(writer);
 *
 * Close it whenever; then the program is ended and the folder removed. One thread a writer.
 */
#ifndef GIS_OGR_WRITER_H
#define GIS_OGR_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "gis/ogr_process.h" /* ogr_process_find() */
#include "gis/ogr_stream.h"

struct ogr_writer;

struct ogr_writer_plan {
	const char *program;	 /* path of dothi-ogr: ogr_process_find() */
	const char *work_folder; /* exists; on the file system where the file shall stand */
	const char *format;	 /* "gpkg", "shp", "geojson", "fgb", "csv" */
	bool packed;		 /* of shp: one archive with its parts, else these */
	const char *title;	 /* of the layer, for people; NULL none */
	const char *day;	 /* of the records, "2026-11-21" */
	const char *name;	 /* what the user calls the file, for errors */
	int64_t bytes_max;	 /* of the file */
	int64_t reserve_bytes;	 /* that stay free on the disk */
	int64_t wait_ms_max;	 /* in all, waiting for the program; the caller's own time is free */
	bool (*cancelled)(void *context); /* asked several times a second; NULL nobody stops it */
	void *context;
};

/* Starts the program. The layer is read now; its texts are UTF-8. */
int ogr_writer_open(const struct ogr_writer_plan *plan, const struct ogr_layer *layer,
	struct ogr_writer **ret_writer, struct error *err);

/* The values are as the columns say, one for each; what they point to is read now. */
int ogr_writer_add(struct ogr_writer *writer, const struct stream_row *row, struct error *err);

/*
 * A part of a shapefile that the program does not make: "fields.csv". Its bytes are added as they
 * come; it is there after the first ones. Only before ogr_writer_finish.
 */
int ogr_writer_add_part(struct ogr_writer *writer, const char *part, const void *bytes, size_t len,
	struct error *err);

/* All rows were given: waits until the file stands. */
int ogr_writer_finish(struct ogr_writer *writer, struct error *err);

/* Bytes of the file, or of its parts together. */
int64_t ogr_writer_bytes(const struct ogr_writer *writer);

/*
 * Gives the file its name for good, replacing what has it; the parts of a shapefile get the names
 * beside "path" (".shp" cut off).
 */
int ogr_writer_take(struct ogr_writer *writer, const char *path, struct error *err);

/* NULL does nothing. */
void ogr_writer_close(struct ogr_writer *writer);
AUTOPTR(struct ogr_writer, ogr_writer_close);

#endif
