/*
 * search_words: a text as the words under which it is found, and as they are spelled.
 *
 * The key of a word has no case, tones and letter marks, đ is d, and y is i where both are written
 * for one sound (Lý, Lí; Quy, Qui). "25/7/3" is one word: 9 does not find 31/9.
 */
#ifndef DATA_SEARCH_WORDS_H
#define DATA_SEARCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
	SEARCH_WORDS_MAX = 24,	    /* of a name, and of what is asked: an address in full has 16 */
	SEARCH_WORD_BYTES = 40,	    /* of a key; a longer word is found by its beginning */
	SEARCH_SPELLING_BYTES = 72, /* two marks a letter at most */
	SEARCH_RESTS_MAX = 24,
};

struct search_word {
	char key[SEARCH_WORD_BYTES];
	char spelling[SEARCH_SPELLING_BYTES];
	bool is_plain;	 /* spelled as its key: whoever typed it may have left out the marks */
	bool has_digits; /* never mistyped: another number is another thing */
};

struct search_words {
	struct search_word words[SEARCH_WORDS_MAX];
	size_t count;
	bool is_cut;	  /* there were more */
	bool is_open;	  /* ends in a word, of which more may come */
};

int search_words_read(
	const char *text, size_t len, struct search_words *ret_words, struct error *err);

/* The number of a word in the index; that of units has another one besides, which finds them alone. */
int64_t search_word_number(const char *key, bool of_units);

/*
 * Numbers of what is left of a word without one letter, and of itself, for words that may be
 * mistyped: of 3 to 16 letters (of 2, itself: one may lack). Gives how many.
 */
size_t search_word_rests(const char *key, int64_t ret[SEARCH_RESTS_MAX]);

/* Whether a word is one of a list "duong d street"; and which, -1 none. */
int search_word_among(const char *key, const char *list);

/* What an abbreviation stands for, or NULL: "p" "phuong". */
const char *search_word_in_full(const char *key);

#endif
