#include "tests/test.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/messages.h"
#include "data/writer.h"
#include "tests/data/small_register.h"

enum { THREADS = 8, PIECES = 500, ROUNDS_MAX = 200 };

/* Work of one kind for one thread, and how it ended. cmocka belongs to the first thread alone. */
struct client {
	struct writer *writer;
	writer_work *work;
	int thread, piece, pieces;
	int wrong;	      /* answers that are none of those expected */
	atomic_int *answered; /* pieces that were answered with 0 */
};

static int insert(struct store *store, const struct client *client, int parent, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO done (thread, piece, parent) VALUES ($thread, $piece, $parent)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "thread", client->thread);
	query_bind_int(query, "piece", client->piece);
	query_bind_int(query, "parent", parent);
	return query_run(query, err);
}

static void *run_pieces(void *context)
{
	struct client *client = context;

	for (; client->piece < client->pieces; client->piece++) {
		struct error err = {0};
		int rc = writer_run(
			client->writer, client->work, client, client->piece % 3 ? &err : NULL);

		if (!rc)
			atomic_fetch_add(client->answered, 1);
		if (client->piece % 3 && rc != err.code)
			client->wrong++;
	}
	return NULL;
}

/* Lets THREADS threads do the work; returns how many pieces were answered with 0. */
static int run_threads(struct writer *writer, writer_work *work, int pieces)
{
	struct client clients[THREADS];
	pthread_t threads[THREADS];
	atomic_int answered = 0;

	for (int i = 0; i < THREADS; i++) {
		clients[i] = (struct client){.writer = writer,
			.work = work,
			.thread = i,
			.pieces = pieces,
			.answered = &answered};
		assert_int_equal(pthread_create(&threads[i], NULL, run_pieces, &clients[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(clients[i].wrong, 0);
	}
	return atomic_load(&answered);
}

static int run_sql(struct store *store, const char *sql, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, sql, &query, err);

	return rc ? rc : query_run(query, err);
}

static struct store *prepare(void **state)
{
	struct store *store = ((struct small_register *)*state)->opened.store;

	/* The parent is looked for at the COMMIT, which makes one that fails. */
	store_must_run(store,
		"CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1);"
		"CREATE TABLE done (at INTEGER PRIMARY KEY AUTOINCREMENT, thread INTEGER, piece INTEGER,"
		" parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);"
		"CREATE TABLE large (bytes BLOB)");
	return store;
}

static struct writer *writer_of(struct store *store)
{
	struct writer *writer = NULL;

	assert_int_equal(writer_new(store, NULL, NULL, &writer, NULL), 0);
	return writer;
}

/* Each 7th piece fails behind its insert. */
static int insert_or_fail(struct store *store, void *context, struct error *err)
{
	const struct client *client = context;
	int rc = insert(store, client, 1, err);

	return rc || client->piece % 7 != 3 ? rc : fail_no_such_record(err);
}

static void many_threads_write_in_order(void **state)
{
	enum { FAILING = PIECES / 7 + (PIECES % 7 > 3) };
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);

	assert_int_equal(run_threads(writer, insert_or_fail, PIECES), THREADS * (PIECES - FAILING));
	assert_int_equal(
		number_in(store, "SELECT count(*) FROM done"), THREADS * (PIECES - FAILING));
	assert_int_equal(number_in(store, "SELECT count(*) FROM done WHERE piece % 7 = 3"), 0);
	assert_int_equal(number_in(store, "SELECT count(DISTINCT thread * 1000 + piece) FROM done"),
		THREADS * (PIECES - FAILING));
	/* What a thread handed in first was done first. */
	assert_int_equal(number_in(store, "SELECT count(*) FROM done a JOIN done b"
					  " ON a.thread = b.thread AND a.at < b.at"
					  " AND a.piece >= b.piece"),
		0);
}

/* Each 10th piece says what cannot be kept; in PostgreSQL that may show with the piece behind it. */
static int insert_twins(struct store *store, void *context, struct error *err)
{
	const struct client *client = context;
	int rc = insert(store, client, 1, err);

	if (!rc && client->piece % 10 == 4)
		rc = run_sql(store, "INSERT INTO parent (id) VALUES (1)", err);
	return rc;
}

static void a_statement_that_fails_harms_no_other_piece(void **state)
{
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);

	assert_int_equal(run_threads(writer, insert_twins, 200), THREADS * (200 - 20));
	assert_int_equal(number_in(store, "SELECT count(*) FROM done"), THREADS * (200 - 20));
	assert_int_equal(number_in(store, "SELECT count(*) FROM done WHERE piece % 10 = 4"), 0);
}

static atomic_int runs; /* of the work below */

static int read_and_refuse(struct store *store, void *context, struct error *err)
{
	const struct client *client = context;
	int64_t parents;
	int rc = store_int(store, "SELECT count(*) FROM parent", &parents, err);

	atomic_fetch_add(&runs, 1);
	if (!rc && client->piece % 2)
		return fail_no_such_record(err);
	return rc ? rc : insert(store, client, 1, err);
}

static void a_piece_that_has_not_written_fails_for_itself(void **state)
{
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);

	atomic_store(&runs, 0);
	assert_int_equal(run_threads(writer, read_and_refuse, 100), THREADS * 50);
	assert_int_equal(number_in(store, "SELECT count(*) FROM done"), THREADS * 50);
	assert_int_equal(atomic_load(&runs), THREADS * 100);
}

/* Each 50th piece lacks its parent. */
static int insert_orphans(struct store *store, void *context, struct error *err)
{
	const struct client *client = context;

	return insert(store, client, client->piece % 50 == 7 ? 2 : 1, err);
}

static void a_failing_commit_fails_all_of_its_pieces(void **state)
{
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);
	int answered = run_threads(writer, insert_orphans, 200);

	assert_true(answered <= THREADS * (200 - 4));
	assert_int_equal(number_in(store, "SELECT count(*) FROM done"), answered);
	assert_int_equal(number_in(store, "SELECT count(*) FROM done WHERE parent = 2"), 0);
}

/* Each 20th piece does not fit on the disk; in SQLite that takes the whole transaction with it. */
static int fill_disk(struct store *store, void *context, struct error *err)
{
	const struct client *client = context;
	bool full = client->piece % 20 == 9;
	int rc = disk_set_full(store, "large", full, err);

	if (!rc)
		rc = insert(store, client, 1, err);
	if (!rc && full)
		rc = store_run(store, "INSERT INTO large VALUES (zeroblob(100000))", err);
	return rc;
}

static void a_full_disk_leaves_what_was_answered(void **state)
{
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);
	int answered = run_threads(writer, fill_disk, 100);

	assert_true(answered <= THREADS * (100 - 5));
	assert_int_equal(number_in(store, "SELECT count(*) FROM done"), answered);
	assert_int_equal(number_in(store, "SELECT count(*) FROM done WHERE piece % 20 = 9"), 0);
}

/* A piece that asks ahead how many there are of a kind, which those before it add to. */
struct counting {
	struct writer_piece piece;
	int kind, number;
	int64_t asked, counted;
	sem_t *done;
};

static int open_count(struct store *store, const char *sql, const struct counting *counting,
	struct query **ret, struct error *err)
{
	int rc = store_query(store, sql, ret, err);

	if (!rc) {
		query_bind_int(*ret, "kind", counting->kind);
		query_bind_int(*ret, "number", counting->number);
	}
	return rc;
}

static int count_kind(struct store *store, const char *sql, const struct counting *counting,
	int64_t *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = open_count(store, sql, counting, &query, err);

	if (!rc)
		rc = query_step(query, err);
	if (rc > 0)
		*ret = query_int(query, 0);
	return rc < 0 ? rc : 0;
}

/* Each asks for itself. */
static const char ahead[] = "SELECT count(*) + 0 * $number FROM done WHERE thread = $kind";
static const char again[] = "SELECT count(*) - 0 * $number FROM done WHERE thread = $kind";

static int ask_count(struct store *store, void *context, struct error *err)
{
	const struct counting *counting = context;
	autoptr(query_done) struct query *query = NULL;
	int rc = open_count(store, ahead, counting, &query, err);

	return rc ? rc : query_ask(query, (uint64_t)counting->kind, err);
}

static int count_and_add(struct store *store, void *context, struct error *err)
{
	struct counting *counting = context;
	const struct client client = {.thread = counting->kind};
	int rc = count_kind(store, ahead, counting, &counting->asked, err);

	if (!rc)
		rc = count_kind(store, again, counting, &counting->counted, err);
	if (!rc)
		rc = insert(store, &client, 1, err);
	store_touched(store, (uint64_t)counting->kind);
	return rc;
}

static void tell_counted(struct writer_piece *piece)
{
	sem_post(((struct counting *)piece->owner)->done);
}

static void what_is_asked_ahead_is_what_holds(void **state)
{
	enum { COUNTED = 300, KINDS = 4 };
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);
	static struct counting pieces[COUNTED];
	sem_t done;

	sem_init(&done, 0, 0);
	for (int i = 0; i < COUNTED; i++) {
		pieces[i] = (struct counting){.kind = 1 + i * 7 % 11 % KINDS, .number = i, .done = &done};
		pieces[i].piece = (struct writer_piece){.ask = ask_count,
			.work = count_and_add,
			.context = &pieces[i],
			.done = tell_counted,
			.owner = &pieces[i]};
		assert_true(writer_submit(writer, &pieces[i].piece));
	}
	for (int i = 0; i < COUNTED; i++)
		sem_wait(&done);
	for (int i = 0; i < COUNTED; i++) {
		assert_int_equal(pieces[i].piece.rc, 0);
		assert_int_equal(pieces[i].asked, pieces[i].counted);
	}
	assert_int_equal(number_in(store, "SELECT count(*) FROM done"), COUNTED);
	sem_destroy(&done);
}

/* How many pieces of this transaction nobody else sees yet. */
struct onlooker {
	struct store *reader;
	int most;
};

static struct onlooker *onlooker; /* of the test below; used on the writer's thread alone */

static int insert_and_compare(struct store *store, void *context, struct error *err)
{
	static const char sql[] = "SELECT count(*) FROM done";
	struct store *const stores[] = {store, onlooker->reader};
	int64_t counts[2] = {0};
	int rc = insert(store, context, 1, err);

	for (size_t i = 0; !rc && i < 2; i++) {
		autoptr(query_done) struct query *query = NULL;

		rc = store_query(stores[i], sql, &query, err);
		if (!rc && query_step(query, err) == 1)
			counts[i] = query_int(query, 0);
	}
	if (counts[0] - counts[1] > onlooker->most)
		onlooker->most = (int)(counts[0] - counts[1]);
	return rc;
}

static void pieces_that_wait_share_a_commit(void **state)
{
	struct small_register *place = *state;
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);
	struct onlooker looking = {0};

	assert_int_equal(small_register_connect(place, STORE_READ, &looking.reader, NULL), 0);
	onlooker = &looking;
	/* Who meets whom is chance: on till it was seen. */
	for (int round = 0; looking.most < 2 && round < ROUNDS_MAX; round++)
		assert_int_equal(run_threads(writer, insert_and_compare, 20), THREADS * 20);
	assert_true(looking.most >= 2);
	onlooker = NULL;
	store_close(looking.reader);
}

static void an_answer_is_durable(void **state)
{
	struct small_register *place = *state;
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);
	autoptr(store_close) struct store *reader = NULL;
	struct client client = {.thread = 1};

	assert_int_equal(small_register_connect(place, STORE_READ, &reader, NULL), 0);
	for (; client.piece < 20; client.piece++) {
		assert_int_equal(writer_run(writer, insert_or_fail, &client, NULL),
			client.piece % 7 == 3 ? ERR_NOT_FOUND : 0);
		assert_int_equal(number_in(reader, "SELECT count(*) FROM done WHERE piece ="
						   " (SELECT max(piece) FROM done)"),
			1);
	}
}

/* The transaction cannot begin: every piece is told why. */
static void a_transaction_that_cannot_begin(void **state)
{
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);
	struct client client = {0};
	struct error err = {0};

	store_must_run(store, "BEGIN");
	assert_int_equal(writer_run(writer, insert_or_fail, &client, &err), ERR_INTERNAL);
	assert_string_equal(error_message_code(&err), "SYS-INTERNAL-01");
	store_must_run(store, "ROLLBACK");
	assert_int_equal(writer_run(writer, insert_or_fail, &client, &err), 0);
}

static int insert_never(struct store *store, void *context, struct error *err)
{
	(void)store;
	(void)context;
	(void)err;
	abort();
}

/* Something long, and what became of it. */
static int write_long(struct store *store, void *context, struct error *err)
{
	(void)store;
	(void)err;
	atomic_store((atomic_int *)context, 1);
	usleep(1500000);
	return 0;
}

static int write_nothing(struct store *store, void *context, struct error *err)
{
	(void)store;
	(void)context;
	(void)err;
	return 0;
}

struct long_writing {
	struct writer *writer;
	atomic_int begun;
};

static void *run_long(void *context)
{
	struct long_writing *writing = context;

	writer_run_apart(writing->writer, write_long, &writing->begun, NULL);
	return NULL;
}

static void note_done(struct writer_piece *piece)
{
	atomic_store((atomic_int *)piece->owner, 1);
}

static void who_has_no_patience_is_told_in_time(void **state)
{
	struct store *store = prepare(state);
	autoptr(writer_free) struct writer *writer = writer_of(store);
	struct long_writing writing = {.writer = writer};
	atomic_int done = 0;
	struct writer_piece piece = {.work = insert_never, .done = note_done, .owner = &done,
		.patience_ms = 100};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run_long, &writing), 0);
	while (!atomic_load(&writing.begun))
		usleep(1000);
	assert_true(writer_submit(writer, &piece));
	while (!atomic_load(&done))
		usleep(1000);
	assert_int_equal(piece.rc, ERR_UNAVAILABLE);
	assert_string_equal(error_message_code(&piece.err), "SYS-BUSY-02");
	/* Who waits as long as it takes has its turn. */
	assert_int_equal(writer_run(writer, write_nothing, NULL, NULL), 0);
	pthread_join(thread, NULL);
	/* And with patience, when nothing long is in the way. */
	atomic_store(&done, 0);
	piece.work = write_nothing;
	piece.err = (struct error){0};
	assert_true(writer_submit(writer, &piece));
	while (!atomic_load(&done))
		usleep(1000);
	assert_int_equal(piece.rc, 0);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(many_threads_write_in_order),
		in_register(a_statement_that_fails_harms_no_other_piece),
		in_register(a_piece_that_has_not_written_fails_for_itself),
		in_register(a_failing_commit_fails_all_of_its_pieces),
		in_register(a_full_disk_leaves_what_was_answered),
		in_register(what_is_asked_ahead_is_what_holds),
		in_register(pieces_that_wait_share_a_commit),
		in_register(an_answer_is_durable),
		in_register(a_transaction_that_cannot_begin),
		in_register(who_has_no_patience_is_told_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
