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

/* The keys that matter. */
enum key { KEY_OTHER, KEY_TYPE, KEY_CRS, KEY_FEATURES, KEY_GEOMETRY, KEY_COORDINATES };

static const struct {
	const char *name;
	enum key key;
} keys[] = {
	{"type", KEY_TYPE},
	{"crs", KEY_CRS},
	{"features", KEY_FEATURES},
	{"geometry", KEY_GEOMETRY},
	{"coordinates", KEY_COORDINATES},
	{"geometries", KEY_COORDINATES},
};

struct level {
	bool object;
	enum key key;  /* of the object, before the value being read */
	enum key role; /* the key that this array or object is the value of */
};

struct scan {
	const char *shown;
	struct error *err;
	int64_t at;	      /* bytes before this one */
	int64_t line, column; /* from 1 */
	enum state state;
	bool text_is_key;
	int code, code_digits;	 /* of an escape */
	char word[WORD_MAX + 1]; /* the text or literal so far, escapes decoded */
	size_t word_len;	 /* may grow beyond the letters kept */
	size_t depth;
	struct level levels[GEOJSON_DEPTH_MAX + 1];
	int64_t feature_at;	  /* where the one being read begins */
	bool shape;		  /* it has one */
	bool collection;	  /* there was an array of features */
	struct strbuf *has_shape; /* of the features before */
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

/* A feature stands in the array "features" of the outermost object. */
static bool in_feature(const struct scan *scan)
{
	return scan->depth >= 3 && scan->levels[2].role == KEY_FEATURES;
}

/* True at the keys of a feature, which may also be the outermost object. */
static bool at_feature(const struct scan *scan)
{
	return scan->depth == 1 || (scan->depth == 3 && in_feature(scan));
}

static int begin_level(struct scan *scan, bool object)
{
	struct level *outer = scan->levels + scan->depth;

	if (scan->depth == GEOJSON_DEPTH_MAX)
		return fail_json_too_deep(scan->err, GEOJSON_DEPTH_MAX);
	if (outer->object && outer->key == KEY_GEOMETRY && at_feature(scan))
		scan->shape = true;
	scan->depth++;
	outer[1] = (struct level){.object = object, .role = outer->object ? outer->key : KEY_OTHER};
	scan->state = object ? WANT_FIRST_KEY : WANT_FIRST_VALUE;
	if (scan->depth == 2 && !object && outer[1].role == KEY_FEATURES)
		scan->collection = true;
	if (scan->depth == 3 && in_feature(scan)) {
		scan->feature_at = scan->at;
		scan->shape = false;
	}
	return 0;
}

static int end_level(struct scan *scan, bool object)
{
	struct level *level = scan->levels + scan->depth;
	/* The library skips what is no object in the array: then its rows would be counted wrong.
	 */
	bool feature = scan->depth == 3 && in_feature(scan);

	if (!scan->depth || level->object != object || (feature && !object))
		return fail_here(scan);
	if (feature)
		strbuf_add_char(scan->has_shape, scan->shape);
	/* "coordinates": [] is a shape without points, which is none. */
	if (scan->state == WANT_FIRST_VALUE && level->role == KEY_COORDINATES &&
		level[-1].role == KEY_GEOMETRY)
		scan->shape = false;
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

static void end_word(struct scan *scan)
{
	scan->word[scan->word_len < WORD_MAX ? scan->word_len : WORD_MAX] = '\0';
}

static enum key key_of_word(const struct scan *scan)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (word_is(scan, keys[i].name))
			return keys[i].key;
	return KEY_OTHER;
}

/* A text or a literal stands where a feature or its shape should. */
static int check_place(struct scan *scan, bool is_null)
{
	const struct level *level = scan->levels + scan->depth;

	if (scan->depth == 2 && level->role == KEY_FEATURES)
		return fail_here(scan);
	if (level->object && level->key == KEY_GEOMETRY && at_feature(scan))
		scan->shape = !is_null;
	return 0;
}

static int end_text(struct scan *scan)
{
	struct level *level = scan->levels + scan->depth;

	end_word(scan);
	if (scan->text_is_key) {
		level->key = key_of_word(scan);
		scan->state = WANT_COLON;
		return 0;
	}
	/* A list of what is harmless: the library also takes other words for a link. */
	if (level->role == KEY_CRS && level->key == KEY_TYPE && !word_is(scan, "name") &&
		!word_is(scan, "EPSG"))
		return fail_geojson_crs_link(scan->err, scan->shown);
	scan->state = WANT_COMMA;
	return check_place(scan, false);
}

/* Numbers, and three words; the library would also take NaN and Infinity. */
static int end_literal(struct scan *scan)
{
	bool number, null;

	end_word(scan);
	number = scan->word[0] == '-' || (scan->word[0] >= '0' && scan->word[0] <= '9');
	null = !strcmp(scan->word, "null");
	if (!number && !null && strcmp(scan->word, "true") && strcmp(scan->word, "false"))
		return fail_here(scan);
	scan->state = WANT_COMMA;
	return check_place(scan, null);
}

static void begin_literal(struct scan *scan, char c)
{
	scan->state = IN_LITERAL;
	scan->word_len = 0;
	keep_letter(scan, c);
}

static int take_literal(struct scan *scan, char c)
{
	bool number = scan->word[0] == '-' || (scan->word[0] >= '0' && scan->word[0] <= '9');

	keep_letter(scan, c);
	/* "-Infinity", "0x1F" */
	return number && !(c >= '0' && c <= '9') && !strchr(".eE+-", c) ? fail_here(scan) : 0;
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
		begin_literal(scan, c);
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
		int rc = is_literal(c) ? take_literal(scan, c) : end_literal(scan);

		if (rc || scan->state == IN_LITERAL)
			return rc;
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
			scan->err, (int64_t)scan->has_shape->len + 1, GEOJSON_FEATURE_BYTES);
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

int geojson_scan(const char *path, const char *shown, const struct watch *watch,
	struct strbuf *has_shape, struct error *err)
{
	struct scan scan = {
		.shown = shown, .err = err, .line = 1, .column = 1, .has_shape = has_shape};
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
	if (scan.state != WANT_NOTHING)
		return fail_geojson_cut(err, shown);
	if (!scan.collection)
		strbuf_add_char(has_shape, scan.shape);
	return strbuf_check(has_shape, err);
}
