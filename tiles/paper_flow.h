/*
 * paper_flow: the blocks of a template set one below the other in a column: measured, or drawn.
 */
#ifndef TILES_PAPER_FLOW_H
#define TILES_PAPER_FLOW_H

#include "tiles/paper_map.h"
#include "tiles/paper_template.h"

struct paper_flow {
	struct pdf *pdf;
	const struct paper_value *values;
	const struct paper_map *map; /* NULL: no block is a map */
	double map_height;	     /* mm */
	int map_scale;
	bool drawing;	 /* else only measured */
	double x, width; /* of the column, mm */
	double y;	 /* where the next block begins */
	bool in_table;	 /* rows that follow each other are a table */
	struct strbuf text; /* of the block in hand; of the caller's, cleared by him */
};

enum { PAPER_TEXT_BYTES = 16 << 10 }; /* of a block with its fields */

/* Sets a block, and moves y behind it. */
void paper_flow_block(struct paper_flow *flow, const struct paper_block *block);

/* Ends a table that is open: before anything else, and at the end. */
void paper_flow_end(struct paper_flow *flow);

/* Its height at this width, mm; nothing is drawn or moved. */
double paper_flow_height(const struct paper_flow *flow, const struct paper_block *block);

#endif
