#include "tests/test.h"

#include <math.h>

#include "data/address.h"
#include "data/feature_row.h"
#include "tests/data/small_register.h"

static struct error err;

static struct store *store_of(void **state)
{
	struct small_register *place = *state;

	return place->opened.store;
}

static struct value text(const char *said)
{
	return (struct value){.kind = VALUE_TEXT, .text = said, .len = strlen(said)};
}

static struct value integer(int64_t number)
{
	return number ? (struct value){.kind = VALUE_INT, .integer = number}
		      : (struct value){.kind = VALUE_NULL};
}

/* Claims what an address of a street says: "A" 2 "" 0, flat 506. */
static int claim(struct store *store, int64_t id, int64_t street, const char *prefix, int64_t number,
	const char *suffix, int64_t to, int64_t flat)
{
	const struct layer *layer = layer_of_addresses(city_layers());
	const struct layer_address *role = layer->address;
	struct value values[FEATURE_FIELDS_MAX] = {{.kind = VALUE_NULL}};
	struct feature feature = {.id = id, .version = 1, .values = values, .z_m = (double)NAN};
	struct error why = {0};

	values[layer_field_at(layer, role->street)] = integer(street);
	values[layer_field_at(layer, role->prefix)] = text(prefix);
	values[layer_field_at(layer, role->number)] = integer(number);
	values[layer_field_at(layer, role->suffix)] = text(suffix);
	values[layer_field_at(layer, role->number_to)] = integer(to);
	values[layer_field_at(layer, role->flat)] = integer(flat);
	values[layer_field_at(layer, role->plate)] = text("?");
	return address_claim(store, layer, &feature, &why);
}

static int64_t holder(struct store *store, int64_t street, int64_t number, const char *suffix)
{
	const struct address asked = {
		.street_id = street, .prefix = "", .number = number, .suffix = suffix};
	int64_t id = -1;

	assert_int_equal(address_holder(store, &asked, &id, &err), 0);
	return id;
}

static void a_number_has_one_owner_for_ever(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(claim(store, 1, 7, "", 25, "", 0, 0), 0);
	assert_int_equal(claim(store, 1, 7, "", 25, "", 0, 0), 0);
	assert_int_equal(claim(store, 2, 7, "", 25, "", 0, 0), ERR_CONFLICT);
	assert_int_equal(claim(store, 2, 7, "", 25, "A", 0, 0), 0);
	assert_int_equal(claim(store, 2, 8, "", 25, "", 0, 0), 0);
	/* What a house leaves stays its own. */
	assert_int_equal(claim(store, 1, 7, "", 27, "", 0, 0), 0);
	assert_int_equal(claim(store, 3, 7, "", 25, "", 0, 0), ERR_CONFLICT);
	assert_int_equal(holder(store, 7, 25, ""), 1);
	assert_int_equal(holder(store, 7, 25, "A"), 2);
	assert_int_equal(holder(store, 7, 26, ""), 0);
	assert_int_equal(address_release(store, 1, &err), 0);
	assert_int_equal(holder(store, 7, 25, ""), 0);
	assert_int_equal(claim(store, 3, 7, "", 25, "", 0, 0), 0);
}

static void a_range_claims_each_number_inside(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(claim(store, 1, 7, "", 47, "", 57, 0), 0);
	for (int number = 47; number <= 57; number += 2)
		assert_int_equal(holder(store, 7, number, ""), 1);
	assert_int_equal(holder(store, 7, 48, ""), 0);
	assert_int_equal(claim(store, 2, 7, "", 51, "", 0, 0), ERR_CONFLICT);
	assert_int_equal(claim(store, 2, 7, "", 41, "", 49, 0), ERR_CONFLICT);
	assert_int_equal(claim(store, 3, 7, "", 1, "", 9000, 0), ERR_TOO_LARGE);
	assert_int_equal(claim(store, 3, 7, "", 10000, "", 0, 0), ERR_TOO_LARGE);
}

static void flats_and_letters_are_numbers_of_their_own(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(claim(store, 1, 7, "A", 2, "", 0, 506), 0);
	assert_int_equal(claim(store, 2, 7, "A", 2, "", 0, 507), 0);
	assert_int_equal(claim(store, 3, 7, "A", 2, "", 0, 506), ERR_CONFLICT);
	assert_int_equal(claim(store, 3, 7, "L", 1004, "A", 0, 0), 0);
	assert_int_equal(claim(store, 4, 7, "", 1004, "A", 0, 0), 0);
	/* What says no number or no street claims nothing. */
	assert_int_equal(claim(store, 5, 0, "", 25, "", 0, 0), 0);
	assert_int_equal(claim(store, 5, 7, "", 0, "", 0, 0), 0);
}

static int take_claim(void *context, int64_t number, int64_t address_id, const char *key, struct error *why)
{
	int64_t *sum = context;

	(void)why;
	assert_non_null(strchr(key, '|'));
	*sum = *sum * 100 + number + address_id;
	return 0;
}

static void claims_are_told_in_order(void **state)
{
	struct store *store = store_of(state);
	int64_t sum = 0;

	assert_int_equal(claim(store, 2, 7, "", 9, "", 0, 0), 0);
	assert_int_equal(claim(store, 1, 7, "", 3, "", 0, 0), 0);
	assert_int_equal(claim(store, 3, 8, "", 5, "", 0, 0), 0);
	assert_int_equal(address_claims(store, 7, take_claim, &sum, &err), 0);
	assert_int_equal(sum, 4 * 100 + 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_number_has_one_owner_for_ever,
			small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(a_range_claims_each_number_inside,
			small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(flats_and_letters_are_numbers_of_their_own,
			small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(
			claims_are_told_in_order, small_register_make, small_register_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
