#include "gis/geojson_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "base/text.h"

enum {
	PIECE = 1 << 15,
	WORD_MAX = 15, /* letters of a text that are kept: "type", "link" and the like */
};

/* What may come next (RFC 8259). */
enum state {
	WANT_VALUE,
	WANT_FIRST_VALUE, /* of an array, or its end */
	WANT_KEY,
	WANT_FIRST_KEY, /* of an object, or its end */
	WANT_COLON,
	WANT_COMMA, /* or the end of the array or object */
	WANT_NOTHING,
	IN_LITERAL, /* a number, true, false or null */
	IN_TEXT,
	IN_ESCAPE,
	IN_CODE, /* the hexadecimal digits of an escape */
};

struct level {
	bool object;
	bool crs;      /* this is the value of a key "crs" */
	bool key_type; /* the key before the value is "type" */
	bool key_crs;
};

struct scan {
	const char *shown;
	struct error *err;
	int64_t at;	      /* bytes before this one */
	int64_t line, column; /* from 1 */
	enum state state;
	bool text_is_key;
	int code, code_digits;	 /* of an escape */
	char word[WORD_MAX + 1]; /* the text so far, escapes decoded */
	size_t word_len;	 /* may grow beyond the letters kept */
	size_t depth;
	struct level levels[GEOJSON_DEPTH_MAX + 1];
	int64_t feature_at, features; /* where the one being read begins; how many began */
};

static int fail_here(const struct scan *scan)
{
	return fail_json_invalid(scan->err, scan->line, scan->column);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_literal(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '+' || c == '.';
}

static void keep_letter(struct scan *scan, char c)
{
	if (scan->word_len < WORD_MAX)
		scan->word[scan->word_len] = c;
	scan->word_len++;
}

static bool word_is(const struct scan *scan, const char *word)
{
	return scan->word_len <= WORD_MAX && text_equal_nocase(scan->word, word);
}

/* A feature is an object in an array of the outermost object. */
static bool in_feature(const struct scan *scan)
{
	return scan->depth >= 3 && !scan->levels[2].object && scan->levels[3].object;
}

static int begin_level(struct scan *scan, bool object)
{
	struct level *outer = scan->levels + scan->depth;

	if (scan->depth == GEOJSON_DEPTH_MAX)
		return fail_json_too_deep(scan->err, GEOJSON_DEPTH_MAX);
	scan->depth++;
	outer[1] = (struct level){.object = object, .crs = object && outer->key_crs};
	scan->state = object ? WANT_FIRST_KEY : WANT_FIRST_VALUE;
	if (scan->depth == 3 && in_feature(scan)) {
		scan->feature_at = scan->at;
		scan->features++;
	}
	return 0;
}

static int end_level(struct scan *scan, bool object)
{
	if (!scan->depth || scan->levels[scan->depth].object != object)
		return fail_here(scan);
	scan->depth--;
	scan->state = scan->depth ? WANT_COMMA : WANT_NOTHING;
	return 0;
}

static void begin_text(struct scan *scan, bool is_key)
{
	scan->state = IN_TEXT;
	scan->text_is_key = is_key;
	scan->word_len = 0;
}

static int end_text(struct scan *scan)
{
	struct level *level = scan->levels + scan->depth;

	scan->word[scan->word_len < WORD_MAX ? scan->word_len : WORD_MAX] = '\0';
	if (scan->text_is_key) {
		level->key_type = word_is(scan, "type");
		level->key_crs = word_is(scan, "crs");
		scan->state = WANT_COLON;
		return 0;
	}
	/* A list of what is harmless: the library also takes other words for a link. */
	if (level->crs && level->key_type && !word_is(scan, "name") && !word_is(scan, "EPSG"))
		return fail_geojson_crs_link(scan->err, scan->shown);
	scan->state = WANT_COMMA;
	return 0;
}

static int take_value(struct scan *scan, char c)
{
	if (c == '{')
		return begin_level(scan, true);
	if (c == '[')
		return begin_level(scan, false);
	if (c == ']' && scan->state == WANT_FIRST_VALUE)
		return end_level(scan, false);
	if (c == '"')
		begin_text(scan, false);
	else if (is_literal(c))
		scan->state = IN_LITERAL;
	else
		return fail_here(scan);
	return 0;
}

static int take_comma(struct scan *scan, char c)
{
	bool object = scan->levels[scan->depth].object;

	if (c == ',')
		scan->state = object ? WANT_KEY : WANT_VALUE;
	else if (c == '}' || c == ']')
		return end_level(scan, c == '}');
	else
		return fail_here(scan);
	return 0;
}

static int take_code_digit(struct scan *scan, char c)
{
	int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

	if (digit < 0 || digit > 15)
		return fail_here(scan);
	scan->code = scan->code << 4 | digit;
	if (++scan->code_digits == 4) {
		/* Only ASCII can spell the words that are looked for. */
		keep_letter(scan, (char)(scan->code < 0x80 ? scan->code : '?'));
		scan->state = IN_TEXT;
	}
	return 0;
}

static int take_text(struct scan *scan, char c)
{
	if (scan->state == IN_CODE)
		return take_code_digit(scan, c);
	if (scan->state == IN_ESCAPE) {
		scan->state = c == 'u' ? IN_CODE : IN_TEXT;
		scan->code = scan->code_digits = 0;
		if (c != 'u')
			keep_letter(scan, c);
		return strchr("\"\\/bfnrtu", c) && c ? 0 : fail_here(scan);
	}
	if (c == '"')
		return end_text(scan);
	if (c == '\\')
		scan->state = IN_ESCAPE;
	else
		keep_letter(scan, c);
	return 0;
}

static int take_char(struct scan *scan, char c)
{
	if (scan->state >= IN_TEXT)
		return take_text(scan, c);
	if (scan->state == IN_LITERAL) {
		if (is_literal(c))
			return 0;
		scan->state = WANT_COMMA;
	}
	if (is_blank(c))
		return 0;
	switch (scan->state) {
	case WANT_VALUE:
	case WANT_FIRST_VALUE:
		return take_value(scan, c);
	case WANT_COMMA:
		return take_comma(scan, c);
	case WANT_KEY:
	case WANT_FIRST_KEY:
		if (c == '}' && scan->state == WANT_FIRST_KEY)
			return end_level(scan, true);
		begin_text(scan, true);
		return c == '"' ? 0 : fail_here(scan);
	case WANT_COLON:
		scan->state = WANT_VALUE;
		return c == ':' ? 0 : fail_here(scan);
	default:
		return fail_here(scan);
	}
}

static int take_piece(struct scan *scan, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int rc = take_char(scan, bytes[i]);

		if (rc)
			return rc;
		scan->at++;
		scan->column++;
		if (bytes[i] == '\n') {
			scan->line++;
			scan->column = 1;
		}
	}
	if (in_feature(scan) && scan->at - scan->feature_at > GEOJSON_FEATURE_BYTES)
		return fail_geojson_feature_too_large(
			scan->err, scan->features, GEOJSON_FEATURE_BYTES);
	return 0;
}

/* The outermost value must be an object; a mark of the byte order may stand before it. */
static int take_start(struct scan *scan, const char *bytes, size_t len)
{
	size_t at = len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;

	while (at < len && is_blank(bytes[at]))
		at++;
	if (at == len || bytes[at] != '{')
		return fail_geojson_no_object(scan->err, scan->shown);
	at = len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
	return take_piece(scan, bytes + at, len - at);
}

int geojson_scan(const char *path, const char *shown, const struct watch *watch, struct error *err)
{
	struct scan scan = {.shown = shown, .err = err, .line = 1, .column = 1};
	autofree(file_drop) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char piece[PIECE];
	bool first = true;
	int rc = 0;

	if (fd < 0)
		return fail_file_unreadable(err, shown);
	while (!rc) {
		ssize_t got = read(fd, piece, sizeof piece);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_file_unreadable(err, shown);
		if (!got)
			break;
		rc = first ? take_start(&scan, piece, (size_t)got)
			   : take_piece(&scan, piece, (size_t)got);
		first = false;
		if (!rc)
			rc = watch_check(watch, err);
	}
	if (rc)
		return rc;
	return scan.state == WANT_NOTHING ? 0 : fail_geojson_cut(err, shown);
}
