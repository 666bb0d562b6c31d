/*
 * conflict: a write that came too late, kept whole until somebody decides.
 *
 * Somebody changed a record from a version that did not hold any more. Nothing is lost: the
 * proposal stays as it was sent, beside the version it started from and the one it met, until it
 * is taken, merged or dropped.
 */
#ifndef DATA_CONFLICT_H
#define DATA_CONFLICT_H

#include "base/arena.h"
#include "data/layer.h"
#include "data/store.h"

enum conflict_state { CONFLICT_OPEN, CONFLICT_TAKEN, CONFLICT_MERGED, CONFLICT_DROPPED };

struct conflict {
	int64_t id; /* 0 before it is written */
	const char *layer;
	int64_t feature_id, base_version, current_version;
	const char *kind; /* "put", "patch", "delete" */
	const char *crs;  /* URI of the CRS of the body */
	const char *body; /* JSON as it was sent; NULL none */
	const char *author; /* "user:7" */
	int64_t account_id;
	const char *reason;
	int64_t created_at_us;
	enum conflict_state state;
	const char *decided_by; /* NULL open */
	int64_t decided_at_us, result_version;
};

/* Keeps a new one, open; its id is set. */
int conflict_add(struct store *store, struct conflict *conflict, struct error *err);

/* Reads one; its texts live in the arena. ERR_NOT_FOUND. */
int conflict_read(struct store *store, int64_t id, struct arena *arena, struct conflict *ret,
	struct error *err);

/* Settles an open one; ERR_CONFLICT if it is settled already. */
int conflict_settle(struct store *store, int64_t id, enum conflict_state state,
	const char *decided_by, int64_t at_us, int64_t result_version, struct error *err);

/* Visits the open ones with id > after, at most `most`, without their bodies. */
typedef int conflict_visit(void *context, const struct conflict *conflict, struct error *err);
int conflict_list_open(struct store *store, int64_t after, int64_t most, conflict_visit *visit,
	void *context, struct error *err);

/* "open", "taken", "merged", "dropped". */
const char *conflict_state_name(enum conflict_state state);

#endif
