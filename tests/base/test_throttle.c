#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/throttle.h"
#include "tests/random.h"

#define SECOND_US INT64_C(1000000)
#define START_US INT64_C(1795221296789012)

static int64_t now_us;

static int64_t fake_now(void *context)
{
	(void)context;
	return now_us;
}

static const struct clock fake_clock = {fake_now, NULL};

static int make(void **state)
{
	struct throttle *throttle = NULL;

	now_us = START_US;
	if (secret_start() ||
		throttle_new(1000, THROTTLE_FREE, &fake_clock, &randomness_system, &throttle, NULL))
		return -1;
	*state = throttle;
	return 0;
}

static int drop(void **state)
{
	throttle_free(*state);
	return 0;
}

static int64_t enter(struct throttle *throttle, const char *key)
{
	return throttle_enter(throttle, key, strlen(key));
}

static void the_wait_doubles_from_a_second_to_15_minutes(void **state)
{
	static const int64_t waits_s[] = {
		0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900};

	(void)state;
	for (int64_t i = 0; i < (int64_t)(sizeof waits_s / sizeof *waits_s); i++) {
		assert_true(throttle_wait_us(i, START_US, START_US) == waits_s[i] * SECOND_US);
		assert_true(throttle_wait_s(i, START_US, START_US) == waits_s[i]);
	}
	assert_true(throttle_wait_s(INT64_MAX, START_US, START_US) == 900);
	assert_true(throttle_wait_s(-7, START_US, START_US) == 0);
}

static void the_wait_runs_off(void **state)
{
	(void)state;
	assert_true(throttle_wait_s(7, START_US, START_US + 1) == 4);
	assert_true(throttle_wait_s(7, START_US, START_US + 3 * SECOND_US) == 1);
	assert_true(throttle_wait_s(7, START_US, START_US + 4 * SECOND_US - 1) == 1);
	assert_true(throttle_wait_us(7, START_US, START_US + 4 * SECOND_US - 1) == 1);
	assert_true(throttle_wait_s(7, START_US, START_US + 4 * SECOND_US) == 0);
	/* A clock that went back by a year. */
	assert_true(throttle_wait_s(7, START_US, START_US - 365 * 86400 * SECOND_US) == 4);
}

static void a_day_without_a_failure_forgets(void **state)
{
	const int64_t day_us = THROTTLE_MEMORY_S * SECOND_US;

	(void)state;
	assert_true(throttle_failures(20, START_US, START_US + day_us - 1) == 20);
	assert_true(throttle_failures(20, START_US, START_US + day_us) == 0);
	assert_true(throttle_wait_us(20, START_US, START_US + day_us) == 0);
}

static void five_tries_are_free_then_one_waits(void **state)
{
	struct throttle *throttle = *state;

	for (int i = 0; i < THROTTLE_FREE; i++)
		assert_true(enter(throttle, "10.0.0.1") == 0);
	assert_true(enter(throttle, "10.0.0.1") == 1);
	/* Who only knocks is not made to wait longer. */
	assert_true(enter(throttle, "10.0.0.1") == 1);
	assert_true(enter(throttle, "10.0.0.2") == 0);
	now_us += SECOND_US;
	assert_true(enter(throttle, "10.0.0.1") == 0);
	assert_true(enter(throttle, "10.0.0.1") == 2);
	now_us += SECOND_US;
	assert_true(enter(throttle, "10.0.0.1") == 1);
	now_us += SECOND_US;
	assert_true(enter(throttle, "10.0.0.1") == 0);
	assert_true(enter(throttle, "10.0.0.1") == 4);
	assert_true(enter(throttle, "10.0.0.1 ") == 0);
	assert_true(enter(throttle, "") == 0);
}

static void success_forgets(void **state)
{
	struct throttle *throttle = *state;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < THROTTLE_FREE; i++)
			assert_true(enter(throttle, "a") == 0);
		assert_true(enter(throttle, "a") == 1);
		throttle_forgive(throttle, "a", 1);
	}
	throttle_forgive(throttle, "never seen", 10);
	for (int i = 0; i < 1000; i++) {
		assert_true(enter(throttle, "b") == 0);
		throttle_forgive(throttle, "b", 1);
	}
}

static void a_day_later_the_tries_are_free_again(void **state)
{
	struct throttle *throttle = *state;

	for (int i = 0; i < 40; i++) {
		assert_true(enter(throttle, "a") == 0);
		now_us += THROTTLE_WAIT_MAX_S * SECOND_US;
	}
	now_us += THROTTLE_MEMORY_S * SECOND_US;
	for (int i = 0; i < THROTTLE_FREE; i++)
		assert_true(enter(throttle, "a") == 0);
	assert_true(enter(throttle, "a") == 1);
}

static void a_shared_key_has_more_free_tries(void **state)
{
	autoptr(throttle_free) struct throttle *throttle = NULL;

	(void)state;
	assert_int_equal(throttle_new(10, 50, &fake_clock, &randomness_system, &throttle, NULL), 0);
	for (int i = 0; i < 50; i++)
		assert_true(enter(throttle, "office") == 0);
	assert_true(enter(throttle, "office") == 1);
}

/* Whatever comes, the table does what a list of all keys would do while it has room. */
static void it_agrees_with_a_list_of_all_keys(void **state)
{
	enum { KEYS = 100, STEPS = 20000 };
	static struct {
		int64_t failures, failed_us;
	} list[KEYS];
	struct random random = random_start(20261122);
	struct throttle *throttle = NULL;

	(void)state;
	memset(list, 0, sizeof list);
	/* So much room that no set overflows. */
	assert_int_equal(throttle_new(100000, THROTTLE_FREE, &fake_clock, &randomness_system,
				 &throttle, NULL),
		0);
	for (int i = 0; i < STEPS; i++) {
		size_t key = random_below(&random, KEYS);
		int64_t wait_s = throttle_wait_s(list[key].failures, list[key].failed_us, now_us);

		if (random_below(&random, 10) == 0) {
			throttle_forgive(throttle, &key, sizeof key);
			list[key].failures = 0;
			continue;
		}
		assert_true(throttle_enter(throttle, &key, sizeof key) == wait_s);
		if (!wait_s) {
			list[key].failures =
				throttle_failures(list[key].failures, list[key].failed_us, now_us) +
				1;
			list[key].failed_us = now_us;
		}
		now_us += (int64_t)random_below(&random, 3000000);
	}
	throttle_free(throttle);
}

/* A flood of new keys does not wash away who has failed much. */
static void a_flood_of_keys_takes_harmless_places(void **state)
{
	struct throttle *throttle = *state;

	for (int i = 0; i < 8; i++) {
		assert_true(enter(throttle, "attacker") == 0);
		now_us += 10 * SECOND_US;
	}
	for (int i = 0; i < 200000; i++)
		assert_true(throttle_enter(throttle, &i, sizeof i) == 0);
	assert_true(enter(throttle, "attacker") == 0);
	assert_true(enter(throttle, "attacker") == 16);
}

static atomic_int entered;

static void *knock(void *context)
{
	for (int i = 0; i < 1000; i++)
		if (!throttle_enter(context, "one", 3))
			atomic_fetch_add(&entered, 1);
	return NULL;
}

static void a_thousand_tries_at_once_do_not_slip_through(void **state)
{
	enum { THREADS = 4 };
	pthread_t threads[THREADS];

	atomic_store(&entered, 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, knock, *state), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&entered), THROTTLE_FREE);
}

static void a_table_of_no_keys_or_of_too_many_works(void **state)
{
	struct throttle *throttle = NULL;

	(void)state;
	assert_int_equal(
		throttle_new(0, THROTTLE_FREE, &fake_clock, &randomness_system, &throttle, NULL),
		0);
	assert_true(enter(throttle, "a") == 0);
	throttle_free(throttle);
	throttle_free(NULL);
}

#define with_table(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_from_a_second_to_15_minutes),
		cmocka_unit_test(the_wait_runs_off),
		cmocka_unit_test(a_day_without_a_failure_forgets),
		with_table(five_tries_are_free_then_one_waits),
		with_table(success_forgets),
		with_table(a_day_later_the_tries_are_free_again),
		with_table(a_shared_key_has_more_free_tries),
		with_table(it_agrees_with_a_list_of_all_keys),
		with_table(a_flood_of_keys_takes_harmless_places),
		with_table(a_thousand_tries_at_once_do_not_slip_through),
		cmocka_unit_test(a_table_of_no_keys_or_of_too_many_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
