#include "data/dossier_list.h"

#include "base/strbuf.h"

enum { SQL_MAX_BYTES = 2048 };

static void add_sql(struct strbuf *sql, const struct dossier_search *search)
{
	const char *before = search->decided ? "<" : ">", *way = search->decided ? " DESC" : "";

	strbuf_add_text(sql, "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE is_open = $is_open");
	if (search->state)
		strbuf_add_text(sql, " AND state = $state");
	if (search->account_id)
		strbuf_add_text(sql, " AND account_id = $account");
	if (search->unit_id)
		strbuf_add_text(sql, " AND unit_id = $unit");
	if (search->units)
		strbuf_add_text(sql, " AND unit_id IN (SELECT id_of_list FROM id_list($units))");
	if (search->parcel_id)
		strbuf_add_text(sql, " AND parcel_id = $parcel_id");
	if (search->after_id)
		strbuf_add_format(
			sql, " AND (due_at %s $due OR (due_at = $due AND id %s $id))", before, before);
	strbuf_add_format(sql, " ORDER BY due_at%s, id%s", way, way);
}

static void bind(struct query *query, const struct dossier_search *search)
{
	query_bind_int(query, "is_open", !search->decided);
	if (search->state)
		query_bind_text(query, "state", search->state);
	if (search->account_id)
		query_bind_int(query, "account", search->account_id);
	if (search->unit_id)
		query_bind_int(query, "unit", search->unit_id);
	if (search->units)
		query_bind_ids(query, "units", search->units, search->unit_count);
	if (search->parcel_id)
		query_bind_int(query, "parcel_id", search->parcel_id);
	if (search->after_id) {
		query_bind_int(query, "due", search->after_due_us);
		query_bind_int(query, "id", search->after_id);
	}
}

int dossier_list(struct store *store, const struct dossier_search *search, dossier_visit *visit,
	void *context, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	autoptr(query_done) struct query *query = NULL;
	struct dossier dossier;
	int rc;

	add_sql(&sql, search);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	bind(query, search);
	while ((rc = query_step(query, err)) > 0) {
		arena_reset(&arena);
		rc = dossier_read_row(query, &arena, &dossier, err);
		if (!rc)
			rc = visit(context, &dossier, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}

/* The field that holds the unit of today; layers of land have it. */
static const char *unit_field(const struct layer *layer)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_UNIT_NOW)
			return layer->fields[i].id;
	return NULL;
}

int dossier_follow_units(
	struct store *store, const struct layer *land, int64_t *ret_count, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	const char *unit = unit_field(land);
	int rc;

	*ret_count = 0;
	if (!unit)
		return 0;
	strbuf_add_format(&sql,
		"UPDATE dossier SET unit_id = land.\"%s\" FROM \"%s\" AS land"
		" WHERE land.id = dossier.parcel_id AND land.\"%s\" IS NOT NULL"
		" AND (unit_id IS NULL OR unit_id <> land.\"%s\") RETURNING dossier.id",
		unit, land->id, unit, unit);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	while (!rc && (rc = query_step(query, err)) > 0) {
		++*ret_count;
		rc = 0;
	}
	return rc;
}
