/*
 * value_pool: distinct attribute values of a snapshot while it is built, found by hash.
 *
 * Each value is kept as the Value message of a vector tile (MVT 2.1 §4.1 and 4.4): texts as
 * string_value, integers as uint_value or sint_value, reals as double_value, booleans as
 * bool_value. What labels show is the text itself.
 */
#ifndef TILES_VALUE_POOL_H
#define TILES_VALUE_POOL_H

#include "base/strbuf.h"
#include "data/feature.h"
#include "tiles/value_table.h"

struct value_pool {
	const struct value_table *base; /* whose values are numbered before; NULL none */
	uint32_t first;		       /* number of the first one here */
	struct snapshot_value *values; /* heap */
	size_t count, room;
	struct strbuf bytes;
	uint32_t *slots; /* heap: as those of a value_table */
	size_t slot_count;
};

/* Goes on from `base`, which outlives it. */
void value_pool_init(struct value_pool *pool, const struct value_table *base);
void value_pool_clear(struct value_pool *pool);

/* The number of the value; SNAPSHOT_NO_VALUE for null. False without memory. */
bool value_pool_number(struct value_pool *pool, const struct value *value, enum field_type type,
	uint32_t *ret_number);

#endif
