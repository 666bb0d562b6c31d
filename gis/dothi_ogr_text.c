#include "gis/dothi_ogr.h"

#include <errno.h>

#include "base/text.h"

enum {
	/* Three bytes of UTF-8 for one of an old encoding, with some room for combining marks. */
	GROWTH = 6,
};

static bool name_is_plain(const char *name)
{
	size_t len = strlen(name);

	/* No "//IGNORE": what cannot be read must be found out. */
	return len && len < sizeof((struct recoder *)0)->name &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:") ==
		       len;
}

bool recoder_open(struct recoder *recoder, const char *encoding)
{
	if (!name_is_plain(encoding))
		return false;
	snprintf(recoder->name, sizeof recoder->name, "%s", encoding);
	recoder->is_utf8 =
		text_equal_nocase(encoding, "UTF-8") || text_equal_nocase(encoding, "UTF8");
	if (recoder->is_utf8)
		return true;
	recoder->descriptor = iconv_open("UTF-8", encoding);
	return recoder->descriptor != (iconv_t)-1;
}

void recoder_close(struct recoder *recoder)
{
	if (recoder->name[0] && !recoder->is_utf8 && recoder->descriptor != (iconv_t)-1)
		iconv_close(recoder->descriptor);
	recoder->name[0] = '\0';
}

static bool is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

const char *recoder_text(
	struct recoder *recoder, struct arena *arena, const char *text, size_t *ret_len)
{
	size_t left = strlen(text), room = left * GROWTH + GROWTH, size = room;
	/* iconv() does not change its input, though its declaration lets it. */
	char *from = (char *)(uintptr_t)text, *start, *to;

	*ret_len = left;
	if (is_ascii(text, left))
		return text;
	if (recoder->is_utf8)
		return text_is_utf8(text, left) ? text : NULL;
	start = to = arena_alloc(arena, size + 1);
	if (!start)
		return NULL;
	iconv(recoder->descriptor, NULL, NULL, NULL, NULL);
	/* The second call brings out what the encoding holds back for a combining mark. */
	if (iconv(recoder->descriptor, &from, &left, &to, &room) == (size_t)-1 ||
		iconv(recoder->descriptor, NULL, NULL, &to, &room) == (size_t)-1)
		return NULL;
	*to = '\0';
	*ret_len = (size_t)(to - start);
	return text_is_utf8(start, *ret_len) ? start : NULL;
}

void copy_words(char *to, size_t size, const char *words)
{
	size_t len = strlen(words);

	if (len >= size)
		len = text_cut(words, size - 1);
	memcpy(to, words, len);
	to[len] = '\0';
	if (text_is_utf8(to, len))
		return;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)to[i] >= 0x80)
			to[i] = '?';
}
