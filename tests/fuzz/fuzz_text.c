#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/json_write.h"
#include "base/messages.h"
#include "base/text.h"

enum { TEXT_MAX = 1 << 20 };

static void check_again(
	const struct strbuf *once, void (*map)(struct strbuf *, const char *, size_t))
{
	autofree(strbuf_clear) struct strbuf twice = STRBUF(TEXT_MAX);

	must(text_is_utf8(once->data, once->len));
	map(&twice, once->data, once->len);
	must(twice.len == once->len && !memcmp(twice.data, once->data, once->len));
}

static void map_nfc(struct strbuf *out, const char *bytes, size_t len)
{
	must(text_nfc(out, bytes, len));
}

/* What has its final form once keeps it. */
static void check_maps(const char *text, size_t len)
{
	autofree(strbuf_clear) struct strbuf nfc = STRBUF(TEXT_MAX);
	autofree(strbuf_clear) struct strbuf key = STRBUF(TEXT_MAX);
	autofree(strbuf_clear) struct strbuf folded = STRBUF(TEXT_MAX);

	map_nfc(&nfc, text, len);
	check_again(&nfc, map_nfc);
	text_search_key(&key, text, len);
	check_again(&key, text_search_key);
	text_fold(&folded, text, len);
	must(text_is_utf8(folded.data, folded.len));
}

/* No name that comes from outside makes an error that cannot be printed. */
static void check_error(const char *text)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(TEXT_MAX);
	struct error err = {0};

	fail_config_unknown(&err, text, 7, text, text);
	error_where(&err, "%s", text);
	error_print(&out, &err, LANG_VI);
	must(text_is_utf8(out.data, out.len) && text_is_utf8(err.where, strlen(err.where)));
}

static void check_pieces(const char *text)
{
	static const char *const words[] = {"port", "folder", "workers", NULL};
	const char *at = text;
	struct slice piece;
	size_t pieces = 0, commas = 0;

	while (text_next(&at, ',', &piece)) {
		must(piece.at >= text && piece.at + piece.len <= text + strlen(text));
		pieces++;
	}
	for (at = text; *at; at++)
		commas += *at == ',';
	must(pieces == commas + 1);
	text_nearest(text, words);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX);
	size_t cut = text_cut((const char *)bytes, len);

	must(cut <= len && len - cut < 4);
	if (text_is_utf8((const char *)bytes, len)) {
		must(cut == len);
		check_maps((const char *)bytes, len);
	} else {
		must(!text_nfc(&text, (const char *)bytes, len) && !text.len);
	}
	strbuf_add(&text, bytes, len);
	check_error(text.data);
	check_pieces(text.data);
	return 0;
}
