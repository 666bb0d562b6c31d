/*
 * view: which records of a layer are seen, as of when, and what of them.
 *
 * Everything that reads records for somebody is given a view, and the reading itself keeps to it:
 * there is no way around. A view of what is in force today reads the table of the layer; a dated
 * one reads its history, by the time in law (valid) and the time in the register (recorded).
 */
#ifndef DATA_VIEW_H
#define DATA_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "data/layer.h"

struct view {
	const struct layer *layer;
	bool is_dated;
	/* Dated: in force on a day of first..last; "" open. Of several versions the last one, or all. */
	struct date first_day, last_day;
	bool all_versions;
	int64_t recorded_us; /* as the register was then; INT64_MAX as it is now */
	/* Wards whose records are seen (unit_now_id); NULL all. Borrowed. */
	const int64_t *units;
	size_t unit_count;
	uint64_t hidden;   /* bit i: field i is read as null */
	bool hides_source; /* source_attributes are, too */
};

/* All that is in force today: for the product's own work. */
#define VIEW_NOW(of_layer) ((struct view){.layer = (of_layer)})

#endif
