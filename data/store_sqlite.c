#include <sqlite3.h>
#include <spatialite.h>

#include "data/store_driver.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "base/messages.h"
#include "base/file.h"
#include "data/spatialite_blob.h"
#include "data/store_spatialite.h"
#include "data/store_sqlite_boxes.h"
#include "data/store_sqlite_ids.h"
#include "data/store_sqlite_row.h"

enum {
	NAME_MAX_BYTES = 80,	/* of a parameter */
	BUSY_TIMEOUT_MS = 5000, /* another program may hold the file for a moment */
	WRITER_CACHE_KIB = 65536,
	READER_CACHE_KIB = 16384,
	GEOMETRY_MAX_BYTES = 1 << 26,
	INDEX_SQL_BYTES = 200,
};

struct sqlite_store {
	struct store store;
	sqlite3 *db;
	void *spatialite; /* its state, of a writer; NULL of a reader */
	sqlite3_stmt *rollback; /* made beforehand: needs no memory when there is none */
	struct sqlite_boxes boxes;
};

/* spatialite_cleanup_ex ends libxml2, which two threads may not do at once. */
static pthread_mutex_t spatialite_lock = PTHREAD_MUTEX_INITIALIZER;

static sqlite3 *db_of(struct store *store)
{
	return ((struct sqlite_store *)store)->db;
}

static sqlite3_stmt *statement_of(struct query *query)
{
	return ((struct sqlite_query *)query)->statement;
}

/* A disk may be full for this user alone, or for files of this size. */
static bool is_full(sqlite3 *db)
{
	int fault = sqlite3_system_errno(db);

	return fault == ENOSPC || fault == EDQUOT || fault == EFBIG;
}

/* What SQLite says, in the words of the catalogue. */
static int fail_code(struct error *err, sqlite3 *db, int code)
{
	switch (code & 0xFF) {
	case SQLITE_FULL:
		return fail_disk_full(err);
	case SQLITE_IOERR:
		if (code == SQLITE_IOERR_NOMEM)
			return fail_no_memory(err);
		return is_full(db) ? fail_disk_full(err) : fail_register_io(err);
	case SQLITE_NOMEM:
		return fail_no_memory(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail_busy(err);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return fail_register_damaged(err);
	case SQLITE_INTERRUPT:
		return fail_cancelled(err);
	case SQLITE_CANTOPEN:
		return is_full(db) ? fail_disk_full(err) : fail_register_not_writable(err);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fail_register_not_writable(err);
	default:
		return fail_internal(err);
	}
}

static int fail_sqlite(struct error *err, sqlite3 *db, int code, const char *sql)
{
	int rc = fail_code(err, db, code);

	error_detail(err, "sqlite %d: %s: %.120s", code, db ? sqlite3_errmsg(db) : "", sql);
	return rc;
}

static void sqlite_close(struct store *store)
{
	struct sqlite_store *sqlite = (struct sqlite_store *)store;

	sqlite3_finalize(sqlite->rollback);
	sqlite3_close(sqlite->db);
	if (sqlite->spatialite) {
		pthread_mutex_lock(&spatialite_lock);
		spatialite_cleanup_ex(sqlite->spatialite);
		pthread_mutex_unlock(&spatialite_lock);
	}
	free(sqlite);
}

static int sqlite_run(struct store *store, const char *sql, struct error *err)
{
	int code = sqlite3_exec(db_of(store), sql, NULL, NULL, NULL);

	if (code == SQLITE_OK)
		return 0;
	return fail_sqlite(err, db_of(store), sqlite3_extended_errcode(db_of(store)), sql);
}

static void sqlite_rollback(struct store *store)
{
	sqlite3_stmt *rollback = ((struct sqlite_store *)store)->rollback;

	/* Fails where SQLite has rolled back by itself. */
	sqlite3_step(rollback);
	sqlite3_reset(rollback);
}

/* A full disk has it roll back by itself. */
static bool sqlite_is_sound(struct store *store)
{
	return !sqlite3_get_autocommit(db_of(store));
}

static int sqlite_prepare(
	struct store *store, const char *sql, struct query **ret, struct error *err)
{
	struct sqlite_query *query = calloc(1, sizeof *query);
	int code;

	if (!query)
		return fail_no_memory(err);
	query->wkb = STRBUF(GEOMETRY_MAX_BYTES);
	code = sqlite3_prepare_v3(
		db_of(store), sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL);
	if (code != SQLITE_OK) {
		free(query);
		return fail_sqlite(err, db_of(store), sqlite3_extended_errcode(db_of(store)), sql);
	}
	/* Of an empty text there is none: it could not be put together. */
	if (!query->statement) {
		free(query);
		return fail_no_memory(err);
	}
	*ret = &query->query;
	return 0;
}

static void sqlite_finish(struct query *query)
{
	struct sqlite_query *sqlite = (struct sqlite_query *)query;

	sqlite3_finalize(sqlite->statement);
	strbuf_clear(&sqlite->wkb);
	free(query->sql);
	free(sqlite);
}

static void sqlite_reset(struct query *query)
{
	sqlite3_reset(statement_of(query));
	sqlite3_clear_bindings(statement_of(query));
	((struct sqlite_query *)query)->failed_bind = false;
	((struct sqlite_query *)query)->failed_column = false;
}

static int sqlite_step(struct query *query, struct error *err)
{
	sqlite3 *db = db_of(query->store);
	int code;

	if (((struct sqlite_query *)query)->failed_bind)
		return fail_no_memory(err);
	code = sqlite3_step(statement_of(query));
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return fail_sqlite(err, db, sqlite3_extended_errcode(db), query->sql);
}

/* The number of a parameter; a name that the text lacks is our own mistake. */
static int parameter(struct query *query, const char *name)
{
	char key[NAME_MAX_BYTES];
	int index;

	snprintf(key, sizeof key, "$%s", name);
	index = sqlite3_bind_parameter_index(statement_of(query), key);
	assert(index > 0);
	return index;
}

static void note(struct query *query, int code)
{
	if (code != SQLITE_OK)
		((struct sqlite_query *)query)->failed_bind = true;
}

static int sqlite_each(
	struct query *query, query_row_visit *visit, void *context, struct error *err)
{
	struct sqlite_query *sqlite = (struct sqlite_query *)query;
	sqlite3 *db = db_of(query->store);
	int rc;

	note(query, sqlite_row_bind(sqlite, parameter(query, "row")));
	sqlite->visit = visit;
	sqlite->context = context;
	sqlite->err = err;
	sqlite->rc = 0;
	while ((rc = sqlite_step(query, NULL)) > 0)
		;
	/* Rows that the visitor ended make the step fail; its own fault says more. */
	if (sqlite->rc)
		return sqlite->rc < 0 ? sqlite->rc : 0;
	if (rc < 0 && sqlite->failed_bind)
		return fail_no_memory(err);
	return rc < 0 ? fail_sqlite(err, db, sqlite3_extended_errcode(db), query->sql) : 0;
}

static void sqlite_bind_null(struct query *query, const char *name)
{
	note(query, sqlite3_bind_null(statement_of(query), parameter(query, name)));
}

static void sqlite_bind_int(struct query *query, const char *name, int64_t value)
{
	note(query, sqlite3_bind_int64(statement_of(query), parameter(query, name), value));
}

static void sqlite_bind_real(struct query *query, const char *name, double value)
{
	note(query, sqlite3_bind_double(statement_of(query), parameter(query, name), value));
}

static void sqlite_bind_text(struct query *query, const char *name, const char *text, size_t len)
{
	note(query, sqlite3_bind_text64(statement_of(query), parameter(query, name), text, len,
			    SQLITE_STATIC, SQLITE_UTF8));
}

static void sqlite_bind_bytes(
	struct query *query, const char *name, const void *bytes, size_t len)
{
	note(query, sqlite3_bind_blob64(statement_of(query), parameter(query, name), bytes, len,
			    SQLITE_STATIC));
}

static void sqlite_bind_ids(
	struct query *query, const char *name, const int64_t *ids, size_t count)
{
	note(query, sqlite_ids_bind(statement_of(query), parameter(query, name), ids, count));
}

static void sqlite_bind_wkb(struct query *query, const char *name, struct wkb wkb,
	const struct box *box, int epsg)
{
	size_t size = spatialite_blob_size(wkb.len);
	unsigned char *blob = malloc(size);

	if (!blob) {
		note(query, SQLITE_NOMEM);
		return;
	}
	if (!spatialite_blob_write(blob, wkb, box, epsg))
		assert(!"geometry was not made by shape_write_wkb");
	note(query, sqlite3_bind_blob64(
			    statement_of(query), parameter(query, name), blob, size, free));
}

static int sqlite_visit_boxes(struct store *store, const char *table, const double *sides,
	size_t side_count, store_box_visit *visit, void *context, struct error *err)
{
	struct sqlite_boxes *boxes = &((struct sqlite_store *)store)->boxes;
	autoptr(query_done) struct query *query = NULL;
	char sql[INDEX_SQL_BYTES];
	int rc;

	snprintf(sql, sizeof sql, "SELECT 1 FROM \"idx_%s%s\" WHERE xmin MATCH meets_boxes()", table,
		side_count == 4 ? "_geom" : "");
	rc = store_query(store, sql, &query, err);
	if (rc)
		return rc;
	*boxes = (struct sqlite_boxes){sides, side_count, visit, context, err, 0};
	/* A search that the visitor ended fails; its own fault says more. */
	rc = query_step(query, NULL);
	if (rc < 0 && !boxes->rc) {
		sqlite3 *db = db_of(store);

		rc = fail_sqlite(err, db, sqlite3_extended_errcode(db), sql);
	}
	return boxes->rc < 0 ? boxes->rc : boxes->rc ? 0 : rc;
}

static int sqlite_add_time_index(struct store *store, const char *table, struct error *err)
{
	char sql[INDEX_SQL_BYTES];

	snprintf(sql, sizeof sql,
		"CREATE VIRTUAL TABLE \"idx_%s\" USING rtree(key, xmin, xmax, ymin, ymax,"
		" valid_lo, valid_hi, recorded_lo, recorded_hi)",
		table);
	return sqlite_run(store, sql, err);
}

static int sqlite_has_column(struct store *store, const char *table, const char *column,
	bool *ret_has, struct error *err)
{
	int code = sqlite3_table_column_metadata(
		db_of(store), NULL, table, column, NULL, NULL, NULL, NULL, NULL);

	if (code != SQLITE_OK && code != SQLITE_ERROR)
		return fail_sqlite(err, db_of(store), code, table);
	*ret_has = code == SQLITE_OK;
	return 0;
}

static int sqlite_next_id(
	struct store *store, const char *table, int64_t *ret_id, struct error *err)
{
	char sql[INDEX_SQL_BYTES];
	int64_t last = 0;
	int rc;

	snprintf(sql, sizeof sql, "SELECT max(seq) FROM sqlite_sequence WHERE name = '%s'", table);
	rc = store_int(store, sql, &last, err);
	*ret_id = last + 1;
	return rc;
}

static int sqlite_check(struct store *store, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "PRAGMA quick_check(1)", &query, err);
	const char *found;

	if (!rc)
		rc = query_step(query, err);
	if (rc < 0)
		return rc;
	found = rc ? query_text(query, 0, NULL) : "";
	rc = query_check_row(query, err);
	if (!rc && strcmp(found, "ok") != 0) {
		rc = fail_register_damaged(err);
		error_detail(err, "%s", found);
	}
	return rc;
}

static int sqlite_examine(struct store *store, struct strbuf *said, struct error *err)
{
	(void)store;
	(void)err;
	strbuf_add_format(said, "SQLite %s, SpatiaLite %s", sqlite3_libversion(), spatialite_version());
	return 0;
}

/* Moves the write-ahead log into the file and cuts it to nothing. */
static int empty_log(struct store *store, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "PRAGMA wal_checkpoint(TRUNCATE)", &query, err);

	if (!rc)
		rc = query_step(query, err);
	if (rc < 0)
		return rc;
	/* The first column says whether a reader was in the way. */
	return rc && query_int(query, 0) ? fail_busy(err) : 0;
}

static int sqlite_wipe(struct store *store, const char *table, struct error *err)
{
	/* The copy that VACUUM makes is as large as the register: not in memory. */
	int rc = sqlite_run(store, "PRAGMA temp_store=FILE; VACUUM", err);

	(void)table;
	if (!rc)
		rc = empty_log(store, err);
	/* In any case; it does not fail where there are no temporary tables. */
	sqlite_run(store, "PRAGMA temp_store=MEMORY", NULL);
	return rc;
}

static void sqlite_interrupt(struct store *store)
{
	sqlite3_interrupt(db_of(store));
}

static const struct store_driver driver = {
	.dialect = STORE_SQLITE,
	.close = sqlite_close,
	.run = sqlite_run,
	.rollback = sqlite_rollback,
	.is_sound = sqlite_is_sound,
	.prepare = sqlite_prepare,
	.finish = sqlite_finish,
	.reset = sqlite_reset,
	.step = sqlite_step,
	.each = sqlite_each,
	.check_row = sqlite_row_check,
	.bind_null = sqlite_bind_null,
	.bind_int = sqlite_bind_int,
	.bind_real = sqlite_bind_real,
	.bind_text = sqlite_bind_text,
	.bind_bytes = sqlite_bind_bytes,
	.bind_ids = sqlite_bind_ids,
	.bind_wkb = sqlite_bind_wkb,
	.kind = sqlite_row_kind,
	.get_int = sqlite_row_int,
	.get_real = sqlite_row_real,
	.get_text = sqlite_row_text,
	.get_bytes = sqlite_row_bytes,
	.get_values = sqlite_row_values,
	.get_wkb = sqlite_row_wkb,
	.visit_boxes = sqlite_visit_boxes,
	.add_crs = spatialite_add_crs,
	.add_geometry = spatialite_add_geometry,
	.add_time_index = sqlite_add_time_index,
	.has_column = sqlite_has_column,
	.next_id = sqlite_next_id,
	.bulk_begin = spatialite_bulk_begin,
	.bulk_end = spatialite_bulk_end,
	.check = sqlite_check,
	.examine = sqlite_examine,
	.wipe = sqlite_wipe,
	.note_extent = spatialite_note_extent,
	.interrupt = sqlite_interrupt,
};

/* A connection without settings; `flags` as of sqlite3_open_v2. */
static int connect_file(
	const char *path, int flags, bool spatialite, struct store **ret_store, struct error *err)
{
	struct sqlite_store *store = calloc(1, sizeof *store);
	autoptr(store_close) struct store *opened = store ? &store->store : NULL;
	int code;

	if (!store)
		return fail_no_memory(err);
	store->store.driver = &driver;
	code = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK)
		return fail_sqlite(err, store->db, code, "open");
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	code = sqlite_ids_register(store->db);
	if (code == SQLITE_OK)
		code = sqlite_boxes_register(store->db, &store->boxes);
	if (code == SQLITE_OK)
		code = sqlite_row_register(store->db);
	if (code != SQLITE_OK)
		return fail_sqlite(err, store->db, code, "register");
	if (spatialite) {
		store->spatialite = spatialite_alloc_connection();
		if (!store->spatialite)
			return fail_no_memory(err);
		spatialite_init_ex(store->db, store->spatialite, 0);
	}
	code = sqlite3_prepare_v3(
		store->db, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &store->rollback, NULL);
	if (code != SQLITE_OK)
		return fail_sqlite(err, store->db, code, "ROLLBACK");
	*ret_store = take(opened);
	return 0;
}

int store_sqlite_create(const char *path, struct store **ret_store, struct error *err)
{
	autoptr(store_close) struct store *store = NULL;
	int rc;

	if (file_exists(path))
		return fail_register_exists(err);
	rc = connect_file(
		path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, true, &store, err);
	if (!rc)
		rc = sqlite_run(store, "PRAGMA page_size=8192; PRAGMA synchronous=FULL", err);
	/* 'NONE': without the table of 6,000 coordinate systems; those in use are added. */
	if (!rc)
		rc = spatialite_call(store, "SELECT InitSpatialMetaDataFull(1, 'NONE')", err);
	if (rc)
		return rc;
	*ret_store = take(store);
	return 0;
}

int store_sqlite_open_plain(
	const char *path, bool is_new, struct store **ret_store, struct error *err)
{
	return connect_file(path, SQLITE_OPEN_READWRITE | (is_new ? SQLITE_OPEN_CREATE : 0), false,
		ret_store, err);
}

int store_sqlite_open(
	const char *path, enum store_mode mode, struct store **ret_store, struct error *err)
{
	autoptr(store_close) struct store *store = NULL;
	char settings[300];
	int rc;

	/* A reader opens for writing too, because WAL needs its shared memory file; then it binds
	 * itself to reading. */
	rc = connect_file(path, SQLITE_OPEN_READWRITE, mode == STORE_WRITE, &store, err);
	if (rc)
		return rc;
	snprintf(settings, sizeof settings,
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		"PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000;"
		"PRAGMA secure_delete=ON;" /* what is erased is overwritten: person.h */
		"PRAGMA cache_size=-%d; PRAGMA query_only=%d",
		mode == STORE_WRITE ? WRITER_CACHE_KIB : READER_CACHE_KIB, mode == STORE_READ);
	rc = sqlite_run(store, settings, err);
	if (rc)
		return rc;
	*ret_store = take(store);
	return 0;
}
