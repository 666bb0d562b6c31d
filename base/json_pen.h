/*
 * json_pen: pieces of JSON into memory where there is room: no checks, no state, no final '\0'.
 *
 * For what is written a thousand times alike, as the properties of a record; else json_write. Each
 * call writes at `at` and gives the end of what it wrote, and may spoil what is behind, as far as
 * the room goes that it asks for.
 */
#ifndef BASE_JSON_PEN_H
#define BASE_JSON_PEN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	JSON_NAME_MAX = 58, /* bytes of the name of a key, which needs no escapes */
	JSON_KEY_ROOM = JSON_NAME_MAX + 5,
	JSON_NULL_ROOM = 4,
};

/* A key with the comma before it, its quotes and its colon; copied as a whole. */
struct json_key {
	char text[JSON_KEY_ROOM];
	uint8_t len;
};
#define JSON_KEY(name)                                                                             \
	{                                                                                          \
		",\"" name "\":", sizeof(name) + 3                                                 \
	}
struct json_key json_key_of(const char *name);

static inline char *json_pen_key(char *at, const struct json_key *key)
{
	memcpy(at, key->text, sizeof key->text);
	return at + key->len;
}

static inline char *json_pen_null(char *at)
{
	memcpy(at, "null", JSON_NULL_ROOM);
	return at + JSON_NULL_ROOM;
}

/* UTF-8 in quotes, and without them; the room is of both. */
#define JSON_TEXT_ROOM(len) ((len) * 6 + 2)
char *json_pen_text(char *at, const char *text, size_t len);
char *json_pen_escaped(char *at, const char *text, size_t len);

#endif
