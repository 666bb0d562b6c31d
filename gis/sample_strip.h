/*
 * sample_strip: cuts the ground of a street or alley out of a face of the sample city.
 */
#ifndef GIS_SAMPLE_STRIP_H
#define GIS_SAMPLE_STRIP_H

#include "gis/sample_loop.h"

/* What to cut: the loop must have been read from the face and is stale afterwards. */
struct sample_strip {
	struct sample_loop *loop;
	struct sample_mesh *mesh;
	const struct sample_line *middle; /* at least three vertices for sample_strip_across */
	double width_m;
	double clear_m; /* the least distance from the rest of the ring */
	int32_t street;
	struct sample_line *left, *right; /* for the work; their contents are lost */
};

/* The land on both sides of a cut. */
struct sample_banks {
	int32_t left, right, strip;
};

/*
 * A street through the face: its middle line begins and ends on the ring or beyond. False, with
 * nothing cut, when it does not fit.
 */
bool sample_strip_across(const struct sample_strip *strip, struct sample_banks *ret_banks);

/*
 * An alley that ends inside: its middle line begins on the ring and ends in the face. The land
 * stays one face. False, with nothing cut, when it does not fit.
 */
bool sample_strip_blind(const struct sample_strip *strip, int32_t *ret_strip);

#endif
