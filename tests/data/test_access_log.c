#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/messages.h"
#include "base/text.h"
#include "data/access_log.h"
#include "tests/data/people.h"
#include "tests/random.h"

static const struct access a_read = {
	.at_us = SMALL_NOW_US, .account_id = 2, .person_id = 3, .purpose = "item"};

struct seen {
	int64_t ids[100];
	struct access last;
	char purpose[ACCESS_PURPOSE_MAX_BYTES + 1];
	char layer[ACCESS_LAYER_MAX_BYTES + 1];
	int count, stop_at;
};

static int see(void *context, int64_t id, const struct access *access, struct error *err)
{
	struct seen *seen = context;

	seen->ids[seen->count++] = id;
	seen->last = *access;
	snprintf(seen->purpose, sizeof seen->purpose, "%s", access->purpose);
	snprintf(seen->layer, sizeof seen->layer, "%s", access->layer ? access->layer : "(none)");
	return seen->count == seen->stop_at ? fail_cancelled(err) : 0;
}

static void what_is_noted_is_written(void **state)
{
	autoptr(access_log_free) struct access_log *log = NULL;
	const struct access of_record = {.at_us = SMALL_NOW_US + 1,
		.account_id = 4,
		.layer = "plot",
		.record_id = 77,
		.purpose = "xác minh hồ sơ 12"};
	const struct access_search all = {.most = 10};
	struct store *store = people_store(state);
	struct seen seen = {0};

	assert_int_equal(access_log_new(10, &log, NULL), 0);
	assert_int_equal(access_flush(log, store, NULL), 0);
	assert_int_equal(access_note(log, &a_read, NULL), 0);
	assert_int_equal(access_note(log, &of_record, NULL), 0);
	assert_int_equal(access_waiting(log), 2);
	assert_int_equal(access_flush(log, store, NULL), 0);
	assert_int_equal(access_waiting(log), 0);
	assert_int_equal(access_list(store, &all, see, &seen, NULL), 0);
	assert_int_equal(seen.count, 2);
	assert_true(seen.ids[0] == 2 && seen.ids[1] == 1);
	assert_true(seen.last.at_us == SMALL_NOW_US);
	assert_true(seen.last.account_id == 2);
	assert_true(seen.last.person_id == 3);
	assert_true(seen.last.record_id == 0);
	assert_string_equal(seen.layer, "(none)");
	assert_string_equal(seen.purpose, "item");
	seen = (struct seen){.stop_at = 1};
	assert_int_equal(access_list(store, &all, see, &seen, NULL), ERR_CANCELLED);
	assert_true(seen.last.person_id == 0);
	assert_true(seen.last.record_id == 77);
	assert_string_equal(seen.layer, "plot");
	assert_string_equal(seen.purpose, "xác minh hồ sơ 12");
}

static void a_list_is_noted_once_an_hour(void **state)
{
	autoptr(access_log_free) struct access_log *log = NULL;
	struct access access = a_read;
	struct error err = {0};

	(void)state;
	assert_int_equal(access_log_new(5, &log, NULL), 0);
	for (int i = 0; i < 3; i++, access.at_us += MINUTE_US)
		assert_int_equal(access_note_hourly(log, &access, NULL), 0);
	assert_int_equal(access_waiting(log), 1);
	access.person_id++;
	assert_int_equal(access_note_hourly(log, &access, NULL), 0);
	access.purpose = "queue";
	assert_int_equal(access_note_hourly(log, &access, NULL), 0);
	access.account_id++;
	assert_int_equal(access_note_hourly(log, &access, NULL), 0);
	assert_int_equal(access_waiting(log), 4);
	access.at_us += HOUR_US;
	assert_int_equal(access_note_hourly(log, &access, NULL), 0);
	assert_int_equal(access_waiting(log), 5);
	/* A read that was not noted is not remembered either. */
	access.at_us += HOUR_US;
	assert_refused(access_note_hourly(log, &access, &err), ERR_BUSY, "LOG-FULL-01");
	assert_refused(access_note_hourly(log, &access, &err), ERR_BUSY, "LOG-FULL-01");
}

static void a_full_log_refuses_the_read(void **state)
{
	autoptr(access_log_free) struct access_log *log = NULL, *none = NULL;
	struct store *store = people_store(state);
	struct error err = {0};

	assert_int_equal(access_log_new(3, &log, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(access_note(log, &a_read, &err), 0);
	assert_refused(access_note(log, &a_read, &err), ERR_BUSY, "LOG-FULL-01");
	assert_int_equal(access_waiting(log), 3);
	assert_int_equal(access_flush(log, store, NULL), 0);
	assert_int_equal(access_note(log, &a_read, &err), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM access_log"), 3);
	assert_int_equal(access_log_new(0, &none, NULL), 0);
	assert_int_equal(access_note(none, &a_read, NULL), ERR_BUSY);
	assert_int_equal(access_flush(none, store, NULL), 0);
	access_log_free(NULL);
}

/* Until the commit nothing is forgotten. */
static void a_write_that_fails_is_written_again(void **state)
{
	autoptr(access_log_free) struct access_log *log = NULL;
	struct store *store = people_store(state);
	struct transaction transaction = {0};
	size_t count = 0;

	assert_int_equal(access_log_new(4, &log, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(access_note(log, &a_read, NULL), 0);
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	assert_int_equal(access_write(log, store, &count, NULL), 0);
	assert_int_equal(count, 3);
	/* One more while the others are on their way. */
	assert_int_equal(access_note(log, &a_read, NULL), 0);
	assert_int_equal(access_note(log, &a_read, NULL), ERR_BUSY);
	transaction_end(&transaction);
	assert_int_equal(access_waiting(log), 4);
	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	assert_int_equal(access_write(log, store, &count, NULL), 0);
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	access_written(log, count);
	assert_int_equal(access_waiting(log), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM access_log"), 4);
	store_must_run(store, "DROP TABLE access_log");
	assert_int_equal(access_note(log, &a_read, NULL), 0);
	assert_int_equal(access_flush(log, store, NULL), ERR_INTERNAL);
	assert_int_equal(access_waiting(log), 1);
}

static void long_texts_are_cut_at_a_character(void **state)
{
	autoptr(access_log_free) struct access_log *log = NULL;
	struct store *store = people_store(state);
	struct access access = a_read;
	const struct access_search all = {.most = 1};
	struct seen seen = {0};
	char purpose[400] = "a", layer[400];

	for (size_t i = 1; i + 3 < sizeof purpose; i += 3)
		memcpy(purpose + i, "ệ", 4);
	memset(layer, 'l', sizeof layer - 1);
	layer[sizeof layer - 1] = '\0';
	access.purpose = purpose;
	access.layer = layer;
	assert_int_equal(access_log_new(1, &log, NULL), 0);
	assert_int_equal(access_note(log, &access, NULL), 0);
	assert_int_equal(access_flush(log, store, NULL), 0);
	assert_int_equal(access_list(store, &all, see, &seen, NULL), 0);
	assert_int_equal(strlen(seen.purpose), 118);
	assert_true(text_is_utf8(seen.purpose, strlen(seen.purpose)));
	assert_int_equal(strlen(seen.layer), ACCESS_LAYER_MAX_BYTES);
}

static void the_list_goes_back_by_pages_and_by_person(void **state)
{
	autoptr(access_log_free) struct access_log *log = NULL;
	struct access_search search = {.most = 30};
	struct store *store = people_store(state);
	struct seen seen = {0};

	assert_int_equal(access_log_new(100, &log, NULL), 0);
	for (int i = 1; i <= 50; i++) {
		struct access access = a_read;

		access.person_id = i % 5;
		assert_int_equal(access_note(log, &access, NULL), 0);
	}
	assert_int_equal(access_flush(log, store, NULL), 0);
	assert_int_equal(access_list(store, &search, see, &seen, NULL), 0);
	search.before = seen.ids[seen.count - 1];
	assert_int_equal(access_list(store, &search, see, &seen, NULL), 0);
	assert_int_equal(seen.count, 50);
	for (int i = 0; i < 50; i++)
		assert_int_equal(seen.ids[i], 50 - i);
	seen = (struct seen){0};
	search = (struct access_search){.person_id = 3, .most = 4};
	assert_int_equal(access_list(store, &search, see, &seen, NULL), 0);
	assert_int_equal(seen.count, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(seen.ids[i], 48 - 5 * i);
	search.before = 4;
	assert_int_equal(access_list(store, &search, see, &seen, NULL), 0);
	assert_int_equal(seen.count, 5);
	search.before = 3;
	assert_int_equal(access_list(store, &search, see, &seen, NULL), 0);
	assert_int_equal(seen.count, 5);
}

struct reader {
	struct access_log *log;
	int64_t account_id;
	atomic_int *noted;
};

static void *read_much(void *context)
{
	struct reader *reader = context;

	for (int i = 0; i < 2000; i++) {
		struct access access = a_read;

		access.account_id = reader->account_id;
		access.record_id = i + 1;
		if (!access_note(reader->log, &access, NULL))
			atomic_fetch_add(reader->noted, 1);
	}
	return NULL;
}

/* Readers note while one thread writes: what was not refused is there once, in each one's order. */
static void nothing_is_lost_or_written_twice(void **state)
{
	enum { READERS = 4 };
	autoptr(access_log_free) struct access_log *log = NULL;
	struct store *store = people_store(state);
	struct reader readers[READERS];
	pthread_t threads[READERS];
	atomic_int noted = 0;

	assert_int_equal(access_log_new(64, &log, NULL), 0);
	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){log, i + 1, &noted};
		assert_int_equal(pthread_create(&threads[i], NULL, read_much, &readers[i]), 0);
	}
	for (int i = 0; i < 20; i++)
		assert_int_equal(access_flush(log, store, NULL), 0);
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(access_flush(log, store, NULL), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM access_log"), atomic_load(&noted));
	assert_int_equal(number_in(store, "SELECT count(*) FROM (SELECT DISTINCT account_id,"
					  " record_id FROM access_log) AS pairs"),
		atomic_load(&noted));
	assert_int_equal(
		number_in(store, "SELECT count(*) FROM access_log AS a JOIN access_log AS b"
				 " ON a.account_id = b.account_id AND a.id < b.id"
				 " AND a.record_id > b.record_id"),
		0);
	assert_int_equal(number_in(store, "SELECT max(id) FROM access_log"), atomic_load(&noted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(what_is_noted_is_written),
		in_register(a_list_is_noted_once_an_hour),
		in_register(a_full_log_refuses_the_read),
		in_register(a_write_that_fails_is_written_again),
		in_register(long_texts_are_cut_at_a_character),
		in_register(the_list_goes_back_by_pages_and_by_person),
		in_register(nothing_is_lost_or_written_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
