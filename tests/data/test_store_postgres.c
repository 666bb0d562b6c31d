#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/messages.h"
#include "data/store.h"
#include "tests/data/small_register.h"

enum { PATIENCE_MS = 20000 };

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

static struct query *query_of(struct store *store, const char *sql)
{
	struct query *query = NULL;
	struct error err = {0};

	if (store_query(store, sql, &query, &err))
		fail_msg("%s: %s", sql, err.detail);
	return query;
}

static struct store *connect_to(void **state, enum store_mode mode)
{
	struct store *store = NULL;

	assert_int_equal(small_register_connect(*state, mode, &store, NULL), 0);
	return store;
}

#define assert_refused(call, rc, code)                                      \
	do {                                                                \
		struct error err = {0};                                     \
									    \
		assert_int_equal(call, rc);                                 \
		assert_string_equal(error_message_code(&err), code);        \
	} while (0)

/* Waits until the query answers with that number. */
static void wait_for(struct store *store, const char *sql, int64_t number)
{
	for (int ms = 0; number_in(store, sql) != number; ms++) {
		assert_true(ms < PATIENCE_MS);
		usleep(1000);
	}
}

/* Without a server. */

static void addresses_are_looked_at(void **state)
{
	struct store *store = NULL;

	(void)state;
	assert_true(store_is_address("postgresql://x") && store_is_address("postgres://"));
	assert_false(store_is_address("postgresql") || store_is_address("./city.sqlite"));
	assert_refused(store_open("postgresql://a?nothing=1", STORE_WRITE, &store, &err),
		ERR_INVALID, "REG-ADDRESS-01");
	assert_refused(store_open("postgresql://[a", STORE_READ, &store, &err), ERR_INVALID,
		"REG-ADDRESS-01");
	assert_null(store);
}

/* Nobody there, also for whoever asks again at once. */
static void who_does_not_answer_is_away(void **state)
{
	static const char nowhere[] = "postgresql:///x?host=/nowhere/at/all";
	struct store *store = NULL;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_refused(store_open(nowhere, STORE_WRITE, &store, &err), ERR_UNAVAILABLE,
			"REG-AWAY-01");
	assert_refused(store_create(nowhere, &store, &err), ERR_UNAVAILABLE, "REG-AWAY-01");
	assert_int_equal(store_open(nowhere, STORE_READ, &store, NULL), ERR_UNAVAILABLE);
	assert_null(store);
}

/* With one. */

static void who_may_not_come_in_is_told(void **state)
{
	autofree(strbuf_clear) struct strbuf address = STRBUF(2000);
	struct store *store = NULL;

	(void)state;
	strbuf_add_format(&address, "%s&dbname=no_such_database", getenv("DOTHI_POSTGRES"));
	assert_refused(store_open(address.data, STORE_WRITE, &store, &err), ERR_DENIED,
		"REG-REFUSED-01");
	assert_null(store);
}

/* Which words of the catalogue stand for what PostgreSQL says. */
static const struct {
	const char *state, *code;
	int rc;
} faults[] = {
	{"53100", "DISK-FULL-01", ERR_IO},
	{"53200", "SYS-MEMORY-01", ERR_NOMEM},
	{"53300", "REG-AWAY-01", ERR_UNAVAILABLE},
	{"55P03", "SYS-BUSY-02", ERR_UNAVAILABLE},
	{"40001", "SYS-BUSY-01", ERR_BUSY},
	{"40P01", "SYS-BUSY-01", ERR_BUSY},
	{"42501", "REG-READONLY-01", ERR_DENIED},
	{"22021", "REG-TEXT-01", ERR_INVALID},
	{"57014", "SYS-CANCEL-01", ERR_CANCELLED},
	{"58030", "REG-IO-01", ERR_IO},
	{"XX001", "REG-DAMAGED-01", ERR_IO},
	{"23505", "SYS-INTERNAL-01", ERR_INTERNAL},
	{"57P01", "REG-AWAY-01", ERR_UNAVAILABLE},
	{"08006", "REG-AWAY-01", ERR_UNAVAILABLE},
	{"25006", "REG-AWAY-01", ERR_UNAVAILABLE},
};

static void faults_have_words(void **state)
{
	struct store *store = store_of(state);
	char sql[200];

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		snprintf(sql, sizeof sql, "DO $$ BEGIN RAISE 'x' USING ERRCODE = '%s'; END $$",
			faults[i].state);
		assert_refused(store_run(store, sql, &err), faults[i].rc, faults[i].code);
		assert_int_equal(store_run(store, sql, NULL), faults[i].rc);
		assert_int_equal(number_in(store, "SELECT count(*) FROM setting"), 5);
	}
}

/* A transaction that writes, on a thread of its own. */
struct writing {
	struct store *store;
	atomic_bool done;
	int rc;
	int64_t seen; /* rows that were there when its turn had come */
};

static void *write_one(void *context)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct writing *writing = context;
	int rc = transaction_begin(writing->store, &transaction, NULL);

	if (!rc)
		rc = store_int(writing->store, "SELECT count(*) FROM t", &writing->seen, NULL);
	if (!rc)
		rc = store_run(writing->store, "INSERT INTO t VALUES (2)", NULL);
	writing->rc = rc ? rc : transaction_commit(&transaction, NULL);
	atomic_store(&writing->done, true);
	return NULL;
}

static void writers_wait_for_each_other(void **state)
{
	static const char waiting[] =
		"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
	autoptr(store_close) struct store *other = connect_to(state, STORE_WRITE);
	autoptr(store_close) struct store *reader = connect_to(state, STORE_READ);
	struct store *store = store_of(state);
	struct writing writing = {.store = other};
	struct transaction transaction = {0};
	pthread_t thread;

	store_must_run(store, "CREATE TABLE t (a INTEGER)");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (1)");
	assert_int_equal(pthread_create(&thread, NULL, write_one, &writing), 0);
	wait_for(reader, waiting, 1);
	assert_false(atomic_load(&writing.done));
	/* Readers wait for nobody. */
	assert_int_equal(number_in(reader, "SELECT count(*) FROM t"), 0);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	pthread_join(thread, NULL);
	assert_int_equal(writing.rc, 0);
	assert_int_equal(writing.seen, 1);
	assert_int_equal(number_in(reader, "SELECT sum(a) FROM t"), 3);
}

static void who_waits_too_long_is_told(void **state)
{
	autoptr(store_close) struct store *other = connect_to(state, STORE_WRITE);
	struct store *store = store_of(state);
	struct transaction transaction = {0}, late = {0};

	store_must_run(store, "CREATE TABLE t (a INTEGER)");
	store_must_run(other, "SET lock_timeout = '50ms'");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (1)");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(transaction_begin(other, &late, NULL), 0);
		assert_refused(store_run(other, "INSERT INTO t VALUES (2)", &err),
			ERR_UNAVAILABLE, "SYS-BUSY-02");
		transaction_end(&late);
	}
	/* Also where nothing but its COMMIT is waited for. */
	assert_int_equal(transaction_begin(other, &late, NULL), 0);
	assert_refused(transaction_commit(&late, &err), ERR_UNAVAILABLE, "SYS-BUSY-02");
	transaction_end(&late);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	assert_int_equal(transaction_begin(other, &late, NULL), 0);
	store_must_run(other, "INSERT INTO t VALUES (4)");
	assert_int_equal(transaction_commit(&late, NULL), 0);
	assert_int_equal(number_in(store, "SELECT sum(a) FROM t"), 5);
}

/* Ends a backend as an administrator does, and waits until it is gone. */
static void kill_backend(struct store *by, int64_t pid)
{
	char sql[100];

	snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld)::int", (long long)pid);
	assert_int_equal(number_in(by, sql), 1);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_stat_activity WHERE pid = %lld",
		(long long)pid);
	wait_for(by, sql, 0);
}

static const char own_pid[] = "SELECT pg_backend_pid()";

static void a_lost_transaction_is_said_and_undone(void **state)
{
	autoptr(store_close) struct store *other = connect_to(state, STORE_WRITE);
	struct store *store = store_of(state);
	autoptr(query_done) struct query *query = NULL;
	struct transaction transaction = {0};

	store_must_run(store, "CREATE TABLE t (a INTEGER)");
	query = query_of(store, "INSERT INTO t VALUES ($a)");
	for (int commits = 0; commits < 2; commits++) {
		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		store_must_run(store, "INSERT INTO t VALUES (1)");
		kill_backend(other, number_in(store, own_pid));
		if (commits)
			assert_int_equal(transaction_commit(&transaction, NULL), ERR_UNAVAILABLE);
		else
			assert_refused(store_run(store, "INSERT INTO t VALUES (2)", &err),
				ERR_UNAVAILABLE, "REG-AWAY-01");
		assert_int_not_equal(store_run(store, "INSERT INTO t VALUES (3)", NULL), 0);
		transaction_end(&transaction);
		/* The next one is on a new connection, where what was prepared before works too. */
		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		query_bind_int(query, "a", 10);
		assert_int_equal(query_run(query, NULL), 0);
		assert_int_equal(transaction_commit(&transaction, NULL), 0);
	}
	assert_int_equal(number_in(store, "SELECT sum(a) FROM t"), 20);
}

static void a_connection_lost_between_is_made_anew(void **state)
{
	autoptr(store_close) struct store *other = connect_to(state, STORE_WRITE);
	struct store *store = store_of(state);
	struct transaction transaction = {0};

	store_must_run(store, "CREATE TABLE t (a INTEGER)");
	for (int round = 0; round < 3; round++) {
		int64_t pid = number_in(store, own_pid);

		kill_backend(other, pid);
		if (round == 0)
			store_must_run(store, "INSERT INTO t VALUES (1)");
		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		assert_int_equal(number_in(store, "SELECT count(*) FROM t"), 1);
		assert_int_equal(transaction_commit(&transaction, NULL), 0);
		assert_true(number_in(store, own_pid) != pid);
	}
}

/* Whether it was done, nobody knows who was cut off while it was. */
static void a_commit_that_is_cut_off_is_unsure(void **state)
{
	struct store *store = store_of(state);
	struct transaction transaction = {0};

	store_must_run(store, "CREATE TABLE t (a INTEGER)");
	store_must_run(store, "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
			      " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid());"
			      " RETURN NULL; END $$");
	store_must_run(store, "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON t"
			      " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.a = 1)"
			      " EXECUTE FUNCTION die()");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (1)");
	assert_refused(transaction_commit(&transaction, &err), ERR_UNAVAILABLE, "REG-UNSURE-01");
	transaction_end(&transaction);
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (2)");
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	assert_int_equal(number_in(store, "SELECT sum(a) FROM t"), 2);
}

/* A query whose rows are still coming when others run, which run in each other too. */
static void count_on(struct store *store, int depth)
{
	autoptr(query_done) struct query *query =
		query_of(store, "SELECT i FROM generate_series(1, $last) AS i");
	int64_t i = 0, last = depth ? 40 : 5000;
	int rc;

	query_bind_int(query, "last", last);
	while ((rc = query_step(query, NULL)) > 0) {
		i++;
		assert_int_equal(query_int(query, 0), i);
		if (i % 13 == 3 && depth < 2)
			count_on(store, depth + 1);
		if (i % 17 == 4)
			store_must_run(store, "INSERT INTO t VALUES (1)");
		assert_int_equal(query_int(query, 0), i);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(i, last);
}

static void rows_are_kept_aside(void **state)
{
	struct store *store = store_of(state);
	struct transaction transaction = {0};

	store_must_run(store, "CREATE TABLE t (a INTEGER)");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	count_on(store, 0);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	assert_true(number_in(store, "SELECT count(*) FROM t") > 1000);
	count_on(store, 1);
}

/* Rows that fail on their way are never taken for all there were. */
static void rows_that_fail_are_no_end(void **state)
{
	static const char fails[] = "SELECT 1 / (4000 - i) FROM generate_series(1, 5000) AS i";
	struct store *store = store_of(state);

	for (int other = 0; other < 2; other++) {
		autoptr(query_done) struct query *query = query_of(store, fails);
		int rows = 0, rc;

		while ((rc = query_step(query, NULL)) > 0)
			if (++rows == 10 && other)
				assert_int_equal(number_in(store, "SELECT 1"), 1);
		assert_int_equal(rows, 3999);
		assert_int_equal(rc, ERR_INTERNAL);
	}
	assert_int_equal(number_in(store, "SELECT 1"), 1);
}

static void insert(struct store *store, int64_t a, int rc)
{
	autoptr(query_done) struct query *query = query_of(store, "INSERT INTO t VALUES ($a)");

	query_bind_int(query, "a", a);
	assert_int_equal(query_run(query, NULL), rc);
}

/* An insert is not waited for; what became of it shows at the end of its savepoint. */
static void what_fails_late_undoes_its_savepoint_alone(void **state)
{
	struct store *store = store_of(state);
	struct transaction transaction = {0};

	store_must_run(store, "CREATE TABLE t (a INTEGER PRIMARY KEY)");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	insert(store, 1, 0);
	for (int kept = 0; kept < 2; kept++) {
		assert_int_equal(store_savepoint(store, NULL), 0);
		insert(store, 2, 0);
		insert(store, 1, 0); /* there is one already */
		insert(store, 3, 0);
		/* Whether or not anybody has looked. */
		if (kept)
			assert_refused(store_savepoint_keep(store, &err), ERR_INTERNAL,
				"SYS-INTERNAL-01");
		assert_int_equal(store_savepoint_undo(store, NULL), 0);
	}
	assert_int_equal(store_savepoint(store, NULL), 0);
	insert(store, 4, 0);
	assert_int_equal(store_savepoint_keep(store, NULL), 0);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	assert_int_equal(number_in(store, "SELECT sum(a) FROM t"), 5);
	/* Without a savepoint it shows with the next rows, or at COMMIT. */
	for (int commits = 0; commits < 2; commits++) {
		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		insert(store, 7, 0);
		insert(store, 1, 0);
		if (commits)
			assert_int_equal(transaction_commit(&transaction, NULL), ERR_INTERNAL);
		else
			assert_int_equal(store_int(store, "SELECT 1", &(int64_t){0}, NULL),
				ERR_INTERNAL);
		transaction_end(&transaction);
		assert_int_equal(number_in(store, "SELECT sum(a) FROM t"), 5);
	}
}

/* Rows on their way by COPY, one of them one that the table refuses. */
static void a_bad_row_of_many_undoes_all(void **state)
{
	enum { ROWS = 60000, BAD = 50000 }; /* more than travel at a time */
	struct store *store = store_of(state);
	struct content_hash before;

	store_must_run(store, "ALTER TABLE thing ADD CHECK (version <> -1)");
	before = small_digest(*state);
	for (int good = 0; good < 2; good++) {
		autofree(transaction_end) struct transaction transaction = {0};
		struct error err = {0};

		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		assert_int_equal(store_bulk_begin(store, "thing", NULL), 0);
		for (int i = 1; i <= ROWS && !err.code; i++) {
			autoptr(query_done) struct query *query = query_of(store,
				"INSERT INTO thing (id, version, recorded_at, uid, name) VALUES"
				" ($id, $version, $recorded_at, $uid, $name)");

			query_bind_int(query, "id", i);
			query_bind_int(query, "version", i == BAD && !good ? -1 : 1);
			query_bind_int(query, "recorded_at", SMALL_NOW_US);
			query_bind_text(query, "uid", "");
			query_bind_text(query, "name", i % 2 ? NULL : "một tên dài cho đủ byte");
			query_run(query, &err);
		}
		if (!err.code)
			store_bulk_end(store, "thing", 1, &err);
		assert_int_equal(err.code, good ? 0 : ERR_INTERNAL);
		if (good)
			assert_int_equal(transaction_commit(&transaction, NULL), 0);
		transaction_end(&transaction);
		if (!good)
			assert_string_equal(small_digest(*state).text, before.text);
	}
	assert_int_equal(number_in(store, "SELECT count(*) FROM thing"), ROWS);
	assert_int_equal(number_in(store, "SELECT count(name) FROM thing"), ROWS / 2);
	assert_int_equal(places_in_index(store, "thing"), 0);
}

static void a_zero_in_a_text_is_refused(void **state)
{
	static const char *const texts[] = {
		"SELECT CAST($v AS TEXT)", "SELECT CAST($v AS VARCHAR)"};
	const struct value value = {.kind = VALUE_TEXT, .text = "a\0b", .len = 3};

	for (size_t i = 0; i < 2; i++) {
		autoptr(query_done) struct query *query = query_of(store_of(state), texts[i]);

		query_bind_value(query, "v", &value);
		assert_refused(query_step(query, &err), ERR_INVALID, "REG-TEXT-01");
	}
	assert_int_equal(number_in(store_of(state), "SELECT 1"), 1);
}

/* What PostgreSQL makes of sums and divisions. */
static const struct {
	const char *sql;
	int64_t integer;
	double real;
} numbers[] = {
	{"0::numeric", 0, 0},
	{"7::numeric", 7, 7},
	{"-7.75::numeric", -7, -7.75},
	{"10000::numeric", 10000, 10000},
	{"100000000.5::numeric", 100000000, 100000000.5},
	{"0.00001::numeric", 0, 0.00001},
	{"9007199254740993::numeric", INT64_C(9007199254740993), 9007199254740993.0},
	{"(-9223372036854775808)::numeric", INT64_MIN, -0x1p63},
	{"1e30::numeric", INT64_MAX, 1e30},
	{"-1e30::numeric", INT64_MIN, -1e30},
	{"1e30::float8", INT64_MAX, 1e30},
	{"-1e30::float8", INT64_MIN, -1e30},
	{"'NaN'::float8", 0, 0},
	{"2.5::float4", 2, 2.5},
	{"(-3)::int2", -3, -3},
	{"(-70000)::int4", -70000, -70000},
	{"true", 1, 1},
};

static void numbers_of_every_kind_are_read(void **state)
{
	char sql[100];

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		autoptr(query_done) struct query *query = NULL;

		snprintf(sql, sizeof sql, "SELECT %s", numbers[i].sql);
		query = query_of(store_of(state), sql);
		assert_int_equal(query_step(query, NULL), 1);
		if (query_int(query, 0) != numbers[i].integer)
			fail_msg("%s: %lld", sql, (long long)query_int(query, 0));
		assert_true(strstr(sql, "NaN") || query_real(query, 0) == numbers[i].real);
	}
}

/* Statements that are used no more are given back, so that a connection does not grow. */
static void what_was_prepared_is_given_back(void **state)
{
	struct store *store = store_of(state);
	char sql[40];

	for (int i = 0; i < 1500; i++) {
		snprintf(sql, sizeof sql, "SELECT %d", i);
		assert_int_equal(number_in(store, sql), i);
	}
	assert_true(number_in(store, "SELECT count(*) FROM pg_prepared_statements") < 350);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest without_server[] = {
		cmocka_unit_test(addresses_are_looked_at),
		cmocka_unit_test(who_does_not_answer_is_away),
	};
	const struct CMUnitTest with_server[] = {
		in_register(who_may_not_come_in_is_told),
		in_register(faults_have_words),
		in_register(writers_wait_for_each_other),
		in_register(who_waits_too_long_is_told),
		in_register(a_lost_transaction_is_said_and_undone),
		in_register(a_connection_lost_between_is_made_anew),
		in_register(a_commit_that_is_cut_off_is_unsure),
		in_register(rows_are_kept_aside),
		in_register(rows_that_fail_are_no_end),
		in_register(what_fails_late_undoes_its_savepoint_alone),
		in_register(a_bad_row_of_many_undoes_all),
		in_register(a_zero_in_a_text_is_refused),
		in_register(numbers_of_every_kind_are_read),
		in_register(what_was_prepared_is_given_back),
	};
	int failed = cmocka_run_group_tests(without_server, NULL, NULL);

	if (on_postgres())
		failed += cmocka_run_group_tests(with_server, NULL, NULL);
	return failed;
}
