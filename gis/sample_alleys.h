/*
 * sample_alleys: opens up the inside of a block by alleys and sub-alleys.
 */
#ifndef GIS_SAMPLE_ALLEYS_H
#define GIS_SAMPLE_ALLEYS_H

#include "gis/sample_rows.h"

/* What an alley should do for a piece of land. */
struct sample_alley_wish {
	const struct sample_frame *frame;
	double depth_m; /* of the plots that are to lie along it */
	bool old_town;	/* narrow and bent */
};

/*
 * Lays an alley into the face that town->loop was read from, off the street along one of its
 * sides, a long one if it can be, and divides the land where the alley ends. Tells the faces on
 * its left and right; false, with the land undivided, when none fits.
 */
bool sample_alleys_open(struct sample_town *town, const struct sample_alley_wish *wish,
	struct dice *dice, int32_t *ret_left, int32_t *ret_right);

#endif
