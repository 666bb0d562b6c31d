/*
 * land_number: numbers of parcels (số thửa) on a sheet: which were ever given, which comes next.
 *
 * The natural key of a parcel is the unit as issued (whose sheets are counted), sheet and number. A
 * number is never given again, so every version of every record counts.
 */
#ifndef DATA_LAND_NUMBER_H
#define DATA_LAND_NUMBER_H

#include "data/id_list.h"
#include "data/layer.h"
#include "data/store.h"

/* A sheet of a unit; unit 0: none. */
struct land_sheet {
	int64_t unit_id;
	const char *sheet;
};

/* Adds the index that these questions need, if it is missing; inside a transaction. */
int land_number_index(struct store *store, const struct layer *layer, struct error *err);

/* Whether a number was ever another record's than `except_id`. */
int land_number_taken(struct store *store, const struct layer *layer,
	const struct land_sheet *sheet, const char *number, int64_t except_id, bool *ret_taken,
	struct error *err);

/* One more than the greatest number of the sheet; those that are no whole numbers do not count. */
int land_number_next(struct store *store, const struct layer *layer,
	const struct land_sheet *sheet, int64_t *ret_next, struct error *err);

/* The records that ever had a number on a sheet of that name, in whatever unit: a few at most. */
enum { LAND_NUMBER_FOUND_MAX = 200 };
int land_number_find(struct store *store, const struct layer *layer, const char *sheet,
	const char *number, struct id_list *ret_list, struct error *err);

#endif
