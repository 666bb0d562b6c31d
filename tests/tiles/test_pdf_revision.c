#include "tests/test.h"

#include <inttypes.h>

#include "base/messages.h"
#include "tiles/pdf.h"
#include "tiles/pdf_revision.h"

/* A page with a line of text. */
static struct strbuf paper(void)
{
	const struct pdf_about about = {"Giấy thử", INT64_C(1795221296000000)};
	const struct pdf_face face = {FONT_REGULAR, 12, 0};
	struct strbuf file = STRBUF(PDF_BYTES_MAX);
	struct pdf *pdf = NULL;

	assert_int_equal(pdf_new(&about, &pdf, NULL), 0);
	pdf_begin(pdf, "P");
	pdf_text(pdf, &face, 20, 20, 0, "Số nhà 15/3/7A", strlen("Số nhà 15/3/7A"));
	pdf_end(pdf, "P");
	assert_int_equal(pdf_finish(pdf, &file, NULL), 0);
	pdf_free(pdf);
	return file;
}

static struct slice slice_of(const struct strbuf *file)
{
	return (struct slice){file->data, file->len};
}

static void what_is_added_leaves_what_was_there(void **state)
{
	struct strbuf file = paper(), before = STRBUF(PDF_BYTES_MAX);

	(void)state;
	strbuf_add(&before, file.data, file.len);
	assert_int_equal(pdf_add_language(&file, NULL), 0);
	assert_true(file.len > before.len && !memcmp(file.data, before.data, before.len));
	assert_non_null(strstr(file.data + before.len, "/Lang (vi-VN)"));
	strbuf_reset(&before);
	strbuf_add(&before, file.data, file.len);
	assert_int_equal(pdf_add_signature_field(&file, "ChuKy1", NULL), 0);
	assert_true(!memcmp(file.data, before.data, before.len));
	strbuf_clear(&before);
	strbuf_clear(&file);
}

/* A file that bears a "signature" of a few bytes. */
static struct strbuf signed_paper(struct strbuf *before)
{
	struct strbuf file = paper();
	char *hole;

	assert_int_equal(pdf_add_language(&file, NULL), 0);
	strbuf_reset(before);
	strbuf_add(before, file.data, file.len);
	assert_int_equal(pdf_add_signature_field(&file, "ChuKy1", NULL), 0);
	hole = strstr(file.data + before->len, "/Contents <");
	assert_non_null(hole);
	memcpy(hole + strlen("/Contents <"), "3003020101", 10);
	return file;
}

static int find(const struct strbuf *file, const struct strbuf *before)
{
	struct pdf_signature found = {.der = STRBUF(PDF_SIGNATURE_BYTES * 2)};
	struct error err = {0};
	int rc = pdf_find_signature(slice_of(file), slice_of(before), &found, &err);

	if (!rc) {
		assert_memory_equal(found.der.data, "\x30\x03\x02\x01\x01", 5);
		assert_int_equal(found.covered[0].len + found.covered[1].len +
				2 * PDF_SIGNATURE_BYTES + 2, file->len);
	}
	strbuf_clear(&found.der);
	return rc ? err.message : 0;
}

static void a_signature_covers_all_but_itself(void **state)
{
	struct strbuf before = STRBUF(PDF_BYTES_MAX), file = signed_paper(&before);

	(void)state;
	assert_int_equal(find(&file, &before), 0);
	strbuf_add_char(&file, '\n');
	assert_int_equal(find(&file, &before), MSG_SIGNATURE_FORM);
	file.len = before.len;
	assert_int_equal(find(&file, &before), MSG_SIGNATURE_OTHER_FILE);
	strbuf_clear(&file);
	strbuf_clear(&before);
}

/* Other content of the page, another page tree, an object that is hidden: none of it is the paper. */
static void what_changes_the_paper_is_refused(void **state)
{
	static const char *const added[] = {"4 0 obj\n<< /Length 0 >>\nendobj\n",
		"1 0 obj\n<< /Type /Pages /Kids [ 90 0 R ] /Count 1 >>\nendobj\n",
		"99 0 obj\n<< /Type /ObjStm >>\nendobj\n", "x 0 obj\n<< >>\nendobj\n"};

	(void)state;
	for (size_t i = 0; i < sizeof added / sizeof added[0]; i++) {
		struct strbuf before = STRBUF(PDF_BYTES_MAX), file = signed_paper(&before);
		char *number = strstr(file.data + before.len, "/ByteRange [");
		char ending[24], wide[24];
		const char *last;
		int64_t range[4];

		/* Behind all, with numbers that cover it. */
		assert_int_equal(sscanf(number, "/ByteRange [%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64,
			&range[0], &range[1], &range[2], &range[3]), 4);
		strbuf_add_text(&file, added[i]);
		number = strstr(file.data + before.len, "/ByteRange [");
		snprintf(ending, sizeof ending, " %lld", (long long)range[3]);
		last = strstr(number, ending);
		snprintf(wide, sizeof wide, " %lld", (long long)(range[3] + (int64_t)strlen(added[i])));
		assert_non_null(last);
		memcpy(file.data + (last - file.data), wide, strlen(wide));
		assert_int_equal(find(&file, &before), MSG_SIGNATURE_CHANGES);
		strbuf_clear(&file);
		strbuf_clear(&before);
	}
}

/* Any byte of what was added may be any other: never more than a refusal. */
static void damage_is_told(void **state)
{
	struct strbuf before = STRBUF(PDF_BYTES_MAX), file = signed_paper(&before);

	(void)state;
	for (size_t at = before.len; at < file.len; at++) {
		char was = file.data[at];

		if (at > before.len + 1500 && at + 400 < file.len)
			at = file.len - 400;
		for (int bit = 0; bit < 8; bit++) {
			file.data[at] = (char)(was ^ 1 << bit);
			struct pdf_signature found = {.der = STRBUF(PDF_SIGNATURE_BYTES * 2)};
			(void)pdf_find_signature(slice_of(&file), slice_of(&before), &found, NULL);
			strbuf_clear(&found.der);
		}
		file.data[at] = was;
	}
	for (size_t len = before.len; len < file.len; len += 97) {
		struct pdf_signature found = {.der = STRBUF(PDF_SIGNATURE_BYTES * 2)};

		assert_true(pdf_find_signature((struct slice){file.data, len}, slice_of(&before), &found,
				    NULL) < 0);
		strbuf_clear(&found.der);
	}
	strbuf_clear(&file);
	strbuf_clear(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_leaves_what_was_there),
		cmocka_unit_test(a_signature_covers_all_but_itself),
		cmocka_unit_test(what_changes_the_paper_is_refused),
		cmocka_unit_test(damage_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
