/*
 * feature_json: a record as a GeoJSON feature.
 *
 * Every key of the layer stands in every feature, null when absent: clients learn the columns from
 * the first page (GDAL from ten features), and would lose the others.
 */
#ifndef SERVER_FEATURE_JSON_H
#define SERVER_FEATURE_JSON_H

#include "base/json_write.h"
#include "data/feature_row.h"
#include "gis/crs_ref.h"
#include "gis/shape.h"

/* How coordinates are written: the way from the working CRS, and the order of axes. */
struct feature_json {
	const struct layer *layer;
	const struct crs_path *path;
	struct crs_ref crs;
	int decimals;
	struct arena *arena; /* reset by feature_json_write */
	const struct layer *keys_of; /* made with the first feature of a layer; NULL none yet */
	struct json_key keys[FEATURE_FIELDS_MAX];
};

/* Writes {type, id, geometry, properties; the object stays open for links. */
int feature_json_open(struct json_writer *json, struct feature_json *how,
	const struct feature *feature, struct error *err);

/* Writes the whole feature. */
int feature_json_write(struct json_writer *json, struct feature_json *how,
	const struct feature *feature, struct error *err);

/* Decimals of a CRS: 0.1 mm. */
int feature_json_decimals(const struct crs_info *info);

#endif
