/*
 * store_sqlite_boxes: searching an R*Tree of SQLite without a row for each hit, for its driver.
 *
 * The tree asks a callback of ours whether a node's box is of interest. At a leaf that is the hit
 * itself, with its id and its sides; so none needs to be given back, column by column, which takes
 * five times as long.
 */
#ifndef DATA_STORE_SQLITE_BOXES_H
#define DATA_STORE_SQLITE_BOXES_H

#include "data/store.h"

struct sqlite3;

/* A search, of a connection; the callback finds here what it looks for. */
struct sqlite_boxes {
	const double *sides;
	size_t side_count;
	store_box_visit *visit;
	void *context;
	struct error *err;
	int rc; /* what the visitor said at last */
};

/* Makes "MATCH meets_boxes()" known to a connection; a code of SQLite. */
int sqlite_boxes_register(struct sqlite3 *db, struct sqlite_boxes *boxes);

#endif
