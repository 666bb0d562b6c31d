/*
 * search_sum: a sum of what a record is found by, so that a change of anything else leaves the search alone.
 */
#ifndef DATA_SEARCH_SUM_H
#define DATA_SEARCH_SUM_H

#include "data/feature.h"

/* Whether records are found by the field. */
bool search_finds_by(const struct layer_field *field);

/*
 * A sum over what a record is found by, to see whether a change touches it; and whether a field
 * counts.
 */
bool search_sums(const struct layer_field *field);
uint64_t search_sum_of(const struct layer *layer, const struct value *values);

#endif
