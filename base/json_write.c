#include "base/json_write.h"

#include <assert.h>

#include "base/cleanup.h"
#include "base/clock.h"
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

void json_put_text(struct json_writer *json, const char *text)
{
	if (text)
		json_put_text_len(json, text, strlen(text));
	else
		json_put_null(json);
}

void json_put_text_len(struct json_writer *json, const char *text, size_t len)
{
	separate(json);
	add_escaped(json->out, text, len);
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
	strbuf_add_text(json->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *json)
{
	separate(json);
	strbuf_add_text(json->out, "null");
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

void json_member_time(struct json_writer *json, const char *key, int64_t at_us)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(40);

	if (at_us)
		clock_print_utc(&text, at_us);
	json_member_text(json, key, at_us ? text.data : NULL);
}
