#include "data/account_scope.h"

#include "base/messages.h"
#include "data/account.h"
#include "data/session.h"

/* Ids of layers and fields: lower snake case. */
static bool is_id(const char *text)
{
	size_t len = strlen(text);

	return len && len <= SCOPE_NAME_MAX_BYTES &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

/* A copy of a text column; NULL for null. */
static int take_text(
	struct query *query, int column, struct arena *arena, const char **ret, struct error *err)
{
	const char *text;
	size_t len;
	int rc;

	*ret = NULL;
	if (query_is_null(query, column))
		return 0;
	text = query_text(query, column, &len);
	rc = query_check_row(query, err);
	if (rc)
		return rc;
	*ret = arena_text(arena, text, len);
	return *ret ? 0 : fail_no_memory(err);
}

int account_scope_read(struct store *store, int64_t account_id, struct arena *arena,
	const struct account_scope **ret_rows, size_t *ret_count, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct account_scope *rows;
	size_t count = 0;
	int rc = store_query(store,
		"SELECT layer, unit_id, field, may_write FROM account_scope"
		" WHERE account_id = $account_id ORDER BY place",
		&query, err);

	if (rc)
		return rc;
	rows = arena_zero(arena, SCOPE_ROWS_MAX, sizeof *rows);
	if (!rows)
		return fail_no_memory(err);
	query_bind_int(query, "account_id", account_id);
	while ((rc = query_step(query, err)) > 0) {
		/* Fewer rows would be more rights: what is too much is a fault. */
		if (count == SCOPE_ROWS_MAX)
			return fail_register_damaged(err);
		rc = take_text(query, 0, arena, &rows[count].layer, err);
		if (!rc)
			rc = take_text(query, 2, arena, &rows[count].field, err);
		if (rc)
			return rc;
		rows[count].unit_id = query_int(query, 1);
		rows[count].may_write = query_int(query, 3);
		count++;
	}
	if (rc)
		return rc;
	*ret_rows = rows;
	*ret_count = count;
	return 0;
}

static int insert(struct store *store, int64_t account_id, size_t place,
	const struct account_scope *row, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO account_scope (account_id, place, layer, unit_id, field, may_write)"
		" VALUES ($account_id, $place, $layer, $unit_id, $field, $may_write)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "account_id", account_id);
	query_bind_int(query, "place", (int64_t)place);
	query_bind_text(query, "layer", row->layer);
	if (row->unit_id)
		query_bind_int(query, "unit_id", row->unit_id);
	else
		query_bind_null(query, "unit_id");
	query_bind_text(query, "field", row->field);
	query_bind_int(query, "may_write", row->may_write);
	return query_run(query, err);
}

static int remove_rows(struct store *store, int64_t account_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "DELETE FROM account_scope WHERE account_id = $account_id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "account_id", account_id);
	return query_run(query, err);
}

int account_scope_replace(struct store *store, int64_t account_id, const struct account_scope *rows,
	size_t count, struct error *err)
{
	struct account account;
	int rc;

	if (count > SCOPE_ROWS_MAX)
		return fail_scope_rows(err, SCOPE_ROWS_MAX);
	for (size_t i = 0; i < count; i++)
		if ((rows[i].layer && !is_id(rows[i].layer)) ||
			(rows[i].field && !is_id(rows[i].field)) || rows[i].unit_id < 0)
			return fail_scope_row(err, (int64_t)i + 1);
	rc = account_read(store, account_id, &account, err);
	if (!rc)
		rc = remove_rows(store, account_id, err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = insert(store, account_id, i, &rows[i], err);
	if (!rc)
		rc = store_tell(store, "rights", err);
	return rc ? rc : session_close_all(store, account_id, err);
}
