#include "tests/test.h"

#include "base/messages.h"
#include "base/text.h"
#include "tests/gis/sample_caught.h"

enum { SEED = 7, WHOLE = 16000 };

/* A city for all tests: enough parcels to fill all wards. */
struct world {
	struct caught_wards wards;
	struct caught city;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	printf("seed %d\n", SEED);
	caught_wards_read(&world->wards);
	caught_make(&world->city, &world->wards, WHOLE, SEED);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	caught_clear(&world->city);
	arena_clear(&world->wards.arena);
	free(world);
	return 0;
}

static void the_same_order_gives_the_same_city(void **state)
{
	const struct world *world = *state;
	struct caught one, two, other;

	caught_make(&one, &world->wards, 1200, SEED);
	caught_make(&two, &world->wards, 1200, SEED);
	caught_make(&other, &world->wards, 1200, SEED + 1);
	assert_true(one.hash == two.hash);
	assert_false(one.hash == other.hash);
	caught_clear(&one);
	caught_clear(&two);
	caught_clear(&other);
}

static void exactly_the_ordered_parcels_are_made(void **state)
{
	static const size_t orders[] = {500, 501, 2999};
	const struct world *world = *state;

	assert_int_equal(caught_layer(&world->city, "parcel")->count, WHOLE);
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		struct caught city;

		caught_make(&city, &world->wards, orders[i], SEED + i);
		assert_int_equal(caught_layer(&city, "parcel")->count, orders[i]);
		assert_int_equal(caught_layer(&city, "admin_unit")->count, CAUGHT_WARDS);
		assert_true(caught_layer(&city, "street")->count > 50);
		caught_clear(&city);
	}
}

static void assert_refused(const struct sample_order *order, const char *code)
{
	struct caught nothing = {.arena = ARENA(1 << 20)};
	const struct sample_sink sink = {caught_feature, NULL, &nothing};
	struct error err = {0};

	assert_int_equal(sample_city_make(order, &sink, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), code);
	assert_int_equal(nothing.layer_count, 0);
}

static void senseless_orders_are_refused(void **state)
{
	const struct world *world = *state;
	struct sample_order order = {world->wards.all, CAUGHT_WARDS, 499, SEED};
	struct shape elsewhere = world->wards.shapes[0];
	struct sample_ward away = {"Phường Xa", "1", -1, &elsewhere};

	assert_refused(&order, "SMP-COUNT-01");
	order.parcels = 0;
	assert_refused(&order, "SMP-COUNT-01");
	order.parcels = 1000001;
	assert_refused(&order, "SMP-COUNT-01");
	order.parcels = 500;
	order.ward_count = 0;
	assert_refused(&order, "SMP-WARDS-01");
	order.wards = &away;
	order.ward_count = 1;
	elsewhere.xy = (double[]){106.65, 10.98, 106.66, 10.98, 106.66, 10.99, 106.65, 10.98};
	elsewhere.point_count = 4;
	elsewhere.ring_ends = (uint32_t[]){4};
	assert_refused(&order, "SMP-WARDS-01");
}

/* A sink that has enough after some records. */
struct patience {
	size_t left;
};

static int take_some(
	void *context, const struct layer *layer, const struct feature *feature, struct error *err)
{
	struct patience *patience = context;

	(void)layer;
	(void)feature;
	if (!patience->left)
		return fail_busy(err);
	patience->left--;
	return 0;
}

static void the_error_of_the_sink_ends_it(void **state)
{
	static const size_t patiences[] = {0, 13, 20, 300, 700};
	const struct world *world = *state;
	const struct sample_order order = {world->wards.all, CAUGHT_WARDS, 500, SEED};

	for (size_t i = 0; i < sizeof patiences / sizeof patiences[0]; i++) {
		struct patience patience = {patiences[i]};
		const struct sample_sink sink = {take_some, NULL, &patience};
		struct error err = {0};

		assert_int_equal(sample_city_make(&order, &sink, &err), ERR_BUSY);
		assert_int_equal(err.code, ERR_BUSY);
	}
}

/* Progress that is watched, and stopped after a number of words. */
struct watch {
	uint64_t last, total;
	int words, words_most;
};

static bool watch(void *context, uint64_t done, uint64_t total)
{
	struct watch *watch = context;

	assert_true(done >= watch->last);
	assert_true(done <= total);
	watch->last = done;
	watch->total = total;
	return ++watch->words < watch->words_most;
}

static int take_any(
	void *context, const struct layer *layer, const struct feature *feature, struct error *err)
{
	(void)context;
	(void)layer;
	(void)feature;
	(void)err;
	return 0;
}

static void progress_grows_and_can_stop_it(void **state)
{
	const struct world *world = *state;
	const struct sample_order order = {world->wards.all, CAUGHT_WARDS, 1500, SEED};
	struct watch all = {.words_most = 1000000};
	struct sample_sink sink = {take_any, watch, &all};
	struct error err = {0};

	assert_int_equal(sample_city_make(&order, &sink, &err), 0);
	assert_true(all.words > 20);
	assert_true(all.last > all.total * 9 / 10);
	for (int most = 1; most < all.words; most += all.words / 5) {
		struct watch some = {.words_most = most};

		sink.context = &some;
		assert_int_equal(sample_city_make(&order, &sink, &err), ERR_CANCELLED);
		assert_int_equal(some.words, most);
	}
}

static void texts_are_nfc(void **state)
{
	const struct world *world = *state;
	autofree(strbuf_clear) struct strbuf nfc = STRBUF(1000);

	for (size_t i = 0; i < world->city.layer_count; i++) {
		const struct caught_layer *layer = &world->city.layers[i];

		for (size_t k = 0; k < layer->count * layer->layer->field_count; k++) {
			const struct value *value = &layer->records[k / layer->layer->field_count]
							     .values[k % layer->layer->field_count];

			if (value->kind != VALUE_TEXT)
				continue;
			assert_int_equal(strlen(value->text), value->len);
			strbuf_reset(&nfc);
			assert_true(text_nfc(&nfc, value->text, value->len));
			assert_string_equal(nfc.data, value->text);
		}
	}
}

static void assert_refers(
	const struct caught *city, const char *from, const char *field, const char *to, bool always)
{
	const struct caught_layer *layer = caught_layer(city, from);
	int64_t count = (int64_t)caught_layer(city, to)->count;

	for (size_t i = 0; i < layer->count; i++) {
		const struct value *value = caught_value(layer, &layer->records[i], field);

		if (value->kind == VALUE_NULL && !always)
			continue;
		assert_int_equal(value->kind, VALUE_INT);
		assert_in_range(value->integer, 1, count);
	}
}

static void references_lead_somewhere(void **state)
{
	static const char *const in_wards[] = {"street", "parcel", "building", "light_pole",
		"school", "clinic", "tree", "camera", "bus_stop", "station", "survey_point",
		"tourism_site", "wifi"};
	const struct world *world = *state;

	for (size_t i = 0; i < sizeof in_wards / sizeof in_wards[0]; i++) {
		assert_true(caught_layer(&world->city, in_wards[i])->count > 0);
		assert_refers(&world->city, in_wards[i], "admin_unit_id", "admin_unit", true);
		assert_refers(&world->city, in_wards[i], "unit_now_id", "admin_unit", true);
	}
	assert_refers(&world->city, "building", "parcel_id", "parcel", true);
	assert_refers(&world->city, "light_pole", "street_id", "street", true);
	assert_refers(&world->city, "street", "parent_id", "street", false);
}

static void wards_are_those_handed_in(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *units = caught_layer(&world->city, "admin_unit");

	for (size_t i = 0; i < units->count; i++) {
		const struct caught_record *unit = &units->records[i];

		assert_string_equal(caught_text(units, unit, "name"), world->wards.all[i].name);
		assert_string_equal(caught_text(units, unit, "code"), world->wards.all[i].code);
		assert_int_equal(
			caught_int(units, unit, "population"), world->wards.all[i].population);
		assert_memory_equal(unit->shape.xy, world->wards.shapes[i].xy,
			unit->shape.point_count * 2 * sizeof(double));
	}
	assert_string_equal(caught_text(units, &units->records[0], "kind"), "phường");
}

struct place {
	int64_t ward;
	const char *sheet, *number;
};

static int by_place(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int order = (a->ward > b->ward) - (a->ward < b->ward);

	if (!order)
		order = strcmp(a->sheet, b->sheet);
	return order ? order : strcmp(a->number, b->number);
}

static void cadastral_numbers_are_unique(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *parcels = caught_layer(&world->city, "parcel");
	struct place *places = calloc(parcels->count, sizeof *places);

	for (size_t i = 0; i < parcels->count; i++) {
		const struct caught_record *parcel = &parcels->records[i];

		places[i] = (struct place){caught_int(parcels, parcel, "admin_unit_id"),
			caught_text(parcels, parcel, "map_sheet"),
			caught_text(parcels, parcel, "parcel_no")};
	}
	qsort(places, parcels->count, sizeof places[0], by_place);
	for (size_t i = 1; i < parcels->count; i++)
		assert_true(by_place(&places[i - 1], &places[i]) < 0);
	free(places);
}

static void land_uses_are_codes_and_varied(void **state)
{
	static const char *const codes[] = {"ODT", "ODT+CLN", "TMD", "SKC", "DGD", "DYT", "TSC",
		"TON", "DKV", "CLN", "HNK", "LUC", "NTD", "MNC", "SON"};
	enum { CODES = sizeof codes / sizeof codes[0] };
	const struct world *world = *state;
	const struct caught_layer *parcels = caught_layer(&world->city, "parcel");
	size_t counts[CODES] = {0}, pending = 0;

	for (size_t i = 0; i < parcels->count; i++) {
		const struct caught_record *parcel = &parcels->records[i];
		const char *use = caught_text(parcels, parcel, "land_use");
		const char *status = caught_text(parcels, parcel, "status");
		double legal = caught_value(parcels, parcel, "area_legal_m2")->real;
		double area = shape_area(&parcel->shape);
		size_t k = 0;

		while (k < CODES && strcmp(use, codes[k]) != 0)
			k++;
		assert_true(k < CODES);
		counts[k]++;
		pending += !strcmp(status, "pending");
		assert_true(!strcmp(status, "pending") || !strcmp(status, "current"));
		assert_true(legal > area * 0.985 - 0.06 && legal < area * 1.015 + 0.06);
	}
	for (size_t k = 0; k < CODES; k++)
		assert_true(counts[k] > 0);
	assert_in_range(pending, 20, WHOLE / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_order_gives_the_same_city),
		cmocka_unit_test(exactly_the_ordered_parcels_are_made),
		cmocka_unit_test(senseless_orders_are_refused),
		cmocka_unit_test(the_error_of_the_sink_ends_it),
		cmocka_unit_test(progress_grows_and_can_stop_it),
		cmocka_unit_test(texts_are_nfc),
		cmocka_unit_test(references_lead_somewhere),
		cmocka_unit_test(wards_are_those_handed_in),
		cmocka_unit_test(cadastral_numbers_are_unique),
		cmocka_unit_test(land_uses_are_codes_and_varied),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
