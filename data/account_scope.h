/*
 * account_scope: where the rights of an account end.
 *
 * An account without a row may do all that its role allows. With rows it may do what its role
 * allows and at least one row covers: this layer (or all), inside this administrative unit (or
 * all), this field (or all), to read or also to write. Rows only ever narrow.
 */
#ifndef DATA_ACCOUNT_SCOPE_H
#define DATA_ACCOUNT_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "data/store.h"

enum {
	SCOPE_ROWS_MAX = 200,	   /* layers times wards of a finely cut desk */
	SCOPE_NAME_MAX_BYTES = 63, /* of the ids of layers and fields */
};

struct account_scope {
	const char *layer; /* NULL all */
	int64_t unit_id;   /* 0 all */
	const char *field; /* NULL all */
	bool may_write;
};

/* The rows in their order, in the arena. */
int account_scope_read(struct store *store, int64_t account_id, struct arena *arena,
	const struct account_scope **ret_rows, size_t *ret_count, struct error *err);

/*
 * Replaces the rows, inside a transaction; the sessions of the account end. That the layers and
 * fields exist is for the caller to see; here they must only look like ids. ERR_INVALID,
 * ERR_TOO_LARGE, ERR_NOT_FOUND for no such account.
 */
int account_scope_replace(struct store *store, int64_t account_id, const struct account_scope *rows,
	size_t count, struct error *err);

#endif
