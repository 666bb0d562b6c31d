/*
 * password: which passwords are taken, and whether one matches.
 *
 * The rules are those of OWASP ASVS 5.0, 6.2: at least 8 characters, any character, nothing about
 * their kinds; none of the 3,000 commonest (common_passwords.txt), none that contains the login.
 * A password is hashed in NFC, so that it matches from any keyboard. Making and trying a hash take
 * tens of milliseconds and 19 MiB: on a worker's thread, never on the writer's.
 */
#ifndef DATA_PASSWORD_H
#define DATA_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/secret.h"

enum {
	PASSWORD_MIN_CHARACTERS = 8,
	PASSWORD_MAX_BYTES = 256, /* of UTF-8: 64 characters of any kind fit */
};

/* ERR_INVALID, saying which rule is broken. login: folded; NULL unknown. */
int password_check(const char *login, const char *password, size_t len, struct error *err);

/* Checks the rules, then makes the hash to be stored. */
int password_make(const char *login, const char *password, size_t len,
	struct password_hash *ret_hash, struct error *err);

/* The same without the rules, for a password that was taken before. */
int password_remake(
	const char *password, size_t len, struct password_hash *ret_hash, struct error *err);

/* What is tried where there is no hash. Nobody knows its password. */
extern const struct password_hash password_nobodys;

/*
 * Whether the password matches. A hash of NULL or "" matches nothing, but takes as long. What can
 * be no password (too long, no UTF-8) does not match either.
 */
int password_try(const struct password_hash *hash, const char *password, size_t len,
	bool *ret_matches, struct error *err);

#endif
