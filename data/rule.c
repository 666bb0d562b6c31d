#include "data/rule.h"

#include "base/json_read.h"
#include "base/messages.h"

enum { PAYLOAD_MAX_BYTES = 1 << 20 };

static bool decides_on(const struct rule *rule, const char *kind, const struct date *day, int64_t unit)
{
	return !strcmp(rule->kind, kind) && (!rule->territory_id || rule->territory_id == unit) &&
		(!*rule->valid_from.text || strcmp(rule->valid_from.text, day->text) <= 0) &&
		(!*rule->valid_to.text || strcmp(rule->valid_to.text, day->text) > 0);
}

/* The higher precedence, then the nearer territory, then the later beginning. */
static bool comes_before(const struct rule *a, const struct rule *b)
{
	if (a->precedence != b->precedence)
		return a->precedence > b->precedence;
	if (!a->territory_id != !b->territory_id)
		return a->territory_id != 0;
	return strcmp(a->valid_from.text, b->valid_from.text) > 0;
}

static struct date read_date(struct query *query, int column)
{
	struct date date;
	size_t len;
	const char *text = query_text(query, column, &len);

	return !query_is_null(query, column) && date_parse(text, len, &date) ? date
									     : (struct date){""};
}

static const char *keep(struct query *query, int column, struct arena *arena)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	return query_is_null(query, column) ? NULL : arena_text(arena, text, len);
}

static int find_own(struct store *store, const char *kind, const struct date *day, int64_t unit,
	struct arena *arena, struct rule *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT id, document, article, territory_id, precedence, valid_from, valid_to,"
		" confidence, payload FROM rule WHERE kind = $kind ORDER BY id",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "kind", kind);
	while ((rc = query_step(query, err)) > 0) {
		struct rule rule = {.kind = kind, .territory_id = query_int(query, 3),
			.precedence = (int)query_int(query, 4),
			.valid_from = read_date(query, 5), .valid_to = read_date(query, 6)};

		if (!decides_on(&rule, kind, day, unit) || (ret->id && !comes_before(&rule, ret)))
			continue;
		rule.id = keep(query, 0, arena);
		rule.document = keep(query, 1, arena);
		rule.article = keep(query, 2, arena);
		rule.confidence = keep(query, 7, arena);
		rule.payload = keep(query, 8, arena);
		if (!rule.id || !rule.payload)
			return fail_no_memory(err);
		*ret = rule;
	}
	return rc;
}

int rule_find(struct store *store, const char *kind, const struct date *day, int64_t unit,
	struct arena *arena, struct rule *ret, struct error *err)
{
	int rc;

	*ret = (struct rule){.id = NULL};
	rc = find_own(store, kind, day, unit, arena, ret, err);
	if (rc || ret->id)
		return rc;
	for (const struct rule *rule = city_rules; rule->id; rule++)
		if (decides_on(rule, kind, day, unit) && (!ret->id || comes_before(rule, ret)))
			*ret = *rule;
	return ret->id ? 0 : fail_internal(err);
}

int rule_number(struct store *store, const char *kind, const char *member, const struct date *day,
	double *ret, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(PAYLOAD_MAX_BYTES);
	autoptr(json_document_free) struct json_node *document = NULL;
	struct rule rule;
	int rc = rule_find(store, kind, day, 0, &arena, &rule, err);

	if (!rc)
		rc = json_document_parse(rule.payload, strlen(rule.payload), &document, err);
	if (!rc && !json_node_number(json_node_get(document, member), ret))
		rc = fail_internal(err);
	return rc;
}
