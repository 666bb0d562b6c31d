#include <sqlite3.h>

#include "data/store_sqlite_row.h"

#include "base/messages.h"
#include "data/spatialite_blob.h"

static const char pointer_type[] = "dothi_query";

static void visit_row(sqlite3_context *call, int count, sqlite3_value **values)
{
	struct sqlite_query *query = count ? sqlite3_value_pointer(values[0], pointer_type) : NULL;

	if (!query) {
		sqlite3_result_error_code(call, SQLITE_MISUSE);
		return;
	}
	query->row = values + 1;
	query->rc = query->visit(query->context, &query->query, query->err);
	query->row = NULL;
	if (query->rc)
		sqlite3_result_error_code(call, SQLITE_ABORT);
}

int sqlite_row_register(sqlite3 *db)
{
	return sqlite3_create_function_v2(
		db, "visit_row", -1, SQLITE_UTF8, NULL, visit_row, NULL, NULL, NULL);
}

int sqlite_row_bind(struct sqlite_query *query, int parameter)
{
	return sqlite3_bind_pointer(query->statement, parameter, query, pointer_type, NULL);
}

int sqlite_row_check(struct query *query, struct error *err)
{
	return ((struct sqlite_query *)query)->failed_column ? fail_no_memory(err) : 0;
}

/* That of a statement is called unprotected, but a connection has one thread. */
static sqlite3_value *value_of(struct query *query, int column)
{
	struct sqlite_query *sqlite = (struct sqlite_query *)query;

	return sqlite->row ? sqlite->row[column] : sqlite3_column_value(sqlite->statement, column);
}

enum value_kind sqlite_row_kind(struct query *query, int column)
{
	switch (sqlite3_value_type(value_of(query, column))) {
	case SQLITE_INTEGER:
		return VALUE_INT;
	case SQLITE_FLOAT:
		return VALUE_REAL;
	case SQLITE_NULL:
		return VALUE_NULL;
	default:
		return VALUE_TEXT;
	}
}

int64_t sqlite_row_int(struct query *query, int column)
{
	return sqlite3_value_int64(value_of(query, column));
}

double sqlite_row_real(struct query *query, int column)
{
	return sqlite3_value_double(value_of(query, column));
}

const char *sqlite_row_text(struct query *query, int column, size_t *ret_len)
{
	sqlite3_value *value = value_of(query, column);
	const char *text = (const char *)sqlite3_value_text(value);

	if (!text && sqlite3_value_type(value) != SQLITE_NULL)
		((struct sqlite_query *)query)->failed_column = true;
	if (ret_len)
		*ret_len = text ? (size_t)sqlite3_value_bytes(value) : 0;
	return text ? text : "";
}

const void *sqlite_row_bytes(struct query *query, int column, size_t *ret_len)
{
	sqlite3_value *value = value_of(query, column);
	const void *bytes = sqlite3_value_blob(value);

	*ret_len = (size_t)sqlite3_value_bytes(value);
	return bytes;
}

static void read_text(struct sqlite_query *query, sqlite3_value *value, struct value *ret)
{
	ret->kind = VALUE_TEXT;
	ret->text = (const char *)sqlite3_value_text(value);
	if (ret->text) {
		ret->len = (size_t)sqlite3_value_bytes(value);
	} else {
		ret->text = "";
		query->failed_column = true;
	}
}

void sqlite_row_values(struct query *query, int first, int count, struct value *ret)
{
	for (int i = 0; i < count; i++, ret++) {
		sqlite3_value *value = value_of(query, first + i);

		ret->len = 0;
		switch (sqlite3_value_type(value)) {
		case SQLITE_NULL:
			ret->kind = VALUE_NULL;
			ret->text = NULL;
			break;
		case SQLITE_INTEGER:
			ret->kind = VALUE_INT;
			ret->integer = sqlite3_value_int64(value);
			break;
		case SQLITE_FLOAT:
			ret->kind = VALUE_REAL;
			ret->real = sqlite3_value_double(value);
			break;
		default:
			read_text((struct sqlite_query *)query, value, ret);
		}
	}
}

bool sqlite_row_wkb(
	struct query *query, int column, struct wkb *ret_wkb, struct box *ret_box)
{
	struct strbuf *buffer = &((struct sqlite_query *)query)->wkb;
	size_t blob_len, len;
	const unsigned char *blob = sqlite_row_bytes(query, column, &blob_len);

	strbuf_reset(buffer);
	if (!blob)
		return false;
	if (!strbuf_reserve(buffer, blob_len)) {
		((struct sqlite_query *)query)->failed_column = true;
		return false;
	}
	if (!spatialite_blob_read(blob, blob_len, (unsigned char *)buffer->data, &len, ret_box))
		return false;
	*ret_wkb = (struct wkb){(const unsigned char *)buffer->data, len};
	return true;
}
