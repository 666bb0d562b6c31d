/*
 * store_sqlite_row: a row of a query and its columns, for the SQLite driver alone.
 *
 * A row is read where the query stands; or, for who visits many, inside of a function of ours that
 * the query calls: SELECT visit_row($row, column, …). SQLite hands it all columns at once, and asking
 * for them one by one, with its checks, is saved.
 */
#ifndef DATA_STORE_SQLITE_ROW_H
#define DATA_STORE_SQLITE_ROW_H

#include "data/store_driver.h"

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_value;

struct sqlite_query {
	struct query query;
	struct sqlite3_stmt *statement;
	struct strbuf wkb; /* of the row in hand */
	bool failed_bind;  /* memory ran out while binding */
	bool failed_column; /* ... or while reading the row in hand */
	struct sqlite3_value **row; /* the one that is visited; NULL: where the statement stands */
	query_row_visit *visit;
	void *context;
	struct error *err;
	int rc; /* what the visitor said at last */
};

/* Makes visit_row() known to a connection, and is bound as its first argument; codes of SQLite. */
int sqlite_row_register(struct sqlite3 *db);
int sqlite_row_bind(struct sqlite_query *query, int parameter);

/* As store_driver.h has them. */
int sqlite_row_check(struct query *query, struct error *err);
enum value_kind sqlite_row_kind(struct query *query, int column);
int64_t sqlite_row_int(struct query *query, int column);
double sqlite_row_real(struct query *query, int column);
const char *sqlite_row_text(struct query *query, int column, size_t *ret_len);
const void *sqlite_row_bytes(struct query *query, int column, size_t *ret_len);
void sqlite_row_values(struct query *query, int first, int count, struct value *ret);
bool sqlite_row_wkb(
	struct query *query, int column, struct wkb *ret_wkb, struct box *ret_box);

#endif
