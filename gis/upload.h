/*
 * upload: looks at a file of a user before any library opens it, and lays what is to be read into a
 * private folder under a neutral name: a.shp with a.dbf and the like, a.gpkg, a.geojson or a.csv.
 *
 * The format is found by content, never by name; names serve to choose and to be shown. What comes
 * out has been checked as far as can be without its library: complete, of bounded size, no archive
 * in the archive, no links to elsewhere. The file itself is not touched.
 */
#ifndef GIS_UPLOAD_H
#define GIS_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "gis/watch.h"

enum upload_format {
	UPLOAD_ANY,
	UPLOAD_SHAPEFILE,
	UPLOAD_GEOPACKAGE,
	UPLOAD_GEOJSON,
	UPLOAD_CSV,
	UPLOAD_FORMATS,
};

enum { UPLOAD_NAME_MAX = 512 };

struct upload_wish {
	const char *name;	   /* what the user calls the file; NULL as its path ends */
	const char *layer;	   /* NULL the only one */
	enum upload_format format; /* UPLOAD_ANY, or the only one that will do */
	int64_t bytes_max;	   /* of the file, and of what it unpacks to */
	const struct watch *watch; /* NULL nobody stops it */
};

struct upload {
	enum upload_format format;
	char name[UPLOAD_NAME_MAX];  /* of the file read, for people: "thua_dat.shp" */
	char layer[UPLOAD_NAME_MAX]; /* the same without its ending */
	bool layer_inside;	     /* the wished layer is one inside of the file (a GeoPackage) */
	bool index_made;	     /* a.shx was missing and could be made safely */
	struct strbuf has_shape;     /* of a GeoJSON: a byte for each feature, 1 if it has one */
};

/* Fills the folder, which is empty, ours alone, and removed by the caller whatever happens. */
int upload_prepare(const char *path, const struct upload_wish *wish, const char *folder,
	struct upload *ret_upload, struct error *err);
void upload_clear(struct upload *upload);

/* "shp", "gpkg", "geojson", "csv"; and as people call it, "Shapefile". Static. */
const char *upload_format_ending(enum upload_format format);
const char *upload_format_name(enum upload_format format);

#endif
