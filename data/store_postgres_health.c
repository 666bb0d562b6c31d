#include "data/store_postgres.h"

#include "base/clock.h"
#include "base/messages.h"
#include "data/store_postgres_server.h"

enum { CLOCK_SKEW_US = 2000000 };

/* What a register needs of its server; the setting that everybody gets counts, not ours. */
static const struct {
	const char *name, *wanted;
	const char *sql; /* the value as it is, and whether it will do */
} needs[] = {
	{"PostgreSQL", "13",
		"SELECT current_setting('server_version'),"
		" current_setting('server_version_num')::int >= 130000"},
	{"PostGIS", "3.0",
		"SELECT extversion, split_part(extversion, '.', 1)::int >= 3"
		" FROM pg_extension WHERE extname = 'postgis'"},
	{"server_encoding", "UTF8",
		"SELECT current_setting('server_encoding'),"
		" current_setting('server_encoding') = 'UTF8'"},
	{"fsync", "on", "SELECT current_setting('fsync'), current_setting('fsync') = 'on'"},
	{"full_page_writes", "on",
		"SELECT current_setting('full_page_writes'),"
		" current_setting('full_page_writes') = 'on'"},
	{"synchronous_commit", "on",
		"SELECT reset_val, reset_val <> 'off' FROM pg_settings"
		" WHERE name = 'synchronous_commit'"},
	{"zero_damaged_pages", "off",
		"SELECT current_setting('zero_damaged_pages'),"
		" current_setting('zero_damaged_pages') = 'off'"},
	{"TimeZone", "UTC",
		"SELECT current_setting('TimeZone'), current_setting('TimeZone') = 'UTC'"},
};

static int check_need(struct store *store, size_t need, struct strbuf *said, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, needs[need].sql, &query, err);

	if (!rc)
		rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (!rc || !query_int(query, 1))
		return fail_database_setting(err, needs[need].name,
			rc ? query_text(query, 0, NULL) : "-", needs[need].wanted);
	if (said->len)
		strbuf_add_text(said, ", ");
	strbuf_add_format(said, "%s %s", needs[need].name, query_text(query, 0, NULL));
	return 0;
}

/* Dates in law and leases of jobs are by the clocks of the servers, which must agree. */
static int check_clock(struct store *store, struct error *err)
{
	int64_t theirs = 0, ours = clock_now_us(&clock_system);
	int rc = store_int(store,
		"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", &theirs, err);

	if (rc || llabs(theirs - ours) <= CLOCK_SKEW_US)
		return rc;
	return fail_database_clock(err, llabs(theirs - ours) / 1000000);
}

int postgres_examine(struct store *store, struct strbuf *said, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof needs / sizeof *needs; i++)
		rc = check_need(store, i, said, err);
	return rc ? rc : check_clock(store, err);
}

int postgres_position(struct store *store, int64_t *ret_position, struct error *err)
{
	return store_int(store,
		"SELECT ((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
		" ELSE pg_current_wal_lsn() END) - '0/0'::pg_lsn)::bigint",
		ret_position, err);
}
