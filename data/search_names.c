/* Records by the words of their names. */
#include "data/search_finder.h"
#include "data/search_index.h"
#include "data/search_rank.h"

#include "base/messages.h"

enum { FEW_MEANINGS = 8, LOOKED_AT_MAX = 10000, SHARE_MAX = 60 };

/* A word that any layer's names may begin with finds much, and says little. */
static bool is_said_anyhow(const struct search_finder *finder, size_t i)
{
	const struct layer_table *layers = finder->ask->layers;

	for (size_t k = 0; k < layers->count; k++)
		if (layers->layers[k].called &&
			search_word_among(finder->asked.words[i].key, layers->layers[k].called) >= 0)
			return true;
	return false;
}

static uint32_t words_of_units(const struct search_finder *finder)
{
	uint32_t words = 0;

	for (size_t i = 0; i < finder->unit_count; i++)
		words |= finder->units[i].words;
	return words;
}

/* The word that the fewest names have, of those that say most; but not `but`. -1 none. */
static int choose_word(const struct search_finder *finder, int but)
{
	uint32_t of_units = words_of_units(finder);
	int best = -1, best_class = 0;

	for (size_t i = 0; i < finder->asked.count; i++) {
		const struct search_meaning *meaning = &finder->meanings[i];
		int class = is_said_anyhow(finder, i) ? 2 : of_units >> i & 1 ? 1 : 0;

		if (!meaning->total || (int)i == but || (best >= 0 && class > best_class))
			continue;
		if (best >= 0 && class == best_class &&
			meaning->total >= finder->meanings[best].total)
			continue;
		best = (int)i;
		best_class = class;
	}
	/* Two words must stand in the name together: only those that no unit explains surely do. */
	return but >= 0 && best_class > 0 ? -1 : best;
}

/* The words of a meaning in their order, as many as have names enough. */
static size_t enough_words(const struct search_meaning *meaning, int64_t ret[SEARCH_MEANINGS_MAX])
{
	int64_t names = 0;
	size_t count = 0;

	for (size_t i = 0; i < meaning->count && (!count || names < SEARCH_NAMES_MAX); i++) {
		if (!meaning->names[i])
			continue;
		names += meaning->names[i];
		ret[count++] = meaning->words[i];
	}
	return count;
}

#define NAME_COLUMNS                                                                               \
	"SELECT n.layer, n.feature_id, n.field, n.name, n.place, n.until, n.unit_id, n.in_force,"  \
	" n.id FROM "
#define NAMES_OF(few) few " JOIN search_name n ON n.id = few.name_id ORDER BY n.id"
#define HAS_SECOND                                                                                 \
	"EXISTS (SELECT 1 FROM id_list($second) CROSS JOIN search_token other"                     \
	" WHERE other.word = id_of_list AND other.name = first.name)"

/* [several words][a second one]; bounded in each form, and in the order of the names. */
static const char *const name_queries[2][2] = {
	{NAME_COLUMNS NAMES_OF("(SELECT first.name AS name_id FROM search_token first"
			       " WHERE first.word = $only AND first.name > $after ORDER BY first.name"
			       " LIMIT $most) AS few"),
		NAME_COLUMNS NAMES_OF(
			"(SELECT first.name AS name_id FROM (SELECT name FROM search_token"
			" WHERE word = $only AND name > $after ORDER BY name LIMIT $looked_at) AS first"
			" WHERE " HAS_SECOND
			" ORDER BY first.name LIMIT $most) AS few")},
	{NAME_COLUMNS NAMES_OF(
		 "(SELECT DISTINCT first.name AS name_id FROM id_list($first) CROSS JOIN"
		 " search_token first WHERE first.word = id_of_list AND first.name > $after"
		 " ORDER BY first.name LIMIT $most) AS few"),
		NAME_COLUMNS NAMES_OF(
			"(SELECT DISTINCT first.name AS name_id FROM (SELECT token.name FROM"
			" id_list($first) CROSS JOIN search_token token WHERE token.word = id_of_list"
			" AND token.name > $after) AS first WHERE " HAS_SECOND " ORDER BY first.name LIMIT $most) AS few")},
};

/*
 * What the words of a unit's name say is no word that must stand in the name of what lies there, today
 * or, where the unit has ended, by its shape of then.
 */
static int rank_name(const struct search_finder *finder, struct search_hit *hit,
	const struct search_words *name, const struct search_words *place)
{
	struct search_ranking ranking = {
		.asked = &finder->asked, .called = hit->layer->called, .place = place};
	int best = search_rank(&ranking, name);

	for (size_t i = 0; !hit->layer->is_units && i < finder->unit_count; i++) {
		const struct search_unit *unit = &finder->units[i];
		bool is_here = unit->id == hit->unit;
		int rank;

		if (!is_here && (unit->in_force || best >= 0))
			continue;
		ranking.may_lack = unit->words;
		rank = search_rank(&ranking, name);
		if (rank < 0 || (best >= 0 && rank >= best && !hit->within))
			continue;
		best = rank;
		hit->within = is_here ? 0 : unit->id;
	}
	return best;
}

static int take_name(struct search_finder *finder, struct query *query, struct error *err)
{
	const char *layer = query_text(query, 0, NULL), *field, *name, *place;
	struct search_words name_words, place_words;
	struct search_hit hit = {.layer = layer_find(finder->ask->layers, layer, strlen(layer)),
		.id = query_int(query, 1),
		.unit = query_int(query, 6),
		.in_force = query_int(query, 7) != 0};
	int rc;

	if (!hit.layer)
		return 0;
	field = query_text(query, 2, NULL);
	hit.field = layer_field_find(hit.layer, field, strlen(field));
	if (!hit.field)
		return 0;
	name = query_text(query, 3, NULL);
	rc = search_words_read(name, strlen(name), &name_words, err);
	place = query_text(query, 4, NULL);
	if (!rc)
		rc = search_words_read(place, strlen(place), &place_words, err);
	if (rc)
		return rc;
	hit.rank = rank_name(finder, &hit, &name_words, &place_words);
	if (hit.rank < 0)
		return 0;
	query_date(query, 5, &hit.until);
	if (*hit.until.text)
		hit.rank += RANK_FORMER;
	hit.name = name;
	return search_take(finder, &hit, err);
}

/* Takes the names of a bound query; how many, and the last one. */
static int take_names(struct search_finder *finder, struct query *query, int64_t *ret_count,
	int64_t *ret_last, struct error *err)
{
	int rc;

	*ret_count = 0;
	while ((rc = query_step(query, err)) > 0) {
		*ret_last = query_int(query, 8);
		++*ret_count;
		rc = take_name(finder, query, err);
		if (rc)
			return rc;
	}
	return rc;
}

/* Where the names are taken from. */
struct source {
	int64_t firsts[SEARCH_MEANINGS_MAX], seconds[SEARCH_MEANINGS_MAX];
	size_t first_count, second_count;
};

static int take_from(struct search_finder *finder, const struct source *source, int64_t after,
	int64_t most, int64_t *ret_count, int64_t *ret_last, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool several = source->first_count > 1, both = source->second_count > 0;
	int rc = store_query(finder->ask->store, name_queries[several][both], &query, err);

	if (rc)
		return rc;
	if (several)
		query_bind_ids(query, "first", source->firsts, source->first_count);
	else
		query_bind_int(query, "only", source->firsts[0]);
	if (both)
		query_bind_ids(query, "second", source->seconds, source->second_count);
	if (both && !several)
		query_bind_int(query, "looked_at", LOOKED_AT_MAX);
	query_bind_int(query, "after", after);
	query_bind_int(query, "most", most);
	return take_names(finder, query, ret_count, ret_last, err);
}

/* Of layers that are seldom meant the many must not hide those of others: each has its share. */
static int take_all(struct search_finder *finder, const struct source *source, struct error *err)
{
	int64_t after = 0, most = SEARCH_NAMES_MAX, count, last = 0;
	int rc;

	do {
		rc = take_from(finder, source, after, most, &count, &last, err);
		if (rc || count < most)
			return rc;
		after = ((last >> SEARCH_CLASS_SHIFT) + 1) << SEARCH_CLASS_SHIFT;
		most = SHARE_MAX;
	} while (after >> SEARCH_CLASS_SHIFT <= SEARCH_CLASSES);
	return 0;
}

int search_by_names(struct search_finder *finder, struct error *err)
{
	int first = choose_word(finder, -1);
	int second = first < 0 ? -1 : choose_word(finder, first);
	struct source source;

	if (first < 0)
		return 0;
	source.first_count = enough_words(&finder->meanings[first], source.firsts);
	source.second_count = 0;
	if (second >= 0 && finder->meanings[first].total > SEARCH_NAMES_MAX)
		source.second_count = enough_words(&finder->meanings[second], source.seconds);
	if (source.second_count > FEW_MEANINGS)
		source.second_count = 0;
	return take_all(finder, &source, err);
}

/*
 * The units that were named are answers themselves, though other words of theirs than those of the
 * name chose the candidates.
 */
int search_by_units(struct search_finder *finder, struct error *err)
{
	int64_t ids[SEARCH_UNITS_MAX];
	const struct layer *layer = layer_of_units(finder->ask->layers);
	autoptr(query_done) struct query *query = NULL;
	int64_t count, last;
	int rc;

	if (!finder->unit_count)
		return 0;
	for (size_t i = 0; i < finder->unit_count; i++)
		ids[i] = finder->units[i].id;
	rc = store_query(finder->ask->store,
		NAME_COLUMNS NAMES_OF("(SELECT DISTINCT id AS name_id FROM id_list($units) CROSS JOIN"
				      " search_name WHERE layer = $layer AND feature_id ="
				      " id_of_list ORDER BY id LIMIT $most) AS few"),
		&query, err);
	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	query_bind_ids(query, "units", ids, finder->unit_count);
	query_bind_int(query, "most", SEARCH_NAMES_MAX);
	return take_names(finder, query, &count, &last, err);
}

int search_by_word(struct search_finder *finder, const char *key, struct error *err)
{
	struct search_words asked = finder->asked;
	struct source source = {.first_count = 1};
	int64_t count, last;
	int rc = search_words_read(key, strlen(key), &finder->asked, err);

	source.firsts[0] = search_word_number(finder->asked.words[0].key, false);
	if (!rc && finder->asked.count == 1)
		rc = take_from(finder, &source, 0, SEARCH_NAMES_MAX, &count, &last, err);
	finder->asked = asked;
	return rc;
}
