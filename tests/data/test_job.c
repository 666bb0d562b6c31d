#include "tests/test.h"

#include "base/messages.h"
#include "data/job.h"
#include "tests/data/small_register.h"
#include "tests/random.h"

enum { SECOND_US = 1000000, LEASE_US = 30 * SECOND_US };

static const char *const both_kinds[] = {"import", "export"};

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

static int64_t add(struct store *store, const char *kind, const char *key, int64_t account)
{
	const struct job_order order = {kind, "{\"a\":1}", key, account};
	struct error err = {0};
	int64_t id = 0;

	if (job_add(store, &order, SMALL_NOW_US, &id, &err))
		fail_msg("%s", err.detail);
	return id;
}

/* Claims as `holder`; the id, or 0 when there is nothing. */
static int64_t claim(struct store *store, const char *holder, int64_t now_us, struct arena *arena,
	struct job *ret_job)
{
	const struct job_claimant claimant = {holder, both_kinds, 2, LEASE_US};
	struct error err = {0};
	bool found = false;

	if (job_claim(store, &claimant, now_us, arena, ret_job, &found, &err))
		fail_msg("%s", err.detail);
	return found ? ret_job->id : 0;
}

static struct job read_job(struct store *store, int64_t id, struct arena *arena)
{
	struct job job = {0};

	assert_int_equal(job_read(store, id, arena, &job, NULL), 0);
	return job;
}

static struct job_lease lease_of(const struct job *job)
{
	return (struct job_lease){job->id, job->lease_holder, job->lease_until_us + SECOND_US};
}

static void a_job_goes_its_way(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t id = add(store, "import", "request 1", 7), now = SMALL_NOW_US;
	struct job job = read_job(store, id, &arena);
	struct job_lease lease;
	bool cancel = true;

	assert_int_equal(job.state, JOB_QUEUED);
	assert_string_equal(job.payload, "{\"a\":1}");
	assert_string_equal(job.result, "");
	assert_true(job.created_at_us == SMALL_NOW_US && job.account_id == 7);
	assert_true(claim(store, "me", now, &arena, &job) == id);
	assert_int_equal(job.state, JOB_RUNNING);
	assert_true(job.lease_until_us == now + LEASE_US && job.claims == 1 && job.step == 0);
	assert_true(claim(store, "you", now, &arena, &(struct job){0}) == 0);
	lease = lease_of(&job);
	assert_int_equal(job_renew(store, &lease, 3, 10, now + 1, &cancel, NULL), 0);
	assert_false(cancel);
	job = read_job(store, id, &arena);
	assert_true(job.done == 3 && job.total == 10 && job.updated_at_us == now + 1);
	assert_true(job.lease_until_us == now + LEASE_US + SECOND_US);
	assert_int_equal(job_finish_step(store, &lease, 0, "{\"rows\":3}", now, &cancel, NULL), 0);
	assert_int_equal(job_finish_step(store, &lease, 1, NULL, now, &cancel, NULL), 0);
	job = read_job(store, id, &arena);
	assert_true(job.step == 2 && job.done == 0 && job.total == 0);
	assert_string_equal(job.result, "{\"rows\":3}");
	assert_int_equal(job_end(store, &lease, JOB_DONE, NULL, now + 5, NULL), 0);
	job = read_job(store, id, &arena);
	assert_true(job.state == JOB_DONE && job.lease_until_us == 0);
	assert_string_equal(job.lease_holder, "");
	assert_string_equal(job.result, "{\"rows\":3}");
	assert_true(claim(store, "me", now, &arena, &job) == 0);
}

static void the_same_request_twice_is_one_job(void **state)
{
	struct store *store = store_of(state);
	struct job_order order = {"import", "{\"a\":1}", "k", 7};
	int64_t id = add(store, "import", "k", 7), again = 0;
	struct error err = {0};

	assert_true(add(store, "import", "k", 7) == id);
	store_must_run(store, "UPDATE job SET state = 'done'");
	assert_true(add(store, "import", "k", 7) == id);
	order.payload = "{\"a\":2}";
	assert_int_equal(job_add(store, &order, SMALL_NOW_US, &again, &err), ERR_CONFLICT);
	assert_string_equal(error_message_code(&err), "JOB-KEY-01");
	order.payload = "{\"a\":1}";
	order.kind = "export";
	assert_int_equal(job_add(store, &order, SMALL_NOW_US, &again, &err), ERR_CONFLICT);
	/* Somebody else's key is another one; without a key each request is a job. */
	assert_true(add(store, "import", "k", 8) == id + 1);
	assert_true(add(store, "import", NULL, 7) == id + 2);
	assert_true(add(store, "import", NULL, 7) == id + 3);
	assert_int_equal(number_in(store, "SELECT count(*) FROM job"), 4);
}

static void what_is_too_large_is_refused(void **state)
{
	static char large[JOB_RESULT_MAX + 2];
	struct store *store = store_of(state);
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct job_order order = {"import", large, NULL, 0};
	struct error err = {0};
	struct job_lease lease;
	struct job job;
	int64_t id;
	bool cancel;

	memset(large, 'x', JOB_PAYLOAD_MAX + 1);
	large[JOB_PAYLOAD_MAX + 1] = '\0';
	assert_int_equal(job_add(store, &order, 0, &id, &err), ERR_TOO_LARGE);
	large[JOB_PAYLOAD_MAX] = '\0';
	assert_int_equal(job_add(store, &order, 0, &id, &err), 0);
	order.key = large;
	assert_int_equal(job_add(store, &order, 0, &id, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), "JOB-FORM-01");
	order = (struct job_order){"", "{}", NULL, 0};
	assert_int_equal(job_add(store, &order, 0, &id, &err), ERR_INVALID);
	order = (struct job_order){"import", "{}", "\xFF", 0};
	assert_int_equal(job_add(store, &order, 0, &id, &err), ERR_INVALID);
	assert_true(claim(store, "me", SMALL_NOW_US, &arena, &job) == 1);
	lease = lease_of(&job);
	memset(large, 'x', JOB_RESULT_MAX + 1);
	assert_int_equal(job_finish_step(store, &lease, 0, large, 0, &cancel, &err), ERR_TOO_LARGE);
	assert_int_equal(job_end(store, &lease, JOB_DONE, large, 0, &err), ERR_TOO_LARGE);
}

static void the_oldest_of_its_kinds_is_taken(void **state)
{
	static const char *const exports[] = {"export"};
	const struct job_claimant exporter = {"x", exports, 1, LEASE_US};
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t now = SMALL_NOW_US;
	struct job job;
	bool found;

	add(store, "mending", NULL, 0);
	add(store, "import", NULL, 0);
	add(store, "import", NULL, 0);
	add(store, "export", NULL, 0);
	assert_int_equal(job_claim(store, &exporter, now, &arena, &job, &found, NULL), 0);
	assert_true(found && job.id == 4);
	assert_int_equal(job_claim(store, &exporter, now, &arena, &job, &found, NULL), 0);
	assert_false(found);
	assert_true(claim(store, "a", now, &arena, &job) == 2);
	assert_true(claim(store, "b", now + SECOND_US, &arena, &job) == 3);
	assert_true(claim(store, "c", now + LEASE_US - 1, &arena, &job) == 0);
	/* Leases ran out: the oldest first. */
	assert_true(claim(store, "c", now + LEASE_US, &arena, &job) == 2);
	assert_string_equal(job.lease_holder, "c");
	assert_int_equal(job.claims, 2);
	assert_true(claim(store, "d", now + LEASE_US, &arena, &job) == 4);
	assert_true(claim(store, "d", now + LEASE_US, &arena, &job) == 0);
}

/* Everything that the one without the lease tries fails, and takes back what it wrote. */
static void a_lost_lease_is_noticed(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t id = add(store, "import", NULL, 0), now = SMALL_NOW_US;
	struct job_lease first, second;
	struct error err = {0};
	struct job job;
	bool cancel;

	claim(store, "first", now, &arena, &job);
	first = lease_of(&job);
	assert_int_equal(job_finish_step(store, &first, 0, "{}", now, &cancel, &err), 0);
	/* Late, but nobody was quicker. */
	now += LEASE_US * 2;
	first.until_us = now;
	assert_int_equal(job_renew(store, &first, 1, 2, now, &cancel, &err), 0);
	assert_true(claim(store, "second", now, &arena, &job) == id);
	assert_int_equal(job.step, 1);
	assert_true(job.done == 0 && job.total == 0);
	second = lease_of(&job);
	assert_int_equal(job_renew(store, &first, 1, 2, now, &cancel, &err), ERR_CONFLICT);
	assert_string_equal(error_message_code(&err), "JOB-LEASE-01");
	assert_int_equal(job_finish_step(store, &first, 1, NULL, now, &cancel, &err), ERR_CONFLICT);
	assert_int_equal(job_end(store, &first, JOB_DONE, NULL, now, &err), ERR_CONFLICT);
	assert_int_equal(job_release(store, &first, now, &err), ERR_CONFLICT);
	/* A step is finished in its turn, once. */
	assert_int_equal(
		job_finish_step(store, &second, 0, NULL, now, &cancel, &err), ERR_CONFLICT);
	assert_int_equal(job_finish_step(store, &second, 1, NULL, now, &cancel, &err), 0);
	assert_int_equal(job_release(store, &second, now, &err), 0);
	assert_int_equal(job_renew(store, &second, 1, 2, now, &cancel, &err), ERR_CONFLICT);
	assert_true(claim(store, "third", now, &arena, &job) == id && job.step == 2);
	assert_int_equal(job.claims, 1);
	assert_int_equal(job_release_all(store, now, &err), 0);
	assert_true(claim(store, "fourth", now, &arena, &job) == id);
}

static void what_is_always_cut_off_is_given_up(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t id = add(store, "import", NULL, 0), other = add(store, "import", NULL, 0);
	int64_t now = SMALL_NOW_US;
	struct job job;

	for (int i = 0; i < JOB_CLAIMS_MAX; i++, now += LEASE_US)
		assert_true(claim(store, "me", now, &arena, &job) == id);
	assert_true(claim(store, "me", now, &arena, &job) == other);
	job = read_job(store, id, &arena);
	assert_int_equal(job.state, JOB_FAILED);
	assert_string_equal(job.result,
		"{\"error\":{\"code\":\"JOB-LOST-01\",\"text\":{\"vi\":\"Công việc bị ngắt 5 lần ở "
		"cùng một bước nên đã ngừng.\",\"en\":\"The job was cut off 5 times in the same "
		"step "
		"and was given up.\"},\"try\":{\"vi\":\"Xem nhật ký của máy chủ trước khi chạy "
		"lại.\","
		"\"en\":\"Look at the log of the server before you start it again.\"}}}");
}

static void a_job_can_be_cancelled_till_it_ends(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t now = SMALL_NOW_US, id = add(store, "import", NULL, 0);
	struct error err = {0};
	struct job_lease lease;
	struct job job;
	bool cancel = false;

	assert_int_equal(job_cancel(store, id, now, &err), 0);
	assert_int_equal(read_job(store, id, &arena).state, JOB_CANCELLED);
	assert_int_equal(job_cancel(store, id, now, &err), 0);
	assert_true(claim(store, "me", now, &arena, &job) == 0);
	/* One that runs is asked, and says how it ended itself. */
	id = add(store, "import", NULL, 0);
	claim(store, "me", now, &arena, &job);
	lease = lease_of(&job);
	assert_int_equal(job_cancel(store, id, now, &err), 0);
	assert_int_equal(read_job(store, id, &arena).state, JOB_RUNNING);
	assert_int_equal(job_renew(store, &lease, 0, 0, now, &cancel, &err), 0);
	assert_true(cancel);
	assert_int_equal(job_end(store, &lease, JOB_DONE, NULL, now, &err), 0);
	assert_int_equal(job_cancel(store, id, now, &err), ERR_CONFLICT);
	assert_string_equal(error_message_code(&err), "JOB-END-01");
	/* One that nobody has in hand any more is cancelled at once. */
	id = add(store, "import", NULL, 0);
	claim(store, "me", now, &arena, &job);
	lease = lease_of(&job);
	assert_int_equal(job_cancel(store, id, now + LEASE_US, &err), 0);
	assert_int_equal(read_job(store, id, &arena).state, JOB_CANCELLED);
	assert_int_equal(job_renew(store, &lease, 0, 0, now, &cancel, &err), ERR_CONFLICT);
	assert_int_equal(job_cancel(store, 4711, now, &err), ERR_NOT_FOUND);
	assert_int_equal(job_read(store, 4711, &arena, &job, &err), ERR_NOT_FOUND);
	assert_string_equal(error_message_code(&err), "JOB-NONE-01");
}

static void lists_show_the_newest_first(void **state)
{
	static const enum job_state queued = JOB_QUEUED, done = JOB_DONE;
	static const int64_t account = 1;
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	struct job *jobs;
	size_t count;

	for (int i = 0; i < 250; i++)
		add(store, "import", NULL, i % 2);
	store_must_run(store, "UPDATE job SET state = 'done' WHERE id % 5 = 0");
	assert_int_equal(job_list(store, &(struct job_filter){.most = SIZE_MAX}, &arena, &jobs,
				 &count, NULL),
		0);
	assert_int_equal(count, JOB_LIST_MAX);
	assert_true(jobs[0].id == 250 && jobs[JOB_LIST_MAX - 1].id == 51);
	assert_int_equal(job_list(store, &(struct job_filter){.most = 500, .before_id = 51}, &arena,
				 &jobs, &count, NULL),
		0);
	assert_true(count == 50 && jobs[0].id == 50 && jobs[49].id == 1);
	assert_int_equal(
		job_list(store,
			&(struct job_filter){.state = &done, .account_id = &account, .most = 10},
			&arena, &jobs, &count, NULL),
		0);
	assert_true(count == 10 && jobs[0].id == 250 && jobs[9].id == 160);
	for (size_t i = 0; i < count; i++)
		assert_true(jobs[i].state == JOB_DONE && jobs[i].account_id == 1);
	assert_int_equal(job_list(store, &(struct job_filter){.state = &queued, .most = 0}, &arena,
				 &jobs, &count, NULL),
		0);
	assert_int_equal(count, 0);
}

static void old_ones_are_swept_away(void **state)
{
	struct store *store = store_of(state);
	size_t count = 0;

	for (int i = 0; i < 10; i++)
		add(store, "import", NULL, 0);
	store_must_run(store,
		"UPDATE job SET state = CASE id % 5 WHEN 0 THEN 'queued' WHEN 1 THEN 'running'"
		" WHEN 2 THEN 'done' WHEN 3 THEN 'failed' ELSE 'cancelled' END");
	assert_int_equal(job_sweep(store, SMALL_NOW_US, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(job_sweep(store, SMALL_NOW_US + 1, &count, NULL), 0);
	assert_int_equal(count, 6);
	assert_int_equal(number_in(store, "SELECT count(*) FROM job"), 4);
	/* An id never comes twice: the last one stays. */
	store_must_run(store, "UPDATE job SET state = 'done'");
	assert_int_equal(job_sweep(store, INT64_MAX, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_true(add(store, "import", NULL, 0) == 11);
	for (int i = 0; i < JOB_SWEEP_MAX + 5; i++)
		add(store, "import", NULL, 0);
	store_must_run(store, "UPDATE job SET state = 'failed'");
	assert_int_equal(job_sweep(store, INT64_MAX, &count, NULL), 0);
	assert_int_equal(count, JOB_SWEEP_MAX);
}

static void names_of_states_are_read_back(void **state)
{
	enum job_state found;

	(void)state;
	for (int i = 0; i < JOB_STATE_COUNT; i++) {
		assert_true(job_state_parse(job_state_name((enum job_state)i), &found));
		assert_int_equal(found, i);
	}
	assert_false(job_state_parse("", &found));
}

/* Three who are slow at random, and lose their leases: what each of them believes to have. */
struct hand {
	const char *holder;
	struct job job;
	int step;
};

/* One does something with its job; it finishes steps, with their effect, as if it were alone. */
static void do_something(struct store *store, struct hand *hand, int64_t now, struct random *random)
{
	struct job_lease lease = {hand->job.id, hand->holder, now + LEASE_US};
	autofree(transaction_end) struct transaction transaction = {0};
	char sql[100];
	bool cancel;
	int rc;

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	switch (random_below(random, 6)) {
	case 0:
		rc = job_renew(store, &lease, 1, 2, now, &cancel, NULL);
		break;
	case 1:
		rc = job_release(store, &lease, now, NULL);
		break;
	default:
		snprintf(sql, sizeof sql, "INSERT INTO effect VALUES (%d, %d)", (int)hand->job.id,
			hand->step);
		store_must_run(store, sql);
		rc = job_finish_step(store, &lease, hand->step, NULL, now, &cancel, NULL);
		if (!rc && ++hand->step == 4)
			rc = job_end(store, &lease, JOB_DONE, NULL, now, NULL);
		else if (!rc)
			break;
		hand->job.id = 0;
		break;
	}
	if (rc == ERR_CONFLICT)
		hand->job.id = 0;
	else
		assert_int_equal(rc, 0);
	if (!rc)
		assert_int_equal(transaction_commit(&transaction, NULL), 0);
}

static void each_step_counts_once(void **state)
{
	enum { JOBS = 60, ROUNDS = 8000 };
	struct hand hands[3] = {{.holder = "a"}, {.holder = "b"}, {.holder = "c"}};
	struct random random = random_start(4711);
	struct store *store = store_of(state);
	int64_t now = SMALL_NOW_US;

	store_must_run(store, "CREATE TABLE effect (job INTEGER, step INTEGER)");
	for (int i = 0; i < JOBS; i++)
		add(store, "import", NULL, 0);
	for (int i = 0; i < ROUNDS; i++) {
		struct hand *hand = &hands[random_below(&random, 3)];
		autofree(arena_clear) struct arena arena = ARENA(1 << 20);

		now += (int64_t)random_below(&random, LEASE_US / 4);
		if (hand->job.id)
			do_something(store, hand, now, &random);
		else if (claim(store, hand->holder, now, &arena, &hand->job))
			hand->step = hand->job.step;
	}
	assert_int_equal(number_in(store, "SELECT count(*) FROM job"
					  " WHERE state NOT IN ('done', 'failed')"),
		0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM job WHERE state = 'done'"
					  " AND step <> 4"),
		0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM effect"),
		number_in(store, "SELECT sum(step) FROM job"));
	assert_int_equal(number_in(store, "SELECT count(*) FROM effect"),
		number_in(store, "SELECT count(DISTINCT job * 10 + step) FROM effect"));
	assert_true(number_in(store, "SELECT count(*) FROM job WHERE state = 'done'") > JOBS / 2);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_job_goes_its_way),
		in_register(the_same_request_twice_is_one_job),
		in_register(what_is_too_large_is_refused),
		in_register(the_oldest_of_its_kinds_is_taken),
		in_register(a_lost_lease_is_noticed),
		in_register(what_is_always_cut_off_is_given_up),
		in_register(a_job_can_be_cancelled_till_it_ends),
		in_register(lists_show_the_newest_first),
		in_register(old_ones_are_swept_away),
		cmocka_unit_test(names_of_states_are_read_back),
		in_register(each_step_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
