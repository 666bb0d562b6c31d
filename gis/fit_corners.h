/*
 * fit_corners: outlines that are meant to have a border in common get it, to the last digit.
 *
 * What was drawn or measured beside a neighbour lies a little beside it. Corners within the
 * tolerance of a corner of the other shape become that one; those within it of a side are put onto
 * it, if wished; and where the other has a corner on a side of ours, ours gets one too. So two
 * outlines that agree to a millimetre agree wholly, and no gap and no overlap is between them.
 */
#ifndef GIS_FIT_CORNERS_H
#define GIS_FIT_CORNERS_H

#include "gis/shape.h"

enum { FIT_COMPARISONS_MAX = 1 << 27 }; /* sides by corners: outlines of 11,000 corners */

enum fit_how {
	FIT_CORNERS,   /* to corners alone */
	FIT_ONTO_SIDES, /* onto sides, too */
};

/* To what an outline is fitted. */
struct fit {
	const struct shape *to;
	const struct shape *fixed; /* corners that it has do not move; NULL none */
	double tolerance_m;
	enum fit_how how;
};

/*
 * Fits an area to another one, in one plane in m; the new outline lives in the arena. Errors:
 * ERR_TOO_LARGE over the cap, ERR_NOMEM.
 */
int fit_corners(
	struct arena *arena, struct shape *shape, const struct fit *fit, struct error *err);

#endif
