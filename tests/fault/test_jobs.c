#include "tests/test.h"

#include <errno.h>

#include "base/file.h"
#include "data/blob.h"
#include "data/counter.h"
#include "data/job.h"
#include "tests/data/small_register.h"
#include "tests/fault/fault.h"
#include "tests/fault/faulty_sqlite.h"

/* A job, a blob and the number of a paper in one transaction, with every call failing in turn. */
struct place {
	struct small_register *small;
	struct strbuf old; /* the register before */
	struct content_hash before, after;
	bool dying; /* the disk stays broken: then the COMMIT may stand or not */
};

enum { REGISTER_BYTES_MAX = 1 << 24 };

static int use_number(struct store *store, const char *sha256, struct error *err)
{
	const struct counter_act act = {"officer:1", "permit 7", SMALL_NOW_US};
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct counter_key key = {"permit", 2026, 0};
	struct counter_number *numbers;
	int64_t series;
	size_t count;
	int rc = counter_claim(store, key.series, key.year, &act, &key.number, err);

	if (!rc)
		rc = counter_list_claimed(store, INT64_MAX, &arena, &numbers, &count, err);
	if (!rc)
		rc = counter_use(store, &key, sha256, &act, err);
	if (!rc)
		rc = counter_use(store, &key, sha256, &act, err);
	return rc ? rc : counter_gaps(store, &series, err);
}

static int do_job(struct store *store, struct error *err)
{
	static const char *const kinds[] = {"import"};
	const struct job_claimant claimant = {"me", kinds, 1, 1000};
	const struct job_order order = {"import", "{}", "key", 0};
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct job_lease lease = {0, "me", SMALL_NOW_US};
	struct job *jobs, job = {0};
	bool found = false, cancel;
	size_t count;
	int rc = job_add(store, &order, SMALL_NOW_US, &lease.id, err);

	if (!rc)
		rc = job_add(store, &order, SMALL_NOW_US, &lease.id, err);
	if (!rc)
		rc = job_claim(store, &claimant, SMALL_NOW_US, &arena, &job, &found, err);
	if (!rc && !found)
		rc = ERR_INTERNAL;
	if (!rc)
		rc = job_finish_step(store, &lease, 0, "{}", SMALL_NOW_US, &cancel, err);
	if (!rc)
		rc = job_list(store, &(struct job_filter){.most = 10}, &arena, &jobs, &count, err);
	return rc ? rc : job_end(store, &lease, JOB_DONE, NULL, SMALL_NOW_US, err);
}

static int keep_bytes(struct store *store, struct digest_text *ret_sha256, struct error *err)
{
	static unsigned char bytes[BLOB_CHUNK_BYTES / 4];
	autofree(blob_writer_clear) struct blob_writer writer = BLOB_WRITER;
	int rc = blob_begin(store, "text/plain", SMALL_NOW_US, &writer, err);

	for (int i = 0; !rc && i < 6; i++)
		rc = blob_add(&writer, bytes, sizeof bytes, err);
	if (!rc)
		rc = blob_end(&writer, ret_sha256, err);
	if (!rc)
		rc = blob_verify(store, ret_sha256->text, err);
	if (!rc)
		rc = blob_put(store, "text/plain", "ab", 2, SMALL_NOW_US, ret_sha256, err);
	return rc ? rc : blob_destroy(store, ret_sha256->text, SMALL_NOW_US, err);
}

static int do_all(void *context)
{
	struct place *place = context;
	autofree(transaction_end) struct transaction transaction = {0};
	struct digest_text sha256;
	struct error err = {0};
	int rc;

	fault_rest(true);
	assert_int_equal(
		file_copy(place->old.data, place->small->database.data, REGISTER_BYTES_MAX, NULL),
		0);
	assert_int_equal(small_register_open(place->small, STORE_WRITE, NULL), 0);
	fault_rest(false);
	rc = transaction_begin(place->small->opened.store, &transaction, &err);
	if (!rc)
		rc = keep_bytes(place->small->opened.store, &sha256, &err);
	if (!rc)
		rc = use_number(place->small->opened.store, sha256.text, &err);
	if (!rc)
		rc = do_job(place->small->opened.store, &err);
	if (!rc)
		rc = transaction_commit(&transaction, &err);
	transaction_end(&transaction);
	fault_rest(true);
	register_close(&place->small->opened);
	return !rc || rc == err.code ? rc : 1;
}

static void check(void *context, int rc)
{
	struct place *place = context;
	struct content_hash found = small_digest(place->small);
	bool is_after = !strcmp(found.text, place->after.text);

	if (rc == 0 && !is_after)
		fail_msg("done, but the register has not what it should");
	if (rc && strcmp(found.text, place->before.text) != 0 && !(place->dying && is_after))
		fail_msg("failed, but the register is not as before");
}

static int make_place(void **state)
{
	static struct place place;
	void *small;

	place = (struct place){.old = STRBUF(4096)};
	if (small_register_make(&small))
		return -1;
	place.small = small;
	register_close(&place.small->opened);
	file_join(&place.old, place.small->folder.data, "old.sqlite");
	if (file_copy(place.small->database.data, place.old.data, REGISTER_BYTES_MAX, NULL))
		return -1;
	place.before = small_digest(place.small);
	if (do_all(&place))
		return -1;
	place.after = small_digest(place.small);
	*state = &place;
	return 0;
}

static int drop_place(void **state)
{
	struct place *place = *state;
	void *small = place->small;

	strbuf_clear(&place->old);
	return small_register_drop(&small);
}

static void all_or_nothing_is_kept(void **state)
{
	static const struct {
		struct fault fault;
		struct fault_scenario scenario;
	} rows[] = {
		{{FAULT_MEMORY, ENOMEM, false}, {"no memory", do_all, check, ERR_NOMEM, true, 80}},
		{{FAULT_MEMORY, ENOMEM, true},
			{"no memory any more", do_all, check, ERR_NOMEM, true, 40}},
		{{FAULT_DISK, EIO, false}, {"the disk fails", do_all, check, 0, true, 60}},
		{{FAULT_DISK, EIO, true}, {"the disk dies", do_all, check, 0, true, 60}},
		{{FAULT_WRITE, ENOSPC, false},
			{"the disk is full", do_all, check, ERR_IO, true, 60}},
	};
	struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		place->dying = rows[i].fault.stays;
		assert_true(fault_drive(&rows[i].fault, &rows[i].scenario, place) > 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_or_nothing_is_kept, make_place, drop_place),
	};

	faulty_sqlite_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
