/*
 * dialect: what the tests of data/ must do otherwise on PostgreSQL than on SQLite.
 *
 * A test is written in the words of SQLite, as far as the two share them; what is translated and
 * which functions of SQLite PostgreSQL is lent stands in dialect.c. All fail the test if they fail.
 */
#ifndef TESTS_DATA_DIALECT_H
#define TESTS_DATA_DIALECT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "data/store.h"

/*
 * Whether the tests run on PostgreSQL: with DOTHI_POSTGRES, the address of a database with PostGIS.
 */
bool on_postgres(void);

/* Appends a statement in the words of the database: x'00', BLOB, AUTOINCREMENT. */
void dialect_translate(const char *sql, struct strbuf *out);

/* Lends a fresh schema of PostgreSQL the functions of SQLite that the texts of tests use. */
int dialect_lend(struct store *store, struct error *err);

/* The number that a query answers with. */
int64_t number_in(struct store *store, const char *sql);

/* Runs statements, which must succeed. */
void store_must_run(struct store *store, const char *sql);

/* From now on no row of that table fits on the disk any more; or they do again. */
int disk_set_full(struct store *store, const char *table, bool full, struct error *err);

/* How many places the spatial index of a table has, which must be those of its records. */
int64_t places_in_index(struct store *store, const char *table);

/* Whether there is a table of that name. */
bool has_table(struct store *store, const char *table);

/* Appends the definition and every row of every table of the schema of PostgreSQL. */
void dialect_add_content(struct store *store, struct strbuf *out);

/* Copies all tables of one schema of PostgreSQL into another, which it makes. */
void dialect_copy_schema(struct store *store, const char *from, const char *to);

#endif
