#include "data/store_postgres_text.h"

#include "base/messages.h"
#include "base/text.h"

enum { SQL_MAX_BYTES = 1 << 16 };

static const char frame[] = "visit_row($row, ";
static const char list[] = "id_list(";
static const char insert[] = "INSERT INTO ";
static const char values[] = " VALUES (";

/* Letters, digits and '_': of the names of parameters. */
static size_t name_length(const char *at)
{
	return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

/* The number of a name, from 1; a new one is added. 0: too many. */
static size_t number_of(struct postgres_text *text, const char *at, size_t len)
{
	for (size_t i = 0; i < text->count; i++)
		if (text->names[i].len == len && !memcmp(text->names[i].at, at, len))
			return i + 1;
	if (text->count == POSTGRES_PARAMETERS_MAX)
		return 0;
	text->names[text->count].at = at;
	text->names[text->count].len = len;
	return ++text->count;
}

/* Where a quoted name or text ends. */
static const char *behind_quotes(const char *at)
{
	const char *end = strchr(at + 1, *at);

	return end ? end + 1 : at + strlen(at);
}

/* Writes the parameter at `at`, a '$'; returns what is behind it. */
static const char *add_parameter(struct postgres_text *text, const char *at)
{
	size_t len = name_length(at + 1), number = number_of(text, at + 1, len);

	if (!len || !number)
		text->sql.failed = true;
	strbuf_add_format(&text->sql, "$%zu", number);
	return at + 1 + len;
}

static void translate(const char *at, struct postgres_text *text)
{
	int depth = 0, frame_depth = -1;

	while (*at && !text->sql.failed) {
		const char *from = at;

		if (*at == '$') {
			at = add_parameter(text, at);
			continue;
		}
		if (text_starts_with(at, frame)) {
			at += sizeof frame - 1;
			frame_depth = depth++;
			continue;
		}
		if (text_starts_with(at, list) && at[sizeof list - 1] == '$') {
			strbuf_add_text(&text->sql, "unnest(");
			at = add_parameter(text, at + sizeof list - 1);
			strbuf_add_text(&text->sql, "::int8[]) AS id_list (id_of_list)");
			at += *at == ')';
			continue;
		}
		if (*at == ')' && --depth == frame_depth && depth >= 0) {
			frame_depth = -1;
			at++;
			continue;
		}
		depth += *at == '(';
		at = *at == '\'' || *at == '"' ? behind_quotes(at) : at + 1;
		strbuf_add(&text->sql, from, (size_t)(at - from));
	}
}

/* Whether nothing but "$a, $b, …)" with so many parameters stands there. */
static bool is_plain_row(const char *at, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = *at == '$' ? name_length(at + 1) : 0;

		if (!len)
			return false;
		at += 1 + len;
		if (!text_starts_with(at, i + 1 < count ? ", " : ")"))
			return false;
		at += i + 1 < count ? 2 : 1;
	}
	return !*at;
}

int postgres_translate(const char *sql, struct postgres_text *ret, struct error *err)
{
	const char *row = text_starts_with(sql, insert) ? strstr(sql, values) : NULL;

	*ret = (struct postgres_text){.sql = STRBUF(SQL_MAX_BYTES)};
	translate(sql, ret);
	if (strbuf_check(&ret->sql, err)) {
		postgres_text_clear(ret);
		return fail_internal(err);
	}
	if (row && is_plain_row(row + sizeof values - 1, ret->count)) {
		ret->copy = sql + sizeof insert - 1;
		ret->copy_len = (size_t)(row - ret->copy);
	}
	return 0;
}

void postgres_text_clear(struct postgres_text *text)
{
	strbuf_clear(&text->sql);
}
