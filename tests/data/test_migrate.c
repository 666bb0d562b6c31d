#include "tests/test.h"

#include "base/file.h"
#include "base/messages.h"
#include "data/migrate.h"
#include "tests/data/small_register.h"

/* An empty database in the folder, without any table of ours. */
static int make_empty(void **state)
{
	struct small_register *place;
	int rc = small_folder_make(state);

	place = *state;
	return rc ? rc : store_create(small_where(place), &place->opened.store, NULL);
}

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

static void an_empty_database_gets_all_steps(void **state)
{
	static const char *const tables[] = {"setting", "layer_state", "change_link", "change",
		"person", "person_erasure", "account", "account_scope", "login_failure",
		"one_time_link", "session", "api_token", "access_log"};
	autofree(transaction_end) struct transaction transaction = {0};
	struct store *store = store_of(state);

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	assert_int_equal(migrate(store, SMALL_NOW_US, NULL), 0);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		assert_true(has_table(store, tables[i]));
	assert_true(number_in(store, "SELECT max(number) FROM migration") == migrate_last());
	assert_true(number_in(store, "SELECT count(*) FROM migration") == migrate_last());
	assert_true(number_in(store, "SELECT min(applied_at) FROM migration") == SMALL_NOW_US);
}

static void a_step_is_done_once(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(migrate(store, SMALL_NOW_US, NULL), 0);
	store_must_run(store, "INSERT INTO setting VALUES ('a', 'b')");
	assert_int_equal(migrate(store, SMALL_NOW_US + 1, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM setting"), 1);
	assert_true(number_in(store, "SELECT max(applied_at) FROM migration") == SMALL_NOW_US);
}

static void an_older_register_gets_what_it_lacks(void **state)
{
	struct store *store = store_of(state);

	assert_int_equal(migrate_to(store, 1, SMALL_NOW_US, NULL), 0);
	assert_int_equal(number_in(store, "SELECT max(number) FROM migration"), 1);
	assert_false(has_table(store, "job"));
	assert_int_equal(migrate(store, SMALL_NOW_US + 1, NULL), 0);
	assert_true(number_in(store, "SELECT max(number) FROM migration") == migrate_last());
	assert_true(number_in(store, "SELECT max(applied_at) FROM migration") == SMALL_NOW_US + 1);
	assert_true(has_table(store, "job"));
}

static void a_newer_register_is_refused(void **state)
{
	struct store *store = store_of(state);
	struct error err = {0};
	char sql[200];

	assert_int_equal(migrate(store, SMALL_NOW_US, NULL), 0);
	assert_int_equal(migrate_check(store, &err), 0);
	snprintf(sql, sizeof sql, "INSERT INTO migration VALUES (%d, 'of tomorrow', 1)",
		migrate_last() + 1);
	store_must_run(store, sql);
	assert_int_equal(migrate(store, SMALL_NOW_US, &err), ERR_CONFIG);
	assert_string_equal(error_message_code(&err), "REG-NEWER-01");
	assert_int_equal(migrate_check(store, &err), ERR_CONFIG);
	assert_int_equal(migrate_check(store, NULL), ERR_CONFIG);
}

/* A step that fails in its middle leaves nothing of itself. */
static void a_step_is_done_whole_or_not_at_all(void **state)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct store *store = store_of(state);
	struct error err = {0};

	store_must_run(store, "CREATE TABLE change (a INTEGER)"); /* in the way of the last table */
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	assert_int_equal(migrate(store, SMALL_NOW_US, &err), ERR_INTERNAL);
	/* PostgreSQL answers nothing more in a transaction that has failed. */
	if (!on_postgres())
		assert_true(has_table(store, "setting"));
	transaction_end(&transaction);
	assert_false(has_table(store, "setting"));
	assert_false(has_table(store, "migration"));
	store_must_run(store, "DROP TABLE change");
	assert_int_equal(migrate(store, SMALL_NOW_US, &err), 0);
}

#define in_empty(test) cmocka_unit_test_setup_teardown(test, make_empty, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_empty(an_empty_database_gets_all_steps),
		in_empty(a_step_is_done_once),
		in_empty(an_older_register_gets_what_it_lacks),
		in_empty(a_newer_register_is_refused),
		in_empty(a_step_is_done_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
