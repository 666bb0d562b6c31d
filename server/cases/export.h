/*
 * export: a layer as a file, for the command line and for a job alike.
 */
#ifndef SERVER_CASES_EXPORT_H
#define SERVER_CASES_EXPORT_H

#include "base/json_read.h"
#include "gis/export.h"
#include "server/sight.h"

/* What somebody wants; texts are borrowed. */
struct export_order {
	const struct layer *layer;
	enum export_format format;
	bool packed, plain;
	int epsg;		/* EXPORT_WORKING, EXPORT_NATIVE, or a code */
	const char *fields;	/* "a,b"; NULL all */
	int64_t unit_id;	/* 0 all */
	const char *box;	/* "west,south,east,north"; NULL none */
	const struct json_node *area; /* GeoJSON; NULL none */
	struct moment moment;
	enum lang lang;
};

/* "native", "4326", "EPSG:9210"; NULL: the usual one of the format. False if it is none. */
bool export_read_crs(const char *text, enum export_format format, int *ret_epsg);

/* For whom, and with what. */
struct export_setting {
	struct store *store; /* for reading; nobody else uses it meanwhile */
	const struct city *city;
	const struct grant *grants; /* of whom it is for; NULL all of everything */
	size_t grant_count;
	struct ogr_writer_plan writer; /* name, work folder and limits; the program is found here */
	bool (*progress)(void *context, int64_t done, int64_t total);
	void *context;
};

/* Writes the file; the caller takes it from the writer, which it closes in any case. */
int export_order_run(const struct export_order *order, const struct export_setting *setting,
	struct export_report *ret_report, struct ogr_writer **ret_writer, struct error *err);

/* The name of the file: "parcel-2026-11-21.gpkg" ("parcel-shp-….zip" of a packed shapefile). */
void export_file_name(const struct export_order *order, const struct date *today,
	struct strbuf *out);

/* Appends the members of a JSON object: rows, bytes, epsg and what else there is to tell. */
void export_write_report(struct json_writer *json, const struct export_report *report);

#endif
