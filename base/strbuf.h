/*
 * strbuf: a growing text or byte buffer with a maximum that it is given at birth.
 *
 * Invariants: data is never NULL and data[len] is '\0'; len <= max. When memory or the maximum
 * runs out, `failed` is set and stays set, and further appends do nothing: append freely, check
 * once at the end (strbuf_check). max may be SIZE_MAX: then memory is the only limit.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct strbuf {
	char *data;	 /* heap, or strbuf_empty while nothing was appended */
	size_t len;	 /* bytes in use, without the final '\0' */
	size_t capacity; /* bytes allocated; 0 while data is strbuf_empty */
	size_t max;	 /* the most bytes that it may hold */
	bool failed;	 /* an append did not fit */
	bool full;	 /* ... because of max; else memory ran out */
};

extern char strbuf_empty[1];

/* An empty buffer that may hold up to max bytes. */
#define STRBUF(max_bytes) ((struct strbuf){strbuf_empty, 0, 0, (max_bytes), false, false})

/* Life cycle */
void strbuf_clear(struct strbuf *buf); /* frees; the buffer is empty and usable again */
void strbuf_reset(struct strbuf *buf); /* empties, keeps the memory, forgets the failure */
char *strbuf_take(struct strbuf *buf, size_t *ret_len); /* heap, '\0' ended, NULL if it failed */

/* Room for `extra` more bytes at the end; false when it cannot be had. */
bool strbuf_reserve(struct strbuf *buf, size_t extra);

/* Appending */
void strbuf_add_growing(struct strbuf *buf, const void *bytes, size_t len);

static inline void strbuf_add(struct strbuf *buf, const void *bytes, size_t len)
{
	/* Most appends find room. Of capacity 0 there is none, and a failed buffer takes nothing. */
	if (!len || len >= buf->capacity - buf->len || buf->failed) {
		strbuf_add_growing(buf, bytes, len);
		return;
	}
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

static inline void strbuf_add_char(struct strbuf *buf, char c)
{
	strbuf_add(buf, &c, 1);
}

/*
 * For who writes by itself: room for `most` bytes, and how many came. NULL where so many do not
 * fit; then fewer still may, and nothing failed but for want of memory.
 */
static inline char *strbuf_room(struct strbuf *buf, size_t most)
{
	if (most < buf->capacity - buf->len && !buf->failed)
		return buf->data + buf->len;
	if (buf->failed || most > buf->max - buf->len || !strbuf_reserve(buf, most))
		return NULL;
	return buf->data + buf->len;
}

static inline void strbuf_came(struct strbuf *buf, const char *end)
{
	buf->len = (size_t)(end - buf->data);
	buf->data[buf->len] = '\0';
}

void strbuf_add_text(struct strbuf *buf, const char *text);
void strbuf_add_int(struct strbuf *buf, int64_t value);
void strbuf_add_format(struct strbuf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_add_format_list(struct strbuf *buf, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

/* Puts other bytes in the place of old_len that stand at `at`; what is behind moves. */
void strbuf_replace(
	struct strbuf *buf, size_t at, size_t old_len, const void *bytes, size_t len);

/* 0, or ERR_TOO_LARGE / ERR_NOMEM when an append failed. */
int strbuf_check(const struct strbuf *buf, struct error *err);

#endif
