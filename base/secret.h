/*
 * secret: random bytes, identifiers and tokens made of them, and hashes (libsodium).
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A source of random bytes; tests and the sample city hand in one that repeats. */
struct randomness {
	void (*fill)(void *context, void *bytes, size_t len);
	void *context;
};

/* The kernel's generator. */
extern const struct randomness randomness_system;

/* Call once before any other thread runs. 0, or -1 if the machine has no randomness. */
int secret_start(void);

/* A UUID version 7 (RFC 9562 §5.7) as text. */
struct uuid {
	char text[37];
};
struct uuid uuid_v7(int64_t now_us, const struct randomness *randomness);

/* 128 bits of BLAKE2b as 32 hexadecimal digits: for strong ETags. */
struct content_hash {
	char text[33];
};
struct content_hash content_hash(const void *bytes, size_t len);

/* SHA-256 (FIPS 180-4), of pieces in their order: for the audit chain, blobs, papers and tokens. */
struct digest {
	unsigned char bytes[32];
};
struct digest_maker {
	uint64_t inside[16]; /* the library's */
};
void digest_begin(struct digest_maker *maker);
void digest_add(struct digest_maker *maker, const void *bytes, size_t len);
struct digest digest_end(struct digest_maker *maker);
struct digest digest_of(const void *bytes, size_t len);

/* As 64 hexadecimal digits. */
struct digest_text {
	char text[65];
};
struct digest_text digest_print(const struct digest *digest);

/*
 * Random bits as hexadecimal digits, for what must not be guessed: sessions, links, API tokens.
 * Digits and a to f only, so it survives addresses, cookies, e-mail and being read aloud.
 * `bits` is a multiple of 8, from 8 to SECRET_TOKEN_MAX_BITS.
 */
enum { SECRET_TOKEN_MAX_BITS = 256 };
struct secret_token {
	char text[SECRET_TOKEN_MAX_BITS / 4 + 1];
};
struct secret_token secret_token(int bits, const struct randomness *randomness);

/* Compares in a time that does not tell where they differ. */
bool secret_equal(const void *a, const void *b, size_t len);

/* Overwrites what must not stay in memory; is never optimised away. */
void secret_wipe(void *bytes, size_t len);

/*
 * Argon2id (RFC 9106) with 19 MiB, two passes and one lane, salted by the kernel's generator. The
 * text holds the parameters and the salt, so that hashes of yesterday's parameters still verify.
 */
struct password_hash {
	char text[128]; /* "$argon2id$v=19$m=19456,t=2,p=1$..."; "" none */
};

/* Takes tens of milliseconds and 19 MiB; ERR_NOMEM if there are none. */
int password_hash_make(
	const char *password, size_t len, struct password_hash *ret_hash, struct error *err);

/* As slow. A hash that is none matches nothing. ERR_NOMEM says nothing about the password. */
int password_hash_verify(const struct password_hash *hash, const char *password, size_t len,
	bool *ret_matches, struct error *err);

/* True if the hash was made with other parameters than password_hash_make has now. */
bool password_hash_is_old(const struct password_hash *hash);

#endif
