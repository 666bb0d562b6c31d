#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/messages.h"
#include "data/job_runner.h"
#include "tests/data/small_register.h"

/* What the steps below are told, and what they note. */
struct scene {
	struct small_register *place;
	struct writer *writer;
	struct job_runner *runner;
	atomic_int steps_begun, troubles;
	int die_at; /* number of the instant at which the process dies; 0 never */
	atomic_int instants;
	char trouble[40]; /* code of the last one */
};

/* An instant at which the process may die. */
static void instant(struct scene *scene)
{
	if (atomic_fetch_add(&scene->instants, 1) + 1 == scene->die_at)
		_exit(7);
}

static void wait_a_little(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

/* Notes in the register that a step was done. */
static int note_step(struct store *store, void *context, struct error *err)
{
	const struct job_run *run = context;
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "INSERT INTO effect (job, step) VALUES ($job, $step)", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "job", run->job->id);
	query_bind_int(query, "step", run->step);
	rc = query_run(query, err);
	instant(run->context);
	return rc;
}

static int do_step(struct job_run *run, struct error *err)
{
	struct scene *scene = run->context;
	int rc;

	atomic_fetch_add(&scene->steps_begun, 1);
	instant(scene);
	rc = job_run_progress(run, 1, 2, err);
	if (rc)
		return rc;
	strbuf_add_format(run->result, "%d", run->step);
	rc = job_run_finish(run, note_step, run, err);
	instant(scene);
	return rc;
}

static int do_nothing(struct job_run *run, struct error *err)
{
	(void)err;
	instant(run->context);
	return 0;
}

static int fail_step(struct job_run *run, struct error *err)
{
	(void)run;
	return fail_file_empty(err, "thửa.csv");
}

/* Goes on until somebody says no. */
static int go_on(struct job_run *run, struct error *err)
{
	struct scene *scene = run->context;
	int rc;

	atomic_fetch_add(&scene->steps_begun, 1);
	while (!(rc = job_run_progress(run, 1, 0, err)))
		wait_a_little();
	return rc;
}

static int lose_lease(struct store *store, void *context, struct error *err)
{
	(void)context;
	return store_run(store, "UPDATE job SET lease_holder = 'another'", err);
}

/* Somebody else takes the job in the middle of the step. */
static int be_robbed(struct job_run *run, struct error *err)
{
	int rc = writer_run(run->writer, lose_lease, NULL, err);

	return rc ? rc : job_run_finish(run, note_step, run, err);
}

static const struct job_step good_steps[] = {
	{"first", do_step}, {"second", do_step}, {"nothing", do_nothing}, {"last", do_step}};
static const struct job_step bad_steps[] = {
	{"first", do_step}, {"bad", fail_step}, {"never", do_step}};
static const struct job_step long_steps[] = {{"first", do_step}, {"long", go_on}};
static const struct job_step robbed_steps[] = {{"robbed", be_robbed}};
static const struct job_kind kinds[] = {
	{"good", good_steps, 4},
	{"bad", bad_steps, 3},
	{"long", long_steps, 2},
	{"robbed", robbed_steps, 1},
};

static void note_trouble(void *context, const struct job *job, const struct error *err)
{
	struct scene *scene = context;

	(void)job;
	snprintf(scene->trouble, sizeof scene->trouble, "%s", error_message_code(err));
	atomic_fetch_add(&scene->troubles, 1);
}

static int start(struct scene *scene)
{
	const struct job_runner_plan plan = {
		.writer = scene->writer,
		.kinds = kinds,
		.kind_count = sizeof kinds / sizeof *kinds,
		.context = scene,
		.clock = &clock_system,
		.randomness = &small_randomness,
		.is_alone = true,
		.trouble = note_trouble,
	};

	return job_runner_new(&plan, &scene->runner, NULL);
}

static struct scene *open_scene(void **state)
{
	static struct scene scene;

	scene = (struct scene){.place = *state};
	store_must_run(
		scene.place->opened.store, "CREATE TABLE effect (job INTEGER, step INTEGER)");
	assert_int_equal(writer_new(scene.place->opened.store, NULL, NULL, &scene.writer, NULL), 0);
	assert_int_equal(start(&scene), 0);
	return &scene;
}

static void close_scene(struct scene *scene)
{
	job_runner_free(scene->runner);
	writer_free(scene->writer);
}

struct adding {
	struct job_order order;
	int64_t id;
};

static int add_work(struct store *store, void *context, struct error *err)
{
	struct adding *adding = context;

	return job_add(store, &adding->order, SMALL_NOW_US, &adding->id, err);
}

static int64_t add(struct scene *scene, const char *kind)
{
	struct adding adding = {{kind, "{}", NULL, 0}, 0};

	assert_int_equal(writer_run(scene->writer, add_work, &adding, NULL), 0);
	job_runner_wake(scene->runner);
	return adding.id;
}

static int cancel_work(struct store *store, void *context, struct error *err)
{
	return job_cancel(store, *(int64_t *)context, SMALL_NOW_US, err);
}

/* Waits until a job is in this state; its result goes to the arena. */
static struct job wait_for(
	struct scene *scene, int64_t id, enum job_state state, struct arena *arena)
{
	autoptr(store_close) struct store *reader = NULL;
	struct job job = {0};

	assert_int_equal(small_register_connect(scene->place, STORE_READ, &reader, NULL), 0);
	do {
		wait_a_little();
		arena_reset(arena);
		assert_int_equal(job_read(reader, id, arena, &job, NULL), 0);
	} while (job.state == JOB_QUEUED || (job.state == JOB_RUNNING && state != JOB_RUNNING));
	assert_int_equal(job.state, state);
	return job;
}

static void a_job_is_done_step_by_step(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct scene *scene = open_scene(state);
	int64_t ids[5];
	struct job job;

	for (int i = 0; i < 5; i++)
		ids[i] = add(scene, "good");
	for (int i = 0; i < 5; i++) {
		job = wait_for(scene, ids[i], JOB_DONE, &arena);
		assert_int_equal(job.step, 4);
		assert_string_equal(job.result, "013");
	}
	close_scene(scene);
	assert_int_equal(number_in(scene->place->opened.store, "SELECT count(*) FROM effect"), 15);
	assert_int_equal(scene->troubles, 0);
}

static void a_step_that_fails_fails_the_job(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct scene *scene = open_scene(state);
	struct job job = wait_for(scene, add(scene, "bad"), JOB_FAILED, &arena);

	assert_int_equal(job.step, 1);
	assert_non_null(strstr(job.result, "\"code\":\"FILE-EMPTY-01\""));
	assert_non_null(strstr(job.result, "thửa.csv"));
	wait_for(scene, add(scene, "good"), JOB_DONE, &arena);
	close_scene(scene);
	assert_int_equal(scene->troubles, 1);
	assert_string_equal(scene->trouble, "FILE-EMPTY-01");
	assert_int_equal(
		number_in(scene->place->opened.store, "SELECT count(*) FROM effect WHERE job = 1"),
		1);
}

static void a_job_that_runs_can_be_cancelled(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct scene *scene = open_scene(state);
	int64_t id = add(scene, "long");
	struct job job;

	while (atomic_load(&scene->steps_begun) < 2)
		wait_a_little();
	assert_int_equal(writer_run(scene->writer, cancel_work, &id, NULL), 0);
	job = wait_for(scene, id, JOB_CANCELLED, &arena);
	assert_int_equal(job.step, 1);
	assert_string_equal(job.result, "0");
	close_scene(scene);
	assert_int_equal(scene->troubles, 0);
}

/* The program ends and begins again: the job goes on where it was. */
static void a_job_survives_its_runner(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct scene *scene = open_scene(state);
	int64_t id = add(scene, "long");
	struct job job;

	for (int round = 0; round < JOB_CLAIMS_MAX + 3; round++) {
		while (atomic_load(&scene->steps_begun) < 2 + round)
			wait_a_little();
		job_runner_free(scene->runner);
		job = wait_for(scene, id, JOB_RUNNING, &arena);
		assert_true(job.step == 1 && !*job.lease_holder);
		assert_int_equal(start(scene), 0);
	}
	assert_int_equal(writer_run(scene->writer, cancel_work, &id, NULL), 0);
	wait_for(scene, id, JOB_CANCELLED, &arena);
	close_scene(scene);
	assert_int_equal(number_in(scene->place->opened.store, "SELECT count(*) FROM effect"), 1);
}

static void a_job_that_another_one_has_is_left_alone(void **state)
{
	struct scene *scene = open_scene(state);

	add(scene, "robbed");
	while (!atomic_load(&scene->troubles))
		wait_a_little();
	close_scene(scene);
	assert_string_equal(scene->trouble, "JOB-LEASE-01");
	assert_int_equal(number_in(scene->place->opened.store, "SELECT count(*) FROM effect"), 0);
	assert_int_equal(number_in(scene->place->opened.store,
				 "SELECT count(*) FROM job WHERE state = 'running'"
				 " AND lease_holder = 'another'"),
		1);
}

/* In a process of its own: does the jobs, and dies at the n-th instant. */
static void work_and_die(struct small_register *place, int64_t id, int die_at)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	static struct scene scene;

	scene = (struct scene){.place = place, .die_at = die_at};
	if (small_register_open(place, STORE_WRITE, NULL) ||
		writer_new(place->opened.store, NULL, NULL, &scene.writer, NULL) || start(&scene))
		_exit(1);
	wait_for(&scene, id, JOB_DONE, &arena);
	_exit(0);
}

/* What it exits with. */
static int run_child(struct small_register *place, int64_t id, int die_at)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid)
		work_and_die(place, id, die_at);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int64_t add_and_close(struct small_register *place)
{
	struct adding adding = {{"good", "{}", NULL, 0}, 0};

	assert_int_equal(add_work(place->opened.store, &adding, NULL), 0);
	register_close(&place->opened);
	return adding.id;
}

/* The process dies at each instant of a job in turn; the next one brings the job to its end. */
static void each_step_counts_once_whenever_the_process_dies(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct small_register *place = *state;
	int die_at = 0, code = 7;
	struct job job;

	store_must_run(place->opened.store, "CREATE TABLE effect (job INTEGER, step INTEGER)");
	while (code == 7) {
		int64_t id = add_and_close(place);

		code = run_child(place, id, ++die_at);
		assert_true(code == 7 || code == 0);
		if (code == 7)
			assert_int_equal(run_child(place, id, 0), 0);
		assert_int_equal(small_register_open(place, STORE_WRITE, NULL), 0);
		assert_int_equal(job_read(place->opened.store, id, &arena, &job, NULL), 0);
		assert_string_equal(job.result, "013");
		assert_true(job.step == 4 && job.state == JOB_DONE);
	}
	/* Three instants of each step that does something, and the one of the other. */
	assert_int_equal(die_at, 3 * 3 + 1 + 1);
	assert_int_equal(number_in(place->opened.store, "SELECT count(*) FROM effect"), 3 * die_at);
	assert_int_equal(number_in(place->opened.store,
				 "SELECT count(DISTINCT 10 * job + step) FROM effect"),
		3 * die_at);
}

/* One that dies in the same step each time is given up, and the others have their turn. */
static void a_deadly_job_is_given_up(void **state)
{
	struct small_register *place = *state;
	int64_t id, next;

	store_must_run(place->opened.store, "CREATE TABLE effect (job INTEGER, step INTEGER)");
	id = add_and_close(place);
	for (int i = 0; i < JOB_CLAIMS_MAX; i++)
		assert_int_equal(run_child(place, id, 1), 7);
	assert_int_equal(small_register_open(place, STORE_WRITE, NULL), 0);
	next = add_and_close(place);
	assert_int_equal(run_child(place, next, 0), 0);
	assert_int_equal(small_register_open(place, STORE_READ, NULL), 0);
	assert_int_equal(number_in(place->opened.store,
				 "SELECT count(*) FROM job WHERE id = 1 AND state = 'failed'"
				 " AND step = 0"),
		1);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_job_is_done_step_by_step),
		in_register(a_step_that_fails_fails_the_job),
		in_register(a_job_that_runs_can_be_cancelled),
		in_register(a_job_survives_its_runner),
		in_register(a_job_that_another_one_has_is_left_alone),
		in_register(each_step_counts_once_whenever_the_process_dies),
		in_register(a_deadly_job_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
