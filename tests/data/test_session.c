#include "tests/test.h"

#include "base/messages.h"
#include "data/session.h"
#include "tests/data/people.h"
#include "tests/random.h"

static struct session_id open_at(struct store *store, int64_t account_id, int64_t now_us)
{
	struct session_id id;

	assert_int_equal(session_open(store, account_id, now_us, &randomness_system, &id, NULL), 0);
	return id;
}

static int find_at(struct store *store, const struct session_id *id, int64_t now_us,
	struct session *ret_session, struct error *err)
{
	return session_find(store, id->text, strlen(id->text), now_us, ret_session, err);
}

static void a_session_is_found_by_its_id(void **state)
{
	struct store *store = people_store(state);
	int64_t account_id = people_add(store, "lan", ROLE_VIEWER, NULL);
	struct session_id id = open_at(store, account_id, SMALL_NOW_US);
	struct session_id other = open_at(store, account_id, SMALL_NOW_US + 1);
	struct session session;

	assert_int_equal(strlen(id.text), 64);
	assert_string_not_equal(id.text, other.text);
	assert_int_equal(find_at(store, &id, SMALL_NOW_US + 2, &session, NULL), 0);
	assert_true(session.account_id == account_id);
	assert_true(session.created_at_us == SMALL_NOW_US);
	assert_true(session.last_seen_at_us == SMALL_NOW_US);
}

/* Who reads the register can enter nowhere. */
static void the_register_does_not_hold_the_id(void **state)
{
	struct store *store = people_store(state);
	struct session_id id =
		open_at(store, people_add(store, "lan", ROLE_VIEWER, NULL), SMALL_NOW_US);
	struct digest digest = digest_of(id.text, strlen(id.text));
	struct digest_text hex = digest_print(&digest);
	char sql[200];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM session WHERE id_digest = x'%s'", hex.text);
	assert_int_equal(number_in(store, sql), 1);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM session WHERE id_digest = x'%s'", id.text);
	assert_int_equal(number_in(store, sql), 0);
}

static void what_is_no_session_is_not_found(void **state)
{
	struct store *store = people_store(state);
	struct session_id id =
		open_at(store, people_add(store, "lan", ROLE_VIEWER, NULL), SMALL_NOW_US);
	struct session session = {.account_id = 77};
	struct error err = {0};
	char longer[66];

	assert_refused(session_find(store, "", 0, SMALL_NOW_US, &session, &err), ERR_DENIED,
		"SES-OVER-01");
	assert_refused(session_find(store, id.text, 63, SMALL_NOW_US, &session, &err), ERR_DENIED,
		"SES-OVER-01");
	snprintf(longer, sizeof longer, "%sa", id.text);
	assert_refused(session_find(store, longer, 65, SMALL_NOW_US, &session, &err), ERR_DENIED,
		"SES-OVER-01");
	id.text[5] = id.text[5] == 'a' ? 'b' : 'a';
	assert_refused(
		find_at(store, &id, SMALL_NOW_US, &session, &err), ERR_DENIED, "SES-OVER-01");
	assert_true(session.account_id == 77);
}

static void half_an_hour_unseen_ends_it(void **state)
{
	struct store *store = people_store(state);
	struct session_id id =
		open_at(store, people_add(store, "lan", ROLE_VIEWER, NULL), SMALL_NOW_US);
	struct session session;
	struct error err = {0};

	assert_int_equal(find_at(store, &id, SMALL_NOW_US + 30 * MINUTE_US - 1, &session, NULL), 0);
	assert_refused(find_at(store, &id, SMALL_NOW_US + 30 * MINUTE_US, &session, &err),
		ERR_DENIED, "SES-OVER-01");
	assert_int_equal(session_touch(store, &session, SMALL_NOW_US + 20 * MINUTE_US, NULL), 0);
	assert_int_equal(find_at(store, &id, SMALL_NOW_US + 50 * MINUTE_US - 1, &session, NULL), 0);
	assert_true(session.last_seen_at_us == SMALL_NOW_US + 20 * MINUTE_US);
	/* Once it is over, no touch brings it back. */
	assert_int_equal(session_touch(store, &session, SMALL_NOW_US + 50 * MINUTE_US, NULL), 0);
	assert_int_equal(
		find_at(store, &id, SMALL_NOW_US + 50 * MINUTE_US, &session, NULL), ERR_DENIED);
	/* Nor does one from before lead back. */
	assert_int_equal(session_touch(store, &session, SMALL_NOW_US + 10 * MINUTE_US, NULL), 0);
	assert_int_equal(find_at(store, &id, SMALL_NOW_US + 50 * MINUTE_US - 1, &session, NULL), 0);
}

static void twelve_hours_end_it_however_busy(void **state)
{
	struct store *store = people_store(state);
	struct session_id id =
		open_at(store, people_add(store, "lan", ROLE_VIEWER, NULL), SMALL_NOW_US);
	struct session session;
	int64_t now_us = SMALL_NOW_US;

	for (; now_us < SMALL_NOW_US + 12 * HOUR_US; now_us += 10 * MINUTE_US) {
		assert_int_equal(find_at(store, &id, now_us, &session, NULL), 0);
		assert_int_equal(session_touch(store, &session, now_us, NULL), 0);
	}
	assert_int_equal(find_at(store, &id, SMALL_NOW_US + 12 * HOUR_US - 1, &session, NULL), 0);
	assert_int_equal(
		find_at(store, &id, SMALL_NOW_US + 12 * HOUR_US, &session, NULL), ERR_DENIED);
}

static void a_touch_is_due_once_a_minute(void **state)
{
	const struct session session = {.last_seen_at_us = SMALL_NOW_US};

	(void)state;
	assert_false(session_is_stale(&session, SMALL_NOW_US));
	assert_false(session_is_stale(&session, SMALL_NOW_US + MINUTE_US - 1));
	assert_true(session_is_stale(&session, SMALL_NOW_US + MINUTE_US));
	assert_false(session_is_stale(&session, SMALL_NOW_US - DAY_US));
}

static void rotation_changes_the_id_and_not_the_hours(void **state)
{
	struct store *store = people_store(state);
	struct session_id id =
		open_at(store, people_add(store, "lan", ROLE_VIEWER, NULL), SMALL_NOW_US);
	struct session_id fresh;
	struct session session, found;
	struct error err = {0};

	assert_int_equal(find_at(store, &id, SMALL_NOW_US, &session, NULL), 0);
	assert_int_equal(session_rotate(store, &session, &randomness_system, &fresh, NULL), 0);
	assert_string_not_equal(fresh.text, id.text);
	assert_int_equal(find_at(store, &id, SMALL_NOW_US, &found, NULL), ERR_DENIED);
	assert_int_equal(find_at(store, &fresh, SMALL_NOW_US, &found, NULL), 0);
	assert_true(found.account_id == session.account_id);
	assert_true(found.created_at_us == SMALL_NOW_US);
	assert_refused(session_rotate(store, &session, &randomness_system, &fresh, &err),
		ERR_DENIED, "SES-OVER-01");
}

static void closing_ends_one_or_all_of_an_account(void **state)
{
	struct store *store = people_store(state);
	int64_t lan = people_add(store, "lan", ROLE_VIEWER, NULL);
	int64_t an = people_add(store, "an", ROLE_VIEWER, NULL);
	struct session_id first = open_at(store, lan, SMALL_NOW_US);
	struct session_id second = open_at(store, lan, SMALL_NOW_US);
	struct session_id of_an = open_at(store, an, SMALL_NOW_US);
	struct session session;

	assert_int_equal(find_at(store, &first, SMALL_NOW_US, &session, NULL), 0);
	assert_int_equal(session_close(store, &session, NULL), 0);
	assert_int_equal(session_close(store, &session, NULL), 0);
	assert_int_equal(find_at(store, &first, SMALL_NOW_US, &session, NULL), ERR_DENIED);
	assert_int_equal(find_at(store, &second, SMALL_NOW_US, &session, NULL), 0);
	assert_int_equal(session_close_all(store, lan, NULL), 0);
	assert_int_equal(find_at(store, &second, SMALL_NOW_US, &session, NULL), ERR_DENIED);
	assert_int_equal(find_at(store, &of_an, SMALL_NOW_US, &session, NULL), 0);
}

static void only_active_accounts_have_sessions(void **state)
{
	struct store *store = people_store(state);
	struct session_id id =
		open_at(store, people_add(store, "lan", ROLE_VIEWER, NULL), SMALL_NOW_US);
	struct session session;

	store_must_run(store, "UPDATE account SET state = 'locked' WHERE login = 'lan'");
	assert_int_equal(find_at(store, &id, SMALL_NOW_US, &session, NULL), ERR_DENIED);
	store_must_run(store, "UPDATE account SET state = 'active' WHERE login = 'lan'");
	assert_int_equal(find_at(store, &id, SMALL_NOW_US, &session, NULL), 0);
}

static void the_one_not_seen_for_longest_makes_room(void **state)
{
	struct store *store = people_store(state);
	int64_t lan = people_add(store, "lan", ROLE_VIEWER, NULL);
	struct session_id ids[SESSION_ACCOUNT_MAX], newest;
	struct session session;

	open_at(store, people_add(store, "an", ROLE_VIEWER, NULL), SMALL_NOW_US - 1);
	for (int i = 0; i < SESSION_ACCOUNT_MAX; i++)
		ids[i] = open_at(store, lan, SMALL_NOW_US + i);
	assert_int_equal(find_at(store, &ids[0], SMALL_NOW_US + 50, &session, NULL), 0);
	assert_int_equal(session_touch(store, &session, SMALL_NOW_US + 50, NULL), 0);
	newest = open_at(store, lan, SMALL_NOW_US + 60);
	assert_int_equal(find_at(store, &newest, SMALL_NOW_US + 60, &session, NULL), 0);
	for (int i = 0; i < SESSION_ACCOUNT_MAX; i++)
		assert_int_equal(find_at(store, &ids[i], SMALL_NOW_US + 60, &session, NULL),
			i == 1 ? ERR_DENIED : 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM session"), SESSION_ACCOUNT_MAX + 1);
}

/* The sweep takes what session_find would refuse, and nothing else. */
static void the_sweep_agrees_with_find(void **state)
{
	enum { SESSIONS = 200, ACCOUNTS = 20 };
	autofree(transaction_end) struct transaction transaction = {0};
	static struct session_id ids[SESSIONS];
	struct random random = random_start(3);
	struct store *store = people_store(state);
	int64_t accounts[ACCOUNTS];
	int alive = 0;

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int i = 0; i < ACCOUNTS; i++) {
		char login[20];

		snprintf(login, sizeof login, "user%d", i);
		accounts[i] = people_add(store, login, ROLE_VIEWER, NULL);
	}
	for (int i = 0; i < SESSIONS; i++) {
		int64_t age_us = (int64_t)random_below(&random, 13 * (size_t)HOUR_US);
		int64_t seen_us = (int64_t)random_below(&random, (size_t)HOUR_US);
		struct session session;

		ids[i] = open_at(store, accounts[i % ACCOUNTS], SMALL_NOW_US - age_us);
		assert_int_equal(find_at(store, &ids[i], SMALL_NOW_US - age_us, &session, NULL), 0);
		session.last_seen_at_us = SMALL_NOW_US - (seen_us < age_us ? seen_us : age_us);
		if (session.last_seen_at_us < session.created_at_us + 29 * MINUTE_US)
			assert_int_equal(
				session_touch(store, &session, session.last_seen_at_us, NULL), 0);
	}
	for (int i = 0; i < SESSIONS; i++) {
		struct session session;

		alive += find_at(store, &ids[i], SMALL_NOW_US, &session, NULL) == 0;
	}
	assert_in_range(alive, 1, SESSIONS - 1);
	assert_int_equal(session_sweep(store, SMALL_NOW_US, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM session"), alive);
	for (int i = 0; i < SESSIONS; i++) {
		struct session session;

		alive -= find_at(store, &ids[i], SMALL_NOW_US, &session, NULL) == 0;
	}
	assert_int_equal(alive, 0);
}

static void the_token_of_pages_belongs_to_one_id(void **state)
{
	const char *id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	const char *other = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee";
	struct digest_text token = session_csrf(id, 64);
	struct digest digest = digest_of(id, 64);

	(void)state;
	assert_int_equal(strlen(token.text), 64);
	assert_true(session_csrf_matches(id, 64, token.text, 64));
	assert_false(session_csrf_matches(other, 64, token.text, 64));
	assert_false(session_csrf_matches(id, 64, token.text, 63));
	assert_false(session_csrf_matches(id, 64, "", 0));
	assert_false(session_csrf_matches(id, 64, id, 64));
	/* What the register holds is no help to make it. */
	assert_string_not_equal(token.text, digest_print(&digest).text);
	token.text[63] ^= 1;
	assert_false(session_csrf_matches(id, 64, token.text, 64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_session_is_found_by_its_id),
		in_register(the_register_does_not_hold_the_id),
		in_register(what_is_no_session_is_not_found),
		in_register(half_an_hour_unseen_ends_it),
		in_register(twelve_hours_end_it_however_busy),
		cmocka_unit_test(a_touch_is_due_once_a_minute),
		in_register(rotation_changes_the_id_and_not_the_hours),
		in_register(closing_ends_one_or_all_of_an_account),
		in_register(only_active_accounts_have_sessions),
		in_register(the_one_not_seen_for_longest_makes_room),
		in_register(the_sweep_agrees_with_find),
		cmocka_unit_test(the_token_of_pages_belongs_to_one_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
