/*
 * snapshot_gather: records on their way into a snapshot: gathered, sorted, written as one block.
 *
 * Memory is bounded when there is a folder for what does not fit (curve_sort.h); the distinct values
 * and units alone stay in memory.
 */
#ifndef TILES_SNAPSHOT_GATHER_H
#define TILES_SNAPSHOT_GATHER_H

#include "base/file_map.h"
#include "tiles/curve_sort.h"
#include "tiles/outline.h"
#include "tiles/snapshot_form.h"
#include "tiles/value_pool.h"

/* A record as it is gathered; its values follow, then the words of its outline. */
struct snapshot_piece {
	struct snapshot_record record;
	struct tile_box box;
	struct snapshot_span span;
	int64_t superseded_us; /* INT64_MAX: it stands */
	uint32_t unit;	       /* a number of snapshot_gather_unit */
	uint32_t body;
	uint32_t point_count, word_count;
	uint32_t values[SNAPSHOT_COLUMNS_MAX]; /* as many as there are columns */
};

struct snapshot_gather {
	const struct layer *layer;
	struct grid_place origin;
	struct curve_sort *sort;
	struct value_pool pool;
	struct snapshot_body bodies[BODIES]; /* counted so far */
	size_t column_count, label_column;
	uint32_t label_bytes_max;
	struct unit_number {
		int64_t id;
		uint32_t number;
	} *units; /* heap: sorted by id */
	size_t unit_count, unit_room;
	char *piece; /* heap: the one in hand */
	size_t piece_room;
};

/* `base` as of value_pool_init; `folder` as of curve_sort_new. Clear it in any case. */
int snapshot_gather_init(struct snapshot_gather *gather, const struct layer *layer,
	struct grid_place origin, const struct value_table *base, const char *folder, struct error *err);
void snapshot_gather_clear(struct snapshot_gather *gather);

/* The number of a unit. */
int snapshot_gather_unit(
	struct snapshot_gather *gather, int64_t id, uint32_t *ret_number, struct error *err);

/* Adds a record with its outline, which is not empty; fills in its box, counts and rank. */
int snapshot_gather_add(struct snapshot_gather *gather, struct snapshot_piece *piece,
	const struct outline *outline, struct error *err);

/*
 * Writes all as a block in memory (to be freed), or as a file under that path, in which city and seq
 * of the header stand as they are given. The gather is empty then, but for its pool.
 */
int snapshot_gather_write(
	struct snapshot_gather *gather, struct snapshot **ret_snapshot, struct error *err);
int snapshot_gather_write_file(struct snapshot_gather *gather, struct snapshot_header *header,
	const char *path, struct error *err);

#endif
