#include <sodium.h>

#include "base/secret.h"

#include <assert.h>

#include "base/banned.h"

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
