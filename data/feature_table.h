/*
 * feature_table: the table of a layer in the database, made from its descriptor.
 *
 * Tables and columns are only ever added; renaming or retyping needs a migration.
 */
#ifndef DATA_FEATURE_TABLE_H
#define DATA_FEATURE_TABLE_H

#include "data/feature.h"
#include "data/partition.h"
#include "data/store.h"

/*
 * Adds what the database lacks of the layers; call inside a transaction. `large`: the parts of the
 * tables of large layers that are made now.
 */
int feature_tables_ensure(struct store *store, const struct layer_table *layers, int epsg,
	const struct partitions *large, struct error *err);

/* The type of a column, in the words of SQL. */
const char *feature_column_type(enum field_type type);

/* How many records are in force, and the box around them, kept with every write. */
struct layer_state {
	int64_t record_count;
	struct box box; /* working CRS; empty when nothing has a geometry */
	int64_t resting_count; /* kept, but not in force today */
};
int layer_state_read(struct store *store, const struct layer *layer,
	struct layer_state *ret_state, struct error *err);
int layer_state_write(struct store *store, const struct layer *layer,
	const struct layer_state *state, struct error *err);

#endif
