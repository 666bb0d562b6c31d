#include "tests/test.h"

#include "base/messages.h"
#include "data/one_time_link.h"
#include "data/password.h"
#include "data/session.h"
#include "tests/data/people.h"
#include "tests/random.h"

static int create(struct store *store, const char *login, enum role role, struct error *err)
{
	const struct account_plan plan = {
		.login = login, .login_len = strlen(login), .role = role, .now_us = SMALL_NOW_US};
	int64_t id = 0;

	return account_create(store, &plan, &id, err);
}

static int64_t open_session(struct store *store, int64_t account_id)
{
	struct session_id id;

	assert_int_equal(
		session_open(store, account_id, SMALL_NOW_US, &randomness_system, &id, NULL), 0);
	return number_in(store, "SELECT count(*) FROM session");
}

static void logins_are_folded_and_few_characters(void **state)
{
	static const char *const good[][2] = {{"lan", "lan"}, {"LAN", "lan"}, {"a1", "a1"},
		{"Nguyen.Van-An_2", "nguyen.van-an_2"}, {"\u212Aim", "kim"}};
	static const char *const bad[] = {"", "a", "lan anh", "Lân", "đức", "a@b.vn", "lan\n",
		"lan/", "lan\xFF", "\u3000\u3000", "ﾌfi"};
	char text[300];
	struct account_login login;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(account_login_parse(good[i][0], strlen(good[i][0]), &login));
		assert_string_equal(login.text, good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(account_login_parse(bad[i], strlen(bad[i]), &login));
	memset(text, 'a', sizeof text);
	assert_true(account_login_parse(text, ACCOUNT_LOGIN_MAX_BYTES, &login));
	assert_int_equal(strlen(login.text), ACCOUNT_LOGIN_MAX_BYTES);
	assert_false(account_login_parse(text, ACCOUNT_LOGIN_MAX_BYTES + 1, &login));
	assert_false(account_login_parse(text, sizeof text, &login));
	assert_false(account_login_parse("lan\0anh", 7, &login));
}

static void the_states_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < ACCOUNT_STATE_COUNT; i++) {
		const char *id = account_state_id((enum account_state)i);
		enum account_state found = ACCOUNT_STATE_COUNT;

		assert_true(account_state_find(id, strlen(id), &found));
		assert_int_equal(found, i);
		assert_false(account_state_find(id, strlen(id) - 1, &found));
	}
}

static void the_public_is_there_and_stays_as_it_is(void **state)
{
	struct store *store = people_store(state);
	struct account account = people_read(store, ACCOUNT_PUBLIC);
	struct password_hash hash = password_nobodys;
	struct link_text link;
	struct error err = {0};

	assert_string_equal(account.login.text, "public");
	assert_int_equal(account.role, ROLE_PUBLIC);
	assert_int_equal(account.state, ACCOUNT_ACTIVE);
	assert_false(account.has_password);
	assert_refused(account_set_role(store, ACCOUNT_PUBLIC, ROLE_VIEWER, &err), ERR_INVALID,
		"ACC-PUBLIC-01");
	assert_refused(account_set_state(store, ACCOUNT_PUBLIC, ACCOUNT_CLOSED, &err), ERR_INVALID,
		"ACC-PUBLIC-01");
	assert_refused(account_set_password(store, ACCOUNT_PUBLIC, &hash, SMALL_NOW_US, &err),
		ERR_INVALID, "ACC-PUBLIC-01");
	assert_refused(
		account_set_person(store, ACCOUNT_PUBLIC, 7, &err), ERR_INVALID, "ACC-PUBLIC-01");
	assert_refused(one_time_link_make(store, ACCOUNT_PUBLIC, LINK_RESET, SMALL_NOW_US,
			       &randomness_system, &link, &err),
		ERR_INVALID, "ACC-PUBLIC-01");
	assert_refused(create(store, "another", ROLE_PUBLIC, &err), ERR_INVALID, "ACC-ROLE-01");
	assert_refused(create(store, "Public", ROLE_VIEWER, &err), ERR_CONFLICT, "ACC-LOGIN-02");
}

static void an_account_comes_back_as_it_was_made(void **state)
{
	struct store *store = people_store(state);
	const struct account_plan plan = {"Thu.Lan", 7, ROLE_SURVEYOR, 42, SMALL_NOW_US};
	struct account account, found;
	int64_t id = 0;

	assert_int_equal(account_create(store, &plan, &id, NULL), 0);
	assert_true(id > ACCOUNT_PUBLIC);
	account = people_read(store, id);
	assert_true(account.id == id);
	assert_string_equal(account.login.text, "thu.lan");
	assert_int_equal(account.role, ROLE_SURVEYOR);
	assert_int_equal(account.state, ACCOUNT_ACTIVE);
	assert_false(account.has_password);
	assert_true(account.password_set_at_us == 0);
	assert_true(account.person_id == 42);
	assert_true(account.created_at_us == SMALL_NOW_US);
	assert_int_equal(account_find(store, "THU.LAN", 7, &found, NULL), 0);
	assert_memory_equal(&found, &account, sizeof found);
	assert_int_equal(account_set_person(store, id, 0, NULL), 0);
	assert_true(people_read(store, id).person_id == 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM account WHERE person_id = 0"), 0);
}

static void what_is_not_there_is_not_found(void **state)
{
	struct store *store = people_store(state);
	struct account account;
	struct error err = {0};

	assert_refused(account_read(store, 99, &account, &err), ERR_NOT_FOUND, "ACC-FIND-01");
	assert_refused(
		account_find(store, "nobody", 6, &account, &err), ERR_NOT_FOUND, "ACC-FIND-01");
	assert_refused(
		account_find(store, "no body", 7, &account, &err), ERR_NOT_FOUND, "ACC-FIND-01");
	assert_refused(
		account_set_role(store, 99, ROLE_VIEWER, &err), ERR_NOT_FOUND, "ACC-FIND-01");
	assert_refused(
		account_set_state(store, 99, ACCOUNT_LOCKED, &err), ERR_NOT_FOUND, "ACC-FIND-01");
	assert_int_equal(account_read(store, 99, &account, NULL), ERR_NOT_FOUND);
}

static void a_login_is_given_once(void **state)
{
	struct store *store = people_store(state);
	struct error err = {0};
	int64_t id = people_add(store, "lan", ROLE_VIEWER, NULL);

	assert_refused(create(store, "Lan", ROLE_OFFICER, &err), ERR_CONFLICT, "ACC-LOGIN-02");
	assert_refused(create(store, "l", ROLE_OFFICER, &err), ERR_INVALID, "ACC-LOGIN-01");
	assert_int_equal(account_set_state(store, id, ACCOUNT_CLOSED, NULL), 0);
	assert_refused(create(store, "LAN", ROLE_OFFICER, &err), ERR_CONFLICT, "ACC-LOGIN-02");
	assert_int_equal(number_in(store, "SELECT count(*) FROM account"), 2);
}

static void other_rights_end_the_sessions(void **state)
{
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_VIEWER, NULL);
	int64_t other = people_add(store, "an", ROLE_VIEWER, NULL);
	struct password_hash hash = password_nobodys;

	open_session(store, other);
	assert_int_equal(open_session(store, id), 2);
	assert_int_equal(account_set_role(store, id, ROLE_OFFICER, NULL), 0);
	assert_int_equal(people_read(store, id).role, ROLE_OFFICER);
	assert_int_equal(open_session(store, id), 2);
	assert_int_equal(account_set_state(store, id, ACCOUNT_LOCKED, NULL), 0);
	assert_int_equal(people_read(store, id).state, ACCOUNT_LOCKED);
	assert_int_equal(open_session(store, id), 2);
	assert_int_equal(account_set_state(store, id, ACCOUNT_ACTIVE, NULL), 0);
	assert_int_equal(open_session(store, id), 2);
	assert_int_equal(account_set_password(store, id, &hash, SMALL_NOW_US + 5, NULL), 0);
	assert_true(people_read(store, id).has_password);
	assert_true(people_read(store, id).password_set_at_us == SMALL_NOW_US + 5);
	assert_int_equal(open_session(store, id), 2);
	assert_int_equal(account_set_person(store, id, 3, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM session"), 2);
}

static void closed_is_closed(void **state)
{
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_VIEWER, "một câu không ai đoán");
	struct password_hash hash = password_nobodys;
	struct link_text link;
	struct error err = {0};

	assert_int_equal(one_time_link_make(store, id, LINK_RESET, SMALL_NOW_US, &randomness_system,
				 &link, NULL),
		0);
	assert_int_equal(account_set_state(store, id, ACCOUNT_CLOSED, NULL), 0);
	assert_int_equal(people_read(store, id).state, ACCOUNT_CLOSED);
	assert_false(people_read(store, id).has_password);
	assert_int_equal(number_in(store, "SELECT count(*) FROM one_time_link"), 0);
	assert_refused(
		account_set_state(store, id, ACCOUNT_ACTIVE, &err), ERR_CONFLICT, "ACC-STATE-01");
	assert_refused(
		account_set_role(store, id, ROLE_OFFICER, &err), ERR_CONFLICT, "ACC-STATE-01");
	assert_refused(account_set_password(store, id, &hash, SMALL_NOW_US, &err), ERR_CONFLICT,
		"ACC-STATE-01");
	assert_refused(account_set_person(store, id, 2, &err), ERR_CONFLICT, "ACC-STATE-01");
	assert_refused(one_time_link_make(store, id, LINK_RESET, SMALL_NOW_US, &randomness_system,
			       &link, &err),
		ERR_CONFLICT, "ACC-STATE-02");
}

static void one_administrator_remains(void **state)
{
	struct store *store = people_store(state);
	int64_t first = people_add(store, "first", ROLE_ADMINISTRATOR, NULL);
	int64_t second = people_add(store, "second", ROLE_ADMINISTRATOR, NULL);
	struct error err = {0};

	assert_int_equal(account_set_state(store, second, ACCOUNT_LOCKED, NULL), 0);
	assert_refused(
		account_set_state(store, first, ACCOUNT_LOCKED, &err), ERR_CONFLICT, "ACC-ROLE-02");
	assert_refused(
		account_set_state(store, first, ACCOUNT_CLOSED, &err), ERR_CONFLICT, "ACC-ROLE-02");
	assert_refused(
		account_set_role(store, first, ROLE_OFFICER, &err), ERR_CONFLICT, "ACC-ROLE-02");
	assert_int_equal(account_set_role(store, first, ROLE_ADMINISTRATOR, NULL), 0);
	/* The locked one does not count, and may change. */
	assert_int_equal(account_set_role(store, second, ROLE_VIEWER, NULL), 0);
	assert_int_equal(account_set_role(store, second, ROLE_ADMINISTRATOR, NULL), 0);
	assert_int_equal(account_set_state(store, second, ACCOUNT_ACTIVE, NULL), 0);
	assert_int_equal(account_set_role(store, first, ROLE_OFFICER, NULL), 0);
	assert_int_equal(account_set_state(store, first, ACCOUNT_CLOSED, NULL), 0);
	assert_refused(
		account_set_role(store, second, ROLE_OFFICER, &err), ERR_CONFLICT, "ACC-ROLE-02");
}

struct seen {
	char logins[1000];
	int count, stop_at;
};

static int see(void *context, const struct account *account, struct error *err)
{
	struct seen *seen = context;
	size_t used = strlen(seen->logins);

	snprintf(seen->logins + used, sizeof seen->logins - used, "%s ", account->login.text);
	return ++seen->count == seen->stop_at ? fail_cancelled(err) : 0;
}

static void the_list_is_in_the_order_of_logins(void **state)
{
	struct store *store = people_store(state);
	struct seen seen = {0}, stopped = {.stop_at = 2};
	struct error err = {0};

	people_add(store, "lan", ROLE_VIEWER, NULL);
	people_add(store, "an", ROLE_VIEWER, NULL);
	people_add(store, "zung", ROLE_VIEWER, NULL);
	assert_int_equal(account_list(store, see, &seen, NULL), 0);
	assert_string_equal(seen.logins, "an lan public zung ");
	assert_refused(account_list(store, see, &stopped, &err), ERR_CANCELLED, "SYS-CANCEL-01");
	assert_string_equal(stopped.logins, "an lan ");
}

static void damage_is_named(void **state)
{
	static const char *const damages[] = {
		"UPDATE account SET role = 'king' WHERE login = 'lan'",
		"UPDATE account SET role = 'viewer', state = 'asleep' WHERE login = 'lan'",
		"UPDATE account SET state = 'active', login = printf('%.*c', 65, 'x')"
		" WHERE login = 'lan'",
	};
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_VIEWER, NULL);
	struct account account;
	struct error err = {0};

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		store_must_run(store, damages[i]);
		assert_refused(account_read(store, id, &account, &err), ERR_IO, "REG-DAMAGED-01");
	}
}

/* Whatever is done to accounts, one active administrator is left, and sessions are of active ones
 * or were opened after the last change. */
static void an_administrator_is_left_whatever_happens(void **state)
{
	enum { ACCOUNTS = 6, STEPS = 3000 };
	autofree(transaction_end) struct transaction transaction = {0};
	struct random random = random_start(7);
	struct store *store = people_store(state);
	int64_t ids[ACCOUNTS];

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int i = 0; i < ACCOUNTS; i++) {
		char login[20];

		snprintf(login, sizeof login, "user%d", i);
		ids[i] = people_add(store, login, i ? ROLE_VIEWER : ROLE_ADMINISTRATOR, NULL);
	}
	for (int i = 0; i < STEPS; i++) {
		int64_t id = ids[random_below(&random, ACCOUNTS)];
		int rc;

		if (random_below(&random, 2))
			rc = account_set_role(store, id,
				random_below(&random, 3) ? ROLE_ADMINISTRATOR : ROLE_OFFICER, NULL);
		else
			rc = account_set_state(store, id,
				random_below(&random, 200) == 0 ? ACCOUNT_CLOSED
				: random_below(&random, 2)	? ACCOUNT_ACTIVE
								: ACCOUNT_LOCKED,
				NULL);
		assert_true(rc == 0 || rc == ERR_CONFLICT);
		assert_true(number_in(store, "SELECT count(*) FROM account WHERE state = 'active'"
					     " AND role = 'administrator'") >= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logins_are_folded_and_few_characters),
		cmocka_unit_test(the_states_have_names),
		in_register(the_public_is_there_and_stays_as_it_is),
		in_register(an_account_comes_back_as_it_was_made),
		in_register(what_is_not_there_is_not_found),
		in_register(a_login_is_given_once),
		in_register(other_rights_end_the_sessions),
		in_register(closed_is_closed),
		in_register(one_administrator_remains),
		in_register(the_list_is_in_the_order_of_logins),
		in_register(damage_is_named),
		in_register(an_administrator_is_left_whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
