/*
 * store: a connection to the database of the register, whichever database that is.
 *
 * A small interface (query, bind by name, step, column, transaction) with a driver a database.
 * SQL stands beside the function that runs it, in the subset that SQLite and PostgreSQL share;
 * where they differ the dialect is asked. Parameters are written $name and bound by that name.
 *
 *	autoptr(query_done) struct query *query = NULL;
 *	rc = store_query(store, "SELECT name FROM city WHERE id = $id", &query, err);
 *	if (rc) return rc;
 *	query_bind_int(query, "id", 7);
 *	while ((rc = query_step(query, err)) > 0)
 *		use(query_text(query, 0, NULL));
 *
 * A store belongs to one thread at a time. A read transaction never waits for a client.
 */
#ifndef DATA_STORE_H
#define DATA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "data/query.h"
#include "data/transaction.h"

struct store;

enum store_mode { STORE_READ, STORE_WRITE };
enum store_dialect { STORE_SQLITE, STORE_POSTGRES };

/*
 * Opens the database of a register: the path of its SQLite file, or the address of its PostgreSQL
 * database, "postgresql://…" (libpq, "Connection URIs").
 */
bool store_is_address(const char *where); /* rather than a path */
int store_open(const char *where, enum store_mode mode, struct store **ret_store, struct error *err);

/* Makes an empty database there, ready for migrations; there must be no file, no register. */
int store_create(const char *where, struct store **ret_store, struct error *err);


/*
 * A plain SQLite file that is no register, for exchange: the one that is there, or a new one. What
 * fails is said as if it were a register; that is for the caller to say otherwise.
 */
int store_open_plain(const char *path, bool is_new, struct store **ret_store, struct error *err);
void store_close(struct store *store);
AUTOPTR(struct store, store_close);

enum store_dialect store_dialect(const struct store *store);

/* Runs statements without parameters and results. */
int store_run(struct store *store, const char *sql, struct error *err);

/*
 * The prepared query of this text, from the store's cache or made now. The caller gives it back
 * with query_done(); until then nobody else gets the same one.
 */
int store_query(struct store *store, const char *sql, struct query **ret_query, struct error *err);
void query_done(struct query *query);
AUTOPTR(struct query, query_done);

/*
 * Asking ahead (query_ask): whether anything is gained by it, which it is not where the database is a
 * file; and that what was asked about a subject does not hold any more.
 */
bool store_asks_ahead(const struct store *store);
void store_touched(struct store *store, uint64_t subject);

/* Asks for one number; 0 when there is no row, or it is null. */
int store_int(struct store *store, const char *sql, int64_t *ret, struct error *err);

/*
 * Visits, in no order, the entries of an index that meet `sides` in every dimension: least and
 * greatest x, least and greatest y, of the places of a table (4 sides); and days and seconds too,
 * of one with an index of times (8 sides). Boxes are given as the index has them. The visitor says
 * 0: go on, 1: enough, negative: failed; it must not use the store.
 */
typedef int store_box_visit(void *context, int64_t id, const double *sides, struct error *err);
int store_visit_boxes(struct store *store, const char *table, const double *sides,
	size_t side_count, store_box_visit *visit, void *context, struct error *err);

/* Makes a coordinate system known to the database, so that other programs understand the file. */
struct store_crs {
	int epsg;
	const char *name;
	const char *proj4; /* PROJ string */
	const char *wkt;   /* WKT 1 */
};
int store_add_crs(struct store *store, const struct store_crs *crs, struct error *err);

/* Adds the indexed column `geom` to a table that has a column `id`. */
int store_add_geometry(struct store *store, const char *table, enum geometry_kind kind, int epsg,
	struct error *err);

/* Makes the index of places and times of the versions in a table, "idx_<table>" (history.h). */
int store_add_time_index(struct store *store, const char *table, struct error *err);

/* Whether there is a table with that column. */
int store_has_column(struct store *store, const char *table, const char *column, bool *ret_has,
	struct error *err);

/*
 * Between the two, inside one transaction, rows inserted into the table are not indexed one by
 * one; store_bulk_end indexes those from first_id on. For thousands of rows at a time. NULL: a
 * table without places.
 */
int store_bulk_begin(struct store *store, const char *table, struct error *err);
int store_bulk_end(struct store *store, const char *table, int64_t first_id, struct error *err);

/* The id that the next record of a table will get, if its inserts do not say; none returns. */
int store_next_id(struct store *store, const char *table, int64_t *ret_id, struct error *err);

/* Looks whether the database is sound; ERR_IO if it is damaged. May take long. */
int store_check(struct store *store, struct error *err);

/* Says which database it is; ERR_CONFIG where it is set so that a register is not safe in it. */
int store_examine(struct store *store, struct strbuf *said, struct error *err);

/* Rewrites the files, so that they hold nothing of what was deleted in the table. Outside of
 * transactions; takes long, and twice the disk space. ERR_BUSY while a reader still sees what was
 * before. PostgreSQL's log of writes and its archive keep what they have for their own time. */
int store_wipe(struct store *store, const char *table, struct error *err);

/* Notes how many rows a table has and where they lie, for programs that read the file. */
int store_note_extent(struct store *store, const char *table, int64_t row_count,
	const struct box *box, int64_t now_us, struct error *err);

/*
 * News between those who have the register open, where several servers may. What is told in a
 * transaction comes with its COMMIT, once however often it is told. store_hear waits, at most so
 * long: 1 and the news, or "" when something may have been missed; 0 none; negative failed.
 */
int store_tell(struct store *store, const char *news, struct error *err);
bool store_is_shared(const struct store *store); /* by several servers, that is */
int store_hear(struct store *store, int most_ms, struct strbuf *news, struct error *err);

/*
 * How far the database is in its log of writes: a primary where it has come to, a standby what of
 * it can be read there. What is read behind a place includes all that was committed before it.
 */
int store_position(struct store *store, int64_t *ret_position, struct error *err);

/* Stops what the store is doing, from another thread; it fails with ERR_CANCELLED. */
void store_interrupt(struct store *store);

#endif
