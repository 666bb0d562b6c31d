/*
 * store_sqlite_ids: a list of ids as a table of SQLite, for the SQLite driver alone.
 *
 * FROM id_list($ids) gives a row for each id, in the list's order, with the column id_of_list. One
 * statement then reads many records: a cursor that stays open finds the next one beside the last.
 */
#ifndef DATA_STORE_SQLITE_IDS_H
#define DATA_STORE_SQLITE_IDS_H

#include <stddef.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

/* Makes the table known to a connection; a code of SQLite. */
int sqlite_ids_register(struct sqlite3 *db);

/* Binds the list, which is borrowed until the statement is reset; a code of SQLite. */
int sqlite_ids_bind(struct sqlite3_stmt *statement, int parameter, const int64_t *ids, size_t count);

#endif
