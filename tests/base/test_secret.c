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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uuid_has_its_time_version_and_variant),
		cmocka_unit_test(uuids_sort_by_time_and_never_repeat),
		cmocka_unit_test(hashes_are_blake2b_of_128_bits),
		cmocka_unit_test(digests_are_sha_256_of_all_pieces),
		cmocka_unit_test(the_system_gives_random_bytes),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
