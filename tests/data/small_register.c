#include "tests/test.h"

#include <math.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/data/small_register.h"
#include "tests/gis/wkb_maker.h"

#define LOOK                                                                           \
	.look = {.max_zoom = 22,                                                       \
		.classes = (const struct look_class[]){{.title = {"Mọi thứ", "All"}}}, \
		.class_count = 1}

static const struct layer_field thing_fields[] = {
	{.id = "name", .title = {"Tên", "Name"}, .type = FIELD_TEXT},
	{.id = "count", .title = {"Số", "Count"}, .type = FIELD_INT},
	{.id = "height_m", .title = {"Cao", "Height"}, .type = FIELD_REAL},
	{.id = "lit", .title = {"Sáng", "Lit"}, .type = FIELD_BOOL},
	{.id = "built", .title = {"Xây", "Built"}, .type = FIELD_DATE},
};
static const struct layer_field road_fields[] = {
	{.id = "name", .title = {"Tên", "Name"}, .type = FIELD_TEXT},
	{.id = "length_m",
		.title = {"Dài", "Length"},
		.source = FIELD_LENGTH_M,
		.type = FIELD_REAL},
};
static const struct layer_field plot_fields[] = {
	{.id = "code", .title = {"Mã", "Code"}, .type = FIELD_TEXT},
	{.id = "area_m2", .title = {"Rộng", "Area"}, .source = FIELD_AREA_M2, .type = FIELD_REAL},
};
static const struct layer layers[] = {
	{.id = "thing",
		.title = {"Vật", "Things"},
		.geometry = GEOMETRY_POINT,
		.fields = thing_fields,
		.field_count = 5,
		.is_large = true,
		LOOK},
	{.id = "road",
		.title = {"Đường", "Roads"},
		.geometry = GEOMETRY_LINE,
		.fields = road_fields,
		.field_count = 2,
		.is_large = true,
		LOOK},
	{.id = "plot",
		.title = {"Thửa", "Plots"},
		.geometry = GEOMETRY_AREA,
		.fields = plot_fields,
		.field_count = 2,
		.is_large = true,
		LOOK},
};
const struct layer_table small_layers = {layers, sizeof layers / sizeof *layers};

static const struct city city = {
	.name = "Thành phố thử",
	.epsg = SMALL_EPSG,
	.operation = "EPSG:6960",
	.pipeline = "+proj=pipeline +step +proj=noop",
};
static const struct store_crs known_crs[] = {
	{SMALL_EPSG, "VN-2000 / TM-3 105-45", "+proj=tmerc +lon_0=105.75 +k=0.9999 +x_0=500000",
		"LOCAL_CS[\"VN-2000 / TM-3 105-45\"]"},
	{4326, "WGS 84", "+proj=longlat +datum=WGS84", "LOCAL_CS[\"WGS 84\"]"},
};

static void fill_repeating(void *context, void *bytes, size_t len)
{
	(void)context;
	for (size_t i = 0; i < len; i++)
		((unsigned char *)bytes)[i] = (unsigned char)(17 * i);
}

const struct randomness small_randomness = {fill_repeating, NULL};

/* The address of a schema. */
static void add_address(struct strbuf *out, const char *schema)
{
	strbuf_add_format(out, "%s&options=-csearch_path%%3D%s,public", getenv("DOTHI_POSTGRES"),
		schema);
}

/* A schema in which nothing is yet. */
static int make_schema(struct small_register *place)
{
	static int made;
	autoptr(store_close) struct store *store = NULL;
	autofree(strbuf_clear) struct strbuf sql = STRBUF(1000);
	const char *database = getenv("DOTHI_POSTGRES");
	struct error err = {0};
	int rc = store_open(database, STORE_WRITE, &store, &err);

	strbuf_add_format(&place->schema, "t%d_%d", (int)getpid(), ++made);
	add_address(&place->address, place->schema.data);
	strbuf_add_format(&sql, "CREATE SCHEMA \"%s\"; SET search_path = \"%s\", public",
		place->schema.data, place->schema.data);
	if (!rc)
		rc = store_run(store, sql.data, &err);
	if (!rc)
		rc = dialect_lend(store, &err);
	if (rc)
		print_error("%d: message %d: %s\n", rc, err.message, err.detail);
	return rc;
}

static int drop_schema(const char *schema)
{
	autoptr(store_close) struct store *store = NULL;
	autofree(strbuf_clear) struct strbuf sql = STRBUF(1000);
	int rc = store_open(getenv("DOTHI_POSTGRES"), STORE_WRITE, &store, NULL);

	strbuf_add_format(&sql, "DROP SCHEMA \"%s\" CASCADE", schema);
	return rc ? rc : store_run(store, sql.data, NULL);
}

int small_folder_make(void **state)
{
	struct small_register *place = test_calloc(1, sizeof *place);

	*place = (struct small_register){
		STRBUF(1000), STRBUF(1000), STRBUF(1000), STRBUF(1000), REGISTER_CLOSED};
	*state = place;
	if (file_make_temporary_folder(".", &place->folder, NULL))
		return -1;
	register_database(&place->database, place->folder.data);
	return on_postgres() ? make_schema(place) : 0;
}

const char *small_where(const struct small_register *place)
{
	return on_postgres() ? place->address.data : place->database.data;
}

int small_register_connect(const struct small_register *place, enum store_mode mode,
	struct store **ret_store, struct error *err)
{
	return store_open(small_where(place), mode, ret_store, err);
}

/* Parts of three ids, where the large tables are to be parted: any test crosses them. */
static struct partitions parts_wished(void)
{
	return on_postgres() && getenv("DOTHI_POSTGRES_PARTS") ? (struct partitions){3, 5}
							       : (struct partitions){0};
}

struct register_plan small_register_plan(const struct small_register *place)
{
	return (struct register_plan){
		.folder = place->folder.data,
		.store = on_postgres() ? place->address.data : NULL,
		.layers = &small_layers,
		.partitions = parts_wished(),
		.city = &city,
		.crs = known_crs,
		.crs_count = sizeof known_crs / sizeof *known_crs,
		.now_us = SMALL_NOW_US,
	};
}

int small_register_open(struct small_register *place, enum store_mode mode, struct error *err)
{
	return register_open(
		place->folder.data, &small_layers, mode, SMALL_NOW_US, &place->opened, err);
}

int small_register_make(void **state)
{
	struct small_register *place;
	struct register_plan plan;
	struct error err = {0};
	int rc = small_folder_make(state);

	place = *state;
	plan = small_register_plan(place);
	if (!rc)
		rc = register_create(&plan, &err);
	if (!rc)
		rc = small_register_open(place, STORE_WRITE, &err);
	if (rc)
		print_error("%d: message %d: %s\n", rc, err.message, err.detail);
	return rc;
}

int small_register_drop(void **state)
{
	struct small_register *place = *state;
	int rc;

	register_close(&place->opened);
	rc = file_remove(place->folder.data, NULL);
	if (!rc && on_postgres())
		rc = drop_schema(place->schema.data);
	strbuf_clear(&place->address);
	strbuf_clear(&place->schema);
	strbuf_clear(&place->folder);
	strbuf_clear(&place->database);
	test_free(place);
	return rc;
}

void small_point(struct strbuf *wkb, double east, double north, struct feature *feature)
{
	const struct wkb_maker maker = {.out = wkb};

	strbuf_reset(wkb);
	wkb_header(&maker, WKB_POINT);
	wkb_xy(&maker, east, north);
	feature->wkb = (struct wkb){(const unsigned char *)wkb->data, wkb->len};
	feature->box = (struct box){east, north, east, north};
}

void small_square(
	struct strbuf *wkb, double east, double north, double side_m, struct feature *feature)
{
	const struct wkb_maker maker = {.out = wkb};
	double xy[] = {east, north, east + side_m, north, east + side_m, north + side_m, east,
		north + side_m, east, north};

	strbuf_reset(wkb);
	wkb_header(&maker, WKB_AREAS);
	wkb_u32(&maker, 1);
	wkb_header(&maker, WKB_AREA);
	wkb_u32(&maker, 1);
	wkb_ring(&maker, xy, 5);
	feature->wkb = (struct wkb){(const unsigned char *)wkb->data, wkb->len};
	feature->box = (struct box){east, north, east + side_m, north + side_m};
}

void small_write_things(struct small_register *place, const double *xy, size_t count)
{
	const struct change_author author = {"test", "writing", SMALL_NOW_US};
	autofree(transaction_end) struct transaction transaction = {0};
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(1000);
	autofree(feature_writer_clear) struct feature_writer writer = {.sql = STRBUF(0)};
	struct value values[5] = {{0}};
	struct change_set changes;
	struct store *store = place->opened.store;

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	assert_int_equal(change_begin(store, &author, &changes, NULL), 0);
	assert_int_equal(feature_writer_open(store, &layers[SMALL_THING], SMALL_EPSG, &changes,
				 &small_randomness, &writer, NULL),
		0);
	for (size_t i = 0; i < count; i++) {
		struct feature feature = {.values = values, .z_m = (double)NAN};

		small_point(&wkb, xy[2 * i], xy[2 * i + 1], &feature);
		assert_int_equal(feature_writer_add(&writer, &feature, NULL), 0);
	}
	assert_int_equal(feature_writer_close(&writer, NULL), 0);
	assert_int_equal(change_end(&changes, NULL), 0);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
}

static void add_rows(sqlite3 *db, const char *sql, struct strbuf *out)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	if (code != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			strbuf_add_int(out, sqlite3_column_type(statement, i));
			strbuf_add(out, sqlite3_column_blob(statement, i),
				(size_t)sqlite3_column_bytes(statement, i));
		}
	assert_int_equal(code, SQLITE_DONE);
	sqlite3_finalize(statement);
}

/* What is virtual needs SpatiaLite; its rows stand in tables that are read. */
static void add_file(const char *database, struct strbuf *out)
{
	sqlite3_stmt *tables = NULL;
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	add_rows(db, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2", out);
	assert_int_equal(
		sqlite3_prepare_v2(db,
			"SELECT printf('SELECT * FROM \"%w\"', name) FROM sqlite_master"
			" WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
			-1, &tables, NULL),
		SQLITE_OK);
	while (sqlite3_step(tables) == SQLITE_ROW)
		add_rows(db, (const char *)sqlite3_column_text(tables, 0), out);
	sqlite3_finalize(tables);
	sqlite3_close(db);
}

struct content_hash small_digest(const struct small_register *place)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(64 << 20);
	autoptr(store_close) struct store *store = NULL;

	if (on_postgres()) {
		assert_int_equal(small_register_connect(place, STORE_READ, &store, NULL), 0);
		dialect_add_content(store, &out);
	} else {
		add_file(place->database.data, &out);
	}
	assert_false(out.failed);
	return content_hash(out.data, out.len);
}

static void name_copy(const struct small_register *place, struct strbuf *out)
{
	strbuf_add_format(out, "%s_copy",
		on_postgres() ? place->schema.data : place->database.data);
}

struct store *small_copy_make(const struct small_register *place)
{
	autofree(strbuf_clear) struct strbuf name = STRBUF(5000), text = STRBUF(6000);
	struct store *copy = NULL;

	name_copy(place, &name);
	if (on_postgres()) {
		dialect_copy_schema(place->opened.store, place->schema.data, name.data);
		add_address(&text, name.data);
	} else {
		strbuf_add_format(&text, "VACUUM INTO '%s'", name.data);
		store_must_run(place->opened.store, text.data);
	}
	assert_int_equal(
		store_open(on_postgres() ? text.data : name.data, STORE_WRITE, &copy, NULL), 0);
	return copy;
}

void small_copy_drop(const struct small_register *place, struct store *copy)
{
	autofree(strbuf_clear) struct strbuf name = STRBUF(5000);

	name_copy(place, &name);
	store_close(copy);
	assert_int_equal(
		on_postgres() ? drop_schema(name.data) : file_remove(name.data, NULL), 0);
}
