/*
 * sample_lanes: lesser streets of the sample city, one through a piece of land.
 */
#ifndef GIS_SAMPLE_LANES_H
#define GIS_SAMPLE_LANES_H

#include "gis/sample_strip.h"
#include "gis/sample_town.h"

/* A piece of land between streets, in question. */
struct sample_land {
	struct sample_frame frame;
	struct sample_spot inside;
	double parcels;	  /* that it calls for */
	double parcel_m2; /* their usual size; INFINITY beyond the frontier */
	enum sample_style style;
};

/* The usual depth of a plot of a size. */
double sample_lanes_plot_depth_m(double parcel_m2);

/*
 * Lays a street through the face that town->loop was read from, and tells what lies on its sides.
 * False, with the land undivided, when none fits.
 */
bool sample_lanes_lay(struct sample_town *town, const struct sample_land *land, struct dice *dice,
	struct sample_banks *ret_banks);

#endif
