#include "data/access_log.h"

#include <pthread.h>

#include "base/messages.h"
#include "base/text.h"

enum { CAPACITY_MAX = 1 << 20, RECENT_READS = 8192 };
#define HOUR_US (INT64_C(3600) * 1000000)

struct note {
	int64_t at_us, account_id, person_id, record_id;
	char layer[ACCESS_LAYER_MAX_BYTES + 1]; /* "" none */
	char purpose[ACCESS_PURPOSE_MAX_BYTES + 1];
};

/* A read of the last hour. */
struct recent {
	int64_t at_us, account_id, person_id, record_id;
	uint64_t purpose; /* hash */
};

/* A ring: notes are added behind the last one and taken off at the first one. */
struct access_log {
	pthread_mutex_t lock;
	size_t capacity, first, count;
	struct recent recent[RECENT_READS]; /* each where its numbers say; a new one takes the place */
	struct note notes[];
};

int access_log_new(size_t capacity, struct access_log **ret_log, struct error *err)
{
	struct access_log *log;

	if (capacity > CAPACITY_MAX)
		capacity = CAPACITY_MAX;
	log = calloc(1, sizeof *log + capacity * sizeof(struct note));
	if (!log)
		return fail_no_memory(err);
	log->capacity = capacity;
	pthread_mutex_init(&log->lock, NULL);
	*ret_log = log;
	return 0;
}

void access_log_free(struct access_log *log)
{
	if (!log)
		return;
	pthread_mutex_destroy(&log->lock);
	free(log);
}

static void copy_cut(char *to, size_t size, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len > size - 1)
		len = text_cut(text, size - 1);
	if (len)
		memcpy(to, text, len);
	to[len] = '\0';
}

/* False if there is no room; the lock is held. */
static bool add_note(struct access_log *log, const struct access *access)
{
	struct note *note;

	if (log->count == log->capacity)
		return false;
	note = &log->notes[(log->first + log->count) % log->capacity];
	note->at_us = access->at_us;
	note->account_id = access->account_id;
	note->person_id = access->person_id;
	note->record_id = access->record_id;
	copy_cut(note->layer, sizeof note->layer, access->layer);
	copy_cut(note->purpose, sizeof note->purpose, access->purpose);
	log->count++;
	return true;
}

int access_note(struct access_log *log, const struct access *access, struct error *err)
{
	bool noted;

	pthread_mutex_lock(&log->lock);
	noted = add_note(log, access);
	pthread_mutex_unlock(&log->lock);
	return noted ? 0 : fail_access_log_full(err);
}

static struct recent recent_of(const struct access *access)
{
	return (struct recent){access->at_us, access->account_id, access->person_id,
		access->record_id, text_hash(access->purpose ? access->purpose : "")};
}

static bool is_same(const struct recent *a, const struct recent *b)
{
	return a->account_id == b->account_id && a->person_id == b->person_id &&
		a->record_id == b->record_id && a->purpose == b->purpose;
}

int access_note_hourly(struct access_log *log, const struct access *access, struct error *err)
{
	const struct recent now = recent_of(access);
	uint64_t place = (uint64_t)now.account_id * 31 + (uint64_t)now.person_id * 7 +
		(uint64_t)now.record_id + now.purpose;
	struct recent *before = &log->recent[place % RECENT_READS];
	bool noted;

	pthread_mutex_lock(&log->lock);
	noted = before->at_us && is_same(before, &now) && now.at_us >= before->at_us &&
		now.at_us - before->at_us < HOUR_US;
	if (!noted) {
		noted = add_note(log, access);
		if (noted)
			*before = now;
	}
	pthread_mutex_unlock(&log->lock);
	return noted ? 0 : fail_access_log_full(err);
}

size_t access_waiting(struct access_log *log)
{
	size_t count;

	pthread_mutex_lock(&log->lock);
	count = log->count;
	pthread_mutex_unlock(&log->lock);
	return count;
}

static void bind_known(struct query *query, const char *name, int64_t value)
{
	if (value)
		query_bind_int(query, name, value);
	else
		query_bind_null(query, name);
}

static int insert(struct store *store, int64_t id, const struct note *note, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO access_log (id, at, account_id, person_id, layer, record_id, purpose)"
		" VALUES ($id, $at, $account_id, $person_id, $layer, $record_id, $purpose)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "at", note->at_us);
	query_bind_int(query, "account_id", note->account_id);
	bind_known(query, "person_id", note->person_id);
	query_bind_text(query, "layer", note->layer[0] ? note->layer : NULL);
	bind_known(query, "record_id", note->record_id);
	query_bind_text(query, "purpose", note->purpose);
	return query_run(query, err);
}

int access_write(struct access_log *log, struct store *store, size_t *ret_count, struct error *err)
{
	/* Only who writes moves `first`, and nobody touches a note that stands: no lock below. */
	size_t count = access_waiting(log);
	int64_t last_id = 0;
	int rc = count ? store_int(store, "SELECT max(id) FROM access_log", &last_id, err) : 0;

	for (size_t i = 0; !rc && i < count; i++)
		rc = insert(store, last_id + 1 + (int64_t)i,
			&log->notes[(log->first + i) % log->capacity], err);
	if (!rc)
		*ret_count = count;
	return rc;
}

void access_written(struct access_log *log, size_t count)
{
	if (!count)
		return;
	pthread_mutex_lock(&log->lock);
	log->first = (log->first + count) % log->capacity;
	log->count -= count;
	pthread_mutex_unlock(&log->lock);
}

int access_flush(struct access_log *log, struct store *store, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	size_t count = 0;
	int rc;

	if (!access_waiting(log))
		return 0;
	rc = transaction_begin(store, &transaction, err);
	if (!rc)
		rc = access_write(log, store, &count, err);
	if (!rc)
		rc = transaction_commit(&transaction, err);
	if (!rc)
		access_written(log, count);
	return rc;
}

int access_list(struct store *store, const struct access_search *search, access_visit *visit,
	void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		search->person_id ? "SELECT id, at, account_id, person_id, layer, record_id,"
				    " purpose FROM access_log WHERE person_id = $person_id"
				    " AND id < $before ORDER BY id DESC LIMIT $most"
				  : "SELECT id, at, account_id, person_id, layer, record_id,"
				    " purpose FROM access_log WHERE id < $before"
				    " ORDER BY id DESC LIMIT $most",
		&query, err);

	if (rc)
		return rc;
	if (search->person_id)
		query_bind_int(query, "person_id", search->person_id);
	query_bind_int(query, "before", search->before ? search->before : INT64_MAX);
	query_bind_int(query, "most", search->most);
	while ((rc = query_step(query, err)) > 0) {
		struct access access = {
			.at_us = query_int(query, 1),
			.account_id = query_int(query, 2),
			.person_id = query_int(query, 3),
			.layer = query_is_null(query, 4) ? NULL : query_text(query, 4, NULL),
			.record_id = query_int(query, 5),
			.purpose = query_text(query, 6, NULL),
		};

		rc = query_check_row(query, err);
		if (!rc)
			rc = visit(context, query_int(query, 0), &access, err);
		if (rc)
			return rc;
	}
	return rc;
}
