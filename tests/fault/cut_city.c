#include "tests/test.h"

#include "tests/fault/cut_city.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "data/blob.h"
#include "data/counter.h"
#include "data/job.h"
#include "data/migrate.h"
#include "data/writer.h"
#include "tests/fault/recording_vfs.h"

struct work {
	int64_t number; /* from 1, the link of the change feed */
	size_t blob_bytes;
};

static int add_things(
	struct store *store, const struct work *work, struct change_set *changes, struct error *err)
{
	autofree(feature_writer_clear) struct feature_writer writer = {.sql = STRBUF(0)};
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(1000);
	struct value values[5] = {{0}};
	int rc = feature_writer_open(store, &small_layers.layers[SMALL_THING], SMALL_EPSG, changes,
		&small_randomness, &writer, err);

	values[1] = (struct value){.kind = VALUE_INT, .integer = work->number};
	for (int i = 0; !rc && i < 2; i++) {
		struct feature feature = {.values = values, .z_m = (double)NAN};

		small_point(&wkb, (double)work->number, i, &feature);
		rc = feature_writer_add(&writer, &feature, err);
	}
	return rc ? rc : feature_writer_close(&writer, err);
}

static int add_changes(struct store *store, const struct work *work, struct error *err)
{
	char reason[24];
	const struct change_author author = {"test", reason, SMALL_NOW_US};
	struct change_set changes;
	int rc;

	snprintf(reason, sizeof reason, "%lld", (long long)work->number);
	rc = change_begin(store, &author, &changes, err);
	if (!rc)
		rc = add_things(store, work, &changes, err);
	return rc ? rc : change_end(&changes, err);
}

static int add_paper(struct store *store, const struct work *work, struct error *err)
{
	const struct counter_act act = {"test", "a paper", SMALL_NOW_US};
	struct counter_key key = {"paper", 2026, 0};
	struct digest_text sha256;
	unsigned char *bytes = malloc(work->blob_bytes);
	int rc;

	if (!bytes)
		return ERR_NOMEM;
	for (size_t i = 0; i < work->blob_bytes; i++)
		bytes[i] = (unsigned char)((i * 7) ^ (size_t)work->number);
	rc = blob_put(
		store, "application/pdf", bytes, work->blob_bytes, SMALL_NOW_US, &sha256, err);
	if (!rc)
		rc = counter_claim(store, "paper", 2026, &act, &key.number, err);
	if (!rc)
		rc = work->number % 3 ? counter_use(store, &key, sha256.text, &act, err)
				      : counter_void(store, &key, &act, err);
	free(bytes);
	return rc;
}

/* One transaction: a bit of everything, known by its number. */
static int do_work(struct store *store, void *context, struct error *err)
{
	const struct work *work = context;
	struct job_order order = {"import", "{}", NULL, 0};
	char key[24];
	int64_t id;
	int rc = add_changes(store, work, err);

	if (!rc)
		rc = add_paper(store, work, err);
	snprintf(key, sizeof key, "%lld", (long long)work->number);
	order.key = key;
	return rc ? rc : job_add(store, &order, SMALL_NOW_US, &id, err);
}

static int do_work_and_fail(struct store *store, void *context, struct error *err)
{
	int rc = do_work(store, context, err);

	return rc ? rc : ERR_INVALID;
}

void cut_city_work(struct store *store, int64_t first, int64_t last)
{
	autoptr(writer_free) struct writer *writer = NULL;

	assert_int_equal(writer_new(store, NULL, NULL, &writer, NULL), 0);
	for (int64_t i = first; i <= last; i++) {
		struct work work = {i, i % 8 ? 3000 : 60000};
		struct work wrong = {i, 3000};

		if (i % 4 == 1)
			assert_int_not_equal(writer_run(writer, do_work_and_fail, &wrong, NULL), 0);
		assert_int_equal(writer_run(writer, do_work, &work, NULL), 0);
		recording_ack(1 + i);
	}
}

void cut_city_work_in_group(struct store *store, int64_t first, int64_t last)
{
	autofree(transaction_end) struct transaction transaction = {0};

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int64_t i = first; i <= last; i++) {
		struct work work = {i, 5000};

		assert_int_equal(store_savepoint(store, NULL), 0);
		assert_int_equal(do_work(store, &work, NULL), 0);
		assert_int_equal(store_savepoint_undo(store, NULL), 0);
		assert_int_equal(store_savepoint(store, NULL), 0);
		assert_int_equal(do_work(store, &work, NULL), 0);
		assert_int_equal(store_savepoint_keep(store, NULL), 0);
	}
	assert_int_equal(transaction_commit(&transaction, NULL), 0);
	recording_ack(1 + last);
}

struct small_register cut_city_in(const struct strbuf *folder)
{
	struct small_register city = {.folder = STRBUF(4096),
		.database = STRBUF(4096),
		.opened = REGISTER_CLOSED};

	file_join(&city.folder, folder->data, "city");
	register_database(&city.database, city.folder.data);
	assert_false(city.folder.failed || city.database.failed);
	return city;
}

void cut_city_drop(struct small_register *city)
{
	register_close(&city->opened);
	strbuf_clear(&city->folder);
	strbuf_clear(&city->database);
}

/* Numbers that are `each` times the number of transactions. */
static const struct {
	const char *sql;
	int each;
} facts[] = {
	{"SELECT count(*) FROM change_link WHERE reason = CAST(link AS TEXT)", 1},
	{"SELECT count(*) FROM change_link WHERE first_seq = 2 * link - 1 AND last_seq = 2 * link",
		1},
	{"SELECT max(link) FROM change_link", 1},
	{"SELECT count(*) FROM change", 2},
	{"SELECT max(seq) FROM change", 2},
	{"SELECT count(*) FROM change WHERE link = (seq + 1) / 2", 2},
	{"SELECT count(*) FROM thing", 2},
	{"SELECT count(DISTINCT \"count\") FROM thing", 1},
	{"SELECT max(\"count\") FROM thing", 1},
	{"SELECT count(*) FROM idx_thing_geom", 2},
	{"SELECT record_count FROM layer_state WHERE layer = 'thing'", 2},
	{"SELECT count(*) FROM counter_number WHERE state <> 'claimed'", 1},
	{"SELECT max(number) FROM counter_number", 1},
	{"SELECT count(*) FROM blob", 1},
	{"SELECT count(*) FROM job WHERE key = CAST(id AS TEXT)", 1},
};

/* How many tables, indices and triggers a register of this program has; 0: not known yet. */
static int64_t object_count;

void cut_city_is_whole(struct store *store)
{
	object_count = number_in(store, "SELECT count(*) FROM sqlite_master");
}

static int check_facts(struct store *store, int64_t present, struct error *err)
{
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		int64_t found = 0;
		int rc = store_int(store, facts[i].sql, &found, err);

		if (rc)
			return rc;
		if (found != present * facts[i].each) {
			snprintf(err->detail, sizeof err->detail, "%lld transactions, but %s: %lld",
				(long long)present, facts[i].sql, (long long)found);
			return ERR_INTERNAL;
		}
	}
	return 0;
}

static int check_blobs(struct store *store, struct error *err)
{
	char before[65] = "";
	struct blob blob;
	bool found = true;
	int rc = blob_next(store, before, &blob, &found, err);

	while (!rc && found) {
		rc = blob_verify(store, blob.sha256.text, err);
		snprintf(before, sizeof before, "%s", blob.sha256.text);
		if (!rc)
			rc = blob_next(store, before, &blob, &found, err);
	}
	return rc;
}

static int check_whole(struct store *store, struct error *err)
{
	int64_t objects = 0, steps = 0;
	int rc = store_check(store, err);

	if (!rc)
		rc = store_int(store, "SELECT count(*) FROM sqlite_master", &objects, err);
	if (!rc)
		rc = store_int(store, "SELECT max(number) FROM migration", &steps, err);
	if (rc || ((!object_count || objects == object_count) && steps == migrate_last()))
		return rc;
	snprintf(err->detail, sizeof err->detail, "%lld tables and the like, migration %lld",
		(long long)objects, (long long)steps);
	return ERR_INTERNAL;
}

int cut_city_check(struct store *store, int64_t promised, int64_t *ret_present, struct error *err)
{
	int64_t series;
	int rc = check_whole(store, err);

	if (!rc)
		rc = store_int(store, "SELECT count(*) FROM change_link", ret_present, err);
	if (!rc)
		rc = check_facts(store, *ret_present, err);
	if (!rc)
		rc = counter_gaps(store, &series, err);
	if (!rc)
		rc = check_blobs(store, err);
	if (!rc && 1 + *ret_present < promised) {
		snprintf(err->detail, sizeof err->detail, "%lld were promised, %lld are there",
			(long long)promised - 1, (long long)*ret_present);
		rc = ERR_INTERNAL;
	}
	return rc;
}

int cut_city_check_further(struct small_register *city, int64_t present, struct error *err)
{
	struct work work = {present + 1, 4000};
	autofree(transaction_end) struct transaction transaction = {0};
	int rc = transaction_begin(city->opened.store, &transaction, err);

	if (!rc)
		rc = do_work(city->opened.store, &work, err);
	if (!rc)
		rc = transaction_commit(&transaction, err);
	transaction_end(&transaction);
	register_close(&city->opened);
	if (!rc)
		rc = small_register_open(city, STORE_WRITE, err);
	return rc ? rc : cut_city_check(city->opened.store, present + 2, &present, err);
}
