#include "data/feature_table.h"

#include <math.h>

#include "data/feature_link.h"
#include "data/history.h"
#include "data/land_number.h"
#include "data/seal.h"

enum { SQL_MAX_BYTES = 1 << 14 };

const char *const feature_reserved_columns[] = {"id", "uid", "version", "valid_from", "valid_to",
	"recorded_at", "superseded_at", "in_force", "action", "key", "source_attributes", "z_m",
	"native_epsg", "native_geom", "geom", "rowid", "fid", "ogc_fid", NULL};

const char *feature_column_type(enum field_type type)
{
	switch (type) {
	case FIELD_INT:
		return "BIGINT";
	case FIELD_BOOL:
		return "INTEGER";
	case FIELD_REAL:
		return "DOUBLE PRECISION";
	default:
		return "TEXT";
	}
}

static int add_column(
	struct store *store, const char *table, const char *column, const char *type, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", table, column, type);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_run(store, sql.data, err);
}

static int create_table(struct store *store, const struct layer *layer, int epsg,
	const struct partitions *partitions, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	bool sqlite = store_dialect(store) == STORE_SQLITE;
	int rc;

	/* AUTOINCREMENT: an id never returns, not even after the last record was deleted. */
	strbuf_add_format(&sql, "CREATE TABLE \"%s\" (id %s", layer->id,
		sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT"
		       : "BIGSERIAL PRIMARY KEY");
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(&sql, ", \"%s\" %s", layer->fields[i].id,
			feature_column_type(layer->fields[i].type));
	strbuf_add_format(&sql,
		", valid_from TEXT, valid_to TEXT, in_force INTEGER NOT NULL DEFAULT 1,"
		" version BIGINT NOT NULL,"
		" recorded_at BIGINT NOT NULL, uid TEXT NOT NULL, source_attributes TEXT,"
		" z_m DOUBLE PRECISION, native_epsg INTEGER, native_geom %s)",
		sqlite ? "BLOB" : "BYTEA");
	partitions_clause(partitions, "id", &sql);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_run(store, sql.data, err);
	if (!rc)
		rc = partitions_create(partitions, store, layer->id, 0, err);
	if (!rc)
		rc = store_add_geometry(store, layer->id, layer->geometry, epsg, err);
	if (!rc)
		rc = layer_state_write(
			store, layer, &(struct layer_state){.box = {1, 1, -1, -1}}, err);
	return rc;
}

static int add_missing_columns(
	struct store *store, const struct layer *layer, const char *table, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < layer->field_count; i++) {
		const struct layer_field *field = &layer->fields[i];
		bool has = false;

		rc = store_has_column(store, table, field->id, &has, err);
		if (!rc && !has)
			rc = add_column(
				store, table, field->id, feature_column_type(field->type), err);
	}
	return rc;
}

/* The index by which what is kept but not in force is left out. */
static int create_resting_index(struct store *store, const struct layer *layer, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "CREATE INDEX \"%s_resting\" ON \"%s\" (id) WHERE in_force = 0",
		layer->id, layer->id);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_run(store, sql.data, err);
}

/* What layers of a register from before there was a history lack. */
static int add_history(struct store *store, const struct layer *layer,
	const struct partitions *partitions, struct error *err)
{
	bool has = false;
	int rc = store_has_column(store, layer->id, "in_force", &has, err);

	if (!rc && !has)
		rc = add_column(store, layer->id, "in_force", "INTEGER NOT NULL DEFAULT 1", err);
	if (!rc)
		rc = create_resting_index(store, layer, err);
	return rc ? rc : history_table_create(store, layer, partitions, err);
}

static int ensure_table(struct store *store, const struct layer *layer, int epsg,
	const struct partitions *partitions, struct error *err)
{
	char history[80];
	bool has = false, has_history = false;
	int rc;

	snprintf(history, sizeof history, "%s_history", layer->id);
	rc = store_has_column(store, layer->id, "id", &has, err);
	if (!rc)
		rc = store_has_column(store, history, "id", &has_history, err);
	if (!rc)
		rc = has ? add_missing_columns(store, layer, layer->id, err)
			 : create_table(store, layer, epsg, partitions, err);
	if (!rc && has_history)
		rc = add_missing_columns(store, layer, history, err);
	else if (!rc)
		rc = add_history(store, layer, partitions, err);
	if (!rc && has && !has_history)
		rc = seal_adopt(store, layer, err);
	if (!rc && layer->land)
		rc = land_number_index(store, layer, err);
	if (!rc)
		rc = feature_link_ensure(store, layer, err);
	return rc;
}

int feature_tables_ensure(struct store *store, const struct layer_table *layers, int epsg,
	const struct partitions *large, struct error *err)
{
	const struct partitions none = {0};
	int rc = 0;

	for (size_t i = 0; !rc && i < layers->count; i++) {
		const struct layer *layer = &layers->layers[i];

		rc = ensure_table(store, layer, epsg, layer->is_large ? large : &none, err);
	}
	return rc ? rc : seal_old_links(store, layers, err);
}

int layer_state_read(struct store *store, const struct layer *layer,
	struct layer_state *ret_state, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT record_count, min_x, min_y, max_x, max_y, resting_count FROM layer_state"
		" WHERE layer = $layer",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	*ret_state = (struct layer_state){.box = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
	if (!rc)
		return 0;
	ret_state->record_count = query_int(query, 0);
	ret_state->resting_count = query_int(query, 5);
	if (!query_is_null(query, 1))
		ret_state->box = (struct box){query_real(query, 1), query_real(query, 2),
			query_real(query, 3), query_real(query, 4)};
	return 0;
}

int layer_state_write(struct store *store, const struct layer *layer,
	const struct layer_state *state, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO layer_state"
		" (layer, record_count, resting_count, min_x, min_y, max_x, max_y) VALUES"
		" ($layer, $record_count, $resting_count, $min_x, $min_y, $max_x, $max_y)"
		" ON CONFLICT (layer) DO UPDATE SET record_count = excluded.record_count,"
		" resting_count = excluded.resting_count,"
		" min_x = excluded.min_x, min_y = excluded.min_y, max_x = excluded.max_x,"
		" max_y = excluded.max_y",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "record_count", state->record_count);
	query_bind_int(query, "resting_count", state->resting_count);
	if (state->box.min_x <= state->box.max_x) {
		query_bind_real(query, "min_x", state->box.min_x);
		query_bind_real(query, "min_y", state->box.min_y);
		query_bind_real(query, "max_x", state->box.max_x);
		query_bind_real(query, "max_y", state->box.max_y);
	}
	return query_run(query, err);
}
