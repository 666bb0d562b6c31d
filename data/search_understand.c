/* What the asked words may stand for: in the vocabulary, and as the names of units. */
#include "data/search_finder.h"
#include "data/search_index.h"
#include "data/search_rank.h"

#include "base/text.h"

enum {
	COUNTED_MAX = SEARCH_NAMES_MAX + 1, /* names of a word: more are not needed */
	RESTS_MAX = 256,
	LIKE_MAX = 400,	     /* words of the vocabulary that are compared with mistyped ones */
	UNIT_NAMES_MAX = 300, /* that are looked at */
};

static void add_meaning(struct search_meaning *meaning, const char *key)
{
	int64_t word = search_word_number(key, false);

	if (meaning->count == SEARCH_MEANINGS_MAX)
		return;
	for (size_t i = 0; i < meaning->count; i++)
		if (meaning->words[i] == word)
			return;
	meaning->words[meaning->count] = word;
	meaning->units[meaning->count] = search_word_number(key, true);
	meaning->names[meaning->count++] = 0;
}

/* Words that begin as the last one, which may not be at its end yet; in the order of their bytes. */
static int add_begun(struct search_finder *finder, size_t i, struct error *err)
{
	const char *key = finder->asked.words[i].key;
	char end[SEARCH_WORD_BYTES + 1];
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(finder->ask->store,
		"SELECT word FROM search_word WHERE word > $from AND word < $to ORDER BY word"
		" LIMIT $most",
		&query, err);

	if (rc)
		return rc;
	/* No byte of UTF-8 is as large. */
	snprintf(end, sizeof end, "%s\x7f", key);
	query_bind_text(query, "from", key);
	query_bind_text(query, "to", end);
	query_bind_int(query, "most", SEARCH_MEANINGS_MAX);
	while ((rc = query_step(query, err)) > 0)
		add_meaning(&finder->meanings[i], query_text(query, 0, NULL));
	return rc;
}

static int count_one(struct search_finder *finder, int64_t word, int64_t names)
{
	for (size_t i = 0; i < finder->asked.count; i++) {
		struct search_meaning *meaning = &finder->meanings[i];

		for (size_t k = 0; k < meaning->count; k++)
			if (meaning->words[k] == word)
				meaning->names[k] = names;
	}
	return 0;
}

/* How many names have each of the words, as far as it matters. */
static int count_names(struct search_finder *finder, struct error *err)
{
	int64_t words[SEARCH_WORDS_MAX * SEARCH_MEANINGS_MAX];
	autoptr(query_done) struct query *query = NULL;
	size_t count = 0;
	int rc = store_query(finder->ask->store,
		"SELECT id_of_list, (SELECT count(*) FROM (SELECT 1 FROM search_token"
		" WHERE word = id_of_list LIMIT $most) AS few) FROM id_list($words)",
		&query, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < finder->asked.count; i++) {
		memcpy(words + count, finder->meanings[i].words,
			finder->meanings[i].count * sizeof *words);
		count += finder->meanings[i].count;
	}
	query_bind_int(query, "most", COUNTED_MAX);
	query_bind_ids(query, "words", words, count);
	while ((rc = query_step(query, err)) > 0)
		count_one(finder, query_int(query, 0), query_int(query, 1));
	for (size_t i = 0; i < finder->asked.count; i++) {
		struct search_meaning *meaning = &finder->meanings[i];

		meaning->total = 0;
		for (size_t k = 0; k < meaning->count; k++)
			meaning->total += meaning->names[k];
	}
	return rc;
}

/* A word of the vocabulary joins the meanings of those that it may be mistyped for. */
static void add_like(struct search_finder *finder, const char *key)
{
	struct search_word word = {0};

	snprintf(word.key, sizeof word.key, "%s", key);
	for (size_t i = 0; i < finder->asked.count; i++)
		if (!finder->meanings[i].total &&
			search_rank_word(&finder->asked.words[i], false, &word) >= RANK_MISTYPED)
			add_meaning(&finder->meanings[i], key);
}

/* Words that stand in no name may be mistyped. */
static int add_mistyped(struct search_finder *finder, bool *ret_more, struct error *err)
{
	int64_t rests[RESTS_MAX + SEARCH_RESTS_MAX];
	autoptr(query_done) struct query *query = NULL;
	size_t count = 0;
	int rc;

	for (size_t i = 0; i < finder->asked.count && count < RESTS_MAX; i++)
		if (!finder->meanings[i].total)
			count += search_word_rests(finder->asked.words[i].key, rests + count);
	*ret_more = count > 0;
	if (!count)
		return 0;
	rc = store_query(finder->ask->store,
		"SELECT DISTINCT word FROM id_list($rests) CROSS JOIN search_rest"
		" WHERE rest = id_of_list ORDER BY word LIMIT $most",
		&query, err);
	if (rc)
		return rc;
	query_bind_ids(query, "rests", rests, count);
	query_bind_int(query, "most", LIKE_MAX);
	while ((rc = query_step(query, err)) > 0)
		add_like(finder, query_text(query, 0, NULL));
	return rc;
}

/* The asked words that a unit's name explains, if all that is its own in the name was asked for. */
static uint32_t words_of_unit(const struct search_finder *finder, const struct layer *layer,
	const struct search_words *name, const struct search_words *place, int *ret_rank)
{
	const struct search_words *asked = &finder->asked;
	uint32_t words = 0;

	*ret_rank = 0;
	for (size_t n = 0; n < name->count; n++) {
		int best = -1, best_rank = 0;

		for (size_t i = 0; i < asked->count; i++) {
			int rank = words >> i & 1
				? -1
				: search_rank_word(&asked->words[i],
					  asked->is_open && i + 1 == asked->count, &name->words[n]);

			if (rank >= 0 && (best < 0 || rank < best_rank)) {
				best = (int)i;
				best_rank = rank;
			}
		}
		if (best < 0 && search_word_among(name->words[n].key, layer->called) < 0)
			return 0;
		if (best >= 0)
			words |= UINT32_C(1) << best;
		*ret_rank += best_rank;
	}
	/* "p." before the name, and the province behind it. */
	for (size_t i = 0; i < asked->count; i++) {
		bool is_called = search_word_among(asked->words[i].key, layer->called) >= 0 &&
			i + 1 < asked->count && words >> (i + 1) & 1;
		bool is_place = false;

		for (size_t n = 0; n < place->count; n++)
			is_place |= !strcmp(asked->words[i].key, place->words[n].key);
		if (is_called || is_place)
			words |= UINT32_C(1) << i;
	}
	return words;
}

static int take_unit(struct search_finder *finder, const struct layer *layer, struct query *query,
	struct error *err)
{
	struct search_words name, place;
	const char *text = query_text(query, 1, NULL);
	struct search_unit unit = {.id = query_int(query, 0), .in_force = query_int(query, 3) != 0};
	int rc = search_words_read(text, strlen(text), &name, err);

	text = query_text(query, 2, NULL);
	if (!rc)
		rc = search_words_read(text, strlen(text), &place, err);
	if (rc)
		return rc;
	unit.words = words_of_unit(finder, layer, &name, &place, &unit.rank);
	if (unit.words && finder->unit_count < SEARCH_UNITS_MAX)
		finder->units[finder->unit_count++] = unit;
	return 0;
}

static int find_units(struct search_finder *finder, const struct layer *layer, struct error *err)
{
	int64_t words[SEARCH_WORDS_MAX * SEARCH_MEANINGS_MAX];
	autoptr(query_done) struct query *query = NULL;
	size_t count = 0;
	int rc = store_query(finder->ask->store,
		"SELECT n.feature_id, n.name, n.place, n.in_force, n.id FROM"
		" (SELECT DISTINCT t.name AS name_id FROM id_list($words) CROSS JOIN search_token t"
		" WHERE t.word = id_of_list) AS few JOIN search_name n ON n.id = few.name_id"
		" ORDER BY n.id LIMIT $most",
		&query, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < finder->asked.count; i++) {
		if (search_word_among(finder->asked.words[i].key, layer->called) >= 0)
			continue;
		memcpy(words + count, finder->meanings[i].units,
			finder->meanings[i].count * sizeof *words);
		count += finder->meanings[i].count;
	}
	query_bind_ids(query, "words", words, count);
	query_bind_int(query, "most", UNIT_NAMES_MAX);
	while ((rc = query_step(query, err)) > 0) {
		rc = take_unit(finder, layer, query, err);
		if (rc)
			return rc;
	}
	return rc;
}

int search_understand(struct search_finder *finder, struct error *err)
{
	const struct search_words *asked = &finder->asked;
	const struct layer *units = layer_of_units(finder->ask->layers);
	bool more = false;
	int rc = 0;

	for (size_t i = 0; i < asked->count; i++) {
		const char *full = search_word_in_full(asked->words[i].key);

		finder->meanings[i].count = 0;
		add_meaning(&finder->meanings[i], asked->words[i].key);
		if (full)
			add_meaning(&finder->meanings[i], full);
	}
	if (asked->is_open)
		rc = add_begun(finder, asked->count - 1, err);
	if (!rc)
		rc = count_names(finder, err);
	if (!rc)
		rc = add_mistyped(finder, &more, err);
	if (!rc && more)
		rc = count_names(finder, err);
	if (!rc && units && asked->count > 1 && finder->ask->views[units - finder->ask->layers->layers].layer)
		rc = find_units(finder, units, err);
	return rc;
}
