#include "tests/test.h"

#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "gis/zip_file.h"
#include "tests/gis/make_files.h"

enum { BYTES_MAX = 20 << 20 };

/* Opens an archive of these members. */
static int open_made(void **state, const struct made_member *members, size_t count,
	struct zip_file **ret_zip, struct error *err)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(MADE_BYTES_MAX);

	make_zip(&bytes, members, count);
	return zip_file_open(
		write_made(folder_of(state), "a.zip", &bytes), "a.zip", BYTES_MAX, ret_zip, err);
}

static void assert_refused(void **state, struct made_member member, const char *code)
{
	autoptr(zip_file_close) struct zip_file *zip = NULL;
	struct error err = {0};

	assert_true(open_made(state, &member, 1, &zip, &err) < 0);
	assert_message(&err, code);
}

static void lists_and_extracts(void **state)
{
	static const struct made_member members[] = {
		{.name = "giao/"},
		{.name = "giao/Thửa đất.shp", .bytes = "aaaaaaaaaaaaaaaaaaaaaaaa", .len = 24},
		{.name = "ghi chú.txt", .bytes = "xin chào", .len = 9, .stored = true},
		{.name = "empty.cpg", .bytes = "", .len = 0, .stored = true},
		{.name = "b\xE1.dbf", .bytes = "b", .len = 1},
	};
	autoptr(zip_file_close) struct zip_file *zip = NULL;
	autofree(strbuf_clear) struct strbuf text = STRBUF(100);
	struct error err = {0};
	char target[MADE_PATH_MAX];

	assert_int_equal(open_made(state, members, 5, &zip, &err), 0);
	assert_int_equal(zip_file_count(zip), 4);
	assert_string_equal(zip_file_member(zip, 0)->name, "giao/Thửa đất.shp");
	assert_string_equal(zip_file_member(zip, 0)->key, "giao/thửa đất.shp");
	assert_string_equal(zip_file_member(zip, 3)->name, "bá.dbf");
	snprintf(target, sizeof target, "%s", test_path(folder_of(state), "out"));
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(
			zip_file_extract(zip, zip_file_member(zip, i), target, NULL, &err), 0);
		strbuf_reset(&text);
		assert_int_equal(file_read(target, &text, &err), 0);
		assert_string_equal(text.data, members[i + 1].bytes);
	}
}

static void refuses_what_is_no_plain_collection(void **state)
{
	const struct made_member plain = {.name = "a.shp", .bytes = "abc", .len = 3};
	struct made_member member = plain;

	member.flags = 1;
	assert_refused(state, member, "ZIP-LOCK-01");
	member = plain;
	member.method = 99;
	assert_refused(state, member, "ZIP-LOCK-01");
	member.method = 12;
	assert_refused(state, member, "ZIP-KIND-01");
	member = plain;
	member.unix_mode = 0120777;
	assert_refused(state, member, "ZIP-LINK-01");
	member = plain;
	member.name = "tools/inside.ZIP";
	assert_refused(state, member, "ZIP-NEST-01");
}

static void refuses_names_that_lead_elsewhere(void **state)
{
	static const char *const names[] = {"../a.shp", "/etc/passwd", "x/../../a.shp", "a\\b.shp",
		"C:/a.shp", "x//a.shp", "./a.shp", "a\nb.shp", "..", "\x7F"};
	char long_name[ZIP_NAME_MAX + 2];
	const struct made_member with_nul = {
		.name = "a.shp\0.txt", .name_len = 10, .bytes = "abc", .len = 3};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_refused(state,
			(struct made_member){.name = names[i], .bytes = "abc", .len = 3},
			"ZIP-NAME-01");
	assert_refused(state, with_nul, "ZIP-NAME-01");
	memset(long_name, 'a', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = '\0';
	assert_refused(state, (struct made_member){.name = long_name}, "ZIP-NAME-01");
}

static void refuses_names_that_differ_in_case(void **state)
{
	static const struct made_member members[] = {
		{.name = "Đất.shp", .bytes = "abc", .len = 3},
		{.name = "other", .bytes = "abc", .len = 3},
		{.name = "ĐẤT.SHP", .bytes = "abc", .len = 3},
	};
	autoptr(zip_file_close) struct zip_file *zip = NULL;
	struct error err = {0};

	assert_true(open_made(state, members, 3, &zip, &err) < 0);
	assert_message(&err, "ZIP-NAME-02");
}

static void refuses_bombs(void **state)
{
	autofree(strbuf_clear) struct strbuf zeros = STRBUF(MADE_BYTES_MAX);
	struct made_member members[ZIP_MEMBERS_MAX + 1] = {0};
	char names[ZIP_MEMBERS_MAX + 1][8];
	autoptr(zip_file_close) struct zip_file *zip = NULL;
	struct error err = {0};

	assert_true(strbuf_reserve(&zeros, BYTES_MAX));
	memset(zeros.data, 0, BYTES_MAX);
	members[0] = (struct made_member){.name = "a", .bytes = zeros.data, .len = 10 << 20};
	assert_refused(state, members[0], "ZIP-BIG-02");
	/* Small things may shrink as they like. */
	members[0].len = 1 << 20;
	assert_int_equal(open_made(state, members, 1, &zip, &err), 0);
	zip_file_close(take(zip));
	/* All together are too large. */
	members[0].len = BYTES_MAX - 5;
	members[0].stored = true;
	members[1] = (struct made_member){.name = "b", .bytes = "123456", .len = 6, .stored = true};
	assert_true(open_made(state, members, 2, &zip, &err) < 0);
	assert_message(&err, "ZIP-BIG-01");
	for (size_t i = 0; i <= ZIP_MEMBERS_MAX; i++) {
		snprintf(names[i], sizeof names[i], "%zu", i);
		members[i] = (struct made_member){.name = names[i], .bytes = "a", .len = 1};
	}
	assert_int_equal(open_made(state, members, ZIP_MEMBERS_MAX, &zip, &err), 0);
	zip_file_close(take(zip));
	assert_true(open_made(state, members, ZIP_MEMBERS_MAX + 1, &zip, &err) < 0);
	assert_message(&err, "ZIP-BIG-03");
}

static void refuses_members_that_share_bytes(void **state)
{
	static const struct made_member members[] = {
		{.name = "a", .bytes = "abcabc", .len = 6},
		{.name = "b", .bytes = "abcabc", .len = 6, .shares_bytes = true},
	};
	autoptr(zip_file_close) struct zip_file *zip = NULL;
	struct error err = {0};

	assert_true(open_made(state, members, 2, &zip, &err) < 0);
	assert_message(&err, "ZIP-BAD-01");
}

/* The directory says less, or more, than comes out, or another checksum. */
static void finds_lies_while_extracting(void **state)
{
	static const char text[] = "the same again and again, the same again and again";
	struct made_member lies[] = {
		{.name = "a", .bytes = text, .len = sizeof text, .size = 20},
		{.name = "a", .bytes = text, .len = sizeof text, .size = 2000},
		{.name = "a", .bytes = text, .len = sizeof text, .checksum = 12345},
		{.name = "a", .bytes = text, .len = sizeof text, .stored = true, .checksum = 1},
	};

	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		autoptr(zip_file_close) struct zip_file *zip = NULL;
		struct error err = {0};

		assert_int_equal(open_made(state, lies + i, 1, &zip, &err), 0);
		assert_true(zip_file_extract(zip, zip_file_member(zip, 0),
				    test_path(folder_of(state), "out"), NULL, &err) < 0);
		assert_message(&err, "ZIP-BAD-01");
	}
}

static void refuses_every_truncation(void **state)
{
	static const struct made_member members[] = {
		{.name = "a.shp", .bytes = "abcabcabcabc", .len = 12},
		{.name = "a.dbf", .bytes = "abc", .len = 3, .stored = true},
	};
	autofree(strbuf_clear) struct strbuf whole = STRBUF(MADE_BYTES_MAX);

	make_zip(&whole, members, 2);
	for (size_t len = 0; len < whole.len; len++) {
		autofree(strbuf_clear) struct strbuf part = STRBUF(MADE_BYTES_MAX);
		autoptr(zip_file_close) struct zip_file *zip = NULL;
		struct error err = {0};

		strbuf_add(&part, whole.data, len);
		assert_true(zip_file_open(write_made(folder_of(state), "a.zip", &part), "a.zip",
				    BYTES_MAX, &zip, &err) < 0);
		assert_message(&err, "ZIP-BAD-01");
	}
}

static bool always(void *context)
{
	(void)context;
	return true;
}

static void stops_when_asked(void **state)
{
	static const struct made_member member = {.name = "a", .bytes = "abc", .len = 3};
	const struct watch watch = {always, NULL, 0};
	autoptr(zip_file_close) struct zip_file *zip = NULL;
	struct error err = {0};

	assert_int_equal(open_made(state, &member, 1, &zip, &err), 0);
	assert_int_equal(zip_file_extract(zip, zip_file_member(zip, 0),
				 test_path(folder_of(state), "out"), &watch, &err),
		ERR_CANCELLED);
}

/* Whatever the bytes, an archive is refused or its members come out as the directory says. */
static void survives_mutations(void **state)
{
	static const struct made_member members[] = {
		{.name = "giao/a.shp", .bytes = "abcabcabcabcabcabc", .len = 18},
		{.name = "giao/a.dbf", .bytes = "abc", .len = 3, .stored = true},
		{.name = "giao/a.prj", .bytes = "PROJCS PROJCS PROJCS", .len = 20},
	};
	autofree(strbuf_clear) struct strbuf whole = STRBUF(MADE_BYTES_MAX);
	struct random random = random_start(20261121);

	make_zip(&whole, members, 3);
	for (int turn = 0; turn < 3000; turn++) {
		autofree(strbuf_clear) struct strbuf bytes = STRBUF(MADE_BYTES_MAX);
		autoptr(zip_file_close) struct zip_file *zip = NULL;
		struct error err = {0};
		char target[MADE_PATH_MAX];

		strbuf_add(&bytes, whole.data, whole.len);
		mutate(&bytes, &random);
		if (zip_file_open(write_made(folder_of(state), "a.zip", &bytes), "a.zip", BYTES_MAX,
			    &zip, &err))
			continue;
		snprintf(target, sizeof target, "%s", test_path(folder_of(state), "out"));
		for (size_t i = 0; i < zip_file_count(zip); i++) {
			const struct zip_member *member = zip_file_member(zip, i);
			int64_t len = -1;

			unlink(target);
			if (zip_file_extract(zip, member, target, NULL, &err))
				continue;
			assert_int_equal(file_size(target, &len, &err), 0);
			assert_int_equal(len, member->size);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_and_extracts),
		cmocka_unit_test(refuses_what_is_no_plain_collection),
		cmocka_unit_test(refuses_names_that_lead_elsewhere),
		cmocka_unit_test(refuses_names_that_differ_in_case),
		cmocka_unit_test(refuses_bombs),
		cmocka_unit_test(refuses_members_that_share_bytes),
		cmocka_unit_test(finds_lies_while_extracting),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(stops_when_asked),
		cmocka_unit_test(survives_mutations),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
