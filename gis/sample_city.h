/*
 * sample_city: makes a city to try Dothi with: Thủ Dầu Một as it might be, from a seed.
 *
 * Real are the 14 wards of 2009, the main streets and rivers (roughly), and the names; the rest is
 * invented, and so are all parcels. The same order gives the same records.
 *
 * Calling sequence: an order and a sink; sample_city_make hands out one record after the other,
 * layer by layer. Records come with id 0; those that refer to one another (parcel_id, street_id,
 * parent_id, admin_unit_id, unit_now_id) do so by the id that a layer without records gives them
 * when it numbers them 1, 2, 3, ... in the order of arrival. Wards and streets come before what
 * refers to them; a street may refer to a later one.
 *
 * Works in the CRS of the order's wards, which must be EPSG:9210. One thread at a time.
 */
#ifndef GIS_SAMPLE_CITY_H
#define GIS_SAMPLE_CITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/feature.h"
#include "gis/shape.h"

enum {
	SAMPLE_PARCELS_MIN = 500,     /* fewer are no town */
	SAMPLE_PARCELS_MAX = 1000000, /* more would be smaller than houses */
	SAMPLE_WARDS_MAX = 64,
};

struct sample_ward {
	const char *name;	   /* "Phường Phú Cường" */
	const char *code;	   /* "7110101" */
	int64_t population;	   /* negative: unknown */
	const struct shape *shape; /* an area in EPSG:9210 */
};

struct sample_order {
	const struct sample_ward *wards; /* admin_unit 1, 2, 3, ... */
	size_t ward_count;
	size_t parcels; /* exactly so many are made */
	uint64_t seed;
};

struct sample_sink {
	/* Takes one record, valid during the call. 0, or the error that ends it all. */
	int (*feature)(void *context, const struct layer *layer, const struct feature *feature,
		struct error *err);
	/* How far it is; false stops with ERR_CANCELLED. May be NULL. */
	bool (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/*
 * ERR_INVALID for a number of parcels out of range or wards that do not cover the city's centre,
 * ERR_NOMEM, ERR_CANCELLED, or what the sink answered. A million parcels need about 270 MB.
 */
int sample_city_make(
	const struct sample_order *order, const struct sample_sink *sink, struct error *err);

#endif
