/*
 * sample_density: how large parcels are from place to place, so that a given number of them fills
 * the city: small in the centre, larger with every step away from it.
 *
 * With few parcels the parcels keep their size and the survey ends at a frontier around the
 * centre; with many the outskirts grow denser until the whole city is like the centre.
 */
#ifndef GIS_SAMPLE_DENSITY_H
#define GIS_SAMPLE_DENSITY_H

#include <stdbool.h>
#include <stdint.h>

#include "gis/sample_geography.h"

struct sample_density {
	uint64_t seed;
	double centre_m2; /* a parcel in the centre */
	double growth;	  /* parcels are e^growth times as large where remoteness is 1 */
	double frontier;  /* no parcels where remoteness is above */
};

/* The density at which about `parcels` of them fill the city. False when memory runs out. */
bool sample_density_solve(struct sample_density *density, uint64_t seed, size_t parcels);

/* 0 in the centre to about 1 at the far ends of the city. */
double sample_density_remoteness(const struct sample_density *density, struct sample_spot at);

enum sample_style sample_density_style(const struct sample_density *density, struct sample_spot at);

/* The planned estate around a place, as an index of its quarter; -1 none. */
int sample_density_estate(const struct sample_density *density, struct sample_spot at);

/* The usual size of a parcel; INFINITY beyond the frontier. */
double sample_density_parcel_m2(const struct sample_density *density, struct sample_spot at);

#endif
