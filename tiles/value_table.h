/*
 * value_table: the distinct attribute values of a snapshot, by their numbers.
 */
#ifndef TILES_VALUE_TABLE_H
#define TILES_VALUE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* A distinct attribute value. */
struct snapshot_value {
	uint32_t bytes_at; /* in `bytes`: the Value message of the vector tile format */
	uint32_t bytes_len;
	uint32_t text_at; /* the same as text, inside the message or beside it */
	uint32_t text_len;
};

#define SNAPSHOT_NO_VALUE UINT32_MAX

/* Values by their numbers; those below `first` are in the table that this one goes on from. */
struct value_table {
	const struct value_table *base; /* NULL none */
	const struct snapshot_value *values;
	const char *bytes;
	const uint32_t *slots; /* numbers of values here by hash; SNAPSHOT_NO_VALUE empty */
	uint32_t first, count;
	uint32_t slot_count; /* a power of two, or 0 */
};

/* The table that a number is in. */
static inline const struct value_table *value_table_of(const struct value_table *table, uint32_t number)
{
	while (number < table->first)
		table = table->base;
	return table;
}

#endif
