/*
 * city: whose register this is, in which coordinates, and how they become WGS 84.
 *
 * Set once at `dothi init` and never changed: the working CRS and, in PROJ's words, the one pinned
 * operation to WGS 84. Every answer that crosses the datum goes through it and names it.
 */
#ifndef DATA_CITY_H
#define DATA_CITY_H

#include <stdbool.h>

#include "base/error.h"
#include "data/store.h"

enum { CITY_NAME_MAX = 200, CITY_PIPELINE_MAX = 2000 };

struct city {
	char name[CITY_NAME_MAX];	  /* UTF-8, NFC */
	int epsg;			  /* working CRS: projected, metres */
	char operation[CITY_NAME_MAX];	  /* name of the operation, "EPSG:6960" */
	char pipeline[CITY_PIPELINE_MAX]; /* PROJ pipeline: working E,N to lon,lat in degrees */
	bool is_sample;			  /* made up: its papers say so */
};

int city_read(struct store *store, struct city *ret_city, struct error *err);
int city_write(struct store *store, const struct city *city, struct error *err);

#endif
