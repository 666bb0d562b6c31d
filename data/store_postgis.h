/*
 * store_postgis: geometry, its indexes and coordinate systems in PostGIS, as store_driver.h has
 * them.
 */
#ifndef DATA_STORE_POSTGIS_H
#define DATA_STORE_POSTGIS_H

#include "data/store.h"

/* Makes the extension if it is not there. */
int postgis_ensure(struct store *store, struct error *err);
int postgis_add_crs(struct store *store, const struct store_crs *crs, struct error *err);
int postgis_add_geometry(struct store *store, const char *table, enum geometry_kind kind, int epsg,
	struct error *err);
int postgis_add_time_index(struct store *store, const char *table, struct error *err);
int postgis_visit_boxes(struct store *store, const char *table, const double *sides,
	size_t side_count, store_box_visit *visit, void *context, struct error *err);
int postgis_bulk_begin(struct store *store, const char *table, struct error *err);
int postgis_bulk_end(struct store *store, const char *table, int64_t first_id, struct error *err);

#endif
