/*
 * sample_names: what the streets and alleys of the sample city are called, and where a house
 * stands.
 */
#ifndef GIS_SAMPLE_NAMES_H
#define GIS_SAMPLE_NAMES_H

#include "gis/sample_town.h"

/*
 * Once all streets have their lines: turns and names them. Alleys are named after the number of
 * the house before their mouth.
 */
void sample_names_give(struct sample_town *town);

/* The number that a house beside the street would have at a spot, "25". */
int sample_names_number(const struct sample_street *street, struct sample_spot at);

#endif
