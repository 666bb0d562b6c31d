#include "base/text.h"

#include <utf8proc.h>

enum {
	WORD_MAX_LETTERS = 63, /* text_nearest: longer words are compared by their start */
	DECOMPOSED_MAX = 32,   /* code points that one character may fall apart into */
	D_STROKE_SMALL = 0x111,
};

/* Bytes of the character that starts with this byte; 0 if none can. */
static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xC2 && first < 0xE0)
		return 2;
	if (first >= 0xE0 && first < 0xF0)
		return 3;
	if (first >= 0xF0 && first < 0xF5)
		return 4;
	return 0;
}

bool text_is_utf8(const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		utf8proc_int32_t code;
		utf8proc_ssize_t used;

		if ((unsigned char)bytes[at] < 0x80) {
			if (!bytes[at])
				return false;
			at++;
			continue;
		}
		used = utf8proc_iterate((const utf8proc_uint8_t *)bytes + at,
			(utf8proc_ssize_t)(len - at), &code);
		if (used <= 0)
			return false;
		at += (size_t)used;
	}
	return true;
}

size_t text_cut(const char *bytes, size_t len)
{
	size_t start = len;

	while (start > 0 && len - start < 4) {
		unsigned char byte = (unsigned char)bytes[start - 1];

		start--;
		if ((byte & 0xC0) != 0x80)
			return start + sequence_length(byte) <= len ? len : start;
	}
	return len;
}

static bool is_ascii(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!bytes[i] || (unsigned char)bytes[i] >= 0x80)
			return false;
	return true;
}

/* Appends the text mapped by utf8proc; false if it is not UTF-8. */
static bool map(struct strbuf *out, const char *bytes, size_t len, utf8proc_option_t options)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t size =
		utf8proc_map((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)len, &mapped, options);

	if (size == UTF8PROC_ERROR_NOMEM || size == UTF8PROC_ERROR_OVERFLOW) {
		out->failed = true;
		return true;
	}
	if (size < 0)
		return false;
	strbuf_add(out, mapped, (size_t)size);
	free(mapped);
	return true;
}

bool text_nfc(struct strbuf *out, const char *bytes, size_t len)
{
	if (is_ascii(bytes, len)) {
		strbuf_add(out, bytes, len);
		return true;
	}
	if (!text_is_utf8(bytes, len))
		return false;
	return map(out, bytes, len, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

void text_latin1(struct strbuf *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x80)
			strbuf_add_char(out, (char)(0xC0 | byte >> 6));
		strbuf_add_char(out, (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte));
	}
}

void text_fold(struct strbuf *out, const char *bytes, size_t len)
{
	map(out, bytes, len, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}

/* A key on its way. */
struct key_maker {
	struct strbuf *out;
	size_t first;		  /* where it begins */
	bool blank;		  /* held back until it is needed */
	bool spelled;		  /* with marks and tones */
	utf8proc_int32_t tone;	  /* of the word so far; 0 none */
};

/* Grave, acute, tilde, hook above, dot below. */
static bool is_tone(utf8proc_int32_t code)
{
	return code == 0x300 || code == 0x301 || code == 0x303 || code == 0x309 || code == 0x323;
}

static void add_point(struct strbuf *out, utf8proc_int32_t code)
{
	utf8proc_uint8_t encoded[4];

	strbuf_add(out, encoded, (size_t)utf8proc_encode_char(code, encoded));
}

static void end_key_word(struct key_maker *maker)
{
	if (maker->tone)
		add_point(maker->out, maker->tone);
	maker->tone = 0;
}

/* Appends what one decomposed code point is in a key. */
static void add_key_point(struct key_maker *maker, utf8proc_int32_t code)
{
	utf8proc_category_t category = utf8proc_category(code);

	if (category == UTF8PROC_CATEGORY_MN) {
		if (maker->spelled && !maker->blank && maker->out->len > maker->first) {
			if (is_tone(code))
				maker->tone = code;
			else
				add_point(maker->out, code);
		}
		return;
	}
	if (code == D_STROKE_SMALL && !maker->spelled)
		code = 'd';
	if (code != '/' && (category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_NO)) {
		end_key_word(maker);
		maker->blank = true;
		return;
	}
	if (maker->blank && maker->out->len > maker->first)
		strbuf_add_char(maker->out, ' ');
	maker->blank = false;
	add_point(maker->out, code);
}

static void make_key(struct strbuf *out, const char *bytes, size_t len, bool spelled)
{
	struct key_maker maker = {.out = out, .first = out->len, .spelled = spelled};
	size_t at = 0;

	while (at < len) {
		utf8proc_int32_t code, parts[DECOMPOSED_MAX];
		utf8proc_ssize_t used, count;
		int last_class = 0;

		used = utf8proc_iterate((const utf8proc_uint8_t *)bytes + at,
			(utf8proc_ssize_t)(len - at), &code);
		if (used <= 0)
			break;
		at += (size_t)used;
		count = utf8proc_decompose_char(code, parts, DECOMPOSED_MAX,
			UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, &last_class);
		for (utf8proc_ssize_t i = 0; i < count && i < DECOMPOSED_MAX; i++)
			add_key_point(&maker, parts[i]);
	}
	end_key_word(&maker);
}

void text_search_key(struct strbuf *out, const char *bytes, size_t len)
{
	make_key(out, bytes, len, false);
}

void text_spelling_key(struct strbuf *out, const char *bytes, size_t len)
{
	make_key(out, bytes, len, true);
}

void text_capitals(struct strbuf *out, const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		utf8proc_int32_t code;
		utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)bytes + at,
			(utf8proc_ssize_t)(len - at), &code);

		if (used <= 0)
			return;
		at += (size_t)used;
		add_point(out, utf8proc_toupper(code));
	}
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

bool text_starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool text_next(const char **at, char separator, struct slice *ret_piece)
{
	const char *start = *at, *end;

	if (!start)
		return false;
	end = strchr(start, separator);
	if (!end)
		end = start + strlen(start);
	*at = *end ? end + 1 : NULL;
	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	*ret_piece = (struct slice){start, (size_t)(end - start)};
	return true;
}

bool slice_equals(struct slice slice, const char *text)
{
	return strlen(text) == slice.len && !memcmp(slice.at, text, slice.len);
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Letters that must be changed, added or left out to make b of a (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX_LETTERS + 1];
	size_t length_a = strnlen(a, WORD_MAX_LETTERS), length_b = strnlen(b, WORD_MAX_LETTERS);

	for (size_t j = 0; j <= length_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= length_a; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length_b; j++) {
			size_t change = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));

			diagonal = row[j];
			row[j] = min3(row[j] + 1, row[j - 1] + 1, change);
		}
	}
	return row[length_b];
}

size_t text_letters_apart(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX_LETTERS + 1];
	size_t length_a = strnlen(a, WORD_MAX_LETTERS), length_b = strnlen(b, WORD_MAX_LETTERS);

	for (size_t j = 0; j <= length_b; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= length_a; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= length_b; j++) {
			row[j] = min3(above[j] + 1, row[j - 1] + 1,
				above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				rows[(i - 2) % 3][j - 2] + 1 < row[j])
				row[j] = rows[(i - 2) % 3][j - 2] + 1;
		}
	}
	return rows[length_a % 3][length_b];
}

const char *text_nearest(const char *word, const char *const *candidates)
{
	const char *best = NULL;
	size_t letters = strnlen(word, WORD_MAX_LETTERS);
	size_t least = letters / 3 + 2;

	if (least > letters)
		least = letters;
	for (; *candidates; candidates++) {
		size_t apart = distance(word, *candidates);

		if (apart < least) {
			least = apart;
			best = *candidates;
		}
	}
	return best;
}

uint64_t text_hash(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash;
}
