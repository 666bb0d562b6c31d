/*
 * query: a prepared statement of a store, its parameters and its rows (store.h has an example).
 */
#ifndef DATA_QUERY_H
#define DATA_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/feature.h"

struct query;

/* Binding. Texts and bytes are borrowed until the next step. A name the query lacks is a bug. */
void query_bind_null(struct query *query, const char *name);
void query_bind_int(struct query *query, const char *name, int64_t value);
void query_bind_real(struct query *query, const char *name, double value);
void query_bind_text(struct query *query, const char *name, const char *text); /* NULL: null */
void query_bind_bytes(struct query *query, const char *name, const void *bytes, size_t len);
void query_bind_value(struct query *query, const char *name, const struct value *value);

/* A list of ids, borrowed as long: "FROM id_list($name)" is a row each, in order, of id_of_list. */
void query_bind_ids(struct query *query, const char *name, const int64_t *ids, size_t count);

/* A geometry in the given CRS; no bytes bind null. */
void query_bind_wkb(struct query *query, const char *name, struct wkb wkb,
	const struct box *box, int epsg);

/*
 * Inside a transaction: sends a bound query ahead, so that its rows come with those of the next one
 * that is stepped, and the database is waited for once. Whoever steps the same query with the same
 * values gets them, once, unless the subject has been touched (store_touched) between. Only a hint.
 */
int query_ask(struct query *query, uint64_t subject, struct error *err);

/* 1: a row stands ready; 0: done; negative: failed. */
int query_step(struct query *query, struct error *err);

/*
 * Visits all rows of a query whose columns stand between QUERY_EACH_BEGIN and QUERY_EACH_END, which
 * costs less than steps; texts and bytes are borrowed until the visitor returns. It says 0: go on,
 * 1: enough, negative: failed.
 */
#define QUERY_EACH_BEGIN "visit_row($row, "
#define QUERY_EACH_END ")"
typedef int query_row_visit(void *context, struct query *query, struct error *err);
int query_each(struct query *query, query_row_visit *visit, void *context, struct error *err);

/* Steps a query that has no rows to its end, and makes it ready to be bound again. */
int query_run(struct query *query, struct error *err);

/*
 * Columns of the row, from 0; texts and bytes are borrowed until the next step. One that could not
 * be read for lack of memory looks empty: the next step fails then, and so does query_check_row
 * for whoever acts on a row before.
 */
bool query_is_null(struct query *query, int column);
int64_t query_int(struct query *query, int column);
double query_real(struct query *query, int column);
const char *query_text(struct query *query, int column, size_t *ret_len); /* "" for null */
const void *query_bytes(struct query *query, int column, size_t *ret_len); /* NULL for null */
void query_value(struct query *query, int column, struct value *ret);
void query_values(struct query *query, int first, int count, struct value *ret); /* side by side */
void query_date(struct query *query, int column, struct date *ret); /* "" for null */
/* A geometry and its box; false if it is null or no geometry of ours. */
bool query_wkb(struct query *query, int column, struct wkb *ret_wkb, struct box *ret_box);
int query_check_row(struct query *query, struct error *err);

#endif
