#include "tests/test.h"

#include "base/messages.h"
#include "base/text.h"
#include "data/certificate.h"
#include "tests/data/small_register.h"

static const char sha[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char other_sha[] = "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

/* Adds the certificate with that number, whose code ends in it. */
static int64_t add(struct store *store, int64_t address_id, int64_t number, struct error *err)
{
	char paper_number[40], code[CERTIFICATE_CODE_CHARS + 1];
	struct certificate certificate = {.paper = {"certificate", 2026, number},
		.paper_number = paper_number, .code = code, .address_id = address_id,
		.address_version = 3, .parcel_id = 7, .parcel_version = 2, .signer = "Trần Văn Bình",
		.issued_at_us = SMALL_NOW_US + number, .issued_by = "user:1", .data = "{}",
		.data_sha256 = sha, .file_sha256 = other_sha};

	snprintf(paper_number, sizeof paper_number, "%lld/2026/GCN-SN", (long long)number);
	snprintf(code, sizeof code, "%020lld", (long long)number);
	return certificate_add(store, &certificate, err) ? 0 : certificate.id;
}

static struct certificate read(struct store *store, struct arena *arena, int64_t id)
{
	struct certificate certificate;

	assert_int_equal(certificate_read(store, id, arena, &certificate, NULL), 0);
	return certificate;
}

static void what_was_written_is_read(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t id = add(store, 5, 118, NULL);
	struct certificate made = read(store, &arena, id), found;
	struct certificate_code code;

	assert_true(id == 1);
	assert_string_equal(made.paper_number, "118/2026/GCN-SN");
	assert_string_equal(made.paper.series, "certificate");
	assert_true(made.paper.year == 2026 && made.paper.number == 118);
	assert_true(made.address_id == 5 && made.address_version == 3 && made.parcel_id == 7);
	assert_true(!made.holder_id && !made.holder_sha256 && !made.reason && !made.ended_at_us);
	assert_int_equal(made.state, CERTIFICATE_VALID);
	assert_string_equal(made.data_sha256, sha);
	assert_true(certificate_code_read(made.code, &code));
	assert_int_equal(certificate_find(store, &code, &arena, &found, NULL), 0);
	assert_true(found.id == id);
	code.text[0] = '1';
	assert_int_equal(certificate_find(store, &code, &arena, &found, NULL), ERR_NOT_FOUND);
	assert_int_equal(certificate_read(store, 99, &arena, &found, NULL), ERR_NOT_FOUND);
}

static void a_later_one_replaces_the_valid_one(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t first = add(store, 5, 1, NULL), second = add(store, 5, 2, NULL);
	struct certificate before = read(store, &arena, first);

	assert_int_equal(before.state, CERTIFICATE_REPLACED);
	assert_true(before.replaced_by == second && before.ended_at_us == SMALL_NOW_US + 2);
	assert_string_equal(before.ended_by, "user:1");
	assert_int_equal(read(store, &arena, second).state, CERTIFICATE_VALID);
	assert_true(add(store, 6, 3, NULL) != 0);
	assert_int_equal(read(store, &arena, second).state, CERTIFICATE_VALID);
	assert_true(number_in(store, "SELECT count(*) FROM certificate WHERE state = 'valid'") == 2);
}

/* The constraints hold whatever writes. */
static void no_number_no_code_and_no_address_has_two(void **state)
{
	struct store *store = store_of(state);
	struct error err = {0};

	assert_true(add(store, 5, 1, NULL) != 0);
	assert_true(add(store, 6, 1, &err) == 0);
	assert_true(store_run(store, "UPDATE certificate SET state = 'valid', id = 9", NULL) == 0);
	assert_true(store_run(store,
			    "INSERT INTO certificate (id, series, year, number, paper_number, code,"
			    " address_id, address_version, signer, state, issued_at, issued_by, data,"
			    " data_sha256, file_sha256) SELECT 10, series, year, 77, paper_number, 'x',"
			    " address_id, 1, signer, 'valid', 1, '', data, '', '' FROM certificate",
			    NULL) != 0);
}

static void a_valid_one_is_revoked_once_and_with_a_reason(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	struct counter_act act = {"user:2", "cấp nhầm", SMALL_NOW_US + 9}, none = {"user:2", "", 1};
	struct error err = {0};
	int64_t id = add(store, 5, 1, NULL);
	struct certificate revoked;

	assert_int_equal(certificate_revoke(store, id, &none, NULL), ERR_INVALID);
	assert_int_equal(certificate_revoke(store, 99, &act, NULL), ERR_NOT_FOUND);
	assert_int_equal(certificate_revoke(store, id, &act, NULL), 0);
	revoked = read(store, &arena, id);
	assert_int_equal(revoked.state, CERTIFICATE_REVOKED);
	assert_string_equal(revoked.reason, "cấp nhầm");
	assert_string_equal(revoked.ended_by, "user:2");
	assert_int_equal(certificate_revoke(store, id, &act, &err), ERR_CONFLICT);
	assert_int_equal(err.message, MSG_CERTIFICATE_ENDED);
}

static void an_address_that_goes_takes_its_paper_along(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = store_of(state);
	int64_t first = add(store, 5, 1, NULL), last = add(store, 5, 2, NULL), other = add(store, 6, 3, NULL);
	char lengthy[CERTIFICATE_REASON_MAX * 2];

	memset(lengthy, 'a', sizeof lengthy - 1);
	memcpy(lengthy + CERTIFICATE_REASON_MAX - 1, "đ", 2);
	lengthy[sizeof lengthy - 1] = '\0';
	assert_int_equal(certificate_revoke_of_address(store, 5, lengthy, SMALL_NOW_US, NULL), 0);
	assert_int_equal(certificate_revoke_of_address(store, 5, "lại", SMALL_NOW_US, NULL), 0);
	assert_int_equal(certificate_revoke_of_address(store, 77, "không có", SMALL_NOW_US, NULL), 0);
	assert_int_equal(read(store, &arena, first).state, CERTIFICATE_REPLACED);
	assert_int_equal(read(store, &arena, last).state, CERTIFICATE_REVOKED);
	assert_true(text_is_utf8(read(store, &arena, last).reason, CERTIFICATE_REASON_MAX - 1));
	assert_int_equal(read(store, &arena, other).state, CERTIFICATE_VALID);
}

static int count_one(void *context, const struct certificate *certificate, struct error *err)
{
	int64_t *last = context;

	(void)err;
	assert_true(certificate->id < *last);
	*last = certificate->id;
	return 0;
}

static void those_of_an_address_are_listed_the_newest_first(void **state)
{
	struct store *store = store_of(state);
	int64_t last = INT64_MAX;

	for (int i = 1; i < 6; i++)
		assert_true(add(store, i % 2 ? 5 : 6, i, NULL) != 0);
	assert_int_equal(certificate_list(store, 5, count_one, &last, NULL), 0);
	assert_true(last == 1);
}

static int64_t sign(struct store *store, int64_t id, const char *file, const char *continues)
{
	struct certificate_revision revision = {.certificate_id = id, .file_sha256 = file,
		.signer = "Trần Văn Bình", .issuer = "CA", .added_at_us = SMALL_NOW_US,
		.added_by = "user:1"};

	return certificate_revision_add(store, &revision, continues, NULL) ? 0 : revision.ordinal;
}

static void signatures_continue_each_other(void **state)
{
	static const char third[] =
		"2123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	struct store *store = store_of(state);
	int64_t id = add(store, 5, 1, NULL);

	assert_true(sign(store, id, third, sha) == 0);
	assert_true(sign(store, id, sha, other_sha) == 1);
	assert_true(sign(store, id, third, other_sha) == 0);
	assert_true(sign(store, id, third, sha) == 2);
	assert_true(sign(store, 99, third, sha) == 0);
}

static void codes_are_read_as_people_type_them(void **state)
{
	autofree(strbuf_clear) struct strbuf printed = STRBUF(64);
	struct certificate_code made, found;

	(void)state;
	for (int i = 0; i < 200; i++) {
		made = certificate_code_make(&randomness_system);
		assert_int_equal(strspn(made.text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 20);
		strbuf_reset(&printed);
		certificate_code_print(made.text, &printed);
		assert_int_equal(printed.len, 23);
		assert_true(certificate_code_read(printed.data, &found));
		assert_string_equal(found.text, made.text);
	}
	assert_true(certificate_code_read("oil01 abcde-fghjk mnpqr", &found));
	assert_string_equal(found.text, "01101ABCDEFGHJKMNPQR");
	assert_false(certificate_code_read("", &found));
	assert_false(certificate_code_read("0123456789ABCDEFGHJ", &found));
	assert_false(certificate_code_read("0123456789ABCDEFGHJKM", &found));
	assert_false(certificate_code_read("0123456789ABCDEFGHJU", &found));
	assert_false(certificate_code_read("đ123456789ABCDEFGHJK", &found));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, small_register_make, small_register_drop)
	const struct CMUnitTest tests[] = {
		TEST(what_was_written_is_read),
		TEST(a_later_one_replaces_the_valid_one),
		TEST(no_number_no_code_and_no_address_has_two),
		TEST(a_valid_one_is_revoked_once_and_with_a_reason),
		TEST(an_address_that_goes_takes_its_paper_along),
		TEST(those_of_an_address_are_listed_the_newest_first),
		TEST(signatures_continue_each_other),
		TEST(codes_are_read_as_people_type_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
