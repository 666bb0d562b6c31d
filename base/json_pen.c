#include "base/json_pen.h"

#include <assert.h>
#include <stdbool.h>

#include "base/banned.h"

struct json_key json_key_of(const char *name)
{
	struct json_key key = {.text = ",\""};
	size_t len = strlen(name);

	assert(len <= JSON_NAME_MAX);
	memcpy(key.text + 2, name, len);
	memcpy(key.text + 2 + len, "\":", 2);
	key.len = (uint8_t)(len + 4);
	return key;
}

/* Whether eight bytes hold one that JSON does not take as it is: a mark, or a control letter. */
static bool has_special(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101, highs = ones * 0x80;
	uint64_t quote = bytes ^ ones * '"', backslash = bytes ^ ones * '\\';

	return ((bytes - ones * 0x20) | (quote - ones) | (backslash - ones)) & ~bytes & highs;
}

/* Copies a text that needs no escapes; false from where it does. */
static bool copy_plain(char *out, const char *text, size_t len)
{
	uint32_t first, last;
	uint64_t bytes = 0x2020202020202020;

	if (len >= sizeof bytes) {
		for (size_t at = 0; at < len; at += sizeof bytes) {
			/* The last eight, maybe some of them again. */
			at = at + sizeof bytes > len ? len - sizeof bytes : at;
			memcpy(&bytes, text + at, sizeof bytes);
			if (has_special(bytes))
				return false;
			memcpy(out + at, &bytes, sizeof bytes);
		}
		return true;
	}
	if (len >= sizeof first) {
		memcpy(&first, text, sizeof first);
		memcpy(&last, text + len - sizeof last, sizeof last);
		memcpy(out, &first, sizeof first);
		memcpy(out + len - sizeof last, &last, sizeof last);
		return !has_special(first | (uint64_t)last << 32);
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = text[i];
		bytes = bytes << 8 | (unsigned char)text[i];
	}
	return !has_special(bytes);
}

static char *escape(char *at, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	*at++ = '\\';
	if (c == '"' || c == '\\') {
		*at++ = (char)c;
	} else if (c == '\n') {
		*at++ = 'n';
	} else if (c == '\t') {
		*at++ = 't';
	} else {
		memcpy(at, "u00", 3);
		at[3] = hex[c >> 4];
		at[4] = hex[c & 15];
		at += 5;
	}
	return at;
}

char *json_pen_escaped(char *at, const char *text, size_t len)
{
	if (copy_plain(at, text, len))
		return at + len;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == '"' || c == '\\')
			at = escape(at, c);
		else
			*at++ = (char)c;
	}
	return at;
}

char *json_pen_text(char *at, const char *text, size_t len)
{
	*at = '"';
	at = json_pen_escaped(at + 1, text, len);
	*at = '"';
	return at + 1;
}
