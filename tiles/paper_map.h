/*
 * paper_map: the extract of the map on a paper, at an exact scale: parcels, streets, house numbers.
 *
 * The places are in metres of the working CRS: 1 m on the ground is 1000/scale mm on the page, whatever
 * is shown. North is up, as the grid has it.
 */
#ifndef TILES_PAPER_MAP_H
#define TILES_PAPER_MAP_H

#include "gis/shape.h"
#include "tiles/pdf.h"

/* A parcel; texts may be "". The subject is the one that the paper is about. */
struct paper_parcel {
	struct shape shape;
	const char *number; /* of the parcel */
	const char *plate;  /* of its house */
	bool is_subject;
};

struct paper_street {
	struct shape shape;
	const char *name;
	double width_m; /* 0 unknown */
};

/* Borrowed from whoever made it. */
struct paper_map {
	const struct paper_parcel *parcels;
	size_t parcel_count;
	const struct paper_street *streets;
	size_t street_count;
	double door[2];	   /* its entrance, east and north */
	struct box focus;  /* must be seen: the parcel, and the street before its door */
};

/* Where it stands on the page, mm. */
struct paper_frame {
	double x, y, width, height;
};

enum { PAPER_SCALE_WORST = 10000 };

/* The largest of 1:200, 1:500, … (as 200, 500, …) at which the focus with its neighbours is seen. */
int paper_map_scale(const struct paper_map *map, double width_mm, double height_mm);

/* How many metres of ground are seen around the focus at that scale: what there must be to draw. */
struct box paper_map_window(const struct paper_map *map, double width_mm, double height_mm, int scale);

void paper_map_draw(
	struct pdf *pdf, const struct paper_map *map, const struct paper_frame *frame, int scale);

#endif
