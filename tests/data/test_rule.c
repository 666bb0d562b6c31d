#include "tests/test.h"

#include "data/lineage.h"
#include "data/rule.h"
#include "tests/data/small_register.h"

static struct error err;

static struct store *store_of(void **state)
{
	struct small_register *place = *state;

	return place->opened.store;
}

/* A row of the city's own; texts without quotes. */
static void add_rule(struct store *store, const char *values)
{
	char sql[600];

	snprintf(sql, sizeof sql,
		"INSERT INTO rule (id, kind, document, territory_id, precedence, valid_from, valid_to,"
		" confidence, payload) VALUES (%s)",
		values);
	assert_int_equal(store_run(store, sql, &err), 0);
}

static const char *deciding(struct store *store, const char *day, int64_t unit)
{
	static char id[40];
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	struct date date;
	struct rule rule;

	assert_true(date_parse(day, strlen(day), &date));
	assert_int_equal(rule_find(store, "land_checks", &date, unit, &arena, &rule, &err), 0);
	snprintf(id, sizeof id, "%s", rule.id);
	return id;
}

static void the_city_comes_before_the_program(void **state)
{
	struct store *store = store_of(state);

	assert_string_equal(deciding(store, "2026-06-01", 0), "land_checks");
	add_rule(store, "'own', 'land_checks', '7/QD', NULL, 0, '2026-01-01', '2027-01-01', 'configuration', '{}'");
	add_rule(store, "'ward', 'land_checks', NULL, 5, 0, '2026-01-01', NULL, 'configuration', '{}'");
	add_rule(store, "'later', 'land_checks', NULL, NULL, 0, '2026-05-01', '2026-08-01', 'configuration', '{}'");
	add_rule(store, "'other', 'of_another_kind', NULL, NULL, 9, NULL, NULL, 'configuration', '{}'");
	assert_string_equal(deciding(store, "2025-12-31", 0), "land_checks");
	assert_string_equal(deciding(store, "2026-01-01", 0), "own");
	assert_string_equal(deciding(store, "2026-06-01", 0), "later");
	assert_string_equal(deciding(store, "2026-06-01", 5), "ward");
	assert_string_equal(deciding(store, "2026-06-01", 6), "later");
	assert_string_equal(deciding(store, "2027-01-01", 0), "land_checks");
	add_rule(store, "'first', 'land_checks', NULL, NULL, 5, NULL, NULL, 'configuration', '{}'");
	assert_string_equal(deciding(store, "2026-06-01", 5), "first");
}

static void a_number_of_a_rule_is_read(void **state)
{
	struct store *store = store_of(state);
	const struct date day = {"2026-06-01"};
	double value = 0;

	assert_int_equal(rule_number(store, "unit_succession", "least_share", &day, &value, &err), 0);
	assert_true(value == 0.1);
	assert_int_equal(
		rule_number(store, "unit_succession", "no_such", &day, &value, &err), ERR_INTERNAL);
	assert_int_equal(rule_number(store, "no_such", "least_share", &day, &value, &err), ERR_INTERNAL);
	add_rule(store, "'own', 'unit_succession', NULL, NULL, 0, NULL, NULL, 'configuration',"
			" '{\"least_share\": 0.25}'");
	assert_int_equal(rule_number(store, "unit_succession", "least_share", &day, &value, &err), 0);
	assert_true(value == 0.25);
}

static int count_steps(void *context, const struct lineage_step *step, struct error *unused)
{
	size_t *count = context;

	(void)unused;
	assert_string_equal(step->layer, "plot");
	++*count;
	return 0;
}

/* A chain longer than what is followed is told to be longer; a circle ends. */
static void lineage_is_followed_so_far(void **state)
{
	struct store *store = store_of(state);
	struct lineage_step step = {.layer = "plot", .cause = LINEAGE_SPLIT,
		.valid_from = {"2026-01-01"}, .share = 1, .recorded_at_us = SMALL_NOW_US};
	size_t count = 0;
	bool more;

	assert_int_equal(store_run(store, "BEGIN", &err), 0);
	for (int64_t id = 1; id <= LINEAGE_STEPS_MAX + 10; id++) {
		step.from_id = id;
		step.to_id = id + 1;
		assert_int_equal(lineage_add(store, &step, &err), 0);
	}
	step.from_id = 90000;
	step.to_id = 90001;
	assert_int_equal(lineage_add(store, &step, &err), 0);
	step.from_id = 90001;
	step.to_id = 90000;
	assert_int_equal(lineage_add(store, &step, &err), 0);
	assert_int_equal(store_run(store, "COMMIT", &err), 0);
	assert_int_equal(lineage_of(store, "plot", 1, count_steps, &count, &more, &err), 0);
	assert_int_equal(count, LINEAGE_STEPS_MAX);
	assert_true(more);
	count = 0;
	assert_int_equal(lineage_of(store, "plot", 90000, count_steps, &count, &more, &err), 0);
	assert_int_equal(count, 4);
	assert_false(more);
	count = 0;
	assert_int_equal(lineage_of(store, "road", 1, count_steps, &count, &more, &err), 0);
	assert_int_equal(count, 0);
}

#define TEST(function)                                                                             \
	cmocka_unit_test_setup_teardown(function, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_city_comes_before_the_program),
		TEST(a_number_of_a_rule_is_read),
		TEST(lineage_is_followed_so_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
