/*
 * login: an attempt to log in with a password, in three steps on three threads.
 *
 *	login_begin(store, ...)	 any store: reads the account; refuses who must wait
 *	login_verify(...)	 no store: Argon2id, tens of milliseconds and 19 MiB
 *	login_end(store, ...)	 the writer: counts a failure, or forgets them
 *	login_refusal(...)	 after its commit: what is to be answered, 0 for "come in"
 *
 * Who is refused learns nothing: an unknown login, a wrong password, an account that is locked,
 * closed or without a password get one answer after the same work, and are slowed down alike
 * (base/throttle.h), by the login that was typed. login_end looks again, so of a thousand attempts
 * at once not more than of a thousand in a row can succeed. Its refusal is no error of its own, for
 * an error would undo the count of the failure. A hash with parameters of old is made anew.
 */
#ifndef DATA_LOGIN_H
#define DATA_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "data/account.h"
#include "data/store.h"

/* Logins of which failures are remembered; then the oldest is forgotten. */
enum { LOGIN_FAILURES_MAX = 10000 };

struct login_attempt {
	struct digest typed;	    /* of the login */
	int64_t account_id;	    /* 0: nobody may enter by this login */
	struct password_hash hash;  /* "" none */
	struct password_hash fresh; /* to be stored instead; "" none */
	bool matches;		    /* set by login_verify */
};

struct login_result {
	bool admitted;
	int64_t wait_s;		/* to be waited, if that is why not */
	struct account account; /* when admitted */
};

/* ERR_BUSY with the seconds to wait. */
int login_begin(struct store *store, const char *login, size_t len, int64_t now_us,
	struct login_attempt *ret_attempt, struct error *err);

/* 0 whether the password matches or not. */
int login_verify(
	struct login_attempt *attempt, const char *password, size_t len, struct error *err);

/* Inside a transaction. */
int login_end(struct store *store, const struct login_attempt *attempt, int64_t now_us,
	struct login_result *ret_result, struct error *err);

/* 0 if admitted; else ERR_DENIED, or ERR_BUSY with the seconds to wait. */
int login_refusal(const struct login_result *result, struct error *err);

/* Forgets the failures of a login; inside a transaction. */
int login_forgive(struct store *store, const struct account_login *login, struct error *err);

/* Removes what no longer counts; inside a transaction, now and then. */
int login_sweep(struct store *store, int64_t now_us, struct error *err);

#endif
