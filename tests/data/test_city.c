#include "tests/test.h"

#include "base/messages.h"
#include "data/city.h"
#include "tests/data/small_register.h"

static void comes_back_as_it_was_set(void **state)
{
	const struct small_register *place = *state;
	const struct register_plan plan = small_register_plan(place);
	struct city city = {0};

	assert_int_equal(city_read(place->opened.store, &city, NULL), 0);
	assert_string_equal(city.name, plan.city->name);
	assert_string_equal(city.operation, plan.city->operation);
	assert_string_equal(city.pipeline, plan.city->pipeline);
	assert_int_equal(city.epsg, SMALL_EPSG);
}

static void is_set_once(void **state)
{
	const struct small_register *place = *state;
	const struct register_plan plan = small_register_plan(place);

	assert_int_equal(city_write(place->opened.store, plan.city, NULL), ERR_INTERNAL);
}

static void a_register_without_its_settings_is_damaged(void **state)
{
	static const char *const damages[] = {
		"UPDATE setting SET value = '9210x' WHERE key = 'working_epsg'",
		"UPDATE setting SET value = '0' WHERE key = 'working_epsg'",
		"UPDATE setting SET value = '12345678901234567' WHERE key = 'working_epsg'",
		"UPDATE setting SET value = printf('%.*c', 200, 'x') WHERE key = 'city_name'",
		"DELETE FROM setting WHERE key = 'wgs84_pipeline'",
		"DELETE FROM setting",
	};
	struct store *store = ((struct small_register *)*state)->opened.store;

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		autofree(transaction_end) struct transaction transaction = {0};
		struct city city = {.epsg = 7};
		struct error err = {0};

		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		store_must_run(store, damages[i]);
		assert_int_equal(city_read(store, &city, &err), ERR_IO);
		assert_string_equal(error_message_code(&err), "REG-DAMAGED-01");
		assert_int_equal(city_read(store, &city, NULL), ERR_IO);
		assert_int_equal(city.epsg, 7);
	}
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(comes_back_as_it_was_set),
		in_register(is_set_once),
		in_register(a_register_without_its_settings_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
