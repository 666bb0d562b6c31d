/* Templates of papers: read, and some of them drawn. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/text.h"
#include "tiles/paper.h"

enum { DRAWN_ONE_OF = 8 };

/* Those of certificates, as the first input of the corpus is one. */
static const char *const fields[] = {"plate", "label", "number", "year", "long", "scale",
	"paper_number", "unit_capitals", "place", "date_words", "mark", "basis", "issuer",
	"full_address", "street_name", "alleys", "old_labels", "unit_issued", "parcel_no", "sheet",
	"area", "holder", "holder_number", "grid", "url", "data_sha256", "code", "versions",
	"signer_title", "signer", NULL};

static void draw(const struct paper_template *layout)
{
	static double corners[] = {0, 0, 5, 0, 5, 20, 0, 20, 0, 0};
	uint32_t five = 5, one = 1;
	const struct paper_parcel parcel = {
		{GEOMETRY_AREA, 5, corners, 1, &five, 1, &one, 0}, "345", "7", true};
	const struct paper_map map = {&parcel, 1, NULL, 0, {2.5, 0}, {0, -4, 5, 20}};
	struct paper_value values[] = {{"plate", "7"}, {"label", "7 Yersin"}, {"number", "1"},
		{"year", "2026"}, {"long", "Tôn Nữ Thị Ngọc Ánh của một phường rất dài tên"},
		{"scale", ""}, {NULL, NULL}};
	struct paper paper = {.layout = layout, .values = values, .map = &map,
		.url = "https://so.vn/v/ABC", .marks = {"MẪU", NULL}};
	autofree(strbuf_clear) struct strbuf out = STRBUF(PDF_BYTES_MAX);
	struct error err = {0};
	int rc = paper_draw(&paper, &out, &err);

	must(rc == err.code);
	must(rc ? rc == ERR_INVALID || rc == ERR_TOO_LARGE : out.len > 5 && !memcmp(out.data, "%PDF-", 5));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static unsigned turn;
	struct slice text = {(const char *)bytes, len};
	struct paper_template layout;
	struct error err = {0};
	autofree(strbuf_clear) struct strbuf said = STRBUF(10000);
	int rc = paper_template_read(text, fields, &layout, &err);

	must(rc == err.code && (rc == 0 || rc == ERR_CONFIG));
	error_print(&said, &err, LANG_VI);
	must(text_is_utf8(said.data, said.len));
	if (!rc && turn++ % DRAWN_ONE_OF == 0)
		draw(&layout);
	return 0;
}
