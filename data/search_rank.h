/*
 * search_rank: how well a name answers what is asked: a pure function of the words of both, so that
 * every database ranks alike.
 *
 * All words that are asked must stand in the name, spelled so, or with other tones, or begun (the
 * last one, while it is typed), abbreviated or mistyped; but for those that may lack: what people say
 * before any name of the layer ("đường"), and those that name the unit where the record lies.
 */
#ifndef DATA_SEARCH_RANK_H
#define DATA_SEARCH_RANK_H

#include "data/search_words.h"

/* What makes an answer worse, so much each. */
enum {
	RANK_OTHER_TONES = 2,	/* typed with tones, and they are others */
	RANK_NO_TONES = 1,	/* typed without */
	RANK_BEGUN = 3,
	RANK_BRIEF = 1,
	RANK_MISTYPED = 12,	/* a letter */
	RANK_ELSEWHERE = 4,	/* a word that names the unit, not the record */
	RANK_UNSAID = 1,	/* "đường", which the name does not have */
	RANK_TURNED = 2,	/* words in another order */
	RANK_MORE = 1,		/* a word of the name that nobody asked for; */
	RANK_MORE_MOST = 4,	/* so much of them together */
	RANK_NOT_FIRST = 1,	/* the name begins with another word */
	RANK_FORMER = 3,	/* a name of before */
	RANK_LOOSE = 6,		/* from here on only like what was asked: behind all that is it */
};

struct search_ranking {
	const struct search_words *asked;
	const char *called; /* of the layer; NULL nothing */
	const struct search_words *place; /* what the record says of where it is; NULL nothing */
	uint32_t may_lack;  /* bit i: the word asked[i] */
};

/* How bad the name answers, 0 best; -1 not at all. */
int search_rank(const struct search_ranking *ranking, const struct search_words *name);

/* How bad a single word stands for another; -1 not at all. `is_open`: it may be a beginning. */
int search_rank_word(
	const struct search_word *asked, bool is_open, const struct search_word *word);

#endif
