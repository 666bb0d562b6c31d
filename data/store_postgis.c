#include "data/store_postgis.h"

#include "base/messages.h"
#include "data/store_postgres.h"

enum { SQL_BYTES = 700 };

int postgis_ensure(struct store *store, struct error *err)
{
	int64_t there = 0;
	int rc = store_int(store,
		"SELECT count(*) FROM pg_extension WHERE extname = 'postgis'", &there, err);

	if (rc || there)
		return rc;
	return postgres_run(store, "CREATE EXTENSION postgis", err) ? fail_no_postgis(err) : 0;
}

static int knows_crs(struct store *store, int epsg, bool *ret_knows, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "SELECT count(*) FROM spatial_ref_sys WHERE srid = $epsg",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "epsg", epsg);
	rc = query_step(query, err);
	*ret_knows = rc > 0 && query_int(query, 0) > 0;
	return rc < 0 ? rc : 0;
}

/* PostGIS knows most, and its table may not be ours to write; then only what lacks is needed. */
int postgis_add_crs(struct store *store, const struct store_crs *crs, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool knows = false;
	int rc = knows_crs(store, crs->epsg, &knows, err);

	if (rc || knows)
		return rc;
	rc = store_query(store,
		"INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)"
		" VALUES ($epsg, 'EPSG', $epsg, $wkt, $proj4) RETURNING srid",
		&query, err);
	if (!rc) {
		query_bind_int(query, "epsg", crs->epsg);
		query_bind_text(query, "proj4", crs->proj4);
		query_bind_text(query, "wkt", crs->wkt);
		rc = query_run(query, err);
	}
	return rc == ERR_DENIED ? fail_no_postgis(err) : rc;
}

int postgis_add_geometry(struct store *store, const char *table, enum geometry_kind kind, int epsg,
	struct error *err)
{
	static const char *const types[] = {"Point", "MultiLineString", "MultiPolygon"};
	char sql[SQL_BYTES];

	snprintf(sql, sizeof sql,
		"ALTER TABLE \"%s\" ADD COLUMN geom geometry(%s, %d);"
		"CREATE INDEX \"idx_%s_geom\" ON \"%s\" USING gist (geom);"
		"CREATE INDEX \"%s_without_geom\" ON \"%s\" (id) WHERE geom IS NULL",
		table, types[kind], epsg, table, table, table, table);
	return postgres_run(store, sql, err);
}

/* A box of place and both times is a line from its least to its greatest corner: X, Y, Z and M. */
#define CORNERS(a, b, c, d, e, f, g, h)                             \
	"ST_MakeLine(ST_MakePoint(" a ", " b ", " c ", " d "),"     \
	" ST_MakePoint(" e ", " f ", " g ", " h "))"
#define TIME_BOX                                                    \
	CORNERS("min_x", "min_y", "valid_lo", "recorded_lo", "max_x", "max_y", "valid_hi", \
		"recorded_hi")

int postgis_add_time_index(struct store *store, const char *table, struct error *err)
{
	char sql[SQL_BYTES];

	snprintf(sql, sizeof sql,
		"CREATE TABLE \"idx_%s\" (key BIGINT PRIMARY KEY,"
		" min_x DOUBLE PRECISION, max_x DOUBLE PRECISION, min_y DOUBLE PRECISION,"
		" max_y DOUBLE PRECISION, valid_lo DOUBLE PRECISION, valid_hi DOUBLE PRECISION,"
		" recorded_lo DOUBLE PRECISION, recorded_hi DOUBLE PRECISION);"
		"CREATE INDEX \"idx_%s_box\" ON \"idx_%s\" USING gist (" TIME_BOX
		" gist_geometry_ops_nd)",
		table, table, table);
	return postgres_run(store, sql, err);
}

static void add_search(char sql[SQL_BYTES], const char *table, bool timed)
{
	if (timed)
		snprintf(sql, SQL_BYTES,
			"SELECT key, min_x, max_x, min_y, max_y, valid_lo, valid_hi, recorded_lo,"
			" recorded_hi FROM \"idx_%s\" WHERE " TIME_BOX " &&& " CORNERS("$s0",
				"$s2", "$s4", "$s6", "$s1", "$s3", "$s5", "$s7")
			" AND min_x <= $s1 AND max_x >= $s0 AND min_y <= $s3 AND max_y >= $s2"
			" AND valid_lo <= $s5 AND valid_hi >= $s4"
			" AND recorded_lo <= $s7 AND recorded_hi >= $s6",
			table);
	else
		snprintf(sql, SQL_BYTES,
			"SELECT id, ST_XMin(b), ST_XMax(b), ST_YMin(b), ST_YMax(b)"
			" FROM (SELECT id, box2d(geom)::box3d AS b FROM \"%s\""
			" WHERE geom && ST_MakeEnvelope($s0, $s2, $s1, $s3)) AS found",
			table);
}

/* What is visited on the way of a search. */
struct boxes {
	size_t side_count;
	store_box_visit *visit;
	void *context;
};

static int visit_box(void *context, struct query *query, struct error *err)
{
	const struct boxes *boxes = context;
	double sides[8];

	for (size_t i = 0; i < boxes->side_count; i++)
		sides[i] = query_real(query, (int)i + 1);
	return boxes->visit(boxes->context, query_int(query, 0), sides, err);
}

int postgis_visit_boxes(struct store *store, const char *table, const double *sides,
	size_t side_count, store_box_visit *visit, void *context, struct error *err)
{
	struct boxes boxes = {side_count, visit, context};
	autoptr(query_done) struct query *query = NULL;
	static const char *const names[] = {"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"};
	char sql[SQL_BYTES];
	int rc;

	/* Nothing meets an empty box; PostGIS would turn it round. */
	for (size_t i = 0; i < side_count; i += 2)
		if (sides[i] > sides[i + 1])
			return 0;
	add_search(sql, table, side_count == 8);
	rc = store_query(store, sql, &query, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < side_count; i++)
		query_bind_real(query, names[i], sides[i]);
	return postgres_each(query, visit_box, &boxes, err);
}

static int is_empty(struct store *store, const char *table, bool *ret_empty, struct error *err)
{
	char sql[SQL_BYTES];
	int64_t rows = 0;
	int rc;

	snprintf(sql, sizeof sql, "SELECT count(*) FROM (SELECT 1 FROM \"%s\" LIMIT 1) AS one", table);
	rc = store_int(store, sql, &rows, err);
	*ret_empty = !rows;
	return rc;
}

/* Into an empty table the index of places is made at the end, which costs less. */
int postgis_bulk_begin(struct store *store, const char *table, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	bool empty = false;
	char sql[SQL_BYTES];
	int rc = table ? is_empty(store, table, &empty, err) : 0;

	snprintf(sql, sizeof sql, "DROP INDEX \"idx_%s_geom\"", table ? table : "");
	if (!rc && empty)
		rc = postgres_run(store, sql, err);
	pg->bulk = !rc;
	pg->bulk_index = !rc && empty;
	return rc;
}

int postgis_bulk_end(struct store *store, const char *table, int64_t first_id, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	char sql[SQL_BYTES];
	int rc = postgres_copy_flush(pg, err);

	(void)first_id;
	pg->bulk = false;
	postgres_copy_clear(pg);
	if (rc || !table)
		return rc;
	snprintf(sql, sizeof sql, "CREATE INDEX \"idx_%s_geom\" ON \"%s\" USING gist (geom)", table,
		table);
	if (pg->bulk_index)
		rc = postgres_run(store, sql, err);
	/* The ids were given by us. */
	snprintf(sql, sizeof sql,
		"SELECT setval(seq, greatest(pg_sequence_last_value(seq),"
		" (SELECT max(id) FROM \"%s\")))"
		" FROM (SELECT pg_get_serial_sequence('\"%s\"', 'id')::regclass AS seq) AS s",
		table, table);
	return rc ? rc : postgres_run(store, sql, err);
}
