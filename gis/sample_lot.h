/*
 * sample_lot: where on a parcel one may build: a frame along its front, and outlines in it.
 *
 * The buildable part is what lies at least a little inside of every edge; it is convex, so an
 * outline whose corners lie in it lies in it as a whole. Positions in it: u metres along the
 * front, v metres into the plot.
 */
#ifndef GIS_SAMPLE_LOT_H
#define GIS_SAMPLE_LOT_H

#include "gis/sample_town.h"

enum {
	SAMPLE_LOT_CORNERS_MAX = 64, /* a plot with more is no place for a house */
	SAMPLE_OUTLINE_MAX = 16,
};

struct sample_lot {
	struct sample_spot origin, way;			     /* where u and v are 0; of u */
	struct sample_spot part[SAMPLE_LOT_CORNERS_MAX * 2]; /* buildable: e is u, n is v */
	size_t count;
	double low_v, high_v; /* of the buildable part */
	double area_m2;	      /* of the parcel */
	int32_t street;	      /* that it looks to, or SAMPLE_NO_STREET */
};

/* Looks at the face that town->loop was read from; false when nothing can be built there. */
bool sample_lot_read(const struct sample_town *town, struct sample_lot *lot);

/* A piece of the buildable part between two depths; false when it is too narrow somewhere. */
struct sample_pad {
	double v0, v1;
	double left0, right0, left1, right1; /* u of its ends at v0 and at v1 */
};
bool sample_lot_pad(const struct sample_lot *lot, double v0, double v1, struct sample_pad *ret_pad);

/* Makes the pad a rectangle no wider than width_m; aside 0 puts it left, 1 right. */
void sample_pad_narrow(struct sample_pad *pad, double width_m, double aside);

/* The part of a pad from x0 to x1 across, as deep as part y of it. */
struct sample_pad sample_pad_part(const struct sample_pad *pad, double x0, double x1, double y);

/* The spot at x, y of the pad: 0, 0 its left front corner, 1, 1 the right one at the back. */
struct sample_spot sample_pad_spot(
	const struct sample_lot *lot, const struct sample_pad *pad, double x, double y);

#endif
