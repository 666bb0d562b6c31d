/*
 * sample_sites: the places of the sample city that have a name: schools, pagodas, markets, offices.
 */
#ifndef GIS_SAMPLE_SITES_H
#define GIS_SAMPLE_SITES_H

#include "gis/sample_streets.h"

struct sample_site {
	double area_m2;	   /* of its parcel, about */
	uint8_t use;	   /* enum sample_use of its parcel */
	const char *layer; /* that shows it too; NULL none */
	const char *kind;  /* in that layer */
	int32_t face;	   /* its parcel, or SAMPLE_NO_FACE as long as it has none */
	char name[SAMPLE_NAME_MAX];
};

struct sample_sites {
	struct sample_site *all;
	size_t count, room;
	bool failed; /* out of memory */
};

struct sample_town;

/* Finds a block for every landmark and for what each ward needs. */
void sample_sites_place(struct sample_town *town);

void sample_sites_clear(struct sample_sites *sites);

#endif
