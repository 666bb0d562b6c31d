/*
 * demo_reform: the sample city after the reform of 1 July 2025: the five new wards beside the fourteen
 * old ones, which of them came of which, and in which new one a record lies today.
 */
#ifndef SERVER_COMMANDS_DEMO_REFORM_H
#define SERVER_COMMANDS_DEMO_REFORM_H

#include "data/feature_write.h"
#include "gis/sample_wards.h"
#include "gis/unit_finder.h"
#include "gis/unit_succession.h"

struct demo_reform {
	const struct layer_table *layers;
	struct crs_context *crs;
	struct arena arena;
	struct succession_unit old[SAMPLE_WARDS_MAX], made[SAMPLE_WARDS_MAX];
	size_t old_count, made_count;
	struct unit_finder *finder;
	struct arena shapes; /* of the record in hand */
};

/*
 * A record of a unit of before: it ends with the reform. Its id is the number of its arrival; `values`
 * is a copy of its own.
 */
int demo_reform_take_old(struct demo_reform *reform, const struct layer *layer,
	struct feature *feature, struct value *values, struct error *err);

/* Writes the new ones behind the old ones, with an open writer of that layer. */
int demo_reform_write(
	struct demo_reform *reform, struct feature_writer *writer, struct error *err);

/* When they are all written: the lineage, and what finding a unit needs. */
int demo_reform_end(
	struct demo_reform *reform, struct store *store, int64_t now_us, struct error *err);

/*
 * Fills what the register computes of any other record: the unit of today, area and length. `values`
 * is a copy of its own.
 */
int demo_reform_fill(struct demo_reform *reform, const struct layer *layer,
	const struct feature *feature, struct value *values, struct error *err);

void demo_reform_clear(struct demo_reform *reform);

#endif
