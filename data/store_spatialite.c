#include "data/store_spatialite.h"

#include "base/messages.h"

enum {
	TABLE_SQL_BYTES = 500, /* with the name of a table, of 40 bytes at most, a few times */
	TRIGGERS_MAX_BYTES = 1 << 14,
};

int spatialite_add_crs(struct store *store, const struct store_crs *crs, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO spatial_ref_sys"
		" (srid, auth_name, auth_srid, ref_sys_name, proj4text, srtext)"
		" VALUES ($epsg, 'epsg', $epsg, $name, $proj4, $wkt)"
		" ON CONFLICT DO NOTHING",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "epsg", crs->epsg);
	query_bind_text(query, "name", crs->name);
	query_bind_text(query, "proj4", crs->proj4);
	query_bind_text(query, "wkt", crs->wkt);
	return query_run(query, err);
}

int spatialite_call(struct store *store, const char *sql, struct error *err)
{
	int64_t done = 0;
	int rc = store_int(store, sql, &done, err);

	if (rc || done == 1)
		return rc;
	rc = fail_internal(err);
	error_detail(err, "SpatiaLite refused: %s", sql);
	return rc;
}

int spatialite_add_geometry(struct store *store, const char *table, enum geometry_kind kind,
	int epsg, struct error *err)
{
	static const char *const types[] = {"POINT", "MULTILINESTRING", "MULTIPOLYGON"};
	char sql[TABLE_SQL_BYTES];
	int rc;

	snprintf(sql, sizeof sql, "SELECT AddGeometryColumn('%s', 'geom', %d, '%s', 'XY')", table,
		epsg, types[kind]);
	rc = spatialite_call(store, sql, err);
	if (rc)
		return rc;
	snprintf(sql, sizeof sql, "SELECT CreateSpatialIndex('%s', 'geom')", table);
	rc = spatialite_call(store, sql, err);
	if (rc)
		return rc;
	snprintf(sql, sizeof sql,
		"CREATE INDEX \"%s_without_geom\" ON \"%s\" (id) WHERE geom IS NULL", table, table);
	return store_run(store, sql, err);
}

/*
 * SpatiaLite's triggers on insert cost 40 µs a row, most of it in preparing the same statement
 * anew. A bulk load puts them aside and fills the R*Tree itself; both are part of the transaction.
 */
static const char *const insert_triggers[] = {"ggi", "tmi", "gii"};

int spatialite_bulk_begin(struct store *store, const char *table, struct error *err)
{
	char sql[TABLE_SQL_BYTES];
	int rc;

	if (!table)
		return 0;
	rc = store_run(store,
		"CREATE TEMP TABLE IF NOT EXISTS bulk_trigger (sql TEXT);"
		"DELETE FROM bulk_trigger;",
		err);

	for (size_t i = 0; !rc && i < sizeof insert_triggers / sizeof insert_triggers[0]; i++) {
		snprintf(sql, sizeof sql,
			"INSERT INTO bulk_trigger SELECT sql FROM main.sqlite_master"
			" WHERE type = 'trigger' AND name = '%s_%s_geom';"
			"DROP TRIGGER IF EXISTS \"%s_%s_geom\";",
			insert_triggers[i], table, insert_triggers[i], table);
		rc = store_run(store, sql, err);
	}
	return rc;
}

static int restore_triggers(struct store *store, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(TRIGGERS_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "SELECT sql FROM temp.bulk_trigger", &query, err);

	if (rc)
		return rc;
	while ((rc = query_step(query, err)) > 0) {
		strbuf_add_text(&sql, query_text(query, 0, NULL));
		strbuf_add_text(&sql, ";");
	}
	if (!rc)
		rc = strbuf_check(&sql, err);
	return rc ? rc : store_run(store, sql.data, err);
}

int spatialite_bulk_end(struct store *store, const char *table, int64_t first_id, struct error *err)
{
	char sql[TABLE_SQL_BYTES];
	int rc;

	if (!table)
		return 0;
	snprintf(sql, sizeof sql,
		"INSERT INTO \"idx_%s_geom\" (pkid, xmin, xmax, ymin, ymax)"
		" SELECT id, MbrMinX(geom), MbrMaxX(geom), MbrMinY(geom), MbrMaxY(geom)"
		" FROM \"%s\" WHERE id >= %lld AND geom IS NOT NULL",
		table, table, (long long)first_id);
	rc = store_run(store, sql, err);
	return rc ? rc : restore_triggers(store, err);
}

/* SpatiaLite's statistics; without them GDAL takes the extent from the index, rounded. */
int spatialite_note_extent(struct store *store, const char *table, int64_t row_count,
	const struct box *box, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE geometry_columns_statistics SET last_verified ="
		" strftime('%Y-%m-%dT%H:%M:%fZ', $now_us / 1e6, 'unixepoch'), row_count = $rows,"
		" extent_min_x = $min_x, extent_min_y = $min_y, extent_max_x = $max_x,"
		" extent_max_y = $max_y WHERE f_table_name = $table",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "table", table);
	query_bind_int(query, "now_us", now_us);
	query_bind_int(query, "rows", row_count);
	if (box->min_x <= box->max_x) {
		query_bind_real(query, "min_x", box->min_x);
		query_bind_real(query, "min_y", box->min_y);
		query_bind_real(query, "max_x", box->max_x);
		query_bind_real(query, "max_y", box->max_y);
	}
	return query_run(query, err);
}
