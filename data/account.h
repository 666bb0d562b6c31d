/*
 * account: who may enter: a login, a role, a state, and perhaps a password.
 *
 * ACCOUNT_PUBLIC stands for all visitors who did not log in: nobody logs in with it and nothing of
 * it changes. Accounts are closed, never deleted, and a closed one stays closed: what it did
 * refers to it, and its login is not given again. Where the rights of an account change (role,
 * state, password) its sessions end, so that nobody goes on with those of yesterday. One active
 * administrator always remains.
 *
 * Whoever writes calls inside a transaction.
 */
#ifndef DATA_ACCOUNT_H
#define DATA_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "data/role.h"
#include "data/store.h"

enum { ACCOUNT_PUBLIC = 1 };
enum { ACCOUNT_LOGIN_MIN_BYTES = 2, ACCOUNT_LOGIN_MAX_BYTES = 64 };

/* The name that one logs in with: 2 to 64 of a-z, 0-9, '.', '_', '-'. */
struct account_login {
	char text[ACCOUNT_LOGIN_MAX_BYTES + 1];
};

/* The login that a text means, its case folded; false if it can be none. */
bool account_login_parse(const char *text, size_t len, struct account_login *ret_login);

enum account_state {
	ACCOUNT_ACTIVE,
	ACCOUNT_LOCKED, /* for a while: cannot log in, its sessions and tokens do not count */
	ACCOUNT_CLOSED, /* for good */
	ACCOUNT_STATE_COUNT
};

/* The stored name, "active". Borrowed, static. */
const char *account_state_id(enum account_state state);
bool account_state_find(const char *id, size_t len, enum account_state *ret_state);

struct account {
	int64_t id;
	struct account_login login;
	enum role role;
	enum account_state state;
	bool has_password;
	int64_t password_set_at_us; /* UTC; 0 never */
	int64_t person_id;	    /* 0 unknown */
	int64_t created_at_us;	    /* UTC */
};

/* An account to be made. */
struct account_plan {
	const char *login;
	size_t login_len;
	enum role role;	   /* not ROLE_PUBLIC */
	int64_t person_id; /* 0 unknown */
	int64_t now_us;
};

/* Makes an active account without a password. ERR_INVALID, or ERR_CONFLICT: the login is taken. */
int account_create(
	struct store *store, const struct account_plan *plan, int64_t *ret_id, struct error *err);

/* ERR_NOT_FOUND if there is none. */
int account_read(struct store *store, int64_t id, struct account *ret_account, struct error *err);
int account_find(struct store *store, const char *login, size_t len, struct account *ret_account,
	struct error *err);

/* Calls visit for each account in the order of logins; stops at what is not 0, and returns it. */
typedef int account_visit(void *context, const struct account *account, struct error *err);
int account_list(struct store *store, account_visit *visit, void *context, struct error *err);

/*
 * Each ends the sessions of the account. ERR_INVALID for ACCOUNT_PUBLIC or ROLE_PUBLIC,
 * ERR_CONFLICT for a closed account or if no active administrator would be left. Closing destroys
 * the password and the links.
 */
int account_set_role(struct store *store, int64_t id, enum role role, struct error *err);
int account_set_state(struct store *store, int64_t id, enum account_state state, struct error *err);

/* The hash is of password_make. Also ends one-time links and forgets failed log-ins. */
int account_set_password(struct store *store, int64_t id, const struct password_hash *hash,
	int64_t now_us, struct error *err);

/* Says whose account it is; 0 unknown. Sessions go on. */
int account_set_person(struct store *store, int64_t id, int64_t person_id, struct error *err);

#endif
