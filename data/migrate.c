#include "data/migrate.h"

#include "base/messages.h"

enum { SQL_MAX_BYTES = 1 << 16 };

static const struct {
	int number;
	const char *name;
	const char *sql;
} migrations[] = {
#include "data/migrations_rows.h"
};

enum { MIGRATION_COUNT = sizeof migrations / sizeof migrations[0] };

int migrate_last(void)
{
	return migrations[MIGRATION_COUNT - 1].number;
}

/* The text in the words of the database. */
static void add_in_dialect(struct strbuf *out, const char *sql, enum store_dialect dialect)
{
	static const struct {
		const char *mark, *words[2];
	} marks[] = {
		{"{key}", {"INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"}},
		{"{bytes}", {"BLOB", "BYTEA"}},
		{"{postgres}", {"-- ", ""}}, /* to the end of the line */
		{"{c}", {"COLLATE BINARY", "COLLATE \"C\""}},
		{"{clustered}", {"WITHOUT ROWID", ""}},
	};
	const char *brace;

	while ((brace = strchr(sql, '{'))) {
		strbuf_add(out, sql, (size_t)(brace - sql));
		sql = brace + 1;
		for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
			size_t len = strlen(marks[i].mark);

			if (strncmp(brace, marks[i].mark, len))
				continue;
			strbuf_add_text(out, marks[i].words[dialect]);
			sql = brace + len;
		}
	}
	strbuf_add_text(out, sql);
}

/* The last step that the register has had, which must be one that this program knows. */
static int last_applied(struct store *store, int *ret_number, struct error *err)
{
	int64_t number = 0;
	int rc = store_int(store, "SELECT max(number) FROM migration", &number, err);

	if (!rc && number > migrate_last())
		rc = fail_register_newer(err);
	*ret_number = (int)number;
	return rc;
}

static int apply(struct store *store, int index, int64_t now_us, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	add_in_dialect(&sql, migrations[index].sql, store_dialect(store));
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_run(store, sql.data, err);
	if (!rc)
		rc = store_query(store,
			"INSERT INTO migration (number, name, applied_at)"
			" VALUES ($number, $name, $applied_at)",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "number", migrations[index].number);
	query_bind_text(query, "name", migrations[index].name);
	query_bind_int(query, "applied_at", now_us);
	return query_run(query, err);
}

int migrate_check(struct store *store, struct error *err)
{
	int applied;

	return last_applied(store, &applied, err);
}

int migrate_to(struct store *store, int last, int64_t now_us, struct error *err)
{
	int applied = 0;
	int rc = store_run(store,
		"CREATE TABLE IF NOT EXISTS migration ("
		" number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
		err);

	if (!rc)
		rc = last_applied(store, &applied, err);
	for (int i = 0; !rc && i < MIGRATION_COUNT; i++)
		if (migrations[i].number > applied && migrations[i].number <= last)
			rc = apply(store, i, now_us, err);
	return rc;
}

int migrate(struct store *store, int64_t now_us, struct error *err)
{
	return migrate_to(store, migrate_last(), now_us, err);
}
