/*
 * json_write: JSON as a stream into a strbuf; commas and escapes are its business.
 *
 * Calling sequence: inside an object a key precedes each value. Open and close in pairs; the
 * depth is at most JSON_DEPTH_MAX (a programmer's error beyond). Texts must be UTF-8.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json_pen.h"
#include "base/strbuf.h"

enum { JSON_DEPTH_MAX = 32 };

struct json_writer {
	struct strbuf *out;
	int depth;
	bool comma[JSON_DEPTH_MAX + 1]; /* something stands already at this depth */
	bool after_key;
};

#define JSON_WRITER(buffer) ((struct json_writer){.out = (buffer)})

void json_begin_object(struct json_writer *json);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json);
void json_end_array(struct json_writer *json);
void json_put_key(struct json_writer *json, const char *key);

void json_put_ready_key(struct json_writer *json, const struct json_key *key);

void json_put_text(struct json_writer *json, const char *text); /* NULL gives null */
void json_put_text_len(struct json_writer *json, const char *text, size_t len);
void json_put_int(struct json_writer *json, int64_t value);
void json_put_real(struct json_writer *json, double value); /* shortest; null if not finite */
void json_put_fixed(struct json_writer *json, double value, int decimals);
void json_put_bool(struct json_writer *json, bool value);
void json_put_null(struct json_writer *json);
void json_put_raw(struct json_writer *json, const char *text, size_t len); /* as it is */

/* A key with its value. */
void json_member_text(struct json_writer *json, const char *key, const char *text);
void json_member_int(struct json_writer *json, const char *key, int64_t value);
void json_member_real(struct json_writer *json, const char *key, double value);
void json_member_bool(struct json_writer *json, const char *key, bool value);
/* An instant in microseconds, as RFC 3339 in UTC; 0 gives null. */
void json_member_time(struct json_writer *json, const char *key, int64_t at_us);

#endif
