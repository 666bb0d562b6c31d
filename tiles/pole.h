/*
 * pole: the pole of inaccessibility of an area: the place in it that is farthest from its edges,
 * where its label stands.
 *
 * The place is always inside, also of areas that are concave, have holes or are several polygons.
 * Of all places that are as good to within the precision it is the centroid, if that is one of them,
 * so that labels of lots stand where one expects them. The same area gives the same place.
 *
 * The usual lot is convex, or nearly so: there the place comes from the largest circle in its hull
 * (hull.h). Else boxes are halved, the most promising one first, as in V. Agafonkin's "polylabel",
 * until none can hold a better place.
 */
#ifndef TILES_POLE_H
#define TILES_POLE_H

#include <stdbool.h>

#include "tiles/clip.h"

enum {
	/* Edges looked at for one area: some 10 ms. A ward of 5,000 corners is sure long before. */
	POLE_WORK_MAX = 1 << 22,
	POLE_LOOKS_MIN = 32, /* places looked at, however many corners there are */
};

/* Working memory of one thread. Zero is empty. */
struct pole_finder {
	double *xy; /* heap: the corners, from the middle of their box */
	size_t point_room;
	double *crossings; /* heap */
	size_t crossing_room;
	struct pole_cell *cells; /* heap */
	size_t cell_count, cell_room;
};
void pole_finder_clear(struct pole_finder *finder);

struct pole {
	double x, y;
	double distance; /* to the nearest edge; 0 if the area has no inside */
	bool is_sure;	 /* no place is farther from the edges by more than the precision */
};

/*
 * Finds the pole of the area between the rings: what an odd number of them surrounds (an outer ring
 * first, then its holes, then the next polygon). The precision is more than 0, in their units.
 * False without memory.
 */
bool pole_find(struct pole_finder *finder, const struct clip_path *area, double precision,
	struct pole *ret_pole);

#endif
