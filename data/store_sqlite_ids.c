#include <sqlite3.h>

#include "data/store_sqlite_ids.h"

#include "base/banned.h"

static const char pointer_type[] = "dothi_ids";

struct ids {
	const int64_t *at;
	size_t count;
};

enum { COLUMN_ID, COLUMN_LIST };

struct ids_cursor {
	sqlite3_vtab_cursor base;
	struct ids ids;
	size_t row;
};

static int connect_table(sqlite3 *db, void *context, int argument_count,
	const char *const *arguments, sqlite3_vtab **ret, char **ret_message)
{
	int code = sqlite3_declare_vtab(
		db, "CREATE TABLE id_list (id_of_list INTEGER, list_of_ids HIDDEN)");

	(void)context;
	(void)argument_count;
	(void)arguments;
	(void)ret_message;
	if (code != SQLITE_OK)
		return code;
	*ret = sqlite3_malloc(sizeof **ret);
	if (!*ret)
		return SQLITE_NOMEM;
	**ret = (sqlite3_vtab){0};
	return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

/* The only plan: the list given, its rows one by one. */
static int plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	for (int i = 0; i < info->nConstraint; i++) {
		if (info->aConstraint[i].iColumn != COLUMN_LIST ||
			info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (!info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		info->aConstraintUsage[i].argvIndex = 1;
		info->aConstraintUsage[i].omit = 1;
		info->estimatedCost = 1;
		info->estimatedRows = 100;
		return SQLITE_OK;
	}
	return SQLITE_CONSTRAINT;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
	struct ids_cursor *cursor = sqlite3_malloc(sizeof *cursor);

	(void)table;
	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct ids_cursor){0};
	*ret = &cursor->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int begin(sqlite3_vtab_cursor *base, int plan_number, const char *plan_text, int value_count,
	sqlite3_value **values)
{
	struct ids_cursor *cursor = (struct ids_cursor *)base;
	const struct ids *ids = value_count ? sqlite3_value_pointer(values[0], pointer_type) : NULL;

	(void)plan_number;
	(void)plan_text;
	cursor->ids = ids ? *ids : (struct ids){0};
	cursor->row = 0;
	return SQLITE_OK;
}

static int go_on(sqlite3_vtab_cursor *base)
{
	((struct ids_cursor *)base)->row++;
	return SQLITE_OK;
}

static int is_over(sqlite3_vtab_cursor *base)
{
	const struct ids_cursor *cursor = (const struct ids_cursor *)base;

	return cursor->row >= cursor->ids.count;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int which)
{
	const struct ids_cursor *cursor = (const struct ids_cursor *)base;

	if (which == COLUMN_ID)
		sqlite3_result_int64(context, cursor->ids.at[cursor->row]);
	return SQLITE_OK;
}

static int row_number(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((const struct ids_cursor *)base)->row;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = connect_table, /* and no xCreate: it is there without CREATE, in every statement */
	.xBestIndex = plan,
	.xDisconnect = disconnect_table,
	.xOpen = open_cursor,
	.xClose = close_cursor,
	.xFilter = begin,
	.xNext = go_on,
	.xEof = is_over,
	.xColumn = column,
	.xRowid = row_number,
};

int sqlite_ids_register(sqlite3 *db)
{
	return sqlite3_create_module_v2(db, "id_list", &module, NULL, NULL);
}

int sqlite_ids_bind(sqlite3_stmt *statement, int parameter, const int64_t *ids, size_t count)
{
	struct ids *list = sqlite3_malloc(sizeof *list);

	if (!list)
		return SQLITE_NOMEM;
	*list = (struct ids){ids, count};
	return sqlite3_bind_pointer(statement, parameter, list, pointer_type, sqlite3_free);
}
