#include "tests/test.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "data/store.h"
#include "tests/data/small_register.h"

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

static void binds_by_name(void **state)
{
	autoptr(query_done) struct query *query =
		query_of(store_of(state), "SELECT $b || $a || $b, $number + 1");

	/* SQLite numbers $b first; neither that nor the order of binding matters. */
	query_bind_int(query, "number", 41);
	query_bind_text(query, "a", "-");
	query_bind_text(query, "b", "x");
	assert_int_equal(query_step(query, NULL), 1);
	assert_string_equal(query_text(query, 0, NULL), "x-x");
	assert_int_equal(query_int(query, 1), 42);
	assert_int_equal(query_step(query, NULL), 0);
}

static void every_type_comes_back(void **state)
{
	static const double reals[] = {0, -0.0, 0.1, 1e300, 5e-324, -INFINITY, INFINITY};
	static const int64_t ints[] = {0, -1, INT64_MIN, INT64_MAX, INT64_C(1) << 53};
	struct store *store = store_of(state);
	autoptr(query_done) struct query *real =
		query_of(store, "SELECT CAST($v AS DOUBLE PRECISION)");
	autoptr(query_done) struct query *integer = query_of(store, "SELECT CAST($v AS BIGINT)");
	autoptr(query_done) struct query *text = query_of(store, "SELECT CAST($v AS TEXT)");
	autoptr(query_done) struct query *bytes = query_of(store,
		on_postgres() ? "SELECT CAST($v AS BYTEA)" : "SELECT CAST($v AS BLOB)");
	struct value value;
	size_t len;

	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
		query_bind_real(real, "v", reals[i]);
		assert_int_equal(query_step(real, NULL), 1);
		query_value(real, 0, &value);
		assert_int_equal(value.kind, VALUE_REAL);
		assert_memory_equal(&value.real, &reals[i], sizeof *reals);
		assert_int_equal(query_run(real, NULL), 0);
	}
	for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
		query_bind_value(
			integer, "v", &(struct value){.kind = VALUE_INT, .integer = ints[i]});
		assert_int_equal(query_step(integer, NULL), 1);
		query_value(integer, 0, &value);
		assert_int_equal(value.kind, VALUE_INT);
		assert_true(value.integer == ints[i]);
		assert_int_equal(query_run(integer, NULL), 0);
	}
	query_bind_bytes(bytes, "v", "a\0b", 3);
	assert_int_equal(query_step(bytes, NULL), 1);
	assert_memory_equal(query_bytes(bytes, 0, &len), "a\0b", 3);
	assert_int_equal(len, 3);
	query_bind_value(
		text, "v", &(struct value){.kind = VALUE_TEXT, .text = "đườngX", .len = 9});
	assert_int_equal(query_step(text, NULL), 1);
	query_value(text, 0, &value);
	assert_int_equal(value.kind, VALUE_TEXT);
	assert_int_equal(value.len, 9);
	assert_string_equal(value.text, "đường");
}

static void nothing_is_null(void **state)
{
	const char *sql = on_postgres()
		? "SELECT $a::int8 IS NULL, $b::bytea IS NULL, $c::geometry IS NULL,"
		  " $d::text IS NULL, $e::float8 IS NULL"
		: "SELECT $a IS NULL, $b IS NULL, $c IS NULL, $d IS NULL, $e IS NULL";
	struct query *query = query_of(store_of(state), sql);
	size_t len = 7;

	query_bind_text(query, "a", NULL);
	query_bind_bytes(query, "b", NULL, 0);
	query_bind_wkb(query, "c", (struct wkb){NULL, 0}, &(struct box){0}, SMALL_EPSG);
	query_bind_value(query, "d", &(struct value){.kind = VALUE_NULL});
	query_bind_real(query, "e", (double)NAN); /* a number that is none */
	assert_int_equal(query_step(query, NULL), 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(query_int(query, i), 1);
	query_done(query);
	/* What was bound is forgotten when the query is given back. */
	query = query_of(store_of(state), sql);
	query_bind_int(query, "a", 1);
	assert_int_equal(query_step(query, NULL), 1);
	assert_int_equal(query_int(query, 0), 0);
	assert_int_equal(query_int(query, 1), 1);
	query_done(query);
	query = query_of(store_of(state), "SELECT CAST(NULL AS TEXT), CAST('' AS TEXT)");
	assert_int_equal(query_step(query, NULL), 1);
	assert_true(query_is_null(query, 0));
	assert_false(query_is_null(query, 1));
	assert_string_equal(query_text(query, 0, &len), "");
	assert_int_equal(len, 0);
	assert_null(query_bytes(query, 0, &len));
	query_done(query);
}

static void one_text_is_prepared_once(void **state)
{
	static const char sql[] = "SELECT 1 UNION ALL SELECT 2";
	struct store *store = store_of(state);
	struct query *first = query_of(store, sql), *again, *nested;

	query_done(first);
	again = query_of(store, sql);
	assert_ptr_equal(first, again);
	/* While it is in use the next one is another, and neither disturbs the other. */
	nested = query_of(store, sql);
	assert_ptr_not_equal(again, nested);
	assert_int_equal(query_step(again, NULL), 1);
	assert_int_equal(query_step(nested, NULL), 1);
	assert_int_equal(query_step(nested, NULL), 1);
	assert_int_equal(query_int(again, 0), 1);
	assert_int_equal(query_int(nested, 0), 2);
	query_done(nested);
	assert_int_equal(query_step(again, NULL), 1);
	assert_int_equal(query_int(again, 0), 2);
	query_done(again);
}

static void more_texts_than_places_work_too(void **state)
{
	char sql[40];

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 300; i++) {
			snprintf(sql, sizeof sql, "SELECT %d", i);
			assert_int_equal(number_in(store_of(state), sql), i);
		}
}

static void transactions_end_as_they_should(void **state)
{
	struct store *store = store_of(state);
	struct transaction transaction = {0};

	store_must_run(store, "CREATE TABLE t (a INTEGER)");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (1)");
	transaction_end(&transaction);
	assert_int_equal(number_in(store, "SELECT count(*) FROM t"), 0);
	transaction_end(&transaction); /* once more does nothing */
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (1)");
	assert_int_equal(store_savepoint(store, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (2)");
	assert_int_equal(store_savepoint_undo(store, NULL), 0);
	assert_int_equal(store_savepoint(store, NULL), 0);
	store_must_run(store, "INSERT INTO t VALUES (3)");
	assert_int_equal(store_savepoint_keep(store, NULL), 0);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	transaction_end(&transaction);
	assert_int_equal(number_in(store, "SELECT sum(a) FROM t"), 4);
	assert_int_not_equal(store_savepoint_undo(store, NULL), 0);
}

static struct query *asked_for(struct store *store, const char *sql, int64_t number)
{
	struct query *query = query_of(store, sql);

	query_bind_int(query, "n", number);
	assert_int_equal(query_ask(query, (uint64_t)number, NULL), 0);
	return query;
}

static void gives(struct query *query, int64_t number)
{
	assert_int_equal(query_step(query, NULL), 1);
	assert_int_equal(query_int(query, 0), number);
	assert_int_equal(query_step(query, NULL), 0);
}

enum { ASKED = 7 };

static void what_is_asked_ahead_comes_in_any_order(void **state)
{
	static const char *const sql[] = {"SELECT CAST($n AS BIGINT)", "SELECT 2 * CAST($n AS BIGINT)",
		"SELECT 3 * CAST($n AS BIGINT)"};
	struct store *store = store_of(state);
	autofree(transaction_end) struct transaction transaction = {0};
	struct query *asked[ASKED], *several;

	store_must_run(store, "CREATE TABLE word (text TEXT)");
	/* Outside of a transaction it is asked when it is stepped. */
	asked[0] = asked_for(store, sql[0], 1);
	gives(asked[0], 1);
	query_done(asked[0]);
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int turn = 0; turn < 3; turn++) {
		/* More than are sent ahead; between them what is written without waiting. */
		for (int i = 0; i < ASKED; i++) {
			asked[i] = asked_for(store, sql[i % 3], i);
			store_must_run(store, "INSERT INTO word VALUES ('x')");
		}
		several = asked_for(store, "SELECT $n UNION ALL SELECT 9 ORDER BY 1", 4);
		for (int i = ASKED; i-- > turn;) {
			gives(asked[i], i * (i % 3 + 1));
			query_done(asked[i]);
		}
		/* Some that nobody wants any more. */
		for (int i = 0; i < turn; i++)
			query_done(asked[i]);
		assert_int_equal(query_step(several, NULL), 1);
		assert_int_equal(query_int(several, 0), 4);
		assert_int_equal(query_step(several, NULL), 1);
		assert_int_equal(query_int(several, 0), 9);
		query_done(several);
		assert_int_equal(number_in(store, "SELECT count(*) FROM word"), (turn + 1) * ASKED);
		/* Nothing is on its way now: this one's rows come one by one, and not all are taken. */
		several = query_of(store, "SELECT text FROM word");
		assert_int_equal(query_step(several, NULL), 1);
		query_done(several);
		several = asked_for(store, "SELECT $n UNION ALL SELECT 9 ORDER BY 1", 4);
		assert_int_equal(number_in(store, "SELECT count(*) FROM word"), (turn + 1) * ASKED);
		assert_int_equal(query_step(several, NULL), 1);
		assert_int_equal(query_int(several, 0), 4);
		gives(several, 9);
		query_done(several);
	}
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM word"), 3 * ASKED);
}

static void what_was_touched_is_asked_anew(void **state)
{
	static const char sql[] = "SELECT count(*) + 0 * $n FROM word";
	struct store *store = store_of(state);
	autofree(transaction_end) struct transaction transaction = {0};
	struct query *query;

	store_must_run(store, "CREATE TABLE word (text TEXT)");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int subject = 1; subject < 40; subject++) {
		query_done(asked_for(store, sql, subject));
		store_must_run(store, "INSERT INTO word VALUES ('x')");
		store_touched(store, (uint64_t)subject);
		query = query_of(store, sql);
		query_bind_int(query, "n", subject);
		gives(query, subject);
		query_done(query);
	}
	/* What nobody comes for is in nobody's way. */
	for (int subject = 1; subject < 40; subject++) {
		query_done(asked_for(store, sql, subject));
		assert_int_equal(number_in(store, "SELECT count(*) FROM word"), 39);
		query_done(asked_for(store, sql, -subject));
	}
	/* It ends with the transaction. */
	query_done(asked_for(store, sql, 1));
	transaction_end(&transaction);
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	query = query_of(store, sql);
	query_bind_int(query, "n", 1);
	gives(query, 0);
	query_done(query);
}

static void what_is_asked_ahead_may_fail(void **state)
{
	struct store *store = store_of(state);
	autofree(transaction_end) struct transaction transaction = {0};
	struct query *asked, *wrong, *left;

	store_must_run(store, "CREATE TABLE word (text TEXT NOT NULL)");
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	wrong = query_of(store, "INSERT INTO word VALUES (NULL)");
	/* Known before: who is made known now hears what went wrong before. */
	query_done(asked_for(store, "SELECT CAST($n AS BIGINT)", 7));
	query_done(asked_for(store, "SELECT 2 * CAST($n AS BIGINT)", 7));
	query_run(wrong, NULL);
	asked = asked_for(store, "SELECT CAST($n AS BIGINT)", 1);
	left = asked_for(store, "SELECT 2 * CAST($n AS BIGINT)", 1);
	/* In SQLite a statement that fails harms no other. */
	assert_int_equal(query_step(asked, NULL) == 1, !on_postgres());
	transaction_end(&transaction);
	query_done(asked);
	query_done(left);
	query_done(wrong);
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	asked = asked_for(store, "SELECT CAST($n AS BIGINT)", 5);
	gives(asked, 5);
	query_done(asked);
}

static void columns_are_known(void **state)
{
	bool has = false;

	assert_int_equal(store_has_column(store_of(state), "thing", "count", &has, NULL), 0);
	assert_true(has);
	assert_int_equal(store_has_column(store_of(state), "thing", "nothing", &has, NULL), 0);
	assert_false(has);
	has = true;
	assert_int_equal(store_has_column(store_of(state), "nothing", "id", &has, NULL), 0);
	assert_false(has);
}

/* The statement must fail with that message. */
static void assert_fails(struct store *store, const char *sql, const char *code, int rc)
{
	struct error err = {0};

	assert_int_equal(store_run(store, sql, &err), rc);
	assert_string_equal(error_message_code(&err), code);
	assert_string_not_equal(err.detail, "");
	assert_int_equal(store_run(store, sql, NULL), rc);
}

static void a_full_disk_says_so(void **state)
{
	struct store *store = store_of(state);

	store_must_run(store, "CREATE TABLE t (a BLOB)");
	assert_int_equal(disk_set_full(store, "t", true, NULL), 0);
	assert_fails(store, "INSERT INTO t VALUES (zeroblob(1000000))", "DISK-FULL-01", ERR_IO);
	assert_int_equal(disk_set_full(store, "t", false, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM t"), 0);
}

static void what_another_holds_is_busy(void **state)
{
	struct small_register *place = *state;
	autoptr(store_close) struct store *other = NULL;
	struct store *store = store_of(state);

	/* What began to read before another's commit cannot write any more, and no wait helps. */
	assert_int_equal(small_register_connect(place, STORE_WRITE, &other, NULL), 0);
	store_must_run(store, "CREATE TABLE t (a); BEGIN");
	assert_int_equal(number_in(store, "SELECT count(*) FROM t"), 0);
	store_must_run(other, "INSERT INTO t VALUES (1)");
	assert_fails(store, "INSERT INTO t VALUES (2)", "SYS-BUSY-01", ERR_BUSY);
	store_must_run(store, "ROLLBACK");
}

static void readers_never_write(void **state)
{
	struct small_register *place = *state;
	autoptr(store_close) struct store *reader = NULL;

	assert_int_equal(small_register_connect(place, STORE_READ, &reader, NULL), 0);
	assert_int_equal(number_in(reader, "SELECT count(*) FROM setting"), 5);
	assert_fails(reader, "DELETE FROM setting", "REG-READONLY-01", ERR_DENIED);
}

static void a_wrong_text_is_our_own_fault(void **state)
{
	struct query *query = NULL;
	struct error err = {0};

	assert_fails(store_of(state), "SELEC 1", "SYS-INTERNAL-01", ERR_INTERNAL);
	assert_int_equal(
		store_query(store_of(state), "SELECT unheard_of", &query, &err), ERR_INTERNAL);
	assert_null(query);
	assert_non_null(strstr(err.detail, "unheard_of"));
}

static void overwrite(const char *path, off_t at, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static void damage_says_so(void **state)
{
	struct small_register *place = *state;
	autoptr(store_close) struct store *reader = NULL;
	struct store *closed = NULL;
	char nonsense[16384];
	struct error err = {0};

	memset(nonsense, 0x5A, sizeof nonsense);
	assert_int_equal(store_check(store_of(state), &err), 0);
	register_close(&place->opened); /* now all of it is in the one file */
	overwrite(place->database.data, 8192, nonsense, sizeof nonsense);
	assert_int_equal(small_register_connect(place, STORE_READ, &reader, &err), 0);
	assert_int_equal(store_check(reader, &err), ERR_IO);
	assert_string_equal(error_message_code(&err), "REG-DAMAGED-01");
	overwrite(place->database.data, 0, nonsense, 100);
	assert_int_equal(small_register_connect(place, STORE_READ, &closed, &err), ERR_IO);
	assert_string_equal(error_message_code(&err), "REG-DAMAGED-01");
	assert_int_equal(small_register_connect(place, STORE_READ, &closed, NULL), ERR_IO);
	assert_null(closed);
}

static void what_is_not_there_is_not_made(void **state)
{
	struct small_register *place = *state;
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);
	struct store *store = NULL;
	struct error err = {0};

	file_join(&path, place->folder.data, "nothing.sqlite");
	assert_int_equal(store_open(path.data, STORE_WRITE, &store, &err), ERR_DENIED);
	assert_string_equal(error_message_code(&err), "REG-READONLY-01");
	assert_false(file_exists(path.data));
	assert_int_equal(store_create(small_where(place), &store, &err), ERR_CANNOT_CREATE);
	assert_string_equal(error_message_code(&err), "REG-EXISTS-01");
	assert_null(store);
	store_close(NULL);
}

struct interrupter {
	struct store *store;
	atomic_bool done;
};

static void *interrupt(void *context)
{
	struct interrupter *interrupter = context;

	while (!atomic_load(&interrupter->done)) {
		store_interrupt(interrupter->store);
		usleep(1000);
	}
	return NULL;
}

static void can_be_stopped_from_outside(void **state)
{
	static const char endless[] =
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
		" SELECT count(*) FROM n";
	struct interrupter interrupter = {.store = store_of(state)};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, interrupt, &interrupter), 0);
	assert_fails(interrupter.store, endless, "SYS-CANCEL-01", ERR_CANCELLED);
	atomic_store(&interrupter.done, true);
	pthread_join(thread, NULL);
	assert_int_equal(number_in(interrupter.store, "SELECT 1"), 1);
}

static void geometries_come_back(void **state)
{
	autoptr(query_done) struct query *query = query_of(
		store_of(state), on_postgres() ? "SELECT $g::geometry, 'x'" : "SELECT $g, 'x'");
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(1000);
	struct feature feature = {0};
	struct wkb found;
	struct box box;

	small_square(&wkb, 600000, 1200000, 25, &feature);
	query_bind_wkb(query, "g", feature.wkb, &feature.box, SMALL_EPSG);
	assert_int_equal(query_step(query, NULL), 1);
	assert_true(query_wkb(query, 0, &found, &box));
	assert_int_equal(found.len, wkb.len);
	assert_memory_equal(found.bytes, wkb.data, wkb.len);
	assert_memory_equal(&box, &feature.box, sizeof box);
	assert_false(query_wkb(query, 1, &found, &box));
	assert_int_equal(query_check_row(query, NULL), 0);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(binds_by_name),
		in_register(every_type_comes_back),
		in_register(nothing_is_null),
		in_register(one_text_is_prepared_once),
		in_register(more_texts_than_places_work_too),
		in_register(transactions_end_as_they_should),
		in_register(what_is_asked_ahead_comes_in_any_order),
		in_register(what_is_asked_ahead_may_fail),
		in_register(what_was_touched_is_asked_anew),
		in_register(columns_are_known),
		in_register(a_full_disk_says_so),
		in_register(readers_never_write),
		in_register(a_wrong_text_is_our_own_fault),
		in_register(what_is_not_there_is_not_made),
		in_register(can_be_stopped_from_outside),
		in_register(geometries_come_back),
	};

	const struct CMUnitTest of_sqlite[] = {
		in_register(what_another_holds_is_busy),
		in_register(damage_says_so),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (!on_postgres())
		failed += cmocka_run_group_tests(of_sqlite, NULL, NULL);
	return failed;
}
