#include "tests/test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "data/register.h"
#include "tests/data/small_register.h"
#include "tests/random.h"

static const char *in_folder(
	const struct small_register *place, struct strbuf *path, const char *name)
{
	strbuf_reset(path);
	file_join(path, place->folder.data, name);
	return path->data;
}

static void a_new_register_is_complete(void **state)
{
	struct small_register *place = *state;
	const struct register_plan plan = small_register_plan(place);
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);

	assert_int_equal(register_create(&plan, NULL), 0);
	assert_int_equal(small_register_open(place, STORE_WRITE, NULL), 0);
	assert_string_equal(place->opened.city.name, plan.city->name);
	assert_int_equal(place->opened.city.epsg, SMALL_EPSG);
	assert_int_equal(number_in(place->opened.store, "SELECT count(*) FROM layer_state"), 3);
	assert_int_equal(number_in(place->opened.store,
				 on_postgres() ? "SELECT count(*) FROM geometry_columns WHERE"
						 " f_table_schema = current_schema() AND srid = 9210"
						 " AND f_table_name NOT LIKE '%part%'"
					       : "SELECT count(*) FROM geometry_columns"),
		3);
	assert_int_equal(store_check(place->opened.store, NULL), 0);
	assert_false(file_exists(in_folder(place, &path, "city.sqlite.new")));
	assert_false(file_exists(in_folder(place, &path, "city.sqlite.new-journal")));
}

static void what_is_there_is_never_overwritten(void **state)
{
	struct small_register *place = *state;
	const struct register_plan plan = small_register_plan(place);
	struct content_hash before, after;
	struct error err = {0};

	small_write_things(place, (double[]){1, 2}, 1);
	before = small_digest(place);
	assert_int_equal(register_create(&plan, &err), ERR_CANNOT_CREATE);
	assert_string_equal(error_message_code(&err), "REG-EXISTS-01");
	register_close(&place->opened);
	assert_int_equal(register_create(&plan, NULL), ERR_CANNOT_CREATE);
	after = small_digest(place);
	assert_string_equal(before.text, after.text);
}

/* Its last layer cannot be made: there is something of that name already. */
static struct register_plan plan_to_fail(
	const struct small_register *place, struct layer layers[4], struct layer_table *table)
{
	struct register_plan plan = small_register_plan(place);

	memcpy(layers, small_layers.layers, 3 * sizeof *layers);
	layers[3] = layers[0];
	layers[3].id = "idx_thing_geom";
	*table = (struct layer_table){layers, 4};
	plan.layers = table;
	return plan;
}

static void half_a_register_is_none(void **state)
{
	struct small_register *place = *state;
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);
	struct layer layers[4];
	struct layer_table table;
	struct register_plan plan = plan_to_fail(place, layers, &table);
	struct error err = {0};

	/* A folder that was there stays, as it was. */
	assert_int_equal(register_create(&plan, &err), ERR_INTERNAL);
	assert_int_equal(rmdir(place->folder.data), 0);
	/* One that was made for it goes again. */
	assert_int_equal(register_create(&plan, &err), ERR_INTERNAL);
	assert_false(file_exists(place->folder.data));
	plan = small_register_plan(place);
	assert_int_equal(register_create(&plan, &err), 0);
	assert_int_equal(small_register_open(place, STORE_READ, NULL), 0);
}

/* The journal of a killed init must not be played into the next one. */
static void what_a_killed_init_left_does_no_harm(void **state)
{
	static const char *const left[] = {
		"city.sqlite.new", "city.sqlite.new-journal", "city.sqlite.new-wal"};
	struct small_register *place = *state;
	const struct register_plan plan = small_register_plan(place);
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);

	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		assert_int_equal(
			file_replace(in_folder(place, &path, left[i]), "rubbish", 7, NULL), 0);
	assert_int_equal(register_create(&plan, NULL), 0);
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		assert_false(file_exists(in_folder(place, &path, left[i])));
	assert_int_equal(small_register_open(place, STORE_READ, NULL), 0);
	assert_int_equal(store_check(place->opened.store, NULL), 0);
}

static void where_nothing_can_be_made_it_says_so(void **state)
{
	struct small_register *place = *state;
	struct register_plan plan = small_register_plan(place);
	autofree(strbuf_clear) struct strbuf path = STRBUF(8000);
	struct error err = {0};

	plan.folder = in_folder(place, &path, "file");
	assert_int_equal(file_replace(plan.folder, "x", 1, NULL), 0);
	assert_int_equal(register_create(&plan, &err), ERR_IO);
	assert_string_equal(error_message_code(&err), "FILE-WRITE-01");
	strbuf_add_text(&path, "/below");
	assert_int_equal(register_create(&plan, &err), ERR_IO);
	while (path.len < 5000)
		strbuf_add_text(&path, "/below");
	plan.folder = path.data;
	assert_int_not_equal(register_create(&plan, &err), 0);
}

static void a_missing_register_is_named(void **state)
{
	struct small_register *place = *state;
	struct error err = {0};

	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		assert_int_equal(small_register_open(place, mode, &err), ERR_NOT_FOUND);
		assert_string_equal(error_message_code(&err), "REG-MISSING-01");
		assert_string_equal(err.args[0].text, place->folder.data);
	}
	assert_null(place->opened.store);
	assert_int_equal(rmdir(place->folder.data), 0); /* looking has made nothing */
	assert_int_equal(file_make_folder(place->folder.data, NULL), 0);
}

static void a_newer_register_is_refused(void **state)
{
	struct small_register *place = *state;
	struct error err = {0};

	store_must_run(place->opened.store, "INSERT INTO migration VALUES (9999, 'x', 0)");
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		register_close(&place->opened);
		assert_int_equal(small_register_open(place, mode, &err), ERR_CONFIG);
		assert_string_equal(error_message_code(&err), "REG-NEWER-01");
	}
}

static void readers_see_what_is_committed(void **state)
{
	struct small_register *place = *state;
	struct small_register reader = *place;
	struct transaction transaction = {0};
	static const char count[] = "SELECT count(*) FROM setting";

	assert_int_equal(small_register_open(&reader, STORE_READ, NULL), 0);
	assert_int_equal(reader.opened.lock_fd, -1);
	assert_int_equal(transaction_begin(place->opened.store, &transaction, NULL), 0);
	store_must_run(place->opened.store, "INSERT INTO setting VALUES ('a', 'b')");
	assert_int_equal(number_in(place->opened.store, count), 6);
	assert_int_equal(number_in(reader.opened.store, count), 5);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	assert_int_equal(number_in(reader.opened.store, count), 6);
	register_close(&reader.opened);
	register_close(&reader.opened);
}

/* Runs work() in another process and returns what it is told first, or 0. */
static pid_t start(
	struct small_register *place, void (*work)(struct small_register *, int fd), int *ret_fd)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(ends[0]);
		work(place, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	*ret_fd = ends[0];
	return pid;
}

static void tell(int fd, int64_t number)
{
	if (write(fd, &number, sizeof number) != sizeof number)
		_exit(1);
}

static void hold(struct small_register *place, int fd)
{
	tell(fd, small_register_open(place, STORE_WRITE, NULL));
	pause();
}

static void one_process_writes(void **state)
{
	struct small_register *place = *state;
	struct error err = {0};
	int64_t answer = 77;
	pid_t pid;
	int fd;

	register_close(&place->opened);
	pid = start(place, hold, &fd);
	assert_int_equal(read(fd, &answer, sizeof answer), sizeof answer);
	assert_int_equal(answer, 0);
	assert_int_equal(small_register_open(place, STORE_WRITE, &err), ERR_BUSY);
	assert_string_equal(error_message_code(&err), "REG-LOCK-01");
	assert_int_equal(err.args[0].integer, pid);
	assert_int_equal(small_register_open(place, STORE_READ, &err), 0);
	register_close(&place->opened);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(fd);
	assert_int_equal(small_register_open(place, STORE_WRITE, &err), 0);
}

/* Commits one record after the other and tells of each, until it is killed. */
static void write_and_tell(struct small_register *place, int fd)
{
	if (small_register_open(place, STORE_WRITE, NULL))
		_exit(1);
	for (int64_t i = 1;; i++) {
		small_write_things(place, (double[]){(double)i, 0, 0, (double)i}, 2);
		tell(fd, i);
	}
}

static void what_was_answered_survives_a_kill(void **state)
{
	enum { KILLS = 12 };
	struct small_register *place = *state;
	struct random random = random_start(21);
	int64_t least = 0, rows;

	register_close(&place->opened);
	for (int i = 0; i < KILLS; i++) {
		int64_t answered = 0;
		pid_t pid;
		int fd;

		pid = start(place, write_and_tell, &fd);
		for (size_t wanted = random_below(&random, 12); wanted; wanted--)
			assert_int_equal(read(fd, &answered, sizeof answered), sizeof answered);
		usleep((useconds_t)random_below(&random, 4000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		while (read(fd, &answered, sizeof answered) == sizeof answered)
			;
		close(fd);
		least += 2 * answered;
		assert_int_equal(small_register_open(place, STORE_WRITE, NULL), 0);
		rows = number_in(place->opened.store, "SELECT count(*) FROM thing");
		assert_true(rows == least || rows == least + 2);
		least = rows;
		assert_int_equal(store_check(place->opened.store, NULL), 0);
		assert_int_equal(
			number_in(place->opened.store, "SELECT max(seq) FROM change"), rows);
		assert_int_equal(
			number_in(place->opened.store,
				"SELECT record_count FROM layer_state WHERE layer = 'thing'"),
			rows);
		assert_int_equal(places_in_index(place->opened.store, "thing"), rows);
		register_close(&place->opened);
	}
	assert_true(least > 0);
}

/* Begins a transaction larger than the cache, so that part of it stands in the log already. */
static void write_without_commit(struct small_register *place, int fd)
{
	struct transaction transaction = {0};

	if (small_register_open(place, STORE_WRITE, NULL) ||
		(!on_postgres() &&
			store_run(place->opened.store, "PRAGMA cache_size = 10", NULL)) ||
		transaction_begin(place->opened.store, &transaction, NULL) ||
		store_run(place->opened.store,
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
			"3000)"
			" INSERT INTO setting SELECT 'k' || i, printf('%.*c', 1000, 'x') FROM n",
			NULL))
		_exit(1);
	tell(fd, 1);
	pause();
}

static void what_was_not_committed_goes_with_the_process(void **state)
{
	struct small_register *place = *state;
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);
	struct content_hash before, after;
	int64_t told = 0, bytes = 0;
	pid_t pid;
	int fd;

	small_write_things(place, (double[]){1, 2}, 1);
	register_close(&place->opened);
	before = small_digest(place);
	pid = start(place, write_without_commit, &fd);
	assert_int_equal(read(fd, &told, sizeof told), sizeof told);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(fd);
	if (!on_postgres()) {
		in_folder(place, &path, "city.sqlite-wal");
		assert_int_equal(file_size(path.data, &bytes, NULL), 0);
		assert_true(bytes > 1000000);
	}
	assert_int_equal(small_register_open(place, STORE_READ, NULL), 0);
	assert_int_equal(number_in(place->opened.store, "SELECT count(*) FROM setting"), 5);
	register_close(&place->opened);
	after = small_digest(place);
	assert_string_equal(before.text, after.text);
}

#define in_folder_only(test) \
	cmocka_unit_test_setup_teardown(test, small_folder_make, small_register_drop)
#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_folder_only(a_new_register_is_complete),
		in_register(what_is_there_is_never_overwritten),
		in_folder_only(half_a_register_is_none),
		in_folder_only(where_nothing_can_be_made_it_says_so),
		in_folder_only(a_missing_register_is_named),
		in_register(a_newer_register_is_refused),
		in_register(readers_see_what_is_committed),
		in_register(one_process_writes),
		in_register(what_was_answered_survives_a_kill),
		in_register(what_was_not_committed_goes_with_the_process),
	};

	const struct CMUnitTest of_sqlite[] = {
		in_folder_only(what_a_killed_init_left_does_no_harm),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (!on_postgres())
		failed += cmocka_run_group_tests(of_sqlite, NULL, NULL);
	return failed;
}
