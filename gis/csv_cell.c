#include "gis/csv_cell.h"

#include <string.h>

#include "base/text.h"

enum { FORMULA_CHARS_MAX = 255 }; /* of a text in a formula ("Excel specifications and limits") */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Characters as Excel counts them (UTF-16), a quote twice; SIZE_MAX where a formula cannot be. */
static bool fits_formula(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ')
			return false;
		count += (c & 0xC0) != 0x80;
		count += c >= 0xF0 || c == '"';
	}
	return count <= FORMULA_CHARS_MAX;
}

static bool begins_like_formula(const char *text, size_t len)
{
	return len && strchr("=+-@\t\r\n'\"#", text[0]) != NULL;
}

static bool has(const char *text, size_t len, bool is(char c))
{
	for (size_t i = 0; i < len; i++)
		if (is(text[i]))
			return true;
	return false;
}

static bool is_truth(const char *text, size_t len)
{
	char word[6] = "";

	if (len < 4 || len > 5)
		return false;
	memcpy(word, text, len);
	return text_equal_nocase(word, "true") || text_equal_nocase(word, "false");
}

/* Which texts Excel reads as something else depends on its language; a digit is enough. */
static bool needs_formula(const char *text, size_t len)
{
	if (!fits_formula(text, len))
		return false;
	return !len || begins_like_formula(text, len) || has(text, len, is_digit) ||
	       text[0] == ' ' || text[len - 1] == ' ' || is_truth(text, len);
}

static bool needs_apostrophe(const char *text, size_t len)
{
	return !fits_formula(text, len) &&
	       (begins_like_formula(text, len) || !has(text, len, is_letter));
}

void csv_cell_guard(struct strbuf *out, const char *text, size_t len)
{
	if (needs_formula(text, len)) {
		strbuf_add_text(out, "=\"");
		for (size_t i = 0; i < len; i++) {
			if (text[i] == '"')
				strbuf_add_char(out, '"');
			strbuf_add_char(out, text[i]);
		}
		strbuf_add_char(out, '"');
		return;
	}
	if (needs_apostrophe(text, len))
		strbuf_add_char(out, '\'');
	strbuf_add(out, text, len);
}

bool csv_cell_unguard(struct strbuf *out, const char *cell, size_t len)
{
	size_t start = out->len;

	if (len > 1 && cell[0] == '\'' && needs_apostrophe(cell + 1, len - 1)) {
		strbuf_add(out, cell + 1, len - 1);
		return true;
	}
	if (len < 3 || cell[0] != '=' || cell[1] != '"' || cell[len - 1] != '"')
		return false;
	for (size_t i = 2; i < len - 1; i++) {
		if (cell[i] == '"' && (i + 2 >= len || cell[++i] != '"')) {
			out->len = start;
			return false;
		}
		strbuf_add_char(out, cell[i]);
	}
	return true;
}
