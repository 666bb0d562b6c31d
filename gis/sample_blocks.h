/*
 * sample_blocks: the second stage of the sample city: lesser streets divide what the main ones left
 * into blocks, and each block gets its share of the parcels.
 */
#ifndef GIS_SAMPLE_BLOCKS_H
#define GIS_SAMPLE_BLOCKS_H

#include "gis/sample_town.h"

void sample_blocks_draw(struct sample_town *town);

/* Shares out exactly the parcels that were ordered. Call when the sites have their blocks. */
void sample_blocks_share(struct sample_town *town);

#endif
