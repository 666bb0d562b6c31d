#include "data/land_number.h"

#include "base/messages.h"
#include "base/number.h"
#include "base/strbuf.h"

enum { SQL_MAX_BYTES = 2048 };

/* The field that holds the unit as issued; layers of land have it (tests/data/test_layer). */
static const char *issued_field(const struct layer *layer)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_UNIT_ISSUED)
			return layer->fields[i].id;
	return "";
}

int land_number_index(struct store *store, const struct layer *layer, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql,
		"CREATE INDEX IF NOT EXISTS \"%s_history_number\" ON \"%s_history\""
		" (\"%s\", \"%s\", \"%s\")",
		layer->id, layer->id, layer->land->sheet, issued_field(layer), layer->land->number);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_run(store, sql.data, err);
}

static int ask(struct store *store, const struct layer *layer, const struct land_sheet *sheet,
	const char *columns, const char *rest, struct query **ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "SELECT %s FROM \"%s_history\" WHERE \"%s\" = $sheet AND ", columns,
		layer->id, layer->land->sheet);
	if (sheet->unit_id)
		strbuf_add_format(&sql, "\"%s\" = $unit %s", issued_field(layer), rest);
	else
		strbuf_add_format(&sql, "\"%s\" IS NULL %s", issued_field(layer), rest);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, ret, err);
	if (rc)
		return rc;
	query_bind_text(*ret, "sheet", sheet->sheet);
	if (sheet->unit_id)
		query_bind_int(*ret, "unit", sheet->unit_id);
	return 0;
}

int land_number_taken(struct store *store, const struct layer *layer,
	const struct land_sheet *sheet, const char *number, int64_t except_id, bool *ret_taken,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	char rest[160];
	int rc;

	snprintf(rest, sizeof rest, "AND \"%s\" = $number AND id <> $except LIMIT 1",
		layer->land->number);
	rc = ask(store, layer, sheet, "id", rest, &query, err);
	if (rc)
		return rc;
	query_bind_text(query, "number", number);
	query_bind_int(query, "except", except_id);
	rc = query_step(query, err);
	*ret_taken = rc > 0;
	return rc < 0 ? rc : 0;
}

int land_number_next(struct store *store, const struct layer *layer,
	const struct land_sheet *sheet, int64_t *ret_next, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	char column[80];
	int64_t greatest = 0, number;
	int rc;

	snprintf(column, sizeof column, "\"%s\"", layer->land->number);
	rc = ask(store, layer, sheet, column, "", &query, err);
	while (!rc && (rc = query_step(query, err)) > 0) {
		size_t len;
		const char *text = query_text(query, 0, &len);

		if (!query_is_null(query, 0) &&
			number_parse_int(text, len, 1, INT64_C(1) << 40, &number) && number > greatest)
			greatest = number;
		rc = 0;
	}
	*ret_next = greatest + 1;
	return rc;
}

int land_number_find(struct store *store, const struct layer *layer, const char *sheet,
	const char *number, struct id_list *ret_list, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql,
		"SELECT DISTINCT id FROM \"%s_history\" WHERE \"%s\" = $sheet AND \"%s\" = $number"
		" ORDER BY id LIMIT %d",
		layer->id, layer->land->sheet, layer->land->number, LAND_NUMBER_FOUND_MAX);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_text(query, "sheet", sheet);
	query_bind_text(query, "number", number);
	while ((rc = query_step(query, err)) > 0) {
		rc = id_list_add(ret_list, query_int(query, 0), err);
		if (rc)
			break;
	}
	return rc;
}
