/*
 * record_lock: a record is held for a file (hồ sơ): until that is done, or the time is over,
 * nobody else changes it.
 */
#ifndef DATA_RECORD_LOCK_H
#define DATA_RECORD_LOCK_H

#include "base/arena.h"
#include "data/layer.h"
#include "data/store.h"

enum {
	RECORD_LOCK_PURPOSE_MAX = 500, /* bytes */
	RECORD_LOCK_DAYS_MAX = 90,
	RECORD_LOCK_LIST_MAX = 1000,
};

struct record_lock {
	int64_t feature_id;
	int64_t account_id; /* 0 the command line */
	const char *owner;  /* put: actor of the feed, "user:7"; read: the login, where it is an account */
	const char *purpose;
	int64_t created_at_us, expires_at_us;
};

/*
 * Holds a record, or goes on holding it. ERR_CONFLICT (fail_parcel_locked) if another account
 * holds it at created_at_us.
 */
int record_lock_put(struct store *store, const struct layer *layer,
	const struct record_lock *lock, struct error *err);

/* ERR_CONFLICT if another account than this holds the record at that time; for who will write. */
int record_lock_check(struct store *store, const struct layer *layer, int64_t feature_id,
	int64_t account_id, int64_t now_us, struct error *err);

/* Lets it go: its owner, or anybody if `any`. ERR_NOT_FOUND. */
int record_lock_remove(struct store *store, const struct layer *layer, int64_t feature_id,
	int64_t account_id, bool any, struct error *err);

/* Visits what is held at that time: one record (0 all), in the order of ids. */
typedef int record_lock_visit(void *context, const struct record_lock *lock, struct error *err);
int record_lock_list(struct store *store, const struct layer *layer, int64_t feature_id,
	int64_t now_us, record_lock_visit *visit, void *context, struct error *err);

#endif
