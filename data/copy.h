/*
 * copy: a register as it is, with all its history, into another database.
 *
 * Rows go over as they are: numbers, times, seals and links of the feed stay the same, so the
 * copy is the same register. Then both are read again, and each table must say the same.
 */
#ifndef DATA_COPY_H
#define DATA_COPY_H

#include "base/secret.h"
#include "data/layer.h"
#include "data/store.h"

/* What became of a table. */
struct copied_table {
	const char *name;
	int64_t rows;
	struct digest digest; /* SHA-256 of all its rows in order: columns by name, values */
};

/* Told of each table when it has been compared; false: stop. `rows` tells how far it is before. */
typedef bool copy_tell(void *context, const struct copied_table *table);
typedef bool copy_progress(void *context, int64_t rows);

struct copy_plan {
	const struct layer_table *layers;
	int epsg; /* the working CRS */
	copy_tell *tell;
	copy_progress *progress;
	void *context;
};

/*
 * Copies all tables of `from` into `to`, a register of the same layers with nothing in it, in the
 * caller's transaction. Reads as of one moment. ERR_CONFIG if one of them knows columns that the other
 * does not, ERR_IO if what was written reads otherwise, ERR_CANCELLED.
 */
int copy_register(struct store *from, struct store *to, const struct copy_plan *plan,
	struct error *err);

#endif
