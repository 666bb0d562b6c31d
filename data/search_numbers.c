/* Records by their numbers ("tờ 12 thửa 345", "12/345") and by their codes. */
#include "data/search_finder.h"
#include "data/search_index.h"
#include "data/search_rank.h"

#include "base/text.h"

enum {
	SQL_MAX_BYTES = 1 << 14,
	FORMS_MAX = 4,	    /* ways in which a number may be written in the register */
	FIRST_PARTS_MAX = 2000, /* map sheets that are gone through for "thửa 345" */
	NUMBER_BYTES = SEARCH_SPELLING_BYTES,
};

/* A part of a number as it was asked. */
struct part {
	const struct layer_field *field;
	bool is_asked, is_open;
	char forms[FORMS_MAX][NUMBER_BYTES]; /* each may stand in the register */
};

/* The number of a layer, as far as it was asked for. */
struct number {
	const struct layer *layer;
	struct part parts[SEARCH_NUMBER_FIELDS_MAX];
	size_t part_count, asked_count;
	uint32_t rest;	/* bit i: asked[i] is no part of it */
	bool is_marked; /* "tờ", "thửa" were said */
};

/* What is said of a record is written in the register as typed, in capitals, or without zeros. */
static int set_part(
	struct number *number, size_t i, const char *text, size_t len, bool is_open, struct error *err)
{
	autofree(strbuf_clear) struct strbuf capitals = STRBUF(4 * NUMBER_BYTES);
	struct part *part = &number->parts[i];
	size_t zeros = strspn(text, "0");
	int rc;

	text_capitals(&capitals, text, len);
	rc = strbuf_check(&capitals, err);
	if (rc)
		return rc;
	if (len >= NUMBER_BYTES)
		len = text_cut(text, NUMBER_BYTES - 1);
	if (zeros >= len)
		zeros = 0;
	snprintf(part->forms[0], NUMBER_BYTES, "%.*s", (int)len, text);
	snprintf(part->forms[1], NUMBER_BYTES, "%.*s", (int)(NUMBER_BYTES - 1), capitals.data);
	snprintf(part->forms[2], NUMBER_BYTES, "%.*s", (int)(len - zeros), text + zeros);
	snprintf(part->forms[3], NUMBER_BYTES, "0%.*s", (int)(len - 1), text);
	if (len + 1 < NUMBER_BYTES)
		snprintf(part->forms[3], NUMBER_BYTES, "0%.*s", (int)len, text);
	part->is_asked = true;
	part->is_open = is_open;
	number->asked_count++;
	return 0;
}

/* The part that a mark announces; its length if it stands at the beginning of `key` ("t12"). */
static int marked_part(const struct number *number, const char *key, size_t *ret_len)
{
	size_t letters = strcspn(key, "0123456789");
	char mark[SEARCH_WORD_BYTES];

	if (letters >= sizeof mark)
		return -1;
	memcpy(mark, key, letters);
	mark[letters] = '\0';
	*ret_len = letters;
	for (size_t i = 0; *mark && i < number->part_count; i++)
		if (search_word_among(mark, number->parts[i].field->number_words) >= 0)
			return (int)i;
	return -1;
}

static int next_unasked(const struct number *number)
{
	for (size_t i = 0; i < number->part_count; i++)
		if (!number->parts[i].is_asked)
			return (int)i;
	return -1;
}

/* "12/345": all parts in their order. */
static int read_joined(struct number *number, const char *text, bool is_open, struct error *err)
{
	const char *at = text;
	struct slice piece;
	size_t slashes = 0;
	int rc = 0;

	for (const char *c = text; *c; c++)
		slashes += *c == '/';
	if (slashes + 1 != number->part_count || number->asked_count)
		return 0;
	for (size_t i = 0; !rc && text_next(&at, '/', &piece); i++)
		if (piece.len)
			rc = set_part(number, i, piece.at, piece.len, is_open && !at, err);
	return rc;
}

/* Goes through the words; marked numbers first, the others take what is left. */
static int read_words(const struct search_finder *finder, struct number *number, bool marked,
	struct error *err)
{
	const struct search_words *asked = &finder->asked;
	int pending = -1, rc = 0;

	for (size_t i = 0; !rc && i < asked->count; i++) {
		const struct search_word *word = &asked->words[i];
		bool is_open = asked->is_open && i + 1 == asked->count;
		size_t len = 0, before = number->asked_count;
		int part = marked_part(number, word->key, &len);

		if (part >= 0 && !word->key[len]) {
			pending = part;
			number->rest &= ~(UINT32_C(1) << i);
			number->is_marked = true;
			continue;
		}
		if (!word->has_digits) {
			if (search_word_among(word->key, number->layer->called) >= 0)
				number->rest &= ~(UINT32_C(1) << i);
			else
				pending = -1;
			continue;
		}
		if (!(number->rest >> i & 1))
			continue;
		if (part < 0) {
			part = pending >= 0 ? pending : marked ? -1 : next_unasked(number);
			len = 0;
		}
		if (strchr(word->key, '/')) {
			if (!marked)
				rc = read_joined(number, word->spelling, is_open, err);
		} else if (part >= 0 && !number->parts[part].is_asked) {
			number->is_marked |= len > 0;
			rc = set_part(number, (size_t)part, word->spelling + len,
				strlen(word->spelling + len), is_open, err);
		}
		pending = -1;
		if (number->asked_count > before)
			number->rest &= ~(UINT32_C(1) << i);
	}
	return rc;
}

/* *ret_is: a number of the layer was asked for, and the other words may be a unit's. */
static int read_number(struct search_finder *finder, const struct layer *layer,
	struct number *number, bool *ret_is, struct error *err)
{
	const struct layer_field *fields[SEARCH_NUMBER_FIELDS_MAX];
	int rc;

	*number = (struct number){.layer = layer};
	number->part_count = search_number_fields(layer, fields);
	for (size_t i = 0; i < number->part_count; i++)
		number->parts[i].field = fields[i];
	number->rest = (uint32_t)((UINT64_C(1) << finder->asked.count) - 1);
	*ret_is = false;
	if (!number->part_count)
		return 0;
	rc = read_words(finder, number, true, err);
	if (!rc)
		rc = read_words(finder, number, false, err);
	/* What may be only begun would be looked for in all of them. */
	for (size_t i = 1; !number->parts[0].is_asked && i < number->part_count; i++)
		number->parts[i].is_open = false;
	*ret_is = number->asked_count && (number->is_marked ||
		number->asked_count == number->part_count);
	return rc;
}

static void add_condition(struct strbuf *sql, const struct store *store, const struct part *part,
	size_t i)
{
	const char *order = search_byte_order(store);

	strbuf_add_format(sql, " AND (\"%s\" COLLATE %s IN ($p%zu0, $p%zu1, $p%zu2, $p%zu3)",
		part->field->id, order, i, i, i, i);
	if (part->is_open)
		strbuf_add_format(sql, " OR (\"%s\" COLLATE %s > $p%zu0 AND \"%s\" COLLATE %s < $q%zu)",
			part->field->id, order, i, part->field->id, order, i);
	strbuf_add_char(sql, ')');
}

/* Of one that lacks its first part, each value of this is gone through. */
static void add_from(struct strbuf *sql, const struct store *store, const struct number *number)
{
	const char *table = number->layer->id, *first = number->parts[0].field->id;
	const char *order = search_byte_order(store);

	if (number->parts[0].is_asked) {
		strbuf_add_format(sql, " FROM \"%s\" WHERE 1 = 1", table);
		return;
	}
	strbuf_add_format(sql,
		" FROM (WITH RECURSIVE part(v) AS (SELECT (SELECT min(\"%s\" COLLATE %s) FROM \"%s\")"
		" UNION ALL SELECT (SELECT min(\"%s\" COLLATE %s) FROM \"%s\" WHERE \"%s\" COLLATE %s"
		" > part.v) FROM part WHERE part.v IS NOT NULL) SELECT v FROM part LIMIT %d) AS parts"
		" CROSS JOIN \"%s\" WHERE \"%s\" COLLATE %s = v",
		first, order, table, first, order, table, first, order, FIRST_PARTS_MAX, table, first,
		order);
}

/* Columns of units, the end and the state, then the parts. */
static int open_numbers(const struct search_finder *finder, const struct number *number,
	struct query **ret_query, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	const struct layer *layer = number->layer;
	const struct store *store = finder->ask->store;
	const char *now = "NULL", *issued = "NULL";
	int rc;

	for (size_t i = 0; i < layer->field_count; i++) {
		if (layer->fields[i].source == FIELD_UNIT_NOW)
			now = layer->fields[i].id;
		if (layer->fields[i].source == FIELD_UNIT_ISSUED)
			issued = layer->fields[i].id;
	}
	strbuf_add_format(&sql, "SELECT id, in_force, valid_to, %s, %s", now, issued);
	for (size_t i = 0; i < number->part_count; i++)
		strbuf_add_format(&sql, ", \"%s\"", number->parts[i].field->id);
	add_from(&sql, store, number);
	for (size_t i = 0; i < number->part_count; i++)
		if (number->parts[i].is_asked)
			add_condition(&sql, store, &number->parts[i], i);
	strbuf_add_text(&sql, " ORDER BY ");
	for (size_t i = 0; i < number->part_count; i++)
		strbuf_add_format(&sql, "\"%s\" COLLATE %s, ", number->parts[i].field->id,
			search_byte_order(store));
	strbuf_add_format(&sql, "id LIMIT %d", SEARCH_NUMBERS_MAX);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_query(finder->ask->store, sql.data, ret_query, err);
}

/* Of all that begins so the end is what begins with the next byte. */
static void bind_parts(struct query *query, const struct number *number,
	char ends[SEARCH_NUMBER_FIELDS_MAX][NUMBER_BYTES + 1])
{
	char name[48];

	for (size_t i = 0; i < number->part_count; i++) {
		const struct part *part = &number->parts[i];

		for (size_t form = 0; part->is_asked && form < FORMS_MAX; form++) {
			snprintf(name, sizeof name, "p%zu%zu", i, form);
			query_bind_text(query, name, part->forms[form]);
		}
		if (!part->is_asked || !part->is_open)
			continue;
		snprintf(ends[i], NUMBER_BYTES + 1, "%s\x7f", part->forms[0]);
		snprintf(name, sizeof name, "q%zu", i);
		query_bind_text(query, name, ends[i]);
	}
}

/* How well the part answers: as asked, or only begun. */
static int rank_part(const struct part *part, const char *value)
{
	size_t asked = strlen(part->forms[0]), len = strlen(value);

	if (!part->is_asked)
		return RANK_MORE;
	for (size_t form = 0; form < FORMS_MAX; form++)
		if (!strcmp(part->forms[form], value))
			return form == FORMS_MAX - 1 ? RANK_OTHER_TONES : 0;
	return RANK_BEGUN + (len > asked + 2 ? 2 : (int)(len - asked));
}

/* The unit that the other words name holds the record: so they say where it lies. */
static bool lies_where_asked(const struct search_finder *finder, const struct number *number,
	int64_t issued, struct search_hit *hit)
{
	int64_t within = 0;
	bool ended = false;

	if (!number->rest)
		return true;
	for (size_t i = 0; i < finder->unit_count; i++) {
		const struct search_unit *unit = &finder->units[i];

		if (number->rest & ~unit->words)
			continue;
		if (unit->id == hit->unit || unit->id == issued) {
			hit->rank += unit->rank;
			hit->within = 0;
			return true;
		}
		if (!unit->in_force) {
			within = unit->id;
			ended = true;
		}
	}
	hit->within = within;
	return ended;
}

static int take_number(struct search_finder *finder, const struct number *number,
	struct query *query, struct error *err)
{
	struct search_hit hit = {.layer = number->layer,
		.field = number->parts[number->part_count - 1].field,
		.id = query_int(query, 0),
		.in_force = query_int(query, 1) != 0,
		.unit = query_int(query, 3),
		.rank = number->is_marked ? 0 : 1};
	char name[SEARCH_NAME_BYTES];
	size_t used = 0;

	query_date(query, 2, &hit.until);
	if (!hit.in_force && !*hit.until.text)
		return 0; /* it has not begun */
	if (hit.in_force)
		hit.until = (struct date){""};
	else
		hit.rank += RANK_FORMER;
	if (!lies_where_asked(finder, number, query_int(query, 4), &hit))
		return 0;
	for (size_t i = 0; i < number->part_count; i++) {
		const char *value = query_text(query, (int)(5 + i), NULL);

		hit.rank += rank_part(&number->parts[i], value);
		used += (size_t)snprintf(name + used, sizeof name - used, i ? "/%s" : "%s", value);
		if (used >= sizeof name)
			return 0;
	}
	hit.name = name;
	return search_take(finder, &hit, err);
}

static int find_number(struct search_finder *finder, const struct number *number, struct error *err)
{
	char ends[SEARCH_NUMBER_FIELDS_MAX][NUMBER_BYTES + 1], joined[SEARCH_NAME_BYTES];
	autoptr(query_done) struct query *query = NULL;
	size_t used = 0;
	int rc = open_numbers(finder, number, &query, err);

	if (rc)
		return rc;
	bind_parts(query, number, ends);
	while ((rc = query_step(query, err)) > 0) {
		rc = take_number(finder, number, query, err);
		if (rc)
			return rc;
	}
	if (rc || number->asked_count < number->part_count || number->rest)
		return rc;
	/* Numbers of before are words of the index. */
	for (size_t i = 0; i < number->part_count; i++)
		used += (size_t)snprintf(joined + used, sizeof joined - used, i ? "/%s" : "%s",
			number->parts[i].forms[0]);
	return search_by_word(finder, joined, err);
}

int search_by_numbers(struct search_finder *finder, struct error *err)
{
	const struct layer_table *layers = finder->ask->layers;
	int rc = 0;

	for (size_t i = 0; !rc && i < layers->count; i++) {
		struct number number;
		bool is = false;

		if (!finder->ask->views[i].layer)
			continue;
		rc = read_number(finder, &layers->layers[i], &number, &is, err);
		if (!rc && is)
			rc = find_number(finder, &number, err);
	}
	return rc;
}

/* All layers with codes, one behind the other. */
static void add_codes_sql(const struct search_finder *finder, struct strbuf *sql)
{
	const struct layer_table *layers = finder->ask->layers;
	const char *between = "";

	for (size_t i = 0; i < layers->count; i++) {
		const struct layer *layer = &layers->layers[i];

		for (size_t k = 0; finder->ask->views[i].layer && k < layer->field_count; k++) {
			const char *unit = layer->is_units ? "id" : "CAST(NULL AS BIGINT)";

			if (layer->fields[k].search != SEARCH_CODE)
				continue;
			for (size_t u = 0; u < layer->field_count; u++)
				if (layer->fields[u].source == FIELD_UNIT_NOW)
					unit = layer->fields[u].id;
			strbuf_add_format(sql,
				"%sSELECT %zu AS layer, %zu AS field, id, in_force, valid_to, %s AS unit,"
				" \"%s\" AS code FROM \"%s\" WHERE \"%s\" COLLATE %s IN ($a, $b)",
				between, i, k, unit, layer->fields[k].id, layer->id,
				layer->fields[k].id, search_byte_order(finder->ask->store));
			between = " UNION ALL ";
		}
	}
}

static int take_code(struct search_finder *finder, struct query *query, struct error *err)
{
	const struct layer *layer = &finder->ask->layers->layers[query_int(query, 0)];
	struct search_hit hit = {.layer = layer,
		.field = &layer->fields[query_int(query, 1)],
		.id = query_int(query, 2),
		.in_force = query_int(query, 3) != 0,
		.unit = query_int(query, 5),
		.name = query_text(query, 6, NULL)};

	query_date(query, 4, &hit.until);
	if (!hit.in_force && !*hit.until.text)
		return 0;
	if (hit.in_force)
		hit.until = (struct date){""};
	else
		hit.rank = RANK_FORMER;
	return search_take(finder, &hit, err);
}

int search_by_codes(struct search_finder *finder, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf typed = STRBUF(SEARCH_TEXT_MAX + 1);
	autofree(strbuf_clear) struct strbuf capitals = STRBUF(2 * SEARCH_TEXT_MAX);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	add_codes_sql(finder, &sql);
	strbuf_add(&typed, finder->ask->text, finder->ask->len);
	text_capitals(&capitals, finder->ask->text, finder->ask->len);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = strbuf_check(&typed, err);
	if (!rc)
		rc = strbuf_check(&capitals, err);
	if (!rc && sql.len)
		rc = store_query(finder->ask->store, sql.data, &query, err);
	if (rc || !query)
		return rc;
	query_bind_text(query, "a", typed.data);
	query_bind_text(query, "b", capitals.data);
	while ((rc = query_step(query, err)) > 0) {
		rc = take_code(finder, query, err);
		if (rc)
			return rc;
	}
	return rc;
}
