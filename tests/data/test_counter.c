#include "tests/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/messages.h"
#include "data/counter.h"
#include "tests/data/small_register.h"
#include "tests/random.h"

static const struct counter_act printing = {"officer:1", "permit 7", SMALL_NOW_US};
static const char paper[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char other_paper[] =
	"1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

static int64_t claim(struct store *store, const char *series, int year)
{
	struct error err = {0};
	int64_t number = 0;

	if (counter_claim(store, series, year, &printing, &number, &err))
		fail_msg("%s", err.detail);
	return number;
}

static void numbers_count_from_one(void **state)
{
	struct store *store = store_of(state);

	for (int64_t i = 1; i < 5; i++)
		assert_true(claim(store, "permit", 2026) == i);
	assert_true(claim(store, "permit", 2027) == 1);
	assert_true(claim(store, "number", 2026) == 1);
	assert_true(claim(store, "number", 0) == 1);
	assert_true(claim(store, "permit", 2026) == 5);
}

static void a_number_tells_what_became_of_it(void **state)
{
	static const struct counter_act using = {"approver:2", NULL, SMALL_NOW_US + 5};
	static const struct counter_act voiding = {"officer:3", "hồ sơ rút", SMALL_NOW_US + 6};
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	struct counter_key key = {"permit", 2026, 1};
	struct counter_number number;
	struct store *store = store_of(state);

	claim(store, "permit", 2026);
	assert_int_equal(counter_read(store, &key, &arena, &number, NULL), 0);
	assert_int_equal(number.state, COUNTER_CLAIMED);
	assert_string_equal(number.claimed.by, "officer:1");
	assert_string_equal(number.claimed.why, "permit 7");
	assert_true(number.claimed.at_us == SMALL_NOW_US && !number.settled.at_us);
	assert_int_equal(counter_use(store, &key, paper, &using, NULL), 0);
	assert_int_equal(counter_read(store, &key, &arena, &number, NULL), 0);
	assert_int_equal(number.state, COUNTER_USED);
	assert_string_equal(number.paper_sha256, paper);
	assert_string_equal(number.settled.by, "approver:2");
	assert_true(number.settled.at_us == SMALL_NOW_US + 5);
	key.number = claim(store, "permit", 2026);
	assert_int_equal(counter_void(store, &key, &voiding, NULL), 0);
	assert_int_equal(counter_read(store, &key, &arena, &number, NULL), 0);
	assert_int_equal(number.state, COUNTER_VOID);
	assert_string_equal(number.settled.why, "hồ sơ rút");
	assert_string_equal(number.paper_sha256, "");
	assert_true(number.key.year == 2026 && number.key.number == 2);
}

static void what_is_settled_stays_so(void **state)
{
	const struct counter_act reasonless = {"officer:1", "", SMALL_NOW_US};
	struct counter_key used = {"permit", 2026, 1}, voided = {"permit", 2026, 2};
	struct counter_key never = {"permit", 2026, 3};
	struct store *store = store_of(state);
	struct error err = {0};

	claim(store, "permit", 2026);
	claim(store, "permit", 2026);
	assert_int_equal(counter_void(store, &voided, &reasonless, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), "PAPER-NUM-03");
	assert_int_equal(counter_use(store, &used, paper, &printing, &err), 0);
	assert_int_equal(counter_void(store, &voided, &printing, &err), 0);
	/* The same again is no error. */
	assert_int_equal(counter_use(store, &used, paper, &printing, &err), 0);
	assert_int_equal(counter_void(store, &voided, &printing, &err), 0);
	assert_int_equal(counter_use(store, &used, other_paper, &printing, &err), ERR_CONFLICT);
	assert_string_equal(error_message_code(&err), "PAPER-NUM-02");
	assert_int_equal(counter_use(store, &voided, paper, &printing, &err), ERR_CONFLICT);
	assert_int_equal(counter_void(store, &used, &printing, &err), ERR_CONFLICT);
	assert_int_equal(counter_use(store, &never, paper, &printing, &err), ERR_NOT_FOUND);
	assert_int_equal(counter_void(store, &never, &printing, &err), ERR_NOT_FOUND);
	assert_string_equal(error_message_code(&err), "PAPER-NUM-01");
}

static void words_are_checked(void **state)
{
	struct store *store = store_of(state);
	struct counter_act act = printing;
	char large[COUNTER_WORDS_MAX + 2];
	struct error err = {0};
	int64_t number;

	memset(large, 'x', sizeof large);
	large[sizeof large - 1] = '\0';
	assert_int_equal(counter_claim(store, "", 2026, &act, &number, &err), ERR_INVALID);
	assert_int_equal(counter_claim(store, "a", -1, &act, &number, &err), ERR_INVALID);
	assert_int_equal(counter_claim(store, "a", 10000, &act, &number, &err), ERR_INVALID);
	assert_int_equal(counter_claim(store, large, 2026, &act, &number, &err), ERR_INVALID);
	act.by = "";
	assert_int_equal(counter_claim(store, "a", 2026, &act, &number, &err), ERR_INVALID);
	act = printing;
	act.why = large;
	assert_int_equal(counter_claim(store, "a", 2026, &act, &number, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), "PAPER-NUM-04");
	assert_true(claim(store, "a", 2026) == 1);
	assert_int_equal(
		counter_use(store, &(struct counter_key){"a", 2026, 1}, "0123", &printing, &err),
		ERR_INVALID);
	assert_int_equal(
		counter_void(store, &(struct counter_key){"a", 2026, 1}, &act, &err), ERR_INVALID);
}

static void forgotten_claims_are_found(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	struct counter_number *numbers;
	struct counter_act act = printing;
	int64_t number;
	size_t count;

	for (int i = 0; i < 20; i++) {
		act.at_us = SMALL_NOW_US + (i * 7) % 20;
		assert_int_equal(
			counter_claim(store, i % 2 ? "a" : "b", 2026, &act, &number, NULL), 0);
	}
	assert_int_equal(
		counter_use(store, &(struct counter_key){"b", 2026, 1}, paper, &act, NULL), 0);
	assert_int_equal(
		counter_list_claimed(store, SMALL_NOW_US + 10, &arena, &numbers, &count, NULL), 0);
	assert_int_equal(count, 9);
	for (size_t i = 0; i < count; i++) {
		assert_true(numbers[i].claimed.at_us == SMALL_NOW_US + 1 + (int64_t)i);
		assert_int_equal(counter_void(store, &numbers[i].key, &printing, NULL), 0);
	}
	assert_int_equal(
		counter_list_claimed(store, SMALL_NOW_US + 10, &arena, &numbers, &count, NULL), 0);
	assert_int_equal(count, 0);
}

static void meddling_is_found(void **state)
{
	struct store *store = store_of(state);
	struct counter_audit audit;
	struct error err = {0};
	int64_t series;

	for (int i = 0; i < 10; i++)
		claim(store, "permit", 2026);
	claim(store, "extract", 2025);
	assert_int_equal(counter_gaps(store, &series, &err), 0);
	assert_int_equal(series, 2);
	store_must_run(store, "DELETE FROM counter_number WHERE number IN (4, 5, 10)");
	assert_int_equal(counter_audit(store, "permit", 2026, &audit, &err), 0);
	assert_true(audit.last == 10 && audit.claimed == 7 && audit.missing == 3);
	assert_true(audit.first_missing == 4 && audit.beyond == 0);
	assert_int_equal(counter_gaps(store, &series, &err), ERR_IO);
	assert_string_equal(err.detail, "numbers of permit 2026: 3 missing from 4 on, 0 beyond 10");
	store_must_run(store, "DELETE FROM counter_number WHERE series = 'permit'");
	assert_int_equal(counter_audit(store, "permit", 2026, &audit, &err), 0);
	assert_true(audit.missing == 10 && audit.first_missing == 1);
	store_must_run(store, "DELETE FROM counter; DELETE FROM counter_number;"
			      "INSERT INTO counter VALUES ('permit', 2026, 1);");
	store_must_run(store,
		"INSERT INTO counter_number (series, year, number, state, purpose, claimed_by,"
		" claimed_at) VALUES ('permit', 2026, 1, 'claimed', 'x', 'x', 1),"
		" ('permit', 2026, 2, 'claimed', 'x', 'x', 1)");
	assert_int_equal(counter_audit(store, "permit", 2026, &audit, &err), 0);
	assert_true(audit.missing == 0 && audit.beyond == 1);
	assert_int_equal(counter_gaps(store, &series, &err), ERR_IO);
	/* The database itself refuses what explains nothing. */
	assert_int_equal(
		store_run(store, "UPDATE counter_number SET state = 'void'", &err), ERR_INTERNAL);
	assert_int_equal(
		store_run(store, "UPDATE counter_number SET state = 'used'", &err), ERR_INTERNAL);
	assert_int_equal(
		store_run(store, "UPDATE counter_number SET state = 'x'", &err), ERR_INTERNAL);
}

/* What a series must look like: the states of its numbers, from 1. */
enum { NUMBERS_MAX = 4000 };
struct model {
	enum counter_state states[NUMBERS_MAX + 1];
	int64_t last;
};

/* One thing done at random, in the open transaction, to the register and to the model. */
static void do_something(struct store *store, struct model *model, struct random *random)
{
	struct counter_key key = {"permit", 2026, 0};
	enum counter_state *known;
	bool is_use;
	int rc;

	if (!model->last || (model->last < NUMBERS_MAX && random_below(random, 3) == 0)) {
		assert_true(claim(store, "permit", 2026) == model->last + 1);
		model->states[++model->last] = COUNTER_CLAIMED;
		return;
	}
	key.number = 1 + (int64_t)random_below(random, (size_t)model->last);
	known = &model->states[key.number];
	is_use = random_below(random, 2);
	rc = is_use ? counter_use(store, &key, paper, &printing, NULL)
		    : counter_void(store, &key, &printing, NULL);
	if (*known == COUNTER_CLAIMED)
		*known = is_use ? COUNTER_USED : COUNTER_VOID;
	assert_int_equal(rc, (*known == COUNTER_USED) == is_use ? 0 : ERR_CONFLICT);
}

static void check_model(struct store *store, const struct model *model)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	struct counter_number number;
	struct counter_audit audit;
	int64_t counts[COUNTER_STATE_COUNT] = {0};

	assert_int_equal(counter_audit(store, "permit", 2026, &audit, NULL), 0);
	for (int64_t i = 1; i <= model->last; i++) {
		const struct counter_key key = {"permit", 2026, i};

		arena_reset(&arena);
		assert_int_equal(counter_read(store, &key, &arena, &number, NULL), 0);
		assert_int_equal(number.state, model->states[i]);
		counts[model->states[i]]++;
	}
	assert_true(audit.last == model->last && !audit.missing && !audit.beyond);
	assert_true(audit.claimed == counts[COUNTER_CLAIMED]);
	assert_true(audit.used == counts[COUNTER_USED] && audit.voided == counts[COUNTER_VOID]);
}

/* A transaction of some acts; the model is what it was when the transaction is not kept. */
static void do_transaction(struct store *store, struct model *model, struct random *random)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct model before = *model;
	size_t count = 1 + random_below(random, 6);

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (size_t i = 0; i < count; i++) {
		struct model piece = *model;

		assert_int_equal(store_savepoint(store, NULL), 0);
		do_something(store, model, random);
		if (random_below(random, 4)) {
			assert_int_equal(store_savepoint_keep(store, NULL), 0);
			continue;
		}
		assert_int_equal(store_savepoint_undo(store, NULL), 0);
		*model = piece;
	}
	if (random_below(random, 4))
		assert_int_equal(transaction_commit(&transaction, NULL), 0);
	else
		*model = before;
}

static void no_interleaving_makes_a_gap(void **state)
{
	static struct model model;
	struct random random = random_start(20261121);
	struct store *store = store_of(state);

	model = (struct model){0};
	for (int i = 0; i < 600; i++)
		do_transaction(store, &model, &random);
	check_model(store, &model);
	assert_true(model.last > 50);
}

/* In a process of its own: transactions until it dies in the middle of one. */
static void die_at_work(struct small_register *place, uint64_t seed)
{
	struct random random = {seed};
	struct transaction transaction = {0};
	struct store *store;
	int64_t number;

	if (small_register_open(place, STORE_WRITE, NULL))
		_exit(1);
	store = place->opened.store;
	for (size_t left = random_below(&random, 8);; left--) {
		const struct counter_key key = {"permit", 2026, 1 + (int64_t)left};

		if (transaction_begin(store, &transaction, NULL) ||
			counter_claim(store, "permit", 2026, &printing, &number, NULL))
			_exit(1);
		counter_use(store, &key, paper, &printing, NULL);
		if (!left)
			_exit(0);
		if (transaction_commit(&transaction, NULL))
			_exit(1);
	}
}

static void no_crash_makes_a_gap(void **state)
{
	struct small_register *place = *state;
	struct random random = random_start(7);
	int64_t series = 0;
	int status;

	register_close(&place->opened);
	for (int i = 0; i < 25; i++) {
		uint64_t seed = random_bits(&random);
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (!pid)
			die_at_work(place, seed);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		assert_int_equal(small_register_open(place, STORE_WRITE, NULL), 0);
		assert_int_equal(counter_gaps(place->opened.store, &series, NULL), 0);
		register_close(&place->opened);
	}
	assert_int_equal(series, 1);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(numbers_count_from_one),
		in_register(a_number_tells_what_became_of_it),
		in_register(what_is_settled_stays_so),
		in_register(words_are_checked),
		in_register(forgotten_claims_are_found),
		in_register(meddling_is_found),
		in_register(no_interleaving_makes_a_gap),
		in_register(no_crash_makes_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
