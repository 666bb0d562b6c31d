/*
 * secret: random bytes, identifiers made of them, and hashes (libsodium).
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

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

#endif
