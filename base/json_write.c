#include "base/json_write.h"

#include <assert.h>

#include "base/number.h"

/* What precedes any value: a comma, unless it is the first or stands behind its key. */
static void separate(struct json_writer *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->comma[json->depth])
		strbuf_add_char(json->out, ',');
	json->comma[json->depth] = true;
}

static void open(struct json_writer *json, char bracket)
{
	separate(json);
	strbuf_add_char(json->out, bracket);
	assert(json->depth < JSON_DEPTH_MAX);
	json->comma[++json->depth] = false;
}

static void close(struct json_writer *json, char bracket)
{
	assert(json->depth > 0 && !json->after_key);
	json->depth--;
	strbuf_add_char(json->out, bracket);
}

void json_begin_object(struct json_writer *json)
{
	open(json, '{');
}

void json_end_object(struct json_writer *json)
{
	close(json, '}');
}

void json_begin_array(struct json_writer *json)
{
	open(json, '[');
}

void json_end_array(struct json_writer *json)
{
	close(json, ']');
}

/* Whether eight bytes hold one that JSON does not take as it is: a mark, or a control letter. */
static bool has_special(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101, highs = ones * 0x80;
	uint64_t quote = bytes ^ ones * '"', backslash = bytes ^ ones * '\\';

	return ((bytes - ones * 0x20) | (quote - ones) | (backslash - ones)) & ~bytes & highs;
}

/* Copies a text of eight bytes or more; false if it needs escapes. */
static bool copy_plain(char *out, const char *text, size_t len)
{
	uint64_t bytes;

	for (size_t at = 0; at < len; at += sizeof bytes) {
		if (at + sizeof bytes > len)
			at = len - sizeof bytes; /* the last eight, some of them again */
		memcpy(&bytes, text + at, sizeof bytes);
		if (has_special(bytes))
			return false;
		memcpy(out + at, &bytes, sizeof bytes);
	}
	return true;
}

/* The same of a shorter one. */
static bool copy_short(char *out, const char *text, size_t len)
{
	bool plain = true;

	for (size_t i = 0; i < len; i++) {
		out[i] = text[i];
		plain &= (unsigned char)text[i] >= 0x20 && text[i] != '"' && text[i] != '\\';
	}
	return plain;
}

static void add_escaped(struct strbuf *out, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t plain = 0;

	strbuf_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape[] = "\\u0000";

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		strbuf_add(out, text + plain, i - plain);
		plain = i + 1;
		if (c == '"' || c == '\\') {
			strbuf_add_char(out, '\\');
			strbuf_add_char(out, (char)c);
		} else if (c == '\n') {
			strbuf_add_text(out, "\\n");
		} else if (c == '\t') {
			strbuf_add_text(out, "\\t");
		} else {
			escape[4] = hex[c >> 4];
			escape[5] = hex[c & 15];
			strbuf_add(out, escape, 6);
		}
	}
	strbuf_add(out, text + plain, len - plain);
	strbuf_add_char(out, '"');
}

void json_put_key(struct json_writer *json, const char *key)
{
	separate(json);
	add_escaped(json->out, key, strlen(key));
	strbuf_add_char(json->out, ':');
	json->after_key = true;
}

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

void json_put_ready_key(struct json_writer *json, const struct json_key *key)
{
	size_t skip = !json->comma[json->depth];
	char *at = strbuf_room(json->out, sizeof key->text);

	assert(!json->after_key);
	json->comma[json->depth] = json->after_key = true;
	if (!at) {
		strbuf_add(json->out, key->text + skip, key->len - skip);
		return;
	}
	memcpy(at, key->text + skip, sizeof key->text - 1);
	strbuf_came(json->out, at + key->len - skip);
}

void json_put_text(struct json_writer *json, const char *text)
{
	if (text)
		json_put_text_len(json, text, strlen(text));
	else
		json_put_null(json);
}

void json_put_text_len(struct json_writer *json, const char *text, size_t len)
{
	struct strbuf *out = json->out;
	char *at;

	separate(json);
	at = strbuf_room(out, len + 2);
	if (!at || !(len < 8 ? copy_short(at + 1, text, len) : copy_plain(at + 1, text, len))) {
		add_escaped(out, text, len);
		return;
	}
	at[0] = at[len + 1] = '"';
	strbuf_came(out, at + len + 2);
}

void json_put_int(struct json_writer *json, int64_t value)
{
	separate(json);
	strbuf_add_int(json->out, value);
}

void json_put_real(struct json_writer *json, double value)
{
	separate(json);
	number_print_double(json->out, value);
}

void json_put_fixed(struct json_writer *json, double value, int decimals)
{
	separate(json);
	number_print_fixed(json->out, value, decimals);
}

void json_put_bool(struct json_writer *json, bool value)
{
	separate(json);
	strbuf_add(json->out, value ? "true" : "false", value ? 4 : 5);
}

void json_put_null(struct json_writer *json)
{
	separate(json);
	strbuf_add(json->out, "null", 4);
}

void json_put_raw(struct json_writer *json, const char *text, size_t len)
{
	separate(json);
	strbuf_add(json->out, text, len);
}

void json_member_text(struct json_writer *json, const char *key, const char *text)
{
	json_put_key(json, key);
	json_put_text(json, text);
}

void json_member_int(struct json_writer *json, const char *key, int64_t value)
{
	json_put_key(json, key);
	json_put_int(json, value);
}

void json_member_real(struct json_writer *json, const char *key, double value)
{
	json_put_key(json, key);
	json_put_real(json, value);
}

void json_member_bool(struct json_writer *json, const char *key, bool value)
{
	json_put_key(json, key);
	json_put_bool(json, value);
}
