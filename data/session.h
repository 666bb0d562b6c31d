/*
 * session: a browser that is logged in.
 *
 * The browser holds the id, 256 random bits; the register only its SHA-256, so who reads the
 * register can enter nowhere. A session ends SESSION_IDLE_S after it was last seen, and
 * SESSION_LIFE_S after the log-in whatever happens (OWASP ASVS 5.0, 7.3). The token against
 * cross-site requests is derived from the id: it is never stored and changes with it.
 *
 * Readers find; who writes (open, touch, rotate, close) calls inside a transaction. A touch is
 * worth writing once a minute: session_is_stale says when.
 */
#ifndef DATA_SESSION_H
#define DATA_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "data/store.h"

enum {
	SESSION_IDLE_S = 30 * 60,
	SESSION_LIFE_S = 12 * 3600,
	SESSION_TOUCH_S = 60,	  /* last_seen_at is as old as this, at most */
	SESSION_ACCOUNT_MAX = 20, /* of one account; then the one not seen for longest ends */
};

/* What the cookie says. */
struct session_id {
	char text[65];
};

struct session {
	struct digest digest; /* of the id */
	int64_t account_id;
	int64_t created_at_us; /* UTC, of the log-in */
	int64_t last_seen_at_us;
};

/* Opens one for an account that just logged in. */
int session_open(struct store *store, int64_t account_id, int64_t now_us,
	const struct randomness *randomness, struct session_id *ret_id, struct error *err);

/* ERR_DENIED if there is none, if its time is over, or if its account is not active. */
int session_find(struct store *store, const char *id, size_t len, int64_t now_us,
	struct session *ret_session, struct error *err);

/* Whether session_touch should be called. */
bool session_is_stale(const struct session *session, int64_t now_us);

/* Notes that it was seen. A session that has ended stays so. */
int session_touch(
	struct store *store, const struct session *session, int64_t now_us, struct error *err);

/* Gives it a new id and token; its hours go on. ERR_DENIED if it is gone. */
int session_rotate(struct store *store, const struct session *session,
	const struct randomness *randomness, struct session_id *ret_id, struct error *err);

/* Ends one, or all of an account; no error if there is none. */
int session_close(struct store *store, const struct session *session, struct error *err);
int session_close_all(struct store *store, int64_t account_id, struct error *err);

/* Removes those whose time is over; now and then. */
int session_sweep(struct store *store, int64_t now_us, struct error *err);

/* The token that a page sends with what it changes, as 64 hexadecimal digits. */
struct digest_text session_csrf(const char *id, size_t len);
bool session_csrf_matches(const char *id, size_t len, const char *token, size_t token_len);

#endif
