/*
 * partition: the tables of large layers in parts, for a province or a nation in PostgreSQL.
 *
 * A part holds a range of ids; a part of the history the versions of the same records. Ids are given
 * in order and an import brings a ward at a time, so a part holds neighbours; what is asked by id or
 * by key leaves the other parts out, what is asked by place looks into the index of each. (Parts by
 * ward would have to move a record, and its history, with its ward; parts by hash would scatter each
 * import over all of them.) The first part begins nowhere and the last has no end, so every id has
 * its place.
 */
#ifndef DATA_PARTITION_H
#define DATA_PARTITION_H

#include "data/store.h"

enum {
	PARTITION_COUNT_MAX = 1000,
	PARTITION_ROWS = 1 << 22, /* records of a part, if nobody says otherwise */
	PARTITION_ROWS_MIN = 100,
};
#define PARTITION_RECORDS_MAX INT64_C(1000000000000)

/* Which parts there are to be; count 0 or 1: none, one table. */
struct partitions {
	int64_t rows; /* ids a part */
	int count;
};

/* Those for so many records; false: too many parts, or numbers that are out of bounds. */
bool partitions_plan(int64_t records, int64_t rows, struct partitions *ret);

/* What is said behind the columns of CREATE TABLE: " PARTITION BY RANGE (column)", or "". */
void partitions_clause(const struct partitions *partitions, const char *column, struct strbuf *sql);

/* Makes the parts of a table; its column goes through 2^bits numbers an id. */
int partitions_create(const struct partitions *partitions, struct store *store, const char *table,
	int bits, struct error *err);

#endif
