/*
 * short_names: names of ten characters for a dBASE table, each for one column, and back.
 *
 * They follow from the list of all names alone, so who knows the layer knows which name stands for
 * which column.
 */
#ifndef GIS_SHORT_NAMES_H
#define GIS_SHORT_NAMES_H

#include <stddef.h>

enum { SHORT_NAME_MAX = 10 };

struct short_name {
	char text[SHORT_NAME_MAX + 1];
};

/* Names that are short stay; the others are cut, and numbered where two would be one. */
void short_names_make(const char *const *names, size_t count, struct short_name *ret_names);

#endif
