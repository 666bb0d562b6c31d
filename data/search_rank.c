#include "data/search_rank.h"

#include "base/text.h"

enum { LONG_WORD = 8 }; /* two letters of it may be wrong */

static int tones_apart(const struct search_word *asked, const struct search_word *word, bool is_begun)
{
	bool same = is_begun ? text_starts_with(word->spelling, asked->spelling)
			     : !strcmp(asked->spelling, word->spelling);

	if (same)
		return 0;
	return asked->is_plain ? RANK_NO_TONES : RANK_OTHER_TONES;
}

/* Letters wrong, as far as a word of this length may have some; -1 too many. */
static int letters_wrong(const struct search_word *asked, const struct search_word *word)
{
	size_t len = strlen(asked->key), other = strlen(word->key), apart;

	/* Two letters may lack one ("vn"), but are no other two. */
	if (asked->has_digits || word->has_digits || len < 2 || other < 3 ||
		(len == 2 && other != 3) || len > other + 2 || other > len + 2)
		return -1;
	apart = text_letters_apart(asked->key, word->key);
	return apart == 1 || (apart == 2 && len >= LONG_WORD) ? (int)apart : -1;
}

int search_rank_word(
	const struct search_word *asked, bool is_open, const struct search_word *word)
{
	const char *full = search_word_in_full(asked->key);
	int wrong;

	if (!strcmp(asked->key, word->key))
		return tones_apart(asked, word, false);
	if (is_open && text_starts_with(word->key, asked->key))
		return RANK_BEGUN + tones_apart(asked, word, true);
	if (full && !strcmp(full, word->key))
		return RANK_BRIEF;
	wrong = letters_wrong(asked, word);
	return wrong < 0 ? -1 : wrong * RANK_MISTYPED;
}

/* The word of the name that an asked one stands for best, of those not taken; -1 none. */
static int best_word(const struct search_word *asked, bool is_open, const struct search_words *name,
	uint32_t taken, int *ret_rank)
{
	int best = -1;

	for (size_t i = 0; i < name->count; i++) {
		int rank = taken >> i & 1 ? -1
					  : search_rank_word(asked, is_open, &name->words[i]);

		if (rank < 0 || (best >= 0 && rank >= *ret_rank))
			continue;
		best = (int)i;
		*ret_rank = rank;
	}
	return best;
}

/* Words of the name that nobody asked for, and whether it begins with one. */
static int rank_of_more(
	const struct search_ranking *ranking, const struct search_words *name, uint32_t taken)
{
	bool any_taken = false, is_first = true;
	int rank = 0;

	for (size_t i = 0; i < name->count; i++) {
		any_taken |= taken >> i & 1;
		if (taken >> i & 1 || search_word_among(name->words[i].key, ranking->called) >= 0)
			continue;
		is_first &= any_taken;
		rank += RANK_MORE;
	}
	return (rank < RANK_MORE_MOST ? rank : RANK_MORE_MOST) + (is_first ? 0 : RANK_NOT_FIRST);
}

/* Whether an asked word says where the record is. */
static bool is_of_place(const struct search_ranking *ranking, size_t i, bool is_open)
{
	int rank = 0;

	if (ranking->may_lack >> i & 1)
		return true;
	return ranking->place &&
		best_word(&ranking->asked->words[i], is_open, ranking->place, 0, &rank) >= 0 &&
		rank < RANK_MISTYPED;
}

int search_rank(const struct search_ranking *ranking, const struct search_words *name)
{
	const struct search_words *asked = ranking->asked;
	uint32_t taken = 0;
	int rank = 0, found = 0, before = -1;

	for (size_t i = 0; i < asked->count; i++) {
		bool is_open = asked->is_open && i + 1 == asked->count;
		int one = 0;
		int at = best_word(&asked->words[i], is_open, name, taken, &one);

		/* Rather the unit's word than one of the name that is only like it. */
		if (at < 0 || one >= RANK_MISTYPED) {
			if (is_of_place(ranking, i, is_open)) {
				rank += RANK_ELSEWHERE;
				continue;
			}
			if (search_word_among(asked->words[i].key, ranking->called) >= 0) {
				rank += RANK_UNSAID;
				continue;
			}
			if (at < 0)
				return -1;
		}
		rank += one + (at < before ? RANK_TURNED : 0);
		taken |= UINT32_C(1) << at;
		before = at;
		found++;
	}
	return found ? rank + rank_of_more(ranking, name, taken) : -1;
}
