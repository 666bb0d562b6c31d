/*
 * tools: what a case works with, of a worker or of a command line.
 */
#ifndef SERVER_CASES_TOOLS_H
#define SERVER_CASES_TOOLS_H

#include "base/arena.h"
#include "data/city.h"
#include "data/store.h"
#include "gis/crs.h"
#include "gis/geom.h"

struct case_tools {
	struct store *store; /* reading */
	struct crs_context *crs;
	struct geom_context *geom;
	const struct city *city;
	const struct layer_table *layers;
	struct arena *arena;
};

#endif
