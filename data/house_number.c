#include "data/house_number.h"

#include <string.h>

#include "base/text.h"

enum { TOKENS_MAX = 24, KEY_MAX_BYTES = 64, PLACES_A_FLOOR = 100 };

/* A word of the text, and how it is compared: without tones and case. */
struct token {
	size_t start, end;
	char key[KEY_MAX_BYTES];
};

struct reading {
	struct token tokens[TOKENS_MAX];
	size_t count, at;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ':';
}

/* Numbers are; the search key of words would part "47-57". */
static bool is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] > 0x7F)
			return false;
	return true;
}

static void cut_tokens(struct reading *reading, const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && reading->count < TOKENS_MAX) {
		autofree(strbuf_clear) struct strbuf key = STRBUF(KEY_MAX_BYTES - 1);
		struct token *token = &reading->tokens[reading->count];

		while (i < len && is_blank(text[i]))
			i++;
		token->start = i;
		while (i < len && !is_blank(text[i]))
			i++;
		token->end = i;
		if (token->start == token->end)
			return;
		if (is_ascii(text + token->start, token->end - token->start))
			text_fold(&key, text + token->start, token->end - token->start);
		else
			text_search_key(&key, text + token->start, token->end - token->start);
		token->key[0] = '\0';
		if (!key.failed)
			memcpy(token->key, key.data, key.len + 1);
		reading->count++;
	}
}

static const char *key_at(const struct reading *reading, size_t at)
{
	return at < reading->count ? reading->tokens[at].key : "";
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char capital(char c)
{
	return is_letter(c) ? (char)(c - 'a' + 'A') : c;
}

static bool has_letters(const char *at)
{
	return is_letter(*at);
}

/* Up to so many letters as capitals. */
static bool read_letters(const char **at, size_t most, char *to)
{
	size_t count = 0;

	for (; is_letter(**at); ++*at) {
		if (count == most)
			return false;
		to[count++] = capital(**at);
	}
	to[count] = '\0';
	return true;
}

static bool read_digits(const char **at, int *ret)
{
	int digits = 0;

	for (*ret = 0; is_digit(**at) && digits <= HOUSE_DIGITS_MAX; ++*at, digits++)
		*ret = *ret * 10 + (**at - '0');
	return digits > 0 && digits <= HOUSE_DIGITS_MAX;
}

/* "3a2": a letter and a digit, or "bis", or both. */
static bool read_behind(const char **at, char *to)
{
	size_t len = 0;

	if (has_letters(*at) && strncmp(*at, "bis", 3) != 0) {
		to[len++] = capital(*(*at)++);
		if (is_digit(**at))
			to[len++] = *(*at)++;
	}
	to[len] = '\0';
	if (!strncmp(*at, "bis", 3)) {
		memcpy(to + len, len ? " bis" : "bis", len ? 5 : 4);
		*at += 3;
	}
	return !has_letters(*at) && !is_digit(**at);
}

static bool read_node(const char **at, struct house_node *ret)
{
	*ret = (struct house_node){.number = 0};
	return read_letters(at, 2, ret->before) && read_digits(at, &ret->number) &&
		read_behind(at, ret->behind);
}

/* A chain "15/3/7a" of a word; false if it is none. */
struct chain {
	struct house_node nodes[HOUSE_ALLEYS_MAX + 1];
	size_t count;
	const char *rest; /* behind it: "", or "-57" */
};

static bool read_chain(const char *key, struct chain *ret)
{
	ret->count = 0;
	do {
		if (ret->count > HOUSE_ALLEYS_MAX ||
			!read_node(&key, &ret->nodes[ret->count++]))
			return false;
	} while (*key == '/' && *++key);
	ret->rest = key;
	return key[-1] != '/';
}

/* What is said of an alley: its depth among ngõ, ngách, hẻm does not matter, its chain tells. */
static bool is_alley_word(const char *key)
{
	static const char *const words[] = {"hem", "ngo", "ngach", "kiet"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(key, words[i]))
			return true;
	return false;
}

static bool same_node(const struct house_node *a, const struct house_node *b)
{
	return a->number == b->number && !strcmp(a->before, b->before) &&
		!strcmp(a->behind, b->behind);
}

static bool is_prefix(const struct chain *of, const struct chain *chain)
{
	for (size_t i = 0; i < of->count; i++)
		if (i >= chain->count || !same_node(&of->nodes[i], &chain->nodes[i]))
			return false;
	return true;
}

/*
 * "ngách 12/3 ngõ 12", "ngách 3 ngõ 12", "ngõ 12": from the inside out. What an outer one says that the
 * inner one has not said already stands before it.
 */
static bool read_alleys(struct reading *reading, struct chain *ret)
{
	struct chain outer;

	ret->count = 0;
	while (is_alley_word(key_at(reading, reading->at))) {
		if (!read_chain(key_at(reading, reading->at + 1), &outer) || *outer.rest)
			return ret->count > 0;
		if (ret->count && !is_prefix(&outer, ret)) {
			if (ret->count + outer.count > HOUSE_ALLEYS_MAX)
				return false;
			memmove(ret->nodes + outer.count, ret->nodes,
				ret->count * sizeof *ret->nodes);
			memcpy(ret->nodes, outer.nodes, outer.count * sizeof *ret->nodes);
			ret->count += outer.count;
		} else if (!ret->count) {
			*ret = outer;
		}
		reading->at += 2;
	}
	return ret->count > 0;
}

static bool take_alleys(struct house_number *number, const struct chain *chain, size_t count)
{
	if (count > HOUSE_ALLEYS_MAX)
		return false;
	memcpy(number->alleys, chain->nodes, count * sizeof *number->alleys);
	number->alley_count = count;
	return true;
}

/* "-57" behind 47, "-506" behind a building A2. */
static bool read_behind_chain(struct house_number *number, const char *rest)
{
	if (!*rest)
		return true;
	if (*rest++ != '-')
		return false;
	if (*number->house.before) {
		number->is_flat = true;
		return !*number->house.behind && read_digits(&rest, &number->flat) && !*rest;
	}
	number->is_range = true;
	return read_node(&rest, &number->to) && !*rest &&
		number->to.number > number->house.number;
}

/* "bis" as a word of its own behind the house. */
static void read_bis(struct reading *reading, struct house_node *house)
{
	size_t len = strlen(house->behind);

	if (strcmp(key_at(reading, reading->at), "bis") != 0 || len > 2 ||
		strstr(house->behind, "bis"))
		return;
	memcpy(house->behind + len, len ? " bis" : "bis", len ? 5 : 4);
	reading->at++;
}

/* The house, in alleys that its own chain names or that follow by words. */
static bool read_house(struct reading *reading, struct house_number *number)
{
	struct chain chain, alleys;

	if (!read_chain(key_at(reading, reading->at), &chain))
		return false;
	number->has_house = true;
	number->house = chain.nodes[chain.count - 1];
	if (!take_alleys(number, &chain, chain.count - 1) ||
		!read_behind_chain(number, chain.rest))
		return false;
	reading->at++;
	read_bis(reading, &number->house);
	if (number->alley_count || !is_alley_word(key_at(reading, reading->at)))
		return true;
	return !read_alleys(reading, &alleys) || take_alleys(number, &alleys, alleys.count);
}

static bool read_number(struct reading *reading, struct house_number *number)
{
	struct chain alleys;

	if (!strcmp(key_at(reading, 0), "so") || !strcmp(key_at(reading, 0), "nha"))
		reading->at++;
	if (!is_alley_word(key_at(reading, reading->at)))
		return read_house(reading, number);
	if (!read_alleys(reading, &alleys) || !take_alleys(number, &alleys, alleys.count))
		return false;
	/* "hẻm 25 số 7": the house behind its alley. */
	if (!strcmp(key_at(reading, reading->at), "so")) {
		struct house_number house = {0};

		reading->at++;
		if (!read_house(reading, &house) || house.alley_count)
			return false;
		house.alley_count = number->alley_count;
		memcpy(house.alleys, number->alleys, sizeof house.alleys);
		*number = house;
	}
	return true;
}

bool house_number_read(
	const char *text, size_t len, struct house_number *ret, size_t *ret_rest)
{
	struct reading reading = {.count = 0};

	*ret = (struct house_number){0};
	if (len > HOUSE_TEXT_MAX || !text_is_utf8(text, len))
		return false;
	cut_tokens(&reading, text, len);
	if (!read_number(&reading, ret))
		return false;
	*ret_rest = reading.at < reading.count ? reading.tokens[reading.at].start : len;
	return true;
}

/* --- printing ----------------------------------------------------------------------------------- */

static void print_node(const struct house_node *node, struct strbuf *out)
{
	strbuf_add_format(out, "%s%d%s", node->before, node->number, node->behind);
}

static void print_chain(const struct house_number *number, size_t count, struct strbuf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			strbuf_add_char(out, '/');
		print_node(&number->alleys[i], out);
	}
}

static void print_house(const struct house_number *number, struct strbuf *out)
{
	print_node(&number->house, out);
	if (number->is_range) {
		strbuf_add_char(out, '-');
		print_node(&number->to, out);
	}
	if (number->is_flat)
		strbuf_add_format(out, "-%d", number->flat);
}

/* From the inside out: an alley of the street is a ngõ, within it a ngách, deeper a hẻm. */
static void print_northern(const struct house_number *number, struct strbuf *out)
{
	static const char *const words[] = {"ngõ", "ngách", "hẻm"};

	if (number->has_house) {
		strbuf_add_text(out, "số ");
		print_house(number, out);
	}
	for (size_t depth = number->alley_count; depth-- > 0;) {
		if (out->len)
			strbuf_add_char(out, ' ');
		strbuf_add_text(out, words[depth < 2 ? depth : 2]);
		strbuf_add_char(out, ' ');
		print_chain(number, depth + 1, out);
	}
}

void house_number_print(
	const struct house_number *number, enum house_form form, struct strbuf *out)
{
	if (form == HOUSE_NORTHERN) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(HOUSE_TEXT_MAX * 4);

		print_northern(number, &text);
		strbuf_add(out, text.data, text.len);
		return;
	}
	if (!number->has_house)
		strbuf_add_text(out, "hẻm ");
	print_chain(number, number->alley_count, out);
	if (number->has_house && number->alley_count)
		strbuf_add_char(out, '/');
	if (number->has_house)
		print_house(number, out);
}

/* --- order -------------------------------------------------------------------------------------- */

static int compare_nodes(const struct house_node *a, const struct house_node *b)
{
	int order = strcmp(a->before, b->before);

	if (!order)
		order = (a->number > b->number) - (a->number < b->number);
	return order ? order : strcmp(a->behind, b->behind);
}

/* The node at a depth: an alley, or the house behind them all; NULL none. */
static const struct house_node *node_at(const struct house_number *number, size_t depth)
{
	if (depth < number->alley_count)
		return &number->alleys[depth];
	return depth == number->alley_count && number->has_house ? &number->house : NULL;
}

int house_number_compare(const struct house_number *a, const struct house_number *b)
{
	int order = 0;

	for (size_t depth = 0; !order; depth++) {
		const struct house_node *left = node_at(a, depth), *right = node_at(b, depth);

		if (!left || !right)
			return (left != NULL) - (right != NULL);
		order = compare_nodes(left, right);
		/* The house 15 stands before the alley 15. */
		if (!order && left == &a->house && right == &b->house)
			return (a->flat > b->flat) - (a->flat < b->flat);
		if (!order && (left == &a->house) != (right == &b->house))
			return left == &a->house ? -1 : 1;
	}
	return order;
}

int house_flat_floor(const struct house_number *number)
{
	return number->flat / PLACES_A_FLOOR;
}

int house_flat_place(const struct house_number *number)
{
	return number->flat % PLACES_A_FLOOR;
}
