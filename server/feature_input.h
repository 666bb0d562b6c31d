/*
 * feature_input: a record as a client sends it: a GeoJSON feature, or a part of one.
 *
 * Read and judged before any transaction begins: types of values, kind and validity of the shape,
 * its place, area and administrative unit. What the register computes or numbers by itself is
 * passed over; what no layer has is refused.
 */
#ifndef SERVER_FEATURE_INPUT_H
#define SERVER_FEATURE_INPUT_H

#include "base/json_read.h"
#include "data/feature_read.h"
#include "data/feature_row.h"
#include "gis/crs_ref.h"
#include "server/request.h"

enum feature_input_kind {
	INPUT_WHOLE, /* a whole feature: what is not said is null */
	INPUT_PART,  /* a merge patch (RFC 7396): what is not said stays */
};

struct feature_input {
	enum feature_input_kind kind;
	bool has[FEATURE_FIELDS_MAX]; /* the field was said */
	struct value values[FEATURE_FIELDS_MAX];
	bool has_valid_from, has_valid_to;
	struct date valid_from, valid_to; /* "" null */
	bool has_source;
	const char *source_attributes; /* NULL null */
	bool has_geometry;
	struct wkb wkb; /* working CRS; no bytes: null */
	struct box box;
	double z_m;
	int native_epsg; /* 0 the working CRS */
	struct wkb native_wkb;
	struct value measured[FEATURE_FIELDS_MAX]; /* of the fields that follow from the shape */
	int64_t unit;
	int64_t version; /* the version that the client started from; 0 not said */
	uint64_t writable; /* fields that the author may write; others stay as they are */
	bool source_writable;
};

/*
 * Reads a document; memory is the request's. `crs` is that of the coordinates. `id` is the record
 * that it changes, 0 a new one: corners that did not move keep their coordinates.
 */
int feature_input_read(struct request *request, const struct layer *layer, int64_t id,
	enum feature_input_kind kind, const struct json_node *document, const struct crs_ref *crs,
	struct feature_input *ret_input, struct error *err);

/*
 * ERR_DENIED, with the field, if the input says something of a field that may not be written and
 * that it does not already hold.
 */
int feature_input_check(const struct feature_input *input, const struct layer *layer,
	const struct feature *base, struct error *err);

/*
 * What the record becomes: the input laid over what it was (base; NULL a new record). `values` is
 * where ret_feature keeps its own; texts are borrowed of both.
 */
void feature_input_apply(const struct feature_input *input, const struct layer *layer,
	const struct feature *base, struct value values[FEATURE_FIELDS_MAX],
	struct feature *ret_feature);

#endif
