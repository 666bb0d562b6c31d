#include "tests/test.h"

#include "tests/data/old_register.h"

#include "base/file.h"
#include "data/feature_table.h"
#include "data/migrate.h"

static void create_table(struct store *store, const struct layer *layer)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(4000);

	strbuf_add_format(
		&sql, "CREATE TABLE \"%s\" (id INTEGER PRIMARY KEY AUTOINCREMENT", layer->id);
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(&sql, ", \"%s\" %s", layer->fields[i].id,
			feature_column_type(layer->fields[i].type));
	strbuf_add_text(&sql,
		", valid_from TEXT, valid_to TEXT, version BIGINT NOT NULL,"
		" recorded_at BIGINT NOT NULL, uid TEXT NOT NULL, source_attributes TEXT,"
		" z_m DOUBLE PRECISION, native_epsg INTEGER, native_geom BLOB)");
	store_must_run(store, sql.data);
	assert_int_equal(
		store_add_geometry(store, layer->id, layer->geometry, SMALL_EPSG, NULL), 0);
	strbuf_reset(&sql);
	strbuf_add_format(&sql, "INSERT INTO layer_state (layer, record_count) VALUES ('%s', 0)",
		layer->id);
	store_must_run(store, sql.data);
}

static void add_thing(struct store *store, int64_t number)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(1000);
	autoptr(query_done) struct query *query = NULL;
	struct feature feature = {0};

	small_point(&wkb, 600000 + (double)number, 1200000, &feature);
	assert_int_equal(store_query(store,
				 "INSERT INTO thing (name, version, recorded_at, uid, geom)"
				 " VALUES ($name, 1, $now, 'uid-' || $name, $geom)",
				 &query, NULL),
		0);
	query_bind_int(query, "name", number);
	query_bind_int(query, "now", SMALL_NOW_US);
	query_bind_wkb(query, "geom", feature.wkb, &feature.box, SMALL_EPSG);
	assert_int_equal(query_run(query, NULL), 0);
}

/* A link a record, and the state of the layer. */
static void write_feed(struct store *store, int64_t things)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(1000);

	store_must_run(store,
		"INSERT INTO change_link SELECT id, recorded_at, 'import', 'from before', id, id"
		" FROM thing");
	store_must_run(store,
		"INSERT INTO change SELECT id, id, 'thing', id, 1, 'create',"
		" 600000 + id, 1200000, 600000 + id, 1200000 FROM thing");
	strbuf_add_format(&sql,
		"UPDATE layer_state SET record_count = %lld, min_x = 600001, min_y = 1200000,"
		" max_x = %lld, max_y = 1200000 WHERE layer = 'thing'",
		(long long)things, 600000 + (long long)things);
	if (things)
		store_must_run(store, sql.data);
}

/* Says in the folder that it is in PostgreSQL. */
static void write_address(const struct small_register *place)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(4000);
	autofree(strbuf_clear) struct strbuf text = STRBUF(4000);

	file_join(&path, place->folder.data, "store.conf");
	strbuf_add_format(&text, "store = %s\n", place->address.data);
	assert_int_equal(file_replace(path.data, text.data, text.len, NULL), 0);
}

void old_register_make(const struct small_register *place, int64_t things)
{
	const struct register_plan plan = small_register_plan(place);
	autofree(transaction_end) struct transaction transaction = {0};
	autoptr(store_close) struct store *store = NULL;

	if (!file_exists(place->folder.data))
		assert_int_equal(file_make_folder(place->folder.data, NULL), 0);
	assert_int_equal(store_create(small_where(place), &store, NULL), 0);
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	assert_int_equal(migrate_to(store, 1, SMALL_NOW_US, NULL), 0);
	for (size_t i = 0; i < plan.crs_count; i++)
		assert_int_equal(store_add_crs(store, &plan.crs[i], NULL), 0);
	assert_int_equal(city_write(store, plan.city, NULL), 0);
	for (size_t i = 0; i + 1 < small_layers.count; i++)
		create_table(store, &small_layers.layers[i]);
	for (int64_t i = 1; i <= things; i++)
		add_thing(store, i);
	write_feed(store, things);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	if (on_postgres())
		write_address(place);
}
