/*
 * text: UTF-8, Unicode NFC, and the key under which Vietnamese text is found (utf8proc).
 *
 * All text inside Dothi is valid UTF-8 in NFC; text_nfc is the gate for what comes from outside.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* A piece of text that somebody else holds; not '\0' ended. */
struct slice {
	const char *at;
	size_t len;
};

/* True if the bytes are UTF-8 (no overlong forms, surrogates or '\0'). */
bool text_is_utf8(const char *bytes, size_t len);

/* The largest n <= len such that bytes[0..n) does not end inside a character. */
size_t text_cut(const char *bytes, size_t len);

/*
 * Appends the text in NFC. False, with nothing appended, if it is not UTF-8; a buffer that is
 * full shows in strbuf_check.
 */
bool text_nfc(struct strbuf *out, const char *bytes, size_t len);

/* Appends bytes of no known encoding, each as the one character that Latin-1 has for it. */
void text_latin1(struct strbuf *out, const char *bytes, size_t len);

/* Appends NFC text with case folded ("ĐƯỜNG" -> "đường"). The input must be UTF-8. */
void text_fold(struct strbuf *out, const char *bytes, size_t len);

/*
 * Appends the search key: case folded, tones and letter marks stripped, đ as d, whatever is
 * neither letter, digit nor '/' as one space ("Đường Nguyễn Huệ" -> "duong nguyen hue"). So
 * "Hòa" and "Hoà" have one key. The input must be UTF-8.
 */
void text_search_key(struct strbuf *out, const char *bytes, size_t len);

/*
 * Appends the same words as they are spelled: letter marks and đ stay, the tone of a word stands
 * behind it ("Hòa" and "Hoà" -> "hoa" and U+0300), so that where it was set does not count.
 */
void text_spelling_key(struct strbuf *out, const char *bytes, size_t len);

/* Appends the text in capitals. The input must be UTF-8. */
void text_capitals(struct strbuf *out, const char *bytes, size_t len);

/* Letters of ASCII that must be changed, added, left out or swapped with the next to make b of a. */
size_t text_letters_apart(const char *a, const char *b);

/* Compares ASCII letters without case. */
bool text_equal_nocase(const char *a, const char *b);

bool text_starts_with(const char *text, const char *start);

/*
 * The next piece of *at up to the separator, with the blanks around it removed; *at moves behind
 * it, and is NULL behind the last one. False when *at is NULL. "" has one piece, "a," has two.
 */
bool text_next(const char **at, char separator, struct slice *ret_piece);

bool slice_equals(struct slice slice, const char *text);

uint64_t text_hash(const char *text); /* FNV-1a; not for what an attacker chooses */

/*
 * The candidate nearest to a mistyped word, or NULL when none is near: at most a third of its
 * letters and one more are changed, but not all. candidates ends with NULL.
 */
const char *text_nearest(const char *word, const char *const *candidates);

#endif
