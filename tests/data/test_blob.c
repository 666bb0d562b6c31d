#include "tests/test.h"

#include "base/file.h"
#include "base/messages.h"
#include "data/blob.h"
#include "tests/data/small_register.h"
#include "tests/random.h"

enum { LARGE = 3 * BLOB_CHUNK_BYTES + 4711, COPY_MAX = 1 << 26 };

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

/* Bytes that look like nothing else; the caller frees them with test_free. */
static unsigned char *make_bytes(size_t len, uint64_t seed)
{
	unsigned char *bytes = test_malloc(len + 1);
	struct random random = {seed};

	for (size_t i = 0; i < len; i++)
		bytes[i] = (unsigned char)random_bits(&random);
	return bytes;
}

static struct digest_text put(struct store *store, const void *bytes, size_t len)
{
	struct digest_text sha256 = {""};
	struct error err = {0};

	if (blob_put(store, "application/pdf", bytes, len, SMALL_NOW_US, &sha256, &err))
		fail_msg("%s", err.detail);
	return sha256;
}

struct gathering {
	struct strbuf bytes;
	size_t largest;
};

static int gather(void *context, const void *bytes, size_t len, struct error *err)
{
	struct gathering *gathering = context;

	(void)err;
	strbuf_add(&gathering->bytes, bytes, len);
	if (len > gathering->largest)
		gathering->largest = len;
	return 0;
}

static void must_read(
	struct store *store, const char *sha256, const unsigned char *bytes, size_t len)
{
	struct gathering found = {STRBUF(1 << 25), 0};
	struct error err = {0};

	if (blob_read(store, sha256, gather, &found, &err))
		fail_msg("%s", err.detail);
	assert_int_equal(found.bytes.len, len);
	assert_memory_equal(found.bytes.data, bytes, len);
	assert_true(found.largest <= BLOB_CHUNK_BYTES);
	assert_int_equal(blob_verify(store, sha256, &err), 0);
	strbuf_clear(&found.bytes);
}

static void bytes_come_back(void **state)
{
	static const size_t sizes[] = {0, 1, 100, BLOB_CHUNK_BYTES - 1, BLOB_CHUNK_BYTES,
		BLOB_CHUNK_BYTES + 1, 2 * BLOB_CHUNK_BYTES, LARGE};
	struct store *store = store_of(state);

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned char *bytes = make_bytes(sizes[i], i);
		struct digest digest = digest_of(bytes, sizes[i]);
		struct digest_text sha256 = put(store, bytes, sizes[i]);
		struct blob blob;

		assert_string_equal(sha256.text, digest_print(&digest).text);
		must_read(store, sha256.text, bytes, sizes[i]);
		assert_int_equal(blob_find(store, sha256.text, &blob, NULL), 0);
		assert_int_equal(blob.size, sizes[i]);
		assert_string_equal(blob.type, "application/pdf");
		assert_string_equal(blob.sha256.text, sha256.text);
		assert_true(blob.created_at_us == SMALL_NOW_US && !blob.destroyed_at_us);
		test_free(bytes);
	}
	assert_int_equal(
		number_in(store, "SELECT max(length(bytes)) FROM blob_chunk"), BLOB_CHUNK_BYTES);
	assert_int_equal(number_in(store, "SELECT min(length(bytes)) FROM blob_chunk"), 1);
}

static void pieces_of_any_size_are_the_same(void **state)
{
	unsigned char *bytes = make_bytes(LARGE, 99);
	struct random random = random_start(31);
	struct store *store = store_of(state);

	for (int round = 0; round < 12; round++) {
		autofree(blob_writer_clear) struct blob_writer writer = BLOB_WRITER;
		size_t most = round % 3 ? LARGE : 5000, at = 0, len = LARGE - (size_t)round;
		struct digest digest = digest_of(bytes, len);
		struct digest_text sha256;

		assert_int_equal(blob_begin(store, "image/png", SMALL_NOW_US, &writer, NULL), 0);
		while (at < len) {
			size_t piece = random_below(&random, most);

			if (piece > len - at)
				piece = len - at;
			assert_int_equal(blob_add(&writer, bytes + at, piece, NULL), 0);
			at += piece;
		}
		assert_int_equal(blob_end(&writer, &sha256, NULL), 0);
		assert_string_equal(sha256.text, digest_print(&digest).text);
		must_read(store, sha256.text, bytes, len);
	}
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob"), 12);
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob_chunk"), 4 * 12);
	test_free(bytes);
}

static void the_same_bytes_are_kept_once(void **state)
{
	autofree(blob_writer_clear) struct blob_writer one = BLOB_WRITER, other = BLOB_WRITER;
	unsigned char *bytes = make_bytes(LARGE, 5);
	struct store *store = store_of(state);
	struct digest_text first = put(store, bytes, LARGE), again;
	struct blob blob;

	assert_int_equal(
		blob_put(store, "text/plain", bytes, LARGE, SMALL_NOW_US + 9, &again, NULL), 0);
	assert_string_equal(first.text, again.text);
	/* Two streams side by side, of the same bytes. */
	assert_int_equal(blob_begin(store, "a/b", 1, &one, NULL), 0);
	assert_int_equal(blob_begin(store, "a/b", 1, &other, NULL), 0);
	assert_int_equal(blob_add(&one, bytes, LARGE, NULL), 0);
	assert_int_equal(blob_add(&other, bytes, LARGE, NULL), 0);
	assert_int_equal(blob_end(&other, &again, NULL), 0);
	assert_string_equal(first.text, again.text);
	assert_int_equal(blob_end(&one, &again, NULL), 0);
	assert_string_equal(first.text, again.text);
	assert_int_equal(blob_find(store, first.text, &blob, NULL), 0);
	assert_string_equal(blob.type, "application/pdf");
	assert_true(blob.created_at_us == SMALL_NOW_US);
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob"), 1);
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob_chunk"), 4);
	must_read(store, first.text, bytes, LARGE);
	test_free(bytes);
}

static void what_is_destroyed_leaves_its_hash(void **state)
{
	unsigned char *bytes = make_bytes(LARGE, 6);
	struct store *store = store_of(state);
	struct digest_text sha256 = put(store, bytes, LARGE), kept = put(store, bytes, 1000);
	autofree(strbuf_clear) struct strbuf chunk = STRBUF(BLOB_CHUNK_BYTES);
	struct error err = {0};
	struct blob blob;

	assert_int_equal(blob_destroy(store, sha256.text, SMALL_NOW_US + 1, &err), 0);
	assert_int_equal(blob_destroy(store, sha256.text, SMALL_NOW_US + 2, &err), 0);
	assert_int_equal(blob_find(store, sha256.text, &blob, &err), 0);
	assert_true(blob.size == LARGE && blob.destroyed_at_us == SMALL_NOW_US + 1);
	assert_int_equal(blob_read_chunk(store, sha256.text, 0, &chunk, &err), ERR_NOT_FOUND);
	assert_string_equal(error_message_code(&err), "BLOB-GONE-01");
	assert_int_equal(blob_verify(store, sha256.text, &err), 0);
	must_read(store, kept.text, bytes, 1000);
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob_chunk"), 1);
	/* Somebody brings the paper along again. */
	assert_string_equal(put(store, bytes, LARGE).text, sha256.text);
	assert_int_equal(blob_find(store, sha256.text, &blob, &err), 0);
	assert_true(blob.created_at_us == SMALL_NOW_US && !blob.destroyed_at_us);
	must_read(store, sha256.text, bytes, LARGE);
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob"), 2);
	test_free(bytes);
}

static bool file_has(const char *path, const char *words)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(COPY_MAX);

	if (!file_exists(path))
		return false;
	assert_int_equal(file_read(path, &bytes, NULL), 0);
	return memmem(bytes.data, bytes.len, words, strlen(words)) != NULL;
}

/* PostgreSQL takes them out of its files by and by (autovacuum); here no waiting for that. */
static void destroyed_bytes_leave_the_table(void **state)
{
	static const char there[] = "SELECT pg_total_relation_size('blob_chunk') > 500000";
	unsigned char *bytes = make_bytes(1000000, 7);
	struct store *store = store_of(state);
	struct digest_text sha256 = put(store, bytes, 1000000);

	assert_int_equal(number_in(store, there), 1);
	assert_int_equal(blob_destroy(store, sha256.text, SMALL_NOW_US, NULL), 0);
	store_must_run(store, "VACUUM blob_chunk");
	assert_int_equal(number_in(store, there), 0);
	test_free(bytes);
}

static void destroyed_bytes_are_not_in_the_files(void **state)
{
	static const char words[] = "the secret of the file";
	struct small_register *place = *state;
	autofree(strbuf_clear) struct strbuf log = STRBUF(1000);
	unsigned char *bytes = make_bytes(100000, 7);
	struct store *store = store_of(state);
	struct digest_text sha256;

	strbuf_add_format(&log, "%s-wal", place->database.data);
	for (size_t at = 0; at + 100 < 100000; at += 1000)
		memcpy(bytes + at, words, sizeof words - 1);
	sha256 = put(store, bytes, 100000);
	assert_true(file_has(log.data, words));
	store_must_run(store, "PRAGMA wal_checkpoint(TRUNCATE)");
	assert_true(file_has(place->database.data, words));
	assert_int_equal(blob_destroy(store, sha256.text, SMALL_NOW_US, NULL), 0);
	store_must_run(store, "PRAGMA wal_checkpoint(TRUNCATE)");
	assert_false(file_has(place->database.data, words));
	assert_false(file_has(log.data, words));
	test_free(bytes);
}

static void damage_is_found(void **state)
{
	static const char *const damages[] = {
		"UPDATE blob_chunk SET bytes = zeroblob(length(bytes)) WHERE n = 1",
		"UPDATE blob_chunk SET bytes = zeroblob(length(bytes) - 1) WHERE n = 1",
		"DELETE FROM blob_chunk WHERE n = 2",
		"DELETE FROM blob_chunk WHERE n = 3",
		"INSERT INTO blob_chunk VALUES (1, 4, x'00')",
		"UPDATE blob SET size = size + 1",
		"UPDATE blob SET destroyed_at = 1",
	};
	unsigned char *bytes = make_bytes(LARGE, 8);
	struct store *store = store_of(state);
	struct digest_text sha256 = put(store, bytes, LARGE);

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		autofree(transaction_end) struct transaction transaction = {0};
		struct error err = {0};

		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		store_must_run(store, damages[i]);
		assert_int_equal(blob_verify(store, sha256.text, &err), ERR_IO);
		assert_string_equal(error_message_code(&err), "REG-DAMAGED-01");
		assert_non_null(strstr(err.detail, sha256.text));
	}
	assert_int_equal(blob_verify(store, sha256.text, NULL), 0);
	test_free(bytes);
}

static void what_does_not_fit_is_refused(void **state)
{
	autofree(blob_writer_clear) struct blob_writer writer = BLOB_WRITER;
	char type[BLOB_TYPE_MAX + 2];
	struct store *store = store_of(state);
	struct digest_text sha256;
	struct error err = {0};
	struct blob blob;

	memset(type, 'x', sizeof type);
	type[sizeof type - 1] = '\0';
	assert_int_equal(blob_put(store, type, "a", 1, 1, &sha256, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), "BLOB-TYPE-01");
	assert_int_equal(blob_put(store, "", "a", 1, 1, &sha256, &err), ERR_INVALID);
	assert_int_equal(blob_begin(store, "a/b", 1, &writer, &err), 0);
	writer.size = BLOB_BYTES_MAX - 1;
	assert_int_equal(blob_add(&writer, "ab", 2, &err), ERR_TOO_LARGE);
	assert_string_equal(error_message_code(&err), "BLOB-BIG-01");
	assert_int_equal(blob_find(store, "00", &blob, &err), ERR_NOT_FOUND);
	assert_string_equal(error_message_code(&err), "BLOB-NONE-01");
	assert_int_equal(blob_read(store, "00", gather, NULL, &err), ERR_NOT_FOUND);
	assert_int_equal(blob_destroy(store, "00", 1, &err), ERR_NOT_FOUND);
	assert_int_equal(blob_verify(store, "00", &err), ERR_NOT_FOUND);
}

static void all_can_be_walked_over(void **state)
{
	struct store *store = store_of(state);
	struct blob blob = {.sha256 = {""}};
	char before[65] = "";
	bool found = true;
	int count = 0;

	for (int i = 0; i < 20; i++)
		put(store, &i, sizeof i);
	while (assert_int_equal(blob_next(store, before, &blob, &found, NULL), 0), found) {
		assert_true(strcmp(before, blob.sha256.text) < 0);
		snprintf(before, sizeof before, "%s", blob.sha256.text);
		count++;
	}
	assert_int_equal(count, 20);
}

/* How many transactions read the bytes; SQLite says only whether there are any. */
static const char *readers(void)
{
	return on_postgres() ? "SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid() AND"
			       " relation = to_regclass('blob_chunk')"
			     : "PRAGMA wal_checkpoint(TRUNCATE)";
}

/* A visitor that waits for somebody who destroys what it reads: no reader is in the way. */
struct waiting {
	struct store *writer;
	const char *sha256;
	int visits;
};

static int destroy_meanwhile(void *context, const void *bytes, size_t len, struct error *err)
{
	struct waiting *waiting = context;

	(void)bytes;
	(void)len;
	if (waiting->visits++ == 1) {
		assert_int_equal(
			blob_destroy(waiting->writer, waiting->sha256, SMALL_NOW_US, err), 0);
		assert_int_equal(number_in(waiting->writer, readers()), 0);
	}
	return 0;
}

static void a_reader_holds_nothing_while_it_waits(void **state)
{
	struct small_register *place = *state;
	unsigned char *bytes = make_bytes(LARGE, 9);
	struct digest_text sha256 = put(store_of(state), bytes, LARGE);
	struct waiting waiting = {store_of(state), sha256.text, 0};
	autoptr(store_close) struct store *reader = NULL;
	struct error err = {0};

	assert_int_equal(small_register_connect(place, STORE_READ, &reader, NULL), 0);
	must_read(reader, sha256.text, bytes, LARGE);
	assert_int_equal(
		blob_read(reader, sha256.text, destroy_meanwhile, &waiting, &err), ERR_NOT_FOUND);
	assert_string_equal(error_message_code(&err), "BLOB-GONE-01");
	assert_int_equal(waiting.visits, 2);
	test_free(bytes);
}

/* With the record or not at all. */
static void an_undone_transaction_leaves_nothing(void **state)
{
	unsigned char *bytes = make_bytes(LARGE, 10);
	struct store *store = store_of(state);
	struct transaction transaction = {0};

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	put(store, bytes, LARGE);
	transaction_end(&transaction);
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob"), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM blob_chunk"), 0);
	test_free(bytes);
}

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(bytes_come_back),
		in_register(pieces_of_any_size_are_the_same),
		in_register(the_same_bytes_are_kept_once),
		in_register(what_is_destroyed_leaves_its_hash),
		in_register(damage_is_found),
		in_register(what_does_not_fit_is_refused),
		in_register(all_can_be_walked_over),
		in_register(a_reader_holds_nothing_while_it_waits),
		in_register(an_undone_transaction_leaves_nothing),
	};

	const struct CMUnitTest of_sqlite[] = {in_register(destroyed_bytes_are_not_in_the_files)};
	const struct CMUnitTest of_postgres[] = {in_register(destroyed_bytes_leave_the_table)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return failed + (on_postgres() ? cmocka_run_group_tests(of_postgres, NULL, NULL)
				       : cmocka_run_group_tests(of_sqlite, NULL, NULL));
}
