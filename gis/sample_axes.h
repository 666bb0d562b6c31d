/*
 * sample_axes: the first stage of the sample city: main streets, canals and the river divide the
 * ground.
 */
#ifndef GIS_SAMPLE_AXES_H
#define GIS_SAMPLE_AXES_H

#include "gis/sample_town.h"

void sample_axes_draw(struct sample_town *town);

#endif
