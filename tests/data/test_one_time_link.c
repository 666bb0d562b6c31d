#include "tests/test.h"

#include "base/messages.h"
#include "data/login.h"
#include "data/one_time_link.h"
#include "data/password.h"
#include "data/session.h"
#include "tests/data/people.h"

static struct link_text make_at(
	struct store *store, int64_t account_id, enum link_purpose purpose, int64_t now_us)
{
	struct link_text link;

	assert_int_equal(one_time_link_make(store, account_id, purpose, now_us, &randomness_system,
				 &link, NULL),
		0);
	return link;
}

static int find_at(
	struct store *store, const struct link_text *link, int64_t now_us, struct error *err)
{
	struct account account;

	return one_time_link_find(store, link->text, strlen(link->text), now_us, &account, err);
}

static int redeem_at(
	struct store *store, const struct link_text *link, int64_t now_us, struct error *err)
{
	struct account account;

	return one_time_link_redeem(
		store, link->text, strlen(link->text), &password_nobodys, now_us, &account, err);
}

static void a_link_sets_the_password_once(void **state)
{
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_ADMINISTRATOR, NULL);
	struct link_text link = make_at(store, id, LINK_WELCOME, SMALL_NOW_US);
	struct password_hash hash;
	struct account account = {0};
	struct session_id session;
	struct login_attempt attempt;
	struct error err = {0};

	assert_int_equal(strncmp(link.text, "dothi_once_", 11), 0);
	assert_int_equal(strlen(link.text), 11 + 64);
	assert_int_equal(
		session_open(store, id, SMALL_NOW_US, &randomness_system, &session, NULL), 0);
	assert_int_equal(one_time_link_find(
				 store, link.text, strlen(link.text), SMALL_NOW_US, &account, NULL),
		0);
	assert_string_equal(account.login.text, "lan");
	assert_false(account.has_password);
	assert_int_equal(password_make("lan", "một câu dài", 14, &hash, NULL), 0);
	account.id = 0;
	assert_int_equal(one_time_link_redeem(store, link.text, strlen(link.text), &hash,
				 SMALL_NOW_US + 9, &account, NULL),
		0);
	assert_true(account.id == id);
	assert_true(account.has_password);
	assert_true(account.password_set_at_us == SMALL_NOW_US + 9);
	assert_int_equal(number_in(store, "SELECT count(*) FROM session"), 0);
	assert_true(number_in(store, "SELECT used_at FROM one_time_link") == SMALL_NOW_US + 9);
	assert_int_equal(login_begin(store, "lan", 3, SMALL_NOW_US, &attempt, NULL), 0);
	assert_string_equal(attempt.hash.text, hash.text);
	assert_refused(redeem_at(store, &link, SMALL_NOW_US + 10, &err), ERR_DENIED, "LINK-NO-01");
	assert_refused(find_at(store, &link, SMALL_NOW_US + 10, &err), ERR_DENIED, "LINK-NO-01");
}

static void what_is_no_link_opens_nothing(void **state)
{
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_VIEWER, NULL);
	struct link_text link = make_at(store, id, LINK_RESET, SMALL_NOW_US), other = link;
	struct account account;
	struct error err = {0};
	char long_one[1000];

	other.text[11] = other.text[11] == 'a' ? 'b' : 'a';
	assert_refused(redeem_at(store, &other, SMALL_NOW_US, &err), ERR_DENIED, "LINK-NO-01");
	memset(long_one, 'a', sizeof long_one);
	assert_refused(
		one_time_link_find(store, long_one, sizeof long_one, SMALL_NOW_US, &account, &err),
		ERR_DENIED, "LINK-NO-01");
	assert_refused(one_time_link_find(store, "", 0, SMALL_NOW_US, &account, &err), ERR_DENIED,
		"LINK-NO-01");
	/* Without its prefix, and cut short. */
	assert_refused(one_time_link_find(store, link.text + 11, 64, SMALL_NOW_US, &account, &err),
		ERR_DENIED, "LINK-NO-01");
	assert_refused(one_time_link_find(store, link.text, 74, SMALL_NOW_US, &account, &err),
		ERR_DENIED, "LINK-NO-01");
	assert_int_equal(find_at(store, &link, SMALL_NOW_US, NULL), 0);
	assert_false(people_read(store, id).has_password);
}

static void links_expire_by_their_purpose(void **state)
{
	static const int64_t valid_us[] = {[LINK_WELCOME] = 7 * DAY_US, [LINK_RESET] = HOUR_US};
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_VIEWER, NULL);
	struct error err = {0};

	for (int i = 0; i < LINK_PURPOSE_COUNT; i++) {
		struct link_text link = make_at(store, id, (enum link_purpose)i, SMALL_NOW_US);

		assert_int_equal(find_at(store, &link, SMALL_NOW_US + valid_us[i] - 1, NULL), 0);
		assert_refused(find_at(store, &link, SMALL_NOW_US + valid_us[i], &err), ERR_DENIED,
			"LINK-OLD-01");
		assert_refused(redeem_at(store, &link, SMALL_NOW_US + valid_us[i], &err),
			ERR_DENIED, "LINK-OLD-01");
		assert_int_equal(redeem_at(store, &link, SMALL_NOW_US + valid_us[i] - 1, NULL), 0);
	}
}

static void a_new_link_or_password_ends_the_old_link(void **state)
{
	struct store *store = people_store(state);
	int64_t lan = people_add(store, "lan", ROLE_VIEWER, NULL);
	int64_t an = people_add(store, "an", ROLE_VIEWER, NULL);
	struct link_text of_an = make_at(store, an, LINK_WELCOME, SMALL_NOW_US);
	struct link_text first = make_at(store, lan, LINK_WELCOME, SMALL_NOW_US);
	struct link_text second = make_at(store, lan, LINK_WELCOME, SMALL_NOW_US);
	struct error err = {0};

	assert_refused(find_at(store, &first, SMALL_NOW_US, &err), ERR_DENIED, "LINK-NO-01");
	assert_int_equal(find_at(store, &second, SMALL_NOW_US, NULL), 0);
	assert_int_equal(
		account_set_password(store, lan, &password_nobodys, SMALL_NOW_US, NULL), 0);
	assert_refused(find_at(store, &second, SMALL_NOW_US, &err), ERR_DENIED, "LINK-NO-01");
	assert_int_equal(find_at(store, &of_an, SMALL_NOW_US, NULL), 0);
}

static void only_active_accounts_have_links(void **state)
{
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_VIEWER, NULL);
	struct link_text link = make_at(store, id, LINK_WELCOME, SMALL_NOW_US);
	struct error err = {0};

	assert_int_equal(account_set_state(store, id, ACCOUNT_LOCKED, NULL), 0);
	assert_refused(find_at(store, &link, SMALL_NOW_US, &err), ERR_DENIED, "LINK-NO-01");
	assert_refused(redeem_at(store, &link, SMALL_NOW_US, &err), ERR_DENIED, "LINK-NO-01");
	assert_refused(one_time_link_make(store, id, LINK_RESET, SMALL_NOW_US, &randomness_system,
			       &link, &err),
		ERR_CONFLICT, "ACC-STATE-02");
	assert_refused(one_time_link_make(store, 99, LINK_RESET, SMALL_NOW_US, &randomness_system,
			       &link, &err),
		ERR_NOT_FOUND, "ACC-FIND-01");
}

static void old_ones_are_swept(void **state)
{
	struct store *store = people_store(state);
	int64_t lan = people_add(store, "lan", ROLE_VIEWER, NULL);
	int64_t an = people_add(store, "an", ROLE_VIEWER, NULL);

	make_at(store, lan, LINK_RESET, SMALL_NOW_US);
	make_at(store, an, LINK_WELCOME, SMALL_NOW_US);
	assert_int_equal(one_time_link_sweep(store, SMALL_NOW_US + 7 * DAY_US, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM one_time_link"), 2);
	assert_int_equal(one_time_link_sweep(store, SMALL_NOW_US + 8 * DAY_US, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM one_time_link"), 1);
	assert_int_equal(one_time_link_sweep(store, SMALL_NOW_US + 14 * DAY_US, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM one_time_link"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_link_sets_the_password_once),
		in_register(what_is_no_link_opens_nothing),
		in_register(links_expire_by_their_purpose),
		in_register(a_new_link_or_password_ends_the_old_link),
		in_register(only_active_accounts_have_links),
		in_register(old_ones_are_swept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
