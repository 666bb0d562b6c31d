/*
 * sample_sheets: gives the parcels of the sample city their place in the cadastre.
 *
 * Each ward has its own map sheets, squares of a grid, numbered from the north-west row by row.
 * Within a sheet parcels are numbered in bands, to and fro as the plough goes, from the top.
 */
#ifndef GIS_SAMPLE_SHEETS_H
#define GIS_SAMPLE_SHEETS_H

#include "gis/sample_town.h"

/* Fills town->parcels in the order of ward, sheet and number. */
void sample_sheets_number(struct sample_town *town);

#endif
