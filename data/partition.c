#include "data/partition.h"

enum { SQL_BYTES = 400, LIMIT_BYTES = 32 };

bool partitions_plan(int64_t records, int64_t rows, struct partitions *ret)
{
	int64_t count;

	if (records < 1 || records > PARTITION_RECORDS_MAX || rows < PARTITION_ROWS_MIN ||
		rows > PARTITION_RECORDS_MAX)
		return false;
	count = (records - 1) / rows + 1;
	if (count > PARTITION_COUNT_MAX)
		return false;
	*ret = (struct partitions){rows, (int)count};
	return true;
}

void partitions_clause(const struct partitions *partitions, const char *column, struct strbuf *sql)
{
	if (partitions->count > 1)
		strbuf_add_format(sql, " PARTITION BY RANGE (%s)", column);
}

/* Where a part ends and the next begins; ids begin with 1. */
static void print_limit(const struct partitions *partitions, int part, int bits, char ret[LIMIT_BYTES])
{
	if (part == partitions->count)
		snprintf(ret, LIMIT_BYTES, "MAXVALUE");
	else if (!part)
		snprintf(ret, LIMIT_BYTES, "MINVALUE");
	else
		snprintf(ret, LIMIT_BYTES, "%lld",
			(long long)((part * partitions->rows + 1) << bits));
}

int partitions_create(const struct partitions *partitions, struct store *store, const char *table,
	int bits, struct error *err)
{
	char sql[SQL_BYTES], from[LIMIT_BYTES], to[LIMIT_BYTES];
	int rc = 0;

	for (int part = 0; !rc && partitions->count > 1 && part < partitions->count; part++) {
		print_limit(partitions, part, bits, from);
		print_limit(partitions, part + 1, bits, to);
		snprintf(sql, sizeof sql,
			"CREATE TABLE \"%s_part_%03d\" PARTITION OF \"%s\""
			" FOR VALUES FROM (%s) TO (%s)",
			table, part, table, from, to);
		rc = store_run(store, sql, err);
	}
	return rc;
}
