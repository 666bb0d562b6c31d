#include "data/search_words.h"

#include "base/text.h"

enum {
	TEXT_BYTES_MAX = 4096,
	MISTYPED_LEAST = 3,
	MISTYPED_MOST = 16,
};

static bool is_vowel(char c)
{
	return c && strchr("aeiouy", c);
}

/* Of a syllable that ends in y behind a consonant, or in "quy", i is written as well. */
static void unify_y(char *key)
{
	size_t len = strlen(key);

	if (!len || key[len - 1] != 'y')
		return;
	if (len == 1 || !is_vowel(key[len - 2]) ||
		(len >= 3 && key[len - 2] == 'u' && key[len - 3] == 'q'))
		key[len - 1] = 'i';
}

static void cut_to(char *out, size_t size, const char *at, size_t len)
{
	if (len >= size)
		len = text_cut(at, size - 1);
	memcpy(out, at, len);
	out[len] = '\0';
}

static void make_word(struct search_word *word, struct slice key, struct slice spelling)
{
	word->is_plain = key.len == spelling.len && !memcmp(key.at, spelling.at, key.len);
	word->has_digits = false;
	for (size_t i = 0; i < key.len; i++)
		word->has_digits |= (key.at[i] >= '0' && key.at[i] <= '9') || key.at[i] == '/';
	cut_to(word->key, sizeof word->key, key.at, key.len);
	cut_to(word->spelling, sizeof word->spelling, spelling.at, spelling.len);
	unify_y(word->key);
}

/* Whether a text ends in what stands in a key. */
static bool ends_in_word(const char *text, size_t len)
{
	autofree(strbuf_clear) struct strbuf end = STRBUF(64);
	size_t from = len;

	if (!len)
		return false;
	while (from > 0 && ((unsigned char)text[--from] & 0xC0) == 0x80)
		continue;
	text_spelling_key(&end, text + from, len - from);
	/* A mark alone belongs to the letter before it. */
	return end.len || (unsigned char)text[from] >= 0xCC;
}

int search_words_read(
	const char *text, size_t len, struct search_words *ret_words, struct error *err)
{
	autofree(strbuf_clear) struct strbuf keys = STRBUF(TEXT_BYTES_MAX);
	autofree(strbuf_clear) struct strbuf spellings = STRBUF(TEXT_BYTES_MAX);
	struct slice key, spelling;
	const char *key_at, *spelling_at;
	int rc;

	ret_words->count = 0;
	ret_words->is_cut = false;
	text_search_key(&keys, text, len);
	text_spelling_key(&spellings, text, len);
	rc = strbuf_check(&keys, err);
	if (!rc)
		rc = strbuf_check(&spellings, err);
	if (rc)
		return rc;
	ret_words->is_open = ends_in_word(text, len);
	key_at = keys.data;
	spelling_at = spellings.data;
	/* Both fall into words at the same places. */
	while (text_next(&key_at, ' ', &key) && text_next(&spelling_at, ' ', &spelling)) {
		if (!key.len)
			continue;
		if (ret_words->count == SEARCH_WORDS_MAX) {
			ret_words->is_cut = true;
			break;
		}
		make_word(&ret_words->words[ret_words->count++], key, spelling);
	}
	return 0;
}

int64_t search_word_number(const char *key, bool of_units)
{
	uint64_t hash = text_hash(key);

	if (of_units)
		hash = (hash ^ '@') * UINT64_C(1099511628211);
	return (int64_t)(hash & INT64_MAX);
}

size_t search_word_rests(const char *key, int64_t ret[SEARCH_RESTS_MAX])
{
	size_t len = strlen(key), count = 0;
	char rest[SEARCH_WORD_BYTES];

	if (len < MISTYPED_LEAST - 1 || len > MISTYPED_MOST ||
		strspn(key, "abcdefghijklmnopqrstuvwxyz") != len)
		return 0;
	ret[count++] = search_word_number(key, false);
	for (size_t without = 0; len >= MISTYPED_LEAST && without < len; without++) {
		if (without && key[without] == key[without - 1])
			continue;
		memcpy(rest, key, without);
		memcpy(rest + without, key + without + 1, len - without);
		ret[count++] = search_word_number(rest, false);
	}
	return count;
}

int search_word_among(const char *key, const char *list)
{
	const char *at = list;
	struct slice word;

	for (int i = 0; at && text_next(&at, ' ', &word); i++)
		if (slice_equals(word, key))
			return i;
	return -1;
}

const char *search_word_in_full(const char *key)
{
	static const struct {
		const char *brief, *full;
	} rows[] = {
		{"p", "phuong"}, {"f", "phuong"}, {"x", "xa"}, {"tt", "tran"}, {"tx", "thi"},
		{"q", "quan"}, {"d", "duong"}, {"dg", "duong"}, {"h", "hem"}, {"ql", "quoc"},
		{"dl", "dai"}, {"kp", "khu"}, {"bv", "benh"}, {"cmt8", "cach"}, {"tp", "thanh"},
		{"mn", "mam"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!strcmp(key, rows[i].brief))
			return rows[i].full;
	return NULL;
}
