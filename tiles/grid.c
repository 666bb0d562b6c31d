#include "tiles/grid.h"

#include <math.h>

#include "base/banned.h"

static const double world_units = (double)(INT64_C(1) << GRID_WORLD_BITS);

bool tile_exists(struct tile tile)
{
	return tile.z <= GRID_ZOOM_MAX && tile.x < 1U << tile.z && tile.y < 1U << tile.z;
}

static int64_t unit_of(double share)
{
	double unit = share * world_units;

	if (!(unit > 0))
		return 0;
	return unit >= world_units ? (int64_t)world_units : (int64_t)unit;
}

int64_t grid_unit_x(double mercator_x_m)
{
	return unit_of((mercator_x_m + GRID_HALF_WORLD_M) / (2 * GRID_HALF_WORLD_M));
}

int64_t grid_unit_y(double mercator_y_m)
{
	return unit_of((GRID_HALF_WORLD_M - mercator_y_m) / (2 * GRID_HALF_WORLD_M));
}

double grid_mercator_x_m(double unit_x)
{
	return unit_x / world_units * 2 * GRID_HALF_WORLD_M - GRID_HALF_WORLD_M;
}

double grid_mercator_y_m(double unit_y)
{
	return GRID_HALF_WORLD_M - unit_y / world_units * 2 * GRID_HALF_WORLD_M;
}

/* What is no number becomes the least. */
static double clamp(double value, double least, double most)
{
	return !(value > least) ? least : value > most ? most : value;
}

struct tile tile_at(double lon, double lat, unsigned z)
{
	double across = (double)(1U << z);
	double x = (lon + 180) / 360 * across;
	/* Behind the poles the tangent would begin anew. */
	double phi = clamp(lat, -90, 90) * M_PI / 180;
	double y = (1 - asinh(tan(phi)) / M_PI) / 2 * across;

	return (struct tile){z, (uint32_t)clamp(x, 0, across - 1), (uint32_t)clamp(y, 0, across - 1)};
}

struct lonlat_box tile_lonlat_box(struct tile tile)
{
	double across = (double)(1U << tile.z);
	double north = M_PI * (1 - 2 * tile.y / across), south = M_PI * (1 - 2 * (tile.y + 1) / across);

	return (struct lonlat_box){
		.west = tile.x / across * 360 - 180,
		.east = (tile.x + 1) / across * 360 - 180,
		.south = atan(sinh(south)) * 180 / M_PI,
		.north = atan(sinh(north)) * 180 / M_PI,
	};
}

struct unit_box tile_units(struct tile tile, double margin)
{
	double side = ldexp(1, GRID_WORLD_BITS - (int)tile.z), wide = margin * side;

	return (struct unit_box){tile.x * side - wide, tile.y * side - wide,
		(tile.x + 1.0) * side + wide, (tile.y + 1.0) * side + wide};
}

bool unit_boxes_meet(const struct unit_box *a, const struct unit_box *b)
{
	return a->min_x <= b->max_x && a->max_x >= b->min_x && a->min_y <= b->max_y &&
		a->max_y >= b->min_y;
}
