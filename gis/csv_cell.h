/*
 * csv_cell: a text in a table of text, so that Excel shows it as it is and keeps it when it saves.
 *
 * Excel takes "0012" for 12, "1/2" for a day, "12.5" in Viet Nam for a day too, twenty digits for
 * fifteen, and "=1+1" for an order. A text of which it could make something else stands as the
 * formula of itself, ="0012": shown without quotes, never computed. A formula holds 255 characters
 * and no line end; a longer text that begins like a formula, or is a number, has an apostrophe
 * before it. Both can be told from what needs no guard, so reading gives back each text exactly.
 */
#ifndef GIS_CSV_CELL_H
#define GIS_CSV_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Appends the text, guarded where it needs it; an empty text is ="", to tell it from nothing. */
void csv_cell_guard(struct strbuf *out, const char *text, size_t len);

/* Appends what a guarded cell means; false, with nothing appended, if it has no guard. */
bool csv_cell_unguard(struct strbuf *out, const char *cell, size_t len);

#endif
