/*
 * store_spatialite: what SpatiaLite adds to the SQLite driver of the store: coordinate systems,
 * geometry columns with their index, and statistics. All by SQL.
 */
#ifndef DATA_STORE_SPATIALITE_H
#define DATA_STORE_SPATIALITE_H

#include "data/store.h"

/* Runs a SELECT of a function of SpatiaLite that answers 1 when it did its work. */
int spatialite_call(struct store *store, const char *sql, struct error *err);

/* As in store.h. */
int spatialite_add_crs(struct store *store, const struct store_crs *crs, struct error *err);
int spatialite_add_geometry(struct store *store, const char *table, enum geometry_kind kind,
	int epsg, struct error *err);
int spatialite_bulk_begin(struct store *store, const char *table, struct error *err);
int spatialite_bulk_end(
	struct store *store, const char *table, int64_t first_id, struct error *err);
int spatialite_note_extent(struct store *store, const char *table, int64_t row_count,
	const struct box *box, int64_t now_us, struct error *err);

#endif
