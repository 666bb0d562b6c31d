/*
 * search_finder: a search under way: what its parts share (search, search_names, search_numbers).
 */
#ifndef DATA_SEARCH_FINDER_H
#define DATA_SEARCH_FINDER_H

#include "data/search.h"
#include "data/search_words.h"

enum {
	SEARCH_MEANINGS_MAX = 64, /* words that an asked one may stand for */
	SEARCH_UNITS_MAX = 16,	  /* units that are named */
};

/* What an asked word may stand for in the index. */
struct search_meaning {
	size_t count;
	int64_t words[SEARCH_MEANINGS_MAX], units[SEARCH_MEANINGS_MAX];
	int64_t names[SEARCH_MEANINGS_MAX]; /* that have it, counted as far as it matters */
	int64_t total;
};

/* A unit that some of the asked words name. */
struct search_unit {
	int64_t id;
	uint32_t words; /* bit i: the word asked[i] */
	int rank;
	bool in_force;
};

struct search_finder {
	const struct search_ask *ask;
	struct arena *arena;
	struct search_words asked;
	struct search_meaning meanings[SEARCH_WORDS_MAX];
	struct search_unit units[SEARCH_UNITS_MAX];
	size_t unit_count;
	struct search_hits hits;
};

/* Takes a hit, unless its view does not show it, or there are too many. */
int search_take(struct search_finder *finder, const struct search_hit *hit, struct error *err);

/* Finds what the asked words may stand for, and which units they name; before the others. */
int search_understand(struct search_finder *finder, struct error *err);

int search_by_names(struct search_finder *finder, struct error *err);
int search_by_units(struct search_finder *finder, struct error *err);
int search_by_numbers(struct search_finder *finder, struct error *err);
int search_by_codes(struct search_finder *finder, struct error *err);

/* Looks for names that have this word as a whole: numbers and codes of before. */
int search_by_word(struct search_finder *finder, const char *key, struct error *err);

/* How bytes are ordered, in the words of the database. */
const char *search_byte_order(const struct store *store);

#endif
