/*
 * access_log: who read personal data, when and what for.
 *
 * A read is noted before it is answered, in memory (any thread), and written in batches by the
 * writer, so that reading costs no fsync. When the notes can hold no more, access_note fails and
 * the read must be refused: nothing is read that is not logged. What is noted but not yet written
 * is lost with the process; so write every few seconds, and before the end.
 *
 *	access_note(log, &access, err)		before the answer
 *	access_write(log, store, &count, err)	inside the writer's transaction
 *	access_written(log, count)		after its commit
 *
 * One thread at a time writes.
 */
#ifndef DATA_ACCESS_LOG_H
#define DATA_ACCESS_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "data/store.h"

enum { ACCESS_LAYER_MAX_BYTES = 63, ACCESS_PURPOSE_MAX_BYTES = 120 };

/* A read of a person, or of a record that shows personal data. */
struct access {
	int64_t at_us; /* UTC */
	int64_t account_id;
	int64_t person_id;   /* 0 none */
	const char *layer;   /* of the record; NULL none */
	int64_t record_id;   /* 0 none */
	const char *purpose; /* "item", "search", "export", or what was given as the reason */
};

struct access_log;

/* Notes up to `capacity` reads that are not yet written (about 220 bytes each). */
int access_log_new(size_t capacity, struct access_log **ret_log, struct error *err);
void access_log_free(struct access_log *log);
AUTOPTR(struct access_log, access_log_free);

/* ERR_BUSY when there is no room. Texts that are too long are cut at a character. */
int access_note(struct access_log *log, const struct access *access, struct error *err);

/*
 * The same for lists that a screen asks for again and again: the same account, person, record and
 * purpose within an hour are one read. What was forgotten of the last hour is noted once more.
 */
int access_note_hourly(struct access_log *log, const struct access *access, struct error *err);

/* How many are noted and not yet written. */
size_t access_waiting(struct access_log *log);

/* Inserts what is noted, and says how many; all stay noted until access_written. */
int access_write(struct access_log *log, struct store *store, size_t *ret_count, struct error *err);
void access_written(struct access_log *log, size_t count);

/* All three in a transaction of its own, for who writes alone. */
int access_flush(struct access_log *log, struct store *store, struct error *err);

/*
 * Calls visit for the newest `most` rows with ids below `before` (0: from the newest), of one
 * person (0: of all), newest first; stops at what is not 0, and returns it.
 */
typedef int access_visit(void *context, int64_t id, const struct access *access, struct error *err);
struct access_search {
	int64_t person_id;
	int64_t before;
	int64_t most;
};
int access_list(struct store *store, const struct access_search *search, access_visit *visit,
	void *context, struct error *err);

#endif
