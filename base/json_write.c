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

enum { PIECE_BYTES = 128 }; /* of a text that has no room as a whole, were it all escapes */

static void add_escaped(struct strbuf *out, const char *text, size_t len)
{
	char *at = strbuf_room(out, JSON_TEXT_ROOM(len));

	if (at) {
		strbuf_came(out, json_pen_text(at, text, len));
		return;
	}
	strbuf_add_char(out, '"');
	while (len) {
		size_t some = len < PIECE_BYTES ? len : PIECE_BYTES;
		char piece[JSON_TEXT_ROOM(PIECE_BYTES)];

		strbuf_add(out, piece, (size_t)(json_pen_escaped(piece, text, some) - piece));
		text += some;
		len -= some;
	}
	strbuf_add_char(out, '"');
}

void json_put_key(struct json_writer *json, const char *key)
{
	separate(json);
	add_escaped(json->out, key, strlen(key));
	strbuf_add_char(json->out, ':');
	json->after_key = true;
}

void json_put_ready_key(struct json_writer *json, const struct json_key *key)
{
	size_t skip = !json->comma[json->depth];

	assert(!json->after_key);
	json->comma[json->depth] = json->after_key = true;
	strbuf_add(json->out, key->text + skip, key->len - skip);
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

void json_member_time(struct json_writer *json, const char *key, int64_t at_us)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(40);

	if (at_us)
		clock_print_utc(&text, at_us);
	json_member_text(json, key, at_us ? text.data : NULL);
}
