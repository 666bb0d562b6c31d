#include "tiles/paper_template.h"

#include "base/messages.h"
#include "base/number.h"

enum { WORD_MAX = 40 };
#define TEXT_PT 10.5
#define SIZE_MAX_MM 200

static const char *const section_names[] = {
	[PAPER_HEAD_LEFT] = "left",
	[PAPER_HEAD_RIGHT] = "right",
	[PAPER_BODY] = "body",
	[PAPER_BESIDE] = "beside",
	[PAPER_SIGN] = "sign",
};

static const struct {
	const char *word;
	enum paper_kind kind;
} kinds[] = {
	{"text", PAPER_TEXT},
	{"title", PAPER_TITLE},
	{"row", PAPER_ROW},
	{"map", PAPER_MAP},
	{"space", PAPER_SPACE},
};

/* A template while it is read. */
struct reading {
	struct paper_template *made;
	const char *const *fields;
	struct paper_section *section; /* NULL: of the paper itself, or none yet */
	bool in_paper;
	int64_t line;
};

/* A piece of the text as a word for a message. */
struct word {
	char text[WORD_MAX + 1];
};
static struct word word_of(struct slice piece)
{
	struct word word = {0};

	memcpy(word.text, piece.at, piece.len <= WORD_MAX ? piece.len : text_cut(piece.at, WORD_MAX));
	return word;
}

/* --- fields ------------------------------------------------------------------------------------- */

/* The next piece: literal text, or a field's name; false at the end. A brace without end is a field of
 * no length. */
static bool next_piece(struct slice *rest, struct slice *ret_piece, bool *ret_field)
{
	const char *brace, *end;

	if (!rest->len)
		return false;
	*ret_field = rest->at[0] == '{' && !(rest->len > 1 && rest->at[1] == '{');
	if (!*ret_field) {
		size_t from = rest->at[0] == '{';

		brace = memchr(rest->at + from + from, '{', rest->len - from - from);
		end = brace ? brace : rest->at + rest->len;
		*ret_piece = (struct slice){rest->at + from, (size_t)(end - rest->at) - from};
	} else {
		brace = memchr(rest->at, '}', rest->len);
		end = brace ? brace + 1 : rest->at + rest->len;
		*ret_piece = (struct slice){rest->at + 1, brace ? (size_t)(brace - rest->at) - 1 : 0};
	}
	*rest = (struct slice){end, rest->len - (size_t)(end - rest->at)};
	return true;
}

static int check_fields(const struct reading *reading, struct slice text, struct error *err)
{
	struct slice piece;
	bool is_field;

	while (next_piece(&text, &piece, &is_field)) {
		const char *const *field = reading->fields;

		if (!is_field)
			continue;
		if (!piece.len)
			return fail_template_brace(err, reading->line);
		while (*field && !slice_equals(piece, *field))
			field++;
		if (!*field)
			return fail_template_field(err, reading->line, word_of(piece).text);
	}
	return 0;
}

bool paper_fill(struct slice text, const struct paper_value *values, struct strbuf *out)
{
	struct slice piece;
	bool is_field, said = false;

	while (next_piece(&text, &piece, &is_field)) {
		const struct paper_value *value = values;

		if (!is_field) {
			strbuf_add(out, piece.at, piece.len);
			continue;
		}
		while (value->name && !slice_equals(piece, value->name))
			value++;
		if (value->name && value->text && *value->text) {
			strbuf_add_text(out, value->text);
			said = true;
		}
	}
	return said;
}

/* --- lines -------------------------------------------------------------------------------------- */

static int open_section(struct reading *reading, struct slice name, struct error *err)
{
	reading->in_paper = slice_equals(name, "paper");
	reading->section = NULL;
	for (int i = 0; i < PAPER_PLACES; i++)
		if (slice_equals(name, section_names[i]))
			reading->section = &reading->made->sections[i];
	if (reading->section || reading->in_paper)
		return 0;
	return fail_template_section(err, reading->line, word_of(name).text);
}

static bool take_kind(struct slice word, struct paper_block *block)
{
	if (word.len > 1 && word.at[word.len - 1] == '?') {
		word.len--;
		block->if_any = true;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (slice_equals(word, kinds[i].word)) {
			block->kind = kinds[i].kind;
			return true;
		}
	return false;
}

static bool take_word(struct slice word, struct paper_block *block)
{
	if (slice_equals(word, "left"))
		block->side = PAPER_LEFT;
	else if (slice_equals(word, "centre"))
		block->side = PAPER_CENTRE;
	else if (slice_equals(word, "right"))
		block->side = PAPER_RIGHT;
	else if (slice_equals(word, "bold"))
		block->bold = true;
	else if (slice_equals(word, "line"))
		block->line = true;
	else
		return number_parse_double(word.at, word.len, 1, SIZE_MAX_MM, &block->size) ||
			take_kind(word, block);
	return true;
}

static struct slice trim(struct slice text)
{
	while (text.len && (*text.at == ' ' || *text.at == '\t'))
		text.at++, text.len--;
	while (text.len && strchr(" \t\r", text.at[text.len - 1]))
		text.len--;
	return text;
}

static int take_words(
	struct reading *reading, struct slice words, struct paper_block *block, struct error *err)
{
	while ((words = trim(words)).len) {
		const char *blank = memchr(words.at, ' ', words.len);
		struct slice word = {words.at, blank ? (size_t)(blank - words.at) : words.len};

		if (!take_word(word, block))
			return fail_template_word(err, reading->line, word_of(word).text);
		words.at += word.len;
		words.len -= word.len;
	}
	if (block->kind == PAPER_TEXT || block->kind == PAPER_TITLE || block->kind == PAPER_ROW)
		block->size = block->size > 0 ? block->size : TEXT_PT;
	return 0;
}

static int add_block(
	struct reading *reading, struct slice words, struct slice text, struct error *err)
{
	struct paper_block block = {.text = text};
	const char *bar;
	int rc = take_words(reading, words, &block, err);

	if (rc)
		return rc;
	bar = memchr(text.at, '|', text.len);
	if ((block.kind == PAPER_ROW) != (bar != NULL))
		return fail_template_row(err, reading->line);
	if (bar) {
		block.label = trim((struct slice){text.at, (size_t)(bar - text.at)});
		block.text = trim((struct slice){bar + 1, text.len - (size_t)(bar - text.at) - 1});
	}
	if (reading->section->count == PAPER_BLOCKS_MAX)
		return fail_template_lines(err, PAPER_BLOCKS_MAX);
	reading->section->blocks[reading->section->count++] = block;
	return 0;
}

static int take_setting(
	struct reading *reading, struct slice name, struct slice text, struct error *err)
{
	if (slice_equals(name, "title"))
		reading->made->title = text;
	else if (slice_equals(name, "number"))
		reading->made->number = text;
	else
		return fail_template_word(err, reading->line, word_of(name).text);
	return 0;
}

static int take_line(struct reading *reading, struct slice line, struct error *err)
{
	const char *colon;
	struct slice words, text;
	int rc;

	line = trim(line);
	if (!line.len || *line.at == '#')
		return 0;
	if (*line.at == '[' && line.at[line.len - 1] == ']')
		return open_section(reading, (struct slice){line.at + 1, line.len - 2}, err);
	colon = memchr(line.at, ':', line.len);
	if (!colon || (!reading->section && !reading->in_paper))
		return fail_template_word(err, reading->line, word_of(line).text);
	words = trim((struct slice){line.at, (size_t)(colon - line.at)});
	text = trim((struct slice){colon + 1, line.len - (size_t)(colon - line.at) - 1});
	rc = check_fields(reading, text, err);
	if (rc)
		return rc;
	return reading->in_paper ? take_setting(reading, words, text, err)
				 : add_block(reading, words, text, err);
}

/* What is neither a letter nor the end of a line has no place in a text. */
static bool is_clean(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < ' ' && !strchr("\n\r\t", text.at[i]))
			return false;
	return text_is_utf8(text.at, text.len);
}

int paper_template_read(struct slice text, const char *const *fields, struct paper_template *ret,
	struct error *err)
{
	struct reading reading = {.made = ret, .fields = fields};
	int rc = text.len <= PAPER_TEMPLATE_BYTES && is_clean(text) ? 0 : fail_template_text(err);

	*ret = (struct paper_template){.title = {"", 0}};
	while (!rc && text.len) {
		const char *end = memchr(text.at, '\n', text.len);
		size_t len = end ? (size_t)(end - text.at) : text.len;

		reading.line++;
		rc = take_line(&reading, (struct slice){text.at, len}, err);
		text.at += len + (end != NULL);
		text.len -= len + (end != NULL);
	}
	if (!rc && (!ret->title.len || !ret->number.len || !ret->sections[PAPER_BODY].count))
		rc = fail_template_need(err);
	return rc;
}
