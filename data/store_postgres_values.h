/*
 * store_postgres_values: parameters and columns of a query of PostgreSQL, as store_driver.h has
 * them.
 */
#ifndef DATA_STORE_POSTGRES_VALUES_H
#define DATA_STORE_POSTGRES_VALUES_H

#include "data/store.h"

/* Types of PostgreSQL, of its catalogue pg_type. */
enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_FLOAT4 = 700,
	PG_FLOAT8 = 701,
	PG_NUMERIC = 1700,
};

/* Parameters; each is written as its column wants it. */
void postgres_bind_null(struct query *query, const char *name);
void postgres_bind_int(struct query *query, const char *name, int64_t value);
void postgres_bind_real(struct query *query, const char *name, double value);
void postgres_bind_text(struct query *query, const char *name, const char *text, size_t len);
void postgres_bind_bytes(struct query *query, const char *name, const void *bytes, size_t len);
void postgres_bind_ids(struct query *query, const char *name, const int64_t *ids, size_t count);
void postgres_bind_wkb(struct query *query, const char *name, struct wkb wkb,
	const struct box *box, int epsg);

/* Columns of the row in hand. */
enum value_kind postgres_kind(struct query *query, int column);
int64_t postgres_get_int(struct query *query, int column);
double postgres_get_real(struct query *query, int column);
const char *postgres_get_text(struct query *query, int column, size_t *ret_len);
const void *postgres_get_bytes(struct query *query, int column, size_t *ret_len);
void postgres_get_values(struct query *query, int first, int count, struct value *ret);
bool postgres_get_wkb(
	struct query *query, int column, struct wkb *ret_wkb, struct box *ret_box);

#endif
