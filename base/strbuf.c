#include "base/strbuf.h"

#include <assert.h>

#include "base/messages.h"
#include "base/number.h"

char strbuf_empty[1] = "";

enum { FIRST_CAPACITY = 64 };

void strbuf_clear(struct strbuf *buf)
{
	if (buf->capacity)
		free(buf->data);
	*buf = STRBUF(buf->max);
}

void strbuf_reset(struct strbuf *buf)
{
	buf->len = 0;
	buf->failed = buf->full = false;
	if (buf->capacity)
		buf->data[0] = '\0';
}

char *strbuf_take(struct strbuf *buf, size_t *ret_len)
{
	char *taken = NULL;

	if (!buf->failed && (buf->capacity || strbuf_reserve(buf, 0))) {
		taken = buf->data;
		if (ret_len)
			*ret_len = buf->len;
		*buf = STRBUF(buf->max);
	}
	strbuf_clear(buf);
	return taken;
}

bool strbuf_reserve(struct strbuf *buf, size_t extra)
{
	size_t need, capacity;
	char *data;

	if (buf->failed)
		return false;
	if (extra > buf->max - buf->len) {
		buf->failed = buf->full = true;
		return false;
	}
	if (!checked_add(buf->len + extra, 1, &need)) {
		buf->failed = true;
		return false;
	}
	if (need <= buf->capacity)
		return true;
	capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
	while (capacity < need)
		capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
	if (capacity - 1 > buf->max)
		capacity = buf->max + 1;
	data = realloc(buf->capacity ? buf->data : NULL, capacity);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->capacity = capacity;
	buf->data[buf->len] = '\0';
	return true;
}

void strbuf_add_growing(struct strbuf *buf, const void *bytes, size_t len)
{
	if (!len || !strbuf_reserve(buf, len))
		return;
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void strbuf_replace(
	struct strbuf *buf, size_t at, size_t old_len, const void *bytes, size_t len)
{
	assert(at + old_len <= buf->len);
	if (len > old_len && !strbuf_reserve(buf, len - old_len))
		return;
	if (len != old_len)
		memmove(buf->data + at + len, buf->data + at + old_len,
			buf->len - at - old_len + 1);
	memcpy(buf->data + at, bytes, len);
	buf->len += len - old_len;
}

void strbuf_add_text(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

void strbuf_add_int(struct strbuf *buf, int64_t value)
{
	char text[NUMBER_CHARS];

	strbuf_add(buf, text, (size_t)(number_write_int(text, value) - text));
}

void strbuf_add_format(struct strbuf *buf, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	strbuf_add_format_list(buf, format, list);
	va_end(list);
}

void strbuf_add_format_list(struct strbuf *buf, const char *format, va_list list)
{
	va_list again;
	int len;

	va_copy(again, list);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0) {
		buf->failed = true;
		return;
	}
	if (!strbuf_reserve(buf, (size_t)len))
		return;
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, list);
	buf->len += (size_t)len;
}

int strbuf_check(const struct strbuf *buf, struct error *err)
{
	if (!buf->failed)
		return 0;
	return buf->full ? fail_answer_too_large(err, (int64_t)buf->max) : fail_no_memory(err);
}
