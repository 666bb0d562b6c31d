#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/messages.h"
#include "data/writer.h"
#include "tests/data/small_register.h"

static const struct change_author author = {"Nguyễn Thị A", "đo lại", SMALL_NOW_US};
static const struct box nowhere = {1, 1, -1, -1};

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

/* A set of changes of the layer "plot", inside the transaction of the caller. */
static int add_changes(struct store *store, int count, struct error *err)
{
	struct change_set changes;
	int rc = change_begin(store, &author, &changes, err);

	for (int i = 0; !rc && i < count; i++)
		rc = change_add(&changes, &small_layers.layers[SMALL_PLOT],
			&(struct change){.feature_id = i + 1, .version = 1, .box = nowhere}, err);
	return rc ? rc : change_end(&changes, err);
}

static void commit_changes(struct store *store, int count, bool keep)
{
	autofree(transaction_end) struct transaction transaction = {0};

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	assert_int_equal(add_changes(store, count, NULL), 0);
	if (keep)
		assert_int_equal(transaction_commit(&transaction, NULL), 0);
}

/* No gap in the numbers, and every change in the one link that spans its number. */
static void assert_whole(struct store *store, int64_t changes, int64_t links)
{
	int64_t last = 77;

	assert_int_equal(number_in(store, "SELECT count(*) FROM change"), changes);
	assert_int_equal(number_in(store, "SELECT coalesce(max(seq), 0) FROM change"), changes);
	assert_int_equal(number_in(store, "SELECT count(*) FROM change_link"), links);
	assert_int_equal(number_in(store, "SELECT coalesce(max(link), 0) FROM change_link"), links);
	assert_int_equal(number_in(store, "SELECT count(*) FROM change c JOIN change_link l"
					  " ON c.link = l.link"
					  " AND c.seq BETWEEN l.first_seq AND l.last_seq"),
		changes);
	assert_int_equal(
		number_in(store,
			"SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM change_link"),
		changes);
	assert_int_equal(change_last_seq(store, &last, NULL), 0);
	assert_int_equal(last, changes);
}

static void a_transaction_is_one_link(void **state)
{
	struct store *store = store_of(state);

	assert_whole(store, 0, 0);
	commit_changes(store, 3, true);
	assert_whole(store, 3, 1);
	commit_changes(store, 0, true); /* nothing happened: no link */
	assert_whole(store, 3, 1);
	commit_changes(store, 1000, true);
	assert_whole(store, 1003, 2);
}

static void what_was_undone_leaves_no_gap(void **state)
{
	struct store *store = store_of(state);

	commit_changes(store, 2, true);
	commit_changes(store, 5, false);
	assert_whole(store, 2, 1);
	commit_changes(store, 1, true);
	assert_whole(store, 3, 2);
}

static void says_who_what_where_and_why(void **state)
{
	static const struct change changes[] = {
		{.feature_id = 7, .version = 1, .action = CHANGE_CREATE, .box = {1, 2, 3, 4}},
		{.feature_id = 7, .version = 2, .action = CHANGE_UPDATE, .box = {0, 2, 3, 5}},
		{.feature_id = 7, .version = 3, .action = CHANGE_DELETE, .box = {1, 1, -1, -1}},
	};
	static const char *const actions[] = {"create", "update", "delete"};
	struct store *store = store_of(state);
	autoptr(query_done) struct query *query = NULL;
	struct change_set set;

	assert_int_equal(change_begin(store, &author, &set, NULL), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
			change_add(&set, &small_layers.layers[SMALL_ROAD], &changes[i], NULL), 0);
	assert_int_equal(change_end(&set, NULL), 0);
	assert_int_equal(store_query(store,
				 "SELECT layer, action, seq, feature_id, version, min_x, min_y,"
				 " max_x, max_y FROM change ORDER BY seq",
				 &query, NULL),
		0);
	for (int i = 0; i < 3; i++) {
		const struct box *box = &changes[i].box;

		assert_int_equal(query_step(query, NULL), 1);
		assert_string_equal(query_text(query, 0, NULL), "road");
		assert_string_equal(query_text(query, 1, NULL), actions[i]);
		assert_int_equal(query_int(query, 2), i + 1);
		assert_int_equal(query_int(query, 3), 7);
		assert_int_equal(query_int(query, 4), i + 1);
		for (int side = 5; side < 9; side++)
			assert_true(query_is_null(query, side) == (i == 2));
		assert_true(i == 2 ||
			(query_real(query, 5) == box->min_x && query_real(query, 6) == box->min_y &&
				query_real(query, 7) == box->max_x &&
				query_real(query, 8) == box->max_y));
	}
	assert_int_equal(query_step(query, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM change_link WHERE actor ="
					  " 'Nguyễn Thị A' AND reason = 'đo lại' AND"
					  " recorded_at = 1795221296789012"),
		1);
}

static void two_sets_at_once_are_refused(void **state)
{
	const struct change change = {.feature_id = 1, .version = 1, .box = nowhere};
	const struct layer *layer = &small_layers.layers[SMALL_PLOT];
	struct store *store = store_of(state);
	struct change_set one, other;

	assert_int_equal(change_begin(store, &author, &one, NULL), 0);
	assert_int_equal(change_begin(store, &author, &other, NULL), 0);
	assert_int_equal(change_add(&one, layer, &change, NULL), 0);
	assert_int_equal(change_add(&other, layer, &change, NULL), ERR_INTERNAL);
}

/* Each piece is a link of as many changes as its number; every fifth is undone behind them. */
static int add_or_fail(struct store *store, void *context, struct error *err)
{
	int piece = *(const int *)context;
	int rc = add_changes(store, piece % 9 + 1, err);

	return rc || piece % 5 ? rc : fail_cancelled(err);
}

enum { THREADS = 4, PIECES = 100 };

struct client {
	struct writer *writer;
	int64_t changes, links;
};

static void *write_changes(void *context)
{
	struct client *client = context;

	for (int piece = 0; piece < PIECES; piece++)
		if (!writer_run(client->writer, add_or_fail, &piece, NULL)) {
			client->changes += piece % 9 + 1;
			client->links++;
		}
	return NULL;
}

static void many_writers_make_one_sequence(void **state)
{
	struct store *store = store_of(state);
	autoptr(writer_free) struct writer *writer = NULL;
	struct client clients[THREADS] = {0};
	pthread_t threads[THREADS];
	int64_t changes = 0, links = 0;

	assert_int_equal(writer_new(store, NULL, NULL, &writer, NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		clients[i].writer = writer;
		assert_int_equal(pthread_create(&threads[i], NULL, write_changes, &clients[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		changes += clients[i].changes;
		links += clients[i].links;
	}
	assert_int_equal(links, THREADS * PIECES * 4 / 5);
	assert_whole(store, changes, links);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_transaction_is_one_link),
		in_register(what_was_undone_leaves_no_gap),
		in_register(says_who_what_where_and_why),
		in_register(two_sets_at_once_are_refused),
		in_register(many_writers_make_one_sequence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
