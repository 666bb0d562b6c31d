#include "tests/test.h"

#include "base/secret.h"
#include "base/strbuf.h"

static void fill_with_ff(void *context, void *bytes, size_t len)
{
	(void)context;
	memset(bytes, 0xFF, len);
}

static void fill_with_zero(void *context, void *bytes, size_t len)
{
	(void)context;
	memset(bytes, 0, len);
}

static int start(void **state)
{
	(void)state;
	return secret_start();
}

/* RFC 9562 §5.7: 48 bits of milliseconds, version 7, variant 10. */
static void a_uuid_has_its_time_version_and_variant(void **state)
{
	static const struct randomness ones = {fill_with_ff, NULL}, zeros = {fill_with_zero, NULL};
	const int64_t rfc_example_us = INT64_C(0x017F22E279B0) * 1000 + 999;

	(void)state;
	assert_string_equal(
		uuid_v7(rfc_example_us, &ones).text, "017f22e2-79b0-7fff-bfff-ffffffffffff");
	assert_string_equal(
		uuid_v7(rfc_example_us, &zeros).text, "017f22e2-79b0-7000-8000-000000000000");
	assert_string_equal(uuid_v7(0, &zeros).text, "00000000-0000-7000-8000-000000000000");
	assert_string_equal(uuid_v7(-1, &zeros).text + 14, "7000-8000-000000000000");
}

static void uuids_sort_by_time_and_never_repeat(void **state)
{
	struct uuid last = uuid_v7(1, &randomness_system);

	(void)state;
	for (int64_t at_us = 1000; at_us < 2000000; at_us += 1000) {
		struct uuid next = uuid_v7(at_us, &randomness_system);

		assert_true(strcmp(last.text, next.text) < 0);
		last = next;
	}
	for (int i = 0; i < 1000; i++)
		assert_string_not_equal(
			uuid_v7(7, &randomness_system).text, uuid_v7(7, &randomness_system).text);
}

static void hashes_are_blake2b_of_128_bits(void **state)
{
	char bytes[1000] = "";

	(void)state;
	assert_string_equal(content_hash("", 0).text, "cae66941d9efbd404e4d88758ea67670");
	assert_string_equal(content_hash(NULL, 0).text, "cae66941d9efbd404e4d88758ea67670");
	assert_string_equal(
		content_hash("đô thị", strlen("đô thị")).text, "f92183051b0ebe13ea79ccf1673293ed");
	for (size_t len = 1; len < sizeof bytes; len++)
		assert_string_not_equal(
			content_hash(bytes, len).text, content_hash(bytes, len - 1).text);
}

/* FIPS 180-4, examples of SHA-256. */
static void digests_are_sha_256_of_all_pieces(void **state)
{
	struct digest whole = digest_of("abc", 3), pieces;
	struct digest_maker maker;

	(void)state;
	assert_string_equal(digest_print(&whole).text,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_begin(&maker);
	digest_add(&maker, "a", 1);
	digest_add(&maker, NULL, 0);
	digest_add(&maker, "bc", 2);
	pieces = digest_end(&maker);
	assert_memory_equal(&pieces, &whole, sizeof whole);
	whole = digest_of(NULL, 0);
	assert_string_equal(digest_print(&whole).text,
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void the_system_gives_random_bytes(void **state)
{
	unsigned char bytes[64] = "", other[64] = "";

	(void)state;
	randomness_system.fill(randomness_system.context, bytes, sizeof bytes);
	randomness_system.fill(randomness_system.context, other, sizeof other);
	assert_memory_not_equal(bytes, other, sizeof bytes);
	randomness_system.fill(randomness_system.context, bytes, 0);
}

static void tokens_are_random_bits_in_hexadecimal(void **state)
{
	static const struct randomness ones = {fill_with_ff, NULL};

	(void)state;
	assert_string_equal(secret_token(8, &ones).text, "ff");
	for (int bits = 8; bits <= SECRET_TOKEN_MAX_BITS; bits += 8) {
		struct secret_token token = secret_token(bits, &randomness_system);

		assert_int_equal(strlen(token.text), (size_t)bits / 4);
		assert_int_equal(strspn(token.text, "0123456789abcdef"), (size_t)bits / 4);
		if (bits >= 64)
			assert_string_not_equal(
				token.text, secret_token(bits, &randomness_system).text);
	}
}

static void equal_is_equal_in_every_bit(void **state)
{
	unsigned char one[32] = "", other[32] = "";

	(void)state;
	assert_true(secret_equal(one, other, sizeof one));
	assert_true(secret_equal(one, other, 0));
	for (size_t bit = 0; bit < 8 * sizeof one; bit++) {
		one[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_false(secret_equal(one, other, sizeof one));
		assert_true(secret_equal(one, other, bit / 8));
		secret_wipe(one, sizeof one);
	}
	assert_memory_equal(one, other, sizeof one);
}

static bool matches(const struct password_hash *hash, const char *password)
{
	bool does = true;

	assert_int_equal(password_hash_verify(hash, password, strlen(password), &does, NULL), 0);
	return does;
}

static void a_password_matches_its_own_hash_alone(void **state)
{
	const char password[] = "mật khẩu dài của tôi";
	struct password_hash hash, again;

	(void)state;
	assert_int_equal(password_hash_make(password, strlen(password), &hash, NULL), 0);
	assert_int_equal(password_hash_make(password, strlen(password), &again, NULL), 0);
	assert_string_not_equal(hash.text, again.text);
	assert_memory_equal(hash.text, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
	assert_true(matches(&hash, password));
	assert_true(matches(&again, password));
	assert_false(matches(&hash, "mật khẩu dài của tôi "));
	assert_false(matches(&hash, "mật khẩu dài của tô"));
	assert_false(matches(&hash, ""));
	assert_false(password_hash_is_old(&hash));
}

/* RFC 9106 has it in binary; this is the reference program's: "password", 64 MiB, two passes. */
static void a_hash_of_other_parameters_verifies_and_is_old(void **state)
{
	static const struct password_hash of_others = {
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
		"CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"};

	(void)state;
	assert_true(matches(&of_others, "password"));
	assert_false(matches(&of_others, "Password"));
	assert_true(password_hash_is_old(&of_others));
}

static void what_is_no_hash_matches_nothing(void **state)
{
	static const struct password_hash none[] = {{""}, {"$"}, {"$argon2id$"}, {"password"},
		{"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$"},
		{"$argon2id$v=19$m=x,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8"},
		{"$2b$10$abcdefghijklmnopqrstuv"}};

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_false(matches(&none[i], "password"));
		assert_false(matches(&none[i], ""));
		assert_true(password_hash_is_old(&none[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uuid_has_its_time_version_and_variant),
		cmocka_unit_test(uuids_sort_by_time_and_never_repeat),
		cmocka_unit_test(hashes_are_blake2b_of_128_bits),
		cmocka_unit_test(digests_are_sha_256_of_all_pieces),
		cmocka_unit_test(the_system_gives_random_bytes),
		cmocka_unit_test(tokens_are_random_bits_in_hexadecimal),
		cmocka_unit_test(equal_is_equal_in_every_bit),
		cmocka_unit_test(a_password_matches_its_own_hash_alone),
		cmocka_unit_test(a_hash_of_other_parameters_verifies_and_is_old),
		cmocka_unit_test(what_is_no_hash_matches_nothing),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
