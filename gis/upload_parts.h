/*
 * upload_parts: how upload gets the parts of one layer out of an archive or a folder of the user.
 *
 * For upload.c alone.
 */
#ifndef GIS_UPLOAD_PARTS_H
#define GIS_UPLOAD_PARTS_H

#include "base/strbuf.h"
#include "gis/upload.h"

enum {
	UPLOAD_PARTS = 5, /* files of a shapefile that are read */
	UPLOAD_PATH_MAX = 4096,
};

/* ".shp", ".shx", ".dbf", ".prj", ".cpg" */
extern const char *const upload_shapefile_endings[UPLOAD_PARTS];

/* Chooses the layer in the archive and unpacks its parts; sets format and names. */
int upload_unpack(const char *path, const struct upload_wish *wish, const char *folder,
	struct upload *upload, struct error *err);

/* Copies the .shp at path and what stands beside it under the same name, case aside. */
int upload_gather(
	const char *path, const struct upload_wish *wish, const char *folder, struct error *err);

/* Copies a file to folder/a<ending>; *left is how many bytes it may have, and shrinks. */
int upload_copy(const char *path, const struct upload_wish *wish, const char *folder,
	const char *ending, int64_t *left, struct error *err);

/* Sets the names from the name of the file that is read, which may have folders before it. */
void upload_set_names(struct upload *upload, const char *name);

/* True if the text ends so, and has something before. */
bool upload_name_ends(const char *name, const char *ending);

#endif
