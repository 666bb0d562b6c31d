/*
 * token: what a program logs in with: an API token of an account.
 *
 * The text is "dothi_<id>_" and 160 random bits in hexadecimal, shown when it is made; the register
 * keeps the SHA-256 of the secret, which needs no slow hash because nobody can guess it. A token
 * may do what its account may, or less: only read, only some layers, until a day. It is revoked,
 * never deleted.
 *
 * Readers find; who writes (make, touch, revoke) calls inside a transaction. A touch is worth
 * writing once an hour: token_is_stale says when.
 */
#ifndef DATA_TOKEN_H
#define DATA_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "data/store.h"

enum {
	TOKEN_NAME_MAX_BYTES = 200,    /* of UTF-8, NFC */
	TOKEN_LAYERS_MAX_BYTES = 2000, /* ids of layers with a blank between each two */
	TOKEN_TOUCH_S = 3600,	       /* last_used_at is as old as this, at most */
	TOKEN_ACCOUNT_MAX = 100,       /* in force, of one account */
};

struct token_text {
	char text[6 + 20 + 1 + 40 + 1];
};

struct token {
	int64_t id;
	int64_t account_id;
	char name[TOKEN_NAME_MAX_BYTES + 1];
	char layers[TOKEN_LAYERS_MAX_BYTES + 1]; /* "" all */
	bool may_write;
	int64_t created_at_us;	 /* UTC */
	int64_t expires_at_us;	 /* 0 never */
	int64_t last_used_at_us; /* 0 never */
	int64_t revoked_at_us;	 /* 0 in force */
};

/* A token to be made. */
struct token_plan {
	int64_t account_id;
	const char *name; /* for people: which program, where */
	size_t name_len;
	const char *layers; /* as in struct token; NULL or "" all */
	bool may_write;
	int64_t expires_at_us; /* 0 never */
	int64_t now_us;
};

/*
 * ERR_INVALID for a bad name, list of layers or day, or for ACCOUNT_PUBLIC; ERR_TOO_LARGE for too
 * many of the account; ERR_CONFLICT if it is not active. That the layers exist is for the caller to
 * see.
 */
int token_make(struct store *store, const struct token_plan *plan,
	const struct randomness *randomness, int64_t *ret_id, struct token_text *ret_text,
	struct error *err);

/*
 * The token of that text. ERR_DENIED, with one message if it is unknown, wrong, revoked, or its
 * account not active, and another one if its time is over.
 */
int token_find(struct store *store, const char *text, size_t len, int64_t now_us,
	struct token *ret_token, struct error *err);

/* Whether the token itself allows this; the rights of its account come on top. */
bool token_allows(const struct token *token, const char *layer, bool write);

/* Whether token_touch should be called, and noting that it was used. */
bool token_is_stale(const struct token *token, int64_t now_us);
int token_touch(struct store *store, const struct token *token, int64_t now_us, struct error *err);

/* ERR_NOT_FOUND if there is none. */
int token_read(struct store *store, int64_t id, struct token *ret_token, struct error *err);

/* Calls visit for each token of an account (0: of all), by id; stops at what is not 0. */
typedef int token_visit(void *context, const struct token *token, struct error *err);
int token_list(struct store *store, int64_t account_id, token_visit *visit, void *context,
	struct error *err);

/* Ends it for good; no error if that was done before. ERR_NOT_FOUND if there is none. */
int token_revoke(struct store *store, int64_t id, int64_t now_us, struct error *err);

#endif
