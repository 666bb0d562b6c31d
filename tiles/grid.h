/*
 * grid: the tile matrix set WebMercatorQuad (OGC 17-083r4, Annex D.1; EPSG:3857).
 *
 * Inside tiles/ positions are integers: the world is a square of 2^35 units a side, x to the east
 * and y to the south from the upper left corner. A unit is 1.2 mm at the equator, half of what a
 * vector tile of zoom 22 can tell apart, and a tile of zoom z spans 2^(35-z) units: tile edges are
 * exact at every zoom.
 */
#ifndef TILES_GRID_H
#define TILES_GRID_H

#include <stdbool.h>
#include <stdint.h>

enum {
	GRID_ZOOM_MAX = 22,
	GRID_WORLD_BITS = 35,
};

/* Half the side of the world in metres of EPSG:3857. */
#define GRID_HALF_WORLD_M 20037508.342789244

struct tile {
	unsigned z;
	uint32_t x, y; /* y counts from the north */
};

/* True if z is at most GRID_ZOOM_MAX and x, y are below 2^z. */
bool tile_exists(struct tile tile);

/*
 * The world unit that metres of EPSG:3857 fall in, counted from 0 and clamped to the world; and
 * the metres of a unit's north-west corner. As units are rounded down, a unit rounded to the grid
 * of a tile is just what the place itself would have been rounded to.
 */
int64_t grid_unit_x(double mercator_x_m);
int64_t grid_unit_y(double mercator_y_m);
double grid_mercator_x_m(double unit_x);
double grid_mercator_y_m(double unit_y);

/* A point in world units. */
struct grid_place {
	int64_t x, y;
};

/* A place in world units; infinite where it is not known. */
struct unit_box {
	double min_x, min_y, max_x, max_y;
};

/* The square of a tile, with `margin` of its side around it; and whether two places touch. */
struct unit_box tile_units(struct tile tile, double margin);
bool unit_boxes_meet(const struct unit_box *a, const struct unit_box *b);

/* The tile that a lon/lat (degrees, WGS 84) falls in; outside the world the nearest of its edge. */
struct tile tile_at(double lon, double lat, unsigned z);

/* West, south, east, north of a tile in degrees. */
struct lonlat_box {
	double west, south, east, north;
};
struct lonlat_box tile_lonlat_box(struct tile tile);

#endif
