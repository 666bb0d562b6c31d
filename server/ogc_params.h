/*
 * ogc_params: the query parameters of OGC API Features, read and checked.
 */
#ifndef SERVER_OGC_PARAMS_H
#define SERVER_OGC_PARAMS_H

#include "gis/crs_ref.h"
#include "gis/shape.h"
#include "server/sight.h"

enum {
	OGC_LIMIT_DEFAULT = 100,
	OGC_LIMIT_MAX = 10000,
	OGC_BOXES_MAX = 2, /* a box over the antimeridian is two */
};

struct ogc_params {
	size_t limit;
	struct crs_ref crs;	/* of the answer */
	struct crs_ref bbox_crs;
	struct box boxes[OGC_BOXES_MAX]; /* in bbox_crs, east or lon first */
	size_t box_count;		 /* 0: everywhere */
	struct moment moment;
	int64_t after_id;		 /* of the cursor; 0 from the start */
	int64_t matched;		 /* carried by the cursor; -1 unknown */
};

/* Reads limit, crs, bbox, bbox-crs, datetime, recorded and cursor (OGC 17-069r4 §7.15,
 * 18-058r1 §7). */
int ogc_params_read(struct request *request, struct crs_context *crs, struct ogc_params *ret_params,
	struct error *err);

/* The crs parameter alone, for a single item. */
int ogc_params_read_crs(struct request *request, struct crs_context *crs, const char *name,
	struct crs_ref *ret_ref, struct error *err);

#endif
