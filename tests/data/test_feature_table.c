#include "tests/test.h"

#include <math.h>

#include "data/feature_table.h"
#include "tests/data/small_register.h"

static const struct partitions none;

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

static bool has_column(struct store *store, const char *table, const char *column)
{
	bool has = false;

	assert_int_equal(store_has_column(store, table, column, &has, NULL), 0);
	return has;
}

static void every_layer_has_its_columns(void **state)
{
	static const char *const common[] = {"id", "uid", "version", "valid_from", "valid_to",
		"recorded_at", "source_attributes", "z_m", "native_epsg", "native_geom", "geom"};

	for (size_t l = 0; l < small_layers.count; l++) {
		const struct layer *layer = &small_layers.layers[l];

		for (size_t i = 0; i < sizeof common / sizeof *common; i++)
			assert_true(has_column(store_of(state), layer->id, common[i]));
		for (size_t i = 0; i < layer->field_count; i++)
			assert_true(has_column(store_of(state), layer->id, layer->fields[i].id));
	}
}

static void no_field_may_be_named_as_one_of_ours(void **state)
{
	struct store *store = store_of(state);
	autoptr(query_done) struct query *query = NULL;
	const char *const *name;
	int columns = 0;

	assert_int_equal(store_query(store,
				 on_postgres() ? "SELECT column_name::text"
						 " FROM information_schema.columns WHERE table_name ="
						 " 'thing' AND table_schema = current_schema()"
					       : "SELECT name FROM pragma_table_info('thing')",
				 &query, NULL),
		0);
	for (; query_step(query, NULL) > 0; columns++) {
		const char *column = query_text(query, 0, NULL);
		const struct layer *layer = &small_layers.layers[SMALL_THING];

		for (name = feature_reserved_columns; *name && strcmp(*name, column); name++)
			;
		if (!*name)
			assert_non_null(layer_field_find(layer, column, strlen(column)));
	}
	assert_true(columns > 10);
}

static void what_is_there_stays_as_it_is(void **state)
{
	struct small_register *place = *state;
	struct content_hash before = small_digest(place), after;

	assert_int_equal(
		feature_tables_ensure(store_of(state), &small_layers, SMALL_EPSG, &none, NULL), 0);
	after = small_digest(place);
	assert_string_equal(before.text, after.text);
}

/* The layers of a later version: a new field of "thing", and a new layer. */
static void columns_and_tables_are_added(void **state)
{
	struct small_register *place = *state;
	struct store *store = store_of(state);
	const struct layer *thing = &small_layers.layers[SMALL_THING];
	struct layer_field fields[7];
	struct layer layers[4];
	const struct layer_table later = {layers, 4};

	small_write_things(place, (double[]){600000, 1200000}, 1);
	memcpy(fields, thing->fields, thing->field_count * sizeof *fields);
	fields[5] = (struct layer_field){.id = "owner", .type = FIELD_TEXT};
	fields[6] = (struct layer_field){.id = "power_w", .type = FIELD_REAL};
	memcpy(layers, small_layers.layers, 3 * sizeof *layers);
	layers[SMALL_THING].fields = fields;
	layers[SMALL_THING].field_count = 7;
	layers[3] = layers[SMALL_PLOT];
	layers[3].id = "garden";
	assert_int_equal(feature_tables_ensure(store, &later, SMALL_EPSG, &none, NULL), 0);
	assert_true(has_column(store, "thing", "owner"));
	assert_true(has_column(store, "thing", "power_w"));
	assert_int_equal(number_in(store, "SELECT count(*) FROM thing WHERE owner IS NULL"), 1);
	assert_true(has_column(store, "garden", "geom"));
	assert_int_equal(places_in_index(store, "garden"), 0);
	/* The older program goes on with what it knows. */
	assert_int_equal(feature_tables_ensure(store, &small_layers, SMALL_EPSG, &none, NULL), 0);
	assert_true(has_column(store, "thing", "owner"));
}

static void assert_state(
	struct store *store, const struct layer *layer, int64_t count, const struct box *box)
{
	struct layer_state found = {.record_count = 77};

	assert_int_equal(layer_state_read(store, layer, &found, NULL), 0);
	assert_int_equal(found.record_count, count);
	if (box)
		assert_memory_equal(&found.box, box, sizeof *box);
	else
		assert_true(found.box.min_x > found.box.max_x);
}

static void the_state_of_a_layer_is_kept(void **state)
{
	const struct layer *plot = &small_layers.layers[SMALL_PLOT];
	const struct layer unknown = {.id = "unknown"};
	const struct box box = {1.5, -2.25, 1e300, 4};
	struct store *store = store_of(state);

	assert_state(store, plot, 0, NULL);
	assert_state(store, &unknown, 0, NULL);
	assert_int_equal(layer_state_write(store, plot, &(struct layer_state){5, box, 0}, NULL), 0);
	assert_state(store, plot, 5, &box);
	assert_state(store, &small_layers.layers[SMALL_ROAD], 0, NULL);
	assert_int_equal(
		layer_state_write(store, plot,
			&(struct layer_state){6, {INFINITY, INFINITY, -INFINITY, -INFINITY}, 0}, NULL),
		0);
	assert_state(store, plot, 6, NULL);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(every_layer_has_its_columns),
		in_register(no_field_may_be_named_as_one_of_ours),
		in_register(what_is_there_stays_as_it_is),
		in_register(columns_and_tables_are_added),
		in_register(the_state_of_a_layer_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
