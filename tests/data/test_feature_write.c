#include "tests/test.h"

#include <math.h>

#include "base/text.h"
#include "data/feature_read.h"
#include "data/feature_write.h"
#include "tests/data/small_register.h"

static const struct change_author author = {"test", "writing", SMALL_NOW_US};

#define TEXT(words)                                                           \
	{                                                                     \
		.kind = VALUE_TEXT, .text = (words), .len = sizeof(words) - 1 \
	}

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

/* A writer of a layer inside its transaction, and the WKB of the record in hand. */
struct writing {
	struct transaction transaction;
	struct change_set changes;
	struct feature_writer writer;
	struct strbuf wkb;
};

static void begin(struct writing *writing, struct store *store, int layer)
{
	*writing = (struct writing){.wkb = STRBUF(1000)};
	assert_int_equal(transaction_begin(store, &writing->transaction, NULL), 0);
	assert_int_equal(change_begin(store, &author, &writing->changes, NULL), 0);
	assert_int_equal(feature_writer_open(store, &small_layers.layers[layer], SMALL_EPSG,
				 &writing->changes, &small_randomness, &writing->writer, NULL),
		0);
}

static void end(struct writing *writing, bool keep)
{
	if (keep) {
		assert_int_equal(feature_writer_close(&writing->writer, NULL), 0);
		assert_int_equal(change_end(&writing->changes, NULL), 0);
		assert_int_equal(transaction_commit(&writing->transaction, NULL), 0);
	}
	transaction_end(&writing->transaction);
	feature_writer_clear(&writing->writer);
	strbuf_clear(&writing->wkb);
}

static int64_t add_thing(struct writing *writing, double east, double north)
{
	const struct value nothing[5] = {{0}};
	struct feature feature = {.values = nothing, .z_m = (double)NAN};

	small_point(&writing->wkb, east, north, &feature);
	assert_int_equal(feature_writer_add(&writing->writer, &feature, NULL), 0);
	return feature.id;
}

static int compare_with(void *context, const struct feature *found, struct error *err)
{
	const struct feature *written = context;

	(void)err;
	assert_int_equal(found->id, written->id);
	assert_int_equal(found->version, 1);
	assert_true(found->recorded_at_us == SMALL_NOW_US);
	assert_string_equal(found->uid.text, written->uid.text);
	assert_string_equal(found->valid_from.text, written->valid_from.text);
	assert_string_equal(found->valid_to.text, written->valid_to.text);
	assert_int_equal(found->native_epsg, written->native_epsg);
	assert_int_equal(found->wkb.len, written->wkb.len);
	assert_memory_equal(found->wkb.bytes, written->wkb.bytes, found->wkb.len);
	assert_memory_equal(&found->box, &written->box, sizeof found->box);
	assert_memory_equal(&found->z_m, &written->z_m, sizeof found->z_m);
	if (written->source_attributes)
		assert_string_equal(found->source_attributes, written->source_attributes);
	else
		assert_null(found->source_attributes);
	for (int i = 0; i < 5; i++) {
		const struct value *a = &found->values[i], *b = &written->values[i];

		assert_int_equal(a->kind, b->kind);
		if (a->kind == VALUE_TEXT)
			assert_string_equal(a->text, b->text);
		else if (a->kind == VALUE_INT)
			assert_true(a->integer == b->integer);
		else if (a->kind == VALUE_REAL)
			assert_memory_equal(&a->real, &b->real, sizeof a->real);
	}
	return 0;
}

static void every_type_comes_back(void **state)
{
	static const struct value rows[][5] = {
		{TEXT("Nhà \"góc\" 2'3"), {.kind = VALUE_INT, .integer = INT64_MIN},
			{.kind = VALUE_REAL, .real = -0.1}, {.kind = VALUE_INT, .integer = 1},
			TEXT("2026-11-21")},
		{TEXT(""), {.kind = VALUE_INT, .integer = INT64_MAX},
			{.kind = VALUE_REAL, .real = 5e-324}, {.kind = VALUE_INT, .integer = 0},
			TEXT("0001-01-01")},
		{{.kind = VALUE_NULL}, {.kind = VALUE_NULL}, {.kind = VALUE_NULL},
			{.kind = VALUE_NULL}, {.kind = VALUE_NULL}},
	};
	struct store *store = store_of(state);
	bool found;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct feature feature = {.values = rows[i],
			.z_m = i ? (double)NAN : -3.25,
			.source_attributes = i ? NULL : "{\"ghi_chú\":\"x\"}",
			.native_epsg = i ? 0 : 9209};
		struct writing writing;

		if (!i) {
			memcpy(feature.valid_from.text, "2025-07-01", 11);
			memcpy(feature.valid_to.text, "2026-01-01", 11);
			feature.native_wkb = (struct wkb){(const unsigned char *)"\1\2\0\3", 4};
		}
		begin(&writing, store, SMALL_THING);
		small_point(&writing.wkb, 600000.1, 1200000.2, &feature);
		assert_int_equal(feature_writer_add(&writing.writer, &feature, NULL), 0);
		assert_int_equal(feature.version, 1);
		assert_int_equal(strlen(feature.uid.text), 36);
		assert_int_equal(feature.uid.text[14], '7');
		found = false;
		assert_int_equal(feature_read_row(store, &small_layers.layers[SMALL_THING],
					 feature.id, compare_with, &feature, &found, NULL),
			0);
		assert_true(found);
		end(&writing, true);
	}
	assert_int_equal(number_in(store, "SELECT count(*) FROM thing WHERE native_geom ="
					  " x'01020003' AND native_epsg = 9209"),
		1);
}

static void ids_never_return(void **state)
{
	struct store *store = store_of(state);
	struct writing writing;

	begin(&writing, store, SMALL_THING);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(add_thing(&writing, i, i), i);
	end(&writing, true);
	store_must_run(store, "DELETE FROM thing WHERE id = 3");
	begin(&writing, store, SMALL_THING);
	assert_int_equal(add_thing(&writing, 4, 4), 4);
	end(&writing, true);
	store_must_run(store, "DELETE FROM thing");
	begin(&writing, store, SMALL_THING);
	assert_int_equal(add_thing(&writing, 5, 5), 5);
	end(&writing, true);
	assert_int_equal(places_in_index(store, "thing"), 1);
}

static void counts_and_places_are_kept(void **state)
{
	static const struct value nothing[5] = {{0}};
	const struct layer *thing = &small_layers.layers[SMALL_THING];
	struct feature without = {.values = nothing, .z_m = (double)NAN};
	struct store *store = store_of(state);
	struct layer_state kept;
	struct writing writing;

	begin(&writing, store, SMALL_THING);
	assert_int_equal(feature_writer_add(&writing.writer, &without, NULL), 0);
	end(&writing, true);
	assert_int_equal(layer_state_read(store, thing, &kept, NULL), 0);
	assert_int_equal(kept.record_count, 1);
	assert_true(kept.box.min_x > kept.box.max_x);
	for (int i = 0; i < 2; i++) {
		begin(&writing, store, SMALL_THING);
		add_thing(&writing, 600000 + 100 * i, 1200000);
		add_thing(&writing, 600050, 1200000 - 50 * i);
		end(&writing, true);
	}
	assert_int_equal(layer_state_read(store, thing, &kept, NULL), 0);
	assert_int_equal(kept.record_count, 5);
	assert_memory_equal(
		&kept.box, (&(struct box){600000, 1199950, 600100, 1200000}), sizeof kept.box);
	assert_int_equal(
		number_in(store, "SELECT count(*) FROM change WHERE action = 'create'"), 5);
	assert_int_equal(number_in(store, "SELECT count(*) FROM change WHERE min_x IS NULL"), 1);
	assert_int_equal(number_in(store, "SELECT count(*) FROM change_link"), 3);
	assert_int_equal(places_in_index(store, "thing"), 4);
}

/* Other programs find in SpatiaLite's statistics where the records of a layer lie. */
static void other_programs_know_the_extent(void **state)
{
	struct small_register *place = *state;

	small_write_things(place, (double[]){600000, 1200000, 600050, 1199950, 600100, 1200000}, 3);
	assert_int_equal(
		number_in(place->opened.store,
			"SELECT row_count FROM geometry_columns_statistics WHERE"
			" f_table_name = 'thing' AND extent_min_x = 600000 AND"
			" extent_min_y = 1199950 AND extent_max_x = 600100 AND"
			" extent_max_y = 1200000"),
		3);
}

static void what_is_not_committed_leaves_no_trace(void **state)
{
	struct small_register *place = *state;
	struct content_hash before, after;
	struct writing writing;

	small_write_things(place, (double[]){1, 2, 3, 4}, 2);
	before = small_digest(place);
	for (int closed = 0; closed < 2; closed++) {
		begin(&writing, place->opened.store, SMALL_THING);
		for (int i = 0; i < 100; i++)
			add_thing(&writing, i, i);
		if (closed)
			assert_int_equal(feature_writer_close(&writing.writer, NULL), 0);
		end(&writing, false);
		after = small_digest(place);
		assert_string_equal(before.text, after.text);
	}
	small_write_things(place, (double[]){5, 6}, 1);
	assert_int_equal(number_in(place->opened.store, "SELECT count(*) FROM thing"), 3);
	/* An id of PostgreSQL does not return, though nobody saw it. */
	if (!on_postgres())
		assert_int_equal(number_in(place->opened.store, "SELECT max(id) FROM thing"), 3);
}

/* QGIS writes into the tables by SQL: SpatiaLite's triggers, PostGIS's types and the index do. */
static void others_can_write_by_sql(void **state)
{
	static const char row[] = "INSERT INTO thing (version, recorded_at, uid, geom)"
				  " VALUES (1, 0, '', %s)";
	struct small_register *place = *state;
	struct store *store = place->opened.store;
	char sql[300];

	small_write_things(place, (double[]){1, 2, 3, 4}, 2);
	snprintf(sql, sizeof sql, row, "MakePoint(600000, 1200000, 9210)");
	store_must_run(store, sql);
	assert_int_equal(places_in_index(store, "thing"), 3);
	snprintf(sql, sizeof sql, row, "MakePoint(600000, 1200000, 4326)");
	assert_int_not_equal(store_run(store, sql, NULL), 0);
	snprintf(sql, sizeof sql, row, "GeomFromText('LINESTRING(0 0, 1 1)', 9210)");
	assert_int_not_equal(store_run(store, sql, NULL), 0);
	store_must_run(store, "UPDATE thing SET geom = MakePoint(7, 8, 9210) WHERE id = 1");
	store_must_run(store, "DELETE FROM thing WHERE id = 2");
	assert_int_equal(places_in_index(store, "thing"), 2);
}

static void a_row_that_cannot_be_written_says_so(void **state)
{
	static const struct value nothing[5] = {{0}};
	struct feature feature = {.values = nothing, .z_m = (double)NAN};
	struct store *store = store_of(state);
	struct error err = {0};
	struct writing writing;

	begin(&writing, store, SMALL_THING);
	assert_int_equal(disk_set_full(store, "thing", true, NULL), 0);
	feature.source_attributes = "{}";
	for (int i = 0; !err.code && i < 100000; i++)
		feature_writer_add(&writing.writer, &feature, &err);
	assert_int_equal(err.code, ERR_IO);
	end(&writing, false);
	assert_int_equal(disk_set_full(store, "thing", false, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM thing"), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM change"), 0);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(every_type_comes_back),
		in_register(ids_never_return),
		in_register(counts_and_places_are_kept),
		in_register(what_is_not_committed_leaves_no_trace),
		in_register(others_can_write_by_sql),
		in_register(a_row_that_cannot_be_written_says_so),
	};

	const struct CMUnitTest of_sqlite[] = {in_register(other_programs_know_the_extent)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (!on_postgres())
		failed += cmocka_run_group_tests(of_sqlite, NULL, NULL);
	return failed;
}
