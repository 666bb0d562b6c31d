/*
 * blocks: at low zooms, where single areas are smaller than a pixel, those of one class stand together.
 *
 * A block is what lies of a class in a cell, a square of BLOCK_CELL_BITS world units in the fixed grid:
 * the areas whose boxes have their middle there, dissolved, with corners on the grid of the tiles of
 * BLOCK_ZOOM. It depends on these areas alone, so a change makes anew the blocks of its cells, and
 * nothing else. Blocks are a snapshot of their own, of the same layer; their ids are made of cell and
 * class, and their only value is the class.
 */
#ifndef TILES_BLOCKS_H
#define TILES_BLOCKS_H

#include "tiles/dissolve.h"
#include "tiles/snapshot_file.h"
#include "tiles/snapshot_gather.h"

enum {
	BLOCK_ZOOM = 13,      /* blocks are as fine as tiles of this zoom */
	BLOCK_CELL_BITS = 19, /* a tile of zoom 16, some 600 m */
};

/* The cell that the middle of a box lies in, by its place along the curve; its square; a block's id. */
int64_t block_cell(const struct tile_box *box);
struct tile_box block_cell_box(int64_t cell);
int64_t block_id(int64_t cell, size_t class);

/* Blocks while they are made. */
struct blocks {
	const struct layer *layer;
	struct snapshot_gather gather;
	struct dissolver dissolver;
	struct outline outline;
	struct clip_path rings;
	struct item_list found;
	struct block_item {
		uint32_t rank, item;
		uint8_t look;
	} *items; /* heap: of the cell in hand */
	size_t item_count, item_room;
	size_t class_column; /* of the gather; its count: none */
	uint32_t *class_values; /* heap: by class */
};

/* Of the areas of that snapshot; `base` and `folder` as of snapshot_gather_init. Clear it in any case. */
int blocks_begin(struct blocks *blocks, const struct snapshot *areas, const struct value_table *base,
	const char *folder, struct error *err);
void blocks_clear(struct blocks *blocks);

/* Adds the blocks of one cell, of the records that a snapshot has there. */
int blocks_add_cell(struct blocks *blocks, const struct snapshot *areas, int64_t cell,
	struct error *err);

/* Adds those of a whole snapshot, whose records lie along the curve. */
int blocks_add_all(struct blocks *blocks, const struct snapshot *areas, struct error *err);

int blocks_finish(struct blocks *blocks, struct snapshot **ret_snapshot, struct error *err);

/* Builds the file of the blocks of a snapshot, with its stamp, as snapshot_build_file does. */
int blocks_build_file(const struct snapshot_file *areas, const char *folder, const char *path,
	struct error *err);

#endif
