/*
 * one_time_link: a text that lets its bearer set the password of one account, once.
 *
 * For the first administrator, for new accounts, and for who forgot the password. The text is
 * "dothi_once_" and 256 random bits, shown when it is made; the register keeps its SHA-256. An
 * account has one link at a time: a new one ends the old one.
 *
 *	one_time_link_find(store, ...)	  a reader: whose it is, to greet them and check rules
 *	password_make(...)		  no store: slow
 *	one_time_link_redeem(store, ...)  the writer
 */
#ifndef DATA_ONE_TIME_LINK_H
#define DATA_ONE_TIME_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "data/account.h"
#include "data/store.h"

enum link_purpose {
	LINK_WELCOME, /* an account without a password; valid LINK_WELCOME_S */
	LINK_RESET,   /* a forgotten password; valid LINK_RESET_S */
	LINK_PURPOSE_COUNT
};
enum { LINK_WELCOME_S = 7 * 86400, LINK_RESET_S = 3600 };

struct link_text {
	char text[11 + 64 + 1];
};

/* Inside a transaction. ERR_INVALID for ACCOUNT_PUBLIC; ERR_CONFLICT if it is not active. */
int one_time_link_make(struct store *store, int64_t account_id, enum link_purpose purpose,
	int64_t now_us, const struct randomness *randomness, struct link_text *ret_link,
	struct error *err);

/* ERR_DENIED if it is unknown, used or replaced, its account not active, or its time over. */
int one_time_link_find(struct store *store, const char *link, size_t len, int64_t now_us,
	struct account *ret_account, struct error *err);

/* Sets the password and spends the link; inside a transaction. Fails as one_time_link_find. */
int one_time_link_redeem(struct store *store, const char *link, size_t len,
	const struct password_hash *hash, int64_t now_us, struct account *ret_account,
	struct error *err);

/* Ends the unused links of an account. */
int one_time_link_cancel(struct store *store, int64_t account_id, struct error *err);

/* Removes used and old ones; inside a transaction, now and then. */
int one_time_link_sweep(struct store *store, int64_t now_us, struct error *err);

#endif
