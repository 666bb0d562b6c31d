/*
 * sample_plots: the stage of the sample city in which alleys and parcels divide the blocks.
 */
#ifndef GIS_SAMPLE_PLOTS_H
#define GIS_SAMPLE_PLOTS_H

#include "gis/sample_town.h"

/* Makes exactly the parcels that were ordered; 0, or ERR_NOMEM or ERR_CANCELLED. */
int sample_plots_draw(struct sample_town *town, struct error *err);

#endif
