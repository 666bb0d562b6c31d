#include "tests/test.h"

#include "base/messages.h"
#include "data/account_scope.h"
#include "data/session.h"
#include "tests/data/people.h"

enum { ARENA_BYTES = 1 << 20 };

static void without_rows_there_are_none(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	const struct account_scope *rows = NULL;
	size_t count = 7;

	assert_int_equal(account_scope_read(
				 people_store(state), ACCOUNT_PUBLIC, &arena, &rows, &count, NULL),
		0);
	assert_int_equal(count, 0);
}

static void same_text(const char *one, const char *other)
{
	assert_int_equal(!one, !other);
	if (one)
		assert_string_equal(one, other);
}

static void rows_come_back_in_their_order(void **state)
{
	static const struct account_scope rows[] = {
		{"thing", 12, "name", true},
		{"road", 0, NULL, false},
		{NULL, 3, NULL, true},
		{NULL, 0, "count", false},
		{"thing", 12, "name", true},
	};
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_OFFICER, NULL);
	const struct account_scope *read = NULL;
	size_t count = 0;

	assert_int_equal(account_scope_replace(store, id, rows, 5, NULL), 0);
	assert_int_equal(account_scope_replace(store, ACCOUNT_PUBLIC, rows, 1, NULL), 0);
	assert_int_equal(account_scope_read(store, id, &arena, &read, &count, NULL), 0);
	assert_int_equal(count, 5);
	for (size_t i = 0; i < count; i++) {
		same_text(read[i].layer, rows[i].layer);
		same_text(read[i].field, rows[i].field);
		assert_true(read[i].unit_id == rows[i].unit_id);
		assert_true(read[i].may_write == rows[i].may_write);
	}
	assert_int_equal(account_scope_replace(store, id, rows + 1, 1, NULL), 0);
	assert_int_equal(account_scope_read(store, id, &arena, &read, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_string_equal(read[0].layer, "road");
	assert_int_equal(account_scope_replace(store, id, NULL, 0, NULL), 0);
	assert_int_equal(account_scope_read(store, id, &arena, &read, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(account_scope_read(store, ACCOUNT_PUBLIC, &arena, &read, &count, NULL), 0);
	assert_int_equal(count, 1);
}

static void other_rights_end_the_sessions(void **state)
{
	static const struct account_scope row = {"thing", 0, NULL, false};
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_OFFICER, NULL);
	struct session_id session;

	assert_int_equal(
		session_open(store, id, SMALL_NOW_US, &randomness_system, &session, NULL), 0);
	assert_int_equal(account_scope_replace(store, id, &row, 1, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM session"), 0);
}

static void what_is_no_row_is_refused(void **state)
{
	char long_name[SCOPE_NAME_MAX_BYTES + 2] = "";
	const struct account_scope bad[] = {
		{"", 0, NULL, true},
		{"Thing", 0, NULL, true},
		{"th ing", 0, NULL, true},
		{"thing\"; --", 0, NULL, true},
		{NULL, 0, "", true},
		{NULL, 0, "nâme", true},
		{NULL, -1, NULL, true},
		{long_name, 0, NULL, true},
		{NULL, 0, long_name, true},
	};
	static struct account_scope many[SCOPE_ROWS_MAX + 1];
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_OFFICER, NULL);
	struct error err = {0};

	memset(long_name, 'a', sizeof long_name - 1);
	assert_int_equal(account_scope_replace(store, id, many, 3, NULL), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(account_scope_replace(store, id, &bad[i], 1, &err), ERR_INVALID,
			"ACC-SCOPE-01");
	long_name[SCOPE_NAME_MAX_BYTES] = '\0';
	assert_refused(account_scope_replace(store, id, many, SCOPE_ROWS_MAX + 1, &err),
		ERR_TOO_LARGE, "ACC-SCOPE-02");
	assert_refused(
		account_scope_replace(store, 99, many, 1, &err), ERR_NOT_FOUND, "ACC-FIND-01");
	assert_int_equal(number_in(store, "SELECT count(*) FROM account_scope"), 3);
	assert_int_equal(account_scope_replace(store, id, &bad[7], 1, NULL), 0);
	assert_int_equal(account_scope_replace(store, id, many, SCOPE_ROWS_MAX, NULL), 0);
}

/* Rows narrow: to read fewer than there are would give rights. */
static void too_many_rows_are_damage(void **state)
{
	static struct account_scope many[SCOPE_ROWS_MAX];
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES), small = ARENA(100);
	struct store *store = people_store(state);
	const struct account_scope *rows = NULL;
	struct error err = {0};
	size_t count = 0;

	assert_int_equal(
		account_scope_replace(store, ACCOUNT_PUBLIC, many, SCOPE_ROWS_MAX, NULL), 0);
	assert_int_equal(account_scope_read(store, ACCOUNT_PUBLIC, &arena, &rows, &count, NULL), 0);
	assert_int_equal(count, SCOPE_ROWS_MAX);
	assert_refused(account_scope_read(store, ACCOUNT_PUBLIC, &small, &rows, &count, &err),
		ERR_NOMEM, "SYS-MEMORY-01");
	store_must_run(store, "INSERT INTO account_scope (account_id, place, may_write)"
			      " VALUES (1, 100000, 1)");
	assert_refused(account_scope_read(store, ACCOUNT_PUBLIC, &arena, &rows, &count, &err),
		ERR_IO, "REG-DAMAGED-01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(without_rows_there_are_none),
		in_register(rows_come_back_in_their_order),
		in_register(other_rights_end_the_sessions),
		in_register(what_is_no_row_is_refused),
		in_register(too_many_rows_are_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
