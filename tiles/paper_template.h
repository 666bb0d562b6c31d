/*
 * paper_template: the wording and layout of a paper, as a text file that a city can replace.
 *
 *	# a remark
 *	[body]                              a section: paper, left, right, body, beside, sign
 *	title centre bold 16: GIẤY CHỨNG NHẬN SỐ NHÀ
 *	row: Số nhà | {plate}               a label and its value; an empty value leaves a line to fill
 *	row?: Địa chỉ cũ | {old_labels}     left out where it is empty
 *	map 85: Trích đo, tỷ lệ {scale}     at most so many mm high
 *	space 22:                           mm
 *
 * In front of the ':' stand words: what it is (text, title, row, map, space; text if nothing is said), '?'
 * behind it; left, centre, right; bold; line (a line below); a number: the size in points, or mm. {name}
 * is a field of the paper; {{ is a brace. Section paper has `title:` and `number:`, texts by name.
 *
 * What is wrong is told with its line: fail_template_word, _section, _field, _brace, _row, _text, _lines,
 * _need.
 */
#ifndef TILES_PAPER_TEMPLATE_H
#define TILES_PAPER_TEMPLATE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/text.h"

enum {
	PAPER_TEMPLATE_BYTES = 64 << 10,
	PAPER_BLOCKS_MAX = 80, /* of a section: more than two pages */
};

/* A field and what it says on this paper. Texts are UTF-8 in NFC, borrowed. */
struct paper_value {
	const char *name, *text;
};

enum paper_kind { PAPER_TEXT, PAPER_TITLE, PAPER_ROW, PAPER_MAP, PAPER_SPACE };
enum paper_side { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT };

struct paper_block {
	enum paper_kind kind;
	enum paper_side side;
	bool bold, line, if_any;
	double size; /* points; mm of maps and spaces */
	struct slice label, text; /* with fields in braces; label: of a row */
};

struct paper_section {
	struct paper_block blocks[PAPER_BLOCKS_MAX];
	size_t count;
};

enum paper_place { PAPER_HEAD_LEFT, PAPER_HEAD_RIGHT, PAPER_BODY, PAPER_BESIDE, PAPER_SIGN, PAPER_PLACES };

struct paper_template {
	struct slice title, number; /* of section paper */
	struct paper_section sections[PAPER_PLACES];
};

/*
 * Reads one, whose text is borrowed from then on; `fields` are the names that may stand in braces, and end
 * with NULL. ERR_CONFIG.
 */
int paper_template_read(struct slice text, const char *const *fields, struct paper_template *ret,
	struct error *err);

/* Appends a text with its fields filled in; `values` ends with a NULL name. True if a field said something. */
bool paper_fill(struct slice text, const struct paper_value *values, struct strbuf *out);

#endif
