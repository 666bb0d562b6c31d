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

struct feature;
struct value;

/* What is seen of the records of an administrative unit (by unit_now_id). */
struct grant {
	int64_t unit_id; /* 0 all records */
	uint64_t fields; /* bit i: field i */
	bool source;	 /* source_attributes */
	bool may_write;	 /* these fields, too */
};

struct view {
	const struct layer *layer;
	bool is_dated;
	bool with_native; /* records with the bytes as they came, too */
	/* Dated: in force on a day of first..last; "" open. Of several versions the last one, or all. */
	struct date first_day, last_day;
	bool all_versions;
	int64_t recorded_us; /* as the register was then; INT64_MAX as it is now */
	/* A record is seen as far as the grants together show it; NULL: all of everything. Borrowed. */
	const struct grant *grants;
	size_t grant_count;
};

/* All that is in force today: for the product's own work. */
#define VIEW_NOW(of_layer) ((struct view){.layer = (of_layer)})

/*
 * Whether the view shows this record, whatever its times; what it does not show of it is taken out
 * of feature and values. For what reads rows in data/.
 */
bool view_admits(const struct view *view, struct value *values, struct feature *feature);

/* The administrative unit that a record lies in; a unit lies in itself. 0 unknown. */
int64_t view_unit(const struct layer *layer, const struct feature *feature);

/* What the view shows of the records of a unit: false none of them; else these fields. */
bool view_admits_unit(
	const struct view *view, int64_t unit, uint64_t *ret_fields, bool *ret_source);

/* The fields that may be written of a record like this, and whether its source_attributes may. */
uint64_t view_writable(const struct view *view, const struct value *values,
	const struct feature *feature, bool *ret_source);

#endif
