#include "data/store_postgres.h"

#include "base/messages.h"
#include "data/store_postgis.h"
#include "data/store_postgres_server.h"
#include "data/store_postgres_values.h"

enum { SQL_BYTES = 400 };

static int postgres_has_column(struct store *store, const char *table, const char *column,
	bool *ret_has, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($table))"
		" AND attname = $column AND attnum > 0 AND NOT attisdropped",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "table", table);
	query_bind_text(query, "column", column);
	rc = query_step(query, err);
	*ret_has = rc > 0 && query_int(query, 0) > 0;
	return rc < 0 ? rc : 0;
}

static int postgres_next_id(
	struct store *store, const char *table, int64_t *ret_id, struct error *err)
{
	char sql[SQL_BYTES];

	snprintf(sql, sizeof sql, "SELECT nextval(pg_get_serial_sequence('\"%s\"', 'id'))", table);
	return store_int(store, sql, ret_id, err);
}

/* PostgreSQL looks after its files itself; an index that is not whole gives wrong answers. */
static int postgres_check(struct store *store, struct error *err)
{
	int64_t broken = 0;
	int rc = store_int(store,
		"SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
		" WHERE NOT i.indisvalid AND c.relnamespace = to_regnamespace(current_schema())::oid",
		&broken, err);

	return rc || !broken ? rc : fail_register_damaged(err);
}

/* VACUUM says in a notice how many dead rows it had to keep, because somebody still sees them. */
static void note_kept(void *context, const PGresult *notice)
{
	const char *from = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
	const char *said = PQresultErrorField(notice, PG_DIAG_MESSAGE_DETAIL);

	/* In whatever language, the number comes first. */
	if (from && said && !strcmp(from, "copy_table_data"))
		*(bool *)context = said[strcspn(said, "0123456789")] == '0';
}

static int postgres_wipe(struct store *store, const char *table, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	PQnoticeReceiver before;
	bool all_gone = false;
	struct error why = {0};
	char sql[SQL_BYTES];
	int rc = postgres_ready(pg, err);

	if (rc)
		return rc;
	before = PQsetNoticeReceiver(pg->conn, note_kept, &all_gone);
	snprintf(sql, sizeof sql, "VACUUM (FULL, VERBOSE) \"%s\"", table);
	rc = postgres_run(store, sql, &why);
	if (pg->conn)
		PQsetNoticeReceiver(pg->conn, before, pg);
	/* Who reads the table holds its lock; who only could read it keeps its dead rows. */
	if (rc ? why.message == MSG_WRITING_WAITS : !all_gone)
		return fail_busy(err);
	return rc ? error_copy(err, &why) : 0;
}

static int postgres_note_extent(struct store *store, const char *table, int64_t row_count,
	const struct box *box, int64_t now_us, struct error *err)
{
	(void)store;
	(void)table;
	(void)row_count;
	(void)box;
	(void)now_us;
	(void)err;
	return 0; /* PostgreSQL's own statistics serve */
}

static int postgres_check_row(struct query *query, struct error *err)
{
	return postgres_query_of(query)->failed_column ? fail_no_memory(err) : 0;
}

static const struct store_driver driver = {
	.dialect = STORE_POSTGRES,
	.close = postgres_close,
	.run = postgres_run,
	.begin = postgres_begin,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.settle = postgres_settle_all,
	.is_sound = postgres_is_sound,
	.prepare = postgres_prepare,
	.finish = postgres_finish,
	.reset = postgres_reset,
	.ask = postgres_ask,
	.touched = postgres_touched,
	.step = postgres_step,
	.each = postgres_each,
	.check_row = postgres_check_row,
	.bind_null = postgres_bind_null,
	.bind_int = postgres_bind_int,
	.bind_real = postgres_bind_real,
	.bind_text = postgres_bind_text,
	.bind_bytes = postgres_bind_bytes,
	.bind_ids = postgres_bind_ids,
	.bind_wkb = postgres_bind_wkb,
	.kind = postgres_kind,
	.get_int = postgres_get_int,
	.get_real = postgres_get_real,
	.get_text = postgres_get_text,
	.get_bytes = postgres_get_bytes,
	.get_values = postgres_get_values,
	.get_wkb = postgres_get_wkb,
	.visit_boxes = postgis_visit_boxes,
	.add_crs = postgis_add_crs,
	.add_geometry = postgis_add_geometry,
	.add_time_index = postgis_add_time_index,
	.has_column = postgres_has_column,
	.next_id = postgres_next_id,
	.bulk_begin = postgis_bulk_begin,
	.bulk_end = postgis_bulk_end,
	.check = postgres_check,
	.examine = postgres_examine,
	.wipe = postgres_wipe,
	.note_extent = postgres_note_extent,
	.position = postgres_position,
	.tell = postgres_tell,
	.hear = postgres_hear,
	.interrupt = postgres_interrupt,
};

int store_postgres_open(
	const char *address, enum store_mode mode, struct store **ret_store, struct error *err)
{
	return postgres_connect(address, mode, ret_store, &driver, err);
}

int store_postgres_create(const char *address, struct store **ret_store, struct error *err)
{
	autoptr(store_close) struct store *store = NULL;
	bool exists = false;
	int rc = postgres_connect(address, STORE_WRITE, &store, &driver, err);

	if (!rc)
		rc = postgis_ensure(store, err);
	if (!rc)
		rc = postgres_has_column(store, "migration", "number", &exists, err);
	if (!rc && exists)
		rc = fail_register_exists(err);
	if (rc)
		return rc;
	*ret_store = take(store);
	return 0;
}
