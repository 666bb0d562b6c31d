#include "tests/test.h"

#include "base/messages.h"
#include "base/throttle.h"
#include "data/login.h"
#include "data/password.h"
#include "tests/data/people.h"
#include "tests/random.h"

#define RIGHT "một câu không ai đoán"
#define WRONG "một câu không ai biết"

/* A whole attempt: 0, or the code of the refusal. */
static int try_at(struct store *store, const char *login, const char *password, int64_t now_us,
	struct account *ret_account, struct error *err)
{
	struct login_attempt attempt;
	struct login_result result;
	int rc = login_begin(store, login, strlen(login), now_us, &attempt, err);

	if (rc)
		return rc;
	assert_int_equal(login_verify(&attempt, password, strlen(password), NULL), 0);
	assert_int_equal(login_end(store, &attempt, now_us, &result, NULL), 0);
	rc = login_refusal(&result, err);
	if (!rc && ret_account)
		*ret_account = result.account;
	return rc;
}

static int try_login(
	struct store *store, const char *login, const char *password, struct error *err)
{
	return try_at(store, login, password, SMALL_NOW_US, NULL, err);
}

/* An attempt that fails, without the slow part. */
static void fail_at(struct store *store, const char *login, int64_t now_us)
{
	struct login_attempt attempt;
	struct login_result result;

	assert_int_equal(login_begin(store, login, strlen(login), now_us, &attempt, NULL), 0);
	assert_int_equal(login_end(store, &attempt, now_us, &result, NULL), 0);
	assert_false(result.admitted);
}

static int64_t failures(struct store *store)
{
	return number_in(store, "SELECT count(*) FROM login_failure");
}

static void the_right_password_opens(void **state)
{
	struct store *store = people_store(state);
	int64_t id = people_add(store, "thu.lan", ROLE_OFFICER, RIGHT);
	struct account account = {0};

	assert_int_equal(try_at(store, "Thu.LAN", RIGHT, SMALL_NOW_US, &account, NULL), 0);
	assert_true(account.id == id);
	assert_int_equal(account.role, ROLE_OFFICER);
	assert_int_equal(failures(store), 0);
}

static void same_error(const struct error *one, const struct error *other)
{
	assert_int_equal(one->code, other->code);
	assert_int_equal(one->message, other->message);
	assert_string_equal(one->where, other->where);
	assert_string_equal(one->detail, other->detail);
}

/* Whoever is refused gets the same answer, letter by letter. */
static void refusals_tell_nothing(void **state)
{
	struct store *store = people_store(state);
	int64_t locked, closed;
	struct error first = {0}, err = {0};
	static const char *const logins[] = {
		"nobody", "locked", "closed", "fresh", "public", "", "no body!", "\xFF\xFE"};

	people_add(store, "lan", ROLE_OFFICER, RIGHT);
	people_add(store, "fresh", ROLE_OFFICER, NULL);
	locked = people_add(store, "locked", ROLE_OFFICER, RIGHT);
	closed = people_add(store, "closed", ROLE_OFFICER, RIGHT);
	assert_int_equal(account_set_state(store, locked, ACCOUNT_LOCKED, NULL), 0);
	assert_int_equal(account_set_state(store, closed, ACCOUNT_CLOSED, NULL), 0);
	assert_int_equal(try_login(store, "lan", WRONG, &first), ERR_DENIED);
	assert_string_equal(error_message_code(&first), "LOGIN-NO-01");
	for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
		assert_int_equal(try_login(store, logins[i], RIGHT, &err), ERR_DENIED);
		same_error(&err, &first);
	}
	assert_int_equal(failures(store), 1 + sizeof logins / sizeof *logins);
	assert_int_equal(try_login(store, "lan", "", &err), ERR_DENIED);
	same_error(&err, &first);
}

/* Known or not, five are free; then one waits, and is told how long. */
static void failures_slow_down_known_and_unknown_alike(void **state)
{
	static const char *const logins[] = {"lan", "nobody"};
	struct store *store = people_store(state);
	struct login_attempt attempt;
	struct error err = {0};

	people_add(store, "lan", ROLE_OFFICER, RIGHT);
	for (size_t i = 0; i < 2; i++) {
		int64_t now_us = SMALL_NOW_US, wait_s = 1;

		for (int n = 0; n < THROTTLE_FREE; n++)
			fail_at(store, logins[i], now_us);
		for (; wait_s < 2 * THROTTLE_WAIT_MAX_S; wait_s *= 2) {
			int64_t wait = wait_s < THROTTLE_WAIT_MAX_S ? wait_s : THROTTLE_WAIT_MAX_S;

			assert_refused(login_begin(store, logins[i], strlen(logins[i]), now_us,
					       &attempt, &err),
				ERR_BUSY, "LOGIN-WAIT-01");
			login_begin(store, logins[i], strlen(logins[i]), now_us, &attempt, &err);
			assert_true(err.args[0].integer == wait);
			assert_int_equal(login_begin(store, logins[i], strlen(logins[i]),
						 now_us + wait * SECOND_US - 1, &attempt, NULL),
				ERR_BUSY);
			now_us += wait * SECOND_US;
			fail_at(store, logins[i], now_us);
		}
	}
}

static void success_forgets_the_failures(void **state)
{
	struct store *store = people_store(state);

	people_add(store, "lan", ROLE_OFFICER, RIGHT);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < THROTTLE_FREE - 1; i++)
			fail_at(store, "lan", SMALL_NOW_US);
		assert_int_equal(try_login(store, "LAN", RIGHT, NULL), 0);
		assert_int_equal(failures(store), 0);
	}
}

static void the_right_password_waits_too(void **state)
{
	struct store *store = people_store(state);
	struct error err = {0};

	people_add(store, "lan", ROLE_OFFICER, RIGHT);
	for (int i = 0; i < THROTTLE_FREE + 1; i++)
		fail_at(store, "lan", SMALL_NOW_US + i * 2 * SECOND_US);
	assert_refused(try_at(store, "lan", RIGHT, SMALL_NOW_US + 10 * SECOND_US, NULL, &err),
		ERR_BUSY, "LOGIN-WAIT-01");
	assert_int_equal(try_at(store, "lan", RIGHT, SMALL_NOW_US + 12 * SECOND_US, NULL, NULL), 0);
	/* What was counted of the refused one is gone with the rest. */
	assert_int_equal(failures(store), 0);
}

/* Attempts that begin together before one has failed. */
static void a_burst_is_no_faster_than_a_row(void **state)
{
	enum { BURST = 50 };
	static struct login_attempt attempts[BURST];
	struct store *store = people_store(state);
	struct login_result result;
	struct error err = {0};
	int early = 0;

	people_add(store, "lan", ROLE_OFFICER, RIGHT);
	for (int i = 0; i < BURST; i++)
		assert_int_equal(login_begin(store, "lan", 3, SMALL_NOW_US, &attempts[i], NULL), 0);
	/* The last one has guessed right, and comes after too many others. */
	assert_int_equal(login_verify(&attempts[BURST - 1], RIGHT, strlen(RIGHT), NULL), 0);
	assert_true(attempts[BURST - 1].matches);
	for (int i = 0; i < BURST; i++) {
		assert_int_equal(login_end(store, &attempts[i], SMALL_NOW_US, &result, NULL), 0);
		assert_false(result.admitted);
		early += result.wait_s > 0;
	}
	assert_int_equal(early, BURST - THROTTLE_FREE);
	assert_int_equal(login_refusal(&result, &err), ERR_BUSY);
	assert_string_equal(error_message_code(&err), "LOGIN-WAIT-01");
	assert_int_equal(err.args[0].integer, THROTTLE_WAIT_MAX_S);
}

/* Between the two looks the account was locked, closed, or got another password. */
static void what_changed_meanwhile_counts(void **state)
{
	struct store *store = people_store(state);
	struct login_attempt attempt;
	struct login_result result;
	struct password_hash other;
	int64_t id = people_add(store, "lan", ROLE_OFFICER, RIGHT);

	assert_int_equal(login_begin(store, "lan", 3, SMALL_NOW_US, &attempt, NULL), 0);
	assert_int_equal(login_verify(&attempt, RIGHT, strlen(RIGHT), NULL), 0);
	assert_int_equal(account_set_state(store, id, ACCOUNT_LOCKED, NULL), 0);
	assert_int_equal(login_end(store, &attempt, SMALL_NOW_US, &result, NULL), 0);
	assert_false(result.admitted);
	assert_int_equal(account_set_state(store, id, ACCOUNT_ACTIVE, NULL), 0);
	assert_int_equal(login_end(store, &attempt, SMALL_NOW_US, &result, NULL), 0);
	assert_true(result.admitted);
	assert_int_equal(password_make("lan", WRONG, strlen(WRONG), &other, NULL), 0);
	assert_int_equal(account_set_password(store, id, &other, SMALL_NOW_US, NULL), 0);
	assert_int_equal(login_end(store, &attempt, SMALL_NOW_US, &result, NULL), 0);
	assert_false(result.admitted);
	assert_int_equal(account_set_state(store, id, ACCOUNT_CLOSED, NULL), 0);
	assert_int_equal(login_end(store, &attempt, SMALL_NOW_US, &result, NULL), 0);
	assert_false(result.admitted);
}

static void a_new_password_forgets_the_failures(void **state)
{
	struct store *store = people_store(state);
	struct password_hash hash = password_nobodys;
	int64_t id = people_add(store, "lan", ROLE_OFFICER, NULL);

	for (int i = 0; i < THROTTLE_FREE; i++) {
		fail_at(store, "lan", SMALL_NOW_US);
		fail_at(store, "an", SMALL_NOW_US);
	}
	assert_int_equal(account_set_password(store, id, &hash, SMALL_NOW_US, NULL), 0);
	assert_int_equal(failures(store), 1);
	fail_at(store, "lan", SMALL_NOW_US);
}

/* "password" with 64 MiB, as a hash of another time might be. */
static void a_hash_of_old_is_made_anew(void **state)
{
	static const struct password_hash of_old = {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
						    "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"};
	struct store *store = people_store(state);
	int64_t id = people_add(store, "lan", ROLE_OFFICER, NULL);

	assert_int_equal(account_set_password(store, id, &of_old, SMALL_NOW_US - 7, NULL), 0);
	assert_int_equal(try_login(store, "lan", "Password", NULL), ERR_DENIED);
	assert_int_equal(number_in(store, "SELECT count(*) FROM account WHERE password_hash LIKE"
					  " '%m=65536%'"),
		1);
	assert_int_equal(try_login(store, "lan", "password", NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM account WHERE password_hash LIKE"
					  " '%m=19456,t=2,p=1%'"),
		1);
	assert_int_equal(try_login(store, "lan", "password", NULL), 0);
	assert_true(people_read(store, id).password_set_at_us == SMALL_NOW_US - 7);
}

static void no_more_than_so_many_logins_are_remembered(void **state)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct store *store = people_store(state);
	char login[40];

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int i = 0; i < LOGIN_FAILURES_MAX + 20; i++) {
		snprintf(login, sizeof login, "flood%d", i);
		fail_at(store, login, SMALL_NOW_US + i);
	}
	assert_int_equal(failures(store), LOGIN_FAILURES_MAX);
	assert_true(
		number_in(store, "SELECT min(failed_at) FROM login_failure") == SMALL_NOW_US + 20);
	/* One that is known takes no other's place. */
	fail_at(store, login, SMALL_NOW_US + LOGIN_FAILURES_MAX + 20);
	assert_true(
		number_in(store, "SELECT min(failed_at) FROM login_failure") == SMALL_NOW_US + 20);
	assert_int_equal(login_sweep(store, SMALL_NOW_US + DAY_US + 19, NULL), 0);
	assert_int_equal(failures(store), LOGIN_FAILURES_MAX);
	assert_int_equal(login_sweep(store, SMALL_NOW_US + DAY_US + 20, NULL), 0);
	assert_int_equal(failures(store), LOGIN_FAILURES_MAX - 1);
	assert_int_equal(login_sweep(store, SMALL_NOW_US + 2 * DAY_US, NULL), 0);
	assert_int_equal(failures(store), 0);
}

/* At any times and in any order the waits are those of the rule. */
static void the_waits_are_those_of_the_rule(void **state)
{
	enum { LOGINS = 4, STEPS = 2000 };
	autofree(transaction_end) struct transaction transaction = {0};
	struct {
		int64_t count, at_us;
	} rule[LOGINS] = {{0}};
	struct random random = random_start(11);
	struct store *store = people_store(state);
	int64_t now_us = SMALL_NOW_US;

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int i = 0; i < STEPS; i++) {
		size_t who = random_below(&random, LOGINS);
		int64_t wait_s = throttle_wait_s(rule[who].count, rule[who].at_us, now_us);
		struct login_attempt attempt;
		struct login_result result;
		struct error err = {0};
		char login[20];

		snprintf(login, sizeof login, "user%d", (int)who);
		if (login_begin(store, login, strlen(login), now_us, &attempt, &err)) {
			assert_true(wait_s > 0);
			assert_true(err.args[0].integer == wait_s);
		} else {
			assert_true(wait_s == 0);
			assert_int_equal(login_end(store, &attempt, now_us, &result, NULL), 0);
			rule[who].count =
				throttle_failures(rule[who].count, rule[who].at_us, now_us) + 1;
			rule[who].at_us = now_us;
		}
		now_us += (int64_t)random_below(&random, 600 * (size_t)SECOND_US);
		if (random_below(&random, 100) == 0)
			now_us += DAY_US;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(the_right_password_opens),
		in_register(refusals_tell_nothing),
		in_register(failures_slow_down_known_and_unknown_alike),
		in_register(success_forgets_the_failures),
		in_register(the_right_password_waits_too),
		in_register(a_burst_is_no_faster_than_a_row),
		in_register(what_changed_meanwhile_counts),
		in_register(a_new_password_forgets_the_failures),
		in_register(a_hash_of_old_is_made_anew),
		in_register(no_more_than_so_many_logins_are_remembered),
		in_register(the_waits_are_those_of_the_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
