#include <sodium.h>

#include "base/secret.h"

#include <assert.h>
#include <errno.h>

#include "base/messages.h"

/* OWASP's least for Argon2id: 19 MiB, two passes; libsodium has one lane. */
enum { HASH_MEMORY_BYTES = 19 << 20, HASH_PASSES = 2 };

static void system_fill(void *context, void *bytes, size_t len)
{
	(void)context;
	randombytes_buf(bytes, len);
}

const struct randomness randomness_system = {system_fill, NULL};

int secret_start(void)
{
	return sodium_init() < 0 ? -1 : 0;
}

struct uuid uuid_v7(int64_t now_us, const struct randomness *randomness)
{
	uint64_t milliseconds = (uint64_t)now_us / 1000;
	unsigned char bytes[16];
	struct uuid uuid;
	char hex[33];

	randomness->fill(randomness->context, bytes, sizeof bytes);
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(milliseconds >> (8 * (5 - i)));
	bytes[6] = (bytes[6] & 0x0F) | 0x70;
	bytes[8] = (bytes[8] & 0x3F) | 0x80;
	sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
	snprintf(uuid.text, sizeof uuid.text, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		hex + 16, hex + 20);
	return uuid;
}

struct content_hash content_hash(const void *bytes, size_t len)
{
	unsigned char digest[16];
	struct content_hash hash;

	crypto_generichash(digest, sizeof digest, bytes, len, NULL, 0);
	sodium_bin2hex(hash.text, sizeof hash.text, digest, sizeof digest);
	return hash;
}

static_assert(sizeof(struct digest_maker) >= sizeof(crypto_hash_sha256_state), "too small");

static crypto_hash_sha256_state *state_of(struct digest_maker *maker)
{
	return (crypto_hash_sha256_state *)maker->inside;
}

void digest_begin(struct digest_maker *maker)
{
	crypto_hash_sha256_init(state_of(maker));
}

void digest_add(struct digest_maker *maker, const void *bytes, size_t len)
{
	crypto_hash_sha256_update(state_of(maker), bytes, len);
}

struct digest digest_end(struct digest_maker *maker)
{
	struct digest digest;

	crypto_hash_sha256_final(state_of(maker), digest.bytes);
	return digest;
}

struct digest digest_of(const void *bytes, size_t len)
{
	struct digest digest;

	crypto_hash_sha256(digest.bytes, bytes, len);
	return digest;
}

struct digest_text digest_print(const struct digest *digest)
{
	struct digest_text hex;

	sodium_bin2hex(hex.text, sizeof hex.text, digest->bytes, sizeof digest->bytes);
	return hex;
}

struct secret_token secret_token(int bits, const struct randomness *randomness)
{
	unsigned char bytes[SECRET_TOKEN_MAX_BITS / 8];
	struct secret_token token;
	size_t len = (size_t)bits / 8;

	assert(bits >= 8 && bits <= SECRET_TOKEN_MAX_BITS && bits % 8 == 0);
	randomness->fill(randomness->context, bytes, len);
	sodium_bin2hex(token.text, sizeof token.text, bytes, len);
	sodium_memzero(bytes, sizeof bytes);
	return token;
}

bool secret_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void secret_wipe(void *bytes, size_t len)
{
	sodium_memzero(bytes, len);
}

static_assert(sizeof(struct password_hash) == crypto_pwhash_STRBYTES, "the text fits");

int password_hash_make(
	const char *password, size_t len, struct password_hash *ret_hash, struct error *err)
{
	struct password_hash hash;

	/* It fails for lack of memory only: the other limits are checked by the callers. */
	if (crypto_pwhash_str_alg(hash.text, password, len, HASH_PASSES, HASH_MEMORY_BYTES,
		    crypto_pwhash_ALG_ARGON2ID13))
		return fail_no_memory(err);
	*ret_hash = hash;
	return 0;
}

int password_hash_verify(const struct password_hash *hash, const char *password, size_t len,
	bool *ret_matches, struct error *err)
{
	bool matches;

	errno = 0;
	matches = crypto_pwhash_str_verify(hash->text, password, len) == 0;
	/* The library answers "does not match" to a lack of memory too. */
	if (!matches && errno == ENOMEM)
		return fail_no_memory(err);
	*ret_matches = matches;
	return 0;
}

bool password_hash_is_old(const struct password_hash *hash)
{
	return crypto_pwhash_str_needs_rehash(hash->text, HASH_PASSES, HASH_MEMORY_BYTES) != 0;
}
